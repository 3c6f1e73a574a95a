"""What a rule file may say, how a bad one is refused, and which document applies on a day."""

import textwrap
from datetime import date

import msgspec
import pytest

from competition.problems import Refused
from competition.rulebook.promotion import ContestScope, PromotionRule, PromotionWindow, RankPlace
from competition.rulebook.rules import (
    AwardLine,
    AwardsRule,
    RuleDocument,
    SubsidyRule,
    digest,
    in_force,
    parse,
)

SEEDLING = textwrap.dedent(
    """
    code = "seedling-x"
    kind = "seedling"
    title = "条件"
    title_en = "Criteria"
    document_number = ""
    valid_from = 2025-01-01
    source = "默认值"
    standing = "default"
    note = ""

    [body]
    birth_windows = []
    award_levels = { value = ["gold"], standing = "default", note = "" }
    last_rank = { value = 3, standing = "default", note = "" }
    tiers = { value = ["municipal"], standing = "default", note = "" }
    recommendation_required = { value = false, standing = "default", note = "" }
    extended_skills = { value = [], standing = "default", note = "" }
    """
)


def document(code: str, valid_from: date, valid_to: date | None = None) -> RuleDocument:
    return msgspec.structs.replace(parse(SEEDLING), code=code, valid_from=valid_from, valid_to=valid_to)


def test_a_document_without_optional_dates_is_read() -> None:
    read = parse(SEEDLING)
    assert (read.code, read.issued_on, read.valid_to) == ("seedling-x", None, None)


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ('code = "seedling-x"', 'code = "seedling-x', "TOML"),
        ('kind = "seedling"', 'kind = "seedlings"', "kind"),
        ('kind = "seedling"', 'kind = "subsidy"', "body"),
        ('title = "条件"\n', "", "title"),
        ("value = 3", "value = 3.5", "body.last_rank.value"),
        (
            'standing = "default", note = "" }\ntiers',
            'standing = "guess", note = "" }\ntiers',
            "body.last_rank.standing",
        ),
        ("birth_windows = []", "birth_windows = []\nlast_rnak = 1", "last_rnak"),
        ("valid_from = 2025-01-01", "valid_from = 2025-01-01\nvalid_to = 2024-12-31", "valid_to 2024-12-31"),
        ("[body]", "[bodies]", "[body]"),
    ],
)
def test_a_bad_document_is_refused_and_the_place_named(old: str, new: str, at: str) -> None:
    assert old in SEEDLING
    with pytest.raises(Refused) as refusal:
        parse(SEEDLING.replace(old, new))
    assert at in str(refusal.value)


def test_line_endings_do_not_change_the_digest_but_text_does() -> None:
    assert digest("a = 1\r\n") == digest("a = 1\n")
    assert digest("a = 1\n") != digest("a = 2\n")


def test_the_latest_document_begun_applies() -> None:
    old, new = document("old", date(2024, 1, 1)), document("new", date(2025, 6, 1))
    assert in_force([new, old], "seedling", date(2025, 5, 31)) == old
    assert in_force([old, new], "seedling", date(2025, 6, 1)) == new


def test_a_document_applies_on_its_last_day_and_not_after() -> None:
    ended = document("ended", date(2024, 1, 1), date(2024, 12, 31))
    assert in_force([ended], "seedling", date(2024, 12, 31)) == ended
    assert in_force([ended], "seedling", date(2025, 1, 1)) is None


def test_another_kind_does_not_apply() -> None:
    assert in_force([document("a", date(2024, 1, 1))], "awards", date(2025, 1, 1)) is None


def test_two_documents_from_one_day_need_a_choice() -> None:
    both = [document("a", date(2024, 1, 1)), document("b", date(2024, 1, 1))]
    with pytest.raises(Refused, match="a、b"):
        in_force(both, "seedling", date(2025, 1, 1))
    assert in_force(both, "seedling", date(2025, 1, 1), code="b") == both[1]


def test_a_scope_without_a_class_covers_every_class() -> None:
    base = ContestScope(tier="base")
    assert base.covers("base", None, "school")
    assert base.covers("base", "second", "school")
    assert not base.covers("municipal", "second", "school")


