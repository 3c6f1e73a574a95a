"""The chief judge's room: who is late, who lies apart, many forms, layers, one work, and how judges compare."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from competition.accounts.kinds import Role
from competition.audit.write import SYSTEM, write
from competition.database.connection import current_engine
from competition.entries import service as entries
from competition.entries.kinds import Attendance
from competition.marking import service as marking
from competition.marking.kinds import AdjustmentKind, Layer
from competition.marking.scheme_drafts import AspectDraft, CriterionDraft, PartDraft, SchemeDraft
from competition.marking.service.adjustments import AdjustmentDraft, adjust
from competition.marking.service.analysis import load_analysis
from competition.marking.service.watching import load_room
from competition.marking.tables import BlindNumber, Mark, Sheet
from competition.people.tables import District, Person, Unit
from competition.problems import Refused
from tests.conftest import Browser, Site
from tests.judged_stage import TEXTS, judged_stage
from tests.marking_stage import (
    LAYERED,
    LEAKS,
    SIGNATURE,
    MarkingStage,
    aspect_ids,
    check_all,
    drawn_stage,
    import_theory,
    judge_actor,
    labels_of,
    mark_all,
    move_person,
    official,
    panel_of,
    reveal_all,
    seated_stage,
    sheets_of,
)
from tests.procedure_stage import procedure_says

JUDGED = ("2", "2", "2")
MEASURED = ("0.5", "1", "1", "6", "1", "1.5", "120")


async def chief_of(site: Site, stage: MarkingStage) -> Browser:
    return await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)


async def room_of(site: Site, stage: MarkingStage, query: str = "") -> str:
    return (await (await chief_of(site, stage)).get(f"/stages/{stage.stage_id}/room{query}")).text


async def blind_of(stage: MarkingStage, label: str) -> int:
    row = (
        await BlindNumber.select(BlindNumber.id)
        .where((BlindNumber.stage == stage.stage_id) & (BlindNumber.label == label))
        .first()
    )
    assert row is not None
    return row["id"]


async def hand_in(
    panel_id: int, seat: int, aspects: Mapping[str, int], values: Sequence[str], place: int = 0, *, sign: bool = True
) -> None:
    """One judge's sheet for the number at this place; values in the order of the aspects."""
    actor, sheet = await judge_actor(panel_id, seat), (await sheets_of(panel_id, seat))[place]
    marks = {aspects[code]: Decimal(value) for code, value in zip(sorted(aspects), values, strict=True)}
    await marking.save_marks(actor, int(str(sheet["id"])), marks)
    if sign:
        await marking.submit_sheet(actor, str(sheet["token"]), SIGNATURE)


async def overwrite(stage: MarkingStage, aspect: int, value: int | None, seat: int = 3, panel: int = 0) -> None:
    """A mark changed behind the back of every guard."""
    [sheet, *_] = await sheets_of(panel or stage.panel_id, seat)
    async with write(SYSTEM) as change:
        await Mark.update({Mark.value: value}).where((Mark.sheet == sheet["id"]) & (Mark.aspect == aspect))
        await change.record("test.overwritten", "sheet", int(str(sheet["id"])))


