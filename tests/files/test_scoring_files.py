"""Scoring plain files: what a referee does with a scheme, a table of marks and no database."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from competition.cli import main
from competition.demo import milling_scheme
from competition.marking.cis_workbook import write_cis
from competition.marking.rules.aggregate import Aggregation
from competition.marking.rules.calculation import Band, Calculation, Choice
from competition.marking.rules.scheme import Aspect, Part, Scheme
from competition.marking.scheme_file import SchemeFile, read_scheme_file, write_scheme_file

SCHEME = """
title = "Cooking"
tie_breaks = ["P"]

[[parts]]
code = "T"
title = "Theory"
source = "import"
weight = 30
maximum = 100

[[parts]]
code = "P"
weight = 70
judges = 5
aggregation = {kind = "trimmed", drop_highest = 1, drop_lowest = 1, digits = 2}
[[parts.aspects]]
code = "taste"
maximum = 60
step = 0.5
[[parts.aspects]]
code = "look"
maximum = 40
step = 0.5
"""
MARKS = """contestant,aspect,J1,J2,J3,J4,J5
001,taste,50,51.5,52,49,55
001,look,30,31,32,33,34
001,T,80.5,,,,
002,taste,40,41,42,43,44
002,look,20,21,22,,24
002,T,90,,,,
"""


def run(folder: Path, scheme: str, marks: str | bytes, *more: str, **files: str) -> Result:
    (folder / "scheme.toml").write_text(scheme, "utf-8")
    (folder / "marks.csv").write_bytes(marks if isinstance(marks, bytes) else marks.encode())
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    arguments = ["score", "--scheme", str(folder / "scheme.toml"), "--marks", str(folder / "marks.csv"), *more]
    return CliRunner().invoke(main, arguments, env={"LANG": "en_GB.UTF-8", "LC_ALL": ""})


def lines(result: Result) -> dict[str, dict[str, str]]:
    assert result.exit_code == 0, result.output
    return {row["contestant"]: row for row in csv.DictReader(io.StringIO(result.stdout))}


def test_a_total_is_what_a_hand_calculation_gives(tmp_path: Path) -> None:
    found = lines(run(tmp_path, SCHEME, MARKS))
    # taste (50 + 51.5 + 52) / 3 = 51.17, look 32: 83.17; 30 % of 80.5 + 70 % of 83.17 = 82.369
    assert (found["001"]["part P"], found["001"]["total"], found["001"]["rank"]) == ("83.17", "82.37", "1")


def test_a_missing_mark_leaves_no_total_and_says_which(tmp_path: Path) -> None:
    result = run(tmp_path, SCHEME, MARKS)
    found = lines(result)
    assert (found["002"]["total"], found["002"]["rank"]) == ("", "")
    assert found["002"]["no total because"] == "P/look missing"
    assert "no total for 1: 002" in result.stderr


def test_a_zero_is_a_mark(tmp_path: Path) -> None:
    found = lines(run(tmp_path, SCHEME, MARKS.replace("20,21,22,,24", "20,21,22,0,24")))
    # look (20 + 21 + 22) / 3 = 21.00
    assert found["002"]["part P"] == "63.00"


def test_one_row_for_each_mark_says_the_same(tmp_path: Path) -> None:
    rows = ["contestant,part,aspect,judge,mark"]
    for row in csv.DictReader(io.StringIO(MARKS)):
        judges = [name for name in row if name.startswith("J") and row[name]]
        part = "T" if row["aspect"] == "T" else "P"
        rows += [f"{row['contestant']},{part},{row['aspect']},{judge},{row[judge]}" for judge in judges]
    assert run(tmp_path, SCHEME, "\n".join(rows)).stdout == run(tmp_path, SCHEME, MARKS).stdout


def test_chinese_headings_and_excels_encoding(tmp_path: Path) -> None:
    chinese = MARKS.replace("contestant,aspect", "选手,评分项").encode("gb18030")
    assert run(tmp_path, SCHEME, chinese).stdout == run(tmp_path, SCHEME, MARKS).stdout


def test_every_aspect_as_json(tmp_path: Path) -> None:
    text = run(tmp_path, SCHEME, MARKS, "--aspects", "--json").stdout
    assert '"P/taste": "51.17"' in text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("001,look,30", "001,look,41", "line 3, J1: 41 is not within 0–40"),
        ("001,look,30", "001,look,30.3", "line 3, J1: 30.3 is not in steps of 0.5"),
        ("001,look,30", "001,look,-1", "line 3, J1: -1 is not within 0–40"),
        ("001,look,30", "001,look,1e1", "line 3, J1: “1e1” is no mark"),
        ("001,look,30", "001,smell,30", "line 3, aspect: The scheme has no aspect smell"),
        ("001,look,30", ",look,30", "line 3, contestant: The contestant must not be blank"),
        ("002,look", "001,look", "line 6, aspect: The same as line 3"),
        ("80.5,,", "80.5,81,", "line 4, aspect: There is only one given figure"),
        ("contestant,aspect", "who,aspect", "line 1, heading: Line 1 lacks the columns: contestant"),
        ("50,51.5,52", "50,51,5,52", "line 2, heading: A value stands under no heading"),
        ("J1,J2", "J1,J1", "line 1, J1: 2 columns have the same heading"),
        ("contestant,aspect", "编号,contestant,aspect", "line 1, contestant: 2 columns have the same heading"),
        ("49,55\n", '49,55\n"', "line "),
    ],
)
def test_a_wrong_file_is_refused_at_its_line_and_column(tmp_path: Path, old: str, new: str, said: str) -> None:
    result = run(tmp_path, SCHEME, MARKS.replace(old, new))
    assert result.exit_code == 1
    assert said in result.stderr


def test_more_marks_than_judges_are_refused(tmp_path: Path) -> None:
    rows = [f"{line},9" if line[3:4] == "," else f"{line},sum" for line in MARKS.splitlines()]
    result = run(tmp_path, SCHEME, "\n".join(rows).replace("80.5,,,,,9", "80.5,,,,,").replace("90,,,,,9", "90,,,,,"))
    assert result.exit_code == 1
    assert "line 2, aspect: 6 marks, more than 5 judges" in result.stderr
    long = "contestant,aspect,judge,mark\n" + "".join(f"001,taste,{judge},50\n" for judge in "ABCDEF")
    assert "line 7, aspect: 6 marks, more than 5 judges" in run(tmp_path, SCHEME, long).stderr


def test_a_column_called_mark_leaves_no_judge_out(tmp_path: Path) -> None:
    result = run(tmp_path, SCHEME, MARKS.replace("J4,J5", "J4,mark"))
    assert result.exit_code == 1
    assert "unknown columns: J1, J2, J3, J4" in result.stderr


def test_line_ends_of_an_old_machine_are_line_ends(tmp_path: Path) -> None:
    assert lines(run(tmp_path, SCHEME, MARKS.replace("\n", "\r")))["001"]["total"] == "82.37"


def test_whoever_has_no_total_is_named_with_the_reason(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    asked = CONTESTANTS.replace("002,absent", "002,") + "003,\n004,absent\n"
    result = run(tmp_path, SCHEME, MARKS, "--contestants", str(people), people=asked)
    found = lines(result)
    assert (found["003"]["no total because"], found["004"]["no total because"]) == ("no marks", "absent")
    assert "no total for 2: 002, 003" in result.stderr


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    result = run(tmp_path, SCHEME, MARKS, "--out", str(tmp_path / "none" / "x.csv"))
    assert (result.exit_code, "No such file or directory" in result.stderr) == (1, True)


def test_coefficients_ask_for_the_maximum(tmp_path: Path) -> None:
    """Movements out of 10, the second twice: 8 + 2 × 7 of 30 is 73.33 %."""
    scheme = """
