"""A contest as plain files: recomputed equal, and whatever is changed in it found and named."""

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from competition.accounts.kinds import Role
from competition.audit.write import SYSTEM, write
from competition.cli import main
from competition.marking import service as marking
from competition.marking.kinds import AdjustmentKind
from competition.marking.tables import Adjustment, BlindNumber
from competition.results import service as results
from competition.results.bundle import Files, bundle_of, check_value, read_bundle, write_bundle
from competition.results.recompute import recompute
from competition.rulebook.service import load_seeds
from tests.marking_stage import (
    LEAKS,
    MarkingStage,
    aspect_ids,
    check_all,
    drawn_stage,
    mark_all,
    official,
    reveal_all,
    sheets_of,
)

WORDS = "裁判长当面确认，不便签字"
VALUES = {seat: ("20", str(20 + seat), str(30 + Decimal(seat) / 2)) for seat in range(1, 6)}


async def released_stage() -> MarkingStage:
    """A final of four: marked, one penalty, locked, revealed, one mark corrected, the correction released."""
    await load_seeds(SYSTEM)
    stage = await drawn_stage(4)
    for place, entry in enumerate(stage.entry_ids):
        await marking.import_scores(SYSTEM, stage.part_ids["T"], {entry: Decimal(80 + 3 * place)}, "测试")
    await mark_all(stage, VALUES)
    await _penalty(stage)
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "裁判长")
    await check_all(stage, chief)
    await marking.sign_stage(chief, stage.stage_id, WORDS)
    await marking.lock_stage(chief, stage.stage_id)
    await reveal_all(stage)
    await results.release(SYSTEM, await results.compute(SYSTEM, stage.stage_id))
    await marking.import_scores(
        SYSTEM, stage.part_ids["T"], {stage.entry_ids[0]: Decimal("88.5")}, "更正单", "录入有误"
    )
    await results.release(SYSTEM, await results.compute(SYSTEM, stage.stage_id, "录入有误"))
    return stage


async def _penalty(stage: MarkingStage) -> None:
    blind = await BlindNumber.select(BlindNumber.id).where(BlindNumber.stage == stage.stage_id).first()
    assert blind is not None
    async with write(SYSTEM) as change:
        await Adjustment.insert(
            Adjustment(
                stage=stage.stage_id, blind=blind["id"], kind=AdjustmentKind.PENALTY.value, value=15_000,
                reason="超时", approver="裁判长", made_at=change.at,
            )
        )  # fmt: skip
        await change.record("adjustment.made", "stage", stage.stage_id)


