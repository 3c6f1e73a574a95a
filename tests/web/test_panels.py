"""Seating one team for many forms, what keeps a judge from a contestant, and what is shown before it is confirmed."""

from decimal import Decimal

import msgspec
import pytest

from competition.accounts.kinds import Role
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM, write
from competition.database.connection import Engine, current_engine
from competition.entries.tables import EntryMember
from competition.marking import service as marking
from competition.marking.service import AspectDraft, PartDraft, SchemeDraft, SeatDraft
from competition.marking.service.marking_settings import set_bar_delegation
from competition.marking.service.panels import load_panels
from competition.marking.service.relations import declare_relation, load_relations, withdraw_relation
from competition.marking.service.seating import Outlook, team_outlook
from competition.marking.tables import JudgeRelation, MarkingSetting, PanelSeat, Recusal
from competition.people.reference import load_reference
from competition.people.tables import District, PoolMembership, Unit
from competition.problems import Missing, Refused
from tests.conftest import Browser, Site
from tests.marking_stage import (
    LEAKS,
    PERSON_WORD,
    UNIT_WORD,
    MarkingStage,
    drawn_stage,
    judge_actor,
    make_judge,
    seated_stage,
    sheets_of,
)


def form(code: str, criterion: str, day: int, method: str = "measurement") -> PartDraft:
    aspect = AspectDraft(code, "尺寸", Decimal(10), Decimal(1))
    if method == "judgement":
        aspect = AspectDraft(code, "外观", Decimal(10), Decimal(1), descriptors=("差", "可", "好", "优"))
    return PartDraft(
        code=code, name=f"{code} 名称", source="panel", weight=Decimal(25), maximum=Decimal(10), method=method,
        criterion=criterion, day=day, aspects=(aspect,),
    )  # fmt: skip


MANY = SchemeDraft(
    parts=(
        form("P", "P", 1), form("B1.M", "B", 1), form("B1.J", "B", 2, "judgement"), form("C1.M", "C", 2),
    )
)  # fmt: skip


async def seats_by_form(stage: MarkingStage) -> dict[str, list[int]]:
    panels = await load_panels(stage.stage_id)
    codes = {part_id: code for code, part_id in stage.part_ids.items()}
    return {codes[part]: [seat.person_id for seat in panel.seats] for part, panel in panels.items()}


def team(*people: int, kinds: dict[int, str] | None = None, name: str = "甲组", **more: object) -> dict[str, object]:
    """The editor's form: one seat after the other."""
    fields: dict[str, object] = {"name": name, "seats": str(len(people)), **more}
    for place, person in enumerate(people):
        fields |= {f"seat-{place}": str(person), f"kind-{place}": (kinds or {}).get(place, "regular")}
    return fields


async def outlook(stage: MarkingStage, *people: int, substitutes: int = 0) -> Outlook:
    drafts = [SeatDraft(person, substitute=place >= len(people) - substitutes) for place, person in enumerate(people)]
    return await team_outlook(stage.stage_id, [stage.part_ids["P"]], drafts)


async def district_of_units(*unit_ids: int, place: int) -> None:
    """Put these units into the n-th district."""
    if not await District.exists():
        await load_reference(SYSTEM)
    district = await District.select(District.id).order_by(District.id).offset(place).first()
    assert district is not None
    async with write(SYSTEM) as change:
        await Unit.update({Unit.district: district["id"]}).where(Unit.id.is_in(list(unit_ids)))
        await change.record("unit.moved", "unit", unit_ids[0])


async def organiser_of(site: Site, stage: MarkingStage) -> Browser:
    return await site.sign_in(Role.ORGANISER, stage.contest_id)


# One team for several forms


async def test_one_team_is_seated_for_the_ticked_forms_and_no_other(site: Site) -> None:
    stage = await seated_stage(3, 4, scheme=MANY)
    before = await seats_by_form(stage)
    first, second, third, _fourth = stage.judge_ids
    organiser = await organiser_of(site, stage)
    also = [str(stage.part_ids["B1.M"]), str(stage.part_ids["C1.M"])]
    answer = await organiser.submit(f"/parts/{stage.part_ids['P']}/panel", **team(third, second, first, also=also))
    assert answer.status_code == 303
    chosen = [third, second, first]
    assert await seats_by_form(stage) == {
        "P": chosen, "B1.M": chosen, "C1.M": chosen, "B1.J": before["B1.J"],
    }  # fmt: skip


