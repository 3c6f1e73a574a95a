"""The demo's stages as they are run: check-in, the draw, marks, signatures, the lock, release."""

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

import msgspec

from competition import clock
from competition.accounts.kinds import Role
from competition.audit.write import Actor, write
from competition.contests import service as contests
from competition.contests.kinds import ContestState, StageKind
from competition.demo.programme import TIME
from competition.demo.setting_up import DAY_OF, Staged, entry_draft, scheme_of, tie_breaks_of
from competition.demo.settling import BUREAU, Town, morning
from competition.demo.shapes import EntryPlan, PanelPlan
from competition.entries import service as entries
from competition.entries.kinds import Attendance
from competition.entries.service import placing
from competition.marking.kinds import PartSource
from competition.marking.service.draws import draw_numbers
from competition.marking.service.imports import import_scores
from competition.marking.service.locking import lock_stage, sign_stage
from competition.marking.service.marks import save_marks
from competition.marking.service.panels import SeatDraft, set_panel
from competition.marking.service.reveals import reveal_every_layer
from competition.marking.service.schemes import load_scheme, save_scheme
from competition.marking.service.sheets import check_sheets, submit_sheet
from competition.marking.tables import Aspect, Sheet
from competition.results import service as results
from competition.results.recording import RecordedLine, record_results

SIGNATURE = "M40 150 L90 90 L140 160 L200 80 L260 150 L330 100 L400 140"
WORDS = "演示数据，由程序代签"


class Officials(msgspec.Struct, frozen=True):
    encryption: Actor
    clerk: Actor
    supervisor: Actor


async def officials(town: Town, staged: Staged) -> Officials:
    contest_id = staged.contest_id
    return Officials(
        await town.actor(Role.ENCRYPTION_JUDGE, "encryption", "加密裁判（演示）", "Encryption judge", contest_id),
        await town.actor(Role.SCORE_CLERK, "clerk", "录分员（演示）", "Score clerk", contest_id),
        await town.actor(Role.SUPERVISOR, "supervisor", "监督仲裁（演示）", "Supervisor", contest_id),
    )


async def chief_of(town: Town, staged: Staged, panel: PanelPlan) -> Actor:
    person = town.cast.person(panel.chief)
    username = f"chief-{panel.skill:02}"
    return await town.actor(Role.CHIEF_JUDGE, username, person.name, person.name_en, staged.skills[panel.skill])


async def run_early_stage(
    town: Town, staged: Staged, people: Officials, skill: int, group: str, kind: StageKind
) -> None:
    """A stage whose scores come from outside: import, sign, lock, release; the best go on."""
    stage_id = staged.stages[skill, group, kind]
    chief = await chief_of(town, staged, panel_plan(staged, skill))
    taking_part = [entry for entry in staged.of_group(skill, group) if _score(entry, kind) is not None]
    day = staged.plan.head.days[DAY_OF[kind]][0]
    with clock.at(morning(day)):
        async with write(staged.organiser):
            await save_scheme(staged.organiser, stage_id, scheme_of(kind))
            if kind == StageKind.PRELIMINARY:
                await entries.open_first_stage(staged.organiser, stage_id)
            await check_in(staged, stage_id, taking_part, ())
            await draw_numbers(people.encryption, stage_id, f"demo-{staged.plan.head.code}-{skill}-{group}-{kind}")
            scores = {staged.entries[entry.key]: _score(entry, kind) or Decimal(0) for entry in taking_part}
            await _import(people.clerk, stage_id, scores)
    with clock.at(morning(day, 18)):
        async with write(chief):
            await _finish(staged, chief, people, stage_id)


