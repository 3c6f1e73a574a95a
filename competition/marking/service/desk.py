"""What a judge's tablet shows: own panels, works by number, one sheet. No name, no unit, no other judge's mark."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from piccolo.query.functions.aggregate import Count

from competition.contests.kinds import StageState
from competition.entries.tables import StagePlace
from competition.exact import from_units, plain, to_units
from competition.marking.kinds import Method, SheetState
from competition.marking.scheme_drafts import CriterionDraft
from competition.marking.service.controls import (
    Control,
    ShownBand,
    ShownChoice,
    ShownDifference,
    bands,
    choices,
    control_of,
    difference,
    earning,
    mark_text,
    nudge,
    yes_value,
)
from competition.marking.service.schemes import AspectRow, awarded, stored_aspect
from competition.marking.service.spread import still_asked
from competition.marking.service.ties import GONE
from competition.marking.tables import Aspect, BlindNumber, Mark, Scheme, Sheet
from competition.problems import Missing

_SKILL: Any = Sheet.stage._.group._.skill
_SHEET_COLUMNS = (
    Sheet.id, Sheet.token, Sheet.state, Sheet.counts, Sheet.stage, Sheet.part, Sheet.blind, Sheet.submitted_at,
    Sheet.signature, Sheet.returned_reason, Sheet.version, Sheet.seat.as_alias("seat_id"),
    Sheet.seat.account.as_alias("account"), Sheet.seat.number.as_alias("seat"), Sheet.seat.trainee.as_alias("trainee"),
    Sheet.seat._.person.name.as_alias("judge"), Sheet.seat._.person.name_en.as_alias("judge_en"),
    Sheet.seat._.panel.name.as_alias("panel"), Sheet.blind.label.as_alias("label"),
    Sheet.blind.number.as_alias("number"), Sheet.blind.station.as_alias("station"),
    Sheet.blind._.session.number.as_alias("session"), Sheet.part.name.as_alias("part_name"),
    Sheet.part.name_en.as_alias("part_name_en"), Sheet.part.method.as_alias("method"), Sheet.rescore,
    Sheet.part.code.as_alias("part_code"), Sheet.part.criterion.as_alias("criterion"),
    Sheet.part.sub_criterion.as_alias("sub_criterion"), Sheet.part.day.as_alias("day"),
    Sheet.part.layer.as_alias("layer"), Sheet.part.position.as_alias("position"),
    Sheet.part.scheme.as_alias("scheme"), Sheet.stage.state.as_alias("stage_state"),
    Sheet.stage.kind.as_alias("stage_kind"), Sheet.stage._.group.kind.as_alias("group_kind"),
    _SKILL.name.as_alias("skill"), _SKILL.name_en.as_alias("skill_en"),
)  # fmt: skip


class Work(msgspec.Struct, frozen=True):
    """One sheet in the judge's list: `entered` of `aspects` marks. `rescore`: the panel was too far apart."""

    token: str
    label: str
    state: SheetState
    entered: int
    aspects: int
    gone: bool
    rescore: bool = False

    @property
    def done(self) -> bool:
        return self.state not in (SheetState.OPEN, SheetState.VOID)


class JudgePanel(msgspec.Struct, frozen=True):
    """A judge's seat in one panel, which marks one form, with the works of each session."""

    head: dict[str, Any]
    sessions: tuple[tuple[int | None, tuple[Work, ...]], ...]

    @property
    def works(self) -> list[Work]:
        return [work for _, works in self.sessions for work in works]

    @property
    def to_do(self) -> list[Work]:
        """What is to be scored again comes first."""
        return to_do(self.works)

    @property
    def rescores(self) -> list[Work]:
        return [work for work in self.to_do if work.rescore]


def to_do(works: Sequence[Work]) -> list[Work]:
    left = [work for work in works if not work.done and not work.gone]
    return sorted(left, key=lambda work: not work.rescore)


class SubCriterion(msgspec.Struct, frozen=True):
    """The judge's forms of one sub-criterion; `code` is "" for a form that stands alone."""

    code: str
    panels: tuple[JudgePanel, ...]


class Criterion(msgspec.Struct, frozen=True):
    code: str
    name: str
    name_en: str
    subs: tuple[SubCriterion, ...]


class JudgeStage(msgspec.Struct, frozen=True):
    """A stage with the judge's forms in it, in the order of the scheme."""

    head: dict[str, Any]
    panels: tuple[JudgePanel, ...]
    criteria: tuple[Criterion, ...]

    @property
    def to_do(self) -> list[Work]:
        return [work for panel in self.panels for work in panel.to_do]

    @property
    def rescores(self) -> list[Work]:
        return [work for panel in self.panels for work in panel.rescores]


