"""The scheme on screen: form by form, its check list, allocation table, versions, and copies."""

import re
from decimal import Decimal

import msgspec
import pytest

from competition.accounts.kinds import Role
from competition.audit.write import SYSTEM, write
from competition.database.connection import Engine
from competition.marking import service as marking
from competition.marking.scheme_checks import check_scheme
from competition.marking.scheme_drafts import SchemeDraft, SectionDraft
from competition.marking.service.scheme_versions import keep_working, list_versions, read_version
from competition.marking.service.schemes import load_scheme
from competition.marking.tables import Scheme
from competition.problems import Missing, Refused
from tests.big_scheme import BIG, big_stage, current, errors_at, fields_of, form_page
from tests.conftest import Browser, Site
from tests.marking_stage import (
    SCHEME,
    make_contest,
    seated_stage,
)

D = Decimal
replace = msgspec.structs.replace


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
        (
            {"aspect-4-band-0-high": "0", "aspect-4-band-0-low": "1"}, "aspect-4-calculation",
            "区间：下限不大于上限，得分在 0 与满分之间",
        ),
        ({"aspect-5-deduction": "0"}, "aspect-5-calculation", "差值：间隔和每间隔扣分应大于 0"),
        ({"code": "E4.J"}, "", "评分部分代码 E4.J 重复"),
        ({"weight": "0"}, "weight", "A1.M 的权重须大于 0"),
    ],
)  # fmt: skip
async def test_what_the_rules_refuse_is_never_saved(site: Site, changed: dict[str, str], field: str, said: str) -> None:
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


SECTIONLESS = replace(BIG.parts[0], aspects=tuple(replace(each, section="") for each in BIG.parts[0].aspects))


@pytest.mark.parametrize(
    "draft",
    [
        replace(BIG, parts=BIG.parts[:-1]),
        replace(BIG, parts=(replace(BIG.parts[0], maximum=D(4)), *BIG.parts[1:])),
        replace(BIG, parts=(*BIG.parts[:-1], replace(BIG.parts[-1], aspects=()))),
        unfinished_draft(),
        replace(BIG, sections=(BIG.sections[0], SectionDraft("2", "工艺", D(40)))),
        replace(BIG, parts=(SECTIONLESS, *BIG.parts[1:])),
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


async def test_the_pages_speak_english(site: Site) -> None:
    contest_id, stage_id = await big_stage(unfinished_draft())
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    organiser.cookies.set("language", "en")
    for path in ("", "/outline", "/heading", "/forms/1", "/versions", "/versions/1", "/allocation"):
        text = (await organiser.get(f"/stages/{stage_id}/scheme{path}")).text
        assert '<html lang="en"' in text
        assert "Criterion" in text or "Version" in text