async def test_the_ticked_forms_come_to_the_editor(site: Site) -> None:
    stage = await seated_stage(2, 3, scheme=MANY)
    organiser = await organiser_of(site, stage)
    parts = [stage.part_ids[code] for code in ("C1.M", "B1.M")]
    answer = await organiser.get(f"/stages/{stage.stage_id}/panels/team", params={"part": [*parts, 999999, "x"]})
    address = f"/parts/{stage.part_ids['B1.M']}/panel?also={stage.part_ids['C1.M']}"
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    page = (await organiser.get(address)).text
    assert f'name="also" value="{stage.part_ids["C1.M"]}" checked' in page
    assert f'name="also" value="{stage.part_ids["B1.J"]}" checked' not in page


async def test_a_form_of_another_stage_is_unknown_and_nothing_is_saved(site: Site) -> None:
    stage = await seated_stage(2, 3, scheme=MANY)
    before = await seats_by_form(stage)
    organiser = await organiser_of(site, stage)
    answer = await organiser.submit(
        f"/parts/{stage.part_ids['P']}/panel", **team(*stage.judge_ids[:1], also=["999999"])
    )
    assert answer.status_code == 404
    assert await seats_by_form(stage) == before


async def test_the_page_groups_forms_by_criterion_and_day(site: Site) -> None:
    stage = await seated_stage(2, 3, scheme=MANY)
    page = (await (await organiser_of(site, stage)).get(f"/stages/{stage.stage_id}/panels")).text
    heads = [row.split("</tr>")[0] for row in page.split('<tr class="forms-table__group">')[1:]]
    found = [("第 1 评分日" in head, "第 2 评分日" in head, "<b>B</b>" in head) for head in heads]
    assert found == [(True, False, False), (True, False, True), (False, True, True), (False, True, False)]


async def test_forms_of_the_same_judges_are_one_team(site: Site) -> None:
    stage = await seated_stage(2, 3, scheme=MANY)
    page = (await (await organiser_of(site, stage)).get(f"/stages/{stage.stage_id}/panels")).text
    assert page.count('id="team-') == 1
    assert "评 4 张表" in page


async def test_the_pages_cost_does_not_grow_with_the_forms(site: Site) -> None:
    stage = await seated_stage(2, 3, scheme=MANY)
    organiser = await organiser_of(site, stage)

    async def cost() -> int:
        before = current_engine().queries
        await organiser.get(f"/stages/{stage.stage_id}/panels")
        return current_engine().queries - before

    four = await cost()
    alone = msgspec.structs.replace(MANY.parts[0], weight=Decimal(100))
    await marking.save_scheme(SYSTEM, stage.stage_id, SchemeDraft(parts=(alone,)))
    assert await cost() == four


async def test_nothing_is_copied_after_the_draw(site: Site) -> None:
    stage = await drawn_stage(2, 3, scheme=MANY)
    organiser = await organiser_of(site, stage)
    also = [str(stage.part_ids["B1.M"])]
    answer = await organiser.submit(f"/parts/{stage.part_ids['P']}/panel", **team(*stage.judge_ids[:3], also=also))
    assert (answer.status_code, "抽签后裁判组不再调整" in answer.text) == (422, True)
    page = (await organiser.get(f"/stages/{stage.stage_id}/panels")).text
    assert f"/parts/{stage.part_ids['P']}/panel" not in page


async def test_a_judgement_by_other_than_three_is_pointed_out_and_saved(site: Site) -> None:
    stage = await seated_stage(2, 4, scheme=MANY)
    organiser = await organiser_of(site, stage)
    page = f"/stages/{stage.stage_id}/panels"
    assert "B1.J 名称 是评判表，按 3 名裁判设计，现为 4 名正式裁判" in (await organiser.get(page)).text
    address = f"/parts/{stage.part_ids['B1.J']}/panel"
    assert (await organiser.submit(address, **team(*stage.judge_ids[:3]))).status_code == 303
    assert "是评判表" not in (await organiser.get(page)).text


