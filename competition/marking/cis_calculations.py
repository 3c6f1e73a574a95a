"""The five calculations as the CIS workbook's sheet "Calculations" holds them: one line of text for each.

`KEY:::number#x~x#text` joined by `#-#`. Public workbooks show this shape and leave the keys of most calculations open;
these are ours where no example was found, and every one of them reads back as it was written.
"""

from decimal import Decimal

from competition.exact import parse_decimal, plain
from competition.marking.rules.calculation import Band, Calculation, Choice

KEY, ITEM, PAIR, ENDS = ":::", "#-#", "#x~x#", "~"
PERCENT = "percent"

Items = list[tuple[Decimal, str]]


def calculation_line(calculation: Calculation) -> str:
    items: Items = [(Decimal(100), PERCENT)] if calculation.unit == "percent" else []
    match calculation.kind:
        case "pass_fail":
            key = "PASSFAIL"
        case "completed":
            key = "COMPLETED"
            items.append((Decimal(calculation.total), "total"))
        case "choice":
            key = "CHOICE"
            items += [(choice.deduction, choice.label.replace("#", "＃")) for choice in calculation.choices]
        case "ranged":
            key = "RANGED"
            items += [(band.score, f"{plain(band.low)}{ENDS}{plain(band.high)}") for band in calculation.bands]
        case "difference":
            key = "DIFFERENCE"
            items += [
                (calculation.target, "target"),
                (calculation.tolerance, "tolerance"),
                (calculation.interval, "interval"),
                (calculation.deduction, "deduction"),
            ]
    return key + KEY + ITEM.join(f"{plain(number)}{PAIR}{text}" for number, text in items)


def read_calculation(line: str) -> Calculation:
    """Raises ValueError for a line that is none of ours."""
    key, colon, rest = line.partition(KEY)
    if not colon:
        raise ValueError(line)
    items = _items(rest)
    percent = bool(items) and items[0] == (Decimal(100), PERCENT)
    unit = items[0][1] if percent else "marks"
    figures = items[1:] if percent else items
    named = {text: number for number, text in figures}
    match key.strip().upper().replace(" ", "").replace("/", "").replace("_", ""):
        case "PASSFAIL":
            return Calculation("pass_fail")
        case "COMPLETED" | "NUMBERCOMPLETED":
            return Calculation("completed", total=int(named["total"]))
        case "CHOICE":
            found = tuple(Choice(text, number) for number, text in figures)
            return Calculation("choice", "percent" if percent else "marks", choices=found)
        case "RANGED" | "RANGEDSCORE":
            bands = tuple(_band(number, text) for number, text in figures)
            return Calculation("ranged", "percent" if percent else "marks", bands=bands)
        case "DIFFERENCE" | "REGULARDIFFERENCEDEDUCTION":
            return Calculation(
                "difference", "percent" if unit == PERCENT else "marks", target=named["target"],
                tolerance=named["tolerance"], interval=named["interval"], deduction=named["deduction"],
            )  # fmt: skip
        case _:
            raise ValueError(line)


def _items(rest: str) -> Items:
    found: Items = []
    for item in rest.split(ITEM) if rest.strip() else ():
        number, pair, text = item.partition(PAIR)
        if not pair:
            raise ValueError(item)
        found.append((parse_decimal(number.strip()), text))
    return found


def _band(score: Decimal, text: str) -> Band:
    low, tilde, high = text.partition(ENDS)
    if not tilde:
        raise ValueError(text)
    return Band(parse_decimal(low.strip()), parse_decimal(high.strip()), score)