def text_of(html: str) -> str:
    """Words without marks, each once apart."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def section_of(html: str, section_id: str) -> str:
    found = re.search(rf'<section[^>]* id="{section_id}".*?</section>', html, re.DOTALL)
    return text_of(found.group()) if found else ""


def matrix_row(html: str, label: str) -> str:
    found = re.search(rf"<tr><th scope=\"row\"><a href=[^>]+><b>{label}</b>.*?</tr>", html, re.DOTALL)
    assert found is not None
    return text_of(found.group())


# Who has not handed in


async def test_the_latest_judge_comes_first_with_all_that_is_entered(database: object) -> None:
    stage = await drawn_stage(2, 3)
    aspects = await aspect_ids(stage.stage_id)
    await hand_in(stage.panel_id, 1, aspects, ("20", "20", "30"))
    await hand_in(stage.panel_id, 1, aspects, ("20", "20", "30"), place=1)
    await hand_in(stage.panel_id, 2, aspects, ("20", "20", "30"))
    await hand_in(stage.panel_id, 2, {"A": aspects["A"]}, ("20",), place=1, sign=False)
    judges = (await load_room(stage.stage_id)).judges
    counted = [(judge.late_sheets, judge.handed_in, judge.sheets, judge.entered, judge.wanted) for judge in judges]
    assert counted == [(2, 0, 2, 0, 6), (1, 1, 2, 4, 6), (0, 2, 2, 6, 6)]
    assert [[form.labels for form in judge.open] for judge in judges] == [[("001", "002")], [("002",)], []]
    assert [judge.saved_at is None for judge in judges] == [True, False, False]


async def test_a_judge_of_many_forms_is_one_judge(database: object) -> None:
    stage, panels = await judged_stage(2, 3)
    await hand_in(panels["A1.J"], 1, await aspect_ids(stage.stage_id, "A1.J"), JUDGED)
    first = next(judge for judge in (await load_room(stage.stage_id)).judges if judge.late_sheets == 3)
    assert (first.handed_in, first.sheets, first.entered, first.wanted) == (1, 4, 3, 20)
    assert [(form.part.code, form.labels) for form in first.open] == [("A1.J", ("002",)), ("A1.M", ("001", "002"))]


async def test_nobody_waits_for_a_trainee_or_for_the_absent(database: object) -> None:
    stage = await drawn_stage(2, 3, trainees=1)
    await entries.attend(SYSTEM, stage.stage_id, {stage.entry_ids[0]: Attendance.ABSENT})
    absent = (await labels_of(stage.stage_id))[stage.entry_ids[0]]
    *judges, trainee = (await load_room(stage.stage_id)).judges
    assert [judge.late_sheets for judge in judges] == [1, 1, 1]
    assert absent not in {label for judge in judges for form in judge.open for label in form.labels}
    assert (trainee.trainee, trainee.open, trainee.sheets) == (True, (), 1)


async def test_the_list_to_copy_has_a_line_for_each_form(site: Site) -> None:
    stage, panels = await judged_stage(1, 3)
    for seat in (1, 2, 3):
        await hand_in(panels["A1.M"], seat, await aspect_ids(stage.stage_id, "A1.M"), MEASURED)
    await hand_in(panels["A1.J"], 1, await aspect_ids(stage.stage_id, "A1.J"), JUDGED)
    answer = await (await chief_of(site, stage)).get(f"/stages/{stage.stage_id}/room/late")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert [line.split("（")[1] for line in answer.text.splitlines()] == [
        "A1.J 组 2 席）A1.J：001", "A1.J 组 3 席）A1.J：001",
    ]  # fmt: skip


# Apart


async def test_judges_more_than_one_apart_are_shown_before_all_are_in(site: Site) -> None:
    stage, panels = await judged_stage(1, 3)
    aspects = await aspect_ids(stage.stage_id, "A1.J")
    await hand_in(panels["A1.J"], 1, aspects, ("0", "2", "2"))
    await hand_in(panels["A1.J"], 3, aspects, ("2", "3", "2"))
    page = await room_of(site, stage)
    assert "相差 1 项" in matrix_row(page, "001")
    assert "001 A1.01 焊缝成形均匀性 1 席 0 3 席 2" in section_of(page, "spread")
    assert "1 件作品的裁判相差过大，须重评：001" in text_of(page)


async def test_one_apart_is_no_matter(site: Site) -> None:
    stage, panels = await judged_stage(1, 3)
    aspects = await aspect_ids(stage.stage_id, "A1.J")
    await hand_in(panels["A1.J"], 1, aspects, ("1", "2", "2"))
    await hand_in(panels["A1.J"], 3, aspects, ("2", "3", "2"))
    assert section_of(await room_of(site, stage), "spread") == ""


async def test_a_panel_asked_to_score_again_is_marked_until_it_has(site: Site) -> None:
    stage, panels = await judged_stage(1, 3)
    aspects = await aspect_ids(stage.stage_id, "A1.J")
    for seat, value in ((1, "0"), (2, "1")):
        await hand_in(panels["A1.J"], seat, aspects, (value, "2", "2"))
    with pytest.raises(Refused):
        await hand_in(panels["A1.J"], 3, aspects, ("3", "2", "2"))
    assert "待重评" in matrix_row(await room_of(site, stage), "001")


async def test_the_works_of_who_is_gone_ask_nobody_to_score_again(site: Site) -> None:
    stage, panels = await judged_stage(1, 3)
    aspects = await aspect_ids(stage.stage_id, "A1.J")
    await hand_in(panels["A1.J"], 1, aspects, ("0", "2", "2"))
    await hand_in(panels["A1.J"], 3, aspects, ("2", "3", "2"))
    await entries.attend(SYSTEM, stage.stage_id, {stage.entry_ids[0]: Attendance.DISQUALIFIED}, "违规")
    page = await room_of(site, stage)
    assert section_of(page, "spread") == ""
    assert "相差过大，须重评：" not in text_of(page)


async def test_measurements_that_differ_are_apart_by_what_they_earn(database: object) -> None:
    stage, panels = await judged_stage(1, 3)
    aspects = await aspect_ids(stage.stage_id, "A1.M")
    await hand_in(panels["A1.M"], 1, aspects, MEASURED)
    # 1.2 lies in the same band as 1.5: the same mark. Five steps of six are another.
    await hand_in(panels["A1.M"], 2, aspects, ("0.5", "1", "1", "5", "1", "1.2", "120"))
    assert [each.aspect.code for _, _, each in (await load_room(stage.stage_id)).apart] == ["A1.14"]


async def test_a_panel_that_slipped_apart_keeps_the_stage_from_its_lock(database: object) -> None:
    stage, panels = await judged_stage(2, 3)
    for code, values in (("A1.J", JUDGED), ("A1.M", MEASURED)):
        for place in (0, 1):
            for seat in (1, 2, 3):
                await hand_in(panels[code], seat, await aspect_ids(stage.stage_id, code), values, place)
    await marking.import_scores(
        SYSTEM, (await parts_of(stage))["T"], dict.fromkeys(stage.entry_ids, Decimal(80)), "测试"
    )
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    await overwrite(stage, (await aspect_ids(stage.stage_id, "A1.J"))["A1.02"], 0, panel=panels["A1.J"])
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    with pytest.raises(Refused) as refused:
        await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    found = {problem.field: str(problem) for problem in refused.value.problems}
    assert found["spread"] == "1 件作品的裁判相差过大，须重评：001"


async def parts_of(stage: MarkingStage) -> dict[str, int]:
    scheme = await marking.load_scheme(stage.stage_id)
    assert scheme is not None
    return {part.code: part.id for part in scheme.parts}


async def test_a_work_without_a_total_keeps_the_stage_from_its_lock_whatever_the_reason(database: object) -> None:
    stage = await drawn_stage(2, 3)
    await mark_all(stage)
    await import_theory(stage)
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    await overwrite(stage, (await aspect_ids(stage.stage_id))["B"], None)
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    with pytest.raises(Refused) as refused:
        await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    assert [(problem.field, str(problem)) for problem in refused.value.problems] == [
        ("totals", "1 件作品的合计未成立：001")
    ]


async def test_a_sheet_off_the_mean_is_flagged_once_all_are_in(site: Site) -> None:
    stage = await drawn_stage(1, 3)
    aspects = await aspect_ids(stage.stage_id)
    for seat, values in ((1, ("20", "20", "30")), (3, ("29", "29", "34"))):
        await hand_in(stage.panel_id, seat, aspects, values)
    assert "离群" not in matrix_row(await room_of(site, stage), "001")
    await hand_in(stage.panel_id, 2, aspects, ("20", "20", "30"))
    # 92 beside 70 and 70: the mean is 77.33, ten percent of 100 are 10
    assert "3 席离群" in matrix_row(await room_of(site, stage), "001")
    page = (await (await chief_of(site, stage)).get(f"/numbers/{await blind_of(stage, '001')}")).text
    # A and B: 29 beside 20 and 20, mean 23, a tenth of 30 is 3. C: 34, mean 31.33, a tenth of 40 is 4
    assert re.findall(r'class="mark is-out">([^<]+)<', page) == ["29", "29"]


# Many forms


def _form(code: str, criterion: str, method: str = "judgement", weight: str = "10") -> PartDraft:
    texts = ("低", "达标", "较好", "优异") if method == "judgement" else ()
    aspects = (AspectDraft(f"{code}1", f"{code} 项", Decimal(weight), Decimal(1), f"Item {code}", descriptors=texts),)
    return PartDraft(
        code, f"{code} 表", "panel", Decimal(weight), Decimal(weight), f"Form {code}", aspects=aspects,
        criterion=criterion, sub_criterion=code, method=method,
    )  # fmt: skip


MANY = SchemeDraft(
    parts=(
        _form("P", "A"), _form("A2", "A"), _form("A3", "A", "measurement"), _form("B1", "B"), _form("B2", "B"),
        _form("C1", "C", weight="20"), _form("C2", "C"), PartDraft("T", "理论", "import", Decimal(20), Decimal(100)),
    ),
    criteria=(CriterionDraft("A", "准备"), CriterionDraft("B", "制作"), CriterionDraft("C", "成品")),
)  # fmt: skip


async def many_forms(contestants: int = 2) -> MarkingStage:
    stage = await seated_stage(contestants, 3, scheme=MANY)
    await marking.draw_numbers(SYSTEM, stage.stage_id, seed="seed of the test")
    return stage


async def test_many_forms_are_counted_by_criterion(site: Site) -> None:
    stage = await many_forms()
    panel = await panel_of(stage.stage_id, stage.part_ids["A2"])
    for seat in (1, 2):
        await hand_in(panel, seat, await aspect_ids(stage.stage_id, "A2"), ("2",))
    page = await room_of(site, stage)
    assert re.findall(r"\d+ / 份已交，共 \d+", matrix_row(page, "001")) == [
        "2 / 份已交，共 9", "0 / 份已交，共 6", "0 / 份已交，共 6",
    ]  # fmt: skip
    assert ">A2 A2 表<" not in page


async def test_a_criterion_opens_to_its_forms_and_stays_open_while_polling(site: Site) -> None:
    stage = await many_forms()
    page = await room_of(site, stage, "?criterion=B")
    heads = [text_of(head) for head in re.findall(r'<th scope="col".*?</th>', page)]
    assert heads == ["作品号", "B1 B1 表 评判，共 3 席", "B2 B2 表 评判，共 3 席", "合计"]
    assert f'hx-get="/stages/{stage.stage_id}/room/live?criterion=B"' in page
    live = await (await chief_of(site, stage)).get(f"/stages/{stage.stage_id}/room/live?criterion=B")
    assert "B2 B2 表" in live.text


async def test_an_unknown_criterion_shows_them_all(site: Site) -> None:
    stage = await many_forms()
    assert "份已交，共" in await room_of(site, stage, "?criterion=Z")


async def test_few_forms_stand_side_by_side(site: Site) -> None:
    stage, _ = await judged_stage(1, 3)
    page = await room_of(site, stage)
    assert "A1.J 焊缝外观" in page
    assert "份已交，共" not in page


async def test_a_work_of_many_forms_shows_one_criterion_and_keeps_it_from_work_to_work(site: Site) -> None:
    stage = await many_forms()
    chief, blind = await chief_of(site, stage), await blind_of(stage, "001")
    headings = r"<h2>(\w+) \w+ 表</h2>"
    assert re.findall(headings, (await chief.get(f"/numbers/{blind}")).text) == ["P", "A2", "A3"]
    second = (await chief.get(f"/numbers/{blind}?criterion=B")).text
    assert re.findall(headings, second) == ["B1", "B2"]
    assert f'href="/numbers/{await blind_of(stage, "002")}?criterion=B"' in second
    whole = (await chief.get(f"/numbers/{blind}?criterion=all")).text
    assert re.findall(headings, whole) == ["P", "A2", "A3", "B1", "B2", "C1", "C2"]


async def test_the_check_of_a_page_is_one_act_and_comes_back_to_it(site: Site) -> None:
    stage = await many_forms(1)
    for code in ("B1", "B2", "C1"):
        for seat in (1, 2, 3):
            panel = await panel_of(stage.stage_id, stage.part_ids[code])
            await hand_in(panel, seat, await aspect_ids(stage.stage_id, code), ("2",))
    chief, blind = await chief_of(site, stage), await blind_of(stage, "001")
    page = (await chief.get(f"/numbers/{blind}?criterion=B")).text
    tokens = re.findall(r'name="sheet" value="([^"]+)"', page)
    answer = await chief.submit(f"/stages/{stage.stage_id}/check", sheet=tokens, blind=str(blind), criterion="B")
    assert (len(tokens), answer.headers["location"]) == (6, f"/numbers/{blind}?criterion=B")
    assert await Sheet.count().where((Sheet.stage == stage.stage_id) & (Sheet.state == "checked")) == 6


async def test_the_room_and_a_work_cost_the_same_queries_for_two_works_and_nine(site: Site) -> None:
    costs = []
    for make in (many_forms(2), many_forms(9)):
        if costs:
            await _start_again()
        stage = await make
        chief = await chief_of(site, stage)
        before = current_engine().queries
        await chief.get(f"/stages/{stage.stage_id}/room")
        await chief.get(f"/numbers/{await blind_of(stage, '001')}?criterion=all")
        costs.append(current_engine().queries - before)
    assert costs[0] == costs[1]


async def _start_again() -> None:
    """Units and people of a second stage beside the first would be the same ones."""
    async with write(SYSTEM) as change:
        for table, column in ((Person, Person.id_digest), (Unit, Unit.credit_code)):
            for row in await table.select(table.id):
                await table.update({column: f"moved-{row['id']}"}).where(table.id == row["id"])
        await change.record("test.moved", "person")


async def test_an_unchanged_big_room_is_answered_without_its_marks(site: Site) -> None:
    stage = await many_forms(3)
    chief = await chief_of(site, stage)
    address = f"/stages/{stage.stage_id}/room/live?criterion=A"
    tag = (await chief.get(address)).headers["etag"]
    before = current_engine().queries
    assert (await chief.get(address, headers={"If-None-Match": tag})).status_code == 304
    assert current_engine().queries - before <= 15


# Layers


async def layered_stage(contestants: int = 2) -> MarkingStage:
    """A form in each of three layers, all drawn and marked: 6, 7, 8 by the judges in every form."""
    stage = await seated_stage(contestants, 3, scheme=LAYERED, layers=(Layer.CONTEST, Layer.NUMBER, Layer.REVIEW))
    for layer in (Layer.CONTEST, Layer.NUMBER, Layer.REVIEW):
        await marking.draw_numbers(SYSTEM, stage.stage_id, seed=f"seed of {layer}", layer=layer)
    for code in ("K", "P", "R"):
        panel = await panel_of(stage.stage_id, stage.part_ids[code])
        for seat, value in ((1, "6"), (2, "7"), (3, "8")):
            for place in range(contestants):
                await hand_in(panel, seat, await aspect_ids(stage.stage_id, code), (value,), place)
    return stage


async def test_each_layer_has_its_table_and_nothing_joins_them(site: Site) -> None:
    stage = await layered_stage()
    tables = (await load_room(stage.stage_id)).tables
    assert [[row.label for row in table.rows] for table in tables] == [
        ["C001", "C002"], ["001", "002"], ["R001", "R002"],
    ]  # fmt: skip
    assert [[part.code for part in table.parts] for table in tables] == [["K"], ["P"], ["R"]]
    # 7 of 10 on average: 14 of 20, 28 of 40
    assert [[row.total for row in table.rows] for table in tables] == [["14.00"] * 2, ["28.00"] * 2, ["28.00"] * 2]
    assert not any(table.whole for table in tables)
    page = await room_of(site, stage)
    assert page.count("本层小计</th>") == 3
    assert "合计</th>" not in page


async def test_progress_counts_the_sheets_of_all_layers(database: object) -> None:
    stage = await layered_stage()
    room = await load_room(stage.stage_id)
    assert (room.progress.sheets, room.progress.submitted, room.standing, room.works) == (18, 18, 2, 2)


async def test_after_every_reveal_each_number_has_the_total(site: Site) -> None:
    stage = await layered_stage()
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    await marking.lock_stage(chief, stage.stage_id)
    await reveal_all(stage)
    tables = (await load_room(stage.stage_id)).tables
    assert {row.total for table in tables for row in table.rows} == {"70.00"}
    assert all(table.whole for table in tables)


@pytest.mark.parametrize(("label", "form"), [("C001", "K"), ("001", "P"), ("R002", "R")])
async def test_a_number_shows_the_forms_of_its_layer_only(site: Site, label: str, form: str) -> None:
    stage = await layered_stage()
    page = (await (await chief_of(site, stage)).get(f"/numbers/{await blind_of(stage, label)}")).text
    assert re.findall(r"<h2>(\w+) \w+ 表</h2>", page) == [form]
    assert set(re.findall(r"\b[CR]?00[12]\b", text_of(page))) == {label}


# Penalties and bonuses


async def penalised(stage: MarkingStage, label: str = "001") -> None:
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    draft = AdjustmentDraft(await blind_of(stage, label), AdjustmentKind.PENALTY, Decimal("2.5"), "超时", "高平")
    await adjust(chief, stage.stage_id, draft)


async def test_a_penalty_is_in_the_total_and_on_the_page_of_the_work(site: Site) -> None:
    stage = await drawn_stage(2, 3)
    await mark_all(stage)
    await import_theory(stage)
    await penalised(stage)
    page = await room_of(site, stage)
    # 20 + 20 + 31 = 71; 0.3 × 80 + 0.7 × 71 = 73.7
    assert matrix_row(page, "001").endswith("奖惩 −2.5 71.20")
    assert matrix_row(page, "002").endswith("73.70")
    work = (await (await chief_of(site, stage)).get(f"/numbers/{await blind_of(stage, '001')}")).text
    assert "违规扣分 −2.5 超时 高平 徐铁军" in section_of(work, "adjustments")


async def test_under_the_number_of_another_layer_a_penalty_gives_nobody_away(site: Site) -> None:
    stage = await layered_stage(1)
    await penalised(stage)
    tables = (await load_room(stage.stage_id)).tables
    assert [(row.adjustment, row.total) for table in tables for row in table.rows] == [
        (None, "14.00"), (Decimal("-2.5"), "28.00"), (None, "28.00"),
    ]  # fmt: skip
    page = (await (await chief_of(site, stage)).get(f"/numbers/{await blind_of(stage, 'R001')}")).text
    assert "超时" not in page


# One work


async def test_marks_stand_beside_what_they_earn_and_the_panel_has_its_figure(site: Site) -> None:
    stage, panels = await judged_stage(1, 3)
    judged, measured = await aspect_ids(stage.stage_id, "A1.J"), await aspect_ids(stage.stage_id, "A1.M")
    for seat, values in ((1, ("1", "2", "3")), (2, ("2", "2", "3")), (3, ("2", "3", "3"))):
        await hand_in(panels["A1.J"], seat, judged, values)
    measures = ("0.5", "1", "1", "5", "2", "1.8", "120")
    for seat in (1, 2):
        await hand_in(panels["A1.M"], seat, measured, measures, sign=seat == 1)
    await hand_in(panels["A1.M"], 3, {"A1.17": measured["A1.17"]}, ("120",), sign=False)
    page = (await (await chief_of(site, stage)).get(f"/numbers/{await blind_of(stage, '001')}")).text
    found = [text_of(row) for row in re.findall(r'<tr><th scope="row">.*?</tr>', page, re.DOTALL)]
    rows = {row.split()[0]: row for row in found}
    # 1, 2, 2 of 3: mean 1.667 / 3 × 1.5 = 0.83; alone 0.50 and 1.00
    assert rows["A1.01"].endswith("1 得 0.50 2 得 1.00 2 得 1.00 0.83")
    # five of six: 1.25; the second choice costs 0.3; 1.8 lies in the band of 0.6
    assert "5 / 6 得 1.25" in rows["A1.14"]
    assert "3–5° 得 0.70" in rows["A1.15"]
    assert rows["A1.16"].endswith("1.8 得 0.60 1.8 得 0.60 — 未录 —")
    # All three have entered it and one has handed in: no figure yet
    assert rows["A1.17"].endswith("120 得 2.00 120 得 2.00 120 得 2.00 —")
    assert all(text in page for text in TEXTS["A1.02"])


async def test_every_revision_is_there_with_who_and_why(site: Site) -> None:
    stage = await drawn_stage(1, 3)
    await mark_all(stage)
    await import_theory(stage)
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    await marking.lock_stage(chief, stage.stage_id)
    [sheet] = await sheets_of(stage.panel_id, 2)
    aspect = (await aspect_ids(stage.stage_id))["A"]
    await marking.correct_mark(chief, str(sheet["token"]), aspect, "21.5", "录入笔误", 1)
    page = (await (await chief_of(site, stage)).get(f"/numbers/{await blind_of(stage, '001')}")).text
    [history] = re.findall(r'<details class="history">.*?</details>', page, re.DOTALL)
    judge = (await judge_actor(stage.panel_id, 2)).name
    first, second = [text_of(item) for item in re.findall(r"<li>.*?</li>", history, re.DOTALL)]
    assert first.startswith(f"20 {judge}")
    assert second.startswith("20 → 21.5 徐铁军")
    assert second.endswith("录入笔误")
    assert "核对 万里" in text_of(page)


async def test_a_refused_correction_is_shown_again_with_what_was_typed(site: Site) -> None:
    stage = await drawn_stage(1, 3)
    await mark_all(stage)
    await import_theory(stage)
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    actor = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    await marking.sign_stage(actor, stage.stage_id, SIGNATURE)
    await marking.lock_stage(actor, stage.stage_id)
    chief = await chief_of(site, stage)
    [sheet] = await sheets_of(stage.panel_id, 2)
    aspect = (await aspect_ids(stage.stage_id))["A"]
    address = f"/sheets/{sheet['token']}/marks/{aspect}/correction"
    answer = await chief.submit(address, value="21.25", reason="看错一行", number="1")
    [opened] = re.findall(r'<details class="correction" open>.*?</details>', answer.text, re.DOTALL)
    assert answer.status_code == 422
    wanted = ('value="21.25"', 'value="看错一行"', "21.25 不合步长 0.5")
    assert [part in opened for part in wanted] == [True] * 3


# The judges beside each other


async def test_the_analysis_is_for_the_chief_judge_the_supervisor_and_the_bureau(site: Site) -> None:
    stage = await drawn_stage(2, 3)
    address = f"/stages/{stage.stage_id}/analysis"
    scopes = {Role.CHIEF_JUDGE: stage.skill_id, Role.SUPERVISOR: stage.contest_id, Role.BUREAU: 0}
    for role, scope in scopes.items():
        assert (await (await site.sign_in(role, scope)).get(address)).status_code == 200
    for role, scope in ((Role.SCORE_CLERK, stage.contest_id), (Role.CHIEF_JUDGE, stage.skill_id + 1)):
        assert (await (await site.sign_in(role, scope)).get(address)).status_code == 403


async def test_the_analysis_names_judges_and_no_contestant(site: Site) -> None:
    stage = await drawn_stage(3, 3)
    await mark_all(stage, {1: ("25", "25", "38")})
    await import_theory(stage)
    supervisor = await site.sign_in(Role.SUPERVISOR, stage.contest_id)
    page = (await supervisor.get(f"/stages/{stage.stage_id}/analysis")).text
    assert (await judge_actor(stage.panel_id, 1)).name in page
    assert [word for word in LEAKS if word in page] == []


async def test_a_judge_who_leans_is_pointed_out_in_the_table_and_the_drawing(site: Site) -> None:
    stage = await drawn_stage(4, 3)
    await mark_all(stage, {1: ("26", "26", "38"), 2: ("20", "20", "30"), 3: ("20", "20", "30")})
    # A and B 6 of 30 above both others, C 8 of 40: 20 % everywhere; 12 marks
    [first, *_] = (await load_analysis(stage.stage_id, may_know_names=False)).judges
    assert first.pattern is not None
    assert (first.pattern.marks, first.pattern.bias, first.pattern.scatter) == (12, Decimal(20), Decimal(0))
    page = (await (await chief_of(site, stage)).get(f"/stages/{stage.stage_id}/analysis")).text
    assert "12 +20 0" in text_of(page)
    assert "偏高" in text_of(page)
    assert page.count("dev__bad") == 3  # the two others lie 10 % below


async def test_what_is_pointed_out_is_what_the_procedure_says(site: Site) -> None:
    stage = await drawn_stage(4, 3)
    # Of 5 % in aspect C alone, and nothing in A and B: on average 1.67 %; 33 and 31 lie 2 of 40 apart
    await mark_all(stage, {1: ("20", "20", "33"), 2: ("20", "20", "31"), 3: ("20", "20", "31")})
    chief = await chief_of(site, stage)

    async def pointed_out() -> tuple[bool, bool]:
        analysis = (await chief.get(f"/stages/{stage.stage_id}/analysis")).text
        first = (await BlindNumber.select(BlindNumber.id).where(BlindNumber.label == "001").first() or {})["id"]
        return "偏高" in text_of(analysis), "mark is-out" in (await chief.get(f"/numbers/{first}")).text

    assert await pointed_out() == (False, False)
    await procedure_says(("judge_bias_percent", 1), ("outlier_percent", 3))
    assert await pointed_out() == (True, True)
    await procedure_says(("judge_bias_percent", 1), ("outlier_percent", 3), ("judge_least_marks", 13))
    assert (await pointed_out())[0] is False


async def test_measurements_are_not_compared(database: object) -> None:
    stage, panels = await judged_stage(1, 3)
    for seat in (1, 2, 3):
        await hand_in(panels["A1.M"], seat, await aspect_ids(stage.stage_id, "A1.M"), MEASURED)
    assert (await load_analysis(stage.stage_id, may_know_names=False)).compared == 0


async def test_leaving_a_judge_out_says_how_many_ranks_would_change(database: object) -> None:
    stage = await drawn_stage(2, 4)
    aspects = await aspect_ids(stage.stage_id)
    await import_theory(stage)
    # Highest and lowest are dropped: of 30 30 31 40 the 30 and 31, of 30 31 32 20 the 30 and 31. Without the third
    # judge, who marked 31 and 32, the first work has 30, the second 30; without the fourth 30 and 31 as before.
    first, second = ("30", "30", "31", "40"), ("30", "31", "32", "20")
    for seat in (1, 2, 3, 4):
        await hand_in(stage.panel_id, seat, aspects, ("20", "20", first[seat - 1]))
        await hand_in(stage.panel_id, seat, aspects, ("20", "20", second[seat - 1]), place=1)
    analysis = await load_analysis(stage.stage_id, may_know_names=False)
    totals = [scores.total for scores in await marking.entry_scores(stage.stage_id)]
    assert (analysis.standing, len(set(totals))) == (2, 1)  # both stand at 30.5: rank 1 and 1
    # without 1: 30 31 40 -> 31; 31 32 20 -> 31. Without 2: 31; 30. Without 3: 30; 30. Without 4: 30; 31
    assert [judge.changed for judge in analysis.judges] == [0, 1, 0, 1]


async def test_a_panel_too_small_without_a_judge_has_no_answer(database: object) -> None:
    stage = await drawn_stage(2, 3)
    await mark_all(stage)
    await import_theory(stage)
    # one highest and one lowest are dropped: of two marks nothing is left
    assert [judge.changed for judge in (await load_analysis(stage.stage_id, may_know_names=False)).judges] == [None] * 3


async def at_home(stage: MarkingStage, contestants: Sequence[int], judge: int) -> None:
    """A judge and some of the contestants of one district."""
    async with write(SYSTEM) as change:
        [district] = await District.insert(District(name="测试区"))
        units = [stage.unit_ids[place] for place in contestants] + [stage.unit_ids[len(stage.entry_ids) + judge]]
        await Unit.update({Unit.district: district["id"]}).where(Unit.id.is_in(units))
        await change.record("test.moved", "unit")


async def favoured(stage: MarkingStage) -> None:
    """The first judge gives contestants 0 to 3 all there is, of whom none is of another district, and the others 20."""
    await at_home(stage, range(4), 0)
    aspects = await aspect_ids(stage.stage_id)
    for seat in (1, 2, 3):
        for place, sheet in enumerate(await sheets_of(stage.panel_id, seat)):
            high = seat == 1 and sheet["entry"] in stage.entry_ids[:4]
            await hand_in(stage.panel_id, seat, aspects, ("26", "26", "38") if high else ("20", "20", "30"), place)


async def test_who_favours_the_own_delegation_is_shown_to_who_may_know_names(site: Site) -> None:
    stage = await drawn_stage(6, 3)
    await favoured(stage)
    [home] = [judge.home for judge in (await load_analysis(stage.stage_id, may_know_names=True)).judges if judge.home]
    assert (home.works, home.home_marks, home.away_marks) == (4, 12, 6)
    assert (home.home, home.away, home.suspicious) == (Decimal(20), Decimal(0), True)
    address = f"/stages/{stage.stage_id}/analysis"
    for role, scope in ((Role.SUPERVISOR, stage.contest_id), (Role.BUREAU, 0)):
        assert "偏向本代表队" in (await (await site.sign_in(role, scope)).get(address)).text


async def test_contestants_of_the_own_unit_are_the_own_too(database: object) -> None:
    stage = await drawn_stage(2, 3)
    await mark_all(stage)
    await move_person(stage.judge_ids[1], stage.unit_ids[0])  # changed schools after the draw
    homes = [judge.home for judge in (await load_analysis(stage.stage_id, may_know_names=True)).judges]
    assert [home and home.works for home in homes] == [None, 1, None]


async def test_the_chief_judge_learns_it_only_after_the_reveal(site: Site) -> None:
    stage = await drawn_stage(6, 3)
    await favoured(stage)
    address, chief = f"/stages/{stage.stage_id}/analysis", await chief_of(site, stage)
    before = (await chief.get(address)).text
    assert ("偏向本代表队" in before, "解密后裁判长方可查看" in before) == (False, True)
    await import_theory(stage)
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    actor = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    await marking.sign_stage(actor, stage.stage_id, SIGNATURE)
    await marking.lock_stage(actor, stage.stage_id)
    assert "偏向本代表队" not in (await chief.get(address)).text
    await reveal_all(stage)
    assert "偏向本代表队" in (await chief.get(address)).text
