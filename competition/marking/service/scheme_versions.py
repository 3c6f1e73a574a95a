"""Versions of a stage's scheme: the one in force, those before it, and the one being prepared after the draw.

Before the draw every save is a version. After it, changes are gathered in a row of their own, with the next number and
neither current nor frozen, until they are confirmed together with a reason; see `scheme_revising`.
"""

from datetime import datetime
from typing import Any

import msgspec

from competition.accounts.tables import Account
from competition.audit.write import Actor, Change, write
from competition.contests.kinds import StageState
from competition.contests.tables import Stage
from competition.database.errors import Duplicate
from competition.marking.rules.scheme_changes import fixed_after_draw
from competition.marking.scheme_checks import check_scheme
from competition.marking.scheme_drafts import SchemeDraft, from_document, to_document
from competition.marking.service.schemes import load_scheme, load_version, save_scheme
from competition.marking.service.stages import hold_stage, require_unsigned
from competition.marking.tables import Scheme
from competition.problems import N_, Missing, Problem, Refused, Stale

# A token says which version and which save of the one in the making a form was opened on.
SAVES = 10_000


class Version(msgspec.Struct, frozen=True):
    number: int
    current: bool
    created_at: datetime
    by: str
    by_en: str
    reason: str
    frozen_at: datetime | None
    pending: bool


class Working(msgspec.Struct, frozen=True):
    """What an editor of this stage works on: the scheme in force with the changes gathered since, if any.

    `number` is that of the version in force, 0 without one. `revising`: after the draw.
    """

    draft: SchemeDraft
    base: SchemeDraft
    number: int
    token: int
    revising: bool = False
    pending: bool = False


async def list_versions(stage_id: int) -> list[Version]:
    """The newest first."""
    rows = (
        await Scheme.select(
            Scheme.number, Scheme.current, Scheme.created_at, Scheme.created_by, Scheme.reason, Scheme.frozen_at
        )
        .where(Scheme.stage == stage_id)
        .order_by(Scheme.number, ascending=False)
    )
    makers = {row["created_by"] for row in rows if row["created_by"] is not None}
    accounts = (
        await Account.select(Account.id, Account.name, Account.name_en).where(Account.id.is_in(list(makers)))
        if makers
        else []
    )
    names = {account["id"]: (account["name"], account["name_en"]) for account in accounts}
    now = next((row["number"] for row in rows if row["current"]), 0)
    return [
        Version(
            row["number"], row["current"], row["created_at"], *names.get(row["created_by"], ("", "")), row["reason"],
            row["frozen_at"], row["number"] > now,
        )
        for row in rows
    ]  # fmt: skip


async def read_version(stage_id: int, number: int) -> tuple[SchemeDraft, SchemeDraft | None]:
    """A version and the one before it. Raises Missing."""
    found = await _document(stage_id, number)
    if found is None:
        raise Missing("scheme")
    return found, await _document(stage_id, number - 1)


async def _document(stage_id: int, number: int) -> SchemeDraft | None:
    row = (
        await Scheme.select(Scheme.id, Scheme.document)
        .where((Scheme.stage == stage_id) & (Scheme.number == number))
        .first()
    )
    if row is None:
        return None
    if row["document"]:
        return from_document(row["document"])
    stored = await load_version(row["id"])  # saved before versions were kept as documents
    return stored.draft if stored else None


async def working_scheme(stage_id: int) -> Working:
    """Raises Missing without the stage."""
    stage = await Stage.select(Stage.state).where(Stage.id == stage_id).first()
    if stage is None:
        raise Missing("stage")
    stored = await load_scheme(stage_id)
    if stored is None:
        return Working(SchemeDraft(()), SchemeDraft(()), 0, 0)
    if stage["state"] in (StageState.PLANNED, StageState.PLACED):
        return Working(stored.draft, stored.draft, stored.number, stored.number)
    row = await pending_row(stage_id, stored.number)
    draft = from_document(row["document"]) if row else stored.draft
    token = stored.number * SAVES + (row["version"] if row else 0)
    return Working(draft, stored.draft, stored.number, token, revising=True, pending=row is not None)


async def pending_row(stage_id: int, number: int) -> dict[str, Any] | None:
    """The version in the making after the one with this number."""
    return (
        await Scheme.select(Scheme.id, Scheme.version, Scheme.document)
        .where((Scheme.stage == stage_id) & (Scheme.number > number) & Scheme.current.eq(False))
        .first()
    )


async def keep_working(actor: Actor, stage_id: int, draft: SchemeDraft, token: int) -> None:
    """Save what an editor has changed, finished or not: a version before the draw, gathered for one after it.

    Raises Refused, Stale when somebody else saved since `token`.
    """
    before = await working_scheme(stage_id)
    if before.token != token:
        raise Stale
    if not before.revising:
        await save_scheme(actor, stage_id, draft, before.number, unfinished=True)
        return
    if problems := [*check_scheme(draft).wrong, *fixed_after_draw(before.base, draft)]:
        raise Refused(*problems)
    await _gather(actor, stage_id, draft, before)


async def _gather(actor: Actor, stage_id: int, draft: SchemeDraft, before: Working) -> None:
    try:
        async with write(actor) as change:
            await require_revisable(stage_id)
            row = await pending_row(stage_id, before.number)
            if before.token != before.number * SAVES + (row["version"] if row else 0):
                raise Stale
            if row is None:
                await _insert_pending(change, stage_id, draft, before.number + 1)
            else:
                await Scheme.update({Scheme.document: to_document(draft), Scheme.version: Scheme.version + 1}).where(
                    Scheme.id == row["id"]
                )
            await change.record("scheme.revision_kept", "stage", stage_id, number=before.number + 1)
    except Duplicate:
        raise Stale from None


async def _insert_pending(change: Change, stage_id: int, draft: SchemeDraft, number: int) -> None:
    await Scheme.insert(
        Scheme(
            stage=stage_id, number=number, current=False, created_at=change.at, created_by=change.actor.user_id,
            title=draft.title, document=to_document(draft), digits=draft.digits, criteria="[]", sections="[]",
        )
    )  # fmt: skip


async def drop_working(actor: Actor, stage_id: int) -> None:
    """Give up the version in the making. Raises Refused when there is none."""
    async with write(actor) as change:
        stored = await load_scheme(stage_id)
        number = stored.number if stored else 0
        row = await pending_row(stage_id, number) if number else None
        if row is None:
            raise Refused(Problem(N_("没有未确认的修订")))
        await Scheme.delete().where(Scheme.id == row["id"])
        await change.record("scheme.revision_dropped", "stage", stage_id, number=number + 1)


async def require_revisable(stage_id: int) -> None:
    """Holds the stage. Raises Refused unless it is being marked and not signed yet."""
    stage = await Stage.select(Stage.state).where(Stage.id == stage_id).first()
    if stage is None:
        raise Missing("stage")
    if stage["state"] in (StageState.PLANNED, StageState.PLACED):
        raise Refused(Problem(N_("尚未抽签：直接修改评分标准，不走修订")))
    if stage["state"] != StageState.MARKING:
        raise Refused(Problem(N_("本阶段已锁定，评分标准不再修订")))
    await hold_stage(stage_id, StageState.MARKING)
    await require_unsigned(stage_id)
