"""A contest as plain files from which anyone can work its results out again. Nobody is named: entries have numbers.

A bundle is a folder (or a zip of it):

    bundle.json                 format, contest, when it was made; for each stage its folder and what it is
    stages/N/stage.json         ranking rules, cut, awards, decisions; the revision in force
    stages/N/scheme.toml        the marking scheme, as `competition score` reads it
    stages/N/contestants.csv    entry, attendance, delegation, blind number of each layer
    stages/N/draws.json         each draw with its seed and what was drawn, to be drawn again
    stages/N/sheets.csv         each judge's form: whether it counts, how far it has come
    stages/N/marks.csv          every revision of every mark, with a check value
    stages/N/scores.csv         every revision of every score marked elsewhere
    stages/N/adjustments.csv    penalties and bonuses
    stages/N/result.csv         the result in force, line by line

The check value of a row is the first 16 hexadecimal digits of SHA-256 over the check value of the row before and the
row's own cells, joined by commas: a row that was changed afterwards no longer fits.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from competition import clock
from competition.contests.tables import Contest
from competition.entries.tables import StagePlace
from competition.exact import from_units, plain
from competition.marking.scheme_file import SchemeFile, write_scheme_file
from competition.marking.service import load_scheme
from competition.marking.tables import Adjustment, BlindNumber, Draw, ImportedScore, Mark, Sheet
from competition.problems import Missing
from competition.results.boards import problem_from
from competition.results.inputs import inputs_of
from competition.results.stages import Row, stage_row, stages_of
from competition.results.tables import ResultLine
from competition.results.visibility import RELEASED_ONLY, revision_seen

FORMAT = 1
CHECK_DIGITS = 16

SHEET_COLUMNS = ("layer", "number", "part", "seat", "counts", "state", "submitted_at", "checked_at")
MARK_COLUMNS = ("layer", "number", "part", "aspect", "seat", "revision", "value", "at", "reason", "check")
SCORE_COLUMNS = ("entry", "part", "revision", "value", "at", "source", "check")
ADJUSTMENT_COLUMNS = ("entry", "kind", "value", "reason", "approver", "withdrawn", "check")
CONTESTANT_COLUMNS = ("entry", "attendance", "delegation", "contest", "number", "review")
RESULT_COLUMNS = ("entry", "rank", "total", "parts", "award", "qualifies", "advances", "scale", "reason")

Files = dict[str, str]


def check_value(before: str, cells: Sequence[str]) -> str:
    return hashlib.sha256(",".join((before, *cells)).encode()).hexdigest()[:CHECK_DIGITS]


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, checked: bool = False) -> str:
    """CSV; with `checked` the last column is filled with each row's check value."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    before = ""
    for row in rows:
        cells = [_cell(value) for value in row]
        if checked:
            before = check_value(before, cells)
            cells.append(before)
        writer.writerow(cells)
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _mark(units: int | None) -> str:
    return "" if units is None else plain(from_units(units))


