"""Re-checks, appeals, incidents, days and protocol: out of reach for strangers, every act on record."""

import pytest

from competition.accounts.kinds import Role
from competition.database.connection import Engine
from competition.marking.rules.recheck import RIGHT, WRONG
from competition.marking.service.adjustments import withdraw
from competition.marking.service.appeals import rule_on
from competition.marking.service.rechecks import draw_recheck, finish_work
from tests.conftest import Site
from tests.procedure_stage import (
    appeal,
    appealed_stage,
    arbiter_of,
    audited,
    blind_ids,
    chief_of,
    penalty,
    ready,
    works_of,
)


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
