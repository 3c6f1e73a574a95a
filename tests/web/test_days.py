"""Marking days: signed when complete, opened only by an appeal or a found error."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from competition import clock
from competition.accounts.kinds import Role
from competition.audit.write import SYSTEM, Actor
from competition.database.connection import Engine
from competition.marking import service as marking
from competition.marking.service import SchemeDraft, SeatDraft
from competition.marking.service.appeals import AppealDraft, file_appeal, rule_on
from competition.marking.service.days import sign_day
from competition.marking.service.rechecks import draw_recheck, finish_work
from competition.marking.service.sheets import check_sheets
from competition.marking.tables import (
    DaySignature,
    SchemePart,
    Sheet,
)
from competition.problems import Refused
from competition.rulebook.service import load_seeds
from tests.conftest import Site
from tests.marking_stage import (
    SIGNATURE,
    MarkingStage,
    aspect_ids,
    official,
    seated_stage,
)
from tests.procedure_stage import arbiter_of, blind_ids, chief_of, marked_form, ready, works_of

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
