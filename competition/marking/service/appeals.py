"""Appeals: filed in writing, refused when late and kept all the same, ruled on once by the one arbiter of the stage."""

from datetime import datetime
from typing import Any

import msgspec

from competition.accounts.kinds import Role
from competition.accounts.tables import RoleGrant
from competition.audit.write import Actor, Change, write
from competition.contests.tables import Stage
from competition.database.errors import Duplicate
from competition.marking.kinds import AppealState
from competition.marking.rules.appeals import appeal_state, deadline
from competition.marking.service.procedure import number_in, procedure, stage_of
from competition.marking.service.stages import hold_stage
from competition.marking.tables import Appeal, MarkingSetting
from competition.problems import N_, Missing, Problem, Refused, Stale

LONGEST = 2000


class AppealDraft(msgspec.Struct, frozen=True):
    """`filed_at`: when the paper was handed over, None for now. `ended_at`: stated where the session has no end."""

    blind_id: int
    leader: str
    subject: str
    filed_at: datetime | None = None
    ended_at: datetime | None = None


class Filed(msgspec.Struct, frozen=True):
    id: int
    number: int
    state: AppealState
    filed_at: datetime
    deadline_at: datetime


async def arbiter_of(stage_id: int) -> dict[str, Any] | None:
    """The account that rules on the appeals of a stage: id, name, name_en."""
    row = (
        await MarkingSetting.select(
            MarkingSetting.arbiter.as_alias("id"), MarkingSetting.arbiter.name.as_alias("name"),
            MarkingSetting.arbiter.name_en.as_alias("name_en"),
        )
        .where(MarkingSetting.stage == stage_id)
        .first()
    )  # fmt: skip
    return row if row and row["id"] is not None else None


async def supervisors_of(stage_id: int) -> list[dict[str, Any]]:
    """Who may be named arbiter: accounts with the role supervisor of the contest, in the order they got it."""
    stage = (
        await Stage.select(Stage.group._.skill.contest.as_alias("contest")).where(Stage.id == stage_id).first()
    )  # fmt: skip
    if stage is None:
        raise Missing("stage")
    return (
        await RoleGrant.select(
            RoleGrant.account.as_alias("id"), RoleGrant.account.name.as_alias("name"),
            RoleGrant.account.name_en.as_alias("name_en"),
        )
        .where(
            (RoleGrant.role == Role.SUPERVISOR.value)
            & (RoleGrant.scope_id == stage["contest"])
            & RoleGrant.revoked_at.is_null()
            & RoleGrant.account.disabled_at.is_null()
        )
        .order_by(RoleGrant.id)
    )  # fmt: skip


async def name_arbiter(actor: Actor, stage_id: int, account_id: int) -> None:
    """Raises Refused for somebody who is no supervisor of the contest, Missing without the stage."""
    if account_id not in [each["id"] for each in await supervisors_of(stage_id)]:
        raise Refused(Problem(N_("仲裁员须有本竞赛监督仲裁的角色"), field="arbiter"))
    try:
        async with write(actor) as change:
            rows = (
                await MarkingSetting.update(
                    {MarkingSetting.arbiter: account_id, MarkingSetting.version: MarkingSetting.version + 1}
                )
                .where(MarkingSetting.stage == stage_id)
                .returning(MarkingSetting.id)
            )
            if not rows:
                await MarkingSetting.insert(MarkingSetting(stage=stage_id, arbiter=account_id))
            await change.record("arbiter.named", "stage", stage_id, account=account_id)
    except Duplicate:
        raise Stale from None


async def file_appeal(actor: Actor, stage_id: int, draft: AppealDraft) -> Filed:
    """Take an appeal in. One that comes too late is refused by its state and kept with its times.

    Raises Missing, and Refused for a number of another stage, an end nobody knows, or times that cannot be.
    """
    hours = (await procedure()).appeal_hours.value
    stage = await stage_of(stage_id)
    blind = await number_in(stage_id, draft.blind_id)
    async with write(actor) as change:
        filed_at = draft.filed_at or change.at
        ended_at = blind["ends_at"] or draft.ended_at
        problems = _problems(draft, blind["ends_at"], change.at)
        if problems or ended_at is None:
            raise Refused(*problems)
        await hold_stage(stage_id, stage["state"])
        filed = await _insert(change, stage_id, draft, blind, filed_at, ended_at, hours)
        await change.record(
            "appeal.filed", "stage", stage_id,
            number=filed.number, state=filed.state, filed_at=filed_at.isoformat(), work=blind["label"],
        )  # fmt: skip
    return filed