@pytest.fixture
async def files(database: object) -> Files:
    stage = await released_stage()
    return await bundle_of(stage.contest_id)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def text_of(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def path_of(files: Files, name: str) -> str:
    return next(path for path in files if path.endswith(f"/{name}"))


def changed(files: Files, name: str, edit: Callable[[list[dict[str, str]]], None], *, forged: bool = False) -> Files:
    """The bundle with a table edited; `forged` with check values made to fit again."""
    path = path_of(files, name)
    rows = rows_of(files[path])
    edit(rows)
    before = ""
    for row in rows if forged else ():
        before = row["check"] = check_value(before, [value for key, value in row.items() if key != "check"])
    return files | {path: text_of(rows)}


async def test_a_bundle_recomputes_equal(files: Files) -> None:
    found = recompute(files)
    assert found.differences == []
    assert (found.stages, found.lines, found.marks) == (1, 4, 60)


async def test_a_penalty_and_a_correction_are_in_it(files: Files) -> None:
    assert [row["value"] for row in rows_of(files[path_of(files, "adjustments.csv")])] == ["1.5"]
    revisions = [row["revision"] for row in rows_of(files[path_of(files, "scores.csv")])]
    assert sorted(revisions) == ["1", "1", "1", "1", "2"]


async def test_nobody_is_named(files: Files) -> None:
    text = "\n".join(files.values())
    assert [word for word in LEAKS if word in text] == []


async def test_one_changed_mark_is_named(files: Files) -> None:
    def edit(rows: list[dict[str, str]]) -> None:
        rows[6]["value"] = "19.5"

    row = rows_of(files[path_of(files, "marks.csv")])[6]
    found = recompute(changed(files, "marks.csv", edit)).differences
    named = f"number {row['number']}, P/{row['aspect']}, seat {row['seat']}, revision 1: 19.5 does not fit"
    assert (found[0].line, named in found[0].said) == (8, True)


async def test_a_change_that_was_made_to_fit_shows_in_the_result(files: Files) -> None:
    def edit(rows: list[dict[str, str]]) -> None:
        for row in rows:
            if row["number"] == "002" and row["aspect"] == "A":
                row["value"] = "25"

    found = recompute(changed(files, "marks.csv", edit, forged=True)).differences
    # A counts 30 of 100 within 70 %: 5 marks more are 3.50
    assert found[0].said.startswith("number 002, entry ")
    assert "part P" in found[0].said


def _raise_seed(files: Files) -> Files:
    path = path_of(files, "draws.json")
    made = json.loads(files[path])
    made[0]["seed"] = "another"
    return files | {path: json.dumps(made)}


def _edit(name: str, column: str, value: str, place: int = 0) -> Callable[[Files], Files]:
    def edit(rows: list[dict[str, str]]) -> None:
        rows[place][column] = value

    return lambda files: changed(files, name, edit)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (_edit("scores.csv", "value", "99"), "part T, revision 1: 99 does not fit the check value"),
        (_edit("adjustments.csv", "value", "0.5"), "penalty: 0.5 does not fit the check value"),
        (_edit("result.csv", "total", "99.99"), "total 99.99 released"),
        (_edit("result.csv", "rank", "4"), "rank 4 released, 1 recomputed"),
        (_edit("result.csv", "award", ""), "award — released"),
        (_edit("sheets.csv", "counts", "no"), "part P"),
        (_raise_seed, "layer number: its seed does not give these numbers"),
        (lambda files: files | {p: t.replace("weight = 70", "weight = 60").replace("weight = 30", "weight = 40")
                                for p, t in files.items() if p.endswith("scheme.toml")}, "total"),
    ],
)  # fmt: skip
async def test_whatever_is_changed_is_found(files: Files, edit: Callable[[Files], Files], said: str) -> None:
    found = recompute(edit(files)).differences
    assert said in str(found[0])


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
async def test_the_command_says_equal_or_names_the_first_difference(files: Files, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    write_bundle(files, target)
    assert read_bundle(target) == files
    result = CliRunner().invoke(main, ["recompute", str(target)])
    assert (result.exit_code, result.stdout[:6]) == (0, "equal:")

    def edit(rows: list[dict[str, str]]) -> None:
        rows[0]["value"] = "1"

    wrong = tmp_path / f"wrong-{name}"
    write_bundle(changed(files, "marks.csv", edit), wrong)
    result = CliRunner().invoke(main, ["recompute", str(wrong)])
    assert result.exit_code == 1
    assert result.stdout.startswith("different: stages/")
    assert "marks.csv, line 2: number 001, P/A, seat 1, revision 1: 1 does not fit the check value" in result.stdout


async def test_what_is_no_bundle_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("x")
    result = CliRunner().invoke(main, ["recompute", str(tmp_path / "x.txt")])
    assert (result.exit_code, "no such bundle" in result.stderr) == (1, True)


async def test_a_correction_by_revision_is_what_counts(database: object) -> None:
    """A chief judge's correction after the lock is the mark that is recomputed, and the old one stays in the file."""
    stage = await released_stage()
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "另一裁判长")
    files = await bundle_of(stage.contest_id)
    sheet = (await sheets_of(stage.panel_id, 3))[0]
    look = (await aspect_ids(stage.stage_id))["B"]
    # of 21, 22, 23, 24, 25 the middle three count
    await marking.correct_mark(chief, str(sheet["token"]), look, "29", "复核更正", 1)
    assert recompute(await bundle_of(stage.contest_id)).differences != []  # the released result is out of date
    await results.release(SYSTEM, await results.compute(SYSTEM, stage.stage_id, "复核更正"))
    again = await bundle_of(stage.contest_id)
    assert recompute(again).differences == []
    assert recompute(again).marks == recompute(files).marks + 1
