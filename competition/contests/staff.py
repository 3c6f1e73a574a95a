"""Who works in a contest, and in which role: accounts and grants, seen from the contest."""

from collections import defaultdict
from typing import Any

from competition.accounts.kinds import ROLE_SCOPE, Role
from competition.accounts.service import grant_role, revoke_role
from competition.accounts.tables import RoleGrant
from competition.audit.write import Actor, write
from competition.contests.drafts import ContestDraft
from competition.contests.service import create_contest
from competition.contests.tables import Skill
from competition.people.appointing import Appointed, appoint
from competition.problems import N_, Missing, Problem, Refused
from competition.web.i18n import shown

# Whom each role may appoint.
APPOINTS: dict[str, tuple[Role, ...]] = {
    Role.BUREAU: (
        Role.ORGANISER, Role.CHIEF_JUDGE, Role.SCORE_CLERK, Role.ENCRYPTION_JUDGE, Role.SUPERVISOR,
    ),
    Role.ORGANISER: (Role.CHIEF_JUDGE, Role.SCORE_CLERK, Role.ENCRYPTION_JUDGE, Role.SUPERVISOR),
}  # fmt: skip


async def found_contest(actor: Actor, draft: ContestDraft) -> int:
    """A new contest; an organiser who founds one runs it. Raises Refused."""
    async with write(actor):
        contest_id = await create_contest(actor, draft)
        if actor.role == Role.ORGANISER and actor.user_id is not None:
            await grant_role(actor, actor.user_id, Role.ORGANISER, contest_id)
    return contest_id


async def _skill_ids(contest_id: int) -> list[int]:
    rows = await Skill.select(Skill.id).where(Skill.contest == contest_id)
    return [row["id"] for row in rows]


async def staff_of(contest_id: int) -> list[dict[str, Any]]:
    """Grants in force for the contest and for its skills, with name and username, by role."""
    skills = await _skill_ids(contest_id)
    of_contest = (RoleGrant.scope_kind == "contest") & (RoleGrant.scope_id == contest_id)
    of_skill = (RoleGrant.scope_kind == "skill") & RoleGrant.scope_id.is_in(skills or [0])
    rows = (
        await RoleGrant.select(
            RoleGrant.id, RoleGrant.role, RoleGrant.scope_kind, RoleGrant.scope_id, RoleGrant.granted_at,
            RoleGrant.account,
            RoleGrant.account.name.as_alias("name"),
            RoleGrant.account.name_en.as_alias("name_en"),
            RoleGrant.account.username.as_alias("username"),
        )
        .where((of_contest | of_skill) & RoleGrant.revoked_at.is_null())
        .order_by(RoleGrant.id)
    )  # fmt: skip
    order = list(Role)
    return sorted(rows, key=lambda row: order.index(Role(row["role"])))


def chiefs_of(staff: list[dict[str, Any]]) -> dict[int, list[str]]:
    """Names of chief judges by skill id, for showing."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in staff:
        if row["role"] == Role.CHIEF_JUDGE:
            found[row["scope_id"]].append(shown(row["name"], row["name_en"]))
    return found


async def appoint_staff(
    actor: Actor, acting_as: str, contest_id: int, role: Role, skill_id: int, name: str, username: str
) -> Appointed:
    """`skill_id` matters for a role that covers one skill. Raises Refused for a role that `acting_as` does not give."""
    if role not in APPOINTS.get(acting_as, ()):
        raise Refused(Problem(N_("当前身份不能指派该角色"), "role"))
    if ROLE_SCOPE[role] == "skill":
        if skill_id not in await _skill_ids(contest_id):
            raise Refused(Problem(N_("选择赛项"), "skill"))
        return await appoint(actor, role, skill_id, name, username)
    return await appoint(actor, role, contest_id, name, username)


async def dismiss(actor: Actor, acting_as: str, contest_id: int, grant_id: int) -> None:
    """Raises Missing for a grant of another contest, Refused for a role that `acting_as` does not give."""
    grant = next((row for row in await staff_of(contest_id) if row["id"] == grant_id), None)
    if grant is None:
        raise Missing("grant")
    if grant["role"] not in APPOINTS.get(acting_as, ()):
        raise Refused(Problem(N_("当前身份不能收回该角色")))
    await revoke_role(actor, grant["account"], grant_id)
