"""The scheme editor's form: rows of parts, each with rows of aspects, added and removed without a script."""

import re
from decimal import Decimal
from typing import Any

from competition.exact import plain
from competition.marking.kinds import AggregationKind, Better, CombinedBy, PartSource
from competition.marking.scheme_drafts import AspectDraft, PartDraft, SchemeDraft
from competition.marking.web.scheme_part_form import better_of
from competition.web.forms import Form

MOST_PARTS = 9
MOST_ASPECTS = 40
PART_FIELDS = (
    "code", "name", "name_en", "source", "weight", "maximum", "aggregation", "drop_highest", "drop_lowest", "digits",
    "combined_by", "better",
)  # fmt: skip
ASPECT_FIELDS = ("code", "title", "title_en", "maximum", "step")
_ACT = re.compile(r"(add_part|remove_part|add_aspect|remove_aspect)(?:-(\d{1,2}))?(?:-(\d{1,2}))?", re.ASCII)
NEW_PART = {
    "code": "", "name": "", "name_en": "", "source": "panel", "weight": "", "maximum": "100",
    "aggregation": "trimmed", "drop_highest": "1", "drop_lowest": "1", "digits": "2", "combined_by": "aspect",
    "better": "less",
}  # fmt: skip
NEW_ASPECT = {"code": "", "title": "", "title_en": "", "maximum": "", "step": "0.5"}

Rows = list[dict[str, Any]]


def rows_of(form: Form) -> Rows:
    """What was typed, as rows: each part a dict of texts with "aspects", a list of dicts of texts."""
    rows: Rows = []
    for place in range(_count(form, "parts", MOST_PARTS)):
        part: dict[str, Any] = {name: form.value(f"part-{place}-{name}") for name in PART_FIELDS}
        part["aspects"] = [
            {name: form.value(f"part-{place}-aspect-{number}-{name}") for name in ASPECT_FIELDS}
            for number in range(_count(form, f"part-{place}-aspects", MOST_ASPECTS))
        ]
        rows.append(part)
    return rows


def _count(form: Form, name: str, most: int) -> int:
    text = form.value(name)
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def form_of(rows: Rows, **others: str) -> Form:
    values: dict[str, str] = {"parts": str(len(rows)), **others}
    for place, part in enumerate(rows):
        values |= {f"part-{place}-{name}": part[name] for name in PART_FIELDS}
        values[f"part-{place}-aspects"] = str(len(part["aspects"]))
        for number, aspect in enumerate(part["aspects"]):
            values |= {f"part-{place}-aspect-{number}-{name}": aspect[name] for name in ASPECT_FIELDS}
    return Form.filled(**values)


def changed_rows(rows: Rows, act: str) -> Rows:
    """The rows after a button like "add_aspect-0" or "remove_aspect-0-2"; unknown ones change nothing."""
    found = _ACT.fullmatch(act)
    if found is None:
        return rows
    what, place, number = found[1], int(found[2] or 0), int(found[3] or 0)
    if what == "add_part" and len(rows) < MOST_PARTS:
        return [*rows, NEW_PART | {"aspects": [dict(NEW_ASPECT)]}]
    if place >= len(rows):
        return rows
    if what == "remove_part":
        return rows[:place] + rows[place + 1 :]
    aspects = rows[place]["aspects"]
    if what == "add_aspect" and len(aspects) < MOST_ASPECTS:
        step = aspects[-1]["step"] if aspects else NEW_ASPECT["step"]
        aspects = [*aspects, NEW_ASPECT | {"step": step}]
    elif what == "remove_aspect":
        aspects = aspects[:number] + aspects[number + 1 :]
    return [*rows[:place], rows[place] | {"aspects": aspects}, *rows[place + 1 :]]


def rows_of_draft(draft: SchemeDraft) -> Rows:
    return [
        {
            "code": part.code, "name": part.name, "name_en": part.name_en, "source": part.source,
            "weight": plain(part.weight), "maximum": plain(part.maximum), "aggregation": part.aggregation,
            "drop_highest": str(part.drop_highest), "drop_lowest": str(part.drop_lowest), "digits": str(part.digits),
            "combined_by": part.combined_by, "better": better_of(part),
            "aspects": [
                {
                    "code": aspect.code, "title": aspect.title, "title_en": aspect.title_en,
                    "maximum": plain(aspect.maximum), "step": plain(aspect.step),
                }
                for aspect in part.aspects
            ],
        }
        for part in draft.parts
    ]  # fmt: skip


def read_draft(form: Form) -> SchemeDraft:
    """The scheme as typed; what is not a number is noted in the form."""
    return SchemeDraft(parts=tuple(_part(form, place) for place in range(_count(form, "parts", MOST_PARTS))))


def _part(form: Form, place: int) -> PartDraft:
    at = f"part-{place}-"
    source = form.choice(at + "source", PartSource)
    marked = source == PartSource.PANEL
    aspects = range(_count(form, at + "aspects", MOST_ASPECTS)) if marked else ()
    return PartDraft(
        code=form.text(at + "code", longest=10),
        name=form.text(at + "name", longest=40),
        name_en=form.text(at + "name_en", required=False),
        source=source.value,
        weight=Decimal(0) if source == PartSource.RECORD else form.decimal(at + "weight"),
        maximum=form.decimal(at + "maximum"),
        aggregation=form.choice(at + "aggregation", AggregationKind, default=AggregationKind.TRIMMED).value
        if marked
        else "",
        drop_highest=form.whole(at + "drop_highest", most=9, default=0) if marked else 0,
        drop_lowest=form.whole(at + "drop_lowest", most=9, default=0) if marked else 0,
        digits=form.whole(at + "digits", most=4, default=2) if marked else 2,
        aspects=tuple(_aspect(form, f"{at}aspect-{number}-") for number in aspects),
        combined_by=form.choice(at + "combined_by", CombinedBy, default=CombinedBy.ASPECT).value
        if marked
        else CombinedBy.ASPECT.value,
        better=form.choice(at + "better", Better, default=Better.LESS).value
        if source == PartSource.RECORD
        else Better.MORE.value,
    )


def _aspect(form: Form, at: str) -> AspectDraft:
    return AspectDraft(
        code=form.text(at + "code", longest=10),
        title=form.text(at + "title", longest=60),
        title_en=form.text(at + "title_en", required=False),
        maximum=form.decimal(at + "maximum"),
        step=form.decimal(at + "step"),
    )
