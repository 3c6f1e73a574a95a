"""How a measurement becomes a mark, as the CIS workbook's sheet "Calculations" holds it: one line of text for each.

A line is `KEY:::number#x~x#text`, further pairs joined by `#-#`. That shape is the CIS's; public workbooks leave open
which keys it uses, so these are ours, and each reads back as it was written:

    PASS_FAIL:::
    NUMBER_COMPLETED:::6#x~x#total
    CHOICE:::0#x~x#no burr#-#1.5#x~x#one or two            deduction, label
    RANGED_SCORE:::8#x~x#119.98~120.02#-#4#x~x#119.95~120.05   score, from~to
    DIFFERENCE:::60#x~x#target#-#0.02#x~x#tolerance#-#0.01#x~x#interval#-#2#x~x#deduction
    PARTIAL:::0.25#x~x#step                                no calculation: the mark itself, in steps

A key that ends in _PERCENT has scores and deductions in percent of the maximum. A # in a text is doubled.
"""

import re
from decimal import Decimal

from competition.exact import parse_decimal, plain
from competition.marking.rules.calculation import Band, Calculation, CalculationWord, Choice

KEY, ITEM, PAIR, ENDS = ":::", "#-#", "#x~x#", "~"
PERCENT, PARTIAL = "_PERCENT", "PARTIAL"
KEYS: dict[CalculationWord, str] = {
    "pass_fail": "PASS_FAIL",
    "completed": "NUMBER_COMPLETED",
    "choice": "CHOICE",
    "ranged": "RANGED_SCORE",
    "difference": "DIFFERENCE",
}
_KINDS = {key: kind for kind, key in KEYS.items()}
_PIECE = re.compile(r"##|#-#|#x~x#|[^#]+|#")

Items = list[tuple[Decimal, str]]


def calculation_line(calculation: Calculation) -> str:
    items: Items = []
    match calculation.kind:
        case "completed":
            items = [(Decimal(calculation.total), "total")]
        case "choice":
            items = [(choice.deduction, choice.label) for choice in calculation.choices]
        case "ranged":
            items = [(band.score, f"{plain(band.low)}{ENDS}{plain(band.high)}") for band in calculation.bands]
        case "difference":
            items = [
                (calculation.target, "target"), (calculation.tolerance, "tolerance"),
                (calculation.interval, "interval"), (calculation.deduction, "deduction"),
            ]  # fmt: skip
        case "pass_fail":
            pass
    return _line(KEYS[calculation.kind] + (PERCENT if calculation.unit == "percent" else ""), items)


def step_line(step: Decimal) -> str:
    """Of a measurement that is marked in parts, without a calculation."""
    return _line(PARTIAL, [(step, "step")])


def _line(key: str, items: Items) -> str:
    return key + KEY + ITEM.join(f"{plain(number)}{PAIR}{text.replace('#', '##')}" for number, text in items)


def read_step(line: str) -> Decimal | None:
    """The step of partial marks; None for a line of a calculation. Raises ValueError for a step that is none."""
    key, _, rest = line.partition(KEY)
    if key.strip().upper() != PARTIAL:
        return None
    [(step, _text)] = _items(rest)
    return step


def read_calculation(line: str) -> Calculation:
    """Raises ValueError for a line that is none of ours."""
    key, colon, rest = line.partition(KEY)
    key = key.strip().upper()
    kind = _KINDS.get(key.removesuffix(PERCENT))
    if not colon or kind is None:
        raise ValueError(line)
    items = _items(rest)
    unit = "percent" if key.endswith(PERCENT) else "marks"
    match kind:
        case "choice":
            return Calculation(kind, unit, choices=tuple(Choice(text, number) for number, text in items))  # type: ignore[arg-type]
        case "ranged":
            return Calculation(kind, unit, bands=tuple(_band(number, text) for number, text in items))  # type: ignore[arg-type]
    named = {text: number for number, text in items}
    try:
        figures = {name: named[name] for name in _FIGURES[kind]}
    except KeyError as error:
        raise ValueError(line) from error
    total = figures.pop("total", Decimal(0))
    if total % 1:
        raise ValueError(line)
    return Calculation(kind, unit, total=int(total), **figures)  # type: ignore[arg-type]


_FIGURES: dict[CalculationWord, tuple[str, ...]] = {
    "pass_fail": (),
    "completed": ("total",),
    "difference": ("target", "tolerance", "interval", "deduction"),
}


def _items(rest: str) -> Items:
    fields = [[""]]
    for piece in _PIECE.findall(rest):
        if piece == ITEM:
            fields.append([""])
        elif piece == PAIR and len(fields[-1]) == 1:
            fields[-1].append("")
        else:
            fields[-1][-1] += "#" if piece == "##" else piece
    if fields == [[""]]:
        return []
    found: Items = []
    for each in fields:
        if len(each) != 2:
            raise ValueError(rest)
        found.append((parse_decimal(each[0].strip()), each[1]))
    return found


def _band(score: Decimal, text: str) -> Band:
    low, tilde, high = text.partition(ENDS)
    if not tilde:
        raise ValueError(text)
    return Band(parse_decimal(low.strip()), parse_decimal(high.strip()), score)
