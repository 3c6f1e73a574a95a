"""The demo's contests as their organisers set them up: skills, groups, stages, schemes, panels, entries."""

from decimal import Decimal

import msgspec

from competition import clock
from competition.accounts.kinds import Role
from competition.audit.write import Actor, write
from competition.contests import service as contests
from competition.contests.drafts import (
    ContestDraft,
    FundingDraft,
    HostDraft,
    SessionDraft,
    SideEventDraft,
    SkillDraft,
    StageDraft,
    UpwardDraft,
)
from competition.contests.kinds import ContestState, CutKind, StageKind
from competition.demo import marks
from competition.demo.programme import TIME, ContestHead
from competition.demo.settling import BUREAU, Town, morning
from competition.demo.shapes import ContestPlan, EntryPlan
from competition.demo.skills import GroupPlan, SkillPlan
from competition.entries import service as entries
from competition.entries.service import CoachDraft, EntryDraft, MemberDraft
from competition.marking.kinds import AggregationKind, Better, PartSource
from competition.marking.scheme_drafts import AspectDraft, PartDraft, SchemeDraft

STAGE_OF = {"preliminary": StageKind.PRELIMINARY, "semi_final": StageKind.SEMIFINAL, "final": StageKind.FINAL}
DAY_OF = {kind: code for code, kind in STAGE_OF.items()}


class Staged(msgspec.Struct):
    """A contest of the plan in the database. Groups by (skill number, kind), stages by that and their kind."""

    plan: ContestPlan
    contest_id: int
    organiser: Actor
    skills: dict[int, int] = {}
    groups: dict[tuple[int, str], int] = {}
    stages: dict[tuple[int, str, StageKind], int] = {}
    entries: dict[int, int] = {}

    def of_group(self, skill: int, group: str) -> list[EntryPlan]:
        return [entry for entry in self.plan.entries if (entry.skill, entry.group) == (skill, group)]


async def set_up(town: Town, plan: ContestPlan) -> Staged:
    """Everything up to the first entry."""
    head = plan.head
    opens = head.days.get("entry", head.days["final"])[0]
    with clock.at(morning(opens.replace(day=1), 8)):
        async with write(BUREAU):
            contest_id = await contests.create_contest(BUREAU, _contest_draft(plan))
            organiser = await town.actor(Role.ORGANISER, "organiser", "赛务组（演示）", "Organiser", contest_id)
            staged = Staged(plan=plan, contest_id=contest_id, organiser=organiser)
            await _surround(staged)
            for skill in plan.skills:
                await _add_skill(staged, skill)
            await _add_upward(staged)
            await contests.set_state(organiser, contest_id, ContestState.OPEN)
    return staged


def _contest_draft(plan: ContestPlan) -> ContestDraft:
    head = plan.head
    entry = head.days.get("entry")
    stages = [days for code, days in head.days.items() if code in STAGE_OF]
    return ContestDraft(
        name=head.name, name_en=head.name_en, tier=head.tier, year=head.year, contest_class=head.contest_class,
        category=head.category, edition=head.edition, document_number=head.document_number,
        result_document_number=head.result_document_number, place=head.place, elsewhere=head.elsewhere,
        supported=head.supported, entry_opens_at=morning(entry[0]) if entry else None,
        entry_closes_at=morning(entry[1], 17) if entry else None, starts_on=min(days[0] for days in stages),
        ends_on=max(days[1] for days in stages), fictitious=True,
    )  # fmt: skip


async def _surround(staged: Staged) -> None:
    head, actor, contest_id = staged.plan.head, staged.organiser, staged.contest_id
    if head.hosts:
        await contests.set_hosts(
            actor, contest_id, [HostDraft(kind=host.kind, role=host.role, name=host.name) for host in head.hosts]
        )
    if head.funding:
        lines = [
            FundingDraft(source=line.source, budget_fen=line.budget * 100, actual_fen=line.actual * 100)
            for line in head.funding
        ]
        await contests.set_funding(actor, contest_id, lines)
    for event in head.side_events:
        draft = SideEventDraft(kind=event.kind, name=event.name, held_on=event.held_on, place=head.place)
        await contests.add_side_event(actor, contest_id, draft)


async def _add_upward(staged: Staged) -> None:
    for place in staged.plan.head.upward:
        draft = UpwardDraft(
            target_tier=place.tier, target_name=place.name, places=place.places,
            skill_id=staged.skills[place.skill], group_kind=place.group,
        )  # fmt: skip
        await contests.add_upward_place(staged.organiser, staged.contest_id, draft)


async def _add_skill(staged: Staged, skill: SkillPlan) -> None:
    actor = staged.organiser
    draft = SkillDraft(
        name=skill.name, name_en=skill.name_en, number=skill.number, industry=skill.industry,
        occupation_code=skill.occupation_code, occupation_edition=skill.occupation_edition, team_size=skill.team_size,
    )  # fmt: skip
    staged.skills[skill.number] = await contests.add_skill(actor, staged.contest_id, draft)
    for group in skill.groups:
        group_id = await contests.add_group(
            actor, staged.skills[skill.number], group.kind, staged.plan.head.award_rule, minimum_entries=15
        )
        staged.groups[skill.number, group.kind] = group_id
        await _add_stages(staged, skill, group, group_id)


