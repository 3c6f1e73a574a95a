"""A new version of the scheme after the draw: what it does to marks and sheets, and what it may not do."""

import re
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from competition.accounts.kinds import Role
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM
from competition.database.connection import Engine
from competition.marking import service as marking
from competition.marking.scheme_drafts import AspectDraft, SchemeDraft
from competition.marking.service.days import sign_day
from competition.marking.service.marks import ready_edit, save_edit
from competition.marking.service.scheme_revising import revise_scheme
from competition.marking.service.scheme_versions import list_versions, read_version, working_scheme
from competition.marking.tables import Aspect, Mark, Scheme, Sheet
from competition.problems import Refused, Stale
from tests.big_scheme import current, fields_of, form_page
from tests.conftest import Site
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
    mark_all,
    official,
    reveal_all,
    seated_stage,
    sheets_of,
)

D = Decimal
replace = msgspec.structs.replace


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


async def test_a_mark_looked_at_before_a_revision_is_not_saved_after_it(database: Engine) -> None:
    stage = await drawn_stage(2, 5)
    ids = await aspect_ids(stage.stage_id)
    judge = await judge_actor(stage.panel_id, 1)
    token = str((await sheets_of(stage.panel_id, 1))[0]["token"])
    edits = [await ready_edit(judge, token, ids[code], text, code, 0) for code, text in (("C", "32"), ("B", "20"))]
    await revise_scheme(SYSTEM, stage.stage_id, TIGHTER, "满分印错")
    with pytest.raises(Refused, match="评分标准刚刚修订"):
        await save_edit(judge, edits[0])
    assert await marks_of(stage, ids["C"]) == []
    refused = await AuditRecord.select(AuditRecord.action).where(AuditRecord.action == "mark.refused")
    assert len(refused) == 1
    assert (await save_edit(judge, edits[1])).value == D(20)  # nothing about B was revised
    with pytest.raises(Refused, match="31"):
        await ready_edit(judge, token, ids["C"], "32", "C", 0)
    again = await ready_edit(judge, token, ids["C"], "31", "C again", 0)
    assert (await save_edit(judge, again)).number == 1


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