class SheetItem(msgspec.Struct, frozen=True):
    """An aspect with its current mark; `number` 0 where there never was one. `rescore`: to be entered again."""

    aspect: AspectRow
    value: Decimal | None
    number: int
    at: datetime | None
    rescore: bool = False

    @property
    def text(self) -> str | None:
        return None if self.value is None else plain(self.value)

    @property
    def control(self) -> Control:
        return control_of(self.aspect)

    @property
    def maximum_text(self) -> str:
        return self.aspect.maximum_text if self.control == Control.POINTS else mark_text(self.aspect.maximum)

    @property
    def earned(self) -> Decimal | None:
        """What this judge's mark alone earns; a judgement has no mark before the panel has one."""
        if self.value is None or self.control == Control.JUDGEMENT:
            return None
        return from_units(awarded(self.aspect, to_units(self.value)))

    @property
    def earned_text(self) -> str | None:
        return None if self.earned is None else mark_text(self.earned)

    @property
    def earning(self) -> dict[str, Any]:
        return earning(self.aspect)

    @property
    def yes(self) -> str:
        return yes_value(self.aspect)

    @property
    def nudge(self) -> str:
        return nudge(self.aspect)

    @property
    def choices(self) -> list[ShownChoice]:
        return choices(self.aspect)

    @property
    def bands(self) -> list[ShownBand]:
        return bands(self.aspect)

    @property
    def difference(self) -> ShownDifference | None:
        return difference(self.aspect)

    @property
    def total(self) -> int | None:
        """Of how many things a count is."""
        return self.aspect.calculation.total if self.aspect.calculation and self.control == Control.COUNT else None


class JudgeSheet(msgspec.Struct, frozen=True):
    head: dict[str, Any]
    items: tuple[SheetItem, ...]
    works: tuple[Work, ...]

    @property
    def open(self) -> bool:
        return self.head["state"] == SheetState.OPEN and self.head["stage_state"] == StageState.MARKING

    @property
    def method(self) -> Method:
        return Method(self.head["method"] or Method.SCORE)

    @property
    def missing(self) -> list[SheetItem]:
        return [item for item in self.items if item.value is None]

    @property
    def rescore(self) -> list[SheetItem]:
        """Aspects that are still to be entered again."""
        return [item for item in self.items if item.rescore]

    @property
    def asked_codes(self) -> list[str]:
        """Aspects that the panel was asked to score again, entered again or not."""
        asked = still_asked(self.head["rescore"])
        return [item.aspect.code for item in self.items if item.aspect.id in asked]

    @property
    def maximum_text(self) -> str:
        whole = sum((item.aspect.maximum for item in self.items), Decimal(0))
        return plain(whole) if self.method == Method.SCORE else mark_text(whole)

    @property
    def sum_text(self) -> str | None:
        """What this judge's marks earn; None while an aspect is missing, and for a judgement, which has no total."""
        earned = [item.earned for item in self.items if item.earned is not None]
        if len(earned) < len(self.items):
            return None
        return plain(sum(earned, Decimal(0))) if self.method == Method.SCORE else mark_text(sum(earned, Decimal(0)))

    @property
    def saved_at(self) -> datetime | None:
        return max((item.at for item in self.items if item.at is not None), default=None)

    def beside(self, step: int) -> Work | None:
        """The work before (-1) or after (1) this one in the session."""
        tokens = [work.token for work in self.works]
        place = tokens.index(self.head["token"]) + step
        return self.works[place] if 0 <= place < len(tokens) else None

    @property
    def to_do(self) -> list[Work]:
        """Other works of this form in the session that wait for this judge."""
        return to_do([work for work in self.works if work.token != self.head["token"]])


async def judge_stages(account_id: int) -> list[JudgeStage]:
    """Stages that are being marked, then those that are closed; five queries however many sheets."""
    panels = await judge_panels(account_id)
    names = await _criterion_names(sorted({panel.head["scheme"] for panel in panels}))
    by_stage: dict[int, list[JudgePanel]] = defaultdict(list)
    for panel in panels:
        by_stage[panel.head["stage"]].append(panel)
    return [
        JudgeStage(of[0].head, tuple(of), tuple(_criteria(of, names[of[0].head["scheme"]]))) for of in by_stage.values()
    ]


async def _criterion_names(scheme_ids: Sequence[int]) -> dict[int, dict[str, CriterionDraft]]:
    if not scheme_ids:
        return {}
    rows = await Scheme.select(Scheme.id, Scheme.criteria).where(Scheme.id.is_in(list(scheme_ids)))
    return {
        row["id"]: {
            each.code: each for each in msgspec.json.decode(row["criteria"] or "[]", type=tuple[CriterionDraft, ...])
        }
        for row in rows
    }


def _criteria(panels: Sequence[JudgePanel], names: dict[str, CriterionDraft]) -> list[Criterion]:
    """Forms of a criterion and a sub-criterion together, in the order of the scheme."""
    grouped: dict[str, dict[str, list[JudgePanel]]] = {}
    for panel in panels:
        head = panel.head
        subs = grouped.setdefault(head["criterion"] or head["part_code"], {})
        subs.setdefault(head["sub_criterion"], []).append(panel)
    found = []
    for code, subs in grouped.items():
        named = names.get(code)
        found.append(
            Criterion(
                code, named.name if named else "", named.name_en if named else "",
                tuple(SubCriterion(sub, tuple(of)) for sub, of in subs.items()),
            )
        )  # fmt: skip
    return found


