"""A contest, its skills, groups, stages and sessions, and the state it is in.

Callers find all services of the room here; reads live in reads.py, hosts and money in surroundings.py.
"""

from typing import Any

import msgspec

from competition.audit.history import last_change
from competition.audit.write import Actor, write
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
from competition.contests.guards import check_changeable, refuse_any, taken
from competition.contests.kinds import ContestState
from competition.contests.reads import Outline, StageContext, next_stage, outline, stage_context
from competition.contests.rules import (
    Readiness,
    contest_problems,
    move_problem,
    publishing_problems,
    skill_problems,
)
from competition.contests.stages import (
    add_group,
    add_session,
    add_stage,
    move_stage,
    update_group,
    update_session,
    update_stage,
)
from competition.contests.surroundings import (
    add_side_event,
    add_upward_place,
    remove_side_event,
    remove_upward_place,
    set_funding,
    set_hosts,
)
from competition.contests.tables import Contest, Skill
from competition.database.errors import Duplicate
from competition.database.rows import new_token
from competition.problems import Missing, Stale

__all__ = [
    "ContestDraft", "FundingDraft", "HostDraft", "Outline", "SessionDraft", "SideEventDraft", "SkillDraft",
    "StageContext", "StageDraft", "UpwardDraft",
    "add_group", "add_session", "add_side_event", "add_skill", "add_stage", "add_upward_place", "create_contest",
    "move_stage", "next_stage", "outline", "remove_side_event", "remove_upward_place", "set_funding", "set_hosts",
    "set_state", "stage_context", "update_contest", "update_group", "update_session", "update_skill", "update_stage",
]  # fmt: skip


async def create_contest(actor: Actor, draft: ContestDraft) -> int:
    """Raises Refused."""
    refuse_any(contest_problems(draft))
    async with write(actor) as change:
        row = Contest(
            token=new_token(), state=ContestState.DRAFT.value, created_at=change.at, **msgspec.structs.asdict(draft)
        )
        contest_id = (await Contest.insert(row))[0]["id"]
        await change.record("contest.created", "contest", contest_id, name=draft.name, tier=draft.tier)
    return contest_id


async def update_contest(actor: Actor, contest_id: int, draft: ContestDraft, version: int) -> None:
    """Raises Missing, Refused, and Stale naming who changed it since `version`."""
    refuse_any(contest_problems(draft))
    await check_changeable(contest_id)
    before = await Contest.select().where(Contest.id == contest_id).first()
    assert before is not None
    values: dict[Any, Any] = msgspec.structs.asdict(draft)
    changed = {name: [before[name], value] for name, value in values.items() if before[name] != value}
    async with write(actor) as change:
        rows = (
            await Contest.update(values | {"version": version + 1})
            .where((Contest.id == contest_id) & (Contest.version == version))
            .returning(Contest.id)
        )
        if not rows:
            raise Stale(*await last_change("contest", contest_id))
        await change.record("contest.updated", "contest", contest_id, changed=changed)


async def set_state(actor: Actor, contest_id: int, state: str) -> None:
    """Raises Refused where the contest cannot go there, or is not ready for entries."""
    whole = await outline(contest_id)
    now = whole.contest["state"]
    wrong = move_problem(now, state)
    refuse_any([wrong] if wrong else [])
    if now == ContestState.DRAFT and not whole.contest["elsewhere"]:
        skills = [
            Readiness(part.skill["name"], len(part.groups), sum(1 for group in part.groups if not group.stages))
            for part in whole.skills
        ]
        refuse_any(publishing_problems(skills))
    async with write(actor) as change:
        rows = (
            await Contest.update({Contest.state: str(state), Contest.version: Contest.version + 1})
            .where((Contest.id == contest_id) & (Contest.state == now))
            .returning(Contest.id)
        )
        if not rows:
            raise Stale(*await last_change("contest", contest_id))
        await change.record("contest.state_set", "contest", contest_id, before=now, after=str(state))


async def add_skill(actor: Actor, contest_id: int, draft: SkillDraft) -> int:
    """Raises Missing, Refused."""
    refuse_any(skill_problems(draft))
    await check_changeable(contest_id)
    try:
        async with write(actor) as change:
            values: dict[Any, Any] = msgspec.structs.asdict(draft)
            values["number"] = draft.number or await _next_number(contest_id)
            skill_id = (await Skill.insert(Skill(contest=contest_id, **values)))[0]["id"]
            await change.record("skill.added", "contest", contest_id, skill=skill_id, name=draft.name)
    except Duplicate as error:
        raise taken(error) from error
    return skill_id


async def _next_number(contest_id: int) -> int:
    last = (
        await Skill.select(Skill.number)
        .where(Skill.contest == contest_id)
        .order_by(Skill.number, ascending=False)
        .first()
    )
    return last["number"] + 1 if last else 1


async def update_skill(actor: Actor, skill_id: int, draft: SkillDraft, version: int) -> None:
    """Raises Missing, Refused, Stale. Without a number it keeps its own."""
    refuse_any(skill_problems(draft))
    before = await Skill.select().where(Skill.id == skill_id).first()
    if before is None:
        raise Missing("skill")
    await check_changeable(before["contest"])
    values: dict[Any, Any] = msgspec.structs.asdict(draft)
    values["number"] = draft.number or before["number"]
    changed = {name: [before[name], value] for name, value in values.items() if before[name] != value}
    try:
        async with write(actor) as change:
            rows = (
                await Skill.update(values | {"version": version + 1})
                .where((Skill.id == skill_id) & (Skill.version == version))
                .returning(Skill.id)
            )
            if not rows:
                raise Stale(*await last_change("skill", skill_id))
            await change.record("skill.updated", "skill", skill_id, changed=changed)
    except Duplicate as error:
        raise taken(error) from error
