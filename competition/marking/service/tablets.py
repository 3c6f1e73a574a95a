"""Which tablet has a sheet open, so that a judge is told before two of them run into each other.

A tablet is known by a random word of its own. Nothing here keeps anybody from entering marks.
"""

import re
from datetime import datetime, timedelta
from typing import Any

import msgspec

from competition.audit.write import Actor, write
from competition.marking.kinds import SheetState
from competition.marking.tables import Mark, Sheet
from competition.problems import N_, Missing, Problem, Refused

IN_USE = timedelta(minutes=10)
_DEVICE = re.compile(r"[0-9A-Za-z-]{8,40}", re.ASCII)


class TabletNews(msgspec.Struct, frozen=True):
    """What an open tablet asks again and again. `other`: another tablet has the sheet, since `at`.

    `rescore`: own sheets of the same stage to be scored again, as (token, code of the form, label).
    """

    other: bool
    at: datetime | None
    state: SheetState
    rescore: tuple[tuple[str, str, str], ...] = ()


async def open_on_tablet(actor: Actor, sheet_token: str, device: str) -> TabletNews:
    """This tablet has the sheet now; `other` when a different one used it within the last minutes.

    Raises Missing for another judge's sheet, Refused for a device without a proper word.
    """
    sheet = await _own(actor.user_id, sheet_token, device)
    if sheet["device"] == device or sheet["state"] != SheetState.OPEN:
        return await _news(sheet, other=False)
    async with write(actor) as change:
        before = await _taken_over(sheet, device, change.at)
        action = "sheet.opened_elsewhere" if before["device"] else "sheet.opened"
        await change.record(action, "sheet", sheet["id"], device=device)
    since = change.at - IN_USE
    lately = before["device_at"] is not None and before["device_at"] >= since
    return await _news(before, other=bool(before["device"]) and (lately or await _marked_since(sheet["id"], since)))


async def _taken_over(sheet: dict[str, Any], device: str, at: datetime) -> dict[str, Any]:
    """What stood there before, however many tablets come at once."""
    while True:
        taken = (
            await Sheet.update({Sheet.device: device, Sheet.device_at: at})
            .where((Sheet.id == sheet["id"]) & (Sheet.device == sheet["device"]))
            .returning(Sheet.id)
        )
        if taken:
            return sheet
        [now] = await Sheet.select(Sheet.device, Sheet.device_at).where(Sheet.id == sheet["id"])
        sheet = sheet | now


async def _marked_since(sheet_id: int, since: datetime) -> bool:
    return await Mark.exists().where((Mark.sheet == sheet_id) & (Mark.made_at >= since))


async def tablet_news(account_id: int, sheet_token: str, device: str) -> TabletNews:
    """Raises as `open_on_tablet`; writes nothing."""
    sheet = await _own(account_id, sheet_token, device)
    return await _news(sheet, other=bool(sheet["device"]) and sheet["device"] != device)


async def _own(account_id: int | None, sheet_token: str, device: str) -> dict[str, Any]:
    if not _DEVICE.fullmatch(device):
        raise Refused(Problem(N_("请求不完整：缺平板编号"), field="device"))
    sheet = (
        await Sheet.select(
            Sheet.id, Sheet.state, Sheet.stage, Sheet.device, Sheet.device_at, Sheet.seat.account.as_alias("account")
        )
        .where(Sheet.token == sheet_token)
        .first()
    )
    if sheet is None or sheet["account"] != account_id or sheet["state"] == SheetState.VOID:
        raise Missing("sheet")
    return sheet


async def _news(sheet: dict[str, Any], *, other: bool) -> TabletNews:
    rows = (
        await Sheet.select(Sheet.token, Sheet.part.code.as_alias("form"), Sheet.blind.label.as_alias("label"))
        .where(
            (Sheet.stage == sheet["stage"]) & (Sheet.seat.account == sheet["account"]) & (Sheet.id != sheet["id"])
            & (Sheet.state == SheetState.OPEN.value) & (Sheet.rescore != "")
        )
        .order_by(Sheet.blind.number)
    )  # fmt: skip
    asked = tuple((row["token"], row["form"], row["label"]) for row in rows)
    return TabletNews(other, sheet["device_at"] if other else None, SheetState(sheet["state"]), asked)