async def judge_panels(account_id: int) -> list[JudgePanel]:
    """Panels of stages that are being marked, then those that are closed; four queries however many sheets."""
    rows = await _sheets_where(Sheet.seat.account == account_id)
    works = await _works(rows)
    by_seat: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_seat[row["seat_id"]].append(row)
    panels = [JudgePanel(seat[0], _by_session(seat, works)) for seat in by_seat.values()]
    return sorted(panels, key=_place_in_list)


def _place_in_list(panel: JudgePanel) -> tuple[bool, int, int]:
    head = panel.head
    return head["stage_state"] != StageState.MARKING, head["stage"], head["position"]


async def _sheets_where(condition: Any) -> list[dict[str, Any]]:
    return await Sheet.select(*_SHEET_COLUMNS).where(condition).order_by(Sheet.seat).order_by(Sheet.blind.number)


def _by_session(
    rows: Sequence[dict[str, Any]], works: dict[int, Work]
) -> tuple[tuple[int | None, tuple[Work, ...]], ...]:
    sessions: dict[int | None, list[Work]] = defaultdict(list)
    for row in rows:
        if row["state"] != SheetState.VOID:
            sessions[row["session"]].append(works[row["id"]])
    return tuple((session, tuple(of)) for session, of in sessions.items())


async def _works(rows: Sequence[dict[str, Any]]) -> dict[int, Work]:
    """By sheet id, in three queries."""
    sheet_ids = [row["id"] for row in rows]
    if not sheet_ids:
        return {}
    parts = sorted({row["part"] for row in rows})
    aspects = (
        await Aspect.select(Aspect.part, Count(alias="n"))
        .where(Aspect.part.is_in(parts) & Aspect.retired_at.is_null())
        .group_by(Aspect.part)
    )
    entered = (
        await Mark.select(Mark.sheet, Count(alias="n"))
        .where(
            Mark.sheet.is_in(sheet_ids)
            & Mark.current.eq(True)
            & Mark.value.is_not_null()
            & Mark.aspect.retired_at.is_null()
        )
        .group_by(Mark.sheet)
    )
    gone = await _blinds_gone(sorted({row["stage"] for row in rows}))
    of_part = {row["part"]: row["n"] for row in aspects}
    of_sheet = {row["sheet"]: row["n"] for row in entered}
    return {
        row["id"]: Work(
            token=row["token"], label=row["label"], state=SheetState(row["state"]),
            entered=of_sheet.get(row["id"], 0), aspects=of_part.get(row["part"], 0), gone=row["blind"] in gone,
            rescore=bool(row["rescore"]) and row["state"] == SheetState.OPEN,
        )
        for row in rows
    }  # fmt: skip


async def _blinds_gone(stage_ids: Sequence[int]) -> set[int]:
    """Blind numbers of contestants who are not there, so that no judge waits for them."""
    rows = await BlindNumber.select(BlindNumber.id).where(
        BlindNumber.stage.is_in(list(stage_ids))
        & BlindNumber.entry.is_in(
            StagePlace.select(StagePlace.entry).where(
                StagePlace.stage.is_in(list(stage_ids)) & StagePlace.attendance.is_in(list(GONE))
            )
        )
    )
    return {row["id"] for row in rows}


async def judge_sheet(account_id: int, token: str) -> JudgeSheet:
    """Raises Missing for a sheet that is not this judge's, or no longer."""
    found = await _sheets_where(Sheet.token == token)
    if not found or found[0]["account"] != account_id or found[0]["state"] == SheetState.VOID:
        raise Missing("sheet")
    head = found[0]
    rows = await _sheets_where(Sheet.seat == head["seat_id"])
    beside = [row for row in rows if row["session"] == head["session"] and row["state"] != SheetState.VOID]
    works = await _works(beside)
    return JudgeSheet(head, tuple(await _items(head)), tuple(works[row["id"]] for row in beside))


async def _items(head: dict[str, Any]) -> list[SheetItem]:
    aspects = (
        await Aspect.select()
        .where((Aspect.part == head["part"]) & Aspect.retired_at.is_null())
        .order_by(Aspect.position)
    )
    marks = await Mark.select(Mark.aspect, Mark.number, Mark.value, Mark.made_at).where(
        (Mark.sheet == head["id"]) & Mark.current.eq(True)
    )
    by_aspect = {mark["aspect"]: mark for mark in marks}
    method = Method(head["method"] or Method.SCORE)
    asked = still_asked(head["rescore"]) if head["state"] == SheetState.OPEN else {}
    return [_item(stored_aspect(row, method), by_aspect.get(row["id"]), asked) for row in aspects]


def _item(aspect: AspectRow, mark: dict[str, Any] | None, asked: dict[int, int]) -> SheetItem:
    if mark is None:
        return SheetItem(aspect, None, 0, None)
    value = None if mark["value"] is None else from_units(mark["value"])
    again = aspect.id in asked and mark["number"] <= asked[aspect.id]
    return SheetItem(aspect, value, mark["number"], mark["made_at"], again)
