"""The scheme on screen: form by form, its check list, allocation table, versions, and revisions after the draw."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest

from competition.accounts.kinds import Role
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM, write
from competition.contests import service as contests
from competition.contests.kinds import GroupKind, StageKind
from competition.database.connection import Engine
from competition.marking import service as marking
from competition.marking.rules.calculation import Band, Calculation, Choice
from competition.marking.scheme_checks import check_scheme
from competition.marking.scheme_drafts import AspectDraft, CriterionDraft, PartDraft, SchemeDraft, SectionDraft
from competition.marking.service.days import sign_day
from competition.marking.service.schemes import load_scheme
from competition.marking.service.scheme_revising import revise_scheme
from competition.marking.service.scheme_versions import keep_working, list_versions, read_version, working_scheme
from competition.marking.tables import Aspect, Mark, Scheme, Sheet
from competition.problems import Missing, Refused, Stale
from tests.conftest import Browser, Site
from tests.judged_stage import SCHEME as JUDGED
from tests.judged_stage import in_order, judged_stage
from tests.marking_stage import (
    SCHEME,
    SIGNATURE,
    MarkingStage,
    aspect_ids,
    check_all,
    drawn_stage,
    import_theory,
    judge_actor,
    make_contest,
    mark_all,
    official,
    reveal_all,
    seated_stage,
    sheets_of,
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
            f"{code}.{n:02}", f"评判 {code}.{n}", D(1), D(1), descriptors=tuple(f"{n} 档 {score}" for score in range(4)),
            section=str(n % 2 + 1), place=n,
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


# The editor


async def test_every_page_of_a_big_scheme_saves_what_it_shows(site: Site) -> None:
    contest_id, stage_id = await big_stage()
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    before = await current(stage_id)
    for place in (1, 2, 3, len(BIG.parts)):
        fields = await form_page(organiser, stage_id, place)
        assert (await organiser.submit(f"/stages/{stage_id}/scheme/forms", **fields)).status_code == 303
    heading = await organiser.get(f"/stages/{stage_id}/scheme/heading")
    fields = fields_of(heading.text, f"/stages/{stage_id}/scheme/heading")
    assert (await organiser.submit(f"/stages/{stage_id}/scheme/heading", **fields)).status_code == 303
    assert await current(stage_id) == before == BIG
    assert [each.number for each in await list_versions(stage_id)] == [6, 5, 4, 3, 2, 1]


async def test_a_big_scheme_opens_as_an_outline_with_its_counts(site: Site) -> None:
    contest_id, stage_id = await big_stage()
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    text = (await organiser.get(f"/stages/{stage_id}/scheme")).text
    assert [f'href="/stages/{stage_id}/scheme/forms/{place}"' in text for place in (1, 40, 41)] == [True, True, False]
    strip = re.findall(r"<dt>(.*?)</dt><dd><b[^>]*>(.*?)</b>", text)
    assert strip == [("大项", "5"), ("各评分表", "40"), ("评分项", "160"), ("合计", "100.00"), ("评分日", "3")]
    for link in ("import", "allocation", "versions", "heading"):
        assert f'href="/stages/{stage_id}/scheme/{link}"' in text
    assert f'href="/stages/{stage_id}/scheme.xlsx"' in text


async def test_a_form_is_changed_added_moved_and_removed(site: Site) -> None:
    contest_id, stage_id = await big_stage()
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    save = f"/stages/{stage_id}/scheme/forms"
    fields = await form_page(organiser, stage_id, 2)
    await organiser.submit(save, **(fields | {"aspect-0-title": "新标题", "place": "1", "day": "4"}))
    changed = await current(stage_id)
    assert [part.code for part in changed.parts[:3]] == ["A1.J", "A1.M", "A2.M"]
    assert (changed.parts[0].aspects[0].title, changed.parts[0].day) == ("新标题", 4)
    page = await organiser.get(f"/stages/{stage_id}/scheme/forms/new?criterion=C")
    fresh = fields_of(page.text, save)
    assert fresh["criterion"] == "C"
    fresh |= {"code": "C9", "name": "加试", "aspects": "0", "weight": "1", "maximum": "1"}
    answer = await organiser.submit(save, **fresh)
    assert answer.headers["location"] == f"/stages/{stage_id}/scheme/outline#form-41"
    added = await current(stage_id)
    assert (added.parts[-1].code, added.parts[-1].criterion, added.parts[-1].aspects) == ("C9", "C", ())
    await organiser.submit(f"{save}/remove", was="C9", version="3")
    assert await current(stage_id) == changed


async def test_a_maximum_left_empty_follows_the_aspects(site: Site) -> None:
    contest_id, stage_id = await big_stage()
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    fields = await form_page(organiser, stage_id, 2)
    fields |= {"aspect-0-maximum": "1.25", "maximum": "", "weight": ""}
    await organiser.submit(f"/stages/{stage_id}/scheme/forms", **fields)
    part = (await current(stage_id)).parts[1]
    assert (part.maximum, part.weight) == (D("2.25"), D("2.25"))


async def test_rows_are_added_moved_and_removed_without_saving(site: Site) -> None:
    contest_id, stage_id = await big_stage()
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    save = f"/stages/{stage_id}/scheme/forms"
    fields = await form_page(organiser, stage_id, 1)
    shown = fields_of((await organiser.submit(save, **fields, do="add_aspect")).text, save)
    assert (shown["aspects"], shown["aspect-6-code"], shown["aspect-6-title"]) == ("7", "A1.07", "")
    shown = fields_of((await organiser.submit(save, **fields, do="down_aspect-0")).text, save)
    assert (shown["aspect-0-code"], shown["aspect-1-code"], shown["aspect-0-place"]) == ("A1.02", "A1.01", "1")
    assert shown["aspect-0-calculation"] == "pass_fail"
    shown = fields_of((await organiser.submit(save, **fields, do="remove_aspect-3")).text, save)
    assert (shown["aspects"], shown["aspect-3-code"], shown["aspect-3-band-1-high"]) == ("5", "A1.05", "3")
    heading = f"/stages/{stage_id}/scheme/heading"
    fields = fields_of((await organiser.get(heading)).text, heading)
    shown = fields_of((await organiser.submit(heading, **fields, do="up_criterion-1")).text, heading)
    assert [shown[f"criterion-{n}-code"] for n in range(2)] == ["B", "A"]
    assert await Scheme.count().where(Scheme.stage == stage_id) == 1


WRONG_FIELDS = {
    "code": "", "weight": "33.33333", "day": "x", "aspect-0-step": "0", "aspect-1-title": "", "aspect-2-total": "0",
    "aspect-3-choice-1-deduction": "a", "aspect-4-band-0-high": "", "aspect-5-interval": "-1",
}  # fmt: skip


async def test_every_error_is_shown_at_its_field_with_all_that_was_typed(site: Site) -> None:
    contest_id, stage_id = await big_stage()
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    save = f"/stages/{stage_id}/scheme/forms"
    typed = await form_page(organiser, stage_id, 1) | WRONG_FIELDS
    answer = await organiser.submit(save, **typed)
    assert answer.status_code == 422
    assert sorted(errors_at(answer.text)) == sorted(WRONG_FIELDS)
    assert fields_of(answer.text, save) == typed
    assert await current(stage_id) == BIG


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"aspect-1-code": "A1.01"}, "aspect-1-code", "评分项代码 A1.01 重复"),
        ({"aspect-0-step": "0.3"}, "aspect-0-step", "A1.01 的步长 0.3 不能整除满分 0.5"),
        ({"aspect-3-choice-1-deduction": "101"}, "aspect-3-calculation", "选项：扣分应在 0 与满分之间"),
        ({"aspect-4-band-0-high": "0", "aspect-4-band-0-low": "1"}, "aspect-4-calculation", "区间：下限不大于上限，得分在 0 与满分之间"),
        ({"aspect-5-deduction": "0"}, "aspect-5-calculation", "差值：间隔和每间隔扣分应大于 0"),
        ({"code": "E4.J"}, "", "评分部分代码 E4.J 重复"),
        ({"weight": "0"}, "weight", "A1.M 的权重须大于 0"),
    ],
)  # fmt: skip
async def test_what_the_rules_refuse_is_never_saved(
    site: Site, changed: dict[str, str], field: str, said: str
) -> None:
    contest_id, stage_id = await big_stage()
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    typed = await form_page(organiser, stage_id, 1) | changed
    answer = await organiser.submit(f"/stages/{stage_id}/scheme/forms", **typed)
    assert answer.status_code == 422
    if field:
        assert errors_at(answer.text)[field] == said
    assert said in answer.text
    assert await current(stage_id) == BIG


async def test_of_two_who_edit_a_form_the_second_is_told_and_keeps_what_was_typed(site: Site) -> None:
    contest_id, stage_id = await big_stage()
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    save = f"/stages/{stage_id}/scheme/forms"
    typed = await form_page(organiser, stage_id, 2) | {"aspect-0-title": "第二人写的"}
    others = (BIG.parts[1], BIG.parts[0], *BIG.parts[2:])
    await marking.save_scheme(SYSTEM, stage_id, replace(BIG, parts=others), 1)
    answer = await organiser.submit(save, **typed)
    assert (answer.status_code, "内容已被他人修改" in answer.text) == (409, True)
    shown = fields_of(answer.text, save)
    assert shown == typed | {"version": "2"}
    assert (await organiser.submit(save, **shown)).status_code == 303
    titles = {part.code: part.aspects[0].title for part in (await current(stage_id)).parts}
    assert (titles["A1.J"], titles["A1.M"]) == ("第二人写的", BIG.parts[0].aspects[0].title)


async def test_the_heading_and_the_small_editor_answer_409_too(site: Site) -> None:
    contest_id, stage_id = await big_stage()
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    heading = f"/stages/{stage_id}/scheme/heading"
    typed = fields_of((await organiser.get(heading)).text, heading) | {"title": "改名", "version": "0"}
    answer = await organiser.submit(heading, **typed)
    assert (answer.status_code, fields_of(answer.text, heading)["title"]) == (409, "改名")
    stage = await seated_stage_of(site)
    page = await stage[0].get(f"/stages/{stage[1]}/scheme")
    typed = fields_of(page.text, f"/stages/{stage[1]}/scheme") | {"version": "0", "part-0-name": "笔试"}
    answer = await stage[0].submit(f"/stages/{stage[1]}/scheme", **typed)
    assert (answer.status_code, 'value="笔试"' in answer.text) == (409, True)


async def seated_stage_of(site: Site) -> tuple[Browser, int]:
    stage = await seated_stage(2)
    return await site.sign_in(Role.ORGANISER, stage.contest_id), stage.stage_id


async def test_a_small_scheme_stays_on_one_page_and_a_richer_one_does_not(site: Site) -> None:
    organiser, stage_id = await seated_stage_of(site)
    assert 'name="part-0-code"' in (await organiser.get(f"/stages/{stage_id}/scheme")).text
    aspects = SCHEME.parts[1].aspects
    noted = replace(SCHEME.parts[1], aspects=(replace(aspects[0], note="看色泽"), *aspects[1:]))
    await marking.save_scheme(SYSTEM, stage_id, replace(SCHEME, parts=(SCHEME.parts[0], noted)))
    text = (await organiser.get(f"/stages/{stage_id}/scheme")).text
    assert ('name="part-0-code"' in text, f"/stages/{stage_id}/scheme/forms/2" in text) == (False, True)


# What is still wrong


def unfinished_draft() -> SchemeDraft:
    judged = BIG.parts[1]
    bare = replace(judged, aspects=(replace(judged.aspects[0], descriptors=("差", "", "", "")), judged.aspects[1]))
    lighter = replace(BIG.parts[0], weight=D("2.5"))
    return replace(
        BIG, parts=(lighter, bare, *BIG.parts[2:]), sections=(BIG.sections[0], SectionDraft("3", "工艺", D(40)))
    )


@pytest.mark.parametrize(
    "draft",
    [
        replace(BIG, parts=BIG.parts[:-1]),
        replace(BIG, parts=(replace(BIG.parts[0], maximum=D(4)), *BIG.parts[1:])),
        replace(BIG, parts=(*BIG.parts[:-1], replace(BIG.parts[-1], aspects=()))),
        unfinished_draft(),
        replace(BIG, sections=(BIG.sections[0], SectionDraft("2", "工艺", D(40)))),
        replace(BIG, parts=(replace(BIG.parts[0], aspects=tuple(replace(each, section="") for each in BIG.parts[0].aspects)), *BIG.parts[1:])),
        replace(BIG, sections=BIG.sections[:1]),
        replace(BIG, criteria=BIG.criteria[1:]),
    ],
)  # fmt: skip
async def test_a_scheme_in_the_making_is_saved_form_by_form_and_cannot_be_drawn(
    database: Engine, draft: SchemeDraft
) -> None:
    stage = await seated_stage(2)
    with pytest.raises(Refused):
        await marking.save_scheme(SYSTEM, stage.stage_id, draft)
    await keep_working(SYSTEM, stage.stage_id, draft, 1)
    check = check_scheme(await current(stage.stage_id))
    assert (check.wrong, bool(check.unfinished)) == ((), True)
    with pytest.raises(Refused) as refused:
        await marking.draw_numbers(SYSTEM, stage.stage_id)
    texts = [str(problem) for problem in refused.value.problems]
    assert [str(problem) for problem in check.unfinished] == texts[: len(check.unfinished)]


async def test_the_check_list_leads_to_page_and_field(site: Site) -> None:
    contest_id, stage_id = await big_stage(unfinished_draft())
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    text = (await organiser.get(f"/stages/{stage_id}/scheme")).text
    base = f"/stages/{stage_id}/scheme"
    for said, href in (
        ("A1.07 缺 1 分的说明", f"{base}/forms/2#f-aspect-0-descriptor-1"),
        ("各部分权重合计应为 100，现为 99.5", f"{base}/outline#forms"),
        ("职业标准各部分合计应为 100，现为 90", f"{base}/heading#f-section-0-percent"),
        ("的职业标准部分“2”不在表中", f"{base}/forms/1#f-aspect-0-section"),
    ):
        assert (said in text, f'href="{href}"' in text) == (True, True)
    page = await organiser.get(f"{base}/forms/2")
    assert {"aspect-0-descriptor-1", "aspect-0-descriptor-2", "aspect-0-descriptor-3"} <= errors_at(page.text).keys()
    assert "data-guard=" not in page.text  # nothing has been typed yet


async def test_a_finished_scheme_is_said_to_be_finished(site: Site) -> None:
    contest_id, stage_id = await big_stage()
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    text = (await organiser.get(f"/stages/{stage_id}/scheme")).text
    assert ("没有问题" in text, "处未完成" in text) == (True, False)


# The allocation table


async def test_the_allocation_table_prints_exact_figures(site: Site) -> None:
    contest_id, stage_id = await big_stage()
    chief = await site.sign_in(Role.ORGANISER, contest_id)
    text = (await chief.get(f"/stages/{stage_id}/scheme/allocation")).text
    rows = [
        [re.sub(r"<.*?>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr>.*?</tr>", text, re.S)
    ]
    # Of the six measured and two judged aspects of a sub-criterion half have an even number: 3 × 0.5 + 1 each.
    assert ["A 大项 A", "10.00", "10.00", "20.00"] in rows
    assert ["合计", "50.00", "50.00", "100.00"] in rows
    assert ["职业标准占比 %", "50.00", "50.00", "100.00"] in rows
    assert ["偏差", "0.00", "0.00", "0.00"] in rows


async def test_the_allocation_tells_a_variation_above_five(site: Site) -> None:
    sections = (SectionDraft("1", "作业组织", D("47.25")), SectionDraft("2", "工艺", D("52.75")))
    contest_id, stage_id = await big_stage(replace(BIG, sections=sections))
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    text = (await organiser.get(f"/stages/{stage_id}/scheme/allocation")).text
    assert ("偏差合计 5.50，超过 5.00" in text, "+2.75" in text, "−2.75" in text) == (True, True, True)


# Versions


async def test_every_version_can_be_read_with_its_differences(site: Site) -> None:
    contest_id, stage_id = await big_stage()
    part = BIG.parts[0]
    new = replace(part, aspects=(replace(part.aspects[0], step=D("0.25"), title="改过的标题"), *part.aspects[1:]))
    await marking.save_scheme(SYSTEM, stage_id, replace(BIG, parts=(new, *BIG.parts[1:])))
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    listed = (await organiser.get(f"/stages/{stage_id}/scheme/versions")).text
    assert [f"/scheme/versions/{number}" in listed for number in (1, 2, 3)] == [True, True, False]
    first = (await organiser.get(f"/stages/{stage_id}/scheme/versions/1")).text
    second = (await organiser.get(f"/stages/{stage_id}/scheme/versions/2")).text
    assert ("测量 A1.1" in first, "改过的标题" in first) == (True, False)
    assert "<del>0.5</del>" in second
    assert "<ins>0.25</ins>" in second
    assert (await organiser.get(f"/stages/{stage_id}/scheme/versions/3")).status_code == 404


async def test_a_version_from_before_documents_were_kept_is_read_from_its_rows(database: Engine) -> None:
    _contest, stage_id = await big_stage()
    await marking.save_scheme(SYSTEM, stage_id, BIG)
    async with write(SYSTEM) as change:
        await Scheme.update({Scheme.document: ""}).where(Scheme.number == 1)
        await change.record("scheme.emptied", "stage", stage_id)
    assert (await read_version(stage_id, 1))[0] == BIG
    with pytest.raises(Missing):
        await read_version(stage_id, 9)


async def test_readers_see_everything_and_edit_nothing(site: Site) -> None:
    contest_id, skill_id, _group, [stage_id] = await make_contest()
    await marking.save_scheme(SYSTEM, stage_id, BIG)
    chief = await site.sign_in(Role.CHIEF_JUDGE, skill_id)
    text = (await chief.get(f"/stages/{stage_id}/scheme")).text
    for said in (
        "大项 E", "外观 E4", "7 档 3", "合格得满分，不合格得 0", "共 6，按完成的数量得分", "2. 返修 · 扣 12.5 %",
        "1.6–3 得 0.2", "目标 120，允差 0.5；每超 0.25 扣 0.1", "0–0.50，步长 0.50", "说明 3", "要求：三点取大",
    ):  # fmt: skip
        assert said in text
    assert ("/scheme/forms/" in text, "检查清单" in text) == (False, False)
    for path in ("heading", "forms/1", "forms/new", "revision"):
        assert (await chief.get(f"/stages/{stage_id}/scheme/{path}")).status_code == 403
    for path in ("forms", "heading", "revision", "revision/drop", "forms/remove"):
        assert (await chief.submit(f"/stages/{stage_id}/scheme/{path}")).status_code == 403
    stranger = await site.sign_in(Role.ORGANISER, contest_id + 1)
    for path in ("outline", "versions", "versions/1", "allocation", "heading", "forms/1"):
        assert (await stranger.get(f"/stages/{stage_id}/scheme/{path}")).status_code == 403


# Copying


async def test_a_scheme_of_another_contest_is_copied_with_days_and_layers(site: Site) -> None:
    contest_id, stage_id = await big_stage()
    other = await make_other_stage()
    organiser = await site.sign_in_as(await site.account((Role.ORGANISER, contest_id), (Role.ORGANISER, other[0])))
    page = (await organiser.get(f"/stages/{other[1]}/scheme")).text
    assert f'<option value="{stage_id}">' in page
    assert "2026 · 第十三届大连市职业技能竞赛" in page
    answer = await organiser.submit(f"/stages/{other[1]}/scheme/copy", from_stage=str(stage_id))
    assert answer.status_code == 303
    assert await current(other[1]) == BIG


async def make_other_stage() -> tuple[int, int]:
    contest_id, _skill, _group, [stage_id] = await make_contest()
    return contest_id, stage_id


async def test_a_scheme_that_is_still_secret_is_not_offered_to_another_contest(site: Site) -> None:
    _contest, stage_id = await big_stage()
    contest_id, mine = await make_other_stage()
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    assert f'<option value="{stage_id}">' not in (await organiser.get(f"/stages/{mine}/scheme")).text
    await organiser.submit(f"/stages/{mine}/scheme/copy", from_stage=str(stage_id))
    assert await load_scheme(mine) is None
    bureau = await site.sign_in(Role.BUREAU)
    await bureau.submit(f"/stages/{mine}/scheme/copy", from_stage=str(stage_id))
    assert await current(mine) == BIG


# After the draw


async def marked_stage() -> MarkingStage:
    """Two contestants, five judges; everything of the practice is handed in and checked."""
    stage = await drawn_stage(2, 5)
    await mark_all(stage)
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    return stage


def practice(**changed: Any) -> SchemeDraft:
    return replace(SCHEME, parts=(SCHEME.parts[0], replace(SCHEME.parts[1], **changed)))


def aspects_with(code: str, **changed: Any) -> tuple[AspectDraft, ...]:
    return tuple(replace(each, **changed) if each.code == code else each for each in SCHEME.parts[1].aspects)


# C is marked 30.5, 31, 31.5, 32, 32.5 by the seats; under 31 three of five no longer hold. A takes over what is lost.
TIGHTER = practice(
    aspects=(
        replace(SCHEME.parts[1].aspects[0], maximum=D(39)), SCHEME.parts[1].aspects[1],
        replace(SCHEME.parts[1].aspects[2], maximum=D(31)),
    )
)  # fmt: skip


async def marks_of(stage: MarkingStage, aspect: int) -> list[dict[str, Any]]:
    return (
        await Mark.select(Mark.sheet, Mark.number, Mark.value, Mark.current, Mark.reason, Mark.made_by_name)
        .where(Mark.aspect == aspect)
        .order_by(Mark.id)
    )


async def states(stage: MarkingStage) -> list[str]:
    rows = await Sheet.select(Sheet.state).where(Sheet.stage == stage.stage_id).order_by(Sheet.id)
    return [row["state"] for row in rows]


async def test_a_mark_that_no_longer_holds_is_blank_again_and_its_sheet_open(database: Engine) -> None:
    stage = await marked_stage()
    ids = await aspect_ids(stage.stage_id)
    before = await marks_of(stage, ids["C"])
    organiser = await official(Role.ORGANISER, stage.contest_id, "赛务")
    assert await revise_scheme(organiser, stage.stage_id, TIGHTER, "满分印错", 1) == 2
    assert await aspect_ids(stage.stage_id) == ids
    after = await marks_of(stage, ids["C"])
    gone = [mark["sheet"] for mark in before if mark["value"] > 310000]
    assert len(gone) == 6
    assert [mark["value"] for mark in after if not mark["current"]] == [
        mark["value"] for mark in before if mark["sheet"] in gone
    ]
    blank = [mark for mark in after if mark["current"] and mark["value"] is None]
    assert sorted(mark["sheet"] for mark in blank) == sorted(gone)
    assert {(mark["number"], mark["reason"], mark["made_by_name"]) for mark in blank} == {
        (2, "评分标准第 2 版：满分印错", "赛务")
    }
    rows = await Sheet.select().where(Sheet.stage == stage.stage_id)
    for sheet in rows:
        opened = sheet["id"] in gone
        assert sheet["state"] == ("open" if opened else "checked")
        assert (sheet["signature"] == "", sheet["submitted_at"] is None, sheet["checked_at"] is None) == (opened,) * 3
        assert sheet["returned_reason"] == ("评分标准第 2 版：满分印错" if opened else "")


async def test_other_marks_are_not_touched_and_the_stage_can_be_finished(database: Engine) -> None:
    stage = await marked_stage()
    ids = await aspect_ids(stage.stage_id)
    before = [await marks_of(stage, ids[code]) for code in "AB"]
    await revise_scheme(SYSTEM, stage.stage_id, TIGHTER, "满分印错")
    assert [await marks_of(stage, ids[code]) for code in "AB"] == before
    for seat in (3, 4, 5):
        actor = await judge_actor(stage.panel_id, seat)
        for sheet in await sheets_of(stage.panel_id, seat):
            await marking.save_marks(actor, int(str(sheet["id"])), {ids["C"]: D(31)})
            await marking.submit_sheet(actor, str(sheet["token"]), SIGNATURE)
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    await import_theory(stage)
    # 30.5, 31, 31, 31, 31: 31 between the highest and the lowest; 20 + 20 + 31 = 71; 0.3 × 80 + 0.7 × 71 = 73.7
    assert [row.total for row in await marking.entry_scores(stage.stage_id)] == [D("73.70")] * 2
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    await marking.lock_stage(chief, stage.stage_id)
    await reveal_all(stage)


async def test_an_added_aspect_opens_every_sheet_of_its_form(database: Engine) -> None:
    stage = await marked_stage()
    more = (*aspects_with("C", maximum=D(35)), AspectDraft("D", "卫生", D(5), D("0.5")))
    await revise_scheme(SYSTEM, stage.stage_id, practice(aspects=more), "补卫生项")
    assert set(await states(stage)) == {"open"}
    ids = await aspect_ids(stage.stage_id)
    assert sorted(ids) == ["A", "B", "C", "D"]
    assert await Mark.count().where(Mark.value.is_null()) == 0


async def test_a_removed_aspect_is_retired_with_its_marks(database: Engine) -> None:
    stage = await marked_stage()
    ids = await aspect_ids(stage.stage_id)
    before = await marks_of(stage, ids["B"])
    fewer = (replace(SCHEME.parts[1].aspects[0], maximum=D(60)), SCHEME.parts[1].aspects[2])
    await revise_scheme(SYSTEM, stage.stage_id, practice(aspects=fewer), "取消质感")
    assert sorted(await aspect_ids(stage.stage_id)) == ["A", "C"]
    assert await marks_of(stage, ids["B"]) == before
    row = await Aspect.select(Aspect.retired_at).where(Aspect.id == ids["B"]).first()
    assert row is not None
    assert row["retired_at"] is not None
    assert set(await states(stage)) == {"checked"}
    await import_theory(stage, "0")
    # 20 + 31.5 of 100, weighted 0.7; B's 20 count no more
    assert [row.total for row in await marking.entry_scores(stage.stage_id)] == [D("36.05")] * 2


async def test_a_code_that_comes_back_is_a_new_aspect(database: Engine) -> None:
    stage = await drawn_stage(2)
    old = (await aspect_ids(stage.stage_id))["B"]
    fewer = (replace(SCHEME.parts[1].aspects[0], maximum=D(60)), SCHEME.parts[1].aspects[2])
    await revise_scheme(SYSTEM, stage.stage_id, practice(aspects=fewer), "取消")
    await revise_scheme(SYSTEM, stage.stage_id, SCHEME, "恢复")
    assert (await aspect_ids(stage.stage_id))["B"] != old
    assert [aspect.code for aspect in (await current(stage.stage_id)).parts[1].aspects] == ["A", "B", "C"]


async def test_another_method_asks_anew_and_a_judgement_keeps_its_marks_when_only_texts_change(
    database: Engine,
) -> None:
    stage, panels = await judged_stage(1)
    ids = await aspect_ids(stage.stage_id, "A1.J")
    actor = await judge_actor(panels["A1.J"])
    [sheet] = await sheets_of(panels["A1.J"])
    values = {aspect: D(text) for aspect, text in in_order(ids, ("2", "3", "1")).items()}
    await marking.save_marks(actor, int(str(sheet["id"])), values)
    part = JUDGED.parts[0]
    texts = replace(part.aspects[0], descriptors=("差", "可", "良", "优"))
    await revise_scheme(SYSTEM, stage.stage_id, with_form(0, aspects=(texts, *part.aspects[1:])), "改文字")
    assert await Mark.count().where(Mark.current.eq(True) & Mark.value.is_null()) == 0
    plain = tuple(replace(each, descriptors=(), step=D("0.5")) for each in part.aspects)
    await revise_scheme(SYSTEM, stage.stage_id, with_form(0, method="measurement", aspects=plain), "改测量")
    assert await Mark.count().where(Mark.current.eq(True) & Mark.value.is_null()) == 3


def with_form(place: int, **changed: Any) -> SchemeDraft:
    parts = list(JUDGED.parts)
    parts[place] = replace(parts[place], **changed)
    return replace(JUDGED, parts=tuple(parts))


async def test_a_revision_is_a_version_that_keeps_the_freeze_and_the_old_text(database: Engine) -> None:
    stage = await marked_stage()
    old = await Scheme.select().where(Scheme.stage == stage.stage_id).first()
    assert old is not None
    await revise_scheme(SYSTEM, stage.stage_id, TIGHTER, "满分印错")
    rows = await Scheme.select().where(Scheme.stage == stage.stage_id).order_by(Scheme.number)
    assert [(row["number"], row["current"], row["reason"]) for row in rows] == [
        (1, False, ""), (2, True, "满分印错"),
    ]  # fmt: skip
    assert rows[0]["frozen_at"] == rows[1]["frozen_at"] == old["frozen_at"]
    assert await read_version(stage.stage_id, 2) == (TIGHTER, SCHEME)
    records = await AuditRecord.select(AuditRecord.detail).where(AuditRecord.action == "scheme.revised")
    assert [msgspec.json.decode(row["detail"]) for row in records] == [
        {
            "scheme": rows[1]["id"], "number": 2, "reason": "满分印错", "changes": {"aspect_limits": 2},
            "cleared": 6, "set_aside": 0, "reopened": 6,
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (SCHEME, "与现行版本没有差别"),
        (practice(code="Q"), "抽签后不能删除评分部分：P"),
        (practice(code="Q"), "抽签后不能增加评分部分：Q"),
        (practice(layer="review"), "P：抽签后编号层不能改"),
        (practice(aspects=aspects_with("C", maximum=D(39))), "P 各评分项满分合计 99，与满分 100 不符"),
        (practice(weight=D(60)), "各部分权重合计应为 100，现为 90"),
    ],
)
async def test_what_a_revision_may_not_do_is_refused(database: Engine, draft: SchemeDraft, said: str) -> None:
    stage = await drawn_stage(2)
    with pytest.raises(Refused) as refused:
        await revise_scheme(SYSTEM, stage.stage_id, draft, "原因")
    assert any(said in str(problem) for problem in refused.value.problems)
    assert [each.number for each in await list_versions(stage.stage_id)] == [1]


async def test_a_revision_needs_a_reason_the_draw_and_no_signature(database: Engine) -> None:
    stage = await seated_stage(2)
    with pytest.raises(Refused, match="尚未抽签"):
        await revise_scheme(SYSTEM, stage.stage_id, TIGHTER, "原因")
    await marking.draw_numbers(SYSTEM, stage.stage_id)
    with pytest.raises(Refused, match="修订须写明原因"):
        await revise_scheme(SYSTEM, stage.stage_id, TIGHTER, "  ")
    with pytest.raises(Stale):
        await revise_scheme(SYSTEM, stage.stage_id, TIGHTER, "原因", expected=3)
    await mark_all(stage)
    await import_theory(stage)
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    with pytest.raises(Refused, match="裁判长已签字"):
        await revise_scheme(SYSTEM, stage.stage_id, TIGHTER, "原因")
    await marking.lock_stage(chief, stage.stage_id)
    with pytest.raises(Refused, match="本阶段已锁定，评分标准不再修订"):
        await revise_scheme(SYSTEM, stage.stage_id, TIGHTER, "原因")
    assert await Mark.count().where(Mark.value.is_null()) == 0


async def test_a_signed_day_is_not_opened_again(database: Engine) -> None:
    first = practice(day=1)
    stage = await drawn_stage(2, 5, scheme=first)  # type: ignore[arg-type]  # passed through
    await mark_all(stage)
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    await sign_day(chief, stage.stage_id, 1, SIGNATURE)
    tighter = replace(TIGHTER, parts=(TIGHTER.parts[0], replace(TIGHTER.parts[1], day=1)))
    with pytest.raises(Refused, match="裁判长已签该日"):
        await revise_scheme(SYSTEM, stage.stage_id, tighter, "原因")
    with pytest.raises(Refused, match="P 的评分日不能改"):
        await revise_scheme(SYSTEM, stage.stage_id, practice(day=2), "原因")
    await revise_scheme(SYSTEM, stage.stage_id, practice(day=1, name="实际操作"), "改名")


async def test_an_imported_score_above_the_new_maximum_keeps_it(database: Engine) -> None:
    stage = await drawn_stage(2)
    await import_theory(stage, "90")
    theory = replace(SCHEME.parts[0], maximum=D(80))
    with pytest.raises(Refused, match="T 有导入成绩高于新满分 80"):
        await revise_scheme(SYSTEM, stage.stage_id, replace(SCHEME, parts=(theory, SCHEME.parts[1])), "原因")


async def test_a_revision_is_gathered_looked_over_and_confirmed(site: Site) -> None:
    stage = await marked_stage()
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    base = f"/stages/{stage.stage_id}/scheme"
    fields = await form_page(organiser, stage.stage_id, 2)
    fields |= {"aspect-0-maximum": "39", "aspect-2-maximum": "31"}
    answer = await organiser.submit(f"{base}/forms", **fields)
    assert answer.headers["location"] == f"{base}/revision"
    assert await current(stage.stage_id) == SCHEME
    page = (await organiser.get(f"{base}/revision")).text
    figures = re.findall(r"<dt>(.*?)</dt><dd><b[^>]*>(.*?)</b>", page)
    assert figures == [("改动", "2"), ("改回未录的分值", "6"), ("不再计分的分值", "0"), ("重开的评分表", "6")]
    assert "6 个已录分值不再符合，改回未录" in page
    confirm = fields_of(page, f"{base}/revision")
    assert (await organiser.submit(f"{base}/revision", **confirm)).status_code == 422
    answer = await organiser.submit(f"{base}/revision", **(confirm | {"reason": "满分印错"}))
    assert answer.headers["location"] == f"{base}/versions/2"
    assert await current(stage.stage_id) == TIGHTER
    assert (await states(stage)).count("open") == 6
    assert [(each.number, each.current, each.pending) for each in await list_versions(stage.stage_id)] == [
        (2, True, False), (1, False, False),
    ]  # fmt: skip


async def test_a_revision_of_two_forms_is_made_in_two_steps(site: Site) -> None:
    """Between them it does not add up, which may be kept and not confirmed."""
    stage = await drawn_stage(2)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    base = f"/stages/{stage.stage_id}/scheme"
    fields = await form_page(organiser, stage.stage_id, 1)
    await organiser.submit(f"{base}/forms", **(fields | {"weight": "40"}))
    page = (await organiser.get(f"{base}/revision")).text
    assert "各部分权重合计应为 100，现为 110" in page
    confirm = fields_of(page, f"{base}/revision") | {"reason": "调整权重"}
    answer = await organiser.submit(f"{base}/revision", **confirm)
    assert (answer.status_code, "调整权重" in answer.text) == (422, True)
    fields = await form_page(organiser, stage.stage_id, 2)
    await organiser.submit(f"{base}/forms", **(fields | {"weight": "60"}))
    stale = await organiser.submit(f"{base}/revision", **confirm)
    assert stale.status_code == 409
    fresh = fields_of(stale.text, f"{base}/revision")
    assert fresh["reason"] == "调整权重"
    assert (await organiser.submit(f"{base}/revision", **fresh)).status_code == 303
    assert [part.weight for part in (await current(stage.stage_id)).parts] == [D(40), D(60)]


async def test_a_revision_given_up_leaves_the_version_in_force(site: Site) -> None:
    stage = await drawn_stage(2)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    base = f"/stages/{stage.stage_id}/scheme"
    fields = await form_page(organiser, stage.stage_id, 2)
    await organiser.submit(f"{base}/forms", **(fields | {"name": "实际操作"}))
    assert (await working_scheme(stage.stage_id)).pending
    assert "有未确认的修订" in (await organiser.get(base)).text
    assert (await organiser.submit(f"{base}/revision/drop")).status_code == 303
    assert not (await working_scheme(stage.stage_id)).pending
    assert await Scheme.count().where(Scheme.stage == stage.stage_id) == 1
    assert await current(stage.stage_id) == SCHEME


async def test_a_form_is_neither_added_nor_removed_after_the_draw(site: Site) -> None:
    stage = await drawn_stage(2)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    base = f"/stages/{stage.stage_id}/scheme"
    fields = await form_page(organiser, stage.stage_id, 2)
    answer = await organiser.submit(f"{base}/forms", **(fields | {"was": "", "code": "Q"}))
    assert (answer.status_code, "抽签后不能增加评分部分：Q" in answer.text) == (422, True)
    await organiser.submit(f"{base}/forms/remove", was="P", version=fields["version"])
    assert not (await working_scheme(stage.stage_id)).pending
    assert f"{base}/forms/new" not in (await organiser.get(base)).text


async def test_a_signed_stage_has_no_editor_any_more(site: Site) -> None:
    stage = await marked_stage()
    await import_theory(stage)
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    fields = await form_page(organiser, stage.stage_id, 2)
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    base = f"/stages/{stage.stage_id}/scheme"
    assert (await organiser.get(f"{base}/forms/2")).status_code == 303
    assert (await organiser.submit(f"{base}/forms", **(fields | {"name": "迟到"}))).status_code == 303
    assert "/scheme/forms/" not in (await organiser.get(base)).text
    assert [each.number for each in await list_versions(stage.stage_id)] == [1]


async def test_the_pages_speak_english(site: Site) -> None:
    contest_id, stage_id = await big_stage(unfinished_draft())
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    organiser.cookies.set("language", "en")
    for path in ("", "/outline", "/heading", "/forms/1", "/versions", "/versions/1", "/allocation"):
        text = (await organiser.get(f"/stages/{stage_id}/scheme{path}")).text
        assert '<html lang="en"' in text
        assert "Criterion" in text or "Version" in text
