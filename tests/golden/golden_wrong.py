"""Wrong rules that are easily mistaken for the right ones. A case that names one must tell it from the right one."""

from collections.abc import Callable
from datetime import timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from statistics import median, median_low, pstdev
from typing import Any

from competition.exact import plain, round_half_up
from competition.marking.rules.draw import draw
from competition.results.rules.awards import give
from competition.results.rules.ranking import rank_groups
from tests.golden.golden_subjects import (
    SUBJECTS,
    Given,
    appeal_times,
    award_field,
    award_list,
    awards_of,
    best_of,
    by_judge,
    exact,
    medals_of,
    ranks_after_ties,
    ranks_of,
    scaled_of,
    score_of,
    table_of,
    total_of,
)

CENT = Decimal("0.01")


def aspect_by_aspect(given: Given) -> Decimal:
    """Highest and lowest dropped in every aspect by itself."""
    factors = given.get("times", {})
    scores = [(score_of(given | {"marks": row}), factors.get(code, 1)) for code, row in given["marks"].items()]
    return sum((score * factor for score, factor in scores if score is not None), Decimal(0))


def best_attempt_only(given: Given) -> list[list[int | None]]:
    """The best wave alone, under the name of a part."""
    field = [
        [key, total, {"practice": max(said.values()) if len(said) > 1 else None}] for key, total, said in given["field"]
    ]
    return ranks_after_ties({"codes": ["practice"], "field": field})


def without(value: Any, unwanted: Any) -> Any:
    return None if value == unwanted else value


def marks(given: Given) -> list[Decimal]:
    return sorted(Decimal(mark) for mark in given["marks"] if mark is not None)


def mean(kept: list[Decimal]) -> Decimal:
    return round_half_up(Fraction(sum(kept)) / len(kept), 2)


def deviations(given: Given, own: Callable[[Any], Decimal]) -> dict[str, list[tuple[Fraction, Decimal]]]:
    """(difference, maximum) of every mark by judge; `own` says from what it is taken."""
    found: dict[str, list[tuple[Fraction, Decimal]]] = {}
    for maximum, marks_of in given["rows"]:
        for judge, mark in marks_of.items():
            difference = Fraction(mark) - Fraction(own((judge, marks_of)))
            found.setdefault(judge, []).append((difference, Decimal(maximum)))
    return found


def mean_of_all(judged: Any) -> Fraction:
    _, marks_of = judged
    return Fraction(sum(marks_of.values())) / len(marks_of)


def mean_of_others(judged: Any) -> Fraction:
    judge, marks_of = judged
    others = [Fraction(mark) for key, mark in marks_of.items() if key != judge]
    return sum(others, Fraction(0)) / len(others)


def pattern(given: Given, own: Callable[[Any], Any], *, around_zero: bool = False) -> dict[str, list[Any]]:
    found = {}
    for judge, differences in deviations(given, own).items():
        shares = [100 * difference / Fraction(maximum) for difference, maximum in differences]
        bias = sum(shares, Fraction(0)) / len(shares)
        middle = Fraction(0) if around_zero else bias
        scatter = sum((abs(share - middle) for share in shares), Fraction(0)) / len(shares)
        found[judge] = [len(shares), round_half_up(bias, 2), round_half_up(scatter, 2)]
    return found


def pooled(given: Given) -> dict[str, list[Any]]:
    """Marks lost or won over the marks there were, so that large aspects weigh more."""
    return {
        judge: [len(each), round_half_up(100 * sum(d for d, _ in each) / Fraction(sum(m for _, m in each)), 2)]
        for judge, each in deviations(given, mean_of_others).items()
    }


def judged_by(given: Given, figure: Callable[[list[Decimal]], Decimal], rounding: str = ROUND_HALF_UP) -> Decimal:
    """The judges' figure over 3 times the maximum, whatever is missing or apart."""
    return (figure(marks(given)) / 3 * Decimal(given["maximum"])).quantize(CENT, rounding=rounding)


