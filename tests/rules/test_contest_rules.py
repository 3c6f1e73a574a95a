"""What a contest may be, where its states lead, and its eight steps."""

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest

from competition.contests.drafts import ContestDraft, SessionDraft, SkillDraft, StageDraft
from competition.contests.kinds import ContestState, CutKind, StageKind, StageState
from competition.contests.rules import (
    MOVES,
    Readiness,
    Timeline,
    contest_problems,
    contest_warnings,
    lifecycle,
    move_problem,
    publishing_problems,
    session_problems,
    skill_problems,
    stage_problems,
)

GOOD = ContestDraft(
    name="职业技能大赛",
    tier="municipal",
    year=2025,
    entry_opens_at=datetime(2025, 4, 10, 1, tzinfo=UTC),
    entry_closes_at=datetime(2025, 6, 30, 9, tzinfo=UTC),
    starts_on=date(2025, 7, 12),
    ends_on=date(2025, 9, 20),
)


def fields(problems: list) -> list[str]:
    return [problem.field for problem in problems]


def test_a_whole_contest_has_no_problem() -> None:
    assert contest_problems(GOOD) == []
    assert contest_warnings(GOOD) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"tier": "galactic"}, "tier"),
        ({"year": 1899}, "year"),
        ({"ends_on": date(2025, 7, 11)}, "ends_on"),
        ({"entry_closes_at": datetime(2025, 4, 10, 1, tzinfo=UTC)}, "entry_closes_at"),
        ({"entry_closes_at": datetime(2025, 9, 21, 1, tzinfo=UTC)}, "entry_closes_at"),
    ],
)
def test_each_mistake_is_said_at_its_field(changes: dict, field: str) -> None:
    assert fields(contest_problems(msgspec.structs.replace(GOOD, **changes))) == [field]


def test_the_day_entries_close_is_the_day_in_the_contests_zone() -> None:
    """16:30 UTC on the last day is half past midnight of the next one in Dalian."""
    late = msgspec.structs.replace(GOOD, entry_closes_at=datetime(2025, 9, 20, 16, 30, tzinfo=UTC))
    in_time = msgspec.structs.replace(GOOD, entry_closes_at=datetime(2025, 9, 20, 15, 30, tzinfo=UTC))
    assert fields(contest_problems(late)) == ["entry_closes_at"]
    assert contest_problems(in_time) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"entry_closes_at": datetime(2025, 7, 20, tzinfo=UTC)}, "entry_closes_at"),
        ({"elsewhere": True}, "document_number"),
        ({"year": 2024}, "starts_on"),
    ],
)
def test_what_is_unusual_is_warned_of_and_allowed(changes: dict, field: str) -> None:
    draft = msgspec.structs.replace(GOOD, **changes)
    assert contest_problems(draft) == []
    assert fields(contest_warnings(draft)) == [field]


def test_the_thirty_first_supported_project_is_warned_of() -> None:
    draft = msgspec.structs.replace(GOOD, supported=True)
    assert contest_warnings(draft, 29) == []
    assert fields(contest_warnings(draft, 30)) == ["supported"]
    assert contest_warnings(GOOD, 30) == []


def test_every_state_can_be_left_and_reached() -> None:
    assert set(MOVES) == set(ContestState)
    assert {to for moves in MOVES.values() for to in moves} == set(ContestState) - {ContestState.DRAFT}


def test_a_published_contest_does_not_go_back_to_draft() -> None:
    assert move_problem("draft", "open") is None
    assert move_problem("open", "draft") is not None
    assert move_problem("draft", "archived") is not None


def test_publishing_waits_for_skills_groups_and_stages() -> None:
    assert len(publishing_problems([])) == 1
    problems = publishing_problems([Readiness("焊接", 0, 0), Readiness("钳工", 2, 1), Readiness("车工", 1, 0)])
    assert [problem.params["name"] for problem in problems] == ["焊接", "钳工"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"occupation_code": "9-18-01-01"}, "occupation_code"),
        ({"occupation_code": "6-18-1-1"}, "occupation_code"),
        ({"team_size": 0}, "team_size"),
        ({"team_size": 21}, "team_size"),
        ({"entries_per_unit": -1}, "entries_per_unit"),
    ],
)
def test_a_skill_has_its_limits(changes: dict, field: str) -> None:
    draft = SkillDraft(name="焊接", occupation_code="6-18-02-04")
    assert skill_problems(draft) == []
    assert fields(skill_problems(msgspec.structs.replace(draft, **changes))) == [field]