async def test_a_substitute_comes_to_every_form_of_the_team(site: Site) -> None:
    stage = await drawn_stage(2, 3, scheme=MANY)
    organiser = await organiser_of(site, stage)
    judge = await make_judge(900, stage.unit_ids[2])
    panels = {part: panel.id for part, panel in (await load_panels(stage.stage_id)).items()}
    [first, second, *_others] = panels.values()
    answer = await organiser.submit(f"/panels/{first}/substitute", person_id=str(judge), also=[str(second)])
    assert answer.status_code == 303
    seated = await PanelSeat.select(PanelSeat.panel).where(PanelSeat.person == judge).order_by(PanelSeat.panel)
    assert [row["panel"] for row in seated] == sorted([first, second])


# Who stays off whom


async def test_the_own_delegation_stays_off_only_where_the_stage_says_so(database: Engine) -> None:
    stage = await seated_stage(3, 4)
    await district_of_units(stage.unit_ids[0], stage.unit_ids[1], stage.unit_ids[3], place=2)
    await district_of_units(stage.unit_ids[2], place=3)
    assert not (await outlook(stage, *stage.judge_ids)).recused
    await set_bar_delegation(SYSTEM, stage.stage_id, barred=True)
    first, *others = (await outlook(stage, *stage.judge_ids)).seats
    assert first.away == dict.fromkeys(stage.entry_ids[:2], ("裁判与选手同代表队",))
    assert [each.away for each in others] == [{}, {}, {}]


async def test_units_without_a_district_are_of_no_delegation(database: Engine) -> None:
    stage = await seated_stage(2, 3)
    await set_bar_delegation(SYSTEM, stage.stage_id, barred=True)
    assert not (await outlook(stage, *stage.judge_ids)).recused


async def test_the_rule_on_delegations_stands_after_the_draw(site: Site) -> None:
    stage = await drawn_stage(2, 3)
    organiser = await organiser_of(site, stage)
    await organiser.submit(f"/stages/{stage.stage_id}/panels/delegations", barred="1")
    assert not await MarkingSetting.exists().where(MarkingSetting.bar_delegation.eq(True))


async def test_a_compatriot_gets_no_sheet_and_the_substitute_does(site: Site) -> None:
    stage = await seated_stage(3, 3, substitutes=1)
    await district_of_units(stage.unit_ids[1], stage.unit_ids[3], place=1)
    organiser = await organiser_of(site, stage)
    answer = await organiser.submit(f"/stages/{stage.stage_id}/panels/delegations", barred="1")
    assert answer.status_code == 303
    await marking.draw_numbers(SYSTEM, stage.stage_id)
    barred = stage.entry_ids[1]
    assert sorted(str(sheet["entry"]) for sheet in await sheets_of(stage.panel_id, 1)) == sorted(
        str(entry) for entry in stage.entry_ids if entry != barred
    )
    assert [sheet["entry"] for sheet in await sheets_of(stage.panel_id, 4)] == [barred]


