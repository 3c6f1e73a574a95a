"""The seedling pool: proposed from results by the bureau's criteria, accepted by a person, followed stage by stage."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from competition import clock
from competition.audit.history import last_change
from competition.audit.write import Actor, Change, write
from competition.contests.kinds import StageKind
from competition.contests.tables import Contest
from competition.database.errors import Duplicate
from competition.entries.tables import EntryCoach, EntryMember
from competition.people.kinds import Pool
from competition.people.service import join_pool, leave_pool
from competition.people.tables import PoolMembership
from competition.problems import N_, Missing, Problem, Refused, Stale
from competition.results.events import StageReleased
from competition.results.tables import ResultLine, ResultRevision
from competition.rulebook.rules import SeedlingRule
from competition.rulebook.service import Revision, in_force
from competition.seedlings.kinds import SeedlingStage, SeedlingState
from competition.seedlings.rules import TRANSITIONS, Nomination, Young, decision_problem, move_problem, nominate
from competition.seedlings.tables import Seedling, SeedlingStep

__all__ = ["decide", "decide_many", "move", "on_released", "propose"]

Row = dict[str, Any]
IDS_PER_QUERY = 5000
ROWS_PER_INSERT = 200


class _Finisher(msgspec.Struct, frozen=True):
    young: Young
    revision_id: int
    coach_id: int | None


async def propose(actor: Actor, contest_id: int, *, stage_ids: Sequence[int] | None = None) -> int:
    """Young finishers of the contest's released finals (or of these stages) who meet the criteria; how many are new.

    Doing it again proposes nobody twice. Raises Missing, Refused without criteria.
    """
    contest = await Contest.select().where(Contest.id == contest_id).first()
    if contest is None:
        raise Missing("contest")
    rule = await criteria()
    if rule is None:
        raise Refused(Problem(N_("规则库中没有青苗选手入库条件")))
    finishers = await _finishers(contest, stage_ids)
    nominated = _nominated(finishers, rule, await _known([each.young for each in finishers]))
    try:
        async with write(actor) as change:
            return await _write(change, contest_id, nominated, rule)
    except Duplicate as error:
        raise Stale from error


async def criteria() -> Revision | None:
    """The criteria in force today."""
    found = await in_force("seedling", clock.today())
    return found if found and isinstance(found.document.body, SeedlingRule) else None


def body_of(rule: Revision) -> SeedlingRule:
    assert isinstance(rule.document.body, SeedlingRule)
    return rule.document.body


async def on_released(change: Change, event: StageReleased) -> None:
    """A final's result became public: propose from it in the same transaction. It never keeps a result from release."""
    if event.stage_kind == StageKind.FINAL and await criteria() is not None:
        await propose(change.actor, event.contest_id, stage_ids=[event.stage_id])


def _nominated(
    finishers: Iterable[_Finisher], rule: Revision, known: set[tuple[int, int]]
) -> list[tuple[_Finisher, Nomination]]:
    today, body = clock.today(), body_of(rule)
    found = []
    for finisher in finishers:
        nomination = nominate(finisher.young, body, today)
        if nomination and (finisher.young.person_id, finisher.young.skill_id) not in known:
            found.append((finisher, nomination))
    return found


async def _write(
    change: Change, contest_id: int, nominated: Sequence[tuple[_Finisher, Nomination]], rule: Revision
) -> int:
    rows = [
        Seedling(
            person=finisher.young.person_id, contest=contest_id, skill=finisher.young.skill_id, rule=rule.id,
            coach=finisher.coach_id, revision=finisher.revision_id, rank=finisher.young.rank,
            award_name=finisher.young.award_name, reason=msgspec.json.encode(nomination.reason).decode(),
            state=SeedlingState.PROPOSED.value, stage=SeedlingStage.SEED.value, proposed_at=change.at,
        )
        for finisher, nomination in nominated
    ]  # fmt: skip
    for start in range(0, len(rows), ROWS_PER_INSERT):
        await Seedling.insert(*rows[start : start + ROWS_PER_INSERT])
    await change.record("seedling.proposed", "contest", contest_id, rule=rule.document.code, new=len(rows))
    return len(rows)


