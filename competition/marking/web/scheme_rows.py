"""Rows of a scheme's pages, added, moved and removed without a script; and its heading, criteria and sections."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from competition.exact import plain
from competition.marking.scheme_drafts import CriterionDraft, SchemeDraft, SectionDraft
from competition.problems import Problem
from competition.web.forms import Form

MOST_ASPECTS = 200
MOST_HEADINGS = 99
_ACT = re.compile(r"(add|remove|up|down)_(aspect|criterion|section)(?:-(\d{1,3}))?", re.ASCII)
NEW_STEP = "0.5"
# What a new aspect takes over from the last one.
CARRIED = ("step", "section", "calculation", "unit")


def count(form: Form, name: str, most: int) -> int:
    """How many rows the page says it has."""
    text = form.value(name)
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 4 else 0


# The heading


def form_of_heading(draft: SchemeDraft, token: int) -> Form:
    values = {
        "title": draft.title, "digits": str(draft.digits), "version": str(token),
        "criteria": str(len(draft.criteria)), "sections": str(len(draft.sections)),
    }  # fmt: skip
    for place, criterion in enumerate(draft.criteria):
        values |= {f"criterion-{place}-{name}": getattr(criterion, name) for name in ("code", "name", "name_en")}
    for place, section in enumerate(draft.sections):
        values |= {f"section-{place}-{name}": getattr(section, name) for name in ("code", "name", "name_en")}
        values[f"section-{place}-percent"] = plain(section.percent)
    return Form.filled(**values)


def read_heading(form: Form, before: SchemeDraft) -> SchemeDraft:
    """The scheme with its title, criteria and sections as typed; its parts as they were."""
    return msgspec.structs.replace(
        before,
        title=form.text("title", required=False, longest=200),
        digits=form.whole("digits", most=4, default=2),
        criteria=tuple(
            CriterionDraft(*_named(form, f"criterion-{place}-"))
            for place in range(count(form, "criteria", MOST_HEADINGS))
        ),
        sections=tuple(_section(form, f"section-{place}-") for place in range(count(form, "sections", MOST_HEADINGS))),
    )


def _named(form: Form, at: str) -> tuple[str, str, str]:
    name, english = form.text(at + "name", longest=200), form.text(at + "name_en", required=False, longest=200)
    return form.text(at + "code", longest=10), name, english


def _section(form: Form, at: str) -> SectionDraft:
    code, name, english = _named(form, at)
    return SectionDraft(code, name, form.decimal(at + "percent", most=Decimal(100)), english)


# Rows


def rearranged(form: Form, act: str) -> Form:
    """The form after a button like "add_aspect", "up_criterion-2"; unknown ones change nothing."""
    found = _ACT.fullmatch(act)
    if found is None:
        return form
    what, kind, place = found[1], found[2], int(found[3] or 0)
    counter, most = {
        "aspect": ("aspects", MOST_ASPECTS), "criterion": ("criteria", MOST_HEADINGS),
        "section": ("sections", MOST_HEADINGS),
    }[kind]  # fmt: skip
    rows = _rows(form, kind, count(form, counter, most))
    if what == "add" and len(rows) < most:
        rows.append(_new_row(kind, rows))
    elif what == "remove":
        del rows[place : place + 1]
    elif what in ("up", "down"):
        other = place + (1 if what == "down" else -1)
        if min(place, other) >= 0 and max(place, other) < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
            _swap_places(rows[place], rows[other])
    kept = {name: values for name, values in form.raw.items() if not name.startswith(f"{kind}-")}
    kept |= {f"{kind}-{number}-{name}": values for number, row in enumerate(rows) for name, values in row.items()}
    return Form(kept | {counter: [str(len(rows))]})


def _rows(form: Form, kind: str, number: int) -> list[dict[str, list[Any]]]:
    rows: list[dict[str, list[Any]]] = [{} for _ in range(number)]
    for name, values in form.raw.items():
        place, _, field = name.removeprefix(f"{kind}-").partition("-")
        if name.startswith(f"{kind}-") and place.isdigit() and int(place) < number:
            rows[int(place)][field] = values
    return rows


def _new_row(kind: str, rows: list[dict[str, list[Any]]]) -> dict[str, list[Any]]:
    """An aspect is offered the code after the last one's, and its step, section and way of calculation."""
    if kind != "aspect":
        return {}
    last = rows[-1] if rows else {}
    kept = {"step": [NEW_STEP]} | {name: last[name] for name in CARRIED if name in last}
    place = max((_number(row.get("place", [])) for row in rows), default=0) + 1
    return kept | {"code": [next_code(last.get("code", [""])[0])], "place": [str(place)]}


def _number(values: list[Any]) -> int:
    text = str(values[0]) if values else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _swap_places(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> None:
    """Places order the aspects of a sub-criterion across its forms, so they stay where they were."""
    if "place" in one and "place" in other:
        one["place"], other["place"] = other["place"], one["place"]


def next_code(code: str) -> str:
    """A1.07 after A1.06, C after B; "" where there is no telling."""
    found = re.fullmatch(r"(.*?)(\d+)", code, re.ASCII)
    if found:
        return f"{found[1]}{int(found[2]) + 1:0{len(found[2])}}"
    return chr(ord(code) + 1) if len(code) == 1 and code.isascii() and code.isalpha() and code not in "Zz" else ""


def at_page(problems: Sequence[Problem], place: int) -> tuple[list[Problem], list[Problem]]:
    """Problems of the form at this place, with its fields' own names, and those elsewhere."""
    prefix = f"part-{place}-"
    mine = [problem for problem in problems if problem.field.startswith(prefix)]
    return [
        msgspec.structs.replace(problem, field=problem.field.removeprefix(prefix)) for problem in mine
    ], [problem for problem in problems if problem not in mine]  # fmt: skip


def gathered(form: Form, problems: Sequence[Problem]) -> list[Problem]:
    """Problems to show beside what could not be read: those of rows in which everything could be."""
    spoilt = {_row_of(problem.field) for problem in form.problems}
    sums = [problem for problem in problems if "sum" not in problem.params]
    return [problem for problem in sums if _row_of(problem.field) not in spoilt and _row_of(problem.field)]


def _row_of(field: str) -> str:
    found = re.match(r"(aspect|criterion|section)-\d+", field)
    return found[0] if found else ""