async def test_a_declared_relation_keeps_the_judge_away_until_it_is_withdrawn(site: Site) -> None:
    stage = await seated_stage(3, 4)
    organiser = await organiser_of(site, stage)
    judge, entry = stage.judge_ids[1], stage.entry_ids[2]
    address = f"/stages/{stage.stage_id}/relations"
    fields = {"person_id": str(judge), "entry_id": str(entry), "note": "师徒"}
    assert (await organiser.submit(address, **fields)).status_code == 303
    assert (await outlook(stage, *stage.judge_ids)).seats[1].away == {entry: ("裁判已申报与该选手的利害关系",)}
    again = await organiser.submit(address, **fields)
    assert (again.status_code, "该裁判与该选手的关系已申报" in again.text) == (422, True)
    [row] = await JudgeRelation.select(JudgeRelation.id)
    assert (await organiser.submit(f"/relations/{row['id']}/withdrawal")).status_code == 303
    assert not (await outlook(stage, *stage.judge_ids)).recused
    [kept] = await load_relations(stage.stage_id)
    assert (kept.note, kept.withdrawn_at is not None) == ("师徒", True)
    with pytest.raises(Refused, match="该申报已撤回"):
        await withdraw_relation(SYSTEM, row["id"])
    found = AuditRecord.select(AuditRecord.action).where(AuditRecord.action.like("relation.%"))
    acts = await found.order_by(AuditRecord.id)
    assert [act["action"] for act in acts] == ["relation.declared", "relation.withdrawn"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"person_id": "999999"}, "选择本阶段裁判组中的裁判"),
        ({"entry_id": "999999"}, "选择本阶段名单中的选手"),
        ({"note": " "}, "此项必填"),
        ({"person_id": ""}, "此项必填"),
    ],
)
async def test_a_declaration_says_who_whom_and_what(site: Site, changed: dict[str, str], said: str) -> None:
    stage = await seated_stage(2, 3)
    organiser = await organiser_of(site, stage)
    fields = {"person_id": str(stage.judge_ids[0]), "entry_id": str(stage.entry_ids[0]), "note": "师徒"} | changed
    answer = await organiser.submit(f"/stages/{stage.stage_id}/relations", **fields)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert not await JudgeRelation.exists()


async def test_after_the_draw_a_relation_is_the_judges_own_recusal(database: Engine) -> None:
    stage = await drawn_stage(2, 3)
    with pytest.raises(Refused, match="由裁判在评分表上申请回避"):
        await declare_relation(SYSTEM, stage.stage_id, stage.judge_ids[0], stage.entry_ids[0], "师徒")


async def test_a_relation_of_another_stage_is_nobody_elses_to_withdraw(site: Site) -> None:
    stage = await seated_stage(2, 3)
    relation = await declare_relation(SYSTEM, stage.stage_id, stage.judge_ids[0], stage.entry_ids[0], "师徒")
    stranger = await site.sign_in(Role.ORGANISER, stage.contest_id + 1)
    assert (await stranger.submit(f"/relations/{relation}/withdrawal")).status_code == 403


async def test_who_left_a_contestant_while_marking_is_no_substitute_for_the_others(database: Engine) -> None:
    """A substitute of two forms who recuses in one gets the same contestant in the other neither."""
    stage = await drawn_stage(1, 1, scheme=MANY)
    spare = await make_judge(900, stage.unit_ids[1])
    panels = {code: (await load_panels(stage.stage_id))[part].id for code, part in stage.part_ids.items()}
    await marking.add_substitutes(SYSTEM, [panels["P"], panels["C1.M"]], SeatDraft(spare))
    [own] = await sheets_of(panels["P"], 1)
    await marking.recuse(await judge_actor(panels["P"], 1), str(own["token"]), "亲属")
    [taken_over] = await sheets_of(panels["P"], 2)
    await marking.recuse(await judge_actor(panels["P"], 2), str(taken_over["token"]), "亲属")
    [other] = await sheets_of(panels["C1.M"], 1)
    await marking.recuse(await judge_actor(panels["C1.M"], 1), str(other["token"]), "亲属")
    assert await sheets_of(panels["C1.M"], 2) == []


async def test_a_contestant_of_the_skill_takes_no_seat(site: Site) -> None:
    stage = await seated_stage(2, 3)
    member = await EntryMember.select(EntryMember.person).where(EntryMember.entry == stage.entry_ids[0]).first()
    assert member is not None
    async with write(SYSTEM) as change:
        row = await PoolMembership.select().where(PoolMembership.person == stage.judge_ids[0]).first()
        assert row is not None
        del row["id"]
        await PoolMembership.insert(PoolMembership(**row | {"person": member["person"]}))
        await change.record("pool.joined", "person", member["person"])
    organiser = await organiser_of(site, stage)
    address = f"/parts/{stage.part_ids['P']}/panel"
    answer = await organiser.submit(address, **team(*stage.judge_ids, member["person"]))
    assert (answer.status_code, answer.text.count("本人报名参加本赛项，不能任裁判")) == (422, 2)
    assert 'id="f-seat-3"' in answer.text
    assert f'value="{member["person"]}" disabled' in (await organiser.get(address)).text
    with pytest.raises(Refused, match="本人报名参加本赛项"):
        await marking.set_panel(SYSTEM, stage.part_ids["P"], "组", [SeatDraft(member["person"])])


