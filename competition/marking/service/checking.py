"""All sheets of one work side by side: for the second person's check, a return, and corrections after the lock."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from competition.accounts.tables import Account
from competition.contests.kinds import StageState
from competition.marking.kinds import Layer, PartSource, SheetState
from competition.marking.service.draws import numbers_revealed
from competition.marking.service.panels import Seat, load_panels
from competition.marking.service.procedure import pattern_rule
from competition.marking.service.schemes import Heading, PartRow, load_scheme
from competition.marking.service.side_by_side import SideBySide, StoredSheet, WorkHeading, stored_sheet
from competition.marking.tables import Adjustment, BlindNumber, Mark, Sheet
from competition.problems import Missing

# More forms than this are shown by criterion.
MOST_FORMS = 6
ALL = "all"


class NumberedWork(msgspec.Struct, frozen=True):
    """One blind number with the forms that are marked under it, nothing of the number it has in another layer.

    `criterion` is the one shown, ALL where all of many are, "" while they are few.
    """

    blind_id: int
    stage_id: int
    stage_state: StageState
    label: str
    layer: Layer
    headings: tuple[WorkHeading, ...]
    criterion: str
    adjustments: tuple[dict[str, Any], ...]
    previous: int | None
    following: int | None

    @property
    def shown(self) -> tuple[WorkHeading, ...]:
        return tuple(heading for heading in self.headings if heading.parts)

    @property
    def forms(self) -> int:
        return sum(heading.forms for heading in self.headings)

    @property
    def tokens_to_check(self) -> list[str]:
        """Of the sheets shown."""
        return [token for heading in self.headings for part in heading.parts for token in part.to_check]


async def numbered_work(blind_id: int, criterion: str = "") -> NumberedWork:
    """Of many forms those of one criterion, the first where the one asked for is not marked here, or ALL of them.

    Raises Missing.
    """
    blind = (
        await BlindNumber.select(
            BlindNumber.stage, BlindNumber.label, BlindNumber.entry, BlindNumber.draw,
            BlindNumber.draw.layer.as_alias("layer"), BlindNumber.stage.state.as_alias("state"),
        )
        .where(BlindNumber.id == blind_id)
        .first()
    )  # fmt: skip
    if blind is None:
        raise Missing("number")
    scheme = await load_scheme(blind["stage"])
    if scheme is None:
        raise Missing("scheme")
    layer = Layer(blind["layer"])
    forms = {heading.code: _forms(heading, layer) for heading in scheme.headings}
    shown = _shown({code: own for code, own in forms.items() if own}, criterion)
    seats = {seat.id: seat for seat in await _seats(blind["stage"])}
    works = SideBySide(await _sheets(blind_id), seats, (await pattern_rule()).outlier)
    previous, following = await _beside(blind["draw"], blind_id)
    return NumberedWork(
        blind_id=blind_id,
        stage_id=blind["stage"],
        stage_state=StageState(blind["state"]),
        label=blind["label"],
        layer=layer,
        headings=tuple(
            works.heading(heading, forms[heading.code], shown=shown in ("", ALL, heading.code))
            for heading in scheme.headings
            if forms[heading.code]
        ),
        criterion=shown,
        adjustments=tuple(await _adjustments(blind_id, blind)),
        previous=previous,
        following=following,
    )


def _forms(heading: Heading, layer: Layer) -> list[PartRow]:
    return [part for part in heading.parts if part.source == PartSource.PANEL and part.layer == layer]


def _shown(forms: Mapping[str, Sequence[PartRow]], asked: str) -> str:
    if len(forms) < 2 or sum(len(own) for own in forms.values()) <= MOST_FORMS:
        return ""
    return asked if asked == ALL or asked in forms else next(iter(forms))


async def _seats(stage_id: int) -> list[Seat]:
    return [seat for panel in (await load_panels(stage_id)).values() for seat in panel.seats]


async def _adjustments(blind_id: int, blind: dict[str, Any]) -> list[dict[str, Any]]:
    """Those recorded under this number, withdrawn ones too; once all is revealed those of the contestant."""
    mine = Adjustment.blind == blind_id
    if await numbers_revealed(blind["stage"]):
        mine = Adjustment.blind.entry == blind["entry"]
    return await Adjustment.select().where((Adjustment.stage == blind["stage"]) & mine).order_by(Adjustment.id)


async def _beside(draw_id: int, blind_id: int) -> tuple[int | None, int | None]:
    """The numbers of the same layer before and after, None at the ends."""
    rows = await BlindNumber.select(BlindNumber.id).where(BlindNumber.draw == draw_id).order_by(BlindNumber.number)
    order = [None, *[row["id"] for row in rows], None]
    place = order.index(blind_id)
    return order[place - 1], order[place + 1]


async def _sheets(blind_id: int) -> list[StoredSheet]:
    rows = await Sheet.select().where((Sheet.blind == blind_id) & (Sheet.state != SheetState.VOID.value))
    revisions: dict[int, dict[int, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for mark in (
        await Mark.select(
            Mark.sheet, Mark.aspect, Mark.number, Mark.value, Mark.current, Mark.made_at, Mark.made_by_name, Mark.reason
        )
        .where(Mark.sheet.blind == blind_id)
        .order_by(Mark.number)
    ):
        revisions[mark["sheet"]][mark["aspect"]].append(mark)
    checkers = await Account.select(Account.id, Account.name).where(
        Account.id.is_in([row["checked_by"] for row in rows if row["checked_by"]] or [0])
    )
    names = {row["id"]: row["name"] for row in checkers}
    return [
        stored_sheet(row | {"checked_by_name": names.get(row["checked_by"], "")}, revisions[row["id"]]) for row in rows
    ]