async def _known(young: Sequence[Young]) -> set[tuple[int, int]]:
    """Persons already proposed or in the pool, by skill."""
    found: set[tuple[int, int]] = set()
    for part in _chunks(each.person_id for each in young):
        rows = await Seedling.select(Seedling.person, Seedling.skill).where(Seedling.person.is_in(part))
        found |= {(row["person"], row["skill"]) for row in rows}
    return found


def _chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), IDS_PER_QUERY):
        yield ordered[start : start + IDS_PER_QUERY]


async def _finishers(contest: Row, stage_ids: Sequence[int] | None) -> list[_Finisher]:
    revisions = await _revisions(contest["id"], stage_ids)
    if not revisions:
        return []
    lines = await ResultLine.select(
        ResultLine.entry, ResultLine.revision, ResultLine.rank, ResultLine.award_name, ResultLine.award_level
    ).where(ResultLine.revision.is_in(list(revisions)))
    by_entry = {line["entry"]: line for line in lines if line["rank"] is not None or line["award_name"]}
    coaches = await _main_coaches(by_entry)
    found = []
    for member in await _members(by_entry):
        line = by_entry[member["entry"]]
        final = revisions[line["revision"]]
        young = Young(
            person_id=member["person"], skill_id=final["skill_id"], skill_name=final["skill"], tier=contest["tier"],
            born_on=member["born_on"], rank=line["rank"], award_name=line["award_name"],
            award_level=line["award_level"],
        )  # fmt: skip
        found.append(_Finisher(young, line["revision"], coaches.get(member["entry"])))
    return found


async def _revisions(contest_id: int, stage_ids: Sequence[int] | None) -> dict[int, Row]:
    """Revision in force of each final -> its skill."""
    stage: Any = ResultRevision.stage
    skill = stage.group.skill
    where: Any = (
        (skill.contest == contest_id)
        & (stage.kind == StageKind.FINAL.value)
        & ResultRevision.current.eq(True)
        & ResultRevision.released_at.is_not_null()
    )
    if stage_ids is not None:
        where = where & ResultRevision.stage.is_in(list(stage_ids))
    rows = await ResultRevision.select(
        ResultRevision.id, skill.id.as_alias("skill_id"), skill.name.as_alias("skill")
    ).where(where)
    return {row["id"]: row for row in rows}


async def _members(entry_ids: Iterable[int]) -> list[Row]:
    found: list[Row] = []
    for part in _chunks(entry_ids):
        found += (
            await EntryMember.select(
                EntryMember.entry, EntryMember.person, EntryMember.person.born_on.as_alias("born_on")
            )
            .where(EntryMember.entry.is_in(part))
            .order_by(EntryMember.id)
        )
    return found


