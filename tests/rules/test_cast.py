"""The demo's people and contests: valid, invented, of the real size, the same every time."""

import tomllib
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from competition.demo import marks
from competition.demo.cast import DISTRICTS
from competition.demo.plan import DemoPlan, make_plan
from competition.demo.programme import DEMO_DAY
from competition.demo.shapes import ContestPlan
from competition.demo.skills import SKILLS
from competition.people.identity import born_on, credit_code_problem, phone_problem, resident_id_problem, sex
from competition.rulebook.rules import AwardsRule, parse

SEEDS = Path(__file__).parents[2] / "seeds"

FINALISTS = [24, 54, 62, 48, 40, 42, 36, 46, 72, 50, 38, 40, 44, 58, 36, 30, 24, 60, 56, 32, 68, 45]


@pytest.fixture(scope="module")
def plan() -> DemoPlan:
    return make_plan()


@pytest.fixture(scope="module")
def city(plan: DemoPlan) -> ContestPlan:
    return plan.contest("municipal-2025")


def persons_of(contest: ContestPlan) -> list[int]:
    return [member for entry in contest.entries for member in entry.members]


def test_the_same_seed_gives_the_same_plan_and_another_does_not(plan: DemoPlan) -> None:
    assert make_plan() == plan
    assert make_plan(7) != plan


def test_ninety_units_in_all_thirteen_districts(plan: DemoPlan) -> None:
    districts = tomllib.loads((SEEDS / "reference/districts.toml").read_text(encoding="utf-8"))["districts"]
    assert {unit.district for unit in plan.cast.units} == {row["code"] for row in districts}
    assert Counter(unit.kind for unit in plan.cast.units) == {"school": 26, "enterprise": 64}
    own = {row["code"]: row["area_code"] for row in districts if "area_code" in row}
    assert {each.code: each.area_code for each in DISTRICTS if each.code in own} == own


def test_units_have_valid_and_unique_codes_names_and_accounts(plan: DemoPlan) -> None:
    units = plan.cast.units
    assert [unit.name for unit in units if credit_code_problem(unit.credit_code)] == []
    for values in (
        [unit.credit_code for unit in units],
        [unit.name for unit in units],
        [unit.name_en for unit in units],
        [unit.account for unit in units],
    ):
        assert len(set(values)) == len(units)
    assert {(len(unit.account), unit.account.isdecimal()) for unit in units} == {(19, True)}


def test_persons_have_valid_and_unique_numbers_that_match_what_is_said_of_them(plan: DemoPlan) -> None:
    people = plan.cast.persons
    assert [each.id_number for each in people if resident_id_problem(each.id_number)] == []
    assert [each.id_number for each in people if born_on(each.id_number) != each.born_on] == []
    assert [each.id_number for each in people if sex(each.id_number) != each.sex] == []
    assert [each.phone for each in people if phone_problem(each.phone)] == []
    assert len({each.id_number for each in people}) == len(people)
    assert len({each.phone for each in people}) == len(people)


def test_everyone_is_marked_as_invented(plan: DemoPlan) -> None:
    assert {unit.fictitious for unit in plan.cast.units} == {True}
    assert {person.fictitious for person in plan.cast.persons} == {True}
    assert {contest.head.fictitious for contest in plan.contests} == {True}


def test_keys_are_places(plan: DemoPlan) -> None:
    assert [plan.cast.person(each.key) for each in plan.cast.persons] == list(plan.cast.persons)
    assert [plan.cast.unit(each.key) for each in plan.cast.units] == list(plan.cast.units)


def test_skills_and_occupations_are_those_of_the_reference() -> None:
    rows = tomllib.loads((SEEDS / "reference/occupations.toml").read_text(encoding="utf-8"))["occupations"]
    assert [(each.name, each.occupation_code, each.occupation_edition) for each in SKILLS] == [
        (row["skill"], row["code"], row["edition"]) for row in rows
    ]


