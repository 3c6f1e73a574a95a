"""Who is proposed for the seedling pool, and which world editions are still open to them."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from competition.rulebook.rules import SeedlingRule, parse
from competition.seedlings.kinds import SeedlingStage, SeedlingState
from competition.seedlings.rules import (
    TRANSITIONS,
    Age,
    Young,
    age,
    decision_problem,
    editions,
    move_problem,
    nominate,
)

TODAY = date(2025, 10, 13)
RULE = parse((Path(__file__).parents[2] / "seeds" / "rules" / "seedling-default.toml").read_text("utf-8")).body
assert isinstance(RULE, SeedlingRule)


def young(**changes: object) -> Young:
    plain = Young(
        person_id=1, skill_id=1, skill_name="数控铣", tier="municipal", born_on=date(2006, 3, 1), rank=3,
        award_name="三等奖", award_level="bronze",
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changes)


def open_editions(born_on: date | None, skill: str = "数控铣", today: date = TODAY) -> list[int]:
    return [each.number for each in editions(RULE, born_on, skill, today) if each.open]


@pytest.mark.parametrize(
    ("born_on", "expected"),
    [
        (date(2003, 12, 31), []),
        (date(2004, 1, 1), [48]),
        (date(2005, 12, 31), [48]),
        (date(2006, 1, 1), [48, 49]),
        (date(2008, 1, 1), [48, 49, 50]),
        (None, []),
    ],
)
def test_the_windows_take_the_day_itself(born_on: date | None, expected: list[int]) -> None:
    assert open_editions(born_on) == expected


def test_some_skills_take_older_contestants() -> None:
    assert open_editions(date(2001, 1, 1), "机电一体化") == [48]
    assert open_editions(date(2000, 12, 31), "机电一体化") == []


def test_an_edition_that_is_over_is_no_longer_counted() -> None:
    assert open_editions(date(2008, 5, 1), today=date(2027, 1, 1)) == [49, 50]


@pytest.mark.parametrize(
    ("born_on", "expected"),
    [
        (date(2003, 5, 1), Age(None, soon=False, out=True)),
        (date(2005, 5, 1), Age(2027, soon=True, out=False)),
        (date(2006, 5, 1), Age(2029, soon=False, out=False)),
        (date(2009, 5, 1), Age(None, soon=False, out=False)),
    ],
)
def test_when_somebody_ages_out_follows_from_the_birth_date(born_on: date, expected: Age) -> None:
    assert age(editions(RULE, born_on, "数控铣", TODAY)) == expected


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "决赛获三等奖"),
        ({"award_level": "", "award_name": "", "rank": 10}, "决赛第 10 名，在前 10 名内"),
        ({"award_level": "", "award_name": "", "rank": 11}, None),
        ({"award_level": "", "award_name": "", "rank": None}, None),
        ({"born_on": date(2003, 1, 1)}, None),
        ({"born_on": None}, None),
        ({"tier": "base"}, None),
    ],
)
def test_a_result_and_a_birth_date_within_the_criteria_propose(changes: dict[str, object], reason: str | None) -> None:
    found = nominate(young(**changes), RULE, TODAY)
    assert (str(found.reason) if found else None) == reason


def test_a_proposal_is_accepted_without_and_declined_only_with_a_reason() -> None:
    assert decision_problem(SeedlingState.PROPOSED, "accept", "") is None
    assert str(decision_problem(SeedlingState.PROPOSED, "decline", " ")) == "须写明理由"
    assert decision_problem(SeedlingState.PROPOSED, "decline", "已转行") is None


def test_every_other_decision_is_refused() -> None:
    for state in SeedlingState:
        for decision in {"accept", "decline", "leave", "reconsider"} - set(TRANSITIONS[state]):
            assert str(decision_problem(state, decision, "理由")) == "当前状态不能进行此操作"


@pytest.mark.parametrize(
    ("state", "to", "reason", "said"),
    [
        (SeedlingState.IN_POOL, "city_squad", "选拔第 3 名", "None"),
        (SeedlingState.IN_POOL, "city_squad", "", "须写明理由"),
        (SeedlingState.IN_POOL, "seed", "选拔", "选择另一个阶段"),
        (SeedlingState.IN_POOL, "moon", "选拔", "选择另一个阶段"),
        (SeedlingState.PROPOSED, "city_squad", "选拔", "入库后才能调整阶段"),
    ],
)
def test_a_move_needs_the_pool_another_stage_and_a_reason(
    state: SeedlingState, to: str, reason: str, said: str
) -> None:
    assert str(move_problem(state, SeedlingStage.SEED, to, reason)) == said