async def _main_coaches(entry_ids: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in _chunks(entry_ids):
        rows = await EntryCoach.select(EntryCoach.entry, EntryCoach.person).where(
            EntryCoach.entry.is_in(part) & EntryCoach.main.eq(True)
        )
        found |= {row["entry"]: row["person"] for row in rows}
    return found


# Decisions


async def decide(actor: Actor, seedling_id: int, decision: str, reason: str = "") -> None:
    """accept, decline, leave or reconsider. Raises Missing, Refused, Stale when somebody else decided."""
    seedling = await seedling_row(seedling_id)
    problem = decision_problem(SeedlingState(seedling["state"]), decision, reason)
    if problem:
        raise Refused(problem)
    async with write(actor) as change:
        await _take(change, seedling, decision, reason.strip())


async def decide_many(actor: Actor, seedling_ids: Sequence[int], decision: str, reason: str = "") -> int:
    """The same decision on selected proposals, all or none. Raises Refused, Stale."""
    if not seedling_ids:
        raise Refused(Problem(N_("选择至少一人"), "seedling"))
    async with write(actor):
        for seedling_id in seedling_ids:
            await decide(actor, seedling_id, decision, reason)
    return len(seedling_ids)


async def seedling_row(seedling_id: int) -> Row:
    """Raises Missing."""
    row = await Seedling.select(
        *Seedling.all_columns(), Seedling.contest.name.as_alias("contest_name"),
        Seedling.skill.name.as_alias("skill_name"),
    ).where(Seedling.id == seedling_id).first()  # fmt: skip
    if row is None:
        raise Missing("seedling")
    return row


async def _take(change: Change, seedling: Row, decision: str, reason: str) -> None:
    state = TRANSITIONS[SeedlingState(seedling["state"])][decision]
    values: dict[Any, Any] = {
        "state": state.value, "decided_at": change.at, "decided_by": change.actor.user_id,
        "decision_reason": reason, "exit_reason": reason if state == SeedlingState.LEFT else "",
    }  # fmt: skip
    if state == SeedlingState.IN_POOL:
        values["stage"] = SeedlingStage.SEED.value
    await _update(seedling, values)
    if state == SeedlingState.IN_POOL:
        await _join(change, seedling)
    elif state == SeedlingState.LEFT:
        await _leave(change, seedling, reason)
    await _step(change, seedling["id"], SeedlingStage.SEED if decision == "accept" else None, decision, reason)
    await change.record(f"seedling.{decision}", "seedling", seedling["id"], before=seedling["state"], reason=reason)


async def _update(seedling: Row, values: dict[Any, Any]) -> None:
    rows = (
        await Seedling.update(values | {"version": seedling["version"] + 1})
        .where((Seedling.id == seedling["id"]) & (Seedling.version == seedling["version"]))
        .returning(Seedling.id)
    )
    if not rows:
        raise Stale(*await last_change("seedling", seedling["id"]))


async def _join(change: Change, seedling: Row) -> None:
    await join_pool(
        change.actor, seedling["person"], Pool.SEEDLING,
        source=f"{seedling['contest_name']} {seedling['skill_name']}"[:200],
        source_kind="result", source_id=seedling["revision"],
    )  # fmt: skip


async def _leave(change: Change, seedling: Row, reason: str) -> None:
    """Out of the pool, unless another skill keeps the person in it."""
    elsewhere = await Seedling.exists().where(
        (Seedling.person == seedling["person"])
        & (Seedling.id != seedling["id"])
        & (Seedling.state == SeedlingState.IN_POOL.value)
    )
    in_pool = await PoolMembership.exists().where(
        (PoolMembership.person == seedling["person"])
        & (PoolMembership.pool == Pool.SEEDLING.value)
        & PoolMembership.left_at.is_null()
    )
    if in_pool and not elsewhere:
        await leave_pool(change.actor, seedling["person"], Pool.SEEDLING, reason)


async def _step(change: Change, seedling_id: int, stage: SeedlingStage | None, decision: str, note: str) -> None:
    """The history shows the stage come to, or else the decision."""
    await SeedlingStep.insert(
        SeedlingStep(
            seedling=seedling_id, stage=stage.value if stage else decision, at=change.at,
            by_name=change.actor.name, note=note[:200],
        )
    )  # fmt: skip


async def move(actor: Actor, seedling_id: int, to: str, reason: str, version: int | None = None) -> None:
    """To another stage, with the reason. Raises Missing, Refused, Stale."""
    seedling = await seedling_row(seedling_id)
    if version is not None and version != seedling["version"]:
        raise Stale(*await last_change("seedling", seedling_id))
    problem = move_problem(SeedlingState(seedling["state"]), SeedlingStage(seedling["stage"]), to, reason)
    if problem:
        raise Refused(problem)
    async with write(actor) as change:
        await _update(seedling, {"stage": to})
        await _step(change, seedling_id, SeedlingStage(to), "", reason.strip())
        await change.record(
            "seedling.moved", "seedling", seedling_id, before=seedling["stage"], after=to, reason=reason.strip()
        )
