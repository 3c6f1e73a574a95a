"""The protocol: everything the chief judge hands in, and to whom."""

import re

from competition.accounts.kinds import Role
from competition.audit.write import Actor
from competition.marking import service as marking
from competition.marking.service.appeals import rule_on
from competition.marking.service.rechecks import draw_recheck, finish_work, let_stand
from competition.marking.service.reveals import reveal_every_layer
from tests.conftest import Browser, Site
from tests.marking_stage import (
    LEAKS,
    SIGNATURE,
    MarkingStage,
    aspect_ids,
    official,
)
from tests.procedure_stage import (
    appeal,
    appealed_stage,
    arbiter_of,
    blind_ids,
    chief_of,
    penalty,
    ready,
    sheets_of_blind,
    total_of,
    works_of,
)


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
