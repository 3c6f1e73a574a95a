"""Fictitious units and people of the demo: the same seed gives the same cast. No database."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

import msgspec

from competition.demo import names
from competition.people.identity import with_check_digit, with_credit_check

UnitKind = Literal["school", "enterprise"]
Sex = Literal["male", "female"]
Status = Literal["student", "employee", "teacher"]
CertificateLevel = Literal["national", "provincial", "municipal"]

STAFF_BORN = (date(1966, 1, 1), date(1990, 12, 31))
DIGITS = "0123456789"


class District(msgspec.Struct, frozen=True):
    """`area_code` stands in ID numbers; a functional area borrows that of the district it lies in."""

    code: str
    area_code: str
    schools: int
    enterprises: int


DISTRICTS = (
    District("zhongshan", "210202", 2, 6),
    District("xigang", "210203", 2, 4),
    District("shahekou", "210204", 3, 7),
    District("ganjingzi", "210211", 4, 11),
    District("lushunkou", "210212", 2, 4),
    District("jinzhou", "210213", 1, 3),
    District("pulandian", "210214", 1, 2),
    District("wafangdian", "210281", 2, 4),
    District("zhuanghe", "210283", 1, 2),
    District("changhai", "210224", 1, 1),
    District("jinpu", "210213", 4, 12),
    District("gaoxin", "210211", 2, 6),
    District("changxingdao", "210281", 1, 2),
)


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """`trades` are the numbers of the skills an enterprise competes in; a school may compete in any.

    `district` is a code of seeds/reference/districts.toml.
    """

    key: int
    name: str
    name_en: str
    kind: UnitKind
    district: str
    area_code: str
    credit_code: str
    contact: str
    phone: str
    bank: str
    account_name: str
    account: str
    trades: tuple[int, ...] = ()
    fictitious: bool = True


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """`level` is the code of the skill level held, "" for none; `guardian_consent` matters under 18 only."""

    key: int
    name: str
    name_en: str
    sex: Sex
    born_on: date
    id_number: str
    phone: str
    unit: int
    status: Status
    level: str
    guardian_consent: bool
    fictitious: bool = True


class Judge(msgspec.Struct, frozen=True, kw_only=True):
    person: int
    certificate_level: CertificateLevel
    certificate_number: str
    issued_on: date
    expires_on: date
    skills: tuple[int, ...]


class Coach(msgspec.Struct, frozen=True, kw_only=True):
    person: int
    unit: int
    skill: int


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """Keys of units and persons are their places in these tuples, counted from 1."""

    units: tuple[Unit, ...]
    persons: tuple[Person, ...]
    judges: tuple[Judge, ...]
    coaches: tuple[Coach, ...]

    def unit(self, key: int) -> Unit:
        return self.units[key - 1]

    def person(self, key: int) -> Person:
        return self.persons[key - 1]


class Casting:
    """Makes units at once, and people as they are asked for; `cast()` is everyone so far."""

    def __init__(self, seed: int) -> None:
        self.lot = random.Random(seed)
        self._persons: list[Person] = []
        self._judges: list[Judge] = []
        self._coaches: dict[tuple[int, int], list[Coach]] = {}
        self._id_numbers: set[str] = set()
        self._phones = 0
        self.units = tuple(self._make_units())

    def cast(self) -> Cast:
        coaches = tuple(coach for group in self._coaches.values() for coach in group)
        return Cast(units=self.units, persons=tuple(self._persons), judges=tuple(self._judges), coaches=coaches)

    def person(self, unit: int, status: Status, born: tuple[date, date], levels: tuple[str, ...]) -> Person:
        sex: Sex = self.lot.choice(("male", "female"))
        born_on = born[0] + timedelta(days=self.lot.randrange((born[1] - born[0]).days + 1))
        name, name_en = self._name()
        made = Person(
            key=len(self._persons) + 1,
            name=name,
            name_en=name_en,
            sex=sex,
            born_on=born_on,
            id_number=self._id_number(self.units[unit - 1].area_code, born_on, sex),
            phone=self._phone(),
            unit=unit,
            status=status,
            level=self.lot.choice(levels),
            guardian_consent=status == "student",
        )
        self._persons.append(made)
        return made

    def official(self, unit: int) -> Judge:
        """A certified judge who marks no skill: encryption, score entry, supervision."""
        return self._judge(unit, ())

    def judge(self, unit: int, skill: int) -> Judge:
        return self._judge(unit, (skill,))

    def _judge(self, unit: int, skills: tuple[int, ...]) -> Judge:
        status: Status = "teacher" if self.units[unit - 1].kind == "school" else "employee"
        person = self.person(unit, status, STAFF_BORN, ("technician", "senior_technician"))
        level: CertificateLevel = self.lot.choice(("national", "provincial", "municipal", "municipal"))
        issued_on = date(self.lot.choice((2022, 2023, 2024)), self.lot.randint(1, 12), self.lot.randint(1, 28))
        made = Judge(
            person=person.key,
            certificate_level=level,
            certificate_number=f"SL-{level[0].upper()}-{issued_on.year}-{person.key:05d}",
            issued_on=issued_on,
            expires_on=issued_on.replace(year=issued_on.year + 4),
            skills=skills,
        )
        self._judges.append(made)
        return made

    def coaches(self, unit: int, skill: int) -> list[Coach]:
        """One or two of the unit's staff for the skill, the main coach first; the same ones every time."""
        if (unit, skill) not in self._coaches:
            status: Status = "teacher" if self.units[unit - 1].kind == "school" else "employee"
            staff = [
                self.person(unit, status, STAFF_BORN, ("senior", "technician", "senior_technician"))
                for _ in range(self.lot.choice((1, 1, 2)))
            ]
            self._coaches[unit, skill] = [Coach(person=each.key, unit=unit, skill=skill) for each in staff]
        return self._coaches[unit, skill]

    def _make_units(self) -> Iterator[Unit]:
        places = [(a + c, b + d) for a, b in names.PLACE_FIRST for c, d in names.PLACE_LAST]
        self.lot.shuffle(places)
        schools = enterprises = 0
        for district in DISTRICTS:
            for _ in range(district.schools):
                zh, en = names.SCHOOL_TYPES[schools % len(names.SCHOOL_TYPES)]
                schools += 1
                yield self._unit(places, schools + enterprises, "school", (zh, en, ()), district)
            for _ in range(district.enterprises):
                trade = names.TRADES[enterprises % len(names.TRADES)]
                enterprises += 1
                yield self._unit(places, schools + enterprises, "enterprise", trade, district)

    def _unit(
        self,
        places: list[tuple[str, str]],
        key: int,
        kind: UnitKind,
        trade: tuple[str, str, tuple[int, ...]],
        district: District,
    ) -> Unit:
        place, place_en = places[key - 1]
        name = place + trade[0]
        prefix = "12" if kind == "school" else "91"
        return Unit(
            key=key,
            name=name,
            name_en=f"{place_en} {trade[1]}",
            kind=kind,
            district=district.code,
            area_code=district.area_code,
            credit_code=with_credit_check(f"{prefix}{district.area_code}DEM{key:06d}"),
            contact=self._name()[0],
            phone=self._phone(),
            bank="滨海示例银行",
            account_name=name,
            account="99" + "".join(self.lot.choices(DIGITS, k=17)),
            trades=trade[2],
        )

    def _name(self) -> tuple[str, str]:
        surname, given, last = (self.lot.choice(part) for part in (names.SURNAMES, names.GIVEN_FIRST, names.GIVEN_LAST))
        if given[0] == last[0] or self.lot.random() < 0.15:
            return surname[0] + last[0], f"{surname[1]} {last[1].capitalize()}"
        apart = "'" if last[1][0] in "aoe" else ""
        return surname[0] + given[0] + last[0], f"{surname[1]} {given[1].capitalize()}{apart}{last[1]}"

    def _phone(self) -> str:
        """Eleven digits in a block that stands for no subscriber here."""
        self._phones += 1
        return f"199{self._phones:08d}"

    def _id_number(self, area: str, born_on: date, sex: Sex) -> str:
        while True:
            serial = self.lot.randrange(1, 999, 2) if sex == "male" else self.lot.randrange(2, 1000, 2)
            number = with_check_digit(f"{area}{born_on:%Y%m%d}{serial:03d}")
            if number not in self._id_numbers:
                self._id_numbers.add(number)
                return number
