"""Scoring in whole 1/10000: marks to aspects, aspects to parts, parts to the total; each rounding named and done once.

A scorer is made once for a scheme; it touches every mark once, and after a change only what the mark touches.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import lcm
from typing import NamedTuple

from competition.exact import SCALE, round_ratio, to_units
from competition.marking.rules.aggregate import (
    FINEST_DIGITS,
    Aggregation,
    aggregation_problems,
    combined,
    left,
)
from competition.marking.rules.calculation import earned
from competition.marking.rules.scheme import (
    JUDGEMENT,
    MEASUREMENT,
    WIDEST_SPREAD,
    WITHOUT_WEIGHT,
    Aspect,
    Part,
    Scheme,
    attempts,
    marked_aspects,
    number_in,
)

Units = int
Marks = Sequence[Units | None]
Score = Units | None

MISSING, SPREAD, DISAGREED, SHORT = "missing", "spread", "disagreed", "short"
_SPREAD = to_units(WIDEST_SPREAD)
_THREE = 3 * SCALE


class Row(NamedTuple):
    """One mark as it is in a plain file; `value` in 1/10000, None for a blank."""

    contestant: str
    part: str
    aspect: str
    value: Units | None


class Gap(NamedTuple):
    """Why an aspect has no score: a mark is missing, judges are too far apart or disagree, or are too few."""

    part: str
    aspect: str
    why: str


class Scored(NamedTuple):
    """One contestant: scores in 1/10000 by part, aspect and in total; None where a mark is missing."""

    aspects: dict[tuple[str, str], Score]
    parts: dict[str, Score]
    total: Score


def quantum(digits: int) -> int:
    return 10 ** (FINEST_DIGITS - digits)


class AspectScorer:
    """From the marks for one aspect to its score."""

    def __init__(self, part: Part, aspect: Aspect) -> None:
        self.part, self.aspect = part, aspect
        self.rule = aspect.aggregation or _rule_of(part, aspect)
        self.judges = 1 if aspect.method == "given" else aspect.judges or part.judges
        self.maximum = to_units(aspect.maximum)
        self.numbers, self.scale = 1, 1
        self.codes = tuple(each for each in aspect.times if number_in(each) is None)
        for each in aspect.times:
            number = number_in(each)
            if number is not None:
                self.numbers *= to_units(number)
                self.scale *= SCALE
        number = number_in(aspect.plus)
        self.plus: str | int = aspect.plus if number is None else to_units(number)
        self.quantum = quantum(self.rule.digits if aspect.digits is None else aspect.digits)
        self.panel_quantum = None if aspect.panel_digits is None else quantum(aspect.panel_digits)
        self.least = None if aspect.at_least is None else to_units(aspect.at_least)
        self.most = None if aspect.at_most is None else to_units(aspect.at_most)
        bounded = self.least is not None or self.most is not None
        self.plain = not aspect.times and self.plus == 0 and self.panel_quantum is None and not bounded
        self.known: dict[tuple[Units, ...], Score] = {}
        self.few: dict[int, bool] = {}
        self.remembers = aspect.method == "judgement" or aspect.calculation is not None

    def why_not(self, marks: Marks) -> str:
        """What is wrong with these marks; empty when they make a score."""
        if self._not_tried(marks):
            return ""
        if not marks or None in marks or len(marks) < self.judges:
            return MISSING
        entered = [mark for mark in marks if mark is not None]
        if self._too_few(len(entered)):
            return SHORT
        if self.aspect.method == "judgement" and max(entered) - min(entered) > _SPREAD:
            return SPREAD
        if self.rule.kind == "agreed" and combined(self._earned(entered), self.rule) is None:
            return DISAGREED
        return ""

    def score(self, marks: Marks, given: Mapping[str, Score]) -> Score:
        """None where the marks make no score; `given` holds the figures that `times` and `plus` name."""
        if not marks or None in marks or len(marks) < self.judges:
            return 0 if self._not_tried(marks) else None
        if not self.plain:
            return self._figured(marks, given)
        if not self.remembers:
            return self._panel(marks)
        key = tuple(marks)
        if key not in self.known:
            self.known[key] = self._panel(marks)  # type: ignore[index]  # no None among them
        return self.known[key]  # type: ignore[index]

    def _not_tried(self, marks: Marks) -> bool:
        return self.aspect.optional and all(mark is None for mark in marks)

    def _panel(self, marks: Marks) -> Score:
        ratio = self._ratio(marks)
        return None if ratio is None else round_ratio(*ratio, self.quantum, self.rule.rounding)

    def _ratio(self, marks: Marks) -> tuple[int, int] | None:
        """The panel's figure as it is before any rounding."""
        if self._too_few(len(marks)):
            return None
        if self.aspect.method == "judgement":
            if max(marks) - min(marks) > _SPREAD:  # type: ignore[type-var,operator]
                return None
            figure = combined(marks, self.rule)  # type: ignore[arg-type]
            return None if figure is None else (figure[0] * self.maximum, figure[1] * _THREE)
        return combined(self._earned(marks), self.rule)  # type: ignore[arg-type]

    def _earned(self, marks: Sequence[Units]) -> Sequence[Units]:
        calculation = self.aspect.calculation
        return marks if calculation is None else [earned(calculation, self.maximum, mark) for mark in marks]

    def _too_few(self, count: int) -> bool:
        if count not in self.few:
            self.few[count] = bool(aggregation_problems(self.rule, count))
        return self.few[count]

    def _figured(self, marks: Marks, given: Mapping[str, Score]) -> Score:
        ratio = self._ratio(marks)
        plus = given.get(self.plus) if isinstance(self.plus, str) else self.plus
        factors = [given.get(code) for code in self.codes]
        if ratio is None or plus is None or None in factors:
            return None
        numerator, denominator = ratio
        if self.panel_quantum is not None:
            numerator, denominator = round_ratio(numerator, denominator, self.panel_quantum, self.rule.rounding), 1
        numerator, denominator = numerator * self.numbers, denominator * self.scale
        for factor in factors:
            numerator, denominator = numerator * (factor or 0), denominator * SCALE
        figure = round_ratio(numerator, denominator, self.quantum, self.rule.rounding) + plus
        figure = figure if self.least is None else max(figure, self.least)
        return figure if self.most is None else min(figure, self.most)