def test_a_scope_with_a_class_and_category_covers_only_these() -> None:
    scope = ContestScope(tier="national", contest_class="first", category="rural")
    assert scope.covers("national", "first", "rural")
    assert not scope.covers("national", "second", "rural")
    assert not scope.covers("national", None, "rural")
    assert not scope.covers("national", "first", "digital")


def window(code: str, groups: tuple[str, ...] = ()) -> PromotionWindow:
    made = PromotionWindow(
        code=code,
        contests=(ContestScope(tier="municipal"),),
        places=(RankPlace(team_size=1, first=1, last=10, standing="found"),),
        grants="technician",
        already_holds="none",
        standing="found",
    )
    return msgspec.convert({**msgspec.to_builtins(made), "groups": groups}, PromotionWindow)


def test_a_window_without_groups_is_for_every_group() -> None:
    assert window("all").covers("municipal", None, "special", "teacher")
    assert not window("employees", ("employee",)).covers("municipal", None, "special", "teacher")


def test_a_window_says_nothing_of_team_sizes_it_does_not_list() -> None:
    assert window("all").place(1) == RankPlace(team_size=1, first=1, last=10, standing="found")
    assert window("all").place(2) is None


@pytest.mark.parametrize(("first", "last"), [(0, 3), (5, 4)])
def test_a_rank_window_has_to_run_upward_from_one(first: int, last: int) -> None:
    with pytest.raises(ValueError, match="rank"):
        RankPlace(team_size=1, first=first, last=last, standing="found")


def test_an_award_by_rank_needs_its_ranks_and_nothing_else() -> None:
    named = {"code": "x", "name": "x", "name_en": "x", "standing": "found"}
    for wrong in (
        {"kind": "rank"},
        {"kind": "percent", "first": 1, "last": 3},
        {"kind": "upper_half", "first": 1, "last": 2},
    ):
        with pytest.raises(msgspec.ValidationError, match="x: "):
            msgspec.convert({**named, **wrong}, AwardLine)


def test_repeated_codes_and_tiers_are_refused() -> None:
    rate = {"tier": "municipal", "yuan": 1, "standing": "policy"}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"clause": "", "clause_text": "", "rates": [rate, rate], "switches": {}}, SubsidyRule)
    twice = [msgspec.to_builtins(window("a")), msgspec.to_builtins(window("a"))]
    with pytest.raises(ValueError, match="repeated code: a"):
        PromotionRule(conditions=None, windows=tuple(msgspec.convert(each, PromotionWindow) for each in twice))  # type: ignore[arg-type]  # conditions play no part


WORLDSKILLS = {
    "shared_within": {"value": 2, "standing": "found", "note": ""},
    "excellence_from": {"value": 700, "standing": "found", "note": ""},
}
SCALE_GOLD = {"code": "gold", "name": "金牌", "name_en": "", "kind": "medal", "level": "gold", "standing": "found"}


@pytest.mark.parametrize(
    ("award", "at"),
    [
        ({"prize_yuan": 5000}, "neither money nor a floor"),
        ({"level": ""}, "has a level"),
        ({"floor": {"value": "80", "standing": "default", "note": ""}}, "neither money nor a floor"),
        ({"first": 1, "last": 1}, "gold: medal"),
        ({"kind": "rank", "first": 1, "last": 1}, "method worldskills: gold"),
    ],
)
def test_an_award_by_the_scale_pays_nothing(award: dict[str, object], at: str) -> None:
    body = {"method": "worldskills", "medals": WORLDSKILLS, "awards": [SCALE_GOLD | award]}
    with pytest.raises(msgspec.ValidationError, match=at):
        msgspec.convert(body, AwardsRule)


def test_medals_by_the_scale_and_a_list_are_not_mixed() -> None:
    for wrong in (
        {"method": "worldskills", "awards": [SCALE_GOLD]},
        {"medals": WORLDSKILLS, "awards": []},
        {"awards": [SCALE_GOLD]},
    ):
        with pytest.raises(msgspec.ValidationError, match="method"):
            msgspec.convert(wrong, AwardsRule)
    assert msgspec.convert({"method": "worldskills", "medals": WORLDSKILLS, "awards": [SCALE_GOLD]}, AwardsRule).medals
