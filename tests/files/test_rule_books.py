"""Rules of sports that the scheme file has to express, each with marks that a human can add up."""

from pathlib import Path

from tests.files.test_scoring_files import lines, run

# World Aquatics, synchronised diving: of three execution judges a diver one counts, of five for synchronisation three;
# their sum × degree of difficulty × 0.6.
SYNCHRONISED = """
total = "sum"
[[parts]]
code = "dive1"
times = 0.6
digits = 2
aggregation = {kind = "sum", drop_highest = 1, drop_lowest = 1}
aspects = [
  {code = "A", maximum = 10, step = 0.5, judges = 3, times = ["dd"]},
  {code = "B", maximum = 10, step = 0.5, judges = 3, times = ["dd"]},
  {code = "S", maximum = 10, step = 0.5, judges = 5, times = ["dd"]},
  {code = "dd", method = "given", maximum = 5, counts = false},
]
"""


def test_synchronised_diving_has_three_panels_in_one_dive(tmp_path: Path) -> None:
    marks = """contestant,aspect,A1,A2,A3,B1,B2,B3,S1,S2,S3,S4,S5
1,A,8,8.5,7.5,,,,,,,,
1,B,,,,8,8,9,,,,,
1,S,,,,,,,9,8.5,9,9.5,8
1,dd,3.1,,,,,,,,,,
2,A,8,8.5,7.5,,,,,,,,
2,B,,,,8,8,,,,,,
2,S,,,,,,,9,8.5,9,9.5,8
2,dd,3.1,,,,,,,,,,
"""
    found = lines(run(tmp_path, SYNCHRONISED, marks))
    assert found["1"]["total"] == "79.05"  # (8 + 8 + 8.5 + 9 + 9) × 3.1 × 0.6
    assert found["2"]["no total because"] == "dive1/B missing"


# Artistic gymnastics: D and 10 less the mean deduction of the judges in the middle, less neutral deductions; of equal
# scores the better execution is first.
VAULT = """
total = "sum"
digits = 3
tie_breaks = ["vault/E"]
[[parts]]
code = "vault"
digits = 3
judges = 5
aggregation = {kind = "trimmed", drop_highest = 1, drop_lowest = 1, digits = 3}
aspects = [
  {code = "D", method = "given", maximum = 10},
  {code = "E", maximum = 10, step = 0.1, times = [-1], plus = 10},
  {code = "ND", method = "given", maximum = 5, times = [-1]},
]
"""


def test_a_vault_is_difficulty_and_execution_less_deductions(tmp_path: Path) -> None:
    marks = """contestant,aspect,E1,E2,E3,E4,E5
A,D,5.6,,,,
A,E,0.9,1.0,1.1,0.8,1.3
A,ND,0.1,,,,
B,D,5.4,,,,
B,E,0.8,0.8,0.8,0.7,1.3
B,ND,0.1,,,,
C,D,5.4,,,,
C,E,0.8,0.8,0.9,0.7,1.3
C,ND,0,,,,
"""
    found = lines(run(tmp_path, VAULT, marks))
    # A 5.6 + 9.0 − 0.1, B 5.4 + 9.2 − 0.1; C 5.4 + 10 − 2.5 / 3
    totals = {name: (row["rank"], row["total"]) for name, row in found.items()}
    assert totals == {"C": ("1", "14.567"), "B": ("2", "14.500"), "A": ("3", "14.500")}


# Surfing: five judges without the highest and the lowest, the two best waves; equal heats go by the best wave.
SURFING = """
total = "sum"
tie_breaks = ["waves/*"]
[[parts]]
code = "waves"
best = 2
judges = 5
aggregation = {kind = "trimmed", drop_highest = 1, drop_lowest = 1}
aspects = [
  {code = "1", maximum = 10, step = 0.1},
  {code = "2", maximum = 10, step = 0.1, optional = true},
  {code = "3", maximum = 10, step = 0.1, optional = true},
]
"""


def test_a_heat_is_the_two_best_waves_and_a_tie_goes_to_the_best_one(tmp_path: Path) -> None:
    marks = """contestant,aspect,J1,J2,J3,J4,J5
red,1,7,7,7,7.5,6
red,2,6,6,6,9,5
blue,1,5,5,5,5,5
blue,2,1,1,1,1,1
blue,3,8,8,8,8.4,7
"""
    found = lines(run(tmp_path, SURFING, marks))
    assert {name: (row["rank"], row["total"]) for name, row in found.items()} == {
        "blue": ("1", "13.00"), "red": ("2", "13.00"),
    }  # fmt: skip


