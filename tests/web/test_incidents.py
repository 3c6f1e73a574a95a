"""Incidents with time given back; penalties and bonuses."""

from decimal import Decimal

import pytest

from competition.accounts.kinds import Role
from competition.audit import write as audit
from competition.audit.write import SYSTEM
from competition.database.connection import Engine
from competition.entries import service as entries
from competition.entries.kinds import Attendance
from competition.marking import service as marking
from competition.marking.events import MarkCorrected
from competition.marking.service.adjustments import withdraw
from competition.marking.tables import (
    Adjustment,
    BlindNumber,
    Incident,
)
from competition.problems import Refused
from tests.conftest import Site
from tests.marking_stage import (
    SIGNATURE,
    drawn_stage,
)
from tests.procedure_stage import blind_ids, chief_of, penalty, ready, total_of

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


async def entry_of(blind_id: int) -> int:
    row = await BlindNumber.select(BlindNumber.entry).where(BlindNumber.id == blind_id).first()
    assert row is not None
    return int(row["entry"])


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