def plain_mean(given_marks: list[Decimal]) -> Decimal:
    return sum(given_marks, Decimal(0)) / len(given_marks)


def calculated(given: Given, **changed: Any) -> Any:
    """The right calculation on changed figures."""
    return SUBJECTS["calculation"](given | {"calculation": given["calculation"] | changed})


def begun(given: Given) -> Decimal:
    return abs(Decimal(given["measured"]) - given["calculation"]["target"]) / given["calculation"]["interval"]


def away(given: Given) -> list[Decimal]:
    return [Decimal(given["marks"][code]) - percent for code, percent in given["percent"].items()]


def warned(deviation: Decimal, *, five_too: bool = False) -> list[Any]:
    return [plain(deviation), deviation >= 5 if five_too else deviation > 5]


def weighed(given: Given) -> Decimal:
    return sum((Decimal(weight) * (score or 0) / maximum for _, weight, maximum, score in given["parts"]), Decimal(0))


def shares(given: Given) -> list[Decimal]:
    return [
        Decimal(given["scores"][code]) / Decimal(maximum) * Decimal(weight) for code, weight, maximum in given["parts"]
    ]


def binary_total(given: Given) -> str:
    parts = [float(given["scores"][code]) * weight / 100 for code, weight, _ in given["parts"]]
    return f"{round(sum(parts), 2):.2f}"


def zero_for_blank(given: Given) -> Given:
    rows = [[key, *(value or 0 for value in values)] for key, *values in given["candidates"]]
    return given | {"candidates": rows}


def by_strength(given: Given) -> list[list[Any]]:
    return sorted(given["candidates"], key=lambda row: (-row[1], row[0]))


def dense(given: Given) -> list[list[int]]:
    totals = sorted({row[1] for row in given["candidates"]}, reverse=True)
    return [[row[0], totals.index(row[1]) + 1] for row in by_strength(given)]


def summed(given: Given) -> list[list[int]]:
    rows = sorted(given["candidates"], key=lambda row: (row[1], sum(row[2:])), reverse=True)
    return [[row[0], place] for place, row in enumerate(rows, 1)]


def zero_tie_break_as_blank(given: Given) -> list[list[int | None]]:
    rows = [[key, total, *(without(value, 0) for value in rest)] for key, total, *rest in given["candidates"]]
    return ranks_of(given | {"candidates": rows})


def first_places(given: Given, places: int) -> dict[str, list[int]]:
    keys = [row[0] for row in by_strength(given)][:places]
    return {"qualify": keys, "advance": [key for key in keys if key not in given.get("declined", ())]}


def share(given: Given) -> Fraction:
    """Number of places before any rounding."""
    value = Fraction(given["cut"]["value"])
    return value * len(given["candidates"]) / 100 if given["cut"]["kind"] == "percent" else value


def above_threshold(given: Given) -> dict[str, list[int]]:
    keys = [row[0] for row in by_strength(given) if row[1] > given["cut"]["value"]]
    return {"qualify": keys, "advance": keys}


def awards_by(given: Given, changed: dict[str, Any]) -> dict[int, str]:
    """The right rule on an award list with every award changed."""
    lists = {given["list"]: [award | changed for award in given["file"]["lists"][given["list"]]]}
    return awards_of(given | {"file": given["file"] | {"lists": lists}})


def awards_strictly_above(given: Given) -> dict[int, str]:
    """Floors and the small-field sizes read as "more than"."""
    steps = [step | {"at_most": step["at_most"] + 1} for step in given["file"]["small_field"]]
    raised = [
        award | ({"floor": award["floor"] + CENT} if "floor" in award else {})
        for award in given["file"]["lists"][given["list"]]
    ]
    return awards_of(given | {"file": {"lists": {given["list"]: raised}, "small_field": steps}})


