"""The demo's units, people and accounts, made through the same services as real ones."""

from datetime import date, datetime
from typing import Any

import msgspec

from competition import clock
from competition.accounts import service as accounts
from competition.accounts.kinds import Role
from competition.accounts.passwords import hash_password
from competition.audit.write import SYSTEM, Actor, write
from competition.demo import cast
from competition.demo.cast import Cast
from competition.demo.plan import DemoPlan
from competition.people import pools, units
from competition.people.kinds import IdKind, Pool
from competition.people.reference import read_reference
from competition.people.rules import PersonDraft, UnitDraft
from competition.people.service import add_persons
from competition.people.tables import District

PASSWORD = "demo-dalian-2025"  # noqa: S105  # of fictitious accounts, printed for everyone

BUREAU = Actor(name="人社局（演示）", role=Role.BUREAU)


def morning(day: date, hour: int = 9) -> datetime:
    """A moment of a day in the contest's zone."""
    return clock.in_utc(datetime(day.year, day.month, day.day, hour))  # noqa: DTZ001  # a wall clock, made aware here


class Town(msgspec.Struct):
    """Where the cast lives in the database: keys of the plan to ids."""

    plan: DemoPlan
    password_hash: str
    units: dict[int, int] = {}
    persons: dict[int, int] = {}
    accounts: dict[str, int] = {}

    @property
    def cast(self) -> Cast:
        return self.plan.cast

    async def account(self, username: str, name: str, name_en: str = "") -> int:
        """The demo account of that name, made when there is none."""
        if username not in self.accounts:
            new = accounts.NewAccount(username=username, name=name, name_en=name_en, password="", demo=True)
            self.accounts[username] = await accounts.create_account(SYSTEM, new, password_hash=self.password_hash)
        return self.accounts[username]

    async def actor(self, role: Role, username: str, name: str, name_en: str = "", scope_id: int = 0) -> Actor:
        """An account holding `role`, as it acts."""
        account_id = await self.account(username, name, name_en)
        await accounts.grant_role(BUREAU, account_id, role, scope_id)
        return Actor(name=name, user_id=account_id, role=role)


async def settle(plan: DemoPlan) -> Town:
    """Units with verified accounts, everybody of the cast, judges and coaches in their pools."""
    town = Town(plan=plan, password_hash=await hash_password(PASSWORD))
    await _settle_units(town)
    await _settle_people(town)
    return town


async def _settle_units(town: Town) -> None:
    rows = await District.select(District.id, District.name)
    ids = {row["name"]: row["id"] for row in rows}
    districts = {row["code"]: ids[row["name"]] for row in read_reference("districts")}
    async with write(BUREAU):
        for unit in town.cast.units:
            unit_id = await units.create_unit(BUREAU, _unit_draft(unit, districts[unit.district]))
            await units.verify_account(BUREAU, unit_id)
            town.units[unit.key] = unit_id


def _unit_draft(unit: cast.Unit, district_id: int) -> UnitDraft:
    return UnitDraft(
        name=unit.name, name_en=unit.name_en, kind=unit.kind, credit_code=unit.credit_code, district_id=district_id,
        contact_name=unit.contact, phone=unit.phone, bank_name=unit.bank, account_name=unit.account_name,
        account=unit.account, fictitious=True,
    )  # fmt: skip


async def _settle_people(town: Town) -> None:
    drafts = [
        PersonDraft(
            name=person.name, name_en=person.name_en, sex="", born_on=None, id_kind=IdKind.RESIDENT,
            id_number=person.id_number, phone=person.phone, unit_id=town.units[person.unit], status=person.status,
            fictitious=True,
        )
        for person in town.cast.persons
    ]  # fmt: skip
    async with write(BUREAU):
        ids = await add_persons(BUREAU, drafts)
        town.persons |= {person.key: person_id for person, person_id in zip(town.cast.persons, ids, strict=True)}
        codes = {skill.number: skill.occupation_code for contest in town.plan.contests for skill in contest.skills}
        for judge in town.cast.judges:
            await pools.join_pool(
                BUREAU, town.persons[judge.person], Pool.JUDGE, source="演示数据", **_certificate(judge, codes)
            )
        for person in sorted({coach.person for coach in town.cast.coaches}):
            await pools.join_pool(BUREAU, town.persons[person], Pool.COACH, source="演示数据")


def _certificate(judge: cast.Judge, codes: dict[int, str]) -> dict[str, Any]:
    return {
        "certificate_level": judge.certificate_level,
        "certificate_number": judge.certificate_number,
        "issued_on": judge.issued_on,
        "expires_on": judge.expires_on,
        "occupations": tuple(sorted({codes[skill] for skill in judge.skills if skill in codes})) or ("6-18-02-04",),
    }
