"""A contest in the middle of marking: welding before panels of five, milling the WorldSkills way."""

import random
from decimal import Decimal

from competition import clock
from competition.accounts.kinds import Role
from competition.audit.write import Actor, write
from competition.contests.kinds import StageKind
from competition.demo import milling_scheme
from competition.demo.programme import MILLING
from competition.demo.running import (
    SIGNATURE,
    Officials,
    begin,
    check_in,
    chief_of,
    panel_plan,
    run_early_stage,
    run_final,
)
from competition.demo.setting_up import Staged
from competition.demo.settling import Town, morning
from competition.demo.shapes import EntryPlan, PanelPlan
from competition.marking.service.draws import draw_numbers
from competition.marking.service.marks import save_marks
from competition.marking.service.panels import SeatDraft, set_panel
from competition.marking.service.schemes import load_scheme, save_scheme
from competition.marking.service.sheets import check_sheets, submit_sheet
from competition.marking.tables import Sheet


async def run_to_marking(town: Town, staged: Staged) -> None:
    """Preliminaries released, finals in the middle of marking; milling is marked the WorldSkills way."""
    people = await begin(town, staged)
    for skill in staged.plan.skills:
        for group in skill.groups:
            await run_early_stage(town, staged, people, skill.number, group.kind, StageKind.PRELIMINARY)
            if skill.number == MILLING:
                await run_worldskills_final(town, staged, people, skill.number, group.kind)
            else:
                await run_final(town, staged, people, skill.number, group.kind, finish=False)


async def run_worldskills_final(town: Town, staged: Staged, people: Officials, skill: int, group: str) -> None:
    """Three judges, seven forms; the first half of the works are handed in and checked, the others half marked."""
    stage_id = staged.stages[skill, group, StageKind.FINAL]
    panel = panel_plan(staged, skill)
    await chief_of(town, staged, panel)
    finalists = [entry for entry in staged.of_group(skill, group) if entry.reached == "final"]
    day = staged.plan.head.days["final"][0]
    with clock.at(morning(day, 8)):
        async with write(staged.organiser):
            await save_scheme(staged.organiser, stage_id, milling_scheme.SCHEME)
            await _seat_every_form(town, staged, stage_id, panel)
            await check_in(staged, stage_id, finalists, [])
            await draw_numbers(people.encryption, stage_id, f"demo-{staged.plan.head.code}-{skill}-{group}-final")
    with clock.at(morning(day, 11)):
        async with write(staged.organiser):
            await _mark_forms(staged, people, stage_id, {staged.entries[entry.key]: entry for entry in finalists})


async def _seat_every_form(town: Town, staged: Staged, stage_id: int, panel: PanelPlan) -> None:
    """One team for all forms."""
    scheme = await load_scheme(stage_id)
    assert scheme is not None
    seats = []
    for person_key in panel.judges[: milling_scheme.JUDGES]:
        person = town.cast.person(person_key)
        person_id = town.persons[person_key]
        seats.append(SeatDraft(person_id, await town.account(f"judge-{person_id}", person.name, person.name_en)))
    for part in scheme.panel_parts:
        await set_panel(staged.organiser, part.id, f"{part.sub_criterion} 评委组", seats)


async def _mark_forms(staged: Staged, people: Officials, stage_id: int, planned: dict[int, EntryPlan]) -> None:
    scheme = await load_scheme(stage_id)
    assert scheme is not None
    parts = {part.id: part for part in scheme.panel_parts}
    lot = random.Random(f"{staged.plan.head.code} milling")
    sheets = (
        await Sheet.select(
            Sheet.id, Sheet.token, Sheet.part, Sheet.seat.number.as_alias("seat"),
            Sheet.seat.account.as_alias("account"), Sheet.seat._.account._.name.as_alias("name"),
            Sheet.blind.entry.as_alias("entry"), Sheet.blind.number.as_alias("number"),
        )
        .where(Sheet.stage == stage_id)
        .order_by(Sheet.part)
        .order_by(Sheet.blind.number)
        .order_by(Sheet.seat)
    )  # fmt: skip
    works = len({sheet["number"] for sheet in sheets})
    given: dict[tuple[int, int], dict[str, list[Decimal]]] = {}
    checked = []
    for sheet in sheets:
        part, work = parts[sheet["part"]], (sheet["part"], sheet["number"])
        if work not in given:
            share = planned[sheet["entry"]].ability / 50
            given[work] = milling_scheme.panel_marks(lot, part.draft, share)
        done = 2 * sheet["number"] <= works
        if not done and part.day > 1:
            continue
        judge = Actor(name=sheet["name"], user_id=sheet["account"], role=Role.JUDGE)
        marked = part.aspects if done else part.aspects[:1]
        await save_marks(
            judge, sheet["id"], {aspect.id: given[work][aspect.code][sheet["seat"] - 1] for aspect in marked}
        )
        if done:
            await submit_sheet(judge, sheet["token"], SIGNATURE)
            checked.append(sheet["token"])
    await check_sheets(people.clerk, checked)
