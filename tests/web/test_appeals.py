"""Appeals: in time to the last second, one arbiter, a ruling that is final and shows what it changed."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from competition import clock
from competition.accounts.kinds import Role
from competition.audit.write import SYSTEM
from competition.database.connection import Engine
from competition.marking import service as marking
from competition.marking.kinds import AppealState
from competition.marking.service.appeals import AppealDraft, file_appeal, rule_on
from competition.marking.tables import (
    Appeal,
    Sheet,
)
from competition.problems import Refused
from competition.rulebook.service import load_seeds
from tests.conftest import Site
from tests.marking_stage import (
    SIGNATURE,
    aspect_ids,
    drawn_stage,
    judge_actor,
)
from tests.procedure_stage import ENDED, appeal, appealed_stage, arbiter_of, blind_ids, chief_of, sheets_of_blind


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
