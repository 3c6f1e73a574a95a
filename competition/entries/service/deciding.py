"""Submitting, approving, returning, rejecting, withdrawing: one step of the state machine, for one entry or many."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from competition.audit.history import last_change
from competition.audit.write import Actor, Change, write
from competition.contests.tables import Contest
from competition.entries.kinds import EntryAction, EntryState
from competition.entries.rules.eligibility import window_problem
from competition.entries.rules.states import (
    HOLDING,
    MACHINE,
    NEEDS_REASON,
    PLACED,
    Situation,
    next_state,
    sources,
    why_not,
)
from competition.entries.service.facts import chunks, contest_facts
from competition.entries.tables import Entry, EntryMember, StagePlace
from competition.problems import N_, Missing, Problem, Refused, Stale

UNDO_WITHIN = timedelta(minutes=15)

_RECORDED = {
    EntryAction.SUBMIT: "entry.submitted",
    EntryAction.WITHDRAW: "entry.withdrawn",
    EntryAction.APPROVE: "entry.approved",
    EntryAction.RETURN: "entry.returned",
    EntryAction.REJECT: "entry.rejected",
    EntryAction.UNDO_RETURN: "entry.return_undone",
}
Ids = int | Sequence[int]


async def submit(actor: Actor, entry_ids: Ids, reason: str = "") -> None:
    """Hand in drafts or returned entries. Raises Refused after the deadline, naming it."""
    await take(actor, entry_ids, EntryAction.SUBMIT, reason)


async def approve(actor: Actor, entry_ids: Ids, reason: str = "") -> None:
    await take(actor, entry_ids, EntryAction.APPROVE, reason)


async def return_(actor: Actor, entry_ids: Ids, reason: str) -> datetime:
    """Give back to the unit to be mended. The moment of the return is what `undo_return` asks for."""
    return await take(actor, entry_ids, EntryAction.RETURN, reason)


async def reject(actor: Actor, entry_ids: Ids, reason: str) -> None:
    await take(actor, entry_ids, EntryAction.REJECT, reason)


async def withdraw(actor: Actor, entry_ids: Ids, reason: str = "") -> None:
    await take(actor, entry_ids, EntryAction.WITHDRAW, reason)


async def situations(entry_ids: Sequence[int], now: datetime) -> dict[int, Situation]:
    """What the state machine needs to know of each entry: three queries."""
    found: dict[int, Situation] = {}
    for ids in chunks(entry_ids):
        rows = await Entry.select(Entry.id, Entry.state, Entry.contest).where(Entry.id.is_in(ids))
        placed = await StagePlace.select(StagePlace.entry).where(StagePlace.entry.is_in(ids))
        contests = await Contest.select().where(Contest.id.is_in(sorted({row["contest"] for row in rows})))
        windows = {row["id"]: window_problem(contest_facts(row), now) for row in contests}
        in_stage = {row["entry"] for row in placed}
        for row in rows:
            found[row["id"]] = Situation(EntryState(row["state"]), row["id"] in in_stage, windows[row["contest"]])
    return found


async def take(actor: Actor, entry_ids: Ids, action: EntryAction, reason: str = "") -> datetime:
    """Take one action on all of the entries, or on none. Raises Missing, Refused with why not."""
    ids = [entry_ids] if isinstance(entry_ids, int) else sorted(set(entry_ids))
    reason = reason.strip()
    if action in NEEDS_REASON and not reason:
        raise Refused(Problem(N_("须写明原因，单位据此修改"), "reason"))
    if not ids:
        raise Refused(Problem(N_("没有选中报名")))
    async with write(actor) as change:
        known = await situations(ids, change.at)
        if len(known) < len(ids):
            raise Missing("entry")
        refusals = {str(problem): problem for each in known.values() if (problem := why_not(action, each))}
        if refusals:
            raise Refused(*refusals.values())
        for state in sources(action):
            await _move(change, [entry for entry in ids if known[entry].state == state], action, state, reason)
        if action == EntryAction.RETURN and await StagePlace.exists().where(StagePlace.entry.is_in(ids)):
            raise Refused(Problem(PLACED))
        for entry_id in ids:
            await change.record(_RECORDED[action], "entry", entry_id, **({"reason": reason} if reason else {}))
    return change.at


async def _move(change: Change, ids: list[int], action: EntryAction, state: EntryState, reason: str) -> None:
    """Raises Stale when one of them is not in `state` any more."""
    after = next_state(action, state)
    assert after is not None
    values: dict[Any, Any] = {Entry.state: after.value, Entry.reason: reason, Entry.version: Entry.version + 1}
    if action == EntryAction.SUBMIT:
        values[Entry.submitted_at] = change.at
    elif action != EntryAction.WITHDRAW:
        values |= {Entry.decided_at: change.at, Entry.decided_by: change.actor.user_id}
    for part in chunks(ids):
        rows = await Entry.update(values).where(Entry.id.is_in(part) & (Entry.state == state.value)).returning(Entry.id)
        if len(rows) < len(part):
            lost = next(entry for entry in part if entry not in {row["id"] for row in rows})
            raise Stale(*await last_change("entry", lost))
        if after not in HOLDING:
            await EntryMember.update({EntryMember.active: False}).where(EntryMember.entry.is_in(part))


async def undo_return(actor: Actor, contest_id: int, returned_at: datetime) -> int:
    """Take back one's own bulk return of that moment, as far as nobody has changed the entries since; how many."""
    async with write(actor) as change:
        if change.at - returned_at > UNDO_WITHIN:
            minutes = int(UNDO_WITHIN.total_seconds() // 60)
            raise Refused(Problem(N_("退回已超过 {minutes} 分钟，不能撤销"), params={"minutes": minutes}))
        after = MACHINE[EntryState.RETURNED][EntryAction.UNDO_RETURN]
        rows = (
            await Entry.update({Entry.state: after.value, Entry.reason: "", Entry.version: Entry.version + 1})
            .where(
                (Entry.contest == contest_id)
                & (Entry.state == EntryState.RETURNED.value)
                & (Entry.decided_at == returned_at)
                & (Entry.decided_by == actor.user_id)
            )
            .returning(Entry.id)
        )
        if not rows:
            raise Refused(Problem(N_("单位已经修改，或退回已经撤销")))
        for row in rows:
            await change.record(_RECORDED[EntryAction.UNDO_RETURN], "entry", row["id"])
    return len(rows)
