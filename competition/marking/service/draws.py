"""The draw: lots give every contestant a number, a session and a station; every judge gets the sheets."""

import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from competition.audit.write import Actor, Change, write
from competition.contests.kinds import StageState
from competition.contests.service import move_stage
from competition.contests.tables import Stage, StageSession
from competition.database.rows import new_token
from competition.marking.kinds import NUMBER_LAYER, SheetState
from competition.marking.rules.draw import blind_numbers, draw
from competition.marking.service.panels import StoredPanel, load_panels
from competition.marking.service.schemes import PartRow, freeze_scheme, load_scheme
from competition.marking.service.ties import Assignment, assign, entrants, load_ties, panel_problems
from competition.marking.tables import BlindNumber, Draw, Recusal, Sheet
from competition.problems import N_, Missing, Problem, Refused

WIDTH = 3
ROWS_PER_INSERT = 500


class Station(msgspec.Struct, frozen=True):
    session_id: int | None = None
    number: int = 0


class DrawPlan(msgspec.Struct, frozen=True):
    """What a draw of this stage would work with, and what keeps it from being made. `recused`: (seat, contestants)."""

    entry_ids: tuple[int, ...]
    panels: tuple[tuple[PartRow, StoredPanel, dict[int, Assignment]], ...]
    stations: tuple[Station, ...]
    problems: tuple[Problem, ...]

    @property
    def recused(self) -> list[tuple[str, int]]:
        counts: dict[str, int] = {}
        for _, panel, assigned in self.panels:
            for assignment in assigned.values():
                for seat, _reason in assignment.recused:
                    key = f"{panel.name} {seat.number}"
                    counts[key] = counts.get(key, 0) + 1
        return sorted(counts.items())


async def plan_draw(stage_id: int) -> DrawPlan:
    """Worked out before the lots are drawn, so that an impossible panel is known in time."""
    scheme = await load_scheme(stage_id)
    entry_ids = await entrants(stage_id)
    seated = await load_panels(stage_id)
    ties = await load_ties(stage_id)
    problems: list[Problem] = []
    if scheme is None:
        problems.append(Problem(N_("尚未编制评分标准"), field="scheme"))
    if not entry_ids:
        problems.append(Problem(N_("本阶段没有选手"), field="entries"))
    panels = []
    for part in scheme.panel_parts if scheme else ():
        panel = seated.get(part.id)
        if panel is None or not panel.seats:
            problems.append(Problem(N_("{part} 尚未组建裁判组"), field="panel", params={"part": part.name}))
            continue
        assigned = assign(panel, entry_ids, ties)
        problems += panel_problems(part, assigned)
        panels.append((part, panel, assigned))
    stations, short = await _stations(stage_id, len(entry_ids))
    return DrawPlan(tuple(entry_ids), tuple(panels), tuple(stations), (*problems, *short))


async def _stations(stage_id: int, count: int) -> tuple[list[Station], list[Problem]]:
    """As many places as contestants, session by session; a session with 0 stations takes everybody left."""
    sessions = (
        await StageSession.select(StageSession.id, StageSession.stations)
        .where(StageSession.stage == stage_id)
        .order_by(StageSession.number)
    )
    if not sessions:
        return [Station()] * count, []
    places: list[Station] = []
    for session in sessions:
        room = min(session["stations"] or count, count - len(places))
        places += [Station(session["id"], number) for number in range(1, room + 1)]
    if len(places) < count:
        text = N_("工位共 {stations} 个，少于选手 {count} 名；增加场次或工位")
        return places, [Problem(text, field="sessions", params={"stations": len(places), "count": count})]
    return places, []


async def draw_numbers(actor: Actor, stage_id: int, seed: str | None = None, first: int = 1) -> int:
    """Draw lots: blind numbers, sessions, stations and sheets; the scheme freezes, the stage goes to marking.

    Without a seed one is made; it is recorded either way. Returns the draw's id. Raises Refused with everything
    that is missing, and when the stage has been drawn or has no places yet.
    """
    seed = (seed or "").strip() or secrets.token_hex(16)
    if await stage_draw(stage_id) is not None:
        raise Refused(Problem(N_("本阶段已抽签，不能重抽")))
    async with write(actor) as change:
        await move_stage(change, stage_id, (StageState.PLACED,), StageState.MARKING)
        plan = await plan_draw(stage_id)
        if plan.problems:
            raise Refused(*plan.problems)
        scheme = await freeze_scheme(change, stage_id)
        order = draw(seed, plan.entry_ids)
        draw_id = await _insert_numbers(change, stage_id, seed, order, plan.stations, first)
        blinds = await _blinds_of(draw_id)
        await _insert_recusals(change, plan, blinds)
        sheets = list(_sheets(stage_id, plan, order, blinds))
        for start in range(0, len(sheets), ROWS_PER_INSERT):
            await Sheet.insert(*sheets[start : start + ROWS_PER_INSERT])
        await change.record(
            "draw.made", "stage", stage_id, draw=draw_id, seed=seed, contestants=len(order), sheets=len(sheets),
            scheme=scheme.id,
        )  # fmt: skip
    return draw_id


