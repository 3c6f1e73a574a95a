"""Preparing and closing a stage: scheme, panels, draw, second check, signature, lock, reveal, corrections, imports."""

import asyncio
import io
from decimal import Decimal

import msgspec
import openpyxl
import pytest

from competition.accounts.kinds import Role
from competition.accounts.tables import RoleGrant
from competition.audit.write import SYSTEM, Actor
from competition.contests.service import SessionDraft, add_session
from competition.contests.tables import StageSession
from competition.database.connection import Engine
from competition.entries import service as entries
from competition.entries.kinds import Attendance
from competition.marking import service as marking
from competition.marking.rules.draw import draw
from competition.marking.service import SeatDraft
from competition.marking.service.imports import import_part
from competition.marking.service.sheets import check_sheets
from competition.marking.tables import BlindNumber, Draw, ImportedScore, Mark, Panel, PanelSeat, Scheme, Sheet
from competition.problems import Problem, Refused, Stale
from tests.conftest import Site
from tests.marking_stage import (
    SCHEME,
    SIGNATURE,
    MarkingStage,
    aspect_ids,
    check_all,
    drawn_stage,
    id_number,
    import_theory,
    judge_actor,
    labels_of,
    make_judge,
    mark_all,
    official,
    reveal_all,
    seated_stage,
    sheets_of,
    stage_state,
)


def texts(refused: Refused) -> list[str]:
    return [str(problem) for problem in refused.problems]


async def complete(stage: MarkingStage) -> Actor:
    """Everything up to the signature; the chief judge."""
    await mark_all(stage)
    await import_theory(stage)
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    return await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")


async def locked(stage: MarkingStage) -> Actor:
    chief = await complete(stage)
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    await marking.lock_stage(chief, stage.stage_id)
    return chief


# The scheme


async def test_a_scheme_is_saved_in_versions_and_the_panel_stays_seated(database: Engine) -> None:
    stage = await seated_stage(2)
    await marking.save_scheme(SYSTEM, stage.stage_id, SCHEME)
    rows = await Scheme.select(Scheme.number, Scheme.current).where(Scheme.stage == stage.stage_id).order_by(Scheme.id)
    assert rows == [{"number": 1, "current": False}, {"number": 2, "current": True}]
    scheme = await marking.load_scheme(stage.stage_id)
    panel = await Panel.select(Panel.part).where(Panel.id == stage.panel_id).first()
    assert scheme is not None
    assert panel == {"part": scheme.panel_parts[0].id}


async def test_of_two_who_edit_the_scheme_the_second_is_told(database: Engine) -> None:
    stage = await seated_stage(2)
    await marking.save_scheme(SYSTEM, stage.stage_id, SCHEME, expected=1)
    with pytest.raises(Stale):
        await marking.save_scheme(SYSTEM, stage.stage_id, SCHEME, expected=1)


async def test_a_drawn_scheme_is_frozen(database: Engine) -> None:
    stage = await drawn_stage(2)
    with pytest.raises(Refused, match="抽签后评分标准已冻结"):
        await marking.save_scheme(SYSTEM, stage.stage_id, SCHEME)


async def test_an_imported_score_keeps_the_scheme(database: Engine) -> None:
    stage = await seated_stage(2)
    await import_theory(stage)
    with pytest.raises(Refused, match="已有导入成绩"):
        await marking.save_scheme(SYSTEM, stage.stage_id, SCHEME)


SCHEME_FORM = {
    "version": "1", "parts": "1", "part-0-code": "P", "part-0-name": "实操", "part-0-source": "panel",
    "part-0-weight": "100", "part-0-maximum": "10", "part-0-aggregation": "mean", "part-0-drop_highest": "0",
    "part-0-drop_lowest": "0", "part-0-digits": "2", "part-0-aspects": "1", "part-0-aspect-0-code": "A",
    "part-0-aspect-0-title": "工艺", "part-0-aspect-0-maximum": "10", "part-0-aspect-0-step": "0.5",
}  # fmt: skip


