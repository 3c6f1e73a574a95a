"""The seeds as shipped: every figure against the table it was taken from, written out once more by hand."""

import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest

from competition.marking.rules.analysis import DEFAULT_RULE, PatternRule
from competition.rulebook.promotion import AwardPlace, PercentPlace, Place, PromotionRule
from competition.rulebook.rules import (
    AwardsRule,
    Body,
    ProcedureRule,
    RuleDocument,
    SeedlingRule,
    SubsidyRule,
    in_force,
    parse,
)

SEEDS = Path(__file__).parents[2] / "seeds"
RULE_FILES = sorted((SEEDS / "rules").glob("*.toml"))

T = TypeVar("T", bound=Body)


def body(code: str, form: type[T]) -> T:
    read = parse((SEEDS / "rules" / f"{code}.toml").read_text(encoding="utf-8")).body
    assert isinstance(read, form)
    return read


def reference(name: str) -> list[dict[str, Any]]:
    (rows,) = tomllib.loads((SEEDS / "reference" / f"{name}.toml").read_text(encoding="utf-8")).values()
    return list(rows)


@pytest.mark.parametrize("file", RULE_FILES, ids=lambda file: file.stem)
def test_a_rule_file_is_read_and_named_by_its_code(file: Path) -> None:
    document = parse(file.read_text(encoding="utf-8"))
    assert document.code == file.stem
    assert document.source
    assert document.note


def test_subsidy_rates_are_those_of_clause_14() -> None:
    rule = body("subsidy-dalian-2023", SubsidyRule)
    assert {rate.tier: rate.yuan for rate in rule.rates} == {
        "municipal": 1500,
        "provincial": 2000,
        "national": 5000,
        "world": 10000,
    }
    assert {rate.standing for rate in rule.rates} == {"policy"}
    assert rule.rate_fen("municipal") == 150_000
    assert rule.rate_fen("base") is None


def test_the_subsidy_document_is_the_city_s_of_2023() -> None:
    document = parse((SEEDS / "rules/subsidy-dalian-2023.toml").read_text(encoding="utf-8"))
    assert (document.document_number, document.issued_on) == ("大政办发〔2023〕34号", date(2023, 10, 30))


def test_what_the_policy_leaves_open_is_a_default() -> None:
    switches = body("subsidy-dalian-2023", SubsidyRule).switches
    values = {name: getattr(switches, name) for name in switches.__struct_fields__}
    assert {name: switch.value for name, switch in values.items()} == {
        "entered": "checked_in",
        "same_person_same_contest": "once",
        "same_person_tiers": "each",
        "annual_plan_only": True,
        "unit_in_city": True,
        "notice_working_days": 5,
    }
    assert {switch.standing for switch in values.values()} == {"default"}


def shown(place: Place | None) -> str:
    if place is None:
        return ""
    if isinstance(place, PercentPlace):
        return f"{place.above + 1}–{place.up_to} %"
    if isinstance(place, AwardPlace):
        return "".join(level[0].upper() for level in place.levels)
    return f"{place.first}–{place.last}"


PROMOTIONS = """
rule set                | tier       | class  | category      | group    | single  | pair    | trio    | grants       | already holds     | honours
national-2023           | national   |        | comprehensive |          | GSBE    | GSBE    | GSBE    | technician   | senior_technician |
national-first-2021     | national   | first  |               | employee | 1–5     | 1–3     | 1–2     | technician   | senior_technician | 全国技术能手
national-first-2021     | national   | first  |               | employee | 6–20    | 4–10    | 3–7     | senior       | technician        |
national-second-default | national   | second |               | employee | 1–3     | 1–2     | 1–1     | technician   | senior_technician |
national-second-default | national   | second |               | employee | 4–15    | 3–10    | 2–5     | senior       | technician        |
provincial-henan-2023   | provincial | first  |               |          | 1–5     | 1–3     | 1–2     | technician   | none              |
provincial-henan-2023   | provincial | first  |               |          | 6–20    | 4–10    | 3–7     | senior       | none              |
provincial-henan-2023   | provincial | second |               |          | 1–3     | 1–2     | 1–1     | technician   | none              |
provincial-henan-2023   | provincial | second |               |          | 4–15    | 3–10    | 2–5     | senior       | none              |
provincial-anhui-2023   | provincial | first  |               |          | 1–20 %  |         |         | technician   | senior_technician |
provincial-anhui-2023   | provincial | first  |               |          | 21–40 % |         |         | senior       | technician        |
municipal-tianjin-2024  | municipal  | first  |               | employee | 1–10    |         |         | technician   | senior_technician |
municipal-tianjin-2024  | municipal  | first  |               | student  | 1–10    |         |         | senior       | none              |
municipal-tianjin-2024  | municipal  | second |               | employee | 1–6     |         |         | senior       | technician        |
municipal-tianjin-2024  | base       |        |               | employee | 1–6     |         |         | senior       | technician        |
municipal-tianjin-2024  | municipal  | second |               | student  | 1–6     |         |         | intermediate | none              |
municipal-tianjin-2024  | base       |        |               | student  | 1–6     |         |         | intermediate | none              |
rural-2024              | national   |        | rural         |          | GSB     |         |         | plus_one     | none              |
"""  # noqa: E501  # a table reads better unbroken