def _rule_of(part: Part, aspect: Aspect) -> Aggregation:
    if aspect.method == "judgement":
        return JUDGEMENT
    if aspect.method == "measurement":
        return MEASUREMENT
    if aspect.method == "given" or part.aggregation is None:
        return Aggregation("agreed", digits=FINEST_DIGITS)
    return part.aggregation


class PartScorer:
    """From the marks for one part to its score.

    Where judges are combined by what each gave in all aspects, the marks for every aspect are in one order of judges,
    and the score of an aspect is that of the judges who are left, so that the aspects add up to the part.
    """

    def __init__(self, part: Part) -> None:
        self.part = part
        self.aspects = {aspect.code: AspectScorer(part, aspect) for aspect in marked_aspects(part)}
        self.given = [code for code, aspect in self.aspects.items() if aspect.aspect.method == "given"]
        self.counting = [code for code, aspect in self.aspects.items() if aspect.aspect.counts]
        self.attempts = attempts(part)
        self.grouped = len(self.attempts) < len(self.counting)
        self.times = to_units(part.times)
        self.quantum = quantum(part.digits)
        self.plain = self.times == SCALE and part.combine == "sum" and self.quantum == 1
        self.by_judge = part.aggregation if part.combined_by == "judge" and part.aspects else None
        self.missing_is_none = part.source in ("penalty", "bonus")
        self.scale = max(aspect.scale for aspect in self.aspects.values())

    def aspect_score(self, code: str, marks: Mapping[str, Marks]) -> Score:
        """Not for a part whose judges are combined by their sums: there one mark touches every aspect."""
        return self.aspects[code].score(marks.get(code, ()), self._given(marks) if self.given else {})

    def aspect_scores(self, marks: Mapping[str, Marks]) -> dict[str, Score]:
        if self.by_judge is not None:
            return self._aspects_of_judges(marks, self.by_judge)
        given = self._given(marks) if self.given else {}
        return {code: aspect.score(marks.get(code, ()), given) for code, aspect in self.aspects.items()}

    def _given(self, marks: Mapping[str, Marks]) -> dict[str, Score]:
        return {code: self.aspects[code].score(marks.get(code, ()), {}) for code in self.given}

    def score(self, aspects: Mapping[str, Score], marks: Mapping[str, Marks]) -> Score:
        """Of the scores of its aspects and the marks behind them; None while any is missing. A penalty or bonus nobody
        gave is none."""
        found = []
        for code in self.counting:
            score = aspects[code]
            if score is None:
                return 0 if self.missing_is_none else None
            found.append(score)
        if self.by_judge is not None:
            whole = self._of_judges(marks, self.by_judge)
            if whole is None:
                return None
            found = [whole]
        elif self.part.best:
            if self.grouped:
                own = dict(zip(self.counting, found, strict=True))
                found = [sum(own[code] for code in attempt) for attempt in self.attempts]
            found = sorted(found, reverse=True)[: self.part.best]
        total = sum(found)
        if self.plain:
            return total
        count = len(found) if self.part.combine == "mean" else 1
        return round_ratio(total * self.times, SCALE * count, self.quantum)

    def judge_totals(self, marks: Mapping[str, Marks]) -> list[Units]:
        """What each judge gave in all aspects, in units of `scale`; empty while one of them has not marked all."""
        columns = [marks.get(code, ()) for code in self.counting]
        if any(None in column or len(column) != len(columns[0]) for column in columns):
            return []
        weights = [self.aspects[code].numbers * (self.scale // self.aspects[code].scale) for code in self.counting]
        return [
            sum(mark * weight for mark, weight in zip(given, weights, strict=True) if mark is not None)
            for given in zip(*columns, strict=True)
        ]

    def _aspects_of_judges(self, marks: Mapping[str, Marks], rule: Aggregation) -> dict[str, Score]:
        """Of the judges who are left. Of equal sums it is the one with the lower marks, from the first aspect on, that
        is the lower: the order of the judges says nothing."""
        totals = self.judge_totals(marks)
        if not totals or aggregation_problems(rule, len(totals)):
            return dict.fromkeys(self.aspects)
        rows = [*zip(*(marks[code] for code in self.counting), strict=True)]
        order = sorted(range(len(totals)), key=lambda judge: (totals[judge], rows[judge]))
        kept = left(order, rule)
        share = 1 if rule.kind == "sum" else len(kept)
        scores: dict[str, Score] = {}
        for place, code in enumerate(self.counting):
            aspect = self.aspects[code]
            figure = sum(rows[judge][place] or 0 for judge in kept) * aspect.numbers
            scores[code] = round_ratio(figure, share * aspect.scale, quantum(rule.digits), rule.rounding)
        return scores

    def _of_judges(self, marks: Mapping[str, Marks], rule: Aggregation) -> Score:
        totals = self.judge_totals(marks)
        if not totals or aggregation_problems(rule, len(totals)):
            return None
        numerator, denominator = combined(totals, rule) or (0, 1)
        return round_ratio(numerator, denominator * self.scale, quantum(rule.digits), rule.rounding)

    def gaps(self, marks: Mapping[str, Marks]) -> list[Gap]:
        if self.part.source in WITHOUT_WEIGHT:
            return []
        found = ((code, aspect.why_not(marks.get(code, ()))) for code, aspect in self.aspects.items())
        gaps = [Gap(self.part.code, code, why) for code, why in found if why]
        if self.by_judge is None or gaps or self.judge_totals(marks):
            return gaps
        fewest = min(self.counting, key=lambda code: len(marks.get(code, ())))
        return [Gap(self.part.code, fewest, MISSING)]


class Scorer:
    """From marks to parts and totals, for a whole scheme."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.parts = {part.code: PartScorer(part) for part in scheme.parts}
        self.quantum = quantum(scheme.digits)
        apart = {"penalty": -1, "bonus": 1}
        self.apart = [(part.code, apart[part.source]) for part in scheme.parts if part.source in apart]
        shares = [part for part in scheme.parts if part.source not in WITHOUT_WEIGHT]
        if scheme.total == "sum":
            self.common, self.shares = 1, [(part.code, 1) for part in shares]
        else:
            self.common = lcm(*(to_units(part.maximum) for part in shares)) if shares else 1
            self.shares = [
                (part.code, to_units(part.weight) * (self.common // to_units(part.maximum))) for part in shares
            ]

    def total(self, parts: Mapping[str, Score]) -> Score:
        """Of part scores; None while any is missing. A penalty never takes it below 0."""
        numerator = 0
        for code, share in self.shares:
            score = parts.get(code)
            if score is None:
                return None
            numerator += score * share
        for code, sign in self.apart:
            numerator += sign * (parts.get(code) or 0) * self.common
        if self.apart and numerator < 0:
            return 0
        return round_ratio(numerator, self.common, self.quantum, self.scheme.rounding)

    def scored(self, marks: Mapping[str, Mapping[str, Marks]]) -> Scored:
        """One contestant, from part -> aspect -> marks."""
        aspects: dict[tuple[str, str], Score] = {}
        parts: dict[str, Score] = {}
        for code, part in self.parts.items():
            own = marks.get(code, {})
            found = part.aspect_scores(own)
            aspects.update({(code, aspect): score for aspect, score in found.items()})
            parts[code] = part.score(found, own)
        return Scored(aspects, parts, self.total(parts))

    def gaps(self, marks: Mapping[str, Mapping[str, Marks]]) -> list[Gap]:
        """Everything that keeps one contestant from a total."""
        return [gap for code, part in self.parts.items() for gap in part.gaps(marks.get(code, {}))]


class Tally:
    """The marks of a whole field with their scores; after a change only what it touches is worked out again."""

    def __init__(self, scheme: Scheme) -> None:
        self.scorer = Scorer(scheme)
        self.marks: dict[str, dict[str, dict[str, list[Units | None]]]] = {}
        self.scores: dict[str, Scored] = {}

    @classmethod
    def of_rows(cls, scheme: Scheme, rows: Iterable[Row | tuple[str, str, str, Units | None]]) -> "Tally":
        """From plain rows in any order; where a part adds up what each judge gave, the judges of a contestant come in
        one order in all its aspects. Raises KeyError for a part or an aspect that the scheme does not have."""
        tally = cls(scheme)
        codes = {part: dict.fromkeys(scorer.aspects) for part, scorer in tally.scorer.parts.items()}
        marks = tally.marks
        for contestant, part, aspect, value in rows:
            parts = marks.get(contestant)
            if parts is None:
                parts = marks[contestant] = {}
            aspects = parts.get(part)
            if aspects is None:
                aspects = parts[part] = {code: [] for code in codes[part]}
            aspects[aspect].append(value)
        for contestant, found in marks.items():
            tally.scores[contestant] = tally.scorer.scored(found)
        return tally

    def change(self, contestant: str, part: str, aspect: str, place: int, value: Units | None) -> Scored:
        """One mark, by its place among the marks for that aspect. Raises KeyError or IndexError for none there."""
        marks = self.marks[contestant][part]
        marks[aspect][place] = value
        before = self.scores[contestant]
        scorer = self.scorer.parts[part]
        if aspect in scorer.given or scorer.by_judge is not None:
            aspects = before.aspects | {(part, code): score for code, score in scorer.aspect_scores(marks).items()}
        else:
            aspects = before.aspects | {(part, aspect): scorer.aspect_score(aspect, marks)}
        own = {code: aspects[part, code] for code in scorer.aspects}
        parts = before.parts | {part: scorer.score(own, marks)}
        after = self.scores[contestant] = Scored(aspects, parts, self.scorer.total(parts))
        return after

    def totals(self) -> dict[str, Score]:
        return {contestant: scored.total for contestant, scored in self.scores.items()}