async def _add_stages(staged: Staged, skill: SkillPlan, group: GroupPlan, group_id: int) -> None:
    """The cut of each stage lets as many through as the next one takes."""
    head = staged.plan.head
    kinds = [StageKind.FINAL] if head.elsewhere else [STAGE_OF[code] for code in skill.stages]
    takes = {StageKind.SEMIFINAL: group.semi_finalists, StageKind.FINAL: group.finalists}
    for place, kind in enumerate(kinds):
        following = kinds[place + 1] if place + 1 < len(kinds) else None
        draft = StageDraft(
            kind=kind,
            cut_kind=CutKind.TOP if following else CutKind.NONE,
            cut_value=Decimal(takes[following] // skill.team_size) if following else Decimal(0),
            tie_breaks=tie_breaks_of(head, skill.number) if kind == StageKind.FINAL else (),
        )
        stage_id = await contests.add_stage(staged.organiser, group_id, draft)
        staged.stages[skill.number, group.kind, kind] = stage_id
        if not head.elsewhere:
            await _add_session(staged, stage_id, kind)


def tie_breaks_of(head: ContestHead, skill: int) -> tuple[str, ...]:
    return () if head.elsewhere else head.tie_breaks.get(skill, ("practice", "theory"))


async def _add_session(staged: Staged, stage_id: int, kind: StageKind) -> None:
    first, last = staged.plan.head.days[DAY_OF[kind]]
    draft = SessionDraft(venue=staged.plan.head.place, starts_at=morning(first), ends_at=morning(last, 17))
    await contests.add_session(staged.organiser, stage_id, draft)


def scheme_of(kind: StageKind, *, timed: bool = False) -> SchemeDraft:
    """Early stages are marked outside and imported; a final is 30 % theory, 70 % practice before a panel, and `timed`
    the time used, which only tells ties apart."""
    if kind == StageKind.PRELIMINARY:
        return SchemeDraft((_imported("theory", "理论知识", "Theory", Decimal(100)),))
    if kind == StageKind.SEMIFINAL:
        return SchemeDraft((_imported("practice", "技能操作", "Practice", Decimal(100)),))
    aspects = tuple(
        AspectDraft(
            code=aspect.code, title=marks.ASPECT_NAMES[aspect.code][0], title_en=marks.ASPECT_NAMES[aspect.code][1],
            maximum=aspect.maximum, step=aspect.step,
        )
        for aspect in marks.PRACTICE.aspects
    )  # fmt: skip
    practice = PartDraft(
        code="practice", name="技能操作", name_en="Practice", source=PartSource.PANEL, weight=marks.PRACTICE.weight,
        maximum=marks.PRACTICE.maximum, aggregation=AggregationKind.TRIMMED, drop_highest=1, drop_lowest=1,
        aspects=aspects,
    )  # fmt: skip
    theory = _imported("theory", "理论知识", "Theory", marks.THEORY.weight)
    return SchemeDraft((theory, practice, _TIME) if timed else (theory, practice))


# In seconds.
_TIME = PartDraft(
    code=TIME, name="用时（秒）", name_en="Time used (seconds)", source=PartSource.RECORD, weight=Decimal(0),
    maximum=Decimal(14_400), better=Better.LESS.value,
)  # fmt: skip


def _imported(code: str, name: str, name_en: str, weight: Decimal) -> PartDraft:
    return PartDraft(
        code=code, name=name, name_en=name_en, source=PartSource.IMPORT, weight=weight, maximum=Decimal(100)
    )


async def register(town: Town, staged: Staged) -> None:
    """The units enter their people; the organiser decides."""
    head = staged.plan.head
    opens, closes = head.days["entry"]
    by_state: dict[str, list[EntryPlan]] = {}
    for entry in staged.plan.entries:
        by_state.setdefault(entry.state, []).append(entry)
    registrar = Actor(name="单位经办人（演示）", role=Role.REGISTRAR)
    with clock.at(morning(opens, 10)):
        async with write(registrar):
            for state, found in by_state.items():
                ids = await entries.create_entries(
                    registrar, [entry_draft(town, staged, entry) for entry in found], submit=state != "draft"
                )
                staged.entries |= {entry.key: entry_id for entry, entry_id in zip(found, ids, strict=True)}
    decided = closes if head.state != "registration" else opens
    with clock.at(morning(decided, 16)):
        async with write(staged.organiser):
            approved = [staged.entries[entry.key] for entry in by_state.get("approved", [])]
            await entries.approve(staged.organiser, approved)
            for entry in by_state.get("returned", []):
                await entries.return_(staged.organiser, [staged.entries[entry.key]], entry.reason)


def entry_draft(town: Town, staged: Staged, entry: EntryPlan) -> EntryDraft:
    persons = town.cast.persons
    return EntryDraft(
        contest_id=staged.contest_id,
        skill_id=staged.skills[entry.skill],
        group_id=staged.groups[entry.skill, entry.group],
        unit_id=town.units[entry.unit],
        members=[
            MemberDraft(
                person_id=town.persons[key],
                status=persons[key - 1].status,
                level_held=persons[key - 1].level,
                guardian_consent=persons[key - 1].guardian_consent,
            )
            for key in entry.members
        ],
        coaches=[CoachDraft(town.persons[key], main=place == 0) for place, key in enumerate(entry.coaches)],
        team_name=f"{town.cast.unit(entry.unit).name} {entry.key} 队" if len(entry.members) > 1 else "",
    )
