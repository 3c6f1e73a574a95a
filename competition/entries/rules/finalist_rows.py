"""Finalists of a contest held elsewhere, as rows: who, of which unit, with which result."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from competition.contests.kinds import GroupKind
from competition.entries.rules import sheet_words as words
from competition.entries.rules.eligibility import HELD_BY_US, TWICE_HERE, GroupFacts
from competition.entries.rules.sheet import Finding, Row
from competition.entries.rules.typed import OTHER_NAME, Known
from competition.exact import parse_decimal
from competition.people.identity import normalise_id
from competition.people.kinds import LEVEL_NAMES, IdKind, Status
from competition.people.rules import PersonDraft, person_problems
from competition.problems import N_, Problem

AWARD_LEVELS = (("金", "gold"), ("银", "silver"), ("铜", "bronze"), ("优", "excellence"))
NO_UNIT = N_("没有单位：可以记录，补贴会挂起待确认")
_RANK = re.compile(r"(?:第)?(\d{1,4})(?:名)?", re.ASCII)
_STATUS_OF_GROUP = {GroupKind.STUDENT: Status.STUDENT, GroupKind.TEACHER: Status.TEACHER}


class UnitOnFile(msgspec.Struct, frozen=True):
    unit_id: int
    name: str
    credit_code: str


class Finalist(msgspec.Struct, frozen=True):
    person: PersonDraft
    level_held: str = ""


class FinalistEntry(msgspec.Struct, frozen=True):
    """One contestant, or a team; the result as far as it was given."""

    members: tuple[Finalist, ...]
    unit_id: int | None
    team_name: str = ""
    rank: int | None = None
    award_name: str = ""
    award_level: str = ""
    total: Decimal | None = None


class FinalistCheck(msgspec.Struct, frozen=True):
    findings: dict[int, list[Finding]]
    entries: tuple[FinalistEntry, ...]

    @property
    def faulty(self) -> bool:
        return any(each.severity == "error" for found in self.findings.values() for each in found)


def check_finalists(rows: Sequence[Row], group: GroupFacts, units: Sequence[UnitOnFile], known: Known) -> FinalistCheck:
    return _Checking(group, units, known).run(rows)


def award_level(name: str) -> str:
    return next((level for sign, level in AWARD_LEVELS if sign in name), "")


class _Checking:
    def __init__(self, group: GroupFacts, units: Sequence[UnitOnFile], known: Known) -> None:
        self.group = group
        self.known = known
        self.units: Mapping[str, int] = {
            words.plain_word(key): unit.unit_id for unit in units for key in (unit.name, unit.credit_code) if key
        }
        self.unit_names = tuple(unit.name for unit in units)
        self.findings: dict[int, list[Finding]] = defaultdict(list)
        self.seen: set[str] = set()

    def run(self, rows: Sequence[Row]) -> FinalistCheck:
        teams: dict[str, list[Row]] = {}
        for row in rows:
            self.findings[row.number] += row.from_file
            team = row.cells.get("team", "")
            alone = self.group.team_size == 1 or not team
            teams.setdefault(f"\0{row.number}" if alone else words.plain_word(team), []).append(row)
        entries = tuple(self._entry(team) for team in teams.values())
        return FinalistCheck({row: found for row, found in self.findings.items() if found}, entries)

    def _say(self, row: Row, key: str, problem: Problem, severity: str = "error", offer: str = "") -> None:
        warning = severity == "warning"
        finding = Finding(key, problem.text, problem.params, "warning" if warning else "error", "", offer)
        self.findings[row.number].append(finding)

    def _entry(self, rows: list[Row]) -> FinalistEntry:
        first, size = rows[0], self.group.team_size
        if len(rows) != size:
            params = {"size": size, "count": len(rows)}
            for row in rows:
                self._say(row, "team", Problem(N_("该赛项每队 {size} 人，表中该队 {count} 人"), params=params))
        unit_id = self._unit(first)
        award = first.cells.get("award", "")
        return FinalistEntry(
            members=tuple(self._member(row, unit_id) for row in rows), unit_id=unit_id,
            team_name=first.cells.get("team", "") if size > 1 else "", rank=self._rank(first),
            award_name=award, award_level=award_level(award), total=self._total(first),
        )  # fmt: skip

    def _unit(self, row: Row) -> int | None:
        given = row.cells.get("unit", "")
        if not given:
            self._say(row, "unit", Problem(NO_UNIT), "warning")
            return None
        unit_id = self.units.get(words.plain_word(given))
        if unit_id is None:
            near = words.nearest(given, self.unit_names)
            text = N_("没有登记“{given}”，最接近：{near}") if near else N_("没有登记“{given}”；先新建单位")
            self._say(row, "unit", Problem(text, params={"given": given, "near": near}), offer=near)
        return unit_id

    def _member(self, row: Row, unit_id: int | None) -> Finalist:
        cells, number = row.cells, normalise_id(row.cells.get("id_number", ""))
        on_file = self.known.persons.get(number)
        passport = bool(number) and len(number) < 15 and not number.isdecimal()
        draft = PersonDraft(
            cells.get("name", ""), "", words.SEX_WORDS.get(words.plain_word(cells.get("sex", "")), ""),
            None, IdKind.PASSPORT if passport else IdKind.RESIDENT, number, cells.get("phone", ""), unit_id,
            self._status(row, on_file.status if on_file else ""),
        )  # fmt: skip
        if passport:
            draft = msgspec.structs.replace(draft, born_on=self._day(row))
        for problem in person_problems(draft):
            self._say(row, problem.field, problem)
        if on_file and draft.name and on_file.name != draft.name:
            self._say(row, "name", Problem(OTHER_NAME))
        held = self.known.held.get(on_file.person_id) if on_file else None
        if held:
            self._say(row, "id_number", Problem(HELD_BY_US, params={"skill": held.skill}))
        if number and number in self.seen:
            self._say(row, "id_number", Problem(TWICE_HERE))
        self.seen.add(number)
        return Finalist(draft, self._level(row))

    def _status(self, row: Row, on_file: str) -> str:
        given = row.cells.get("status", "")
        status = words.STATUS_WORDS.get(words.plain_word(given))
        if given and status is None:
            self._say(row, "status", Problem(N_("看不懂“{given}”"), params={"given": given}))
        return status or on_file or _STATUS_OF_GROUP.get(self.group.kind, Status.EMPLOYEE)

    def _level(self, row: Row) -> str:
        given = row.cells.get("level", "")
        try:
            return str(words.read_level(given)[0] or "")
        except ValueError:
            near = words.nearest(given, tuple(LEVEL_NAMES.values()))
            self._say(row, "level", Problem(N_("没有“{given}”这一等级"), params={"given": given}), offer=near)
            return ""

    def _day(self, row: Row) -> date | None:
        try:
            return words.read_day(row.cells.get("born_on", ""))
        except ValueError:
            return None

    def _rank(self, row: Row) -> int | None:
        given = row.cells.get("rank", "")
        found = _RANK.fullmatch(given)
        if given and (not found or int(found[1]) == 0):
            self._say(row, "rank", Problem(N_("名次须为正整数")))
            return None
        return int(found[1]) if found else None

    def _total(self, row: Row) -> Decimal | None:
        given = row.cells.get("total", "")
        if not given:
            return None
        try:
            return parse_decimal(given)
        except ValueError:
            self._say(row, "total", Problem(N_("成绩须为数字，小数点用“.”，最多四位小数")))
            return None