async def test_the_editor_saves_a_new_version(site: Site) -> None:
    stage = await seated_stage(2)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    answer = await organiser.submit(f"/stages/{stage.stage_id}/scheme", **SCHEME_FORM)
    scheme = await marking.load_scheme(stage.stage_id)
    assert answer.status_code == 303
    assert scheme is not None
    assert (scheme.number, [part.code for part in scheme.parts]) == (2, ["P"])


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("part-0-weight", "90", "各部分权重合计应为 100，现为 90"),
        ("part-0-weight", "33.33333", "最多四位小数"),
        ("part-0-aspect-0-step", "3", "A 的步长 3 不能整除满分 10"),
        ("part-0-aspect-0-maximum", "9", "P 各评分项满分合计 9，与满分 10 不符"),
        ("part-0-drop_highest", "1", "平均分和中位数不去分"),
        ("part-0-aspects", "0", "P 由裁判评分，至少设一个评分项"),
        ("part-0-aspect-0-title", "", "此项必填"),
    ],
)
async def test_a_wrong_scheme_is_shown_again_with_what_was_typed(site: Site, field: str, value: str, said: str) -> None:
    stage = await seated_stage(2)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    answer = await organiser.submit(f"/stages/{stage.stage_id}/scheme", **(SCHEME_FORM | {field: value}))
    assert (answer.status_code, said in answer.text) == (422, True)
    assert 'value="实操"' in answer.text


async def test_rows_are_added_and_removed_without_saving(site: Site) -> None:
    stage = await seated_stage(2)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    answer = await organiser.submit(f"/stages/{stage.stage_id}/scheme", **SCHEME_FORM, do="add_aspect-0")
    assert 'name="part-0-aspect-1-code"' in answer.text
    answer = await organiser.submit(f"/stages/{stage.stage_id}/scheme", **SCHEME_FORM, do="remove_aspect-0-0")
    assert 'name="part-0-aspect-0-code"' not in answer.text
    assert await Scheme.count().where(Scheme.stage == stage.stage_id) == 1


# Panels


async def test_seats_bring_accounts_and_the_role_on_the_panel(database: Engine) -> None:
    stage = await seated_stage(2, 5)
    grants = await RoleGrant.select(RoleGrant.scope_id).where(
        (RoleGrant.role == Role.JUDGE.value) & RoleGrant.revoked_at.is_null()
    )
    assert [grant["scope_id"] for grant in grants] == [stage.panel_id] * 5


async def test_who_is_no_longer_seated_loses_the_role(database: Engine) -> None:
    stage = await seated_stage(2, 5)
    await marking.set_panel(SYSTEM, stage.part_ids["P"], "新组", [SeatDraft(person) for person in stage.judge_ids[:4]])
    held = (RoleGrant.role == Role.JUDGE.value) & RoleGrant.revoked_at.is_null()
    assert await RoleGrant.count().where(held) == 4
    assert await PanelSeat.count().where(PanelSeat.panel == stage.panel_id) == 4


async def test_a_seat_needs_somebody_of_the_judges_pool(database: Engine) -> None:
    stage = await seated_stage(2)
    with pytest.raises(Refused) as refused:
        await marking.set_panel(SYSTEM, stage.part_ids["P"], "组", [SeatDraft(999999), SeatDraft(stage.judge_ids[0])])
    assert refused.value.problems == (Problem("不在裁判员库中；先在人才库登记为裁判员", "seat-0"),)


async def test_nobody_sits_twice_or_as_trainee_and_substitute(database: Engine) -> None:
    stage = await seated_stage(2)
    first, second = stage.judge_ids[:2]
    with pytest.raises(Refused) as refused:
        await marking.set_panel(
            SYSTEM, stage.part_ids["P"], "组",
            [SeatDraft(first), SeatDraft(first), SeatDraft(second, trainee=True, substitute=True)],
        )  # fmt: skip
    assert [problem.field for problem in refused.value.problems] == ["seat-1", "seat-2"]


async def test_a_panel_is_not_reseated_after_the_draw(database: Engine) -> None:
    stage = await drawn_stage(2)
    with pytest.raises(Refused, match="抽签后裁判组不再调整"):
        await marking.set_panel(SYSTEM, stage.part_ids["P"], "组", [SeatDraft(stage.judge_ids[0])])


# The draw


async def test_the_draw_can_be_redone_by_anybody_with_the_seed(database: Engine) -> None:
    stage = await drawn_stage(6)
    rows = (
        await BlindNumber.select(BlindNumber.entry)
        .where(BlindNumber.stage == stage.stage_id)
        .order_by(BlindNumber.number)
    )
    assert [row["entry"] for row in rows] == draw("seed of the test", stage.entry_ids)


