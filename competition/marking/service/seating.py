"""What a team of judges will come to, before it is seated: who stays off whom, who stands in, who is left short."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec

from competition.audit.write import Actor, write
from competition.marking.service.panels import (
    Seat,
    SeatDraft,
    StoredPanel,
    judgement_warnings,
    proposed_seats,
    seat_problems,
    seat_team,
    size_problems,
)
from competition.marking.service.schemes import PartRow, load_scheme
from competition.marking.service.ties import StageTies, assign, entrants, load_ties, panel_problems
from competition.problems import N_, Missing, Problem, Refused


class SeatOutlook(msgspec.Struct, frozen=True):
    """`away`: entry -> the reasons this seat stays off it. `covers`: contestants whom a substitute takes over."""

    seat: Seat
    away: dict[int, tuple[str, ...]]
    covers: int

    @property
    def counts(self) -> list[tuple[str, int]]:
        """(reason, contestants), the most frequent first; a contestant counts under each of its reasons."""
        return Counter(reason for reasons in self.away.values() for reason in reasons).most_common()


class Outlook(msgspec.Struct, frozen=True):
    """`short`: contestants with fewer counting judges than the team has regular seats."""

    parts: tuple[PartRow, ...]
    contestants: int
    seats: tuple[SeatOutlook, ...]
    short: int
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

    @property
    def recused(self) -> bool:
        return any(outlook.away for outlook in self.seats)

    @property
    def entry_ids(self) -> list[int]:
        """Everybody whom some seat stays off."""
        return sorted({entry for outlook in self.seats for entry in outlook.away})


async def team_outlook(stage_id: int, part_ids: Sequence[int], drafts: Sequence[SeatDraft]) -> Outlook:
    """Of a team that is not seated yet. Problems are as `seat_team` refuses them, and those the contestants bring.

    Raises Missing for a form of another stage or an unknown person.
    """
    scheme = await load_scheme(stage_id)
    parts = [part for part in scheme.panel_parts if part.id in part_ids] if scheme else []
    if len(parts) != len(set(part_ids)):
        raise Missing("part")
    problems = await seat_problems(stage_id, drafts) or size_problems(parts, drafts)
    if problems:
        return Outlook(tuple(parts), 0, (), 0, tuple(problems), ())
    panel = StoredPanel(0, stage_id, parts[0].id, "", await proposed_seats(drafts))
    return outlook_of(parts, panel, await entrants(stage_id), await load_ties(stage_id))


def outlook_of(parts: Sequence[PartRow], panel: StoredPanel, entry_ids: Sequence[int], ties: StageTies) -> Outlook:
    assigned = assign(panel, entry_ids, ties)
    away: dict[int, dict[int, tuple[str, ...]]] = defaultdict(dict)
    for seat in panel.seats:
        for entry in entry_ids:
            if reasons := ties.reasons(seat, entry):
                away[seat.id][entry] = tuple(reasons)
    covers = Counter(seat.id for each in assigned.values() for seat in each.counting if seat.substitute)
    regular = sum(seat.regular for seat in panel.seats)
    problems = [
        Problem(N_("须回避本阶段全部选手，不能任席"), field=f"seat-{place}")
        for place, seat in enumerate(panel.seats)
        if entry_ids and len(away[seat.id]) == len(entry_ids)
    ]
    for part in parts:
        problems += [
            msgspec.structs.replace(problem, field="seats") for problem in panel_problems(part, assigned)
        ]  # fmt: skip
    return Outlook(
        parts=tuple(parts),
        contestants=len(entry_ids),
        seats=tuple(SeatOutlook(seat, away[seat.id], covers[seat.id]) for seat in panel.seats),
        short=sum(len(each.counting) < regular for each in assigned.values()),
        problems=tuple(problems),
        warnings=tuple(warning for part in parts for warning in judgement_warnings(part, regular)),
    )


async def confirm_team(
    actor: Actor, stage_id: int, part_ids: Sequence[int], name: str, drafts: Sequence[SeatDraft]
) -> list[int]:
    """Seat a team whose outlook was seen; refused once more where it cannot mark, because entries may have changed.

    Raises as `team_outlook` and `seat_team`.
    """
    async with write(actor):
        outlook = await team_outlook(stage_id, part_ids, drafts)
        if outlook.problems:
            raise Refused(*outlook.problems)
        return await seat_team(actor, part_ids, name, drafts)