def shipped_promotions() -> list[list[str]]:
    rows = []
    for file in RULE_FILES:
        read = parse(file.read_text(encoding="utf-8"))
        if isinstance(read.body, PromotionRule):
            rows += [
                [
                    read.code.removeprefix("promotion-"),
                    *(scope.tier, scope.contest_class or "", scope.category or "", "+".join(window.groups)),
                    *(shown(window.place(size)) for size in (1, 2, 3)),
                    *(window.grants, window.already_holds, "+".join(window.honours)),
                ]
                for window in read.body.windows
                for scope in window.contests
            ]
    return rows


def test_every_published_promotion_row_is_there_and_no_other() -> None:
    published = [[cell.strip() for cell in row.split("|")] for row in PROMOTIONS.strip().splitlines()[1:]]
    assert len(published) == 18
    assert sorted(shipped_promotions()) == sorted(published)


def test_promotion_documents_are_examples() -> None:
    documents = [parse(file.read_text(encoding="utf-8")) for file in RULE_FILES]
    promotions = [document for document in documents if document.kind == "promotion"]
    assert len(promotions) == 7
    assert {document.standing for document in promotions} == {"example"}
    assert all("示例" in document.note for document in promotions)


def test_places_found_only_elsewhere_are_marked_as_defaults() -> None:
    first = body("promotion-national-first-2021", PromotionRule)
    second = body("promotion-national-second-default", PromotionRule)
    assert [[place.standing for place in window.places] for window in first.windows] == [
        ["found", "default", "default"]
    ] * 2
    assert {place.standing for window in second.windows for place in window.places} == {"default"}


def test_only_tianjin_states_one_promotion_a_year() -> None:
    stated = {
        file.stem: rule.conditions.once_per_year
        for file in RULE_FILES
        if isinstance(rule := parse(file.read_text(encoding="utf-8")).body, PromotionRule)
    }
    assert [code for code, switch in stated.items() if switch.value] == ["promotion-municipal-tianjin-2024"]
    assert stated["promotion-municipal-tianjin-2024"].standing == "found"


def test_a_first_class_municipal_student_falls_under_one_window() -> None:
    rule = body("promotion-municipal-tianjin-2024", PromotionRule)
    (window,) = rule.windows_for("municipal", "first", "comprehensive", "student")
    assert window.code == "first-student"


def test_dalian_2021_prizes() -> None:
    rule = body("awards-dalian-2021", AwardsRule)
    rows = [("+".join(each.group_kinds), each.first, each.last, each.prize_yuan) for each in rule.awards]
    assert rows == [
        ("employee+teacher+open", 1, 1, 10000),
        ("employee+teacher+open", 2, 3, 5000),
        ("employee+teacher+open", 4, 10, 2000),
        ("student", 1, 1, 5000),
        ("student", 2, 3, 2000),
        ("student", 4, 10, 1000),
    ]
    assert [each.name for each in rule.awards[:4]] == ["技术标兵", "技术能手", "技术优胜者", "技术新星"]
    assert rule.awards[3].coach_honour == "优秀指导教师"
    assert [each.floor is not None for each in rule.awards] == [False, False, True, False, False, True]
    assert rule.awards[0].prize_fen == 1_000_000


def test_grades_take_ten_twenty_and_thirty_percent_one_after_the_other() -> None:
    rule = body("awards-grades-10-20-30", AwardsRule)
    spans = [(each.name, each.percent_from, each.percent_to) for each in rule.awards]
    assert spans == [
        ("一等奖", Decimal(0), Decimal(10)),
        ("二等奖", Decimal(10), Decimal(30)),
        ("三等奖", Decimal(30), Decimal(60)),
    ]


