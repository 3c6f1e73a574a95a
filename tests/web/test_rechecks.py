"""The re-check: who is drawn, what a found error brings, when the rule bears no more."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from competition import clock
from competition.accounts.kinds import Role
from competition.audit.write import SYSTEM, Actor
from competition.database.connection import Engine
from competition.entries import service as entries
from competition.entries.kinds import Attendance
from competition.marking import service as marking
from competition.marking.kinds import Layer
from competition.marking.rules.recheck import choose
from competition.marking.service import SchemeDraft
from competition.marking.service.appeals import AppealDraft, file_appeal, rule_on
from competition.marking.service.recheck_reads import load_rechecks
from competition.marking.service.rechecks import draw_recheck, finish_work, let_stand
from competition.marking.service.reveals import reveal_every_layer
from competition.marking.service.sheets import check_sheets
from competition.marking.tables import (
    BlindNumber,
    Recheck,
    RecheckItem,
    Sheet,
)
from competition.problems import Missing, Refused
from competition.rulebook.service import load_seeds
from tests.conftest import Site
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
from tests.procedure_stage import (
    RULE,
    arbiter_of,
    audited,
    chief_of,
    marked_form,
    procedure_says,
    ready,
    sheets_of_blind,
    works_of,
)

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