# Before it is confirmed


async def test_where_nobody_stays_away_the_team_is_saved_at_once(site: Site) -> None:
    stage = await seated_stage(3, 4)
    answer = await (await organiser_of(site, stage)).submit(
        f"/parts/{stage.part_ids['P']}/panel", **team(*stage.judge_ids[:3])
    )
    assert (answer.status_code, len((await seats_by_form(stage))["P"])) == (303, 3)


async def test_recusals_are_shown_before_the_team_is_saved(site: Site) -> None:
    stage = await seated_stage(3, 4, substitutes=1, coached=True)
    organiser = await organiser_of(site, stage)
    address = f"/parts/{stage.part_ids['P']}/panel"
    fields = team(*stage.judge_ids, kinds={4: "substitute"}, name="新组")
    shown = await organiser.submit(address, **fields)
    assert shown.status_code == 200
    assert (await load_panels(stage.stage_id))[stage.part_ids["P"]].name == "热菜组"
    for text in ("1 名", "裁判与选手同单位：1", "裁判是该选手的教练：1", PERSON_WORD, UNIT_WORD, "确认并保存"):
        assert text in shown.text, text
    assert (await organiser.submit(address, **fields, do="confirm")).status_code == 303
    assert (await load_panels(stage.stage_id))[stage.part_ids["P"]].name == "新组"


async def test_back_from_the_preview_everything_typed_is_still_there(site: Site) -> None:
    stage = await seated_stage(3, 4, substitutes=1, coached=True)
    organiser = await organiser_of(site, stage)
    fields = team(*stage.judge_ids, kinds={4: "substitute"}, name="新组", do="edit")
    page = (await organiser.submit(f"/parts/{stage.part_ids['P']}/panel", **fields)).text
    assert 'value="新组"' in page
    assert f'value="{stage.judge_ids[4]}" selected' in page
    assert page.count('value="substitute" selected') == 1


async def test_the_outlook_counts_who_stands_in_and_who_is_left_short(database: Engine) -> None:
    stage = await seated_stage(4, 4, substitutes=1, coached=True)
    await declare_relation(SYSTEM, stage.stage_id, stage.judge_ids[1], stage.entry_ids[0], "师徒")
    found = await outlook(stage, *stage.judge_ids, substitutes=1)
    assert [len(each.away) for each in found.seats] == [1, 1, 0, 0, 0]
    assert (found.seats[4].covers, found.short, found.problems) == (1, 1, ())
    assert found.seats[0].counts == [("裁判与选手同单位", 1), ("裁判是该选手的教练", 1)]


async def test_the_chief_judge_sees_counts_and_no_name(site: Site) -> None:
    stage = await seated_stage(3, 4, substitutes=1)
    await declare_relation(SYSTEM, stage.stage_id, stage.judge_ids[1], stage.entry_ids[0], "师徒")
    address = f"/parts/{stage.part_ids['P']}/recusals"
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    page = (await chief.get(address)).text
    assert "裁判已申报与该选手的利害关系：1" in page
    assert [word for word in LEAKS if word in page] == []
    assert PERSON_WORD in (await (await organiser_of(site, stage)).get(address)).text
    assert (await chief.get(f"/stages/{stage.stage_id}/relations")).status_code == 403


async def test_after_the_draw_nobody_is_told_whom_a_seat_stays_off(site: Site) -> None:
    """The room shows which seats mark a number: with the names beside it the number would be known."""
    stage = await seated_stage(3, 4, substitutes=1)
    await declare_relation(SYSTEM, stage.stage_id, stage.judge_ids[1], stage.entry_ids[0], "师徒")
    await marking.draw_numbers(SYSTEM, stage.stage_id)
    page = (await (await organiser_of(site, stage)).get(f"/parts/{stage.part_ids['P']}/recusals")).text
    assert "裁判已申报与该选手的利害关系：1" in page
    assert PERSON_WORD not in page


