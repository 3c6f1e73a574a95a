"""From the words of a case to the rule it tests, and back to plain values."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import convert

from competition.exact import from_units, plain, to_units
from competition.marking.rules.aggregate import Aggregation, panel_score
from competition.marking.rules.analysis import Comparison, PatternRule, judge_patterns
from competition.marking.rules.appeals import appeal_state
from competition.marking.rules.calculation import Calculation, earned
from competition.marking.rules.draw import draw
from competition.marking.rules.entry import read_mark
from competition.marking.rules.recheck import RecheckRule, choose, too_many_wrong
from competition.marking.rules.recusal import ContestantTies, JudgeTies, recusal
from competition.marking.rules.scheme import Aspect, Part, Scheme
from competition.marking.rules.tie_breaks import tie_break_values
from competition.marking.rules.totals import PartMarks, part_score, weighted_total
from competition.marking.scheme_drafts import (
    AspectDraft,
    PartDraft,
    SchemeDraft,
    SectionDraft,
    section_marks,
)
from competition.marking.scheme_drafts import scheme_problems as draft_problems
from competition.problems import Refused
from competition.results.rules.advancement import Cut, advance
from competition.results.rules.awards import Award, SmallField, give
from competition.results.rules.delegations import Placing, medal_table
from competition.results.rules.medals import (
    MEDAL_LEVELS,
    MedalRule,
    Scaled,
    best_of_delegations,
    highest_scale,
    worldskills_medals,
)
from competition.results.rules.ranking import Candidate, Ranked, rank
from competition.results.rules.scale import Competitor, scale_scores

Given = dict[str, Any]


def exact(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def shown(value: Any) -> Any:
    """Decimals as text, so that 8.5 and 8.50 are not the same answer."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {key: shown(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [shown(each) for each in value]
    return value


def answer(rule: Callable[[Given], Any], given: Given) -> Any:
    try:
        return shown(rule(given))
    except Refused as refusal:
        return {"refused": [str(problem) for problem in refusal.problems]}


def aggregation(given: Given) -> Aggregation:
    highest, lowest = given.get("drop", (0, 0))
    return Aggregation(given["kind"], highest, lowest, given.get("digits", 2))


def candidates(given: Given) -> list[Candidate]:
    apart = given.get("out_of_contest", [])
    home = given.get("delegations", {})
    return [
        Candidate(key, exact(total), tuple(map(exact, tie_breaks)), home.get(key), key in apart)
        for key, total, *tie_breaks in given["candidates"]
    ]


def mark_of(given: Given) -> Decimal:
    return read_mark(given["text"], Decimal(given["maximum"]), Decimal(given["step"]))


def score_of(given: Given) -> Decimal | None:
    return panel_score([exact(mark) for mark in given["marks"]], aggregation(given))


def by_judge(given: Given) -> Decimal | None:
    """A part of several aspects whose judges are combined by what each gave in all."""
    factors = given.get("times", {})
    aspects = tuple(
        Aspect(code, Decimal(100), Decimal(1), times=(str(factors[code]),) if code in factors else ())
        for code in given["marks"]
    )
    part = Part("P", Decimal(100), Decimal(100), aggregation(given), aspects=aspects, combined_by="judge")
    return part_score(part, PartMarks({code: [exact(mark) for mark in row] for code, row in given["marks"].items()}))


def ranks_after_ties(given: Given) -> list[list[int | None]]:
    """Ranks where totals are equal and the stage's list of codes tells them apart."""
    waves = tuple(Aspect(code, Decimal(10), Decimal("0.1")) for code in ("w1", "w2", "w3"))
    scheme = Scheme(
        (
            Part("practice", Decimal(70), Decimal(100)),
            Part("waves", Decimal(30), Decimal(30), aspects=waves),
            Part("time", Decimal(0), Decimal(1000), source="record", better=given.get("better", "less")),
        )
    )
    lowest = given.get("lowest_wins", False)
    field = []
    for key, total, figures in given["field"]:
        parts = {code: exact(value) for code, value in figures.items() if "/" not in code}
        aspects = {tuple(code.split("/")): exact(value) for code, value in figures.items() if "/" in code}
        values = tie_break_values(given["codes"], scheme, parts, aspects, lowest_wins=lowest)
        field.append(Candidate(key, Decimal(-total if lowest else total), values))
    return [[row.key, row.rank] for row in rank(field)]


