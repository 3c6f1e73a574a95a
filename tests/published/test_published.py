"""Published competitions, from every judge's mark to the total: what stands in the protocol has to come out exactly.

Each folder holds a scheme after the rules of the sport, the marks, the published figures and their source.
"""

import csv
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from competition.cli import main

HERE = Path(__file__).parent
EVENTS = sorted(path.parent.name for path in HERE.glob("*/published.csv"))
SKATING = HERE / "figure_skating_2025"
Row = dict[str, str]


def rows_of(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def scored(folder: Path, scheme: Path | None = None) -> dict[str, Row]:
    """What `competition score` says of an event, by contestant."""
    files = ["--scheme", str(scheme or folder / "scheme.toml"), "--marks", str(folder / "marks.csv")]
    result = CliRunner().invoke(main, ["score", *files, "--aspects", "--json"])
    assert result.exit_code == 0, result.output
    return {row["contestant"]: row for row in json.loads(result.stdout)}


def differences(published: list[Row], found: dict[str, Row]) -> list[str]:
    """Totals, ranks and parts that are not the published ones."""
    told = []
    for row in published:
        ours = found[row["contestant"]]
        for name in row.keys() - {"contestant"}:
            figure = ours[name if name in ("rank", "total") else f"part {name}"]
            # a protocol prints deductions with their sign, we keep what is taken off
            expected = abs(Decimal(row[name])) if name == "deductions" else Decimal(row[name])
            if figure is None or Decimal(figure) != expected:
                told.append(f"{row['contestant']} {name}: {figure}, not {row[name]}")
    return told


def aspect_differences(published: list[Row], found: dict[str, Row]) -> list[str]:
    """Scores of aspects that are not the published ones; a protocol may print two of them as one sum, base1+E1."""
    told = []
    for row in published:
        ours = found[row["contestant"]]
        figure = sum(Decimal(ours[f"{row['part']}/{aspect}"]) for aspect in row["aspect"].split("+"))
        if figure != Decimal(row["score"]):
            told.append(f"{row['contestant']} {row['part']}/{row['aspect']}: {figure}, not {row['score']}")
    return told


def test_there_are_several_sports() -> None:
    assert len({event.split("_20")[0] for event in EVENTS}) >= 4


@pytest.mark.parametrize("event", EVENTS)
def test_every_published_figure_comes_out_exactly(event: str) -> None:
    published = rows_of(HERE / event / "published.csv")
    found = scored(HERE / event)
    assert found.keys() == {row["contestant"] for row in published}
    assert differences(published, found) == []
    assert aspect_differences(rows_of(HERE / event / "published_aspects.csv"), found) == []


@pytest.mark.parametrize("event", EVENTS)
def test_the_source_is_told(event: str) -> None:
    text = (HERE / event / "SOURCE.md").read_text("utf-8")
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## Source", "## Rule", "## Licence"]


def skating(tmp_path: Path, *changes: tuple[str, str]) -> dict[str, Row]:
    """The skaters by a scheme that was changed, from a pattern to a text each."""
    scheme = (SKATING / "scheme.toml").read_text("utf-8")
    for pattern, text in changes:
        scheme, count = re.subn(pattern, text, scheme)
        assert count
    changed = tmp_path / "scheme.toml"
    changed.write_text(scheme, "utf-8")
    return scored(SKATING, changed)


def test_the_protocol_prints_components_before_their_factor(tmp_path: Path) -> None:
    found = skating(tmp_path, (r"times = \[1\.67\]\n", ""))
    assert aspect_differences(rows_of(SKATING / "published_means.csv"), found) == []


def test_a_base_value_may_be_added_within_the_element(tmp_path: Path) -> None:
    base = (r'(code = "base\d"\nmethod = "given"\n)', r"\1counts = false\n")
    plus = (r'times = \["step(\d)"\]\n', r'times = ["step\1"]\nplus = "base\1"\n')
    assert differences(rows_of(SKATING / "published.csv"), skating(tmp_path, base, plus)) == []


def test_another_order_of_rounding_does_not_give_the_published_figures(tmp_path: Path) -> None:
    """Components added first and then multiplied once: 24.36 × 1.67 is 40.68, 13.54 + 13.89 + 13.24 is 40.67."""
    once = (r'code = "PCS"\n', 'code = "PCS"\ntimes = 1.67\ndigits = 2\n')
    told = differences(rows_of(SKATING / "published.csv"), skating(tmp_path, (r"times = \[1\.67\]\n", ""), once))
    assert "GRASSL PCS: 40.68, not 40.67" in told


def test_halves_go_up_in_the_protocol(tmp_path: Path) -> None:
    """7.50 × 1.67 is 12.525, published as a part of 12.41 + 12.53 + 12.53; to the even hundredth it is 12.52."""
    even = (r"digits = 2}", 'digits = 2, rounding = "half_even"}')
    told = differences(rows_of(SKATING / "published.csv"), skating(tmp_path, even))
    assert "HIWATASHI PCS: 37.45, not 37.47" in told