# Impossible panels


async def test_a_team_smaller_than_its_drops_is_refused_at_the_seats(site: Site) -> None:
    stage = await seated_stage(2, 3)
    answer = await (await organiser_of(site, stage)).submit(
        f"/parts/{stage.part_ids['P']}/panel", **team(*stage.judge_ids[:2])
    )
    said = "实操：2 名正式裁判去掉 1 高 1 低后没有剩余，至少需 3 名"
    assert (answer.status_code, said in answer.text, 'href="#f-seats"' in answer.text) == (422, True, True)
    assert len((await seats_by_form(stage))["P"]) == 3


async def test_substitutes_do_not_make_a_team_of_two_into_three(database: Engine) -> None:
    stage = await seated_stage(2, 3)
    drafts = [SeatDraft(person, substitute=place == 2) for place, person in enumerate(stage.judge_ids)]
    with pytest.raises(Refused, match="2 名正式裁判去掉 1 高 1 低后没有剩余"):
        await marking.set_panel(SYSTEM, stage.part_ids["P"], "组", drafts)


async def test_too_few_left_for_one_contestant_is_refused_before_the_draw(site: Site) -> None:
    stage = await seated_stage(3, 3, coached=True)
    answer = await (await organiser_of(site, stage)).submit(
        f"/parts/{stage.part_ids['P']}/panel", **team(*stage.judge_ids), do="confirm"
    )
    said = "实操：1 名选手只有 2 名裁判可评，去掉 1 高 1 低后不足；增派裁判或替补"
    assert (answer.status_code, said in answer.text) == (422, True)
    assert "去掉 1 高" in str((await marking.plan_draw(stage.stage_id)).problems[0])


async def test_a_measurement_is_fine_with_one_judge_and_refused_with_none_left(database: Engine) -> None:
    stage = await seated_stage(2, 3, scheme=MANY)
    assert (await outlook(stage, stage.judge_ids[0])).problems == ()
    await declare_relation(SYSTEM, stage.stage_id, stage.judge_ids[0], stage.entry_ids[0], "师徒")
    found = await outlook(stage, stage.judge_ids[0])
    assert [str(problem) for problem in found.problems] == ["P 名称：1 名选手没有裁判可评；增派裁判或替补"]


async def test_a_seat_that_could_mark_nobody_is_refused_at_its_row(site: Site) -> None:
    stage = await seated_stage(2, 4)
    for entry in stage.entry_ids:
        await declare_relation(SYSTEM, stage.stage_id, stage.judge_ids[3], entry, "师徒")
    fields = team(*stage.judge_ids[:3], 0, stage.judge_ids[3]) | {"seat-3": ""}
    answer = await (await organiser_of(site, stage)).submit(f"/parts/{stage.part_ids['P']}/panel", **fields)
    assert answer.status_code == 422
    assert 'href="#f-seat-4">须回避本阶段全部选手，不能任席' in answer.text


async def test_who_is_unknown_is_not_seated(database: Engine) -> None:
    stage = await seated_stage(2, 3)
    found = await outlook(stage, 999999)
    assert [problem.field for problem in found.problems] == ["seat-0"]
    with pytest.raises(Missing):
        await team_outlook(stage.stage_id, [999999], [SeatDraft(stage.judge_ids[0])])


async def test_the_recusals_of_the_draw_are_those_that_were_shown(database: Engine) -> None:
    stage = await seated_stage(4, 4, substitutes=1, coached=True)
    found = await outlook(stage, *stage.judge_ids, substitutes=1)
    shown = {(each.seat.number, entry) for each in found.seats for entry in each.away if not each.seat.substitute}
    await marking.draw_numbers(SYSTEM, stage.stage_id)
    rows = await Recusal.select(Recusal.seat.number.as_alias("seat"), Recusal.blind.entry.as_alias("entry"))
    assert {(row["seat"], row["entry"]) for row in rows} == shown
    assert shown == {(1, stage.entry_ids[0])}
