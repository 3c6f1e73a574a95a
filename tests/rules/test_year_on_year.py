"""Tables of two years side by side, and the published table as it is pasted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.problems import Refused
from competition.results.rules.published_table import PublishedRow, read_table, write_table
from competition.results.rules.year_on_year import Standing, changes, series_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2025 年辽宁省职业技能大赛", "2024年辽宁省职业技能大赛"),
        ("第十三届大连市职业技能竞赛", "第十二届大连市职业技能竞赛"),
        ("第 3 届全国技能大赛", "第二届全国技能大赛"),
        ("全国技能大赛（2025 年度）", "全国技能大赛（2023）"),
    ],
)
def test_editions_of_a_contest_are_one_series(one: str, other: str) -> None:
    assert series_of(one) == series_of(other)


def test_other_contests_are_other_series() -> None:
    names = ("2025 年辽宁省职业技能大赛", "2025 年全国职业技能大赛", "大连市船舶焊接技能竞赛", "大连市焊接技能竞赛")
    assert len({series_of(name) for name in names}) == len(names)


def test_a_change_is_places_up_and_medals_and_points_more() -> None:
    now = [
        Standing("大连市", 2, 4, 3, 2, 8, 45),
        Standing("鞍山市", 3, 1, 0, 0, None, None),
        Standing("抚顺市", 4, 0, 0, 0),
    ]
    then = [Standing("大连市", 5, 1, 2, 2, 6, 20), Standing("鞍山市", 2, 1, 1, 0, 1, 8)]
    assert [(each.places, each.medals, each.points) for each in changes(now, then)] == [
        (3, 4, 25),
        (-1, -1, None),
        (None, None, None),
    ]


ROWS = st.lists(
    st.builds(
        PublishedRow,
        rank=st.integers(1, 99), name=st.text("大连沈阳市a", min_size=1, max_size=6), gold=st.integers(0, 99),
        silver=st.integers(0, 99), bronze=st.integers(0, 99), excellence=st.none() | st.integers(0, 99),
        points=st.none() | st.integers(0, 999),
    ),
    unique_by=lambda row: row.name, min_size=1, max_size=8,
)  # fmt: skip


@given(rows=ROWS)
def test_a_table_is_read_as_it_was_written_best_first(rows: list[PublishedRow]) -> None:
    assert read_table(write_table(rows)) == sorted(rows, key=lambda row: (row.rank, row.name))


@pytest.mark.parametrize(
    "line",
    [
        "2\t大连市\t4\t3\t2\t8\t45",
        "2 大连市 4 3 2 8 45",
        "2，大连市，4，3，2，8，45",
        " 2, 大连市, 4, 3, 2, 8, 45 ",
        "2\t大连市\t4\t3\t2\t8\t45\t\t",
    ],
)
def test_cells_between_tabs_commas_or_spaces(line: str) -> None:
    assert read_table(f"\n{line}\n\n") == [PublishedRow(2, "大连市", 4, 3, 2, 8, 45)]


@pytest.mark.parametrize("line", ["2 大连市 4 3 2", "2\t大连市\t4\t3\t2\t\t", "2 大连市 4 3 2 - —"])
def test_what_the_table_does_not_say_is_unknown_and_not_zero(line: str) -> None:
    assert read_table(line) == [PublishedRow(2, "大连市", 4, 3, 2, None, None)]


def test_a_name_between_tabs_may_have_a_space() -> None:
    assert read_table("1\t沈阳市 代表队\t1\t0\t0")[0].name == "沈阳市 代表队"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["至少填写一个代表队"]),
        ("1 大连市 4 3", ["第 1 行：应为名次、代表队、金、银、铜、优胜、积分"]),
        ("一 大连市 4 3 2", ["第 1 行：应为名次、代表队、金、银、铜、优胜、积分"]),
        ("1 大连市 4 -3 2", ["第 1 行：应为名次、代表队、金、银、铜、优胜、积分"]),
        ("1\t\t4\t3\t2", ["第 1 行：应为名次、代表队、金、银、铜、优胜、积分"]),
        ("1 大连市 - 3 2", ["第 1 行：应为名次、代表队、金、银、铜、优胜、积分"]),
        ("0 大连市 4 3 2", ["第 1 行：名次从 1 起"]),
        ("1 大连市 4 3 2\n\n2 大连市 1 1 1\n3 鞍山市 x 1 1",
         ["第 3 行：“大连市”已在前面出现", "第 4 行：应为名次、代表队、金、银、铜、优胜、积分"]),
    ],
)  # fmt: skip
def test_every_wrong_line_is_named(text: str, expected: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        read_table(text)
    assert [str(problem) for problem in refusal.value.problems] == expected


def test_a_table_is_not_longer_than_a_page() -> None:
    with pytest.raises(Refused, match="最多 200 个代表队"):
        read_table("\n".join(f"1 代表队{n} 0 0 0" for n in range(201)))
