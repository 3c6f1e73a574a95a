"""Who may enter, what may be done with an entry, and how the cells of a sheet are read."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.contests.kinds import ContestState, GroupKind, StageState
from competition.entries.kinds import Attendance, EntryAction, EntryState
from competition.entries.rules import eligibility as eligible
from competition.entries.rules import sheet_words as words
from competition.entries.rules.attendance import attendance_problem
from competition.entries.rules.finalist_rows import award_level
from competition.entries.rules.sheet import Row, Sheet, check_sheet
from competition.entries.rules.states import HOLDING, MACHINE, PARTY, Situation, permitted, why_not
from competition.entries.rules.typed import Known, OnFile
from competition.people.identity import with_check_digit
from competition.people.kinds import Level, Status
from competition.problems import Problem

CONTEST = eligible.ContestFacts(
    1, "测试竞赛", ContestState.OPEN, opens_at=datetime(2025, 6, 1, 1, tzinfo=UTC),
    closes_at=datetime(2025, 6, 30, 9, tzinfo=UTC), starts_on=date(2025, 9, 18),
)  # fmt: skip
STUDENTS = eligible.GroupFacts(10, GroupKind.STUDENT, 5, "焊接")
EMPLOYEES = eligible.GroupFacts(11, GroupKind.EMPLOYEE, 5, "焊接")
TEAMS = eligible.GroupFacts(12, GroupKind.STUDENT, 6, "机电一体化", team_size=2)
MEMBER = eligible.MemberFacts("a", date(2004, 5, 6), Status.STUDENT)
COACH = eligible.CoachFacts("c", 7, Status.TEACHER, True)
ENTRY = eligible.Registration(7, STUDENTS, (MEMBER,), (COACH,))
change = msgspec.structs.replace


def said(registration: eligible.Registration, contest: eligible.ContestFacts = CONTEST) -> list[tuple[str, str]]:
    return [(problem.field, problem.text) for problem in eligible.eligibility(registration, contest)]


def with_member(**changes: Any) -> eligible.Registration:
    return change(ENTRY, members=(change(MEMBER, **changes),))


def test_an_ordinary_entry_has_nothing_against_it() -> None:
    assert said(ENTRY) == []


@pytest.mark.parametrize(
    ("born", "consent", "problems"),
    [
        (date(2009, 9, 18), True, []),
        (date(2009, 9, 19), True, [("m0_born_on", eligible.UNDER_AGE)]),
        (date(2007, 9, 18), False, []),
        (date(2007, 9, 19), False, [("m0_consent", eligible.NO_CONSENT)]),
        (date(2007, 9, 19), True, []),
    ],
)
def test_age_counts_on_the_first_contest_day(born: date, consent: bool, problems: list[tuple[str, str]]) -> None:
    assert said(with_member(born_on=born, guardian_consent=consent)) == problems


@given(st.dates(date(1950, 1, 1), date(2020, 12, 31)), st.dates(date(2021, 1, 1), date(2040, 12, 31)))
def test_age_grows_by_one_on_each_birthday(born: date, day: date) -> None:
    age = eligible.age_on(born, day)
    assert born.year + age <= day.year
    assert (day.year - born.year) - age in (0, 1)


def test_who_is_born_before_the_window_is_refused() -> None:
    group = change(STUDENTS, born_on_or_after=date(2004, 5, 7))
    assert said(change(ENTRY, group=group)) == [("m0_born_on", eligible.TOO_OLD)]
    assert said(change(ENTRY, group=change(group, born_on_or_after=date(2004, 5, 6)))) == []


@pytest.mark.parametrize(
    ("group", "status", "fits"),
    [
        (GroupKind.STUDENT, Status.STUDENT, True),
        (GroupKind.STUDENT, Status.EMPLOYEE, False),
        (GroupKind.EMPLOYEE, Status.STUDENT, False),
        (GroupKind.EMPLOYEE, Status.TEACHER, True),
        (GroupKind.TEACHER, Status.EMPLOYEE, False),
        (GroupKind.OPEN, Status.OTHER, True),
    ],
)
def test_the_group_must_match_the_status(group: GroupKind, status: Status, fits: bool) -> None:
    entry = change(with_member(status=status), group=change(STUDENTS, kind=group))
    assert said(entry) == ([] if fits else [("m0_status", eligible.WRONG_GROUP)])


def test_another_unit_is_not_told_the_skill() -> None:
    held = eligible.Held(3, 7, "钳工")
    (ours,) = eligible.eligibility(with_member(held=held), CONTEST)
    (theirs,) = eligible.eligibility(with_member(held=change(held, unit_id=8)), CONTEST)
    assert (ours.params, theirs.params) == ({"skill": "钳工"}, {})
    assert str(theirs) == "此人已由其他单位报名；一人限报一项"


@pytest.mark.parametrize(("already", "refused"), [(1, False), (2, True)])
def test_a_unit_has_a_limit_per_group(already: int, refused: bool) -> None:
    entry = change(ENTRY, group=change(STUDENTS, unit_limit=2), unit_entries=already)
    assert said(entry) == ([("group", eligible.UNIT_FULL)] if refused else [])


@pytest.mark.parametrize(
    ("coaches", "fields"),
    [
        ((), ["c0_name"]),
        ((COACH, change(COACH, key="d", main=False)), []),
        ((COACH, change(COACH, key="d")), ["c0_name"]),
        ((change(COACH, main=False),), ["c0_name"]),
        ((COACH, change(COACH, main=False)), ["c1_name"]),
        ((change(COACH, unit_id=8),), ["c0_name"]),
        ((change(COACH, status=Status.STUDENT),), ["c0_name"]),
        ((change(COACH, key="a"),), ["c0_name"]),
        ((COACH, *(change(COACH, key=key, main=False) for key in "de")), ["c2_name"]),
    ],
)
def test_at_most_two_coaches_one_of_them_main_both_of_the_unit(coaches: Any, fields: list[str]) -> None:
    assert [field for field, _ in said(change(ENTRY, coaches=coaches))] == fields


def test_a_team_has_a_name_and_its_number_of_different_people() -> None:
    other = change(MEMBER, key="b")
    good = change(ENTRY, group=TEAMS, members=(MEMBER, other), team_name="一队")
    assert said(good) == []
    assert [field for field, _ in said(change(good, team_name=""))] == ["team_name"]
    assert [field for field, _ in said(change(good, members=(MEMBER,)))] == ["team_name"]
    assert said(change(good, members=(MEMBER, MEMBER))) == [("m1_id_number", eligible.TWICE_HERE)]


@pytest.mark.parametrize(
    ("now", "changes", "told"),
    [
        (datetime(2025, 6, 12, tzinfo=UTC), {}, None),
        (datetime(2025, 6, 1, 0, 59, tzinfo=UTC), {}, "报名 2025-06-01 09:00 开始"),
        (datetime(2025, 6, 30, 8, 59, 59, tzinfo=UTC), {}, None),
        (datetime(2025, 6, 30, 9, tzinfo=UTC), {}, "报名已于 2025-06-30 17:00 截止"),
        (datetime(2025, 6, 12, tzinfo=UTC), {"state": ContestState.DRAFT}, "“测试竞赛”尚未开放报名"),
        (datetime(2025, 6, 12, tzinfo=UTC), {"state": ContestState.RUNNING}, "“测试竞赛”已不在报名阶段"),
        (datetime(2025, 6, 12, tzinfo=UTC), {"elsewhere": True}, "“测试竞赛”由他方举办，不在本平台报名"),
    ],
)
def test_the_window_names_its_time(now: datetime, changes: dict[str, Any], told: str | None) -> None:
    problem = eligible.window_problem(change(CONTEST, **changes), now)
    assert (str(problem) if problem else None) == told


# States


def test_every_action_belongs_to_one_party_and_leads_to_a_state() -> None:
    assert set(PARTY) == set(EntryAction)
    assert {action for actions in MACHINE.values() for action in actions} == set(EntryAction)
    assert {state for actions in MACHINE.values() for state in actions.values()} <= set(EntryState)


@pytest.mark.parametrize("state", list(EntryState))
@pytest.mark.parametrize("action", list(EntryAction))
def test_what_is_not_permitted_says_why(state: EntryState, action: EntryAction) -> None:
    problem = why_not(action, Situation(state))
    assert (problem is None) == (action in MACHINE[state])
    assert problem is None or problem.text


def test_the_end_states_hold_nobody() -> None:
    assert {state for state in EntryState if not MACHINE[state]} == set(EntryState) - HOLDING


def test_after_the_deadline_a_draft_waits_but_a_returned_entry_may_be_mended() -> None:
    closed = Problem("截止")
    assert permitted(Situation(EntryState.DRAFT, window=closed), "unit") == [EntryAction.WITHDRAW]
    assert EntryAction.SUBMIT in permitted(Situation(EntryState.RETURNED, window=closed), "unit")


def test_a_placed_entry_is_left_alone() -> None:
    assert permitted(Situation(EntryState.APPROVED, placed=True), "organiser") == []
    assert permitted(Situation(EntryState.APPROVED, placed=True), "unit") == []


@pytest.mark.parametrize(
    ("attendance", "state", "reason", "allowed"),
    [
        (Attendance.CHECKED_IN, StageState.PLANNED, "", False),
        (Attendance.CHECKED_IN, StageState.PLACED, "", True),
        (Attendance.ABSENT, StageState.LOCKED, "", False),
        (Attendance.DISQUALIFIED, StageState.PLACED, "", False),
        (Attendance.DISQUALIFIED, StageState.RELEASED, "替考", True),
    ],
)
def test_attendance_follows_the_stage(attendance: Attendance, state: StageState, reason: str, allowed: bool) -> None:
    assert (attendance_problem(attendance, state, reason) is None) == allowed


# Words of a sheet


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("中级工（四级）", (Level.INTERMEDIATE, False)),
        ("中级工(四级)", (Level.INTERMEDIATE, False)),
        ("中级工", (Level.INTERMEDIATE, False)),
        ("中级", (Level.INTERMEDIATE, True)),
        ("四级", (Level.INTERMEDIATE, True)),
        ("4级", (Level.INTERMEDIATE, True)),
        ("高级技师", (Level.SENIOR_TECHNICIAN, False)),
        ("一级/高级技师", (Level.SENIOR_TECHNICIAN, True)),
        ("", (None, False)),
        ("无", (None, False)),
    ],
)
def test_levels_are_read_from_usual_words(text: str, level: tuple[Level | None, bool]) -> None:
    assert words.read_level(text) == level


@pytest.mark.parametrize("text", ["2006-03-17", "2006/3/17", "2006.3.17", "20060317", "2006年3月17日"])
def test_days_are_read_in_usual_forms(text: str) -> None:
    assert words.read_day(text) == date(2006, 3, 17)


@pytest.mark.parametrize("text", ["2009/13/02", "三月", "2009-02-30", "06-03-17"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        words.read_day(text)


@pytest.mark.parametrize(
    ("name", "level"),
    [("金牌", "gold"), ("银奖", "silver"), ("铜牌", "bronze"), ("优胜奖", "excellence"), ("一等奖", "")],
)
def test_medal_words_tell_the_level(name: str, level: str) -> None:
    assert award_level(name) == level


NUMBER = with_check_digit("21020220000506001")
FILLED = {
    "name": "姜予安", "id_number": NUMBER, "skill": "焊接", "group": "学生", "main_coach": "曲承志",
    "phone": "13800000000",
}  # fmt: skip
COACH_ON_FILE = OnFile(1, "曲承志", date(1980, 1, 2), Status.TEACHER, "", 7)


def checked(*rows: dict[str, str], **known: Any) -> list[tuple[int, str, str, str]]:
    facts = Known(known.get("persons", {}), {"曲承志": [COACH_ON_FILE]}, known.get("held", {}))
    sheet = Sheet(CONTEST, (STUDENTS, EMPLOYEES, TEAMS), 7, "school", facts, known.get("entered", {}))
    check = check_sheet([Row(number, FILLED | row) for number, row in enumerate(rows, start=4)], sheet)
    return [(number, each.key, each.severity, each.offer) for number, found in check.findings.items() for each in found]


def test_a_good_row_has_no_findings() -> None:
    assert checked({}) == []


def test_a_near_skill_is_offered() -> None:
    assert checked({"skill": "焊接工"}) == [(4, "skill", "error", "焊接")]


def test_a_group_the_skill_does_not_have_is_offered_another() -> None:
    assert checked({"skill": "机电一体化", "group": "职工", "team": "一队"}) == [(4, "group", "error", "学生")]


def test_a_row_without_skill_still_shows_its_other_errors() -> None:
    assert [key for _, key, _, _ in checked({"skill": "", "id_number": "1", "phone": "1"})] == [
        "skill", "phone", "id_number",
    ]  # fmt: skip


def test_a_date_that_differs_from_the_number_is_offered_the_number_s() -> None:
    assert checked({"born_on": "2000-05-07"}) == [(4, "born_on", "error", "2000-05-06")]


def test_the_same_person_twice_names_the_first_row() -> None:
    assert checked({}, {"skill": "机电一体化", "team": "一队"})[0] == (5, "id_number", "error", "")


@given(st.dictionaries(st.sampled_from(sorted({*FILLED, "team", "level", "born_on", "sex", "consent"})), st.text()))
def test_no_text_in_a_cell_breaks_the_check(cells: dict[str, str]) -> None:
    checked(cells)