def judged(given: Given) -> Decimal | None:
    aspect = Aspect("J", Decimal(given["maximum"]), Decimal(1), "judgement")
    part = Part("P", Decimal(100), aspect.maximum, aspects=(aspect,))
    return part_score(part, PartMarks({"J": [exact(mark) for mark in given["marks"]]}))


def earned_by(given: Given) -> Decimal:
    calculation = convert(given["calculation"], Calculation)
    units = earned(calculation, to_units(Decimal(given["maximum"])), to_units(Decimal(given["measured"])))
    return from_units(units).quantize(Decimal("0.01"))


def deviation_of(given: Given) -> list[Any]:
    """(deviation in all, warned of): one part whose aspects give each section its marks."""
    aspects = tuple(
        AspectDraft(f"a{code}", "x", Decimal(marks), Decimal(marks), section=str(code))
        for code, marks in given["marks"].items()
    )
    part = PartDraft("P", "x", "panel", Decimal(100), Decimal(100), aspects=aspects, method="measurement")
    sections = tuple(SectionDraft(str(code), "x", Decimal(percent)) for code, percent in given["percent"].items())
    draft = SchemeDraft((part,), sections=sections)
    own = section_marks(draft)
    away = sum((abs(own[each.code] - each.percent) for each in sections), Decimal(0))
    _errors, warnings = draft_problems(draft)
    return [plain(away), any(problem.field == "sections" for problem in warnings)]


def adjusted(given: Given) -> Decimal | None:
    parts = [
        Part(code, Decimal(weight), Decimal(maximum), source="import") for code, weight, maximum, _ in given["parts"]
    ]
    apart = [
        Part("penalty", Decimal(0), Decimal(100), source="penalty"),
        Part("bonus", Decimal(0), Decimal(100), source="bonus"),
    ]
    scores = {code: exact(score) for code, _weight, _maximum, score in given["parts"]}
    scores |= {"penalty": exact(given["penalty"]), "bonus": exact(given["bonus"])}
    return weighted_total(scores, Scheme((*parts, *apart)))


def total_of(given: Given) -> Decimal | None:
    parts = tuple(Part(code, Decimal(weight), Decimal(maximum)) for code, weight, maximum in given["parts"])
    scores = {code: exact(score) for code, score in given["scores"].items()}
    return weighted_total(scores, Scheme(parts, given.get("digits", 2)))


def ranks_of(given: Given) -> list[list[int | None]]:
    return [[row.key, row.rank] for row in rank(candidates(given), given.get("decided"))]


def advancing(given: Given) -> dict[str, list[int]]:
    placed = advance(rank(candidates(given)), convert(given["cut"], Cut), set(given.get("declined", ())))
    return {
        "qualify": [line.key for line in placed if line.qualifies],
        "advance": [line.key for line in placed if line.advances],
    }


def award_field(given: Given) -> list[Ranked]:
    return rank([Candidate(key, Decimal(total)) for key, total in enumerate(given["totals"], 1)])


def award_list(given: Given) -> list[Award]:
    return convert(given["file"]["lists"][given["list"]], list[Award])


def awards_of(given: Given) -> dict[int, str]:
    small = convert({"steps": given["file"]["small_field"]}, SmallField)
    entrants = given.get("entrants", len(given["totals"]))
    return give(
        award_field(given),
        award_list(given),
        entrants,
        small if given.get("small") else None,
        group_kind=given.get("group_kind", ""),
    )


def scaled_of(given: Given) -> dict[int, int]:
    """A third cell, the size of a team, is for the wrong rule alone: a team is one competitor."""
    apart = given.get("out_of_contest", [])
    return scale_scores(Competitor(key, exact(total), key in apart) for key, total, *_ in given["competitors"])