# Kansas City Barbeque Society, judging procedures of 2004: six judges, appearance .5714, taste 2.2858, tenderness
# 1.1428; the judge with the lowest weighted sum is dropped.
BARBECUE = """
total = "sum"
digits = 4
[[parts]]
code = "chicken"
judges = 6
combined_by = "judge"
aggregation = {kind = "sum", drop_lowest = 1, digits = 4}
aspects = [
  {code = "appearance", minimum = 2, maximum = 9, step = 1, times = [0.5714]},
  {code = "taste", minimum = 2, maximum = 9, step = 1, times = [2.2858]},
  {code = "tenderness", minimum = 2, maximum = 9, step = 1, times = [1.1428]},
]
"""


def test_the_judge_with_the_lowest_weighted_sum_is_dropped(tmp_path: Path) -> None:
    marks = """contestant,aspect,J1,J2,J3,J4,J5,J6
1,appearance,9,9,9,9,9,2
1,taste,9,9,9,9,5,9
1,tenderness,9,9,9,9,9,9
"""
    [row] = lines(run(tmp_path, BARBECUE, marks)).values()
    # 4 × 36 + J6 = 2 × .5714 + 9 × 3.4286 = 32.0002; J5 = 9 × 1.7142 + 5 × 2.2858 = 26.8568 goes, not the lowest mark
    assert row["total"] == "176.0002"


def test_a_tie_goes_by_the_taste_of_the_judges_who_count(tmp_path: Path) -> None:
    """Procedures of 2004, 4: of equal totals the higher cumulative taste of the five counted judges is first."""
    sheet = BARBECUE.replace('total = "sum"', 'total = "sum"\ntie_breaks = ["chicken/taste"]').replace("0.5714", "1")
    sheet = sheet.replace("2.2858", "1").replace("1.1428", "1")
    marks = """contestant,aspect,J1,J2,J3,J4,J5,J6
1,appearance,9,9,9,9,9,2
1,taste,8,9,9,9,9,9
1,tenderness,9,9,9,9,9,2
2,appearance,8,9,9,9,9,2
2,taste,9,9,9,9,9,2
2,tenderness,9,9,9,9,9,2
"""
    found = lines(run(tmp_path, sheet, marks))
    # both 134; of all six judges 1 has more taste (53 to 47), of the five who count 2 has (45 to 44)
    assert {name: (row["rank"], row["total"]) for name, row in found.items()} == {
        "2": ("1", "134.0000"), "1": ("2", "134.0000"),
    }  # fmt: skip


# Two attempts of two criteria each, the better attempt counts; a time turned into points between 0 and 20.
ATTEMPTS = """
total = "sum"
tie_breaks = ["runs/*"]
[[parts]]
code = "runs"
best = 1
aggregation = {kind = "mean"}
aspects = [
  {code = "1a", maximum = 10, step = 0.5, group = "first"},
  {code = "1b", maximum = 10, step = 0.5, group = "first"},
  {code = "2a", maximum = 10, step = 0.5, group = "second"},
  {code = "2b", maximum = 10, step = 0.5, group = "second"},
]
[[parts]]
code = "speed"
aspects = [{code = "t", method = "given", maximum = 100, times = [-2], plus = 48, at_least = 0, at_most = 20}]
"""


def test_the_better_of_two_attempts_counts_as_a_whole(tmp_path: Path) -> None:
    marks = """contestant,aspect,J1,J2
x,1a,9,9
x,1b,3,3
x,2a,7,7
x,2b,6,6
x,t,30,
y,1a,8,8
y,1b,5,5
y,2a,8,8
y,2b,4.5,4.5
y,t,24.5,
z,1a,1,1
z,1b,1,1
z,2a,1,1
z,2b,1,1
z,t,10,
"""
    found = lines(run(tmp_path, ATTEMPTS, marks))
    # x 13 (not 9 + 7) and 48 − 60 under 0; y 13 and 12.5 behind it, x 12; z 48 − 20 over 20
    assert {name: (row["rank"], row["total"]) for name, row in found.items()} == {
        "z": ("1", "22.00"), "x": ("3", "13.00"), "y": ("2", "13.00"),
    }  # fmt: skip
