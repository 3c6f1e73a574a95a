"""What a contest has around it: hosts, funding, side events, places in the next tier."""

from collections.abc import Sequence

import msgspec

from competition.audit.write import Actor, write
from competition.contests.drafts import FundingDraft, HostDraft, SideEventDraft, UpwardDraft
from competition.contests.kinds import FundingSource
from competition.contests.rules import host_problems, side_event_problems, upward_problems
from competition.contests.tables import FundingLine, Host, SideEvent, UpwardPlace
from competition.problems import N_, Missing, Problem, Refused


async def set_hosts(actor: Actor, contest_id: int, hosts: Sequence[HostDraft]) -> None:
    """All hosts of the contest, in order. Raises Refused."""
    problems = [problem for host in hosts for problem in host_problems(host)]
    if problems:
        raise Refused(*problems)
    async with write(actor) as change:
        await Host.delete().where(Host.contest == contest_id)
        if hosts:
            await Host.insert(*[Host(contest=contest_id, **msgspec.structs.asdict(host)) for host in hosts])
        await change.record("contest.hosts_set", "contest", contest_id, hosts=[host.name for host in hosts])


async def set_funding(actor: Actor, contest_id: int, lines: Sequence[FundingDraft]) -> None:
    """Budget and actual of every source, in fen. Raises Refused for a source named twice or unknown."""
    sources = [line.source for line in lines]
    if len(set(sources)) < len(sources) or not set(sources) <= set(FundingSource):
        raise Refused(Problem(N_("经费来源有误"), "source"))
    async with write(actor) as change:
        await FundingLine.delete().where(FundingLine.contest == contest_id)
        if lines:
            rows = [FundingLine(contest=contest_id, **msgspec.structs.asdict(line)) for line in lines]
            await FundingLine.insert(*rows)
        await change.record(
            "contest.funding_set", "contest", contest_id,
            lines={line.source: [line.budget_fen, line.actual_fen] for line in lines},
        )  # fmt: skip


async def add_side_event(actor: Actor, contest_id: int, draft: SideEventDraft) -> int:
    """Raises Refused."""
    problems = side_event_problems(draft)
    if problems:
        raise Refused(*problems)
    async with write(actor) as change:
        row = SideEvent(contest=contest_id, **msgspec.structs.asdict(draft))
        event_id = (await SideEvent.insert(row))[0]["id"]
        await change.record("contest.side_event_added", "contest", contest_id, name=draft.name)
    return event_id


async def remove_side_event(actor: Actor, contest_id: int, event_id: int) -> None:
    """Raises Missing."""
    async with write(actor) as change:
        rows = (
            await SideEvent.delete()
            .where((SideEvent.id == event_id) & (SideEvent.contest == contest_id))
            .returning(SideEvent.name)
        )
        if not rows:
            raise Missing("side event")
        await change.record("contest.side_event_removed", "contest", contest_id, name=rows[0]["name"])


async def add_upward_place(actor: Actor, contest_id: int, draft: UpwardDraft) -> int:
    """Raises Refused."""
    problems = upward_problems(draft)
    if problems:
        raise Refused(*problems)
    values = msgspec.structs.asdict(draft)
    async with write(actor) as change:
        row = UpwardPlace(contest=contest_id, skill=values.pop("skill_id"), **values)
        place_id = (await UpwardPlace.insert(row))[0]["id"]
        await change.record("contest.upward_added", "contest", contest_id, name=draft.target_name, places=draft.places)
    return place_id


async def remove_upward_place(actor: Actor, contest_id: int, place_id: int) -> None:
    """Raises Missing."""
    async with write(actor) as change:
        rows = (
            await UpwardPlace.delete()
            .where((UpwardPlace.id == place_id) & (UpwardPlace.contest == contest_id))
            .returning(UpwardPlace.target_name)
        )
        if not rows:
            raise Missing("upward place")
        await change.record("contest.upward_removed", "contest", contest_id, name=rows[0]["target_name"])
