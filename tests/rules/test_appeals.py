from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.marking.kinds import AppealState
from competition.marking.rules.appeals import appeal_state, deadline, names_appeal

ENDED = datetime(2026, 6, 20, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "state"),
    [
        (timedelta(hours=2), AppealState.FILED),
        (timedelta(hours=2, seconds=1), AppealState.LATE),
        (timedelta(hours=2, milliseconds=999), AppealState.FILED),
        (timedelta(0), AppealState.FILED),
        (-timedelta(minutes=5), AppealState.FILED),
    ],
)
def test_the_deadline_is_the_last_second_in_time(after: timedelta, state: AppealState) -> None:
    assert appeal_state(ENDED + after, ENDED, 2) == state


@given(over=st.integers(1, 10**6), hours=st.integers(0, 48))
def test_every_second_after_it_is_late(over: int, hours: int) -> None:
    assert appeal_state(deadline(ENDED, hours) + timedelta(seconds=over), ENDED, hours) == AppealState.LATE


def test_the_deadline_is_shown_in_whole_seconds() -> None:
    assert deadline(ENDED.replace(microsecond=900_000), 2) == ENDED + timedelta(hours=2)


@pytest.mark.parametrize("reason", ["申诉第 1 号裁决", "按申诉第1号", "Appeal 1 upheld", "see appeal no. 1"])
def test_a_reason_names_its_appeal(reason: str) -> None:
    assert names_appeal(reason, 1)


@pytest.mark.parametrize("reason", ["", "录入笔误", "申诉第 12 号裁决", "Appeal 11 upheld", "第 1 号"])
def test_a_reason_names_no_other_appeal(reason: str) -> None:
    assert not names_appeal(reason, 1)