[[parts]]
code = "test"
weight = 100
maximum = 30
judges = 1
aggregation = {kind = "mean"}
[[parts.aspects]]
code = "walk"
maximum = 10
[[parts.aspects]]
code = "trot"
maximum = 10
times = 2
"""
    marks = "contestant,aspect,C\nA,walk,8\nA,trot,7\nB,walk,10\nB,trot,10\n"
    found = lines(run(tmp_path, scheme, marks))
    assert (found["A"]["total"], found["B"]["total"]) == ("73.33", "100.00")
    result = run(tmp_path, scheme.replace("maximum = 30\n", ""), marks)
    assert (result.exit_code, "the maximum is not their sum and has to be given" in result.stderr) == (1, True)


def test_all_errors_come_at_once(tmp_path: Path) -> None:
    result = run(tmp_path, SCHEME, MARKS.replace("50,51.5", "99,x"))
    assert [line[:12] for line in result.stderr.removeprefix("Error: ").splitlines()] == [
        "line 2, J1: ",
        "line 2, J2: ",
    ]


CONTESTANTS = "contestant,attendance\n001,present\n002,absent\n"


def test_marks_for_an_absent_contestant_are_refused(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    result = run(tmp_path, SCHEME, MARKS, "--contestants", str(people), people=CONTESTANTS)
    assert result.exit_code == 1
    assert "line 5, contestant: Contestant 002 did not take part and cannot have marks" in result.stderr
    fewer = "\n".join(MARKS.splitlines()[:4])
    found = lines(run(tmp_path, SCHEME, fewer, "--contestants", str(people), people=CONTESTANTS))
    assert (found["001"]["total"], found["002"]["total"]) == ("82.37", "")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weight = 70", "weight = 69.99", "The weights of the parts must sum to 100; now 99.99"),
        ('code = "look"', 'code = "taste"', "taste"),
        ("maximum = 60", "maximum = 24.749999999999993", "24.749999999999993"),
        ("step = 0.5", "stepp = 0.5", "parts[1].aspects[0].stepp"),
        ("maximum = 60", 'maximum = "many"', "maximum"),
        ('kind = "trimmed"', 'kind = "average"', "it can be: trimmed, mean, median, sum, agreed"),
        ('kind = "trimmed"', 'kind = "mean"', "P: mean drops nothing"),
        ("drop_highest = 1, drop_lowest = 1", "drop_highest = 0", "P: trimmed drops at least one mark"),
        ("drop_highest = 1, drop_lowest = 1", "drop_highest = 4, drop_lowest = 1", "P: of 5 judges nothing is left"),
        ('source = "import"', 'source = "record"\ncriterion = "P"', "T is recorded beside the marks and belongs to no"),
        ('tie_breaks = ["P"]', 'tie_breaks = ["X"]', "X"),
        ("weight = 30", "weight = ", "TOML"),
        ('tie_breaks = ["P"]', "tie_breaks = 5", "tie_breaks has to be a list of codes"),
        ('tie_breaks = ["P"]', 'lowest_wins = "true"', "lowest_wins has to be true or false"),
        ("maximum = 60", "maximum = inf", "parts[1].aspects[0].maximum is no usable number"),
        ("maximum = 60", "maximum = 1e400", "parts[1].aspects[0].maximum is no usable number"),
        ("weight = 30", "weight = nan", "parts[0].weight is no usable number"),
        ("judges = 5", "judges = 100000000000", "judges"),
        ("judges = 5", "judges = -1", "judges of P has to be within 0–1000"),
        ("judges = 5", "best = 3", "best of P has to be within 0–2"),
        ("digits = 2}", "digits = 5}", "aggregation.digits of P has to be within 0–4"),
        ("step = 0.5", "panel_digits = -1", "panel_digits of P has to be within 0–4"),
        ("step = 0.5", "times = true", "times"),
        (
            "step = 0.5",
            'calculation = {kind = "difference", target = 10, tolerance = 0.123456, interval = 1, deduction = 0.1}',
            "parts[1].aspects[0].calculation.tolerance",
        ),
    ],
)
def test_a_wrong_scheme_is_refused_by_its_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    result = run(tmp_path, SCHEME.replace(old, new, 1), MARKS)
    assert result.exit_code == 1
    assert said in result.stderr


def test_aspects_without_a_part_above_them_are_refused(tmp_path: Path) -> None:
    result = run(tmp_path, '[[parts.aspects]]\ncode = "taste"\nmaximum = 60\n', MARKS)
    assert (result.exit_code, result.stderr) == (1, "Error: parts is written as [[parts]]\n")


def test_a_panel_of_two_that_drops_two_makes_no_score(tmp_path: Path) -> None:
    two = SCHEME.replace("judges = 5", "judges = 2")
    marks = "contestant,aspect,J1,J2\n001,taste,50,51\n001,look,30,31\n001,T,80,\n"
    assert "P: of 2 judges nothing is left when 2 are dropped" in run(tmp_path, two, marks).stderr
    unsaid = SCHEME.replace("judges = 5\n", "")
    assert lines(run(tmp_path, unsaid, marks))["001"]["no total because"] == "P/taste short; P/look short"


def test_ties_go_by_the_tie_breaks_and_stay_shared_without(tmp_path: Path) -> None:
    scheme = """