async def run_final(town: Town, staged: Staged, people: Officials, skill: int, group: str, *, finish: bool) -> None:
    """Five judges mark blind numbers. Without `finish` the stage is left in the middle of marking."""
    stage_id = staged.stages[skill, group, StageKind.FINAL]
    panel = panel_plan(staged, skill)
    chief = await chief_of(town, staged, panel)
    finalists = [entry for entry in staged.of_group(skill, group) if entry.reached == "final"]
    day = staged.plan.head.days["final"][0]
    with clock.at(morning(day, 8)):
        async with write(staged.organiser):
            timed = TIME in tie_breaks_of(staged.plan.head, skill)
            await save_scheme(staged.organiser, stage_id, scheme_of(StageKind.FINAL, timed=timed))
            await _seat(town, staged, stage_id, panel)
            await check_in(staged, stage_id, finalists, [entry for entry in finalists if entry.attendance == "absent"])
            await draw_numbers(people.encryption, stage_id, f"demo-{staged.plan.head.code}-{skill}-{group}-final")
            scores = {staged.entries[entry.key]: entry.final.theory for entry in finalists if entry.final}
            await _import(people.clerk, stage_id, scores)
            if timed:
                await _import(people.clerk, stage_id, _times(staged, finalists), PartSource.RECORD, "演示计时表")
    with clock.at(morning(day, 11)):
        async with write(staged.organiser):
            await _mark(staged, people, stage_id, {staged.entries[entry.key]: entry for entry in finalists})
    if finish:
        with clock.at(morning(staged.plan.head.days["final"][1], 18)):
            async with write(chief):
                await _finish(staged, chief, people, stage_id, release=False)


def panel_plan(staged: Staged, skill: int) -> PanelPlan:
    return next(panel for panel in staged.plan.panels if panel.skill == skill)


def _score(entry: EntryPlan, kind: StageKind) -> Decimal | None:
    return entry.preliminary if kind == StageKind.PRELIMINARY else entry.semi_final


async def check_in(staged: Staged, stage_id: int, expected: Sequence[EntryPlan], absent: Sequence[EntryPlan]) -> None:
    came = {staged.entries[entry.key]: Attendance.CHECKED_IN for entry in expected if entry not in absent}
    await placing.attend(staged.organiser, stage_id, came)
    if absent:
        stayed_away = {staged.entries[entry.key]: Attendance.ABSENT for entry in absent}
        await placing.attend(staged.organiser, stage_id, stayed_away, "未到场")


def _times(staged: Staged, finalists: Sequence[EntryPlan]) -> dict[int, Decimal]:
    """Seconds, up to three and a half hours; the better ones tend to be quicker."""
    lot = random.Random(f"{staged.plan.head.code} times")
    return {
        staged.entries[entry.key]: Decimal(12_600 - 30 * int(entry.ability) - lot.randrange(1500))
        for entry in finalists
        if entry.final and entry.attendance != "absent"
    }


async def _import(
    clerk: Actor, stage_id: int, scores: dict[int, Decimal], source: str = PartSource.IMPORT, paper: str = "演示成绩单"
) -> None:
    scheme = await load_scheme(stage_id)
    assert scheme is not None
    [part] = [part for part in scheme.parts if part.source == source]
    await import_scores(clerk, part.id, scores, paper)


async def _seat(town: Town, staged: Staged, stage_id: int, panel: PanelPlan) -> None:
    scheme = await load_scheme(stage_id)
    assert scheme is not None
    seats = []
    for person_key in (*panel.judges, *panel.reserve):
        person = town.cast.person(person_key)
        person_id = town.persons[person_key]
        account_id = await town.account(f"judge-{person_id}", person.name, person.name_en)
        seats.append(SeatDraft(person_id, account_id, substitute=person_key in panel.reserve))
    [part] = scheme.panel_parts
    await set_panel(staged.organiser, part.id, "技能操作评委组", seats)


