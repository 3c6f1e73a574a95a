"""Contests on screen: set up, edited by two at once, moved through their states, staffed."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from competition.accounts.kinds import Role
from competition.accounts.tables import Account, RoleGrant
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM, write
from competition.contests import overview, service
from competition.contests.drafts import ContestDraft, SessionDraft, SkillDraft, StageDraft
from competition.contests.kinds import CutKind
from competition.contests.overview import Blocker
from competition.contests.staff import appoint_staff
from competition.contests.tables import Contest, FundingLine, Host, SideEvent, Skill, SkillGroup, Stage, UpwardPlace
from competition.database.connection import Engine, current_engine
from competition.problems import Missing, Refused, Stale
from competition.rulebook.service import load_seeds
from tests.conftest import Browser, Site

CONTEST = ContestDraft(name="市职业技能大赛", name_en="City Skills Contest", tier="municipal", year=2025)
WELDING = SkillDraft(name="焊接", name_en="Welding", occupation_code="6-18-02-04")


async def a_contest(**changes: Any) -> int:
    return await service.create_contest(
        SYSTEM, ContestDraft(**{"name": "竞赛", "tier": "municipal", "year": 2025} | changes)
    )


async def a_skill(contest_id: int, name: str = "焊接") -> int:
    return await service.add_skill(SYSTEM, contest_id, SkillDraft(name=name, occupation_code="6-18-02-04"))


async def a_final(contest_id: int, name: str = "焊接") -> int:
    skill_id = await a_skill(contest_id, name)
    group_id = await service.add_group(SYSTEM, skill_id, "employee", "awards-medals")
    return await service.add_stage(SYSTEM, group_id, StageDraft(kind="final"))


def typed(**changes: str) -> dict[str, str]:
    return {
        "name": "市职业技能大赛", "tier": "municipal", "contest_class": "first", "category": "comprehensive",
        "year": "2025", "in_annual_plan": "on", **changes,
    }  # fmt: skip


# The contest


async def test_the_bureau_founds_a_contest(site: Site) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    answer = await bureau.submit("/contests/new", **typed(entry_closes_at="2025-06-30T17:00", starts_on="2025-07-12"))
    assert answer.status_code == 303
    contest = await Contest.select().first()
    assert contest
    assert contest["entry_closes_at"] == datetime(2025, 6, 30, 9, tzinfo=UTC)
    assert (contest["state"], contest["in_annual_plan"], contest["elsewhere"]) == ("draft", True, False)
    assert (await bureau.get(answer.headers["location"])).status_code == 200


async def test_mistakes_stand_at_their_fields_with_what_was_typed(site: Site) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    wrong = typed(name="", year="25", starts_on="2025-09-01", ends_on="2025-08-01", place="某馆")
    answer = await bureau.submit("/contests/new", **wrong)
    assert answer.status_code == 422
    assert 'id="e-name"' in answer.text
    assert 'value="某馆"' in answer.text
    late = typed(entry_opens_at="2025-06-01T00:00", entry_closes_at="2025-05-01T00:00")
    answer = await bureau.submit("/contests/new", **late)
    assert 'id="e-entry_closes_at"' in answer.text
    assert await Contest.count() == 0


async def test_what_is_unusual_is_said_after_saving(site: Site) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    form = typed(entry_closes_at="2025-09-10T17:00", starts_on="2025-09-01", ends_on="2025-09-20")
    answer = await bureau.submit("/contests/new", **form)
    assert "报名截止晚于开赛日期" in (await bureau.get(answer.headers["location"])).text


async def test_the_second_of_two_editors_keeps_their_text_and_sees_who_was_first(site: Site) -> None:
    contest_id = await a_contest()
    first = await site.sign_in_as(await site.account((Role.BUREAU, 0), name="先存的人"))
    second = await site.sign_in(Role.BUREAU)
    address = f"/contests/{contest_id}/edit"
    await first.submit(address, **typed(name="先到的名字", version="1"))
    answer = await second.submit(address, **typed(name="后到的名字", place="新馆", version="1"))
    assert answer.status_code == 409
    assert "先存的人" in answer.text
    assert 'value="后到的名字"' in answer.text
    assert "先到的名字" in answer.text  # what is saved now, beside it
    stored = await Contest.select(Contest.name, Contest.version).first()
    assert stored == {"name": "先到的名字", "version": 2}
    token = re.search(r'name="version" value="(\d+)"', answer.text)
    assert token
    again = await second.submit(address, **typed(name="后到的名字", place="新馆", version=token[1]))
    assert again.status_code == 303


async def test_a_change_says_what_was_before_and_after(database: Engine) -> None:
    contest_id = await a_contest(name="旧名")
    await service.update_contest(SYSTEM, contest_id, ContestDraft(name="新名", tier="municipal", year=2025), 1)
    record = await AuditRecord.select().where(AuditRecord.action == "contest.updated").first()
    assert record
    assert record["detail"] == '{"changed":{"name":["旧名","新名"]}}'


async def test_an_organiser_does_not_decide_tier_plan_and_support(site: Site) -> None:
    contest_id = await a_contest(supported=True)
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    form = typed(name="赛务组改名", tier="world", version="1")
    del form["in_annual_plan"]
    assert (await organiser.submit(f"/contests/{contest_id}/edit", **form)).status_code == 303
    row = await Contest.select(Contest.name, Contest.tier, Contest.supported, Contest.in_annual_plan).first()
    assert row == {"name": "赛务组改名", "tier": "municipal", "supported": True, "in_annual_plan": True}


# States


async def test_publishing_waits_for_skills_and_says_so(site: Site) -> None:
    contest_id = await a_contest()
    bureau = await site.sign_in(Role.BUREAU)
    answer = await bureau.submit(f"/contests/{contest_id}/state", state="open")
    assert answer.status_code == 422
    assert "还没有赛项" in answer.text
    await a_final(contest_id)
    assert (await bureau.submit(f"/contests/{contest_id}/state", state="open")).status_code == 303
    assert (await service.outline(contest_id)).contest["state"] == "open"


async def test_a_contest_goes_only_where_its_state_leads(database: Engine) -> None:
    contest_id = await a_contest()
    await a_final(contest_id)
    with pytest.raises(Refused):
        await service.set_state(SYSTEM, contest_id, "archived")
    for state in ("open", "running", "closed", "archived"):
        await service.set_state(SYSTEM, contest_id, state)
    with pytest.raises(Refused):
        await service.add_skill(SYSTEM, contest_id, WELDING)
    with pytest.raises(Refused):
        await service.update_contest(SYSTEM, contest_id, CONTEST, 5)


async def test_a_contest_elsewhere_starts_without_entries(database: Engine) -> None:
    contest_id = await a_contest(elsewhere=True, tier="national", document_number="〔2025〕1 号")
    await service.set_state(SYSTEM, contest_id, "running")
    assert (await service.outline(contest_id)).contest["state"] == "running"


async def test_a_stage_moves_from_the_state_it_is_in(database: Engine) -> None:
    stage_id = await a_final(await a_contest())
    async with write(SYSTEM) as change:
        await service.move_stage(change, stage_id, ["planned"], "placed")
    with pytest.raises(Stale):
        async with write(SYSTEM) as change:
            await service.move_stage(change, stage_id, ["planned"], "placed")


# Skills, groups, stages, sessions


async def test_skills_are_numbered_one_after_another(database: Engine) -> None:
    contest_id = await a_contest()
    for name in ("钳工", "焊接"):
        await a_skill(contest_id, name)
    rows = await Skill.select(Skill.number, Skill.name).order_by(Skill.number)
    assert rows == [{"number": 1, "name": "钳工"}, {"number": 2, "name": "焊接"}]


async def test_a_skill_with_a_taken_name_or_number_is_refused_at_the_field(site: Site) -> None:
    contest_id = await a_contest()
    await a_skill(contest_id)
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    form = {"name": "焊接", "occupation_code": "6-18-02-04", "team_size": "1"}
    address = f"/contests/{contest_id}/skills/new"
    assert "本竞赛已有同名赛项" in (await organiser.submit(address, **form)).text
    answer = await organiser.submit(address, **{**form, "name": "钳工", "number": "1"})
    assert (answer.status_code, 'id="e-number"' in answer.text) == (422, True)
    wrong = await organiser.submit(address, **{**form, "name": "钳工", "occupation_code": "焊工"})
    assert 'id="e-occupation_code"' in wrong.text
    assert await Skill.count() == 1


async def test_a_skill_is_edited_under_a_version(site: Site) -> None:
    contest_id = await a_contest()
    skill_id = await a_skill(contest_id)
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    form = {"name": "焊接技术", "occupation_code": "6-18-02-04", "team_size": "2", "version": "1"}
    assert (await organiser.submit(f"/skills/{skill_id}/edit", **form)).status_code == 303
    answer = await organiser.submit(f"/skills/{skill_id}/edit", **{**form, "team_size": "3"})
    assert answer.status_code == 409
    assert 'value="3"' in answer.text
    row = await Skill.select(Skill.team_size, Skill.number).first()
    assert row == {"team_size": 2, "number": 1}


async def test_a_group_takes_its_award_rule_from_the_rulebook(site: Site) -> None:
    await load_seeds(SYSTEM)
    contest_id = await a_contest()
    skill_id = await a_skill(contest_id)
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    address = f"/skills/{skill_id}/groups"
    assert (await organiser.submit(address, kind="employee", award_rule="invented")).status_code == 422
    assert (await organiser.submit(address, kind="employee", award_rule="awards-medals")).status_code == 303
    assert "该赛项已有“职工组”" in (await organiser.submit(address, kind="employee")).text
    group = await SkillGroup.select().first()
    assert group
    edited = {"award_rule": "awards-dalian-2021", "minimum_entries": "15"}
    assert (await organiser.submit(f"/groups/{group['id']}/edit", **edited)).status_code == 303
    row = await SkillGroup.select(SkillGroup.award_rule, SkillGroup.minimum_entries).first()
    assert row == {"award_rule": "awards-dalian-2021", "minimum_entries": 15}


async def test_stages_stand_in_order_whenever_they_are_added(database: Engine) -> None:
    final = await a_final(await a_contest())
    group_id = (await service.stage_context(final)).group["id"]
    first = await service.add_stage(
        SYSTEM, group_id, StageDraft(kind="preliminary", cut_kind=CutKind.TOP, cut_value=Decimal(20))
    )
    following = await service.next_stage(first)
    assert following
    assert following["id"] == final
    middle = await service.add_stage(
        SYSTEM, group_id, StageDraft(kind="semifinal", cut_kind=CutKind.PERCENT, cut_value=Decimal("12.5"))
    )
    following = await service.next_stage(first)
    assert following
    assert following["id"] == middle
    assert await service.next_stage(final) is None
    row = await Stage.select(Stage.cut_value).where(Stage.id == middle).first()
    assert row == {"cut_value": 125_000}


async def test_a_stage_is_added_and_its_cut_changed_until_it_is_locked(site: Site) -> None:
    contest_id = await a_contest()
    final = await a_final(contest_id)
    group_id = (await service.stage_context(final)).group["id"]
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    form = {"kind": "preliminary", "cut_kind": "top", "cut_value": "20", "tie_breaks": "P，T"}
    answer = await organiser.submit(f"/groups/{group_id}/stages/new", **form)
    assert answer.status_code == 303
    stage_id = int(answer.headers["location"].split("/")[2])
    stage = (await service.stage_context(stage_id)).stage
    assert (stage["cut_value"], stage["tie_breaks"]) == (200_000, '["P", "T"]')
    twice = await organiser.submit(f"/groups/{group_id}/stages/new", **form)
    assert twice.status_code == 422
    empty = await organiser.submit(f"/stages/{stage_id}/setup", cut_kind="top", cut_value="", version="1")
    assert (empty.status_code, 'id="e-cut_value"' in empty.text) == (422, True)
    changed = {"cut_kind": "percent", "cut_value": "30"}
    assert (await organiser.submit(f"/stages/{stage_id}/setup", version="1", **changed)).status_code == 303
    assert (await organiser.submit(f"/stages/{stage_id}/setup", version="1", **changed)).status_code == 409
    async with write(SYSTEM) as change:
        await service.move_stage(change, stage_id, ["planned"], "locked")
    late = await organiser.submit(f"/stages/{stage_id}/setup", version="3", **changed)
    assert late.status_code == 422
    assert "已锁定" in late.text


async def test_reserved_places_and_ranks_without_ties_are_kept_and_shown_again(site: Site) -> None:
    contest_id = await a_contest()
    final = await a_final(contest_id)
    context = await service.stage_context(final)
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    address = f"/groups/{context.group['id']}/stages/new"
    form = {"kind": "preliminary", "cut_kind": "top", "cut_value": "x", "cut_reserved": "2", "rank_ties": "decided"}
    wrong = await organiser.submit(address, **form)
    assert wrong.status_code == 422
    assert 'name="cut_reserved" type="text" value="2"' in wrong.text
    assert '<option value="decided" selected>不得并列' in wrong.text
    answer = await organiser.submit(address, **form | {"cut_value": "20"})
    stage_id = int(answer.headers["location"].split("/")[2])
    stage = (await service.stage_context(stage_id)).stage
    assert (stage["cut_reserved"], stage["rank_ties"]) == (2, "decided")
    page = await organiser.get(f"/stages/{stage_id}/setup")
    assert 'name="cut_reserved" type="text" value="2"' in page.text
    assert '<option value="decided" selected>' in page.text
    skill = await organiser.get(f"/skills/{context.skill['id']}")
    assert "每个代表队保留 2 个名额" in skill.text
    assert "不得并列" in skill.text
    all_in = {"cut_kind": "all", "cut_reserved": "2", "version": str(stage["version"])}
    assert (await organiser.submit(f"/stages/{stage_id}/setup", **all_in)).status_code == 303
    stage = (await service.stage_context(stage_id)).stage
    assert (stage["cut_reserved"], stage["rank_ties"]) == (0, "shared")


async def test_reserved_places_are_not_negative_and_need_a_number_of_places(database: Engine) -> None:
    group_id = (await service.stage_context(await a_final(await a_contest()))).group["id"]
    threshold = StageDraft(kind="preliminary", cut_kind="threshold", cut_value=Decimal(60), cut_reserved=1)
    negative = StageDraft(kind="preliminary", cut_kind="top", cut_value=Decimal(6), cut_reserved=-1)
    for draft in (threshold, negative):
        with pytest.raises(Refused) as refusal:
            await service.add_stage(SYSTEM, group_id, draft)
        assert [problem.field for problem in refusal.value.problems] == ["cut_reserved"]


@pytest.mark.parametrize(
    ("cut_kind", "reserved", "status"), [("top", "-1", 422), ("top", "2", 303), ("threshold", "2", 422)]
)
async def test_wrong_reserved_places_stand_at_their_field_as_typed(
    site: Site, cut_kind: str, reserved: str, status: int
) -> None:
    contest_id = await a_contest()
    group_id = (await service.stage_context(await a_final(contest_id))).group["id"]
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    form = {"kind": "preliminary", "cut_kind": cut_kind, "cut_value": "60", "rank_ties": "decided"}
    answer = await organiser.submit(f"/groups/{group_id}/stages/new", cut_reserved=reserved, **form)
    assert (answer.status_code, 'id="e-cut_reserved"' in answer.text) == (status, status == 422)
    if status == 422:
        assert f'name="cut_reserved" type="text" value="{reserved}"' in answer.text
        assert '<option value="decided" selected>' in answer.text
        assert await Stage.count().where(Stage.group == group_id) == 1


async def test_sessions_are_numbered_and_listed_by_time(site: Site) -> None:
    contest_id = await a_contest()
    stage_id = await a_final(contest_id)
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    address = f"/stages/{stage_id}/sessions"
    late = {"venue": "二号馆", "starts_at": "2025-09-19T09:00", "ends_at": "2025-09-19T12:00", "stations": "24"}
    assert (await organiser.submit(address, **late)).status_code == 303
    await organiser.submit(address, **{**late, "venue": "一号馆", "starts_at": "2025-09-18T09:00"})
    wrong = await organiser.submit(address, **{**late, "ends_at": "2025-09-19T08:00"})
    assert (wrong.status_code, 'id="e-ends_at"' in wrong.text) == (422, True)
    listed = (await organiser.get(f"/contests/{contest_id}/sessions")).text
    assert listed.index("一号馆") < listed.index("二号馆")
    sessions = (await service.outline(contest_id)).skills[0].sessions
    assert [(row["number"], row["stations"]) for row in sessions] == [(1, 24), (2, 24)]
    edited = {**late, "venue": "三号馆", "stations": "30"}
    assert (await organiser.submit(f"/sessions/{sessions[0]['id']}/edit", **edited)).status_code == 303
    assert (await service.outline(contest_id)).skills[0].sessions[0]["venue"] == "三号馆"


# What stands around a contest


async def test_hosts_are_saved_as_one_list(site: Site) -> None:
    contest_id = await a_contest()
    bureau = await site.sign_in(Role.BUREAU)
    address = f"/contests/{contest_id}/hosts"
    form = {"kind": ["government", "school", ""], "role": ["sponsor", "organiser", ""], "host": ["市局", "学院", " "]}
    assert (await bureau.submit(address, **form)).status_code == 303
    assert [row["name"] for row in await Host.select(Host.name).order_by(Host.id)] == ["市局", "学院"]
    wrong = {"kind": ["government", ""], "role": ["sponsor", ""], "host": ["市局", "没选类别的单位"]}
    answer = await bureau.submit(address, **wrong)
    assert answer.status_code == 422
    assert 'value="没选类别的单位"' in answer.text
    assert await Host.count() == 2


async def test_funding_is_kept_in_fen(site: Site) -> None:
    contest_id = await a_contest()
    bureau = await site.sign_in(Role.BUREAU)
    address = f"/contests/{contest_id}/funding"
    form = {"budget_government": "2600000", "actual_government": "1742300.50"}
    assert (await bureau.submit(address, **form)).status_code == 303
    line = await FundingLine.select(FundingLine.source, FundingLine.budget_fen, FundingLine.actual_fen).first()
    assert line == {"source": "government", "budget_fen": 260_000_000, "actual_fen": 174_230_050}
    assert 'value="1742300.50"' in (await bureau.get(address)).text
    assert "1,742,300.50" in (await bureau.get(f"/contests/{contest_id}")).text
    wrong = await bureau.submit(address, budget_government="1.005")
    assert (wrong.status_code, 'id="e-budget_government"' in wrong.text) == (422, True)


async def test_side_events_and_places_upward_come_and_go(site: Site) -> None:
    contest_id, other = await a_contest(), await a_contest()
    skill_id, foreign = await a_skill(contest_id), await a_skill(other)
    bureau = await site.sign_in(Role.BUREAU)
    events, upward = f"/contests/{contest_id}/side-events", f"/contests/{contest_id}/upward"
    assert (await bureau.submit(events, kind="conference", name="发展论坛")).status_code == 303
    place = {"target_name": "省赛", "target_tier": "provincial", "skill": str(skill_id), "places": "2"}
    assert (await bureau.submit(upward, **place)).status_code == 303
    assert (await bureau.submit(upward, **{**place, "skill": str(foreign)})).status_code == 422
    shown = (await bureau.get(f"/contests/{contest_id}")).text
    assert "发展论坛" in shown
    assert "省赛" in shown
    event = await SideEvent.select(SideEvent.id).first()
    assert event
    line = event["id"]
    assert (await bureau.submit(f"/contests/{other}/side-events/{line}/remove")).status_code == 404
    assert (await bureau.submit(f"{events}/{line}/remove")).status_code == 303
    line = (await UpwardPlace.select(UpwardPlace.id))[0]["id"]
    assert (await bureau.submit(f"{upward}/{line}/remove")).status_code == 303
    assert await SideEvent.count() + await UpwardPlace.count() == 0


# Staff


async def test_a_new_chief_judge_gets_an_account_that_works_once_told(site: Site) -> None:
    contest_id = await a_contest()
    skill_id = await a_skill(contest_id)
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    form = {"role": "chief_judge", "skill": str(skill_id), "name": "宫树森", "username": "gong"}
    answer = await organiser.submit(f"/contests/{contest_id}/staff", **form)
    assert answer.status_code == 200
    password = re.search(r"初始密码</dt><dd>([a-z2-9-]{14})</dd>", answer.text)
    assert password
    assert password[1] not in (await organiser.get(f"/contests/{contest_id}/staff")).text
    stranger = site.browser()
    page = await stranger.get("/sign-in")
    token = re.search(r'name="_csrf" value="([^"]*)"', page.text)
    assert token
    signed_in = await stranger.post("/sign-in", data={"_csrf": token[1], "username": "gong", "password": password[1]})
    assert signed_in.status_code == 303
    assert (await stranger.get(f"/skills/{skill_id}")).status_code == 200


async def test_a_known_account_is_appointed_without_a_new_password(site: Site) -> None:
    contest_id = await a_contest()
    account = await site.account(name="宫树森")
    username = (await Account.select(Account.username).where(Account.id == account))[0]["username"]
    bureau = await site.sign_in(Role.BUREAU)
    form = {"role": "organiser", "name": "宫树森", "username": username}
    answer = await bureau.submit(f"/contests/{contest_id}/staff", **form)
    assert (answer.status_code, "初始密码" in answer.text) == (200, False)
    grants = await RoleGrant.select(RoleGrant.role, RoleGrant.scope_kind, RoleGrant.scope_id).where(
        RoleGrant.account == account
    )
    assert grants == [{"role": "organiser", "scope_kind": "contest", "scope_id": contest_id}]


async def test_an_organiser_does_not_make_organisers_and_nobody_crosses_contests(site: Site) -> None:
    contest_id, other = await a_contest(), await a_contest()
    foreign = await a_skill(other)
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    address = f"/contests/{contest_id}/staff"
    for form in ({"role": "organiser"}, {"role": "bureau"}, {"role": "chief_judge", "skill": str(foreign)}):
        answer = await organiser.submit(address, name="宫树森", username="gong", **form)
        assert answer.status_code == 422
    assert (await organiser.submit(f"/contests/{other}/staff", role="supervisor")).status_code == 403
    assert await Account.count().where(Account.username == "gong") == 0


async def test_a_role_is_taken_back(site: Site) -> None:
    contest_id, other = await a_contest(), await a_contest()
    await appoint_staff(SYSTEM, Role.BUREAU, contest_id, Role.SCORE_CLERK, 0, "录分的人", "clerk")
    grant = await RoleGrant.select(RoleGrant.id).where(RoleGrant.role == "score_clerk").first()
    assert grant
    bureau = await site.sign_in(Role.BUREAU)
    assert (await bureau.submit(f"/contests/{other}/staff/{grant['id']}/end")).status_code == 404
    assert (await bureau.submit(f"/contests/{contest_id}/staff/{grant['id']}/end")).status_code == 303
    assert "录分的人" not in (await bureau.get(f"/contests/{contest_id}/staff")).text


# Who sees what


async def test_each_sees_their_own_contests_only(site: Site) -> None:
    mine, theirs = await a_contest(name="我的竞赛"), await a_contest(name="别的竞赛")
    skill_id = await a_skill(mine)
    for role, scope in ((Role.ORGANISER, mine), (Role.CHIEF_JUDGE, skill_id), (Role.SUPERVISOR, mine)):
        browser = await site.sign_in(role, scope)
        listed = (await browser.get("/contests")).text
        assert "我的竞赛" in listed
        assert "别的竞赛" not in listed
        assert (await browser.get(f"/contests/{mine}")).status_code == 200
        for page in ("", "/sessions", "/staff"):
            assert (await browser.get(f"/contests/{theirs}{page}")).status_code in (403, 404)


async def test_a_chief_judge_changes_nothing(site: Site) -> None:
    contest_id = await a_contest()
    skill_id = await a_skill(contest_id)
    chief = await site.sign_in(Role.CHIEF_JUDGE, skill_id)
    assert (await chief.get(f"/skills/{skill_id}/edit")).status_code == 403
    assert (await chief.submit(f"/contests/{contest_id}/state", state="open")).status_code == 403
    assert "/edit" not in (await chief.get(f"/skills/{skill_id}")).text


# The page


@asynccontextmanager
async def contributed(name: str, rows: dict[int, Any]) -> AsyncIterator[None]:
    """What a room above would say, for the length of a test."""

    async def provider(_: int) -> dict[int, Any]:
        return rows

    before = dict(overview._providers)
    overview.contribute(name, provider)
    try:
        yield
    finally:
        overview._providers.clear()
        overview._providers.update(before)


async def test_the_page_shows_what_the_rooms_above_contribute(site: Site) -> None:
    contest_id = await a_contest()
    skill_id = await a_skill(contest_id)
    bureau = await site.sign_in(Role.BUREAU)
    async with contributed("entries", {skill_id: 231}), contributed("sheets", {skill_id: (151, 204)}):
        page = (await bureau.get(f"/contests/{contest_id}")).text
    assert '<td class="num">231</td>' in page
    assert "151 / 204" in page


async def test_what_blocks_stands_first_with_its_action(site: Site) -> None:
    contest_id = await a_contest()
    skill_id = await a_skill(contest_id)
    bureau = await site.sign_in(Role.BUREAU)
    blocker = Blocker("第 3 名 2 人并列，裁判长未裁定", "/stages/1/results", "裁定")
    async with contributed("blockers", {skill_id: [blocker]}):
        page = (await bureau.get(f"/contests/{contest_id}")).text
    assert page.index("第 3 名 2 人并列") < page.index('id="skills"')
    assert '<a href="/stages/1/results">裁定</a>' in page


async def test_skills_are_filtered_by_text_and_state(site: Site) -> None:
    contest_id = await a_contest()
    await a_final(contest_id, "焊接")
    stage_id = await a_final(contest_id, "钳工")
    async with write(SYSTEM) as change:
        await service.move_stage(change, stage_id, ["planned"], "marking")
    bureau = await site.sign_in(Role.BUREAU)
    table = (await bureau.get(f"/contests/{contest_id}?state=marking")).text.split('id="skills"')[1]
    assert ("钳工" in table, "焊接" in table) == (True, False)
    table = (await bureau.get(f"/contests/{contest_id}?q=焊")).text.split('id="skills"')[1]
    assert ("钳工" in table, "焊接" in table) == (False, True)


async def test_a_stage_context_takes_one_query(database: Engine) -> None:
    contest_id = await a_contest()
    stage_id = await a_final(contest_id)
    before = current_engine().queries
    context = await service.stage_context(stage_id)
    assert current_engine().queries - before == 1
    assert context.contest["id"] == contest_id
    assert context.stage["group"] == context.group["id"]
    assert context.group["skill"] == context.skill["id"]
    assert context.skill["contest"] == contest_id
    with pytest.raises(Missing):
        await service.stage_context(9999)


async def queries_of(browser: Browser, address: str) -> int:
    before = current_engine().queries
    assert (await browser.get(address)).status_code == 200
    return current_engine().queries - before


async def test_pages_cost_the_same_for_one_skill_and_thirty(site: Site) -> None:
    contest_id = await a_contest()
    bureau = await site.sign_in(Role.BUREAU)
    addresses = (
        "/contests",
        f"/contests/{contest_id}",
        f"/contests/{contest_id}/sessions",
        f"/contests/{contest_id}/staff",
    )

    async def one_more(number: int) -> None:
        stage_id = await a_final(contest_id, f"赛项{number}")
        await service.add_session(SYSTEM, stage_id, SessionDraft(venue="一号馆", stations=10))
        skill_id = (await service.stage_context(stage_id)).skill["id"]
        await appoint_staff(SYSTEM, Role.BUREAU, contest_id, Role.CHIEF_JUDGE, skill_id, "裁判长", "the-chief")
        await a_contest(name=f"竞赛{number}")

    await one_more(1)
    one = [await queries_of(bureau, address) for address in addresses]
    for number in range(2, 31):
        await one_more(number)
    assert [await queries_of(bureau, address) for address in addresses] == one


async def test_an_organiser_without_a_contest_founds_one_and_runs_it(site: Site) -> None:
    organiser = await site.sign_in_as(await site.account((Role.ORGANISER, 0)))
    answer = await organiser.submit(
        "/contests/new", name="行业技能竞赛", tier="municipal", contest_class="second", category="special", year=2025,
        in_annual_plan="on", supported="on",
    )  # fmt: skip
    assert answer.status_code == 303
    contest = await Contest.select().order_by(Contest.id, ascending=False).first()
    assert (contest["name"], contest["in_annual_plan"], contest["supported"]) == ("行业技能竞赛", False, False)
    assert (await organiser.get(f"/contests/{contest['id']}")).status_code == 200


async def test_an_organiser_without_a_contest_reaches_nobody_elses(site: Site) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    fields = {"tier": "municipal", "contest_class": "second", "category": "special", "year": 2025}
    await bureau.submit("/contests/new", name="别人的竞赛", **fields)
    contest = await Contest.select(Contest.id).order_by(Contest.id, ascending=False).first()
    organiser = await site.sign_in_as(await site.account((Role.ORGANISER, 0)))
    assert (await organiser.get(f"/contests/{contest['id']}")).status_code == 403
    assert "别人的竞赛" not in (await organiser.get("/contests")).text
