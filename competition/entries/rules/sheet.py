"""Rows of a workbook as entries, each row checked by the rules of the form, each problem at its cell."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import msgspec

from competition.contests.kinds import GroupKind
from competition.entries.rules import eligibility as eligible
from competition.entries.rules import sheet_words as words
from competition.entries.rules.sheet_fixes import fix_for
from competition.entries.rules.typed import Known, TypedCoach, TypedEntry, TypedMember, check_typed, person_checks
from competition.people.identity import born_on, normalise_id, resident_id_problem
from competition.people.kinds import LEVEL_NAMES, IdKind, Status
from competition.people.rules import PersonDraft
from competition.problems import N_, Problem

Severity = Literal["error", "warning"]

NOT_UNDERSTOOD = N_("看不懂“{given}”")
TEAM_OF_OTHERS = N_("同队第 {row} 行有误，整队暂不导入")
SAME_PERSON = N_("与第 {row} 行是同一人（{skill}）；一人限报一项")


class Finding(msgspec.Struct, frozen=True):
    """What is to be said of one cell. `offer` is a text that would put the cell right."""

    key: str
    text: str
    params: dict[str, Any] = {}
    severity: Severity = "error"
    fix: str = ""
    offer: str = ""


class Row(msgspec.Struct, frozen=True):
    """`number` is the row of the sheet; `from_file` is what the file itself made doubtful."""

    number: int
    cells: dict[str, str]
    from_file: tuple[Finding, ...] = ()


class Sheet(msgspec.Struct, frozen=True):
    """What stays the same for every row. `entered`: how many entries the unit has in each group already."""

    contest: eligible.ContestFacts
    groups: tuple[eligible.GroupFacts, ...]
    unit_id: int
    unit_kind: str
    known: Known
    entered: Mapping[int, int]


class SheetEntry(msgspec.Struct, frozen=True):
    entry: TypedEntry
    rows: tuple[int, ...]


class SheetCheck(msgspec.Struct, frozen=True):
    """`entries` are those without an error."""

    findings: dict[int, list[Finding]]
    entries: tuple[SheetEntry, ...]


class _Read(msgspec.Struct, frozen=True):
    """A row as it was understood; without a group it cannot become an entry."""

    row: Row
    group: eligible.GroupFacts | None
    member: TypedMember
    team: str


def check_sheet(rows: Sequence[Row], sheet: Sheet) -> SheetCheck:
    return _Checking(sheet).run(rows)


class _Checking:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.findings: dict[int, list[Finding]] = defaultdict(list)
        self.entered = dict(sheet.entered)
        self.first_row: dict[str, tuple[int, str]] = {}
        self.skills: dict[str, list[eligible.GroupFacts]] = defaultdict(list)
        for group in sheet.groups:
            for name in {group.skill, group.skill_en} - {""}:
                self.skills[words.plain_word(name)].append(group)
        self.skill_names = tuple(dict.fromkeys(group.skill for group in sheet.groups))

    def run(self, rows: Sequence[Row]) -> SheetCheck:
        teams: dict[tuple[int, str], list[_Read]] = {}
        for row in rows:
            self.findings[row.number] += row.from_file
            read = self._read(row)
            if read.group is None:
                for problem in person_checks(read.member.person, self.sheet.known, self.sheet.contest, "m0_"):
                    self._place(problem, [read])
            else:
                alone = read.group.team_size == 1 or not read.team
                key = (read.group.group_id, f"\0{row.number}" if alone else words.plain_word(read.team))
                teams.setdefault(key, []).append(read)
        good = [each for reads in teams.values() if (each := self._entry(reads, reads[0].group))]
        return SheetCheck(dict(self.findings), tuple(good))

    def say(self, row: int, key: str, problem: Problem, *, offer: str = "", severity: Severity = "error") -> None:
        fix = fix_for(problem.text, key, severity)
        said = Finding(key, problem.text, problem.params, severity, fix, offer)
        if all((each.key, each.severity) != (key, severity) for each in self.findings[row]):
            self.findings[row].append(said)

    def wrong(self, row: int) -> bool:
        return any(each.severity == "error" for each in self.findings.get(row, ()))

    def _read(self, row: Row) -> _Read:
        groups = self._skill(row)
        number = normalise_id(row.cells.get("id_number", ""))
        on_file = self.sheet.known.persons.get(number)
        group = self._group(row, groups) if groups else None
        status = self._status(row, on_file.status if on_file else "", group)
        member = self._member(row, status)
        if number:
            self._twin(row, number)
        return _Read(row, group, member, row.cells.get("team", "").strip())

    def _skill(self, row: Row) -> list[eligible.GroupFacts]:
        given = row.cells.get("skill", "")
        if not given:
            self.say(row.number, "skill", Problem(N_("未填赛项")))
            return []
        found = self.skills.get(words.plain_word(given), [])
        if not found:
            near = words.nearest(given, self.skill_names)
            params = {"given": given, "near": near}
            text = N_("本次竞赛没有“{given}”，最接近：{near}") if near else N_("本次竞赛没有“{given}”")
            self.say(row.number, "skill", Problem(text, params=params), offer=near)
        return found

    def _group(self, row: Row, groups: list[eligible.GroupFacts]) -> eligible.GroupFacts | None:
        given = row.cells.get("group", "")
        offered = [words.GROUP_SHORT[group.kind] for group in groups]
        if not given and len(groups) == 1:
            return groups[0]
        kind = words.GROUP_WORDS.get(words.plain_word(given))
        for group in groups:
            if group.kind == kind:
                return group
        near = words.nearest(given, offered) or (offered[0] if len(offered) == 1 else "")
        if not given:
            self.say(row.number, "group", Problem(N_("未填组别")), offer=near)
        else:
            params = {"skill": groups[0].skill, "given": given, "groups": list(offered)}
            self.say(
                row.number, "group", Problem(N_("{skill}没有“{given}”；设有：{groups}"), params=params), offer=near
            )
        return None

    def _status(self, row: Row, on_file: str, group: eligible.GroupFacts | None) -> str:
        """As written, else as on file, else what the group and the unit suggest."""
        given = row.cells.get("status", "")
        if given:
            status = words.STATUS_WORDS.get(words.plain_word(given))
            if status is None:
                self.say(row.number, "status", Problem(NOT_UNDERSTOOD, params={"given": given}))
            return status or on_file or Status.OTHER
        if on_file:
            return on_file
        by_group = {
            GroupKind.EMPLOYEE: Status.EMPLOYEE, GroupKind.STUDENT: Status.STUDENT, GroupKind.TEACHER: Status.TEACHER,
        }  # fmt: skip
        by_unit = Status.STUDENT if self.sheet.unit_kind == "school" else Status.EMPLOYEE
        return by_group.get(group.kind, by_unit) if group else by_unit

    def _member(self, row: Row, status: str) -> TypedMember:
        cells = row.cells
        sex = words.SEX_WORDS.get(words.plain_word(cells.get("sex", "")), "")
        if cells.get("sex") and not sex:
            self.say(row.number, "sex", Problem(NOT_UNDERSTOOD, params={"given": cells["sex"]}))
        number = cells.get("id_number", "")
        passport = bool(number) and len(normalise_id(number)) < 15 and not number.isdecimal()
        kind = IdKind.PASSPORT if passport else IdKind.RESIDENT
        draft = PersonDraft(
            cells.get("name", ""), "", sex, self._day(row), kind, number, cells.get("phone", ""),
            self.sheet.unit_id, status,
        )  # fmt: skip
        consent = words.CONSENT_WORDS.get(words.plain_word(cells.get("consent", "")))
        if consent is None:
            self.say(row.number, "consent", Problem(NOT_UNDERSTOOD, params={"given": cells["consent"]}), offer="是")
        return TypedMember(draft, self._level(row), bool(consent))

    def _day(self, row: Row) -> date | None:
        given = row.cells.get("born_on", "")
        if not given:
            return None
        try:
            return words.read_day(given)
        except ValueError:
            number = row.cells.get("id_number", "")
            if resident_id_problem(number):
                problem = Problem(N_("“{given}”不是有效日期"), params={"given": given})
                self.say(row.number, "born_on", problem)
            else:
                day = born_on(number).isoformat()
                text = N_("“{given}”不是有效日期；证件号中为 {day}")
                self.say(row.number, "born_on", Problem(text, params={"given": given, "day": day}), offer=day)
            return None

    def _level(self, row: Row) -> str:
        given = row.cells.get("level", "")
        try:
            level, shortened = words.read_level(given)
        except ValueError:
            near = words.nearest(given, tuple(LEVEL_NAMES.values()))
            self.say(row.number, "level", Problem(N_("没有“{given}”这一等级"), params={"given": given}), offer=near)
            return ""
        if level and shortened:
            params = {"given": given, "level": LEVEL_NAMES[level]}
            self.say(row.number, "level", Problem(N_("“{given}”已读作“{level}”"), params=params), severity="warning")
        return str(level or "")

    def _twin(self, row: Row, number: str) -> None:
        first = self.first_row.setdefault(number, (row.number, row.cells.get("skill", "")))
        if first[0] != row.number:
            params = {"row": first[0], "skill": first[1]}
            self.say(row.number, "id_number", Problem(SAME_PERSON, params=params))

    def _entry(self, reads: list[_Read], group: eligible.GroupFacts | None) -> SheetEntry | None:
        assert group is not None
        entry = TypedEntry(
            contest_id=self.sheet.contest.contest_id, group=group, unit_id=self.sheet.unit_id,
            unit_kind=self.sheet.unit_kind, members=tuple(read.member for read in reads),
            coaches=self._coaches(reads), team_name=reads[0].team if group.team_size > 1 else "",
        )  # fmt: skip
        count = self.entered.get(group.group_id, 0)
        checked = check_typed(entry, self.sheet.known, self.sheet.contest, count)
        for problem in checked.problems:
            self._place(problem, reads)
        for problem in eligible.honour_warnings(checked.registration.members):
            self._place(problem, reads, "warning")
        numbers = tuple(read.row.number for read in reads)
        faulty = [number for number in numbers if self.wrong(number)]
        if not faulty:
            self.entered[group.group_id] = count + 1
            return SheetEntry(entry, numbers)
        for number in numbers:
            if number not in faulty:
                self.say(number, "team", Problem(TEAM_OF_OTHERS, params={"row": faulty[0]}))
        return None

    def _coaches(self, reads: list[_Read]) -> tuple[TypedCoach, ...]:
        """A team's coaches stand in one of its rows, or the same in all."""
        found = []
        for key, main in (("main_coach", True), ("second_coach", False)):
            named = [read.row for read in reads if read.row.cells.get(key)]
            if not named:
                continue
            for other in named[1:]:
                if other.cells[key] != named[0].cells[key]:
                    text = N_("与同队第 {row} 行的教练不一致")
                    self.say(other.number, key, Problem(text, params={"row": named[0].number}))
            number = named[0].cells.get(f"{key}_id", "")
            found.append(TypedCoach(named[0].cells[key], main, number))
        if found and not found[0].main:
            return ()
        return tuple(found)

    def _place(self, problem: Problem, reads: list[_Read], severity: Severity = "error") -> None:
        """Say a problem of the form at the cell of the sheet that it belongs to."""
        who, _, key = problem.field.partition("_")
        if who[:1] == "m" and who[1:].isdigit():
            self._place_member(problem, key, reads[int(who[1:])], severity)
        elif who[:1] == "c" and who[1:].isdigit():
            column = ("main_coach", "second_coach")[min(int(who[1:]), 1)]
            numbered = f"{column}_id"
            self.say(reads[0].row.number, numbered if key == "id_number" else column, problem, severity=severity)
        else:
            key = {"team_name": "team", "group": "skill"}.get(problem.field, "skill")
            for read in reads if key == "team" else reads[:1]:
                self.say(read.row.number, key, problem, severity=severity)

    def _place_member(self, problem: Problem, key: str, read: _Read, severity: Severity) -> None:
        row, offer = read.row, ""
        key = {"id_kind": "id_number"}.get(key, key)
        if key == "status" and not row.cells.get("status") and read.group:
            key = "group"
            fitting = eligible.FALLBACK_GROUP[Status(read.member.person.status)]
            kinds = {group.kind for group in self.sheet.groups if group.skill_id == read.group.skill_id}
            offer = words.GROUP_SHORT[fitting] if fitting in kinds else ""
        if key == "born_on" and "day" in problem.params and problem.text not in (eligible.UNDER_AGE, eligible.TOO_OLD):
            offer = problem.params["day"]
        self.say(row.number, key, problem, offer=offer, severity=severity)
