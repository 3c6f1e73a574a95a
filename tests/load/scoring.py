"""How long scoring takes: a million marks scored, ranked and awarded, one skill totalled again, one mark changed.

    python -m tests.load.scoring

Beside each figure stands a bare ceiling of the same run: the same rows only gathered into lists by contestant and
aspect, which no scoring can do without.
"""

import random
import resource
import time
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from competition.exact import SCALE, from_units
from competition.marking.cis_workbook import read_cis, write_cis
from competition.marking.rules.aggregate import Aggregation
from competition.marking.rules.scheme import Aspect, Part, Scheme
from competition.marking.rules.scoring import Row, Tally
from competition.marking.scheme_drafts import AspectDraft, CriterionDraft, PartDraft, SchemeDraft, SectionDraft
from competition.results.rules.awards import Award, give
from competition.results.rules.ranking import Candidate, rank

JUDGES = 3
METHODS = ("judgement", "measurement", "score")
AWARDS = [
    Award("first", "一等奖", "percent", percent_to=Decimal(10)),
    Award("second", "二等奖", "percent", percent_from=Decimal(10), percent_to=Decimal(30)),
    Award("third", "三等奖", "percent", percent_from=Decimal(30), percent_to=Decimal(60)),
]


def scheme_of(aspects: int) -> Scheme:
    """Judgement, measurement and panel scores in turn, one mark each."""
    made = [Aspect(f"A{n}", Decimal(1), Decimal("0.1"), METHODS[n % 3]) for n in range(aspects)]
    part = Part(
        "A", Decimal(100), Decimal(aspects), Aggregation("trimmed", 1, 1), aspects=tuple(made), judges=JUDGES
    )  # fmt: skip
    return Scheme((part,))


def rows_of(contestants: int, scheme: Scheme, seed: int = 1) -> list[Row]:
    lot = random.Random(seed)
    [part] = scheme.parts
    rows = []
    for contestant in range(contestants):
        ability = lot.random()
        for aspect in part.aspects:
            rows += [Row(f"c{contestant}", "A", aspect.code, mark) for mark in _panel(lot, aspect.method, ability)]
    return rows


def _panel(lot: random.Random, method: str, ability: float) -> list[int]:
    if method == "judgement":
        base = min(2, int(ability * 3))
        return [(base + lot.randint(0, 1)) * SCALE for _ in range(JUDGES)]
    if method == "measurement":
        return [SCALE if lot.random() < ability else 0] * JUDGES
    return [min(SCALE, max(0, round(ability * 10) + lot.randint(-2, 2)) * 1000) for _ in range(JUDGES)]


def timed(work: Callable[[], object], times: int = 3) -> float:
    """The best of a few, in seconds."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def gathered(rows: list[Row]) -> object:
    found: dict[tuple[str, str], list[int | None]] = defaultdict(list)
    for contestant, _part, aspect, value in rows:
        found[contestant, aspect].append(value)
    return found


def awarded(scheme: Scheme, rows: list[Row]) -> int:
    totals = Tally.of_rows(scheme, rows).totals()
    field = [
        Candidate(key, None if total is None else from_units(total), (Decimal(-key),))
        for key, total in enumerate(totals.values())
    ]
    return len(give(rank(field), AWARDS, len(field)))


def workbook_of(aspects: int) -> bytes:
    """A CIS workbook with so many aspects in 44 forms."""
    sections = tuple(SectionDraft(str(n), f"Section {n}", Decimal(20)) for n in range(1, 6))
    worth = Decimal(100) / aspects
    each = worth.quantize(Decimal("0.01"))
    parts = []
    forms = 44
    for form in range(forms):
        criterion, sub = "ABCDEFGH"[form // 6], f"{'ABCDEFGH'[form // 6]}{form % 6 + 1}"
        judged = form % 3 == 0
        count = aspects // forms
        made = tuple(
            AspectDraft(
                code=f"{sub}.{n:02}", title=f"Aspect {n} of {sub}", maximum=each, step=Decimal(1) if judged else each,
                descriptors=("below", "meets it", "in part exceeds it", "excellent") if judged else (),
                section=str(n % 5 + 1), place=n,
            )
            for n in range(1, count + 1)
        )  # fmt: skip
        whole = sum((aspect.maximum for aspect in made), Decimal(0))
        parts.append(
            PartDraft(
                code=f"{sub}.{'J' if judged else 'M'}", name=f"Sub-criterion {sub}", source="panel", weight=whole,
                maximum=whole, aspects=made, criterion=criterion, sub_criterion=sub, day=form % 4 + 1,
                method="judgement" if judged else "measurement",
            )
        )  # fmt: skip
    criteria = tuple(CriterionDraft(code, f"Criterion {code}") for code in "ABCDEFGH")
    return write_cis(SchemeDraft(tuple(parts), "Benchmark", criteria, sections))


def main() -> None:
    print(f"{'marks':>10} {'scored, ranked, awarded':>24} {'gathered only':>14} {'ratio':>6} {'per mark':>9}")
    scheme = scheme_of(100)
    for contestants in (34, 340, 3400):
        rows = rows_of(contestants, scheme)
        took, bare = timed(lambda: awarded(scheme, rows)), timed(lambda: gathered(rows))  # noqa: B023  # called at once
        print(f"{len(rows):>10} {took:>22.3f} s {bare:>12.3f} s {took / bare:>6.1f} {took / len(rows) * 1e6:>6.2f} µs")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory at most {memory:.0f} MiB, the rows themselves included")

    skill = scheme_of(220)
    rows = rows_of(60, skill)
    took, bare = timed(lambda: Tally.of_rows(skill, rows)), timed(lambda: gathered(rows))
    print(f"one skill, 60 × 220 × 3: {took * 1000:.1f} ms, gathered only {bare * 1000:.1f} ms, ratio {took / bare:.1f}")
    tally = Tally.of_rows(skill, rows)
    changed = timed(lambda: tally.change("c7", "A", "A2", 1, 5000), 50)
    print(f"after one changed mark: {changed * 1000:.3f} ms, 1/{took / changed:.0f} of the whole skill")

    workbook = workbook_of(220)
    took = timed(lambda: read_cis(workbook))
    print(f"reading a CIS workbook of 220 aspects: {took * 1000:.0f} ms")


if __name__ == "__main__":
    main()
