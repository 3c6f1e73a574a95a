"""The life of a sheet after its marks: handed in, checked by a second person, returned, or left to a substitute.

The forms of a judgement or a measurement are accepted only as a panel: see `spread`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from competition.audit.write import Actor, Change, write
from competition.database.prepared import Prepared
from competition.marking.kinds import Method, SheetState
from competition.marking.rules.sheets import JUDGE, moved
from competition.marking.service.days import require_day_open
from competition.marking.service.gaps import fill_gap
from competition.marking.service.marks import SheetClosed
from competition.marking.service.spread import (
    RescoreAsked,
    hold_panel,
    require_together,
    settle_panel,
    still_asked,
)
from competition.marking.signatures import signature_problem
from competition.marking.tables import Aspect, Mark, Recusal, Sheet
from competition.problems import N_, Missing, Problem, Refused, Stale


class Receipt(msgspec.Struct, frozen=True):
    at: datetime


_sheet = Prepared(
    lambda token: Sheet.select(
        Sheet.id, Sheet.part, Sheet.state, Sheet.stage, Sheet.blind, Sheet.seat, Sheet.counts, Sheet.signature,
        Sheet.submitted_at, Sheet.seat.account.as_alias("account"), Sheet.seat.panel.as_alias("panel"),
        Sheet.part.method.as_alias("method"), Sheet.rescore,
    ).where(Sheet.token == token),
    1,
)  # fmt: skip
_aspects = Prepared(
    lambda part: (
        Aspect.select(Aspect.id, Aspect.code)
        .where((Aspect.part == part) & Aspect.retired_at.is_null())
        .order_by(Aspect.position)
    ),
    1,
)
_marks = Prepared(
    lambda sheet: Mark.select(Mark.aspect, Mark.number, Mark.value).where(
        (Mark.sheet == sheet) & Mark.current.eq(True)
    ),
    1,
)
_check = Prepared(
    lambda state, at, by, sheet, expected: (
        Sheet.update({Sheet.state: state, Sheet.version: Sheet.version + 1, Sheet.checked_at: at, Sheet.checked_by: by})
        .where((Sheet.id == sheet) & (Sheet.state == expected))
        .returning(Sheet.id)
    ),
    5,
)


async def _sheet_of(token: str) -> dict[str, Any]:
    sheets = await _sheet(token)
    if not sheets:
        raise Missing("sheet")
    return sheets[0] | {"method": Method(sheets[0]["method"] or Method.SCORE)}


def _roles(actor: Actor, sheet: dict[str, Any]) -> frozenset[str]:
    """The roles a person has on this very sheet: "judge" only for the one whose sheet it is."""
    roles = {actor.role} - {JUDGE, ""}
    return frozenset(roles | {JUDGE} if sheet["account"] == actor.user_id else roles)


async def submit_sheet(
    actor: Actor, sheet_token: str, signature: str, seen: Mapping[int, int] | None = None
) -> Receipt:
    """Hand in a complete sheet, signed. The server's time counts.

    `seen` is what was read back before signing (aspect -> revision); Stale when a mark is another one now. Handing in
    the same signature again gives the first receipt. Raises Missing for another judge's sheet, Refused with every
    missing aspect, SheetClosed, and RescoreAsked after the record of it is on disk: the last of a panel to hand in
    is refused with all the others when they are too far apart.
    """
    problem = signature_problem(signature)
    sheet = await _sheet_of(sheet_token)
    if sheet["account"] != actor.user_id:
        raise Missing("sheet")
    if sheet["submitted_at"] and sheet["signature"] == signature:
        return Receipt(sheet["submitted_at"])
    if sheet["state"] != SheetState.OPEN:
        raise SheetClosed(sheet["state"])
    if problem:
        raise Refused(problem)
    state = moved(sheet["state"], "submit", _roles(actor, sheet))
    async with write(actor) as change:
        await _hold_panel_of(sheet)
        await _move(
            change, sheet["id"], SheetState.OPEN, state, {Sheet.signature: signature, Sheet.submitted_at: change.at}
        )
        await _require_complete(sheet, seen)
        problem = await _settle_panel_of(change, sheet)
        if problem is None:
            await change.record("sheet.submitted", "sheet", sheet["id"])
    if problem is not None:
        raise RescoreAsked(problem)
    return Receipt(change.at)


async def _hold_panel_of(sheet: dict[str, Any]) -> None:
    """Before the sheet's own row is taken. Trainees' sheets and panel scores are nobody else's business."""
    if sheet["counts"] and sheet["method"] != Method.SCORE:
        await hold_panel(sheet["part"], sheet["blind"])


async def _settle_panel_of(change: Change, sheet: dict[str, Any]) -> Problem | None:
    if not sheet["counts"]:
        return None
    return await settle_panel(change, sheet["part"], sheet["blind"], sheet["method"])


async def _move(change: Change, sheet_id: int, expected: str, state: str, values: dict[Any, Any]) -> None:
    """Raises Stale when the sheet is no longer in the expected state."""
    rows = (
        await Sheet.update({Sheet.state: str(state), Sheet.version: Sheet.version + 1} | values)
        .where((Sheet.id == sheet_id) & (Sheet.state == str(expected)))
        .returning(Sheet.id)
    )
    if not rows:
        raise Stale