@pytest.mark.parametrize("code", ["awards-medals", "awards-medals-floor", "awards-worldskills"])
def test_small_fields_give_fewer_medals(code: str) -> None:
    rule = body(code, AwardsRule)
    assert [each.level for each in rule.awards] == ["gold", "silver", "bronze", "excellence"]
    assert rule.small_fields is not None
    assert [(size.up_to, size.levels) for size in rule.small_fields.value] == [
        (3, ()),
        (4, ("gold",)),
        (5, ("gold", "silver")),
    ]


def test_worldskills_medals_say_where_their_figures_come_from() -> None:
    document = parse((SEEDS / "rules" / "awards-worldskills.toml").read_text("utf-8"))
    assert isinstance(document.body, AwardsRule)
    assert document.body.medals is not None
    assert (document.body.medals.shared_within.value, document.body.medals.excellence_from.value) == (2, 700)
    assert document.standing == document.body.medals.shared_within.standing == "found"
    assert "非官方公式" in document.note


def test_procedure_figures() -> None:
    rule = body("procedure-default", ProcedureRule)
    figures = (
        rule.recheck_top_percent.value,
        rule.recheck_top_count.value,
        rule.recheck_rest_percent.value,
        rule.recheck_error_percent.value,
        rule.appeal_hours.value,
    )
    assert figures == (30, 10, 15, 5, 2)
    pointed_out = (
        rule.judge_bias_percent,
        rule.judge_scatter_percent,
        rule.judge_home_percent,
        rule.judge_least_marks,
        rule.outlier_percent,
    )
    assert [switch.value for switch in pointed_out if switch] == [5, 20, 5, 10, 10]
    assert PatternRule(Decimal(5), Decimal(20), Decimal(5), 10, Decimal(10)) == DEFAULT_RULE


def test_birth_windows_are_22_and_25_years_before_each_edition() -> None:
    windows = body("seedling-default", SeedlingRule).birth_windows
    assert [window.edition for window in windows] == [48, 49, 50]
    for window in windows:
        assert window.born_on_or_after == date(window.year - 22, 1, 1)
        assert window.extended_born_on_or_after == date(window.year - 25, 1, 1)
        assert window.standing == "default"


def test_the_subsidy_document_applies_today_and_not_before_it_was_issued() -> None:
    documents: list[RuleDocument] = [parse(file.read_text(encoding="utf-8")) for file in RULE_FILES]
    found = in_force(documents, "subsidy", date(2025, 12, 1))
    assert found is not None
    assert found.code == "subsidy-dalian-2023"
    assert in_force(documents, "subsidy", date(2023, 10, 29)) is None


def test_districts_are_ten_with_a_code_and_three_without() -> None:
    rows = reference("districts")
    assert {row["area_code"]: row["name"] for row in rows if "area_code" in row} == {
        "210202": "中山区",
        "210203": "西岗区",
        "210204": "沙河口区",
        "210211": "甘井子区",
        "210212": "旅顺口区",
        "210213": "金州区",
        "210214": "普兰店区",
        "210224": "长海县",
        "210281": "瓦房店市",
        "210283": "庄河市",
    }
    assert [row["name"] for row in rows if "area_code" not in row] == ["金普新区", "高新区", "长兴岛"]


def test_the_ladder_has_eight_levels_and_contests_stop_at_the_sixth() -> None:
    rows = sorted(reference("levels"), key=lambda row: row["order"])
    names = [row["name"] for row in rows]
    assert names == ["学徒工", "初级工", "中级工", "高级工", "技师", "高级技师", "特级技师", "首席技师"]
    assert [row["name"] for row in rows if row["by_contest"]] == names[1:6]


def test_occupations_have_a_code_of_the_national_form_and_say_they_are_unchecked() -> None:
    rows = reference("occupations")
    assert len(rows) == 22
    assert [row["code"] for row in rows if not re.fullmatch(r"[1-8]-\d{2}-\d{2}-\d{2}", row["code"])] == []
    assert {row["edition"] for row in rows} <= {"2015", "2022"}
    assert {row["standing"] for row in rows} == {"example"}


@pytest.mark.parametrize("name", ["districts", "levels", "occupations", "contest_categories", "contest_tiers"])
def test_reference_rows_are_ordered_and_named_in_both_languages(name: str) -> None:
    rows = reference(name)
    assert [row["order"] for row in rows] == list(range(1, len(rows) + 1))
    assert len({row["code"] for row in rows}) == len(rows)
    assert all(row["name"] and row["name_en"] for row in rows)