async def test_ids_of_numbers_and_sheets_follow_the_numbers(database: Engine) -> None:
    stage = await drawn_stage(6)
    numbers = (
        await BlindNumber.select(BlindNumber.number).where(BlindNumber.stage == stage.stage_id).order_by(BlindNumber.id)
    )
    sheets = await Sheet.select(Sheet.blind.number.as_alias("number")).order_by(Sheet.id)
    assert [row["number"] for row in numbers] == [1, 2, 3, 4, 5, 6]
    assert [row["number"] for row in sheets] == sorted(row["number"] for row in sheets)


async def test_sessions_and_stations_are_filled_in_the_order_of_the_lot(database: Engine) -> None:
    stage = await seated_stage(5)
    for stations in (3, 2):
        await add_session(SYSTEM, stage.stage_id, SessionDraft(venue="A 馆", stations=stations))
    await marking.draw_numbers(SYSTEM, stage.stage_id)
    rows = await BlindNumber.select(BlindNumber.session.number.as_alias("session"), BlindNumber.station).order_by(
        BlindNumber.number
    )
    assert [(row["session"], row["station"]) for row in rows] == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]


async def test_too_few_stations_are_refused_by_number(database: Engine) -> None:
    stage = await seated_stage(5)
    await add_session(SYSTEM, stage.stage_id, SessionDraft(venue="A 馆", stations=3))
    with pytest.raises(Refused) as refused:
        await marking.draw_numbers(SYSTEM, stage.stage_id)
    assert texts(refused.value) == ["工位共 3 个，少于选手 5 名；增加场次或工位"]
    assert (await stage_state(stage.stage_id), await Draw.count()) == ("placed", 0)
    assert await StageSession.count() == 1


async def test_a_judge_who_coaches_gets_no_sheet_and_the_substitute_does(database: Engine) -> None:
    stage = await drawn_stage(4, 5, substitutes=1, coached=True)
    coached = stage.entry_ids[0]
    assert coached not in [sheet["entry"] for sheet in await sheets_of(stage.panel_id, 1)]
    assert [sheet["entry"] for sheet in await sheets_of(stage.panel_id, 6)] == [coached]


async def test_a_panel_too_small_for_its_drops_is_refused_without_naming_anybody(database: Engine) -> None:
    stage = await seated_stage(3, 3, coached=True)
    with pytest.raises(Refused) as refused:
        await marking.draw_numbers(SYSTEM, stage.stage_id)
    assert texts(refused.value) == ["实操：1 名选手只有 2 名裁判可评，去掉 1 高 1 低后不足；增派裁判或替补"]


async def test_the_absent_take_no_part_in_the_draw(database: Engine) -> None:
    stage = await seated_stage(3)
    await entries.attend(SYSTEM, stage.stage_id, {stage.entry_ids[0]: Attendance.ABSENT})
    await marking.draw_numbers(SYSTEM, stage.stage_id)
    assert sorted(await labels_of(stage.stage_id)) == sorted(stage.entry_ids[1:])


async def test_a_stage_is_drawn_once(database: Engine) -> None:
    stage = await seated_stage(3)
    results = await asyncio.gather(
        *[marking.draw_numbers(SYSTEM, stage.stage_id) for _ in range(3)], return_exceptions=True
    )
    assert sum(isinstance(result, int) for result in results) == 1
    assert sum(isinstance(result, Refused) for result in results) == 2
    with pytest.raises(Refused, match="本阶段已抽签"):
        await marking.draw_numbers(SYSTEM, stage.stage_id)


# Scores


async def test_totals_drop_the_highest_and_the_lowest_and_weigh_the_parts(database: Engine) -> None:
    stage = await drawn_stage(2)
    await mark_all(stage)
    await import_theory(stage, "85")
    # seats 1–5 give C 30.5, 31, 31.5, 32, 32.5: 31.5; practice 20 + 20 + 31.5 = 71.5; 0.3 × 85 + 0.7 × 71.5 = 75.55
    scores = await marking.entry_scores(stage.stage_id)
    assert [(row.parts, row.total) for row in scores] == [
        ({"T": Decimal(85), "P": Decimal("71.50")}, Decimal("75.55"))
    ] * 2