def awards_at(given: Given, place_of: Callable[[int, int], int]) -> dict[int, str]:
    """By a place worked out from (place of the group, number of the group), with ties not looked at."""
    awards = award_list(given)
    given_to: dict[int, str] = {}
    for number, group in enumerate(rank_groups(award_field(given)), 1):
        place = place_of(group[0].rank or 0, number)
        fitting = [award.code for award in awards if award.first <= place <= award.last]
        given_to |= {row.key: fitting[0] for row in group}
    return given_to


def percent_awards_up(given: Given) -> dict[int, str]:
    places = {
        place: award.code
        for award in reversed(award_list(given))
        for place in range(1, ceil(award.percent_to * given["entrants"] / 100) + 1)
    }
    return {key: places[key] for key in range(1, len(given["totals"]) + 1) if key in places}


def half_up_awards(given: Given) -> dict[int, str]:
    return give(award_field(given), award_list(given), len(given["totals"]) + 1)


def scaled_by(
    given: Given,
    *,
    middle: Callable[[list[Decimal]], Any] = median,
    spread: Callable[[list[Decimal]], Any] = median,
    factor: str = "1.4826",
    rounding: str = ROUND_HALF_UP,
) -> dict[int, int]:
    """The scale with another middle, spread, factor or rounding."""
    totals = {row[0]: Decimal(row[1]) for row in given["competitors"]}
    centre = middle(list(totals.values()))
    unit = Decimal(factor) * spread([abs(total - centre) for total in totals.values()])
    return {
        key: int((700 + 30 * (total - centre) / unit).quantize(Decimal(1), rounding=rounding))
        for key, total in totals.items()
    }