async def _mark(staged: Staged, people: Officials, stage_id: int, planned: dict[int, EntryPlan]) -> None:
    """Every sheet whose marks are all known is handed in and checked; the others stay open with what there is."""
    sheets = (
        await Sheet.select(
            Sheet.id, Sheet.token, Sheet.part, Sheet.seat.number.as_alias("seat"),
            Sheet.seat.account.as_alias("account"), Sheet.seat._.account._.name.as_alias("name"),
            Sheet.blind.entry.as_alias("entry"),
        )
        .where(Sheet.stage == stage_id)
        .order_by(Sheet.id)
    )  # fmt: skip
    if not sheets:
        return
    aspects = await Aspect.select(Aspect.id, Aspect.code).where(Aspect.part == sheets[0]["part"])
    checked = []
    for sheet in sheets:
        entry = planned[sheet["entry"]]
        if entry.final is None:
            continue
        judge = Actor(name=sheet["name"], user_id=sheet["account"], role=Role.JUDGE)
        seat = min(sheet["seat"], 5) - 1
        found = {aspect["id"]: entry.final.practice[aspect["code"]][seat] for aspect in aspects}
        entered = {aspect_id: mark for aspect_id, mark in found.items() if mark is not None}
        if entered:
            await save_marks(judge, sheet["id"], entered)
        if len(entered) == len(found):
            await submit_sheet(judge, sheet["token"], SIGNATURE)
            checked.append(sheet["token"])
    if checked:
        await check_sheets(people.clerk, checked)


async def _finish(staged: Staged, chief: Actor, people: Officials, stage_id: int, *, release: bool = True) -> None:
    await sign_stage(chief, stage_id, WORDS)
    await lock_stage(chief, stage_id)
    await reveal_every_layer(people.encryption, people.supervisor, stage_id)
    revision_id = await results.compute(staged.organiser, stage_id)
    if release:
        await results.release(BUREAU, revision_id)


async def run_municipal(town: Town, staged: Staged, step: Callable[[], None]) -> None:
    """All stages of every group, then the finals' results in one day's release."""
    people = await begin(town, staged)
    for skill in staged.plan.skills:
        for group in skill.groups:
            for kind in (StageKind.PRELIMINARY, StageKind.SEMIFINAL):
                if (skill.number, group.kind, kind) in staged.stages:
                    await run_early_stage(town, staged, people, skill.number, group.kind, kind)
            await run_final(town, staged, people, skill.number, group.kind, finish=True)
        step()
    await release_finals(staged)
    with clock.at(morning(staged.plan.head.days["release"][0], 17)):
        await contests.set_state(staged.organiser, staged.contest_id, ContestState.CLOSED)


async def release_finals(staged: Staged) -> None:
    with clock.at(morning(staged.plan.head.days["release"][0], 10)):
        for (_, _, kind), stage_id in staged.stages.items():
            if kind == StageKind.FINAL:
                async with write(BUREAU):
                    await results.release(BUREAU, await results.compute(staged.organiser, stage_id))


async def begin(town: Town, staged: Staged) -> Officials:
    async with write(BUREAU):
        people = await officials(town, staged)
        with clock.at(morning(staged.plan.head.days["preliminary"][0], 7)):
            await contests.set_state(staged.organiser, staged.contest_id, ContestState.RUNNING)
    return people


async def record_elsewhere(town: Town, staged: Staged) -> None:
    """A contest others ran: our finalists and how they came out, from its result document."""
    held = staged.plan.head.days["final"][1]
    source = staged.plan.head.result_document_number
    with clock.at(morning(held) + timedelta(days=3)):
        for (skill, group, _), stage_id in staged.stages.items():
            found = staged.of_group(skill, group)
            async with write(BUREAU):
                ids = await entries.record_finalists(
                    BUREAU, stage_id, [entry_draft(town, staged, entry) for entry in found], source=source
                )
                lines = [_recorded(entry, entry_id) for entry, entry_id in zip(found, ids, strict=True)]
                entrants = max(entry.outside.entrants for entry in found if entry.outside)
                revision_id = await record_results(BUREAU, stage_id, lines, source, entrants=entrants)
                await results.release(BUREAU, revision_id)
        for state in (ContestState.RUNNING, ContestState.CLOSED):
            await contests.set_state(staged.organiser, staged.contest_id, state)


AWARD_NAMES = {"gold": "金牌", "silver": "银牌", "bronze": "铜牌", "excellence": "优胜奖", "": ""}


def _recorded(entry: EntryPlan, entry_id: int) -> RecordedLine:
    assert entry.outside is not None
    level = entry.outside.award_level
    return RecordedLine(entry_id, entry.outside.rank, AWARD_NAMES[level], level)