async def test_a_sheet_not_handed_in_makes_no_score(database: Engine) -> None:
    stage = await drawn_stage(1)
    await mark_all(stage)
    await import_theory(stage)
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    [sheet] = await sheets_of(stage.panel_id, 3)
    await marking.return_sheet(chief, str(sheet["token"]), "漏看细则")
    [row] = await marking.entry_scores(stage.stage_id)
    assert (row.parts["P"], row.total) == (None, None)


async def test_trainees_never_count(database: Engine) -> None:
    stage = await drawn_stage(1, 5, trainees=1)
    await mark_all(stage, {6: ("0", "0", "0")})
    [row] = await marking.entry_scores(stage.stage_id)
    assert row.parts["P"] == Decimal("71.50")


async def test_the_absent_have_no_score_even_with_marks(database: Engine) -> None:
    stage = await drawn_stage(2)
    await mark_all(stage)
    await import_theory(stage)
    await entries.attend(SYSTEM, stage.stage_id, {stage.entry_ids[0]: Attendance.ABSENT})
    assert [row.total is None for row in await marking.entry_scores(stage.stage_id)] == [True, False]


# Check, signature, lock


async def test_the_judge_is_not_the_second_person(database: Engine) -> None:
    stage = await drawn_stage(1)
    await mark_all(stage)
    judge = msgspec.structs.replace(await judge_actor(stage.panel_id), role="chief_judge")
    [sheet] = await sheets_of(stage.panel_id)
    with pytest.raises(Refused, match="第二人"):
        await check_sheets(judge, [str(sheet["token"])])


async def test_a_clerk_of_another_stage_checks_nothing_here(site: Site) -> None:
    stage = await drawn_stage(1)
    await mark_all(stage)
    [sheet] = await sheets_of(stage.panel_id)
    clerk = await site.sign_in(Role.SCORE_CLERK, stage.contest_id)
    with pytest.raises(Exception, match="sheet"):
        await check_sheets(await official(Role.SCORE_CLERK, 1, "别处"), [str(sheet["token"])], stage.stage_id + 1)
    answer = await clerk.submit(f"/stages/{stage.stage_id}/check", sheet=str(sheet["token"]))
    assert answer.status_code == 303
    assert (await sheets_of(stage.panel_id))[0]["state"] == "checked"


async def test_a_returned_sheet_is_open_again_with_the_reason_on_it(site: Site) -> None:
    stage = await drawn_stage(1)
    await mark_all(stage)
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    [sheet] = await sheets_of(stage.panel_id)
    await chief.submit(f"/sheets/{sheet['token']}/return", reason="")
    assert (await sheets_of(stage.panel_id))[0]["state"] == "submitted"
    await chief.submit(f"/sheets/{sheet['token']}/return", reason="漏看细则")
    actor = await judge_actor(stage.panel_id)
    assert actor.user_id is not None
    judge = await site.sign_in_as(actor.user_id)
    assert "裁判长退回：漏看细则" in (await judge.get(f"/sheets/{sheet['token']}")).text


async def test_the_lock_says_everything_that_is_missing(database: Engine) -> None:
    stage = await drawn_stage(2)
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    await entries.attend(SYSTEM, stage.stage_id, {stage.entry_ids[0]: Attendance.EXPECTED})
    with pytest.raises(Refused) as refused:
        await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    assert texts(refused.value) == ["1 名选手未检录，也未记缺席", "10 份评分表未提交", "理论 缺 2 名选手的成绩"]
    with pytest.raises(Refused, match="裁判长签字后才能锁定"):
        await marking.lock_stage(chief, stage.stage_id)


async def test_sheets_of_the_absent_are_not_waited_for(database: Engine) -> None:
    stage = await drawn_stage(2)
    await entries.attend(SYSTEM, stage.stage_id, {stage.entry_ids[0]: Attendance.ABSENT})
    label = (await labels_of(stage.stage_id))[stage.entry_ids[0]]
    aspects = await aspect_ids(stage.stage_id)
    for seat in range(1, 6):
        actor = await judge_actor(stage.panel_id, seat)
        [sheet] = [row for row in await sheets_of(stage.panel_id, seat) if row["label"] != label]
        await marking.save_marks(actor, int(str(sheet["id"])), {aspect: Decimal(20) for aspect in aspects.values()})
        await marking.submit_sheet(actor, str(sheet["token"]), SIGNATURE)
    await marking.import_scores(SYSTEM, stage.part_ids["T"], {stage.entry_ids[1]: Decimal(80)}, "测试")
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    await marking.lock_stage(chief, stage.stage_id)
    states = {row["label"]: row["state"] for row in await sheets_of(stage.panel_id)}
    assert (states.pop(label), set(states.values())) == ("void", {"locked"})