def medal_rule(given: Given) -> MedalRule:
    return MedalRule(given.get("within", 2), given.get("excellent", 700))


def medals_of(given: Given) -> dict[int, str]:
    field = [Scaled(key, scale, *map(Decimal, total)) for key, scale, *total in given["competitors"]]
    return dict(sorted(worldskills_medals(field, medal_rule(given), given.get("offered", MEDAL_LEVELS)).items()))


def best_of(given: Given) -> dict[str, Any]:
    field = [Scaled(key, scale, delegation=home) for key, scale, home in given["competitors"]]
    best = {home: [each.key for each in group] for home, group in best_of_delegations(field).items()}
    return {"best": best, "highest": [each.key for each in highest_scale(field)]}


def placings(given: Given) -> list[Placing]:
    levels = ("gold", "silver", "bronze", "excellence", "")
    rows = []
    for delegation, *numbers in given["delegations"]:
        won = [level for level, number in zip(levels, numbers, strict=True) for _ in range(number)]
        rows += [Placing(delegation, skill, level) for skill, level in enumerate(won)]
    return rows


def table_of(given: Given) -> list[list[Any]]:
    table = medal_table(placings(given), given.get("order", "medals"))
    return [[row.delegation, row.rank, row.points, row.average] for row in table]


def recheck_rule(given: Given) -> RecheckRule:
    return RecheckRule(given.get("top_by", "percent"), 30, 10, 15, 5)


def rechecked(given: Given) -> dict[str, list[int]]:
    totals = {number: Decimal(total) for number, total in given["totals"].items()}
    chosen = choose(totals, recheck_rule(given), given["seed"])
    return {"top": list(chosen.top), "lot": list(chosen.lot)}


def comparisons(given: Given) -> list[Comparison]:
    return [
        Comparison(work, to_units(Decimal(maximum)), {judge: to_units(Decimal(mark)) for judge, mark in marks.items()})
        for work, (maximum, marks) in enumerate(given["rows"])
    ]


def patterns_of(given: Given) -> dict[str, list[Any]]:
    rule = convert(given["rule"] | {"home": 5}, PatternRule)
    found = judge_patterns(comparisons(given), rule)
    return {
        judge: [
            each.marks, each.bias, each.scatter,
            [word for word, is_so in (("leans", each.leans), ("scatters", each.scatters)) if is_so],
        ]
        for judge, each in found.items()
    }  # fmt: skip


def appeal_times(given: Given) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(given["filed"]), datetime.fromisoformat(given["ended"])


def recused(given: Given) -> list[str]:
    """The kinds of reason, for a rule set that keeps the own delegation away unless the case says otherwise."""
    judge, contestant = convert(given["judge"], JudgeTies), convert(given["contestant"], ContestantTies)
    found = recusal(judge, contestant, bar_delegation=given.get("bar_delegation", True))
    return [problem.field for problem in found]


SUBJECTS: dict[str, Callable[[Given], Any]] = {
    "mark_entry": mark_of,
    "panel_score": score_of,
    "panel_by_judge": by_judge,
    "judgement": judged,
    "calculation": earned_by,
    "wsos": deviation_of,
    "penalty": adjusted,
    "weighted_total": total_of,
    "ranking": ranks_of,
    "tie_breaks": ranks_after_ties,
    "advancement": advancing,
    "awards": awards_of,
    "medal_table": table_of,
    "scale": scaled_of,
    "medals": medals_of,
    "best_of_delegation": best_of,
    "draw": lambda given: draw(given["seed"], given["items"]),
    "recusal": recused,
    "recheck": rechecked,
    "judge_patterns": patterns_of,
    "recheck_errors": lambda given: too_many_wrong(given["wrong"], given["drawn"], recheck_rule(given)),
    "appeals": lambda given: str(appeal_state(*appeal_times(given), given["hours"])),
}
