"""The judges of one form and one blind number together: held, compared, and asked to score again."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from competition.audit.write import Change
from competition.database.prepared import Prepared
from competition.marking.kinds import HANDED_IN, Method, SheetState
from competition.marking.rules.spread import aspects_far_apart, spread_problem
from competition.marking.service.schemes import AspectRow, awarded, stored_aspect
from competition.marking.tables import Aspect, Mark, Sheet
from competition.problems import Problem, Refused

# Checked ones too: a second person may have checked some sheets before the last one came in.
_REOPENED = (SheetState.SUBMITTED.value, SheetState.CHECKED.value)

_panel_ids = Prepared(
    lambda part, blind: (
        Sheet.select(Sheet.id)
        .where((Sheet.part == part) & (Sheet.blind == blind) & Sheet.counts.eq(True))
        .order_by(Sheet.id)
    ),
    2,
)
Row = dict[str, Any]

_hold = Prepared(lambda sheet: Sheet.update({Sheet.version: Sheet.version + 1}).where(Sheet.id == sheet), 1)


class RescoreAsked(Refused):
    """The form is complete, and its judges are too far apart; all of them have been asked to score again."""


async def hold_panel(part_id: int, blind_id: int) -> None:
    """Until the transaction ends nobody else hands in, or enters a mark, for this form and number.

    Rows are held in the order of their ids, so two who come at once wait for each other and never in a circle.
    """
    for row in await _panel_ids(part_id, blind_id):
        await _hold(row["id"])


async def settle_panel(change: Change, part_id: int, blind_id: int, method: Method) -> Problem | None:
    """Once all have handed in: accept the form, or open it again and say why. Call it with the panel held.

    Nothing happens while somebody has not handed in, and to panel scores.
    """
    if method == Method.SCORE:
        return None
    sheets = (
        await Sheet.select(Sheet.id, Sheet.state, Sheet.rescore)
        .where((Sheet.part == part_id) & (Sheet.blind == blind_id) & Sheet.counts.eq(True))
        .order_by(Sheet.id)
    )
    if not sheets or any(sheet["state"] not in HANDED_IN for sheet in sheets):
        return None
    ids = [sheet["id"] for sheet in sheets]
    aspects = await _aspects([part_id])
    marks = await _marks(ids)
    far = _far_apart(method, aspects[part_id], marks)
    if not far:
        asked = [sheet["id"] for sheet in sheets if sheet["rescore"]]
        if asked:
            await Sheet.update({Sheet.rescore: ""}).where(Sheet.id.is_in(asked))
        return None
    problem = spread_problem(method.value, [aspect.code for aspect in far], len(ids))
    await _ask_again(change, ids, [aspect.id for aspect in far], marks, problem)
    return problem


def still_asked(rescore: str) -> dict[int, int]:
    """Aspect -> the revision that did not hold against the panel, from what a sheet keeps; a later one is new."""
    return {int(aspect): number for aspect, number in json.loads(rescore or "{}").items()}


async def _ask_again(
    change: Change,
    sheet_ids: Sequence[int],
    aspect_ids: Sequence[int],
    marks: Sequence[dict[str, Any]],
    problem: Problem,
) -> None:
    stood: dict[int, dict[int, int]] = {sheet_id: {} for sheet_id in sheet_ids}
    for mark in marks:
        if mark["aspect"] in aspect_ids:
            stood[mark["sheet"]][mark["aspect"]] = mark["number"]
    for sheet_id in sheet_ids:
        await Sheet.update(
            {
                Sheet.state: SheetState.OPEN.value, Sheet.signature: "", Sheet.submitted_at: None,
                Sheet.checked_at: None, Sheet.checked_by: None, Sheet.rescore: json.dumps(stood[sheet_id]),
                Sheet.returned_reason: str(problem)[:200], Sheet.version: Sheet.version + 1,
            }
        ).where((Sheet.id == sheet_id) & Sheet.state.is_in(list(_REOPENED)))  # fmt: skip
        await change.record("sheet.rescore_asked", "sheet", sheet_id, aspects=list(aspect_ids))


async def require_together(sheets: Iterable[dict[str, Any]]) -> None:
    """That no form and number among these sheets stands with judges too far apart, as far as they have handed in.

    Raises Refused with the first that does.
    """
    wanted = {(sheet["part"], sheet["blind"]): sheet for sheet in sheets if sheet["method"] != Method.SCORE}
    if not wanted:
        return
    parts, blinds = sorted({part for part, _ in wanted}), sorted({blind for _, blind in wanted})
    aspects = await _aspects(parts)
    rows = await Sheet.select(Sheet.id, Sheet.part, Sheet.blind).where(
        Sheet.part.is_in(parts) & Sheet.blind.is_in(blinds) & Sheet.counts.eq(True)
        & Sheet.state.is_in([state.value for state in HANDED_IN])
    )  # fmt: skip
    panels: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row in rows:
        if (row["part"], row["blind"]) in wanted:
            panels[row["part"], row["blind"]].append(row["id"])
    marks: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for mark in await _marks([sheet_id for ids in panels.values() for sheet_id in ids]):
        marks[mark["sheet"]].append(mark)
    for pair, ids in panels.items():
        method = Method(wanted[pair]["method"])
        far = _far_apart(method, aspects[pair[0]], [mark for sheet_id in ids for mark in marks[sheet_id]])
        if far:
            raise Refused(spread_problem(method.value, [aspect.code for aspect in far], len(ids)))


def _far_apart(method: Method, aspects: Sequence[AspectRow], marks: Sequence[dict[str, Any]]) -> list[AspectRow]:
    by_id = {aspect.id: aspect for aspect in aspects}
    figures: dict[int, list[int]] = {aspect.id: [] for aspect in aspects}
    for mark in marks:
        if mark["aspect"] in by_id and mark["value"] is not None:
            raw = method == Method.JUDGEMENT
            figures[mark["aspect"]].append(mark["value"] if raw else awarded(by_id[mark["aspect"]], mark["value"]))
    return [by_id[aspect] for aspect in aspects_far_apart(method.value, figures)]


async def _aspects(part_ids: Sequence[int]) -> dict[int, list[AspectRow]]:
    rows = (
        await Aspect.select(*Aspect.all_columns(), Aspect.part.method.as_alias("method"))
        .where(Aspect.part.is_in(list(part_ids)) & Aspect.retired_at.is_null())
        .order_by(Aspect.position)
    )
    found: dict[int, list[AspectRow]] = {part: [] for part in part_ids}
    for row in rows:
        found[row["part"]].append(stored_aspect(row, Method(row["method"])))
    return found


async def _marks(sheet_ids: Sequence[int]) -> list[dict[str, Any]]:
    if not sheet_ids:
        return []
    return await Mark.select(Mark.sheet, Mark.aspect, Mark.number, Mark.value).where(
        Mark.sheet.is_in(list(sheet_ids)) & Mark.current.eq(True)
    )