async def test_two_chief_judges_who_lock_at_once_lock_once(database: Engine) -> None:
    stage = await drawn_stage(2)
    chief = await complete(stage)
    other = await official(Role.CHIEF_JUDGE, stage.skill_id, "另一裁判长")
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    results = await asyncio.gather(
        marking.lock_stage(chief, stage.stage_id), marking.lock_stage(other, stage.stage_id), return_exceptions=True
    )
    assert sum(result is None for result in results) == 1
    [refused] = [result for result in results if isinstance(result, Refused)]
    assert texts(refused)[0].endswith("已锁定本阶段")
    assert await stage_state(stage.stage_id) == "locked"


async def test_after_the_signature_no_score_is_imported(database: Engine) -> None:
    stage = await drawn_stage(2)
    chief = await complete(stage)
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    with pytest.raises(Refused, match="裁判长已签字"):
        await import_theory(stage, "90")


async def test_names_are_revealed_only_after_the_lock(database: Engine) -> None:
    stage = await drawn_stage(2)
    with pytest.raises(Refused, match="锁定后才能解密"):
        await reveal_all(stage)
    await locked(stage)
    assert not await marking.numbers_revealed(stage.stage_id)
    await reveal_all(stage)
    assert await marking.numbers_revealed(stage.stage_id)


async def test_a_locked_mark_is_corrected_with_a_reason_as_a_revision(site: Site) -> None:
    stage = await drawn_stage(1)
    await locked(stage)
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    [sheet] = await sheets_of(stage.panel_id)
    aspect = (await aspect_ids(stage.stage_id))["A"]
    address = f"/sheets/{sheet['token']}/marks/{aspect}/correction"
    assert (await chief.submit(address, value="25", reason="", number="1")).status_code == 422
    assert (await chief.submit(address, value="99", reason="录入笔误", number="1")).status_code == 422
    assert (await chief.submit(address, value="25", reason="录入笔误", number="1")).status_code == 303
    rows = (
        await Mark.select(Mark.value, Mark.current, Mark.reason)
        .where(Mark.aspect == aspect)
        .where(Mark.sheet == sheet["id"])
        .order_by(Mark.id)
    )
    assert rows == [
        {"value": 200000, "current": False, "reason": ""}, {"value": 250000, "current": True, "reason": "录入笔误"},
    ]  # fmt: skip


async def test_an_open_sheet_is_not_corrected_by_the_chief_judge(database: Engine) -> None:
    stage = await drawn_stage(1)
    [sheet] = await sheets_of(stage.panel_id)
    aspect = (await aspect_ids(stage.stage_id))["A"]
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    with pytest.raises(marking.SheetClosed):
        await marking.correct_mark(chief, str(sheet["token"]), aspect, "25", "笔误", 0)
    assert await Mark.count() == 0


# Substitutes during marking


async def test_a_recusal_without_a_substitute_blocks_the_lock_until_one_is_added(database: Engine) -> None:
    stage = await drawn_stage(2, 3, substitutes=0)
    actor = await judge_actor(stage.panel_id)
    sheet = (await sheets_of(stage.panel_id))[0]
    await marking.recuse(actor, str(sheet["token"]), "亲属")
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")
    with pytest.raises(Refused) as refused:
        await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    assert "1 件作品的裁判人数不足，补派替补裁判" in texts(refused.value)
    judge = await make_judge(900, stage.unit_ids[2])
    await marking.add_substitute(SYSTEM, stage.panel_id, SeatDraft(judge))
    assert await marking.fill_gaps(SYSTEM, stage.panel_id) == 1
    assert [row["label"] for row in await sheets_of(stage.panel_id, 4)] == [sheet["label"]]


# Imports


def workbook(*rows: tuple[object, ...], headings: tuple[str, ...] = ("参赛号", "证件号码", "成绩")) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(headings)
    for row in rows:
        page.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


