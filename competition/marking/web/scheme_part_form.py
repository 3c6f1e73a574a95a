"""One form of a scheme as a page: filled from a draft, and read back.

Field names are those of `scheme_problems` without "part-3-" in front. What does not belong to the chosen method or
calculation is kept on the page while it is open and not read.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from competition.exact import plain
from competition.marking.kinds import (
    AggregationKind,
    Better,
    CalculationKind,
    CombinedBy,
    Layer,
    Method,
    PartSource,
)
from competition.marking.rules.calculation import Band, Calculation, Choice
from competition.marking.scheme_drafts import DESCRIPTORS, AspectDraft, PartDraft
from competition.marking.scheme_file import MOST_RECORDED
from competition.marking.web.scheme_rows import MOST_ASPECTS, count
from competition.web.forms import Form

MOST_DAYS = 30
SPARE = 2  # empty lines below the choices and bands that are filled in
MOST_LINES = 60
LONG = 2000
NEW_ASPECT = AspectDraft("", "", Decimal(0), Decimal("0.5"))
NEW_PART = PartDraft(
    code="", name="", source=PartSource.PANEL.value, weight=Decimal(0), maximum=Decimal(0),
    aggregation=AggregationKind.TRIMMED.value, drop_highest=1, drop_lowest=1, method=Method.MEASUREMENT.value,
    aspects=(NEW_ASPECT,),
)  # fmt: skip


def form_of_part(part: PartDraft, place: int, token: int) -> Form:
    """`place` is the form's number in the scheme, from 1. The code it had when the page was opened is kept in `was`."""
    values: dict[str, str] = {
        "was": part.code, "code": part.code, "name": part.name, "name_en": part.name_en, "source": part.source,
        "weight": _figure(part.weight), "maximum": _figure(part.maximum), "aggregation": part.aggregation,
        "drop_highest": str(part.drop_highest), "drop_lowest": str(part.drop_lowest), "digits": str(part.digits),
        "criterion": part.criterion, "sub_criterion": part.sub_criterion, "day": str(part.day or ""),
        "method": part.method, "layer": part.layer, "combined_by": part.combined_by, "better": better_of(part),
        "place": str(place), "aspects": str(len(part.aspects)),
        "version": str(token),
    }  # fmt: skip
    for number, aspect in enumerate(part.aspects):
        values |= {f"aspect-{number}-{name}": text for name, text in aspect_texts(aspect).items()}
    return Form.filled(**values)


def better_of(part: PartDraft) -> str:
    """Most records are times: less wins, unless the part says otherwise."""
    return part.better if part.source == PartSource.RECORD else Better.LESS.value


def _figure(value: Decimal) -> str:
    """A figure of 0 has not been filled in yet."""
    return plain(value) if value else ""


def aspect_texts(aspect: AspectDraft) -> dict[str, str]:
    rule = aspect.calculation or Calculation("pass_fail")
    texts = {
        "code": aspect.code, "title": aspect.title, "title_en": aspect.title_en, "maximum": _figure(aspect.maximum),
        "step": plain(aspect.step), "note": aspect.note, "requirement": aspect.requirement, "section": aspect.section,
        "place": str(aspect.place), "calculation": aspect.calculation.kind if aspect.calculation else "",
        "unit": rule.unit, "total": str(rule.total or ""), "target": plain(rule.target) if rule.interval else "",
        "tolerance": plain(rule.tolerance) if rule.interval else "", "interval": _figure(rule.interval),
        "deduction": _figure(rule.deduction), "choices": str(len(rule.choices)), "bands": str(len(rule.bands)),
    }  # fmt: skip
    for score in range(DESCRIPTORS):
        texts[f"descriptor-{score}"] = aspect.descriptors[score] if score < len(aspect.descriptors) else ""
    for line, choice in enumerate(rule.choices):
        texts |= {f"choice-{line}-label": choice.label, f"choice-{line}-deduction": plain(choice.deduction)}
    for line, band in enumerate(rule.bands):
        texts |= {f"band-{line}-{name}": plain(getattr(band, name)) for name in ("low", "high", "score")}
    return texts


def lines(form: Form, at: str, kind: str) -> int:
    """Lines of choices or bands to show: those filled in and some more."""
    names = ("label", "deduction") if kind == "choice" else ("low", "high", "score")
    filled = [
        line for line in range(MOST_LINES) if any(form.value(f"{at}{kind}-{line}-{name}").strip() for name in names)
    ]
    return min((filled[-1] + 1 if filled else 0) + SPARE, MOST_LINES)