def exact_mean(values: list[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)


def standard_score(given: Given) -> dict[int, int]:
    deviation = pstdev([total for _, total in given["competitors"]])
    return scaled_by(given, middle=exact_mean, spread=lambda _: Decimal(deviation), factor="1")


def per_member(given: Given) -> dict[int, int]:
    members = [(key, total) for key, total, size in given["competitors"] for _ in range(size)]
    scales = scaled_by({"competitors": [[place, total] for place, (_, total) in enumerate(members)]})
    return {members[place][0]: scale for place, scale in scales.items()}


def medals_in_groups(given: Given, levels: list[str], near: Callable[[list[int], int], bool]) -> dict[int, str]:
    """Groups of those that `near` (scores of the group, the next score) holds together, each the next of `levels`."""
    groups: list[list[tuple[int, int]]] = []
    for key, scale, *_ in given["competitors"]:
        if groups and near([each for _, each in groups[-1]], scale):
            groups[-1].append((key, scale))
        else:
            groups.append([(key, scale)])
    named = zip(groups, levels + ["excellence"] * len(groups), strict=False)
    return {key: level for group, level in named for key, scale in group if level != "excellence" or scale >= 700}


def from_the_best(group: list[int], scale: int) -> bool:
    return group[0] - scale <= 2


def medals_where(given: Given, changed: dict[int, str]) -> dict[int, str]:
    """The right medals but for these."""
    return dict(sorted((medals_of(given) | changed).items()))


def only_the_highest(given: Given) -> dict[str, Any]:
    found = best_of(given)
    return found | {"best": {home: keys for home, keys in found["best"].items() if keys[0] in found["highest"]}}


def dense_table(given: Given) -> list[list[Any]]:
    ranks = sorted({row[1] for row in table_of(given)})
    return [[delegation, ranks.index(place) + 1, *rest] for delegation, place, *rest in table_of(given)]


def table_without_excellence(given: Given) -> list[list[Any]]:
    rows = sorted(table_of(given), key=lambda row: row[0])
    golds = {delegation: gold for delegation, gold, *_ in given["delegations"]}
    return [[row[0], 1 + sum(golds[other] > golds[row[0]] for other in golds), *row[2:]] for row in rows]


def drawn_as_given(given: Given) -> list[Any]:
    return [given["items"][place] for place in draw(given["seed"], range(len(given["items"])))]


def rechecked_by(given: Given, top: int, lot: Callable[[int], int]) -> dict[str, list[int]]:
    """That many on top, whatever stands level with them, and so many of the rest."""
    totals = given["totals"]
    best = sorted(totals, key=lambda number: (-totals[number], number))[:top]
    rest = draw(given["seed"], [number for number in totals if number not in best])
    return {"top": sorted(best), "lot": sorted(rest[: lot(len(rest))])}


def time_over(given: Given) -> timedelta:
    """How long after the deadline it was filed."""
    filed, ended = appeal_times(given)
    return filed - ended - timedelta(hours=given["hours"])


def late_when(late: bool) -> str:
    return "late" if late else "filed"


WRONG: dict[tuple[str, str], Callable[[Given], Any]] = {
    ("mark_entry", "blank_as_zero"): lambda given: Decimal(given["text"].strip() or 0),
    ("mark_entry", "comma_left_out"): lambda given: Decimal(given["text"].replace(",", "")),
    ("mark_entry", "bare_decimal"): lambda given: f"{Decimal(given['text']):f}",
    ("panel_score", "plain_mean"): lambda given: mean(marks(given)),
    ("panel_score", "median"): lambda given: f"{median(marks(given)):.2f}",
    ("panel_score", "drop_highest_only"): lambda given: mean(marks(given)[: -given["drop"][0]]),
    ("panel_score", "drop_equal_values"): lambda given: mean(
        [mark for mark in marks(given) if min(marks(given)) < mark < max(marks(given))]
    ),
    ("panel_score", "bankers_rounding"): lambda given: (sum(marks(given)) / len(marks(given))).quantize(
        Decimal(1).scaleb(-given["digits"]), rounding=ROUND_HALF_EVEN
    ),
    ("panel_score", "blank_as_zero"): lambda given: score_of(given | {"marks": [mark or 0 for mark in given["marks"]]}),
    ("panel_score", "blank_left_out"): lambda given: score_of(given | {"marks": marks(given)}),
    ("panel_score", "zero_as_blank"): lambda given: score_of(
        given | {"marks": [without(mark, 0) for mark in given["marks"]]}
    ),
    ("judgement", "median"): lambda given: judged_by(given, median),
    ("judgement", "highest_of_three"): lambda given: judged_by(given, max),
    ("judgement", "mean_at_one_digit_first"): lambda given: judged_by(
        given, lambda found: round_half_up(plain_mean(found), 1)
    ),
    ("judgement", "bankers_rounding"): lambda given: judged_by(given, plain_mean, ROUND_HALF_EVEN),
    ("judgement", "zero_as_blank"): lambda given: SUBJECTS["judgement"](
        given | {"marks": [without(mark, 0) for mark in given["marks"]]}
    ),
    ("judgement", "blank_left_out"): lambda given: judged_by(given, plain_mean),
    ("judgement", "blank_as_zero"): lambda given: SUBJECTS["judgement"](
        given | {"marks": [mark or 0 for mark in given["marks"]]}
    ),
    ("judgement", "spread_ignored"): lambda given: judged_by(given, plain_mean),
    ("judgement", "spread_of_one_refused"): lambda given: (
        None if max(marks(given)) - min(marks(given)) >= 1 else judged_by(given, plain_mean)
    ),
    ("calculation", "bankers_rounding"): lambda given: (
        Decimal(given["measured"]) / given["calculation"]["total"] * given["maximum"]
    ).quantize(CENT, rounding=ROUND_HALF_EVEN),
    ("calculation", "all_or_nothing"): lambda given: Decimal("0.00"),
    ("calculation", "unit_mistaken"): lambda given: calculated(
        given, unit="marks" if given["calculation"].get("unit") == "percent" else "percent"
    ),
    ("calculation", "deduction_earned"): lambda given: Decimal(
        given["calculation"]["choices"][given["measured"] - 1]["deduction"]
    ).quantize(CENT),
    ("calculation", "counted_from_zero"): lambda given: SUBJECTS["calculation"](
        given | {"measured": given["measured"] + 1}
    ),
    ("calculation", "upper_end_excluded"): lambda given: calculated(
        given, bands=[band | {"high": band["high"] - CENT} for band in given["calculation"]["bands"]]
    ),
    ("calculation", "tolerance_ignored"): lambda given: calculated(given, tolerance=0),
    ("calculation", "whole_intervals_only"): lambda given: (
        given["maximum"] - int(begun(given)) * given["calculation"]["deduction"]
    ).quantize(CENT),
    ("calculation", "negative_marks"): lambda given: (
        given["maximum"] - ceil(begun(given)) * given["calculation"]["deduction"]
    ).quantize(CENT),
    ("wsos", "five_is_too_much"): lambda given: warned(sum(map(abs, away(given)), Decimal(0)), five_too=True),
    ("wsos", "too_many_only"): lambda given: warned(sum((each for each in away(given) if each > 0), Decimal(0))),
    ("wsos", "net"): lambda given: warned(abs(sum(away(given), Decimal(0)))),
    ("penalty", "weighted_penalty"): lambda given: (
        weighed(given) - given["penalty"] * Decimal(given["parts"][-1][1]) / 100
    ).quantize(CENT),
    ("penalty", "ignored"): lambda given: weighed(given).quantize(CENT),
    ("penalty", "below_nothing"): lambda given: (weighed(given) - given["penalty"]).quantize(CENT),
    ("penalty", "blank_as_zero"): lambda given: (weighed(given) - given["penalty"]).quantize(CENT),
    ("weighted_total", "weights_ignored"): lambda given: mean([exact(score) for score in given["scores"].values()]),
    ("weighted_total", "maximum_ignored"): lambda given: total_of(
        given | {"parts": [[code, weight, 100] for code, weight, _ in given["parts"]]}
    ),
    ("weighted_total", "each_share_rounded"): lambda given: sum(round_half_up(share, 2) for share in shares(given)),
    ("weighted_total", "bankers_rounding"): lambda given: sum(shares(given)).quantize(CENT, rounding=ROUND_HALF_EVEN),
    ("weighted_total", "binary_float"): binary_total,
    ("weighted_total", "rounded_at_two_first"): lambda given: round_half_up(total_of(given | {"digits": 2}), 1),
    ("weighted_total", "blank_as_zero"): lambda given: total_of(
        given | {"scores": {code: given["scores"].get(code) or 0 for code, _, _ in given["parts"]}}
    ),
    ("weighted_total", "zero_as_blank"): lambda given: total_of(
        given | {"scores": {code: without(score, 0) for code, score in given["scores"].items()}}
    ),
    ("panel_by_judge", "aspect_by_aspect"): aspect_by_aspect,
    ("panel_by_judge", "plain_mean"): lambda given: mean(
        [sum(map(Decimal, column), Decimal(0)) for column in zip(*given["marks"].values(), strict=True)]
    ),
    ("panel_by_judge", "coefficients_ignored"): lambda given: by_judge(given | {"times": {}}),
    ("panel_by_judge", "blank_as_zero"): lambda given: by_judge(
        given | {"marks": {code: [mark or 0 for mark in row] for code, row in given["marks"].items()}}
    ),
    ("tie_breaks", "longer_time"): lambda given: ranks_after_ties(given | {"better": "more"}),
    ("tie_breaks", "less_is_better"): lambda given: ranks_after_ties(given | {"better": "less"}),
    ("tie_breaks", "time_first"): lambda given: ranks_after_ties(given | {"codes": given["codes"][::-1]}),
    ("tie_breaks", "blank_as_zero"): lambda given: ranks_after_ties(
        given
        | {
            "field": [
                [key, total, {code: value or 0 for code, value in said.items()}] for key, total, said in given["field"]
            ]
        }
    ),
    ("tie_breaks", "best_only"): best_attempt_only,
    ("tie_breaks", "in_the_order_made"): lambda given: ranks_after_ties(given | {"codes": ["waves/w1", "waves/w2"]}),
    ("tie_breaks", "more_practice"): lambda given: ranks_after_ties(given | {"lowest_wins": False}),
    ("ranking", "dense_rank"): dense,
    ("ranking", "ties_by_key"): lambda given: [[row[0], place] for place, row in enumerate(by_strength(given), 1)],
    ("ranking", "tie_breaks_summed"): summed,
    ("ranking", "blank_as_zero"): lambda given: ranks_of(zero_for_blank(given)),
    ("ranking", "zero_as_blank"): zero_tie_break_as_blank,
    ("ranking", "decision_ignored"): lambda given: ranks_of(given | {"decided": {}}),
    ("ranking", "decision_first"): lambda given: sorted([key, place] for key, place in given["decided"].items())[::-1],
    ("ranking", "out_of_contest_ranked"): lambda given: ranks_of(given | {"out_of_contest": []}),
    ("advancement", "one_too_few"): lambda given: first_places(given, ceil(share(given)) - 1),
    ("advancement", "cut_through_tie"): lambda given: first_places(given, given["cut"]["value"]),
    ("advancement", "nobody_moves_up"): lambda given: first_places(given, given["cut"]["value"]),
    ("advancement", "reserve_ignored"): lambda given: first_places(given, given["cut"]["value"]),
    ("advancement", "percent_rounded_up"): lambda given: first_places(given, ceil(share(given))),
    ("advancement", "strictly_greater"): above_threshold,
    ("advancement", "blank_as_zero"): lambda given: SUBJECTS["advancement"](zero_for_blank(given)),
    ("awards", "strictly_greater"): awards_strictly_above,
    ("awards", "floor_ignored"): lambda given: awards_by(given, {"floor": None}),
    ("awards", "group_ignored"): lambda given: awards_by(given, {"group_kinds": None}),
    ("awards", "share_of_ranked"): lambda given: awards_of(given | {"entrants": len(given["totals"])}),
    ("awards", "percent_rounded_up"): percent_awards_up,
    ("awards", "half_rounded_up"): half_up_awards,
    ("awards", "small_field_ignored"): lambda given: awards_of(given | {"small": False}),
    ("awards", "award_by_rank"): lambda given: awards_at(given, lambda place, number: place),
    ("awards", "dense_rank"): lambda given: awards_at(given, lambda place, number: number),
    ("medal_table", "by_points"): lambda given: table_of(given | {"order": "points"}),
    ("medal_table", "by_medals"): lambda given: table_of(given | {"order": "medals"}),
    ("medal_table", "dense_rank"): dense_table,
    ("medal_table", "excellence_ignored"): table_without_excellence,
    ("draw", "as_given"): drawn_as_given,
    ("scale", "mean_deviation"): lambda given: scaled_by(given, spread=exact_mean),
    ("scale", "factor_left_out"): lambda given: scaled_by(given, factor="1"),
    ("scale", "mean_for_median"): lambda given: scaled_by(given, middle=exact_mean),
    ("scale", "standard_score"): standard_score,
    ("scale", "bankers_rounding"): lambda given: scaled_by(given, rounding=ROUND_HALF_EVEN),
    ("scale", "cut_off"): lambda given: scaled_by(given, rounding=ROUND_FLOOR),
    ("scale", "lower_median"): lambda given: scaled_by(given, middle=median_low),
    ("scale", "blank_as_zero"): lambda given: scaled_of(
        {"competitors": [[key, total or 0] for key, total in given["competitors"]]}
    ),
    ("scale", "team_per_member"): per_member,
    ("scale", "out_of_contest_included"): lambda given: scaled_of(given | {"out_of_contest": []}),
    ("medals", "medallists_too"): lambda given: {
        key: "excellence" for key, scale in given["competitors"] if scale >= 700
    },
    ("medals", "strictly_greater"): lambda given: medals_of(given | {"excellent": 701}),
    ("medals", "no_sharing"): lambda given: medals_of(given | {"within": 0}),
    ("medals", "less_than_two"): lambda given: medals_of(given | {"within": 1}),
    ("medals", "silver_beside_two_golds"): lambda given: medals_in_groups(
        given, ["gold", "silver", "bronze"], from_the_best
    ),
    ("medals", "no_bronze_either"): lambda given: medals_in_groups(
        given, ["gold"] if medals_of(given)[2] == "gold" else ["gold", "silver"], from_the_best
    ),
    ("medals", "passed_on"): lambda given: medals_in_groups(
        given, ["gold"], lambda group, scale: group[-1] - scale <= 2
    ),
    ("medals", "bronze_to_the_next"): lambda given: medals_where(given, {4: "bronze"}),
    ("medals", "bronze_shared_below"): lambda given: medals_in_groups(given, ["gold", "bronze"], from_the_best),
    ("medals", "small_field_ignored"): lambda given: medals_of({"competitors": given["competitors"], "excellent": 701}),
    ("medals", "by_points_alone"): lambda given: medals_in_groups(given, ["gold"], from_the_best),
    ("best_of_delegation", "only_the_highest"): only_the_highest,
    ("best_of_delegation", "first_only"): lambda given: {
        "best": {home: keys[:1] for home, keys in best_of(given)["best"].items()},
        "highest": best_of(given)["highest"][:1],
    },
    ("best_of_delegation", "within_two"): lambda given: best_of(
        {"competitors": [[key, scale + 2 * (scale == 778), home] for key, scale, home in given["competitors"]]}
    ),
    ("recusal", "anything_declared"): lambda given: ["relation"] if given["judge"].get("declared") else [],
    ("recusal", "whole_skill"): lambda given: ["coach"] if given["judge"].get("coached") else [],
    ("recusal", "first_member"): lambda given: SUBJECTS["recusal"](
        given | {"contestant": given["contestant"] | {"units": given["contestant"]["units"][:1]}}
    ),
    ("recusal", "always_barred"): lambda given: SUBJECTS["recusal"](given | {"bar_delegation": True}),
    ("recusal", "unknown_is_equal"): lambda given: (
        ["delegation"] if given["judge"].get("delegation") == given["contestant"].get("delegation") else []
    ),
    ("judge_patterns", "own_included"): lambda given: pattern(given, mean_of_all),
    ("judge_patterns", "scatter_around_zero"): lambda given: pattern(given, mean_of_others, around_zero=True),
    ("judge_patterns", "marks_pooled"): pooled,
    ("recheck", "rest_rounded_down"): lambda given: rechecked_by(given, 3, lambda rest: rest * 15 // 100),
    ("recheck", "cut_through_tie"): lambda given: rechecked_by(given, 2, lambda rest: ceil(Fraction(rest * 15, 100))),
    ("recheck", "top_rounded_down"): lambda given: rechecked_by(
        given, len(given["totals"]) * 30 // 100, lambda rest: ceil(Fraction(rest * 15, 100))
    ),
    ("recheck_errors", "five_percent_is_enough"): lambda given: given["wrong"] * 100 >= 5 * given["drawn"],
    ("recheck_errors", "whole_percent"): lambda given: given["wrong"] * 100 // given["drawn"] > 5,
    ("recheck_errors", "any_error"): lambda given: given["wrong"] > 0,
    ("appeals", "deadline_exclusive"): lambda given: late_when(time_over(given) >= timedelta(0)),
    ("appeals", "read_to_the_minute"): lambda given: late_when(time_over(given) >= timedelta(minutes=1)),
    ("appeals", "read_to_the_microsecond"): lambda given: late_when(time_over(given) > timedelta(0)),
    ("appeals", "same_day_only"): lambda given: late_when(
        appeal_times(given)[0].date() > appeal_times(given)[1].date()
    ),
    ("appeals", "always_two_hours"): lambda given: late_when(time_over(given | {"hours": 2}) > timedelta(0)),
}