async def upload(site: Site, stage: MarkingStage, content: bytes) -> tuple[int, str]:
    clerk = await site.sign_in(Role.SCORE_CLERK, stage.contest_id)
    answer = await clerk.post(
        f"/parts/{stage.part_ids['T']}/scores/upload",
        files={"file": ("理论.xlsx", content)}, data={"_csrf": clerk.csrf},
    )  # fmt: skip
    return answer.status_code, answer.text


async def test_a_workbook_brings_scores_by_number_or_id(site: Site) -> None:
    stage = await seated_stage(3)
    status, _text = await upload(site, stage, workbook((1, None, 88), (None, id_number(1), "91.5"), ("3", None, None)))
    assert status == 303
    rows = await ImportedScore.select(ImportedScore.entry, ImportedScore.value).order_by(ImportedScore.entry)
    assert [(row["entry"], row["value"]) for row in rows] == [
        (stage.entry_ids[0], 880000), (stage.entry_ids[1], 915000),
    ]  # fmt: skip


async def test_every_error_of_a_workbook_is_shown_at_its_row_and_nothing_is_saved(site: Site) -> None:
    stage = await seated_stage(3)
    status, text = await upload(
        site,
        stage,
        workbook((1, None, 101), (9, None, 80), (2, "110105194912310021", 80), (1, None, 70), (3, None, "缺考")),
    )
    said = [
        "101 超过满分 100",
        "参赛号不在本阶段名单中",
        "证件号码不在本阶段名单中",
        "与第 2 行是同一选手",
        "“缺考”不是完整的数",
    ]
    assert (status, [part in text for part in said]) == (422, [True] * 5)
    assert await ImportedScore.count() == 0


async def test_a_second_import_revises_only_what_differs(database: Engine) -> None:
    stage = await seated_stage(2)
    await import_theory(stage, "80")
    first, second = stage.entry_ids
    part = stage.part_ids["T"]
    assert await marking.import_scores(SYSTEM, part, {first: Decimal(80), second: Decimal(81)}, "二次") == 1
    rows = (
        await ImportedScore.select(ImportedScore.number, ImportedScore.current)
        .where(ImportedScore.entry == second)
        .order_by(ImportedScore.id)
    )
    assert rows == [{"number": 1, "current": False}, {"number": 2, "current": True}]
    assert (await import_part(part)).maximum == Decimal(100)


async def test_a_score_of_a_locked_stage_is_corrected_only_with_a_reason(database: Engine) -> None:
    stage = await drawn_stage(1)
    await locked(stage)
    part, [entry] = stage.part_ids["T"], stage.entry_ids
    with pytest.raises(Refused, match="更正须写明原因"):
        await marking.import_scores(SYSTEM, part, {entry: Decimal(90)}, "更正")
    assert await marking.import_scores(SYSTEM, part, {entry: Decimal(90)}, "更正", "试卷漏判") == 1


# A stranger to the contest


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.ORGANISER, "/stages/{stage}/scheme"),
        (Role.ORGANISER, "/stages/{stage}/panels"),
        (Role.ORGANISER, "/parts/{part}/panel"),
        (Role.ENCRYPTION_JUDGE, "/stages/{stage}/draw"),
        (Role.CHIEF_JUDGE, "/stages/{stage}/room"),
        (Role.CHIEF_JUDGE, "/stages/{stage}/room/live"),
        (Role.CHIEF_JUDGE, "/numbers/{blind}"),
        (Role.SCORE_CLERK, "/parts/{theory}/scores"),
        (Role.ORGANISER, "/stages/{stage}/codes"),
    ],
)
async def test_a_role_of_another_contest_is_shut_out(site: Site, role: Role, path: str) -> None:
    stage = await drawn_stage(1)
    blind = await BlindNumber.select(BlindNumber.id).first()
    assert blind is not None
    path = path.format(stage=stage.stage_id, part=stage.part_ids["P"], theory=stage.part_ids["T"], blind=blind["id"])
    mine = stage.skill_id if role == Role.CHIEF_JUDGE else stage.contest_id
    assert (await (await site.sign_in(role, mine)).get(path)).status_code == 200
    assert (await (await site.sign_in(role, mine + 1)).get(path)).status_code == 403