tie_breaks = ["B"]
[[parts]]
code = "A"
source = "import"
weight = 50
[[parts]]
code = "B"
source = "import"
weight = 50
"""
    marks = "contestant,aspect,mark\nx,A,60\nx,B,80\ny,A,80\ny,B,60\nz,A,70\nz,B,70\n"
    found = lines(run(tmp_path, scheme, marks))
    assert [found[name]["rank"] for name in "xzy"] == ["1", "2", "3"]
    shared = lines(run(tmp_path, scheme.replace('tie_breaks = ["B"]', ""), marks))
    assert [shared[name]["rank"] for name in "xyz"] == ["1", "1", "1"]


def test_a_cis_workbook_is_a_scheme_too(tmp_path: Path) -> None:
    (tmp_path / "scheme.xlsx").write_bytes(write_cis(milling_scheme.SCHEME))
    rows = ["contestant,part,aspect,J1,J2,J3"]
    for part in milling_scheme.SCHEME.parts:
        for aspect in part.aspects:
            measured = "1" if aspect.calculation and aspect.calculation.kind in ("choice", "pass_fail") else "6"
            value = "3" if part.method == "judgement" else measured
            rows.append(f"001,{part.code},{aspect.code},{value},{value},{value}")
    # D1.02 has 5 items, so 6 are too many; said at its line
    (tmp_path / "marks.csv").write_text("\n".join(rows), "utf-8")
    arguments = ["score", "--scheme", str(tmp_path / "scheme.xlsx"), "--marks", str(tmp_path / "marks.csv")]
    result = CliRunner().invoke(main, arguments, env={"LANG": "en_GB.UTF-8"})
    assert "A whole number from 0 to 5" in result.stderr
    (tmp_path / "marks.csv").write_text("\n".join(rows).replace("D1.02,6,6,6", "D1.02,5,5,5"), "utf-8")
    found = lines(CliRunner().invoke(main, arguments, env={"LANG": "en_GB.UTF-8"}))
    # holes 12; B1 5 + 5 + 6/10 × 5; judgements 10 + 10 + 5; D1 5 + 10; no length and no distance in range
    assert found["001"]["total"] == "65.00"


def test_a_wrong_cis_workbook_is_refused_at_its_cell(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_cis(milling_scheme.SCHEME)))
    sheet = book.worksheets[0]
    row = next(row for row in range(1, sheet.max_row) if sheet.cell(row, 5).value == "去毛刺")
    sheet.cell(row, 11).value = "many"
    book.save(tmp_path / "scheme.xlsx")
    (tmp_path / "marks.csv").write_text("contestant,aspect,J1\n", "utf-8")
    arguments = ["score", "--scheme", str(tmp_path / "scheme.xlsx"), "--marks", str(tmp_path / "marks.csv")]
    result = CliRunner().invoke(main, arguments, env={"LANG": "en_GB.UTF-8"})
    assert f"line {row}, CIS Marking Scheme Import!K" in result.stderr


def test_the_lowest_total_wins_where_the_scheme_says_so(tmp_path: Path) -> None:
    scheme = 'lowest_wins = true\ntotal = "sum"\n[[parts]]\ncode = "time"\nsource = "import"\nmaximum = 900\n'
    found = lines(run(tmp_path, scheme, "contestant,aspect,mark\nx,time,61.2\ny,time,58.07\n"))
    assert [found[name]["rank"] for name in "yx"] == ["1", "2"]


SCHEMES = st.builds(
    Scheme,
    parts=st.just(
        (
            Part("T", Decimal(30), Decimal(100), source="import"),
            Part(
                "P", Decimal(70), Decimal(7), Aggregation("trimmed", 2, 1, 3, "half_even"), judges=5, criterion="A",
                title='A "quoted" \\ 名称', aspects=(
                    Aspect("1", Decimal("2.5"), Decimal("0.25"), minimum=Decimal(-1), title="甲\n乙"),
                    Aspect("2", Decimal("4.5"), Decimal("0.5"), aggregation=Aggregation("median"), section="3"),
                ),
            ),
        )
    ),
    digits=st.integers(0, 4),
    rounding=st.sampled_from(["half_up", "half_even", "down", "up"]),
    title=st.text(alphabet=st.characters(exclude_categories=("Cs",))),
)  # fmt: skip


@given(SCHEMES)
def test_a_scheme_file_reads_back_as_it_was_written(scheme: Scheme) -> None:
    file = SchemeFile(scheme, ("P", "T"))
    assert read_scheme_file(write_scheme_file(file)) == file


def test_calculations_read_back_as_they_were_written() -> None:
    calculations = [
        Calculation("pass_fail"),
        Calculation("completed", total=8),
        Calculation("choice", "percent", choices=(Choice("good"), Choice("bad", Decimal("12.5")))),
        Calculation("ranged", bands=(Band(Decimal("9.95"), Decimal("10.05"), Decimal(1)),)),
        Calculation(
            "difference", target=Decimal(100), tolerance=Decimal("0.5"), interval=Decimal(1), deduction=Decimal("0.2")
        ),
    ]
    aspects = tuple(
        Aspect(f"m{place}", Decimal(2), Decimal(2), "measurement", calculation=each)
        for place, each in enumerate(calculations)
    )
    scheme = Scheme((Part("M", Decimal(100), Decimal(10), aspects=aspects),))
    assert read_scheme_file(write_scheme_file(SchemeFile(scheme))).scheme == scheme


BY_JUDGE = """
total = "sum"
tie_breaks = ["time", "song/tone"]