def test_the_city_contest_has_its_real_size(city: ContestPlan) -> None:
    assert len(city.skills) == 22
    assert len(persons_of(city)) == 3244
    assert sum(len(entry.members) for entry in city.entries if entry.reached == "final") == 1005
    assert sum(len(entry.members) for entry in city.entries if entry.winner) == 181


def test_finalists_by_skill(city: ContestPlan) -> None:
    counted = Counter(
        {
            skill.number: sum(
                len(entry.members) for group in skill.groups for entry in city.finalists(skill.number, group.kind)
            )
            for skill in city.skills
        }
    )
    assert [counted[number] for number in range(1, 23)] == FINALISTS


def test_every_group_has_the_head_counts_of_its_plan(city: ContestPlan) -> None:
    for skill in city.skills:
        for group in skill.groups:
            ours = [entry for entry in city.entries if (entry.skill, entry.group) == (skill.number, group.kind)]
            heads: Counter[str] = Counter()
            for entry in ours:
                heads["entries"] += len(entry.members)
                heads["semi"] += len(entry.members) * (entry.semi_final is not None)
                heads["final"] += len(entry.members) * (entry.reached == "final")
                heads["won"] += len(entry.members) * entry.winner
            assert (heads["entries"], heads["semi"], heads["final"], heads["won"]) == (
                group.entries,
                group.semi_finalists,
                group.finalists,
                group.winners,
            )


def test_one_person_enters_once_and_for_a_unit_of_the_right_kind(plan: DemoPlan, city: ContestPlan) -> None:
    persons = persons_of(city)
    assert len(set(persons)) == len(persons)
    for entry in city.entries:
        assert {plan.cast.person(member).unit for member in entry.members} == {entry.unit}
        assert plan.cast.unit(entry.unit).kind == ("school" if entry.group == "student" else "enterprise")


def test_contestants_are_sixteen_on_the_first_day(plan: DemoPlan, city: ContestPlan) -> None:
    first_day = city.head.days["preliminary"][0]
    youngest = max(plan.cast.person(member).born_on for member in persons_of(city))
    assert youngest <= date(first_day.year - 16, first_day.month, first_day.day)


def test_one_or_two_coaches_of_the_contestant_s_own_unit(plan: DemoPlan, city: ContestPlan) -> None:
    assert {len(entry.coaches) for entry in city.entries} == {1, 2}
    for entry in city.entries:
        assert {plan.cast.person(coach).unit for coach in entry.coaches} == {entry.unit}


def test_138_judges_none_of_a_unit_with_a_contestant_in_the_skill(plan: DemoPlan, city: ContestPlan) -> None:
    seated = [person for panel in city.panels for person in (panel.chief, *panel.judges)]
    officials = [person for group in city.officials.values() for person in group]
    assert len({*seated, *officials}) == 138
    for panel in city.panels:
        fielding = {entry.unit for entry in city.entries if entry.skill == panel.skill}
        units = [plan.cast.person(person).unit for person in (panel.chief, *panel.judges)]
        assert len(set(units)) == 6
        assert fielding.isdisjoint(units)


def test_marks_are_on_the_step_and_in_range(city: ContestPlan) -> None:
    most = {aspect.code: aspect.maximum for aspect in marks.PRACTICE.aspects}
    finals = [entry.final for entry in city.entries if entry.final]
    assert len(finals) == 1005 - 21  # mechatronics has 21 teams of two
    wrong = [
        (code, mark)
        for final in finals
        for code, panel in final.practice.items()
        for mark in panel
        if mark is None or mark % Decimal("0.5") or not 0 <= mark <= most[code]
    ]
    assert wrong == []
    assert {len(panel) for final in finals for panel in final.practice.values()} == {5}
    assert all(0 <= final.theory <= 100 and final.theory % Decimal("0.1") == 0 for final in finals)


def test_totals_give_the_planned_order_without_a_tie_and_the_floor_parts_the_winners(city: ContestPlan) -> None:
    for skill in city.skills:
        for group in skill.groups:
            finalists = sorted(city.finalists(skill.number, group.kind), key=lambda entry: entry.rank or 0)
            totals = [entry.final.total for entry in finalists if entry.final]
            numbers = [total for total in totals if total is not None]
            assert [entry.rank for entry in finalists] == list(range(1, len(numbers) + 1))
            gaps = [above - below for above, below in pairwise(numbers)]
            assert min(gaps) > Decimal("0.1")
            assert sum(total >= marks.FLOOR for total in numbers) == sum(entry.winner for entry in finalists)
            assert 4 <= sum(entry.winner for entry in finalists) <= 10