def _problems(draft: AppealDraft, session_end: datetime | None, now: datetime) -> list[Problem]:
    problems = []
    if not draft.leader.strip():
        problems.append(Problem(N_("此项必填"), field="leader"))
    if not draft.subject.strip():
        problems.append(Problem(N_("申诉须以书面写明事项"), field="subject"))
    if session_end is None and draft.ended_at is None:
        problems.append(Problem(N_("本场次没有结束时间，填写实际结束时间"), field="ended_at"))
    if session_end is not None and draft.ended_at not in (None, session_end):
        problems.append(Problem(N_("本场次已有结束时间，以其为准，此项留空"), field="ended_at"))
    if draft.filed_at is not None and draft.filed_at > now:
        problems.append(Problem(N_("不能晚于现在"), field="filed_at"))
    if session_end is None and draft.ended_at is not None and draft.ended_at > now:
        problems.append(Problem(N_("不能晚于现在"), field="ended_at"))
    return problems


async def _insert(
    change: Change, stage_id: int, draft: AppealDraft, blind: dict[str, Any], filed_at: datetime, ended_at: datetime,
    hours: int,
) -> Filed:  # fmt: skip
    last = (
        await Appeal.select(Appeal.number)
        .where(Appeal.stage == stage_id)
        .order_by(Appeal.number, ascending=False)
        .first()
    )
    state, latest = appeal_state(filed_at, ended_at, hours), deadline(ended_at, hours)
    number = (last["number"] if last else 0) + 1
    [row] = await Appeal.insert(
        Appeal(
            stage=stage_id, number=number, session=blind["session"], blind=blind["id"], leader=draft.leader.strip(),
            subject=draft.subject.strip(), state=state.value, session_ended_at=ended_at, deadline_at=latest,
            filed_at=filed_at, recorded_by=change.actor.user_id,
        )
    )  # fmt: skip
    return Filed(row["id"], number, state, filed_at, latest)


async def rule_on(actor: Actor, appeal_id: int, *, upheld: bool, ruling: str) -> None:
    """The arbiter's ruling, which is final.

    Raises Missing, and Refused for anybody but the named arbiter, without a text, for a late appeal, and a second time.
    """
    appeal = await Appeal.select(Appeal.stage, Appeal.number).where(Appeal.id == appeal_id).first()
    if appeal is None:
        raise Missing("appeal")
    if not ruling.strip():
        raise Refused(Problem(N_("裁决须写明理由"), field="ruling"))
    state = AppealState.UPHELD if upheld else AppealState.DISMISSED
    async with write(actor) as change:
        await _require_arbiter(actor, appeal["stage"])
        values: dict[Any, Any] = {
            Appeal.state: state.value, Appeal.ruling: ruling.strip(), Appeal.ruled_at: change.at,
            Appeal.ruled_by: actor.user_id, Appeal.ruled_by_name: actor.name,
        }  # fmt: skip
        rows = (
            await Appeal.update(values)
            .where((Appeal.id == appeal_id) & (Appeal.state == AppealState.FILED.value))
            .returning(Appeal.id)
        )
        if not rows:
            raise await _closed(appeal_id)
        await change.record(
            "appeal.ruled", "stage", appeal["stage"], number=appeal["number"], state=state, ruling=ruling.strip()
        )


async def _require_arbiter(actor: Actor, stage_id: int) -> None:
    arbiter = await arbiter_of(stage_id)
    if arbiter is None:
        raise Refused(Problem(N_("本阶段尚未指定仲裁员")))
    if arbiter["id"] != actor.user_id:
        raise Refused(Problem(N_("本阶段的申诉由仲裁员 {name} 裁决"), params={"name": arbiter["name"]}))


async def _closed(appeal_id: int) -> Refused:
    row = await Appeal.select(Appeal.state, Appeal.ruled_by_name).where(Appeal.id == appeal_id).first()
    if row and row["state"] == AppealState.LATE:
        return Refused(Problem(N_("逾期的申诉不予受理，不作裁决")))
    return Refused(Problem(N_("{name} 已裁决；裁决为最终裁决"), params={"name": row["ruled_by_name"] if row else ""}))