async def _insert_numbers(
    change: Change, stage_id: int, seed: str, order: Sequence[int], stations: Sequence[Station], first: int
) -> int:
    """Rows go in by number, so that an id says nothing about the entry."""
    [made] = await Draw.insert(
        Draw(stage=stage_id, layer=NUMBER_LAYER, seed=seed, drawn_at=change.at, drawn_by=change.actor.user_id)
    )
    labels = blind_numbers(len(order), first, WIDTH)
    rows = [
        BlindNumber(
            draw=made["id"], stage=stage_id, number=first + place, label=labels[place], entry=entry_id,
            session=stations[place].session_id, station=stations[place].number,
        )
        for place, entry_id in enumerate(order)
    ]  # fmt: skip
    for start in range(0, len(rows), ROWS_PER_INSERT):
        await BlindNumber.insert(*rows[start : start + ROWS_PER_INSERT])
    return made["id"]


async def _blinds_of(draw_id: int) -> dict[int, int]:
    rows = await BlindNumber.select(BlindNumber.id, BlindNumber.entry).where(BlindNumber.draw == draw_id)
    return {row["entry"]: row["id"] for row in rows}


async def _insert_recusals(change: Change, plan: DrawPlan, blinds: dict[int, int]) -> None:
    rows = [
        Recusal(seat=seat.id, blind=blinds[entry_id], reason=reason, declared_at=change.at)
        for _, _, assigned in plan.panels
        for entry_id, assignment in sorted(assigned.items(), key=lambda pair: blinds[pair[0]])
        for seat, reason in assignment.recused
    ]
    if rows:
        await Recusal.insert(*rows)


def _sheets(stage_id: int, plan: DrawPlan, order: Sequence[int], blinds: dict[int, int]) -> Iterator[Sheet]:
    for entry_id in order:
        for part, _, assigned in plan.panels:
            assignment = assigned[entry_id]
            for seat in (*assignment.counting, *assignment.trainees):
                yield new_sheet(stage_id, part.id, seat.id, blinds[entry_id], counts=not seat.trainee)


def new_sheet(stage_id: int, part_id: int, seat_id: int, blind_id: int, *, counts: bool = True) -> Sheet:
    return Sheet(
        token=new_token(), stage=stage_id, part=part_id, seat=seat_id, blind=blind_id, counts=counts,
        state=SheetState.OPEN.value,
    )  # fmt: skip


async def stage_draw(stage_id: int) -> dict[str, Any] | None:
    return await Draw.select().where((Draw.stage == stage_id) & (Draw.layer == NUMBER_LAYER)).first()


async def reveal_numbers(actor: Actor, stage_id: int) -> None:
    """Numbers become names, once and for all; the act is recorded. A second time changes nothing.

    Raises Refused before the stage is locked, Missing without a draw.
    """
    async with write(actor) as change:
        stage = await Stage.select(Stage.state).where(Stage.id == stage_id).first()
        if stage is None:
            raise Missing("stage")
        if stage["state"] not in (StageState.LOCKED, StageState.RELEASED):
            raise Refused(Problem(N_("裁判长签字锁定后才能解密")))
        rows = (
            await Draw.update({Draw.revealed_at: change.at, Draw.revealed_by: actor.user_id})
            .where((Draw.stage == stage_id) & Draw.revealed_at.is_null())
            .returning(Draw.id)
        )
        if not rows and await stage_draw(stage_id) is None:
            raise Missing("draw")
        await change.record("draw.revealed" if rows else "draw.revealed_again", "stage", stage_id)


async def numbers_revealed(stage_id: int) -> bool:
    made = await stage_draw(stage_id)
    return made is not None and made["revealed_at"] is not None


async def record_list_read(actor: Actor, stage_id: int) -> None:
    """The encryption judge opened the list that ties numbers to names."""
    async with write(actor) as change:
        await change.record("draw.list_read", "stage", stage_id)


async def number_list(stage_id: int) -> list[dict[str, Any]]:
    """Numbers with the entries behind them: for the encryption judge, and after the reveal."""
    return (
        await BlindNumber.select(
            BlindNumber.label, BlindNumber.station, BlindNumber.entry, BlindNumber.session.number.as_alias("session"),
            BlindNumber.entry.team_name.as_alias("team_name"), BlindNumber.entry._.unit.name.as_alias("unit_name"),
            BlindNumber.entry._.unit.name_en.as_alias("unit_name_en"),
        )
        .where(BlindNumber.stage == stage_id)
        .order_by(BlindNumber.number)
    )  # fmt: skip