async def _require_complete(sheet: dict[str, Any], seen: Mapping[int, int] | None) -> None:
    """After the sheet's row is held, so no mark can come in between. Raises Refused or Stale."""
    aspects, rows = await _aspects(sheet["part"]), await _marks(sheet["id"])
    known = {aspect["id"] for aspect in aspects}
    marks = {row["aspect"]: row for row in rows if row["aspect"] in known}
    missing = [aspect["code"] for aspect in aspects if marks.get(aspect["id"], {}).get("value") is None]
    if missing:
        params = {"count": len(missing), "codes": missing}
        raise Refused(Problem(N_("未录 {count} 项：{codes}；录齐后才能提交"), field="marks", params=params))
    asked = still_asked(sheet["rescore"])
    again = [aspect["code"] for aspect in aspects if marks[aspect["id"]]["number"] <= asked.get(aspect["id"], 0)]
    if again:
        text = N_("{codes} 须重评：会商后逐项重新录入，分值不变也须再录一次")
        raise Refused(Problem(text, field="rescore", params={"codes": again}))
    if seen is not None and dict(seen) != {aspect: row["number"] for aspect, row in marks.items()}:
        raise Stale


async def recuse(actor: Actor, sheet_token: str, reason: str) -> None:
    """The judge leaves this contestant; a substitute of the panel gets the sheet.

    Raises Missing for another judge's sheet, Refused without a reason or once marks are entered, SheetClosed.
    """
    if not reason.strip():
        raise Refused(Problem(N_("回避须写明原因"), field="reason"))
    sheet = await _sheet_of(sheet_token)
    if sheet["account"] != actor.user_id:
        raise Missing("sheet")
    if sheet["state"] != SheetState.OPEN:
        raise SheetClosed(sheet["state"])
    async with write(actor) as change:
        await _hold_panel_of(sheet)
        await _move(change, sheet["id"], SheetState.OPEN, SheetState.VOID, {Sheet.counts: False})
        if await Mark.exists().where((Mark.sheet == sheet["id"]) & Mark.current.eq(True) & Mark.value.is_not_null()):
            raise Refused(Problem(N_("本表已有分值；清除全部分值后才能回避"), field="reason"))
        await Recusal.insert(
            Recusal(
                seat=sheet["seat"], blind=sheet["blind"], reason=reason.strip(), declared_at=change.at,
                declared_by=actor.user_id,
            )
        )  # fmt: skip
        stand_in = (
            await fill_gap(sheet["panel"], sheet["stage"], sheet["part"], sheet["blind"]) if sheet["counts"] else None
        )
        if stand_in is None:
            await _settle_panel_of(change, sheet)  # the others may have waited for this judge only
        await change.record("sheet.recused", "sheet", sheet["id"], reason=reason.strip(), substitute_seat=stand_in)


async def check_sheets(actor: Actor, tokens: Sequence[str], stage_id: int | None = None) -> int:
    """The second person's check, all or none; how many. With `stage_id`, sheets of other stages are unknown.

    Raises Missing, Refused with the first reason (also where a panel is too far apart), Stale.
    """
    async with write(actor) as change:
        sheets = [await _sheet_of(token) for token in tokens]
        for sheet in sorted(sheets, key=lambda sheet: sheet["id"]):
            if stage_id not in (None, sheet["stage"]):
                raise Missing("sheet")
            state = moved(_living(sheet["state"]), "check", _roles(actor, sheet))
            if not await _check(str(state), change.at, actor.user_id, sheet["id"], str(sheet["state"])):
                raise Stale
            await change.record("sheet.checked", "sheet", sheet["id"])
        if not tokens:
            raise Refused(Problem(N_("没有选中评分表")))
        await require_together(sheets)
    return len(tokens)


async def return_sheet(actor: Actor, sheet_token: str, reason: str) -> None:
    """The chief judge opens a sheet again before signing, with a reason its judge reads; it is checked anew.

    Raises Missing, Refused, Stale.
    """
    sheet = await _sheet_of(sheet_token)
    state = moved(_living(sheet["state"]), "return", _roles(actor, sheet), reason)
    async with write(actor) as change:
        await _move(
            change, sheet["id"], sheet["state"], state,
            {Sheet.returned_reason: reason.strip(), Sheet.signature: "", Sheet.submitted_at: None},
        )  # fmt: skip
        await require_day_open(sheet["id"])
        await change.record("sheet.returned", "sheet", sheet["id"], reason=reason.strip())


def _living(state: str) -> str:
    if state == SheetState.VOID:
        raise Refused(Problem(N_("该评分表不评分，无须办理")))
    return state


async def stage_of_sheet(token: str) -> dict[str, Any]:
    """The `stage` and the `blind` number of a sheet. Raises Missing."""
    row = await Sheet.select(Sheet.stage, Sheet.blind).where(Sheet.token == token).first()
    if row is None:
        raise Missing("sheet")
    return row
