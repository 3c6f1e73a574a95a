"""What a viewer may see of results now: the one place that answers it, for pages, exports, boards and polls alike.

Everybody sees released revisions. Drafts are seen by the bureau, the contest's organiser and the skill's chief judge.
Whoever sees released results only must not be able to tell whether there is a draft: not by a name, a count, an
order, a status code or a changed answer.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from competition.accounts.kinds import Role
from competition.contests.kinds import ContestState
from competition.contests.tables import Contest
from competition.documents.masking import mask_name
from competition.results.tables import ResultLine, ResultRevision
from competition.web.viewer import Viewer

ADULT_AT = 18

Row = dict[str, Any]


class Sight(msgspec.Struct, frozen=True):
    """`drafts`: sees what is not released yet, and names of minors in full."""

    drafts: bool = False


RELEASED_ONLY = Sight()
WITH_DRAFTS = Sight(drafts=True)


def sight_of(viewer: Viewer | None, *, contest_id: int, skill_id: int | None = None) -> Sight:
    """Without `skill_id`: of a whole contest, which a chief judge sees like everybody else."""
    if viewer is None:
        return RELEASED_ONLY
    chief = skill_id is not None and skill_id in viewer.scopes(Role.CHIEF_JUDGE)
    if viewer.has(Role.BUREAU) or contest_id in viewer.scopes(Role.ORGANISER) or chief:
        return WITH_DRAFTS
    return RELEASED_ONLY


async def revisions_seen(sight: Sight, stage_ids: Iterable[int]) -> dict[int, Row]:
    """Stage -> the revision to show: the released one in force, or with drafts the newest there is."""
    ids = list(stage_ids)
    if not ids:
        return {}
    query = ResultRevision.select().where(ResultRevision.stage.is_in(ids)).order_by(ResultRevision.id)
    query = query.where(ResultRevision.discarded_at.is_null() if sight.drafts else ResultRevision.current.eq(True))
    return {row["stage"]: row for row in await query}


async def revision_seen(sight: Sight, stage_id: int) -> Row | None:
    return (await revisions_seen(sight, [stage_id])).get(stage_id)


async def history_seen(sight: Sight, stage_id: int) -> list[Row]:
    """Every revision of a stage, newest first; without drafts those that were released."""
    query = ResultRevision.select().where(ResultRevision.stage == stage_id).order_by(ResultRevision.id, ascending=False)
    return await (query if sight.drafts else query.where(ResultRevision.number > 0))


async def revision_in_sight(sight: Sight, revision_id: int) -> Row | None:
    """One revision by id, also one that has been replaced."""
    row = await ResultRevision.select().where(ResultRevision.id == revision_id).first()
    return row if row and (sight.drafts or row["number"]) else None


async def released_in(contest_id: int) -> dict[int, Row]:
    """Stage -> the revision in force, for every stage of a contest that has one."""
    rows = await ResultRevision.select().where(
        (ResultRevision.stage._.group._.skill._.contest == contest_id) & ResultRevision.current.eq(True)
    )
    return {row["stage"]: row for row in rows}


async def released_version(contest_id: int) -> str:
    """Changes when, and only when, something of the contest is released: the key of caches and ETags."""
    rows = (
        await ResultRevision.select(ResultRevision.id)
        .where((ResultRevision.stage._.group._.skill._.contest == contest_id) & ResultRevision.current.eq(True))
        .order_by(ResultRevision.id)
    )
    return ".".join(str(row["id"]) for row in rows)


async def latest_releases(limit: int, contest_id: int | None = None) -> list[Row]:
    """What was released when, newest first, corrections included."""
    stage = ResultRevision.stage._
    skill = stage.group._.skill._
    query = (
        ResultRevision.select(
            ResultRevision.number, ResultRevision.released_at, ResultRevision.reason,
            stage.kind.as_alias("stage_kind"), stage.group._.id.as_alias("group_id"),
            stage.group._.kind.as_alias("group_kind"), skill.name.as_alias("skill"),
            skill.name_en.as_alias("skill_en"), skill.contest._.name.as_alias("contest"),
            skill.contest._.name_en.as_alias("contest_en"),
            skill.contest._.token.as_alias("contest_token"),
        )
        .where((ResultRevision.number > 0) & (skill.contest._.state != ContestState.DRAFT.value))
        .order_by(ResultRevision.released_at, ascending=False)
        .order_by(ResultRevision.id, ascending=False)
        .limit(limit)
    )  # fmt: skip
    return await (query if contest_id is None else query.where(skill.contest == contest_id))


async def line_by_token(token: str) -> Row | None:
    """The result line a QR code names; one of a draft does not exist."""
    return (
        await ResultLine.select()
        .where((ResultLine.token == token) & (ResultLine.revision.number > 0))
        .first()
    )  # fmt: skip


async def public_contest(token: str) -> Row | None:
    """A contest by its public address; one still being set up does not exist."""
    return await Contest.select().where((Contest.token == token) & (Contest.state != ContestState.DRAFT.value)).first()


def name_seen(sight: Sight, name: str, born_on: date | None, today: date) -> str:
    """A minor's name is masked in public. An unknown birth date hides nobody: foreign winners often have none here."""
    return name if sight.drafts or not is_minor(born_on, today) else mask_name(name)


def is_minor(born_on: date | None, today: date) -> bool:
    if born_on is None:
        return False
    return (born_on.year + ADULT_AT, born_on.month, born_on.day) > (today.year, today.month, today.day)
