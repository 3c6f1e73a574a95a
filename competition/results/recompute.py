"""A bundle worked out again from its marks alone, and compared with what was released."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from competition.exact import from_units, parse_decimal, plain, to_units
from competition.marking.kinds import ENTERED, HANDED_IN, AdjustmentKind
from competition.marking.rules.draw import draw
from competition.marking.rules.scheme import Scheme
from competition.marking.rules.scoring import Marks, Scorer
from competition.marking.rules.tie_breaks import tie_break_values
from competition.marking.rules.totals import in_marks
from competition.marking.scheme_file import read_scheme_file
from competition.results.bundle import Files, check_value
from competition.results.rules.outcome import Contender, Decisions, Line, StageRules, outcome

Row = dict[str, str]
LAYERS = ("contest", "number", "review")


class _Scored(NamedTuple):
    """One entry: scores by part, by (part, aspect), and the total."""

    parts: dict[str, Decimal | None]
    aspects: dict[tuple[str, str], Decimal | None]
    total: Decimal | None


Scores = dict[int, _Scored]


class Difference(NamedTuple):
    """Where the bundle does not hold: in which file (and line, 0 for none), and what."""

    file: str
    line: int
    said: str

    def __str__(self) -> str:
        return f"{self.file}{f', line {self.line}' if self.line else ''}: {self.said}"


class Recomputed(NamedTuple):
    stages: int
    marks: int
    lines: int
    recorded: int
    differences: list[Difference]


class _StageFiles(NamedTuple):
    """The files of one stage, read."""

    folder: str
    said: dict[str, Any]
    contestants: list[Row]
    sheets: list[Row]
    marks: list[Row]
    scores: list[Row]
    adjustments: list[Row]
    result: list[Row]


def recompute(files: Files) -> Recomputed:
    """Every stage in the order of the bundle, so that an earlier stage is there for one that carries it over.

    Raises Refused for a scheme that cannot be read, KeyError for a file that is missing.
    """
    bundle = json.loads(files["bundle.json"])
    differences: list[Difference] = []
    stages = marks = lines = recorded = 0
    earlier: dict[int, dict[int, Decimal | None]] = {}
    for stage in bundle["stages"]:
        if stage["result"] != "computed":
            recorded += 1
            continue
        found = _read(files, stage["folder"])
        differences += _tampered(found)
        differences += _redrawn(files, found)
        scheme = read_scheme_file(files[f"{found.folder}/scheme.toml"]).scheme
        scored = _scores(found, scheme, earlier.get(stage["group"], {}))
        differences += _compared(found, _lines(found, scheme, scored))
        earlier[stage["group"]] = {entry: score.total for entry, score in scored.items()}
        stages += 1
        marks += len(found.marks)
        lines += len(found.result)
    return Recomputed(stages, marks, lines, recorded, differences)


def _read(files: Files, folder: str) -> _StageFiles:
    def rows(name: str) -> list[Row]:
        return list(csv.DictReader(io.StringIO(files[f"{folder}/{name}.csv"])))

    return _StageFiles(
        folder, json.loads(files[f"{folder}/stage.json"]), rows("contestants"), rows("sheets"), rows("marks"),
        rows("scores"), rows("adjustments"), rows("result"),
    )  # fmt: skip


def _tampered(found: _StageFiles) -> Iterator[Difference]:
    """Rows that no longer fit their check value; only the first of each file, since all after it hang on it."""
    for name, rows in (("marks", found.marks), ("scores", found.scores), ("adjustments", found.adjustments)):
        before = ""
        for line, row in enumerate(rows, start=2):
            cells = [value for key, value in row.items() if key != "check"]
            if check_value(before, cells) != row["check"]:
                yield Difference(f"{found.folder}/{name}.csv", line, _named(name, row))
                break
            before = row["check"]


def _named(name: str, row: Row) -> str:
    if name == "marks":
        what = f"number {row['number']}, {row['part']}/{row['aspect']}, seat {row['seat']}, revision {row['revision']}"
    elif name == "scores":
        what = f"entry {row['entry']}, part {row['part']}, revision {row['revision']}"
    else:
        what = f"entry {row['entry']}, {row['kind']}"
    return f"{what}: {row['value'] or 'blank'} does not fit the check value; it was changed after the export"


def _redrawn(files: Files, found: _StageFiles) -> Iterator[Difference]:
    for made in json.loads(files[f"{found.folder}/draws.json"]):
        if draw(made["seed"], made["entries"]) != made["entries"]:
            yield Difference(
                f"{found.folder}/draws.json", 0, f"layer {made['layer']}: its seed does not give these numbers"
            )


def _scores(found: _StageFiles, scheme: Scheme, earlier: Mapping[int, Decimal | None]) -> Scores:
    """By entry."""
    scorer = Scorer(scheme)
    panel = _panel_marks(found, scheme)
    imported = _latest(found.scores, "entry", "part")
    adjusted = _adjusted(found)
    scored: Scores = {}
    for row in found.contestants:
        entry = int(row["entry"])
        parts: dict[str, Decimal | None] = {}
        aspects: dict[tuple[str, str], Decimal | None] = {}
        for part in scheme.parts:
            if part.source == "carry":
                parts[part.code] = earlier.get(entry)
            elif part.source in ENTERED:
                parts[part.code] = in_marks(imported.get((row["entry"], part.code)))
            else:
                marks = panel.get(entry, {}).get(part.code)
                own = scorer.parts[part.code]
                worked = own.aspect_scores(marks) if marks else {}
                aspects |= {(part.code, code): in_marks(score) for code, score in worked.items()}
                parts[part.code] = in_marks(own.score(worked, marks)) if marks else None
        units = scorer.total({code: None if score is None else to_units(score) for code, score in parts.items()})
        total = None
        if units is not None:
            whole = max(from_units(units) + adjusted.get(entry, Decimal(0)), Decimal(0))
            total = whole.quantize(Decimal(1).scaleb(-scheme.digits))
        scored[entry] = _Scored(parts, aspects, total)
    return scored


def _panel_marks(found: _StageFiles, scheme: Scheme) -> dict[int, dict[str, dict[str, Marks]]]:
    """Entry -> part -> aspect -> the last mark of every counting judge; a part with a sheet not handed in has none."""
    entries = {(layer, row[layer]): int(row["entry"]) for row in found.contestants for layer in LAYERS if row[layer]}
    aspects = {part.code: [aspect.code for aspect in part.aspects] for part in scheme.parts}
    last = _latest(found.marks, "layer", "number", "part", "seat", "aspect")
    seats: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for sheet in found.sheets:
        entry = entries.get((sheet["layer"], sheet["number"]))
        if entry is not None and sheet["counts"] == "yes":
            seats[entry, sheet["part"]].append(sheet)
    panel: dict[int, dict[str, dict[str, Marks]]] = defaultdict(dict)
    for (entry, part), sheets in seats.items():
        if all(sheet["state"] in HANDED_IN for sheet in sheets):
            panel[entry][part] = {
                aspect: [last.get((each["layer"], each["number"], part, each["seat"], aspect)) for each in sheets]
                for aspect in aspects[part]
            }
    return panel


def _latest(rows: list[Row], *columns: str) -> dict[tuple[str, ...], int | None]:
    """The value of the highest revision by these columns, in 1/10000; None for a blank."""
    found: dict[tuple[str, ...], tuple[int, str]] = {}
    for row in rows:
        key = tuple(row[column] for column in columns)
        if int(row["revision"]) > found.get(key, (0, ""))[0]:
            found[key] = (int(row["revision"]), row["value"])
    return {key: to_units(parse_decimal(value)) if value else None for key, (_, value) in found.items()}


def _adjusted(found: _StageFiles) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for row in found.adjustments:
        if row["withdrawn"] != "yes":
            sign = -1 if row["kind"] == AdjustmentKind.PENALTY else 1
            sums[int(row["entry"])] += sign * parse_decimal(row["value"])
    return sums


def _lines(found: _StageFiles, scheme: Scheme, scored: Scores) -> dict[int, Line]:
    rules = msgspec.convert(found.said["rules"], StageRules, strict=False)
    decisions = msgspec.convert(found.said["decisions"], Decisions, strict=False)
    headings = {part.code: part.criterion or part.code for part in scheme.parts}
    contenders = []
    for row in found.contestants:
        entry = int(row["entry"])
        score = scored[entry]
        contenders.append(
            Contender(
                entry_id=entry, attendance=row["attendance"], total=score.total,
                parts=_by_heading(score.parts, headings),
                delegation=int(row["delegation"]) if row["delegation"] else None,
                tie_breaks=tie_break_values(rules.tie_breaks, scheme, score.parts, score.aspects),
            )
        )  # fmt: skip
    return {line.entry_id: line for line in outcome(contenders, rules, decisions).lines}


def _by_heading(parts: Mapping[str, Decimal | None], headings: Mapping[str, str]) -> dict[str, Decimal | None]:
    """Scores of criteria and of parts that stand alone; a criterion with a part missing has none."""
    grouped: dict[str, list[Decimal | None]] = defaultdict(list)
    for code, score in parts.items():
        grouped[headings[code]].append(score)
    found: dict[str, Decimal | None] = {}
    for code, scores in grouped.items():
        present = [score for score in scores if score is not None]
        found[code] = sum(present, Decimal(0)) if len(present) == len(scores) else None
    return found


def _compared(found: _StageFiles, lines: Mapping[int, Line]) -> Iterator[Difference]:
    """Parts of everyone first, then totals, ranks and what follows: the first difference is nearest to its cause."""
    file = f"{found.folder}/result.csv"
    numbers = {row["entry"]: row["number"] or row["contest"] for row in found.contestants}
    who = {row["entry"]: f"number {numbers.get(row['entry'], '—')}, entry {row['entry']}" for row in found.result}
    for place, row in enumerate(found.result, start=2):
        line = lines.get(int(row["entry"]))
        if line is None:
            yield Difference(file, place, f"{who[row['entry']]}: is released and not among the contestants")
        else:
            yield from _parts_differ(file, place, who[row["entry"]], json.loads(row["parts"]), line)
    for name, again in AGAIN.items():
        for place, row in enumerate(found.result, start=2):
            line = lines.get(int(row["entry"]))
            if line is not None and row[name] != again(line):
                said = f"{who[row['entry']]}: {name} {row[name] or '—'} released, {again(line) or '—'} recomputed"
                yield Difference(file, place, said)
    released = {int(row["entry"]) for row in found.result}
    for entry in lines.keys() - released:
        yield Difference(file, 0, f"entry {entry} took part and is not in the released result")


def _parts_differ(file: str, place: int, who: str, released: Mapping[str, str], line: Line) -> Iterator[Difference]:
    for code, value in released.items():
        score = line.parts.get(code)
        again = "" if score is None else plain(score)
        if code in line.parts and again != value:
            yield Difference(file, place, f"{who}: part {code} {value} released, {again or '—'} recomputed")


# A line as the bundle writes it, by column.
AGAIN: dict[str, Callable[[Line], str]] = {
    "total": lambda line: "" if line.total is None else plain(line.total),
    "rank": lambda line: "" if line.rank is None else str(line.rank),
    "scale": lambda line: "" if line.scale is None else str(line.scale),
    "award": lambda line: line.award.code if line.award else "",
    "qualifies": lambda line: "yes" if line.qualifies else "no",
    "advances": lambda line: "yes" if line.advances else "no",
}