@pytest.mark.parametrize(
    ("kind", "cut", "value", "wrong"),
    [
        ("preliminary", CutKind.TOP, "20", []),
        ("preliminary", CutKind.TOP, "0", ["cut_value"]),
        ("preliminary", CutKind.TOP, "2.5", ["cut_value"]),
        ("preliminary", CutKind.PERCENT, "100", []),
        ("preliminary", CutKind.PERCENT, "100.5", ["cut_value"]),
        ("preliminary", CutKind.PERCENT, "0", ["cut_value"]),
        ("semifinal", CutKind.THRESHOLD, "0", []),
        ("semifinal", CutKind.THRESHOLD, "-1", ["cut_value"]),
        ("final", CutKind.NONE, "0", []),
        ("final", CutKind.TOP, "3", ["cut_kind"]),
        ("final", "by_mood", "0", ["cut_kind"]),
    ],
)
def test_a_cut_says_something_possible(kind: str, cut: str, value: str, wrong: list[str]) -> None:
    draft = StageDraft(kind=kind, cut_kind=cut, cut_value=Decimal(value))
    assert fields(stage_problems(draft)) == wrong


def test_a_part_breaks_ties_once() -> None:
    assert fields(stage_problems(StageDraft(kind="final", tie_breaks=["P", "T", "P"]))) == ["tie_breaks"]


def test_a_session_ends_after_it_starts() -> None:
    at = datetime(2025, 9, 18, 1, tzinfo=UTC)
    assert fields(session_problems(SessionDraft(venue="一号馆", starts_at=at, ends_at=at))) == ["ends_at"]
    assert fields(session_problems(SessionDraft(venue="", stations=501))) == ["venue", "stations"]


def states(timeline: Timeline) -> list[str]:
    return [step.state for step in lifecycle(timeline)]


def at(state: ContestState, **stages: list[str]) -> Timeline:
    return Timeline(state=state, created_on=date(2025, 3, 12), stages=stages)


DONE, NOW, TODO = "done", "now", "todo"


def test_there_are_eight_steps() -> None:
    steps = lifecycle(at(ContestState.DRAFT))
    assert [step.label for step in steps] == [
        "立项", "报名", "初赛", "复赛", "决赛", "发布", "补贴与晋级", "归档",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("timeline", "expected"),
    [
        (at(ContestState.DRAFT), [NOW] + [TODO] * 7),
        (at(ContestState.OPEN, preliminary=["planned"], final=["planned"]), [DONE, NOW] + [TODO] * 6),
        (at(ContestState.RUNNING, preliminary=["marking"], final=["planned"]), [DONE] * 2 + [NOW] + [TODO] * 5),
        (
            at(ContestState.RUNNING, preliminary=["released", "locked"], final=["placed"]),
            [DONE] * 4 + [NOW] + [TODO] * 3,
        ),
        (
            at(ContestState.RUNNING, preliminary=["released"], semifinal=["released", "marking"], final=["planned"]),
            [DONE] * 3 + [NOW] + [TODO] * 4,
        ),
        (at(ContestState.RUNNING, final=["locked"]), [DONE] * 5 + [NOW] + [TODO] * 2),
        (at(ContestState.RUNNING, final=["released"]), [DONE] * 6 + [NOW] + [TODO]),
        (at(ContestState.CLOSED, final=["released"]), [DONE] * 6 + [NOW] + [TODO]),
        (at(ContestState.ARCHIVED, final=["released"]), [DONE] * 8),
    ],
)
def test_the_steps_follow_the_state_and_the_stages(timeline: Timeline, expected: list[str]) -> None:
    assert states(timeline) == expected


def test_a_stage_nobody_runs_is_named_as_such() -> None:
    steps = lifecycle(at(ContestState.RUNNING, **{StageKind.FINAL: [StageState.PLACED]}))
    assert [step.note for step in steps][2:5] == ["不设", "不设", ""]
