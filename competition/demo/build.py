"""Builds the demo: a city's contests on fictitious people, through the services a real city uses."""

from collections.abc import Callable
from datetime import date

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from competition import clock
from competition.accounts import service as accounts
from competition.accounts.kinds import Role
from competition.accounts.tables import Account
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM, write
from competition.contests.tables import Contest
from competition.demo.deciding import promote, subsidise, train
from competition.demo.earlier import record_earlier
from competition.demo.in_marking import run_to_marking
from competition.demo.plan import SEED, DemoPlan, make_plan
from competition.demo.programme import DEMO_DAY
from competition.demo.running import record_elsewhere, run_municipal
from competition.demo.setting_up import Staged, register, set_up
from competition.demo.settling import BUREAU, PASSWORD, Town, morning, settle
from competition.demo.shapes import ContestPlan
from competition.marking.kinds import SheetState
from competition.marking.tables import Sheet
from competition.people.reference import load_reference
from competition.problems import N_, Problem, Refused
from competition.rulebook import service as rulebook

__all__ = ["PASSWORD", "build"]

BUILT = "demo.built"
MUNICIPAL, PROVINCIAL = "municipal-2025", "provincial-2025"
REGISTERING, MARKING = "new-energy-2025", "ship-welding-2025"
STEPS = 36

SignIn = tuple[str, str]


async def build(seed: int | None, console: Console) -> list[SignIn]:
    """Make the demo in an empty database and name one account per role; a finished demo is left as it is.

    Raises Refused in a database that holds something else, or half a demo.
    """
    finished = await AuditRecord.exists().where(AuditRecord.action == BUILT)
    if not finished:
        if await Contest.exists():
            raise Refused(Problem(N_("该数据目录里有别的数据，或上次演示数据没有做完；换一个目录，或删除后重来")))
        with Progress(
            TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console, transient=True
        ) as progress:
            task = progress.add_task("demo", total=STEPS)
            await _build(make_plan(SEED if seed is None else seed), lambda: progress.advance(task))
    return await _sign_ins()


async def _build(plan: DemoPlan, step: Callable[[], None]) -> None:
    await rulebook.load_seeds(SYSTEM)
    await load_reference(SYSTEM)
    with clock.at(morning(date(2025, 1, 6))):
        town = await settle(plan)
        await _city_accounts(town)
    step()
    staged: dict[str, Staged] = {}
    for planned in plan.contests:
        staged[planned.head.code] = await set_up(town, _under_way_today(planned))
        step()
    for code in (MUNICIPAL, REGISTERING, MARKING):
        await register(town, staged[code])
        step()
    await run_municipal(town, staged[MUNICIPAL], step)
    for contest in staged.values():
        if contest.plan.head.elsewhere:
            await record_elsewhere(town, contest)
    await record_earlier(town, staged[PROVINCIAL])
    step()
    await run_to_marking(town, staged[MARKING])
    step()
    await subsidise(staged)
    await promote(staged[MUNICIPAL])
    await train(staged[MUNICIPAL])
    await _people_accounts(town, staged)
    step()
    async with write(SYSTEM) as change:
        await change.record(BUILT, "contest", None)


def _under_way_today(contest: ContestPlan) -> ContestPlan:
    """The contests that are not over are moved from the plan's day to today, so that their windows are open."""
    head = contest.head
    if head.state == "released":
        return contest
    shift = clock.today() - DEMO_DAY
    days = {code: (first + shift, last + shift) for code, (first, last) in head.days.items()}
    return msgspec.structs.replace(contest, head=msgspec.structs.replace(head, days=days))


async def _city_accounts(town: Town) -> None:
    async with write(BUREAU):
        await town.actor(Role.BUREAU, "bureau", "人社局（演示）", "Bureau")
        await town.actor(Role.AUDITOR, "auditor", "审计（演示）", "Auditor")


async def _people_accounts(town: Town, staged: dict[str, Staged]) -> None:
    """A registrar, a coach and a contestant of the unit with most entries in the contest that is taking them."""
    taking = staged[REGISTERING].plan.entries
    units = [entry.unit for entry in taking]
    unit = max(sorted(set(units)), key=units.count)
    entry = next(entry for entry in taking if entry.unit == unit and entry.coaches)
    contestant, coach = town.cast.person(entry.members[0]), town.cast.person(entry.coaches[0])
    async with write(BUREAU):
        await town.actor(Role.REGISTRAR, "registrar", town.cast.unit(unit).contact, "", town.units[unit])
        await town.actor(Role.COACH, "coach", coach.name, coach.name_en, town.persons[coach.key])
        person_id = town.persons[contestant.key]
        await town.actor(Role.CONTESTANT, "contestant", contestant.name, contestant.name_en, person_id)
        chief = await town.account("chief", "裁判长（演示）", "Chief judge")
        for skill_id in staged[MARKING].skills.values():
            await accounts.grant_role(BUREAU, chief, Role.CHIEF_JUDGE, skill_id)


async def _sign_ins() -> list[SignIn]:
    """Role and username, one per role."""
    open_sheet = (
        await Sheet.select(Sheet.seat._.account._.username.as_alias("username"))
        .where((Sheet.state == SheetState.OPEN.value) & Sheet.counts.eq(True))
        .order_by(Sheet.id)
        .first()
    )
    named = {
        Role.BUREAU: "bureau", Role.ORGANISER: "organiser", Role.CHIEF_JUDGE: "chief",
        Role.JUDGE: open_sheet["username"] if open_sheet else "",
        Role.SCORE_CLERK: "clerk", Role.ENCRYPTION_JUDGE: "encryption", Role.SUPERVISOR: "supervisor",
        Role.REGISTRAR: "registrar", Role.COACH: "coach", Role.CONTESTANT: "contestant", Role.AUDITOR: "auditor",
    }  # fmt: skip
    known = {row["username"] for row in await Account.select(Account.username).where(Account.demo.eq(True))}
    return [(role.value, username) for role, username in named.items() if username in known]