def read_part(form: Form, criteria: Sequence[str], sections: Sequence[str]) -> PartDraft:
    """The form as typed; what is not a number is noted in it. A maximum or weight left empty follows the aspects."""
    source = form.choice("source", PartSource, default=PartSource.PANEL)
    marked = source == PartSource.PANEL
    method = form.choice("method", Method, default=Method.SCORE) if marked else Method.SCORE
    scored = marked and method == Method.SCORE
    aspects = [
        _aspect(form, f"aspect-{number}-", method, sections)
        for number in range(count(form, "aspects", MOST_ASPECTS) if marked else 0)
    ]
    whole = sum((aspect.maximum for aspect in aspects), Decimal(0))
    recorded = source == PartSource.RECORD
    maximum = _follow(form, "maximum", whole if marked else Decimal(MOST_RECORDED if recorded else 100))
    aggregation = form.choice("aggregation", AggregationKind, default=AggregationKind.TRIMMED) if scored else ""
    return PartDraft(
        code=form.text("code", longest=10),
        name=form.text("name", longest=200),
        name_en=form.text("name_en", required=False, longest=200),
        source=source.value,
        weight=Decimal(0) if recorded else _follow(form, "weight", maximum),
        maximum=maximum,
        aggregation=str(aggregation),
        drop_highest=form.whole("drop_highest", most=9, default=0) if scored else 0,
        drop_lowest=form.whole("drop_lowest", most=9, default=0) if scored else 0,
        digits=form.whole("digits", most=4, default=2) if scored else 2,
        aspects=tuple(aspects),
        criterion="" if recorded else _criterion(form, criteria),
        sub_criterion="" if recorded else form.text("sub_criterion", required=False, longest=10),
        day=form.whole("day", most=MOST_DAYS, default=0) if marked else 0,
        method=method.value,
        layer=form.choice("layer", Layer, default=Layer.NUMBER).value if marked else Layer.NUMBER.value,
        combined_by=form.choice("combined_by", CombinedBy, default=CombinedBy.ASPECT).value
        if scored
        else CombinedBy.ASPECT.value,
        better=form.choice("better", Better, default=Better.LESS).value if recorded else Better.MORE.value,
    )


def _criterion(form: Form, criteria: Sequence[str]) -> str:
    if criteria:
        return form.one_of("criterion", criteria, required=False)
    return form.text("criterion", required=False, longest=10)


def _follow(form: Form, name: str, otherwise: Decimal) -> Decimal:
    return form.decimal(name) if form.value(name).strip() else otherwise


def _aspect(form: Form, at: str, method: Method, sections: Sequence[str]) -> AspectDraft:
    judged = method == Method.JUDGEMENT
    calculation = _calculation(form, at) if method == Method.MEASUREMENT else None
    texts = tuple(_prose(form, f"{at}descriptor-{score}") for score in range(DESCRIPTORS))
    plain_mark = not judged and calculation is None
    return AspectDraft(
        code=form.text(at + "code", longest=10),
        title=_prose(form, at + "title", required=True, longest=400),
        title_en=form.text(at + "title_en", required=False, longest=400),
        maximum=form.decimal(at + "maximum"),
        step=form.decimal(at + "step") if plain_mark else _unused_step(form, at),
        calculation=calculation,
        descriptors=texts if judged and any(texts) else (),
        note=_prose(form, at + "note"),
        requirement=_prose(form, at + "requirement"),
        section=form.one_of(at + "section", sections, required=False)
        if sections
        else form.text(at + "section", required=False, longest=10),
        place=form.whole(at + "place", most=999, default=0),
    )


def _prose(form: Form, name: str, *, required: bool = False, longest: int = LONG) -> str:
    """A text of several lines, with line ends as they are stored and not as browsers send them."""
    return form.text(name, required=required, longest=longest).replace("\r\n", "\n")


def _unused_step(form: Form, at: str) -> Decimal:
    """Kept as it was, so that looking at an aspect and saving it is no change; it says nothing here."""
    kept = Form({name: form.raw.get(name, []) for name in (at + "step",)})
    step = kept.decimal(at + "step", default=Decimal(1))
    return step if kept.valid and step else Decimal(1)


def _calculation(form: Form, at: str) -> Calculation | None:
    kind = form.choice(at + "calculation", CalculationKind, default=CalculationKind.NONE)
    unit: Any = form.one_of(at + "unit", ("marks", "percent"), required=False) or "marks"
    match kind:
        case CalculationKind.NONE:
            return None
        case CalculationKind.PASS_FAIL:
            return Calculation("pass_fail")
        case CalculationKind.COMPLETED:
            return Calculation("completed", total=form.whole(at + "total", least=1, most=9999))
        case CalculationKind.CHOICE:
            return Calculation("choice", unit, choices=tuple(_choices(form, at)))
        case CalculationKind.RANGED:
            return Calculation("ranged", unit, bands=tuple(_bands(form, at)))
        case CalculationKind.DIFFERENCE:
            return Calculation(
                "difference", unit, target=form.decimal(at + "target"),
                tolerance=form.decimal(at + "tolerance", default=Decimal(0)), interval=form.decimal(at + "interval"),
                deduction=form.decimal(at + "deduction"),
            )  # fmt: skip


def _choices(form: Form, at: str) -> Iterator[Choice]:
    for line in range(MOST_LINES):
        name = f"{at}choice-{line}-"
        if form.value(name + "label").strip() or form.value(name + "deduction").strip():
            yield Choice(form.text(name + "label", longest=200), form.decimal(name + "deduction", default=Decimal(0)))


def _bands(form: Form, at: str) -> Iterator[Band]:
    for line in range(MOST_LINES):
        names = [f"{at}band-{line}-{name}" for name in ("low", "high", "score")]
        if any(form.value(name).strip() for name in names):
            yield Band(*(form.decimal(name) for name in names))