[[parts]]
code = "song"
aggregation = {kind = "trimmed", drop_highest = 1, drop_lowest = 1, digits = 2}
combined_by = "judge"
[[parts.aspects]]
code = "tone"
maximum = 60
step = 1
[[parts.aspects]]
code = "stage"
maximum = 40
step = 1

[[parts]]
code = "time"
source = "record"
better = "less"
"""
SUNG = """contestant,aspect,J1,J2,J3,J4,J5
01,tone,50,40,45,44,46
01,stage,30,38,35,36,20
01,time,305.5,,,,
02,tone,46,44,45,40,50
02,stage,20,36,35,38,30
02,time,298,,,,
"""


def test_a_judge_is_dropped_as_a_whole_and_the_shorter_time_wins_a_tie(tmp_path: Path) -> None:
    first, second = list(lines(run(tmp_path, BY_JUDGE, SUNG)).values())
    # sums 80, 78, 80, 80, 66: (80 + 78 + 80) / 3; both the same, 02 was quicker
    assert (first["contestant"], first["rank"], first["total"]) == ("02", "1", "79.33")
    assert (second["contestant"], second["rank"], second["total"]) == ("01", "2", "79.33")
    assert (second["part time"], second["no total because"]) == ("305.50", "")


def test_rows_for_each_mark_add_up_by_judge_in_any_order(tmp_path: Path) -> None:
    rows = ["contestant,part,aspect,judge,mark"]
    marks = {"tone": (50, 40, 45, 44, 46), "stage": (30, 38, 35, 36, 20)}
    rows += [f"01,song,tone,J{number},{mark}" for number, mark in enumerate(marks["tone"], 1)]
    rows += [f"01,song,stage,J{number},{mark}" for number, mark in reversed([*enumerate(marks["stage"], 1)])]
    [row] = list(lines(run(tmp_path, BY_JUDGE, "\n".join(rows))).values())
    assert row["total"] == "79.33"


def test_judges_who_left_different_aspects_blank_make_no_sum(tmp_path: Path) -> None:
    """Four marks in each aspect, and only three judges with both."""
    rows = ["contestant,part,aspect,judge,mark"]
    rows += [f"01,song,tone,{judge},40" for judge in ("J1", "J2", "J3", "J4")]
    rows += [f"01,song,stage,{judge},30" for judge in ("J1", "J2", "J3", "J5")]
    [row] = list(lines(run(tmp_path, BY_JUDGE, "\n".join(rows))).values())
    assert (row["total"], row["no total because"]) == ("", "song/tone missing; song/stage missing")


def test_a_blank_of_a_judge_whom_others_have_makes_no_sum(tmp_path: Path) -> None:
    scheme = BY_JUDGE.replace('kind = "trimmed", drop_highest = 1, drop_lowest = 1', 'kind = "mean"')
    marks = "contestant,aspect,J1,J2,J3\n1,tone,40,40,40\n1,stage,40,40,40\n2,tone,60,60,\n2,stage,40,40,\n"
    found = lines(run(tmp_path, scheme, marks))
    assert (found["1"]["total"], found["1"]["rank"]) == ("80.00", "1")
    assert (found["2"]["total"], found["2"]["no total because"]) == ("", "song/tone missing; song/stage missing")


def test_a_penalty_where_the_lowest_total_wins_is_refused(tmp_path: Path) -> None:
    scheme = BY_JUDGE.replace('source = "record"', 'source = "penalty"').replace('better = "less"\n', "")
    assert "time: where the lowest total wins, a deduction would help" in run(
        tmp_path, "lowest_wins = true\n" + scheme.replace('"time", ', ""), SUNG
    ).stderr  # fmt: skip


def test_a_scheme_in_which_nothing_counts_is_refused(tmp_path: Path) -> None:
    scheme = 'total = "sum"\n[[parts]]\ncode = "time"\nsource = "record"\n'
    assert "No part counts in the total" in run(tmp_path, scheme, SUNG).stderr


def test_a_time_nobody_took_leaves_the_tie(tmp_path: Path) -> None:
    found = list(lines(run(tmp_path, BY_JUDGE, SUNG.replace("02,time,298,,,,\n", ""))).values())
    assert [row["rank"] for row in found] == ["1", "1"]


PAIR = """
total = "sum"
tie_breaks = ["dive/*"]

