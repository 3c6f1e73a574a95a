"""A scheme of 40 forms and 160 aspects with every kind of calculation, and its pages as a browser fills them in."""

import re
from collections.abc import Sequence
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser

import msgspec

from competition.audit.write import SYSTEM
from competition.marking import service as marking
from competition.marking.rules.calculation import Band, Calculation, Choice
from competition.marking.scheme_drafts import AspectDraft, CriterionDraft, PartDraft, SchemeDraft, SectionDraft
from competition.marking.service.schemes import load_scheme
from tests.conftest import Browser
from tests.marking_stage import (
    make_contest,
)

D = Decimal
replace = msgspec.structs.replace

CALCULATIONS = (
    None,
    Calculation("pass_fail"),
    Calculation("completed", total=6),
    Calculation("choice", "percent", choices=(Choice("合格"), Choice("返修", D("12.5")), Choice("报废", D(100)))),
    Calculation("ranged", bands=(Band(D(0), D("1.5"), D("0.5")), Band(D("1.6"), D(3), D("0.2")))),
    Calculation("difference", target=D(120), tolerance=D("0.5"), interval=D("0.25"), deduction=D("0.1")),
)


def _measured(criterion: str, sub: int) -> PartDraft:
    code = f"{criterion}{sub}"
    aspects = tuple(
        AspectDraft(
            f"{code}.{n:02}", f"测量 {code}.{n}\n第二行", D("0.5"), D("0.5"), f"Measured {n}", calculation,
            note=f"说明 {n}", requirement="三点取大", section=str(n % 2 + 1), place=n,
        )
        for n, calculation in enumerate(CALCULATIONS, 1)
    )  # fmt: skip
    return PartDraft(
        f"{code}.M", f"尺寸 {code}", "panel", D(3), D(3), f"Dimensions {code}", aspects=aspects, criterion=criterion,
        sub_criterion=code, day=sub % 3 + 1, method="measurement", layer="review" if sub == 2 else "number",
    )  # fmt: skip


def _judged(criterion: str, sub: int) -> PartDraft:
    code = f"{criterion}{sub}"
    aspects = tuple(
        AspectDraft(
            f"{code}.{n:02}", f"评判 {code}.{n}", D(1), D(1), section=str(n % 2 + 1), place=n,
            descriptors=tuple(f"{n} 档 {score}" for score in range(4)),
        )
        for n in (7, 8)
    )  # fmt: skip
    return PartDraft(
        f"{code}.J", f"外观 {code}", "panel", D(2), D(2), aspects=aspects, criterion=criterion, sub_criterion=code,
        day=1, method="judgement",
    )  # fmt: skip


# Five criteria of four sub-criteria, each measured and judged: 40 forms, 160 aspects, 100 marks.
BIG = SchemeDraft(
    parts=tuple(
        form(criterion, sub) for criterion in "ABCDE" for sub in range(1, 5) for form in (_measured, _judged)
    ),
    title="大型评分标准", criteria=tuple(CriterionDraft(code, f"大项 {code}", f"Criterion {code}") for code in "ABCDE"),
    sections=(SectionDraft("1", "作业组织", D(50), "Organisation"), SectionDraft("2", "工艺", D(50))),
)  # fmt: skip


class _Fields(HTMLParser):
    """The named fields of one form of a page, with the values they would send."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.area, self.select = action, False, "", ""
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("action") == self.action
        if not self.inside:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            self.fields[name] = given.get("value", "")
        elif tag == "textarea":
            self.area, self.fields[name] = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and (self.select not in self.fields or "selected" in given):
            self.fields[self.select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields[self.area] = self.fields[self.area].removeprefix("\n").replace("\r", "").replace("\n", "\r\n")
            self.area = ""
        elif tag == "form":
            self.inside = False


def fields_of(html: str, action: str) -> dict[str, str]:
    parser = _Fields(action)
    parser.feed(html)
    assert parser.fields, f"no form for {action}"
    return {name: value for name, value in parser.fields.items() if name != "_csrf"}


def errors_at(html: str) -> dict[str, str]:
    """What is said below each field."""
    found = re.findall(r'<p class="error-text" id="e-([^"]+)">.*?</svg>(.*?)</p>', html, re.S)
    return {name: unescape(text) for name, text in found}


async def big_stage(draft: SchemeDraft = BIG) -> tuple[int, int]:
    """(contest, stage) with this scheme, not drawn yet."""
    contest_id, _skill, _group, [stage_id] = await make_contest()
    await marking.save_scheme(SYSTEM, stage_id, draft, unfinished=True)
    return contest_id, stage_id


async def form_page(browser: Browser, stage_id: int, place: int) -> dict[str, str]:
    page = await browser.get(f"/stages/{stage_id}/scheme/forms/{place}")
    assert page.status_code == 200
    return fields_of(page.text, f"/stages/{stage_id}/scheme/forms")


async def current(stage_id: int) -> SchemeDraft:
    stored = await load_scheme(stage_id)
    assert stored is not None
    return stored.draft
