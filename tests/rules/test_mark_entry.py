from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.marking.rules.entry import read_mark
from competition.problems import Refused

STEPS = st.sampled_from(["0.0001", "0.01", "0.1", "0.25", "0.5", "1"]).map(Decimal)


@given(step=STEPS, count=st.integers(1, 200), data=st.data())
def test_every_mark_on_the_step_is_read_back_exactly(step: Decimal, count: int, data: st.DataObject) -> None:
    mark = step * data.draw(st.integers(0, count))
    assert read_mark(f"{mark:f}", maximum=step * count, step=step) == mark


@given(step=STEPS, count=st.integers(1, 200), above=st.integers(1, 10**6))
def test_every_mark_above_the_maximum_is_refused(step: Decimal, count: int, above: int) -> None:
    with pytest.raises(Refused, match="超过满分"):
        read_mark(f"{step * (count + above):f}", maximum=step * count, step=step)


def typed(text: str) -> Decimal | Refused:
    try:
        return read_mark(text, maximum=Decimal(10), step=Decimal("0.5"))
    except Refused as refusal:
        return refusal


@given(text=st.text(max_size=8) | st.text("0123456789.,，-eE５٩ ", max_size=6))
def test_whatever_is_typed_is_a_mark_within_limits_or_one_problem_at_the_field(text: str) -> None:
    read = typed(text)
    if isinstance(read, Refused):
        assert [(problem.field, bool(str(problem))) for problem in read.problems] == [("value", True)]
    else:
        assert 0 <= read <= 10
        assert read * 2 == int(read * 2)
        assert text.strip().replace(".", "", 1).isascii()


@pytest.mark.parametrize("text", ["٩", "9．5", "５"])
def test_digits_of_other_scripts_are_refused_as_such(text: str) -> None:
    with pytest.raises(Refused, match="半角"):
        read_mark(text, maximum=Decimal(10), step=Decimal("0.5"))


@pytest.mark.parametrize("text", ["−5", "-5", "+5", "-0", "-1e5"])
def test_any_sign_is_refused_as_a_sign(text: str) -> None:
    with pytest.raises(Refused, match="正负号"):
        read_mark(text, maximum=Decimal(10), step=Decimal("0.5"))


@pytest.mark.parametrize("text", [".5", "5.", "1.2.3", "5 5", "5\n5", "0x5", "五", "5分", "\x005", "1_0"])
def test_what_is_not_a_complete_number_is_quoted_back(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_mark(text, maximum=Decimal(10), step=Decimal("0.5"))
    assert str(refusal.value) == f"“{text}”不是完整的数；应为 0–10，步长 0.5"


def test_a_very_long_text_is_quoted_in_part() -> None:
    with pytest.raises(Refused) as refusal:
        read_mark("x" * 5000, maximum=Decimal(10), step=Decimal("0.5"))
    assert "x" * 20 in str(refusal.value)
    assert "x" * 21 not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "lower", "upper"), [("0.2", "0", "0.5"), ("9.75", "9.5", "10"), ("3.4999", "3", "3.5")]
)
def test_off_the_step_offers_the_marks_beside(text: str, lower: str, upper: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_mark(text, maximum=Decimal(10), step=Decimal("0.5"))
    assert str(refusal.value) == f"{text} 不合步长 0.5，相邻分值为 {lower} 和 {upper}"
