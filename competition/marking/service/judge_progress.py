"""How far every judge is, over all the forms they sit on."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from piccolo.query.functions.aggregate import Max

from competition.marking.kinds import HANDED_IN, SheetState
from competition.marking.service.panels import Seat, StoredPanel
from competition.marking.service.schemes import PartRow
from competition.marking.service.scores import StageMarks
from competition.marking.tables import Mark


class OpenForm(msgspec.Struct, frozen=True):
    """A form that a judge has not handed in for these numbers."""

    part: PartRow
    panel: str
    seat: int
    labels: tuple[str, ...]


class JudgeProgress(msgspec.Struct, frozen=True):
    """Sheets handed in and marks entered, of all; `open` is empty for trainees, whom nobody waits for."""

    person_id: int
    name: str
    name_en: str
    trainee: bool
    sheets: int
    handed_in: int
    entered: int
    wanted: int
    saved_at: datetime | None
    open: tuple[OpenForm, ...]

    @property
    def late_sheets(self) -> int:
        return sum(len(form.labels) for form in self.open)


async def last_saved(stage_id: int) -> dict[int, datetime]:
    """When a mark was last saved, by seat."""
    rows = (
        await Mark.select(Mark.sheet.seat.as_alias("seat"), Max(Mark.id, alias="mark"))
        .where(Mark.sheet.stage == stage_id)
        .group_by(Mark.sheet.seat)
    )
    if not rows:
        return {}
    made = await Mark.select(Mark.id, Mark.made_at).where(Mark.id.is_in([row["mark"] for row in rows]))
    moments = {row["id"]: row["made_at"] for row in made}
    return {row["seat"]: moments[row["mark"]] for row in rows}


class _Count:
    """What one seat has to do; a seat marks one form. `open` holds the blind numbers it has not handed in."""

    def __init__(self) -> None:
        self.sheets = self.handed_in = self.entered = self.wanted = 0
        self.open: list[int] = []


def judge_progress(
    marks: StageMarks,
    panels: Mapping[int, StoredPanel],
    labels: Mapping[int, str],
    blinds_gone: set[int],
    saved: Mapping[int, datetime],
) -> tuple[JudgeProgress, ...]:
    """Who has most to hand in comes first, trainees last; `labels` by blind id, in the order of the numbers."""
    parts = {part.id: part for part in marks.scheme.panel_parts}
    counts = _counts(marks, blinds_gone)
    order = {blind: place for place, blind in enumerate(labels)}
    by_person: dict[int, list[tuple[Seat, _Count, OpenForm | None]]] = defaultdict(list)
    for part_id, part in parts.items():
        panel = panels.get(part_id)
        for seat in panel.seats if panel else ():
            if seat.id not in counts:
                continue
            count, form = counts[seat.id], None
            if count.open and panel and not seat.trainee:
                waiting = sorted(count.open, key=order.__getitem__)
                form = OpenForm(part, panel.name, seat.number, tuple(labels[blind] for blind in waiting))
            by_person[seat.person_id].append((seat, count, form))
    return tuple(sorted((_judge(own, saved) for own in by_person.values()), key=_lateness))


def _judge(own: Sequence[tuple[Seat, _Count, OpenForm | None]], saved: Mapping[int, datetime]) -> JudgeProgress:
    first = own[0][0]
    return JudgeProgress(
        person_id=first.person_id,
        name=first.name,
        name_en=first.name_en,
        trainee=all(seat.trainee for seat, _, _ in own),
        sheets=sum(count.sheets for _, count, _ in own),
        handed_in=sum(count.handed_in for _, count, _ in own),
        entered=sum(count.entered for _, count, _ in own),
        wanted=sum(count.wanted for _, count, _ in own),
        saved_at=max((saved[seat.id] for seat, _, _ in own if seat.id in saved), default=None),
        open=tuple(form for _, _, form in own if form is not None),
    )


def _lateness(judge: JudgeProgress) -> tuple[int, bool, int]:
    return -judge.late_sheets, judge.trainee, judge.person_id


def _counts(marks: StageMarks, blinds_gone: set[int]) -> dict[int, _Count]:
    """By seat, in one pass over the sheets."""
    aspects = {part.id: {aspect.id for aspect in part.aspects} for part in marks.scheme.panel_parts}
    counts: dict[int, _Count] = defaultdict(_Count)
    for sheet in marks.sheets:
        if sheet.state == SheetState.VOID or sheet.blind_id in blinds_gone or sheet.part_id not in aspects:
            continue
        count = counts[sheet.seat_id]
        count.sheets += 1
        count.entered += len(aspects[sheet.part_id] & sheet.marks.keys())
        count.wanted += len(aspects[sheet.part_id])
        if sheet.state in HANDED_IN:
            count.handed_in += 1
        else:
            count.open.append(sheet.blind_id)
    return counts