def _json(value: Any) -> str:
    return json.dumps(msgspec.to_builtins(value, enc_hook=str), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


async def bundle_of(contest_id: int) -> Files:
    """Path -> text. Raises Missing."""
    contest = await Contest.select().where(Contest.id == contest_id).first()
    if contest is None:
        raise Missing("contest")
    files: Files = {}
    listed = []
    for row in await stages_of(contest_id):
        stage = await stage_row(row["id"])
        if stage is None:
            raise Missing("stage")
        folder = f"stages/{stage['id']}"
        kind = await _write_stage(files, folder, stage)
        if kind:
            listed.append(
                {
                    "folder": folder, "stage": stage["id"], "skill": stage["skill"], "group": stage["group_id"],
                    "group_kind": stage["group_kind"], "kind": stage["kind"], "result": kind,
                }
            )  # fmt: skip
    files["bundle.json"] = _json(
        {
            "format": FORMAT, "contest": contest["name"], "contest_id": contest_id, "year": contest["year"],
            "made_at": clock.now().isoformat(), "fictitious": contest["fictitious"], "stages": listed,
        }
    )  # fmt: skip
    return files


async def _write_stage(files: Files, folder: str, stage: Row) -> str:
    """Add the files of a stage; the kind of result it has, "" where nothing is released."""
    revision = await revision_seen(RELEASED_ONLY, stage["id"])
    if revision is None:
        return ""
    lines = await ResultLine.select().where(ResultLine.revision == revision["id"]).order_by(ResultLine.id)
    files[f"{folder}/result.csv"] = table(RESULT_COLUMNS, [_result_row(line) for line in lines])
    said: Row = {"revision": _revision(revision)}
    scheme = await load_scheme(stage["id"])
    if revision["kind"] == "computed" and scheme is not None:
        inputs = await inputs_of(stage)
        said |= {
            "rules": inputs.rules, "decisions": inputs.decisions, "award_rule": inputs.award_rule,
        }  # fmt: skip
        files[f"{folder}/scheme.toml"] = write_scheme_file(SchemeFile(scheme.rule, inputs.rules.tie_breaks))
        await _write_marking(files, folder, stage["id"], {part.id: part.code for part in scheme.parts})
    files[f"{folder}/stage.json"] = _json(said)
    return revision["kind"]


def _revision(revision: Row) -> Row:
    names = ("number", "kind", "digest", "source", "reason", "entrants", "computed_at", "released_at")
    return {
        name: revision[name].isoformat() if isinstance(revision[name], datetime) else revision[name] for name in names
    }


def _result_row(line: Row) -> list[Any]:
    parts = {code: _mark(units) for code, units in json.loads(line["parts"] or "{}").items()}
    return [
        line["entry"], line["rank"], _mark(line["total"]), json.dumps(parts, ensure_ascii=False, sort_keys=True),
        line["award"], line["qualifies"], line["advances"], line["scale"], str(problem_from(line["reason"])),
    ]  # fmt: skip


async def _write_marking(files: Files, folder: str, stage_id: int, codes: Mapping[int, str]) -> None:
    numbers = await BlindNumber.select(
        BlindNumber.id, BlindNumber.label, BlindNumber.entry, BlindNumber.draw.layer.as_alias("layer")
    ).where(BlindNumber.stage == stage_id)
    labels = {(row["entry"], row["layer"]): row["label"] for row in numbers}
    places = (
        await StagePlace.select(
            StagePlace.entry, StagePlace.attendance, StagePlace.entry._.unit._.district.as_alias("delegation")
        )
        .where((StagePlace.stage == stage_id) & StagePlace.declined_at.is_null())
        .order_by(StagePlace.entry)
    )
    files[f"{folder}/contestants.csv"] = table(
        CONTESTANT_COLUMNS,
        [
            [row["entry"], row["attendance"], row["delegation"]]
            + [labels.get((row["entry"], layer), "") for layer in CONTESTANT_COLUMNS[3:]]
            for row in places
        ],
    )
    files[f"{folder}/draws.json"] = _json(await _draws(stage_id))
    sheets = await _sheets(stage_id, codes)
    files[f"{folder}/sheets.csv"] = table(
        SHEET_COLUMNS, [[sheet[column] for column in SHEET_COLUMNS] for sheet in sheets.values()]
    )
    files[f"{folder}/marks.csv"] = table(MARK_COLUMNS, await _mark_rows(stage_id, sheets), checked=True)
    files[f"{folder}/scores.csv"] = table(SCORE_COLUMNS, await _score_rows(stage_id, codes), checked=True)
    files[f"{folder}/adjustments.csv"] = table(ADJUSTMENT_COLUMNS, await _adjustment_rows(stage_id), checked=True)


async def _draws(stage_id: int) -> list[Row]:
    """Each draw with the entries in the order of their numbers."""
    found = []
    for draw in await Draw.select().where(Draw.stage == stage_id).order_by(Draw.id):
        rows = (
            await BlindNumber.select(BlindNumber.entry, BlindNumber.label)
            .where(BlindNumber.draw == draw["id"])
            .order_by(BlindNumber.number)
        )
        found.append(
            {
                "layer": draw["layer"], "seed": draw["seed"], "drawn_at": draw["drawn_at"].isoformat(),
                "entries": [row["entry"] for row in rows], "labels": [row["label"] for row in rows],
            }
        )  # fmt: skip
    return found


async def _sheets(stage_id: int, codes: Mapping[int, str]) -> dict[int, Row]:
    """By id; void ones too, whose marks count no more."""
    rows = (
        await Sheet.select(
            Sheet.id, Sheet.part, Sheet.counts, Sheet.state, Sheet.submitted_at, Sheet.checked_at,
            Sheet.seat.number.as_alias("seat"), Sheet.blind.label.as_alias("number"),
            Sheet.blind._.draw.layer.as_alias("layer"),
        )
        .where(Sheet.stage == stage_id)
        .order_by(Sheet.id)
    )  # fmt: skip
    return {row["id"]: row | {"part": codes[row["part"]]} for row in rows if row["part"] in codes}


async def _mark_rows(stage_id: int, sheets: Mapping[int, Row]) -> list[list[Any]]:
    marks = (
        await Mark.select(
            Mark.sheet, Mark.number, Mark.value, Mark.made_at, Mark.reason, Mark.aspect.code.as_alias("aspect"),
            Mark.aspect.retired_at.as_alias("retired_at"),
        )
        .where(Mark.sheet.stage == stage_id)
        .order_by(Mark.sheet)
        .order_by(Mark.id)
    )  # fmt: skip
    rows: list[list[Any]] = []
    for mark in marks:
        sheet = sheets.get(mark["sheet"])
        if sheet is not None and mark["retired_at"] is None:
            rows.append(
                [
                    sheet["layer"], sheet["number"], sheet["part"], mark["aspect"], sheet["seat"], mark["number"],
                    _mark(mark["value"]), mark["made_at"], mark["reason"],
                ]
            )  # fmt: skip
    return rows


async def _score_rows(stage_id: int, codes: Mapping[int, str]) -> list[list[Any]]:
    rows = await ImportedScore.select().where(ImportedScore.stage == stage_id).order_by(ImportedScore.id)
    return [
        [row["entry"], codes[row["part"]], row["number"], _mark(row["value"]), row["made_at"], row["source"]]
        for row in rows
        if row["part"] in codes
    ]


async def _adjustment_rows(stage_id: int) -> list[list[Any]]:
    rows = (
        await Adjustment.select(
            Adjustment.kind, Adjustment.value, Adjustment.reason, Adjustment.approver, Adjustment.withdrawn_at,
            Adjustment.blind.entry.as_alias("entry"),
        )
        .where(Adjustment.stage == stage_id)
        .order_by(Adjustment.id)
    )  # fmt: skip
    return [
        [
            row["entry"],
            row["kind"],
            _mark(row["value"]),
            row["reason"],
            row["approver"],
            row["withdrawn_at"] is not None,
        ]
        for row in rows
    ]


def write_bundle(files: Files, out: Path) -> None:
    """As a zip where `out` ends in .zip, else as a folder, which may not hold anything yet."""
    if out.suffix == ".zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, text in sorted(files.items()):
                archive.writestr(path, text)
        return
    for path, text in files.items():
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def read_bundle(path: Path) -> Files:
    """Raises Missing where there is no bundle."""
    if path.is_dir():
        files = {
            file.relative_to(path).as_posix(): file.read_text("utf-8") for file in path.rglob("*") if file.is_file()
        }
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name).decode("utf-8") for name in archive.namelist() if not name.endswith("/")}
    else:
        raise Missing("bundle")
    if "bundle.json" not in files:
        raise Missing("bundle.json")
    return files
