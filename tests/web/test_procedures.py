"""The procedures of the chief judge's room: re-check, appeals, incidents, adjustments, marking days, the protocol."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from competition import clock
from competition.accounts.kinds import Role
from competition.audit import write as audit
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM, Actor
from competition.contests.service import SessionDraft, add_session
from competition.database.connection import Engine
from competition.entries import service as entries
from competition.entries.kinds import Attendance
from competition.marking import service as marking
from competition.marking.events import MarkCorrected
from competition.marking.kinds import AdjustmentKind, AppealState, Layer
from competition.marking.rules.recheck import RIGHT, WRONG, RecheckRule, choose
from competition.marking.service import AspectDraft, PartDraft, SchemeDraft, SeatDraft
from competition.marking.service.adjustments import AdjustmentDraft, adjust, withdraw
from competition.marking.service.appeals import AppealDraft, file_appeal, name_arbiter, rule_on
from competition.marking.service.days import sign_day
from competition.marking.service.recheck_reads import load_rechecks
from competition.marking.service.rechecks import draw_recheck, finish_work, let_stand
from competition.marking.service.reveals import reveal_every_layer
from competition.marking.service.sheets import check_sheets
from competition.marking.tables import (
    Adjustment,
    Appeal,
    BlindNumber,
    DaySignature,
    Incident,
    Recheck,
    RecheckItem,
    SchemePart,
    Sheet,
)
from competition.problems import Missing, Refused
from competition.rulebook.service import load_seeds, seed_files, upload
from tests.conftest import Browser, Site
from tests.marking_stage import (
    LEAKS,
    SIGNATURE,
    MarkingStage,
    aspect_ids,
    check_all,
    drawn_stage,
    import_theory,
    judge_actor,
    mark_all,
    official,
    seated_stage,
)

ENDED = datetime(2026, 6, 20, 8, 30, tzinfo=UTC)  # 16:30 in Dalian
RULE = RecheckRule("percent", 30, 10, 15, 5)


def texts(refused: Refused) -> list[str]:
    return [str(problem) for problem in refused.problems]


async def ready(contestants: int = 10) -> MarkingStage:
    """Marked and checked; theory 60, 61, …, so that every total is another one."""
    await load_seeds(SYSTEM)
    stage = await drawn_stage(contestants)
    await mark_all(stage)
    theory = {entry: Decimal(60 + place) for place, entry in enumerate(stage.entry_ids)}
    await marking.import_scores(SYSTEM, stage.part_ids["T"], theory, "测试")
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    return stage


async def chief_of(stage: MarkingStage) -> Actor:
    return await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")


async def works_of(stage: MarkingStage) -> list[dict[str, object]]:
    """Works drawn for the re-check in the order of their numbers."""
    return (
        await RecheckItem.select(
            RecheckItem.id, RecheckItem.blind, RecheckItem.chosen, RecheckItem.outcome, RecheckItem.note,
            RecheckItem.recheck.number.as_alias("recheck"), RecheckItem.blind.number.as_alias("number"),
        )
        .where(RecheckItem.recheck.stage == stage.stage_id)
        .order_by(RecheckItem.id)
    )  # fmt: skip


async def sheets_of_blind(blind_id: object, state: str = "") -> list[str]:
    rows = await Sheet.select(Sheet.token, Sheet.state).where(Sheet.blind == blind_id).order_by(Sheet.id)
    return [row["token"] for row in rows if not state or row["state"] == state]


async def blind_ids(stage: MarkingStage) -> list[int]:
    rows = (
        await BlindNumber.select(BlindNumber.id)
        .where(BlindNumber.stage == stage.stage_id)
        .order_by(BlindNumber.number)
    )  # fmt: skip
    return [row["id"] for row in rows]


async def audited(action: str) -> int:
    return await AuditRecord.count().where(AuditRecord.action == action)


# Re-check: the draw


async def test_the_top_group_and_lots_from_the_rest_are_drawn_as_anybody_can_redo(database: Engine) -> None:
    stage = await ready()
    assert await draw_recheck(await chief_of(stage), stage.stage_id, "seed of the hall") == 5
    numbers = {
        row["entry"]: row["number"]
        for row in await BlindNumber.select(BlindNumber.entry, BlindNumber.number).where(
            BlindNumber.stage == stage.stage_id
        )
    }
    totals = {numbers[row.entry_id]: row.total for row in await marking.entry_scores(stage.stage_id) if row.total}
    chosen = choose(totals, RULE, "seed of the hall")
    by = {why: [work["number"] for work in await works_of(stage) if work["chosen"] == why] for why in ("top", "lot")}
    assert by == {"top": list(chosen.top), "lot": list(chosen.lot)}
    row = await Recheck.select(Recheck.seed, Recheck.full, Recheck.drawn_by_name).first()
    assert row == {"seed": "seed of the hall", "full": False, "drawn_by_name": "徐铁军"}


async def test_the_figures_are_those_of_the_rulebook(database: Engine) -> None:
    stage = await ready()
    await procedure_says(("recheck_top_percent", 50), ("recheck_rest_percent", 100))
    assert await draw_recheck(await chief_of(stage), stage.stage_id) == 10


async def procedure_says(*figures: tuple[str, int]) -> None:
    """A new version of the procedure with other figures."""
    [path] = [path for path in seed_files() if path.stem == "procedure-default"]
    text = path.read_text("utf-8")
    for name, figure in figures:
        text = re.sub(rf"(\[body\.{name}\]\nvalue = )\d+", rf"\g<1>{figure}", text)
    await upload(SYSTEM, text)


async def test_nothing_is_drawn_before_every_sheet_is_checked(site: Site) -> None:
    await load_seeds(SYSTEM)
    stage = await drawn_stage(2)
    await mark_all(stage)
    await import_theory(stage)
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    answer = await chief.submit(f"/stages/{stage.stage_id}/rechecks", seed="7f3a")
    assert (answer.status_code, await Recheck.count()) == (422, 0)
    assert "10 份评分表尚未提交并经第二人核对" in answer.text
    assert 'value="7f3a"' in answer.text


async def test_a_work_without_a_total_is_said_before_the_draw(database: Engine) -> None:
    await load_seeds(SYSTEM)
    stage = await drawn_stage(2)
    await mark_all(stage)
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    with pytest.raises(Refused, match="2 件作品的合计未成立"):
        await draw_recheck(await chief_of(stage), stage.stage_id)


async def test_the_re_check_is_drawn_once_and_before_the_signature(database: Engine) -> None:
    stage = await ready(2)
    chief = await chief_of(stage)
    await draw_recheck(chief, stage.stage_id)
    with pytest.raises(Refused, match="不再重抽"):
        await draw_recheck(chief, stage.stage_id)
    for work in await works_of(stage):
        await finish_work(chief, int(str(work["id"])), right=True)
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    with pytest.raises(Refused, match="裁判长已签字"):
        await draw_recheck(chief, stage.stage_id)


async def test_the_absent_are_not_re_checked(database: Engine) -> None:
    stage = await ready(2)
    await entries.attend(SYSTEM, stage.stage_id, {stage.entry_ids[1]: Attendance.ABSENT})
    assert await draw_recheck(await chief_of(stage), stage.stage_id) == 1


# Re-check: the works


async def drawn_recheck(contestants: int = 10) -> tuple[MarkingStage, Actor]:
    stage = await ready(contestants)
    chief = await chief_of(stage)
    await draw_recheck(chief, stage.stage_id, "seed")
    return stage, chief


async def test_a_judge_of_the_work_does_not_re_check_it(database: Engine) -> None:
    stage, _chief = await drawn_recheck(2)
    judge = msgspec.structs.replace(await judge_actor(stage.panel_id, 3), role="score_clerk")
    with pytest.raises(Refused, match="复核须由他人进行"):
        await finish_work(judge, int(str((await works_of(stage))[0]["id"])), right=True)


async def test_an_error_is_written_down_with_the_number_of_sheets(site: Site) -> None:
    stage, _chief = await drawn_recheck(2)
    clerk = await site.sign_in(Role.SCORE_CLERK, stage.contest_id)
    address = f"/recheck-works/{(await works_of(stage))[0]['id']}"
    answer = await clerk.submit(address, outcome="wrong", wrong_sheets="6", note="")
    assert answer.status_code == 422
    assert "有误的评分表须在 1 到 5 份之间" in answer.text
    assert "写明差错，书面告知裁判长" in answer.text
    assert 'name="wrong_sheets" inputmode="numeric" autocomplete="off" value="6"' in answer.text
    assert (await clerk.submit(address, outcome="", note="第 3 项漏录")).status_code == 422
    assert [work["outcome"] for work in await works_of(stage)] == ["", ""]
    assert (await clerk.submit(address, outcome="wrong", wrong_sheets="2", note="第 3 项漏录")).status_code == 303
    [recheck] = await load_rechecks(stage.stage_id)
    assert (recheck.done, recheck.wrong, recheck.wrong_sheets) == (1, 1, 2)


async def test_a_work_is_re_checked_once_whoever_comes_second(site: Site) -> None:
    stage, chief = await drawn_recheck(2)
    work = int(str((await works_of(stage))[0]["id"]))
    await finish_work(chief, work, right=True)
    clerk = await site.sign_in(Role.SCORE_CLERK, stage.contest_id)
    answer = await clerk.submit(f"/recheck-works/{work}", outcome="right")
    assert (answer.status_code, "徐铁军 已复核本件" in answer.text) == (422, True)


async def test_while_a_mark_is_revised_the_work_waits_and_nothing_typed_is_lost(site: Site) -> None:
    stage, chief = await drawn_recheck(2)
    work = (await works_of(stage))[0]
    token = (await sheets_of_blind(work["blind"]))[0]
    await marking.return_sheet(chief, token, "漏看细则")
    clerk = await site.sign_in(Role.SCORE_CLERK, stage.contest_id)
    form = {"outcome": "wrong", "wrong_sheets": "1", "note": "观感录成 3"}
    answer = await clerk.submit(f"/recheck-works/{work['id']}", **form)
    assert (answer.status_code, (await works_of(stage))[0]["outcome"]) == (422, "")
    assert "有 1 份评分表正在重新评分" in answer.text
    assert "观感录成 3</textarea>" in answer.text
    judge = await judge_actor(stage.panel_id, 1)
    await marking.submit_sheet(judge, token, SIGNATURE)
    assert (await clerk.submit(f"/recheck-works/{work['id']}", **form)).status_code == 422  # handed in, not checked
    await check_sheets(chief, [token])
    assert (await clerk.submit(f"/recheck-works/{work['id']}", **form)).status_code == 303
    assert (await works_of(stage))[0]["note"] == "观感录成 3"


async def test_the_sheet_of_a_wrong_work_goes_back_from_the_page(site: Site) -> None:
    stage, chief = await drawn_recheck(2)
    work = (await works_of(stage))[0]
    await finish_work(chief, int(str(work["id"])), right=False, wrong_sheets=1, note="观感录成 3")
    browser = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    page = (await browser.get(f"/stages/{stage.stage_id}/rechecks")).text
    assert "待裁判长处理" in page
    token = (await sheets_of_blind(work["blind"]))[0]
    assert f'action="/sheets/{token}/return"' in page
    await browser.submit(f"/sheets/{token}/return", reason="复核有误：观感录成 3")
    assert await sheets_of_blind(work["blind"], "open") == [token]
    assert "1 份重评中" in (await browser.get(f"/stages/{stage.stage_id}/rechecks")).text


async def test_a_wrong_work_is_marked_again_or_answered_before_the_signature(site: Site) -> None:
    await procedure_says(("recheck_error_percent", 100))
    stage, chief = await drawn_recheck(2)
    first, second = [int(str(work["id"])) for work in await works_of(stage)]
    await finish_work(chief, first, right=False, wrong_sheets=1, note="观感录成 3")
    await finish_work(chief, second, right=False, wrong_sheets=1, note="纸面与系统不同")
    with pytest.raises(Refused) as refused:
        await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    waits = "复核有误的 2 件待裁判长处理：重评，或写明理由维持原分"
    assert [(problem.field, str(problem)) for problem in refused.value.problems] == [("recheck", waits)]
    token = (await sheets_of_blind((await works_of(stage))[0]["blind"]))[0]
    await marking.return_sheet(chief, token, "复核有误：观感录成 3")
    await marking.submit_sheet(await judge_actor(stage.panel_id, 1), token, SIGNATURE)
    await check_sheets(chief, [token])
    with pytest.raises(Refused, match="复核有误的 1 件"):
        await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    browser = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    clerk = await site.sign_in(Role.SCORE_CLERK, stage.contest_id)
    address = f"/recheck-works/{second}/answer"
    assert (await clerk.submit(address, reason="纸面系草稿")).status_code == 403
    before = (await browser.get(f"/stages/{stage.stage_id}/room/live")).headers["etag"]
    answer = await browser.submit(address, reason=" ")
    assert (answer.status_code, 'id="er-' in answer.text) == (422, True)
    assert (await browser.submit(address, reason="纸面系草稿，以系统为准")).status_code == 303
    assert (await browser.get(f"/stages/{stage.stage_id}/room/live")).headers["etag"] != before
    again = await browser.submit(address, reason="另一个理由")
    assert (again.status_code, "本件已经答复" in again.text, "另一个理由</textarea>" in again.text) == (
        422,
        True,
        False,
    )
    page = (await browser.get(f"/stages/{stage.stage_id}/rechecks")).text
    assert ("待裁判长处理" in page, "纸面系草稿，以系统为准" in page, "已重评并核对" in page) == (False, True, True)
    assert "维持原分：纸面系草稿，以系统为准" in (await browser.get(f"/stages/{stage.stage_id}/protocol")).text
    assert await audited("recheck.stands") == 1
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)


async def test_only_a_wrong_work_is_answered(database: Engine) -> None:
    stage, chief = await drawn_recheck(2)
    work = int(str((await works_of(stage))[0]["id"]))
    with pytest.raises(Refused, match="复核有误的作品才须答复"):
        await let_stand(chief, work, "无须更改")
    await finish_work(chief, work, right=True)
    with pytest.raises(Refused, match="复核有误的作品才须答复"):
        await let_stand(chief, work, "无须更改")
    with pytest.raises(Missing):
        await let_stand(chief, work + 999, "无须更改")


# Re-check: too many errors


async def test_more_errors_than_the_rule_bears_bring_everything(site: Site) -> None:
    stage, _chief = await drawn_recheck(10)
    clerk = await site.sign_in(Role.SCORE_CLERK, stage.contest_id)
    first = (await works_of(stage))[0]
    answer = await clerk.submit(f"/recheck-works/{first['id']}", outcome="wrong", wrong_sheets="1", note="漏录")
    assert answer.status_code == 303
    full = [work for work in await works_of(stage) if work["recheck"] == 2]
    assert [work["chosen"] for work in full] == ["all"] * 5
    assert len({work["blind"] for work in await works_of(stage)}) == 10
    assert "抽取部分 5 件中有误 1 件，超过 5 %" in (await clerk.get(f"/stages/{stage.stage_id}/rechecks")).text
    assert await audited("recheck.escalated") == 1


async def test_exactly_the_limit_is_borne_and_one_more_is_not(database: Engine) -> None:
    stage = await ready(10)
    await procedure_says(("recheck_error_percent", 20))
    chief = await chief_of(stage)
    await draw_recheck(chief, stage.stage_id, "seed")
    works = [int(str(work["id"])) for work in await works_of(stage)]
    # 1 of 5 is 20 %
    assert await finish_work(chief, works[0], right=False, wrong_sheets=1, note="漏录") == 0
    assert await Recheck.count() == 1
    assert await finish_work(chief, works[1], right=False, wrong_sheets=1, note="漏录") == 5
    assert await finish_work(chief, works[2], right=False, wrong_sheets=1, note="漏录") == 0
    assert await Recheck.count().where(Recheck.full.eq(True)) == 1


async def test_an_unfinished_re_check_keeps_the_stage_from_its_signature(site: Site) -> None:
    stage, chief = await drawn_recheck(2)
    with pytest.raises(Refused) as refused:
        await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    assert [(problem.field, str(problem)) for problem in refused.value.problems] == [("recheck", "复核还有 2 件未完成")]
    browser = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    assert (
        f'href="/stages/{stage.stage_id}/rechecks">去办理' in (await browser.get(f"/stages/{stage.stage_id}/room")).text
    )
    for work in await works_of(stage):
        await finish_work(chief, int(str(work["id"])), right=True)
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)


async def test_the_room_fetches_anew_when_a_work_is_re_checked(site: Site) -> None:
    stage, chief = await drawn_recheck(2)
    browser = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    before = (await browser.get(f"/stages/{stage.stage_id}/room/live")).headers["etag"]
    await finish_work(chief, int(str((await works_of(stage))[0]["id"])), right=True)
    assert (await browser.get(f"/stages/{stage.stage_id}/room/live")).headers["etag"] != before


async def test_who_imports_scores_is_not_told_which_works_lead(site: Site) -> None:
    stage, _chief = await drawn_recheck(10)
    clerk = await site.sign_in(Role.SCORE_CLERK, stage.contest_id)
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    pages = [(await browser.get(f"/stages/{stage.stage_id}/rechecks")).text for browser in (clerk, chief)]
    assert ["必查</td>" in page for page in pages] == [False, True]
    assert [[word for word in LEAKS if word in page] for page in pages] == [[], []]


# Several layers of numbers


async def two_layer_stage() -> MarkingStage:
    """P is marked under station numbers, Q under review numbers. Who is best in P is worst in Q."""
    await load_seeds(SYSTEM)
    scheme = SchemeDraft(parts=(marked_form("P"), msgspec.structs.replace(marked_form("Q"), layer="review")))
    stage = await seated_stage(4, 1, scheme=scheme, layers=(Layer.NUMBER, Layer.REVIEW))
    await marking.draw_numbers(SYSTEM, stage.stage_id, seed="stations")
    await marking.draw_numbers(SYSTEM, stage.stage_id, seed="reviews", layer=Layer.REVIEW)
    for code, marks in (("P", (9, 7, 5, 3)), ("Q", (2, 4, 6, 8))):
        aspect = (await aspect_ids(stage.stage_id, code))["A"]
        for sheet in await Sheet.select(
            Sheet.id, Sheet.token, Sheet.blind.entry.as_alias("entry"), Sheet.seat.account.as_alias("account")
        ).where(Sheet.part == stage.part_ids[code]):
            judge = Actor(name="裁判", user_id=sheet["account"], role="judge")
            mark = Decimal(marks[stage.entry_ids.index(sheet["entry"])])
            await marking.save_marks(judge, sheet["id"], {aspect: mark})
            await marking.submit_sheet(judge, sheet["token"], SIGNATURE)
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    return stage


async def test_each_layer_is_drawn_by_what_was_marked_under_its_numbers(database: Engine) -> None:
    stage = await two_layer_stage()
    # 30 % of 4: two; 15 % of the other two: one; in each layer
    assert await draw_recheck(await chief_of(stage), stage.stage_id, "seed") == 6
    rows = await RecheckItem.select(
        RecheckItem.blind.entry.as_alias("entry"), RecheckItem.blind._.draw.layer.as_alias("layer")
    ).where(RecheckItem.chosen == "top")
    top = {layer: {row["entry"] for row in rows if row["layer"] == layer} for layer in ("number", "review")}
    assert top == {"number": set(stage.entry_ids[:2]), "review": set(stage.entry_ids[2:])}


async def test_nothing_ties_one_layer_to_another_before_the_reveal(site: Site) -> None:
    stage = await two_layer_stage()
    chief, arbiter = await chief_of(stage), await arbiter_of(stage)
    blind = await BlindNumber.select(BlindNumber.id, BlindNumber.entry).where(BlindNumber.label == "001").first()
    assert blind is not None
    draft = AppealDraft(blind["id"], "领队甲", "少计", ended_at=clock.now() - timedelta(minutes=5))
    filed = await file_appeal(SYSTEM, stage.stage_id, draft)
    await rule_on(arbiter, filed.id, upheld=True, ruling="应计 10")
    browser = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    page = (await browser.get(f"/appeals/{filed.id}")).text
    tokens = {
        row["part"]: row["token"]
        for row in await Sheet.select(Sheet.token, Sheet.part).where(Sheet.blind.entry == blind["entry"])
    }
    seen = [tokens[stage.part_ids[code]] in page for code in "PQ"]
    assert seen == [True, False]
    protocol = (await browser.get(f"/stages/{stage.stage_id}/protocol")).text
    assert ["模块 P" in protocol, "模块 Q" in protocol, "<b>" in protocol.split("成绩</h2>")[1].split("<h2>")[0]] == [
        True, True, False,
    ]  # fmt: skip
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    await marking.lock_stage(chief, stage.stage_id)
    await reveal_every_layer(await official(Role.ENCRYPTION_JUDGE, stage.contest_id, "周静"), chief, stage.stage_id)
    protocol = (await browser.get(f"/stages/{stage.stage_id}/protocol")).text
    assert "<b>" in protocol.split("成绩</h2>")[1].split("<h2>")[0]


# Appeals


async def appealed_stage(contestants: int = 2) -> MarkingStage:
    """One session that ended at 16:30, everything marked and checked."""
    await load_seeds(SYSTEM)
    stage = await seated_stage(contestants)
    await add_session(
        SYSTEM, stage.stage_id,
        SessionDraft(venue="A 馆", stations=contestants, starts_at=ENDED - timedelta(hours=6), ends_at=ENDED),
    )  # fmt: skip
    await marking.draw_numbers(SYSTEM, stage.stage_id, seed="seed of the test")
    await mark_all(stage)
    await import_theory(stage)
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    return stage


async def arbiter_of(stage: MarkingStage, name: str = "石静") -> Actor:
    arbiter = await official(Role.SUPERVISOR, stage.contest_id, name)
    assert arbiter.user_id is not None
    await name_arbiter(SYSTEM, stage.stage_id, arbiter.user_id)
    return arbiter


async def appeal(stage: MarkingStage, place: int = 0) -> int:
    draft = AppealDraft((await blind_ids(stage))[place], "领队甲", "观感一项少计")
    with clock.at(ENDED + timedelta(hours=1)):
        return (await file_appeal(SYSTEM, stage.stage_id, draft)).id


@pytest.mark.parametrize(
    ("after", "state", "said"),
    [
        (timedelta(hours=2), "filed", "已受理"),
        (timedelta(hours=2, seconds=1), "late", "不予受理"),
    ],
)
async def test_an_appeal_is_in_time_to_the_last_second(site: Site, after: timedelta, state: str, said: str) -> None:
    stage = await appealed_stage()
    blind = (await blind_ids(stage))[0]
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    with clock.at(ENDED + after):
        answer = await organiser.submit(
            f"/stages/{stage.stage_id}/appeals", blind=str(blind), leader="领队甲", subject="观感一项少计"
        )
        assert answer.status_code == 303
        page = (await organiser.get(f"/stages/{stage.stage_id}/appeals")).text
    assert said in page
    rows = await Appeal.select(Appeal.state, Appeal.number, Appeal.filed_at, Appeal.deadline_at)
    assert rows == [{"state": state, "number": 1, "filed_at": ENDED + after, "deadline_at": ENDED + timedelta(hours=2)}]
    assert "18:30:00" in page
    assert f"18:30:{after.seconds % 60:02}" in page


async def test_a_late_appeal_is_kept_and_never_ruled_on(database: Engine) -> None:
    stage = await appealed_stage()
    arbiter = await arbiter_of(stage)
    draft = AppealDraft((await blind_ids(stage))[0], "领队甲", "观感一项少计")
    with clock.at(ENDED + timedelta(hours=3)):
        filed = await file_appeal(SYSTEM, stage.stage_id, draft)
    with pytest.raises(Refused, match="逾期的申诉不予受理"):
        await rule_on(arbiter, filed.id, upheld=True, ruling="成立")
    row = await Appeal.select(Appeal.state, Appeal.subject).first()
    assert row == {"state": "late", "subject": "观感一项少计"}
    await marking.sign_stage(await chief_of(stage), stage.stage_id, SIGNATURE)  # it blocks nothing


async def test_where_the_session_has_no_end_the_recorder_states_it(site: Site) -> None:
    await load_seeds(SYSTEM)
    stage = await drawn_stage(1)
    [blind] = await blind_ids(stage)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    form = {"blind": str(blind), "leader": "领队甲", "subject": "设备未校准", "ended_at": ""}
    with clock.at(ENDED + timedelta(hours=2)):
        answer = await organiser.submit(f"/stages/{stage.stage_id}/appeals", **form)
        assert (answer.status_code, "填写实际结束时间" in answer.text) == (422, True)
        assert "设备未校准</textarea>" in answer.text
        form["ended_at"] = "2026-06-20T16:30"
        assert (await organiser.submit(f"/stages/{stage.stage_id}/appeals", **form)).status_code == 303
    row = await Appeal.select(Appeal.state, Appeal.session_ended_at).first()
    assert row == {"state": "filed", "session_ended_at": ENDED}


async def test_an_end_on_record_is_not_overruled_and_no_time_lies_ahead(database: Engine) -> None:
    stage = await appealed_stage()
    blind = (await blind_ids(stage))[0]
    now = ENDED + timedelta(hours=3)
    draft = AppealDraft(blind, "领队甲", "少计", now + timedelta(seconds=1), ENDED + timedelta(hours=1))
    with clock.at(now), pytest.raises(Refused) as refused:
        await file_appeal(SYSTEM, stage.stage_id, draft)
    assert [problem.field for problem in refused.value.problems] == ["ended_at", "filed_at"]
    assert await Appeal.count() == 0


async def test_a_paper_handed_over_in_time_and_typed_in_later_is_in_time(database: Engine) -> None:
    stage = await appealed_stage()
    draft = AppealDraft((await blind_ids(stage))[0], "领队甲", "少计", ENDED + timedelta(minutes=119))
    with clock.at(ENDED + timedelta(hours=4)):
        assert (await file_appeal(SYSTEM, stage.stage_id, draft)).state == AppealState.FILED


async def test_only_the_named_arbiter_rules_and_only_once(site: Site) -> None:
    stage = await appealed_stage()
    appeal_id = await appeal(stage)
    address = f"/appeals/{appeal_id}/ruling"
    ruling = {"state": "upheld", "ruling": "观感应计 35"}
    other = await site.sign_in(Role.SUPERVISOR, stage.contest_id)
    assert "尚未指定仲裁员" in (await other.submit(address, **ruling)).text
    arbiter_account = await site.account((Role.SUPERVISOR, stage.contest_id), name="石静")
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    await organiser.submit(f"/stages/{stage.stage_id}/arbiter", arbiter=str(arbiter_account))
    refused = await other.submit(address, **ruling)
    assert (refused.status_code, "由仲裁员 石静 裁决" in refused.text) == (422, True)
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    assert (await chief.submit(address, **ruling)).status_code == 403
    arbiter = await site.sign_in_as(arbiter_account)
    assert (await arbiter.submit(address, state="upheld", ruling=" ")).status_code == 422
    assert (await arbiter.submit(address, **ruling)).status_code == 303
    again = await arbiter.submit(address, state="dismissed", ruling="改判")
    assert (again.status_code, "石静 已裁决；裁决为最终裁决" in again.text) == (422, True)
    row = await Appeal.select(Appeal.state, Appeal.ruling, Appeal.ruled_by_name).first()
    assert row == {"state": "upheld", "ruling": "观感应计 35", "ruled_by_name": "石静"}


async def test_the_arbiter_is_a_supervisor_of_the_contest(site: Site) -> None:
    stage = await appealed_stage()
    clerk = await site.account((Role.SCORE_CLERK, stage.contest_id))
    elsewhere = await site.account((Role.SUPERVISOR, stage.contest_id + 1))
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    for account in (clerk, elsewhere):
        answer = await organiser.submit(f"/stages/{stage.stage_id}/arbiter", arbiter=str(account))
        assert (answer.status_code, "仲裁员须有本竞赛监督仲裁的角色" in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.ORGANISER, True),
        (Role.SUPERVISOR, True),
        (Role.BUREAU, True),
        (Role.CHIEF_JUDGE, False),
        (Role.SCORE_CLERK, False),
    ],
)
async def test_who_may_see_the_leader(site: Site, role: Role, sees: bool) -> None:
    stage = await appealed_stage()
    appeal_id = await appeal(stage)
    scope = {Role.CHIEF_JUDGE: stage.skill_id, Role.BUREAU: 0}.get(role, stage.contest_id)
    browser = await site.sign_in(role, scope)
    paths = [
        f"/stages/{stage.stage_id}/appeals", f"/stages/{stage.stage_id}/appeals/live", f"/appeals/{appeal_id}",
        f"/stages/{stage.stage_id}/protocol",
    ]  # fmt: skip
    pages = [(await browser.get(path)).text for path in paths]
    assert ["领队甲" in page for page in pages] == [sees] * 4
    assert ["观感一项少计" in page for page in pages] == [True] * 4


async def test_an_appeal_that_waits_keeps_the_stage_from_its_signature_and_lock(database: Engine) -> None:
    stage = await appealed_stage()
    chief, arbiter = await chief_of(stage), await arbiter_of(stage)
    first = await appeal(stage)
    with pytest.raises(Refused) as refused:
        await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    assert [(problem.field, str(problem)) for problem in refused.value.problems] == [("appeals", "1 项申诉待裁决")]
    await rule_on(arbiter, first, upheld=False, ruling="评分无误")
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    second = await appeal(stage, 1)
    with pytest.raises(Refused, match="1 项申诉待裁决"):
        await marking.lock_stage(chief, stage.stage_id)
    await rule_on(arbiter, second, upheld=False, ruling="评分无误")
    await marking.lock_stage(chief, stage.stage_id)


async def test_before_the_lock_an_upheld_appeal_returns_a_sheet_and_shows_the_new_mark(site: Site) -> None:
    stage = await appealed_stage()
    appeal_id = await appeal(stage)
    await rule_on(await arbiter_of(stage), appeal_id, upheld=True, ruling="观感应计 35")
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    token = (await sheets_of_blind((await blind_ids(stage))[0]))[0]
    page = (await chief.get(f"/appeals/{appeal_id}")).text
    assert f'action="/sheets/{token}/return"' in page
    assert "尚未改分" in page
    assert (await chief.submit(f"/sheets/{token}/return", reason="申诉第 1 号裁决")).status_code == 303
    sheet = await Sheet.select(Sheet.id, Sheet.state).where(Sheet.token == token).first()
    assert sheet is not None
    assert sheet["state"] == "open"
    judge = await judge_actor(stage.panel_id, 1)
    await marking.save_marks(judge, sheet["id"], {(await aspect_ids(stage.stage_id))["C"]: Decimal(35)})
    page = (await chief.get(f"/appeals/{appeal_id}")).text
    assert re.search(r"30\.5</span></td>.*35</span></td>", page)
    assert page.count("申诉第 1 号裁决</td>") == 1


async def test_after_the_lock_a_correction_that_names_the_appeal_is_shown_with_it(site: Site) -> None:
    stage = await appealed_stage()
    chief, arbiter = await chief_of(stage), await arbiter_of(stage)
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    await marking.lock_stage(chief, stage.stage_id)
    appeal_id = await appeal(stage)
    await rule_on(arbiter, appeal_id, upheld=True, ruling="味感应计 25")
    aspects = await aspect_ids(stage.stage_id)
    token = (await sheets_of_blind((await blind_ids(stage))[0]))[0]
    await marking.correct_mark(chief, token, aspects["A"], "25", "申诉第 1 号裁决", 1)
    await marking.correct_mark(chief, token, aspects["B"], "24", "录入笔误", 1)
    browser = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    page = (await browser.get(f"/appeals/{appeal_id}")).text
    assert ("25</span></td>" in page, "24</span></td>" in page) == (True, False)


async def test_appeals_of_a_stage_are_numbered_and_a_number_of_another_stage_is_unknown(database: Engine) -> None:
    stage = await appealed_stage()
    await appeal(stage)
    await appeal(stage, 1)
    rows = await Appeal.select(Appeal.number).order_by(Appeal.id)
    assert [row["number"] for row in rows] == [1, 2]
    with pytest.raises(Refused, match="本阶段没有这个作品号"):
        await file_appeal(SYSTEM, stage.stage_id, AppealDraft(999999, "领队甲", "少计"))


# Incidents


async def test_minutes_given_back_add_up_by_work(site: Site) -> None:
    stage = await drawn_stage(2)
    first, second = await blind_ids(stage)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    for blind, minutes in ((first, "12"), (first, "8"), (second, "0")):
        answer = await organiser.submit(
            f"/stages/{stage.stage_id}/incidents", blind=str(blind), kind="equipment", minutes=minutes,
            happened_at="2026-06-20T10:05", note="灶具熄火", approver="现场裁判",
        )  # fmt: skip
        assert answer.status_code == 303
    page = (await organiser.get(f"/stages/{stage.stage_id}/incidents")).text
    assert (page.count("共补 20 分钟"), page.count("共补")) == (1, 1)
    assert [row["minutes"] for row in await Incident.select(Incident.minutes).order_by(Incident.id)] == [12, 8, 0]


async def test_time_is_given_back_only_by_somebody_and_what_was_typed_stays(site: Site) -> None:
    stage = await drawn_stage(1)
    [blind] = await blind_ids(stage)
    clerk = await site.sign_in(Role.SCORE_CLERK, stage.contest_id)
    answer = await clerk.submit(
        f"/stages/{stage.stage_id}/incidents", blind=str(blind), kind="power", minutes="15",
        happened_at="2026-06-20T10:05", note="三号线跳闸", approver="",
    )  # fmt: skip
    assert (answer.status_code, await Incident.count()) == (422, 0)
    assert "补时须有批准人" in answer.text
    assert "三号线跳闸</textarea>" in answer.text
    assert '<option value="power" selected>' in answer.text


# Penalties and bonuses


async def total_of(stage: MarkingStage, entry_id: int) -> Decimal | None:
    return {row.entry_id: row.total for row in await marking.entry_scores(stage.stage_id)}[entry_id]


async def entry_of(blind_id: int) -> int:
    row = await BlindNumber.select(BlindNumber.entry).where(BlindNumber.id == blind_id).first()
    assert row is not None
    return int(row["entry"])


async def penalty(stage: MarkingStage, chief: Actor, blind_id: int, value: str = "2.5") -> int:
    draft = AdjustmentDraft(blind_id, AdjustmentKind.PENALTY, Decimal(value), "未戴护目镜", "裁判长会议")
    return await adjust(chief, stage.stage_id, draft)


async def test_a_penalty_counts_until_it_is_withdrawn_and_stays_on_record(site: Site) -> None:
    stage = await ready(2)
    blind = (await blind_ids(stage))[0]
    entry = await entry_of(blind)
    before = await total_of(stage, entry)
    assert before is not None
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    answer = await chief.submit(
        f"/stages/{stage.stage_id}/adjustments", blind=str(blind), kind="penalty", value="2.5", reason="未戴护目镜",
        approver="裁判长会议",
    )  # fmt: skip
    assert (answer.status_code, await total_of(stage, entry)) == (303, before - Decimal("2.5"))
    row = await Adjustment.select(Adjustment.id).first()
    assert row is not None
    assert (await chief.submit(f"/adjustments/{row['id']}/withdrawal", withdrawn_reason="")).status_code == 422
    assert (await chief.submit(f"/adjustments/{row['id']}/withdrawal", withdrawn_reason="证据不足")).status_code == 303
    assert await total_of(stage, entry) == before
    page = (await chief.get(f"/stages/{stage.stage_id}/incidents")).text
    assert ("−2.5" in page, "证据不足" in page) == (True, True)
    again = await chief.submit(f"/adjustments/{row['id']}/withdrawal", withdrawn_reason="再撤")
    assert (again.status_code, "不能再次撤销" in again.text) == (422, True)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("value", "0", "分值须大于 0"),
        ("value", "100.5", "须在 0 到 100 之间"),
        ("value", "1.00001", "最多四位小数"),
        ("approver", "", "此项必填"),
        ("reason", "", "此项必填"),
        ("blind", "999999", "本阶段没有这个作品号"),
    ],
)
async def test_a_wrong_adjustment_is_shown_again(site: Site, field: str, value: str, said: str) -> None:
    stage = await drawn_stage(1)
    [blind] = await blind_ids(stage)
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    form = {"blind": str(blind), "kind": "bonus", "value": "1", "reason": "主动救助", "approver": "裁判长会议"}
    answer = await chief.submit(f"/stages/{stage.stage_id}/adjustments", **(form | {field: value}))
    assert (answer.status_code, said in answer.text, await Adjustment.count()) == (422, True, 0)
    assert '<option value="bonus" selected>' in answer.text


async def test_an_absent_contestant_has_no_total_to_take_from(database: Engine) -> None:
    stage = await ready(2)
    blind = (await blind_ids(stage))[0]
    await entries.attend(SYSTEM, stage.stage_id, {await entry_of(blind): Attendance.ABSENT})
    with pytest.raises(Refused) as refused:
        await penalty(stage, await chief_of(stage), blind)
    assert [problem.field for problem in refused.value.problems] == ["blind"]
    assert await Adjustment.count() == 0


async def test_between_signature_and_lock_nothing_is_adjusted_and_after_it_the_result_is_out_of_date(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[MarkCorrected] = []

    async def listen(change: audit.Change, event: MarkCorrected) -> None:
        told.append(event)

    monkeypatch.setitem(audit._handlers, MarkCorrected, [listen])
    stage = await ready(2)
    chief = await chief_of(stage)
    blind = (await blind_ids(stage))[0]
    early = await penalty(stage, chief, blind)
    assert told == []
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    with pytest.raises(Refused, match="裁判长已签字"):
        await penalty(stage, chief, blind)
    with pytest.raises(Refused, match="裁判长已签字"):
        await withdraw(chief, early, "证据不足")
    await marking.lock_stage(chief, stage.stage_id)
    await penalty(stage, chief, blind, "1")
    await withdraw(chief, early, "证据不足")
    assert told == [MarkCorrected(stage.stage_id, "未戴护目镜"), MarkCorrected(stage.stage_id, "证据不足")]


# Marking days


def marked_form(code: str, day: int = 0) -> PartDraft:
    return PartDraft(
        code=code, name=f"模块 {code}", source="panel", weight=Decimal(50), maximum=Decimal(10), aggregation="mean",
        aspects=(AspectDraft("A", "工艺", Decimal(10), Decimal("0.5")),), day=day,
    )  # fmt: skip


TWO_DAYS = SchemeDraft(parts=(marked_form("P", 1), marked_form("Q", 2)))


async def two_day_stage() -> MarkingStage:
    """Form P on day 1 and Q on day 2, each with one judge of its own; one contestant, nothing marked."""
    await load_seeds(SYSTEM)
    stage = await seated_stage(1, 2, scheme=TWO_DAYS)
    parts = {row["code"]: row["id"] for row in await SchemePart.select(SchemePart.id, SchemePart.code)}
    for code, judge in zip("PQ", stage.judge_ids, strict=True):
        await marking.set_panel(SYSTEM, parts[code], f"{code} 组", [SeatDraft(judge)])
    await marking.draw_numbers(SYSTEM, stage.stage_id, seed="seed of the test")
    return msgspec.structs.replace(stage, part_ids=parts)


async def hand_in(stage: MarkingStage, codes: Sequence[str], *, check: bool = True) -> None:
    for code in codes:
        sheet = (
            await Sheet.select(
                Sheet.id, Sheet.token, Sheet.seat.account.as_alias("account"),
                Sheet.seat._.person.name.as_alias("name"),
            )
            .where(Sheet.part == stage.part_ids[code])
            .first()
        )  # fmt: skip
        assert sheet is not None
        judge = Actor(name=sheet["name"], user_id=sheet["account"], role="judge")
        await marking.save_marks(judge, sheet["id"], {(await aspect_ids(stage.stage_id, code))["A"]: Decimal(8)})
        await marking.submit_sheet(judge, sheet["token"], SIGNATURE)
        if check:
            await check_sheets(Actor(name="万里", user_id=10**6, role="score_clerk"), [sheet["token"]])


async def token_of(stage: MarkingStage, code: str) -> str:
    row = await Sheet.select(Sheet.token).where(Sheet.part == stage.part_ids[code]).first()
    assert row is not None
    return str(row["token"])


async def test_a_day_is_signed_when_every_sheet_of_its_forms_is_checked(site: Site) -> None:
    stage = await two_day_stage()
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    address = f"/stages/{stage.stage_id}/days"
    await hand_in(stage, ["P"], check=False)
    answer = await chief.submit(address, day="1", words="本人当面确认")
    assert (answer.status_code, "第 1 评分日还有 1 份评分表未提交或未经第二人核对" in answer.text) == (422, True)
    await check_sheets(await official(Role.SCORE_CLERK, stage.contest_id, "万里"), [await token_of(stage, "P")])
    assert (await chief.submit(address, day="1", words="")).status_code == 422
    assert (await chief.submit(address, day="3", words="本人当面确认")).status_code == 422
    assert (await chief.submit(address, day="1", signature=SIGNATURE)).status_code == 303
    again = await chief.submit(address, day="1", words="本人当面确认")
    assert (again.status_code, "已签第 1 评分日" in again.text) == (422, True)
    rows = await DaySignature.select(DaySignature.day, DaySignature.signature)
    assert rows == [{"day": 1, "signature": SIGNATURE}]
    page = (await chief.get(address)).text
    assert f'd="{SIGNATURE}"' in page


async def test_sheets_of_a_signed_day_are_not_returned(database: Engine) -> None:
    stage = await two_day_stage()
    chief = await chief_of(stage)
    await hand_in(stage, "PQ")
    await sign_day(chief, stage.stage_id, 1, SIGNATURE)
    with pytest.raises(Refused) as refused:
        await marking.return_sheet(chief, await token_of(stage, "P"), "漏看细则")
    assert [problem.field for problem in refused.value.problems] == ["reason"]
    await marking.return_sheet(chief, await token_of(stage, "Q"), "漏看细则")
    states = await Sheet.select(Sheet.state).where(Sheet.stage == stage.stage_id).order_by(Sheet.part)
    assert [row["state"] for row in states] == ["checked", "open"]


async def test_an_upheld_appeal_opens_a_sheet_of_a_signed_day(database: Engine) -> None:
    stage = await two_day_stage()
    chief, arbiter = await chief_of(stage), await arbiter_of(stage)
    await hand_in(stage, "PQ")
    await sign_day(chief, stage.stage_id, 1, SIGNATURE)
    now = clock.now()
    draft = AppealDraft((await blind_ids(stage))[0], "领队甲", "少计", ended_at=now - timedelta(minutes=5))
    filed = await file_appeal(SYSTEM, stage.stage_id, draft)
    with pytest.raises(Refused, match="第 1 评分日已签字"):
        await marking.return_sheet(chief, await token_of(stage, "P"), "申诉第 1 号裁决")
    await rule_on(arbiter, filed.id, upheld=True, ruling="应计 9")
    await marking.return_sheet(chief, await token_of(stage, "P"), "申诉第 1 号裁决")


async def test_an_error_found_in_the_re_check_opens_a_sheet_of_a_signed_day(database: Engine) -> None:
    stage = await two_day_stage()
    chief = await chief_of(stage)
    await hand_in(stage, "PQ")
    await sign_day(chief, stage.stage_id, 1, SIGNATURE)
    await draw_recheck(chief, stage.stage_id)
    [work] = await works_of(stage)
    await finish_work(chief, int(str(work["id"])), right=False, wrong_sheets=1, note="录成 8")
    await marking.return_sheet(chief, await token_of(stage, "P"), "复核有误：录成 8")


async def test_every_day_is_signed_before_the_stage(database: Engine) -> None:
    stage = await two_day_stage()
    chief = await chief_of(stage)
    await hand_in(stage, "PQ")
    with pytest.raises(Refused) as refused:
        await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    assert [(problem.field, str(problem)) for problem in refused.value.problems] == [("days", "第 1、2 评分日未签字")]
    for day in (1, 2):
        await sign_day(chief, stage.stage_id, day, SIGNATURE)
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)


async def test_a_scheme_without_days_asks_for_no_signature(database: Engine) -> None:
    stage = await ready(1)
    chief = await chief_of(stage)
    with pytest.raises(Refused, match="评分标准中没有第 0 评分日"):
        await sign_day(chief, stage.stage_id, 0, SIGNATURE)
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)


# The protocol


async def full_protocol(stage: MarkingStage, chief: Actor) -> None:
    """Something in every section, signed and locked, with a correction."""
    blind = (await blind_ids(stage))[0]
    await penalty(stage, chief, blind)
    await draw_recheck(chief, stage.stage_id, "seed of the hall")
    for place, work in enumerate(await works_of(stage)):
        await finish_work(chief, int(str(work["id"])), right=place > 0, wrong_sheets=1, note="" if place else "漏录")
        if not place:
            await let_stand(chief, int(str(work["id"])), "纸面补记在后，不计")
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    await marking.lock_stage(chief, stage.stage_id)
    token = (await sheets_of_blind(blind))[0]
    await marking.correct_mark(chief, token, (await aspect_ids(stage.stage_id))["A"], "25", "录入笔误", 1)


async def pages_of(site: Site, stage: MarkingStage) -> dict[str, str]:
    """The protocol as each role sees it."""
    browsers: dict[str, Browser] = {
        "chief": await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id),
        "clerk": await site.sign_in(Role.SCORE_CLERK, stage.contest_id),
        "supervisor": await site.sign_in(Role.SUPERVISOR, stage.contest_id),
        "organiser": await site.sign_in(Role.ORGANISER, stage.contest_id),
        "bureau": await site.sign_in(Role.BUREAU),
    }
    return {who: (await browser.get(f"/stages/{stage.stage_id}/protocol")).text for who, browser in browsers.items()}


async def test_totals_and_names_stand_in_the_protocol_only_for_those_who_may_see_them(site: Site) -> None:
    stage = await ready(1)
    total = await total_of(stage, stage.entry_ids[0])
    shown = f"<b>{total}</b>"
    before = await pages_of(site, stage)
    assert {who for who, page in before.items() if shown in page} == {"chief", "supervisor"}
    assert {who for who, page in before.items() if any(word in page for word in LEAKS)} == set()
    chief = await chief_of(stage)
    await marking.sign_stage(chief, stage.stage_id, SIGNATURE)
    await marking.lock_stage(chief, stage.stage_id)
    locked = await pages_of(site, stage)
    assert {who for who, page in locked.items() if shown in page} == set(locked)
    assert {who for who, page in locked.items() if any(word in page for word in LEAKS)} == set()
    other = await official(Role.ENCRYPTION_JUDGE, stage.contest_id, "石静")
    await reveal_every_layer(other, chief, stage.stage_id)
    revealed = await pages_of(site, stage)
    named = {who for who, page in revealed.items() if any(word in page for word in LEAKS)}
    assert named == {"supervisor", "organiser", "bureau"}
    # with its seed anybody who knows the list can redo the draw
    seeds = [{"seed of the test" in page for page in pages.values()} for pages in (before, locked, revealed)]
    assert seeds == [{False}, {False}, {True}]


async def test_the_protocol_says_everything_the_chief_judge_hands_in(site: Site) -> None:
    stage = await appealed_stage()
    chief = await chief_of(stage)
    appeal_id = await appeal(stage)
    await rule_on(await arbiter_of(stage), appeal_id, upheld=False, ruling="评分与细则一致")
    await full_protocol(stage, chief)
    page = (await pages_of(site, stage))["chief"]
    for said in (
        "第十三届大连市职业技能竞赛", "中式烹调", "seed of the hall", "热菜组", "未戴护目镜",
        "差错率 50.0 %", "漏录", "维持原分：纸面补记在后，不计",
        "评分与细则一致", "录入笔误", "徐铁军", f'd="{SIGNATURE}"',
    ):  # fmt: skip
        assert said in page, said
    assert re.search(r"20</td><td class=\"num\">25</td>", page)


async def test_the_protocol_is_read_in_english_too(site: Site) -> None:
    stage = await ready(2)
    await full_protocol(stage, await chief_of(stage))
    browser = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    for path in ("protocol", "rechecks", "appeals", "incidents", "days"):
        page = (await browser.get(f"/stages/{stage.stage_id}/{path}?lang=en")).text
        assert "Protocol of the stage" in page, path


# A stranger


@pytest.mark.parametrize("path", ["rechecks", "appeals", "appeals/live", "incidents", "days", "protocol"])
async def test_a_chief_judge_of_another_skill_is_shut_out(site: Site, path: str) -> None:
    stage = await ready(1)
    mine = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    assert (await mine.get(f"/stages/{stage.stage_id}/{path}")).status_code == 200
    other = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id + 1)
    assert (await other.get(f"/stages/{stage.stage_id}/{path}")).status_code == 403


async def test_rows_of_another_contest_are_out_of_reach(site: Site) -> None:
    stage = await appealed_stage()
    chief = await chief_of(stage)
    appeal_id = await appeal(stage)
    adjustment = await penalty(stage, chief, (await blind_ids(stage))[0])
    await draw_recheck(chief, stage.stage_id)
    work = (await works_of(stage))[0]["id"]
    clerk = await site.sign_in(Role.SCORE_CLERK, stage.contest_id + 1)
    judge = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id + 1)
    supervisor = await site.sign_in(Role.SUPERVISOR, stage.contest_id + 1)
    assert (await clerk.submit(f"/recheck-works/{work}", outcome=RIGHT)).status_code == 403
    assert (await judge.submit(f"/adjustments/{adjustment}/withdrawal", withdrawn_reason="撤")).status_code == 403
    assert (await supervisor.get(f"/appeals/{appeal_id}")).status_code == 403
    ruling = await supervisor.submit(f"/appeals/{appeal_id}/ruling", state="upheld", ruling="成立")
    assert ruling.status_code == 403
    assert [row["outcome"] for row in await works_of(stage) if row["outcome"] in (RIGHT, WRONG)] == []


async def test_every_act_leaves_a_record(database: Engine) -> None:
    stage = await appealed_stage()
    chief = await chief_of(stage)
    await rule_on(await arbiter_of(stage), await appeal(stage), upheld=False, ruling="评分无误")
    adjustment = await penalty(stage, chief, (await blind_ids(stage))[0])
    await withdraw(chief, adjustment, "证据不足")
    await draw_recheck(chief, stage.stage_id)
    await finish_work(chief, int(str((await works_of(stage))[0]["id"])), right=True)
    acts = (
        "arbiter.named", "appeal.filed", "appeal.ruled", "adjustment.made", "adjustment.withdrawn", "recheck.drawn",
        "recheck.done",
    )  # fmt: skip
    assert {act: await audited(act) for act in acts} == dict.fromkeys(acts, 1)
