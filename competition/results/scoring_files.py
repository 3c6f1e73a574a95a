"""Scoring plain files without a database: what `competition score` does."""

import csv
import io
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from competition.exact import from_units
from competition.marking.cis_workbook import read_cis
from competition.marking.marks_file import Contestant, FileProblem, WrongFile, decoded, read_contestants, read_marks
from competition.marking.rules.scheme import Scheme
from competition.marking.rules.scoring import Gap, Score, Scored, Tally
from competition.marking.rules.tie_breaks import tie_break_values
from competition.marking.rules.totals import in_marks
from competition.marking.scheme_file import SchemeFile, read_scheme_file
from competition.results.rules.ranking import Candidate, rank

UNMARKED = "no marks"


class ScoredLine(msgspec.Struct, frozen=True):
    """One contestant: scores in 1/10000 by part and by (part, aspect); `gaps` is why there is no total."""

    contestant: str
    rank: int | None
    total: Score
    parts: dict[str, Score]
    aspects: dict[tuple[str, str], Score]
    gaps: tuple[Gap, ...] = ()
    absent: bool = False


class ScoredField(NamedTuple):
    scheme: Scheme
    lines: list[ScoredLine]


def scheme_of(name: str, content: bytes) -> SchemeFile:
    """A TOML file, or a CIS workbook by its ending. Raises Refused."""
    if name.lower().endswith((".xlsx", ".xlsm", ".xls")):
        reading = read_cis(content, name)
        if reading.draft is None:
            raise WrongFile(
                FileProblem(each.row, f"{each.sheet}!{each.column}", each.problem)
                for each in reading.problems
                if each.severity == "error"
            )
        return SchemeFile(reading.draft.rule())
    return read_scheme_file(decoded(content))


def score_files(scheme: SchemeFile, marks: bytes, contestants: bytes | None = None) -> ScoredField:
    """Everyone with a mark, best first, then without a total. Raises Refused with everything that is wrong."""
    known = None if contestants is None else read_contestants(decoded(contestants))
    tally = Tally.of_rows(scheme.scheme, read_marks(decoded(marks), scheme.scheme, known))
    return ScoredField(scheme.scheme, _ranked(scheme, tally, known or {}))


def _ranked(file: SchemeFile, tally: Tally, known: Mapping[str, Contestant]) -> list[ScoredLine]:
    names = list(dict.fromkeys([*tally.scores, *known]))
    sign = -1 if file.lowest_wins else 1
    candidates = []
    for key, name in enumerate(names):
        scored = tally.scores.get(name)
        total = None if scored is None or scored.total is None else sign * from_units(scored.total)
        candidates.append(Candidate(key, total, _tie_breaks(file, scored) if scored and file.tie_breaks else ()))
    lines = []
    for row in rank(candidates):
        name = names[row.key]
        scored = tally.scores.get(name)
        if scored is None:
            away = known[name].attendance
            why = Gap("", "", away or UNMARKED)
            lines.append(ScoredLine(name, None, None, {}, {}, (why,), absent=away != ""))
            continue
        gaps = tuple(tally.scorer.gaps(tally.marks[name])) if scored.total is None else ()
        lines.append(ScoredLine(name, row.rank, scored.total, scored.parts, scored.aspects, gaps))
    return lines


def _tie_breaks(file: SchemeFile, scored: Scored) -> tuple[Decimal | None, ...]:
    parts = {code: None if score is None else from_units(score) for code, score in scored.parts.items()}
    aspects = {key: None if score is None else from_units(score) for key, score in scored.aspects.items()}
    return tie_break_values(file.tie_breaks, file.scheme, parts, aspects, lowest_wins=file.lowest_wins)


def as_rows(field: ScoredField, *, aspects: bool = False) -> list[dict[str, str]]:
    """The lines as texts, one column a part, then with `aspects` one for each aspect."""
    found = []
    for line in field.lines:
        row = {"rank": "" if line.rank is None else str(line.rank), "contestant": line.contestant}
        row["total"] = _text(line.total, field.scheme.digits)
        row |= {f"part {part.code}": _text(line.parts.get(part.code)) for part in field.scheme.parts}
        if aspects:
            row |= {f"{part}/{aspect}": _text(score) for (part, aspect), score in line.aspects.items()}
        row["no total because"] = "; ".join(
            f"{gap.part}/{gap.aspect} {gap.why}" if gap.part else gap.why for gap in line.gaps
        )
        found.append(row)
    return found


def _text(score: Score, digits: int | None = None) -> str:
    exact = in_marks(score)
    if exact is None:
        return ""
    return format(exact if digits is None else exact.quantize(Decimal(1).scaleb(-digits)), "f")


def as_csv(field: ScoredField, *, aspects: bool = False) -> str:
    rows = as_rows(field, aspects=aspects)
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def as_json(field: ScoredField, *, aspects: bool = False) -> str:
    lines: list[dict[str, Any]] = [
        {name: value or None if name in ("rank", "total") else value for name, value in row.items()}
        for row in as_rows(field, aspects=aspects)
    ]
    return json.dumps(lines, ensure_ascii=False, indent=1)