def test_no_tie_at_an_earlier_cut(city: ContestPlan) -> None:
    for skill in city.skills:
        for group in skill.groups:
            ours = [entry for entry in city.entries if (entry.skill, entry.group) == (skill.number, group.kind)]
            early = sorted((entry.preliminary for entry in ours if entry.preliminary is not None), reverse=True)
            assert len(set(early)) == len(ours)
            through = [entry.preliminary for entry in ours if entry.reached != "preliminary"]
            assert sorted(filter(None, through), reverse=True) == early[: len(through)]
            middle = sorted((entry.semi_final for entry in ours if entry.semi_final is not None), reverse=True)
            last = [entry.semi_final for entry in ours if entry.semi_final is not None and entry.reached == "final"]
            assert sorted(last, reverse=True) == middle[: len(last)]
            assert len(set(middle)) == len(middle)


def test_the_floor_is_that_of_the_award_rule_of_the_contest(city: ContestPlan) -> None:
    rule = parse((SEEDS / f"rules/{city.head.award_rule}.toml").read_text(encoding="utf-8")).body
    assert isinstance(rule, AwardsRule)
    assert [award.floor.value for award in rule.awards if award.floor] == [marks.FLOOR]


@pytest.mark.parametrize(("code", "finalists"), [("provincial-2025", 164), ("national-2025", 18), ("world-2025", 2)])
def test_finalists_of_the_tiers_above(plan: DemoPlan, city: ContestPlan, code: str, finalists: int) -> None:
    contest = plan.contest(code)
    persons = persons_of(contest)
    assert contest.head.elsewhere
    assert len(set(persons)) == len(persons) == finalists
    assert set(persons) <= {member for entry in city.entries if entry.winner for member in entry.members}
    results = [(entry.skill, entry.group, entry.outside.rank) for entry in contest.entries if entry.outside]
    assert len(set(results)) == finalists
    assert all(entry.outside and 1 <= entry.outside.rank <= entry.outside.entrants for entry in contest.entries)


def test_one_field_elsewhere_has_one_size(plan: DemoPlan) -> None:
    sizes: dict[tuple[int, str], set[int]] = {}
    for entry in plan.contest("provincial-2025").entries:
        assert entry.outside is not None
        sizes.setdefault((entry.skill, entry.group), set()).add(entry.outside.entrants)
    assert {len(each) for each in sizes.values()} == {1}


def test_the_contest_taking_entries_has_every_state_and_no_score(plan: DemoPlan) -> None:
    contest = plan.contest("new-energy-2025")
    assert {entry.state for entry in contest.entries} == {"draft", "submitted", "returned", "approved"}
    assert [entry for entry in contest.entries if entry.preliminary is not None or entry.final] == []
    assert all(bool(entry.reason) == (entry.state == "returned") for entry in contest.entries)
    assert contest.head.days["entry"][0] <= DEMO_DAY <= contest.head.days["entry"][1]


def test_the_contest_being_marked_has_blank_seats_an_absence_and_one_recusal(plan: DemoPlan) -> None:
    contest = plan.contest("ship-welding-2025")
    finals = [entry for entry in contest.entries if entry.reached == "final"]
    assert sum(entry.attendance == "absent" for entry in finals) == 1
    blank = Counter((entry.skill, entry.group) for entry in finals if entry.final and entry.final.total is None)
    assert blank == {(21, "student"): 3, (4, "student"): 7}
    assert {entry.rank for entry in finals} == {None}
    conflicted = [person for panel in contest.panels for person in panel.conflicted]
    assert len(conflicted) == 1
    assert plan.cast.person(conflicted[0]).unit in {entry.unit for entry in finals if entry.skill == 21}