[[parts]]
code = "dive"
aggregation = {kind = "sum"}
[[parts.aspects]]
code = "execution"
maximum = 10
step = 0.5
judges = 2
aggregation = {kind = "mean"}
[[parts.aspects]]
code = "together"
maximum = 10
step = 0.5
judges = 3
aggregation = {kind = "median"}
[[parts.aspects]]
code = "deduction"
method = "given"
maximum = 5
times = [-1]
"""


def test_aspects_of_one_part_may_have_panels_of_their_own(tmp_path: Path) -> None:
    marks = """contestant,aspect,E1,E2,S1,S2,S3
1,execution,8,7,,,
1,together,,,9,6,8.5
1,deduction,1.5,,,,
2,execution,8,,,,
2,together,,,9,6,8.5
2,deduction,0,,,,
"""
    first, second = list(lines(run(tmp_path, PAIR, marks)).values())
    assert (first["total"], first["part dive"]) == ("14.50", "14.50")  # 7.5 + 8.5 − 1.5
    assert (second["total"], second["no total because"]) == ("", "dive/execution missing")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('tie_breaks = ["time", "song/tone"]', 'tie_breaks = ["song/ton"]', "song/ton is neither a part of the scheme"),
        ('code = "stage"', 'code = "stage"\nmethod = "judgement"', "add up what each judge gives"),
        ('combined_by = "judge"', 'combined_by = "judge"\nbest = 1', "cannot count the best only"),
        ('better = "less"', 'better = "less"\nweight = 10', "has no weight"),
        ('combined_by = "judge"', 'combined_by = "judge"\nbetter = "less"', "more is always better"),
    ],
)
def test_what_cannot_be_added_up_or_told_apart_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in BY_JUDGE
    result = run(tmp_path, BY_JUDGE.replace(old, new), SUNG)
    assert result.exit_code != 0
    assert said in result.output
