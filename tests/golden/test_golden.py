"""Scoring cases that a human scorer can check on paper, each with the rule it rests on.

A case may name wrong rules with the answers they would give. Those are computed too, so that the case is known to tell
the right rule from each of them.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.golden.golden_subjects import SUBJECTS, answer, shown
from tests.golden.golden_wrong import WRONG


class ExactLoader(yaml.SafeLoader):
    """YAML without binary floats: 8.10 stays 8.10."""


ExactLoader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(node.value))


def _cases() -> list[Any]:
    cases = []
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        file = yaml.load(path.read_text(encoding="utf-8"), ExactLoader)
        for case in file["cases"]:
            case["given"]["file"] = file
            cases.append(pytest.param(file["subject"], case, id=f"{path.stem}: {case['case']}"))
    return cases


CASES = _cases()


@pytest.mark.parametrize(("subject", "case"), CASES)
def test_the_rule_gives_the_answer_on_paper(subject: str, case: dict[str, Any]) -> None:
    assert case["rule"]
    assert answer(SUBJECTS[subject], case["given"]) == shown(case["expect"])


@pytest.mark.parametrize(("subject", "case"), [case for case in CASES if "wrong" in case.values[1]])
def test_the_case_tells_the_wrong_rules_apart(subject: str, case: dict[str, Any]) -> None:
    wrong = {name: answer(WRONG[subject, name], case["given"]) for name in case["wrong"]}
    assert wrong == shown(case["wrong"])
    assert shown(case["expect"]) not in wrong.values()


def test_every_wrong_rule_is_told_apart_by_some_case() -> None:
    named = {(case.values[0], name) for case in CASES for name in case.values[1].get("wrong", {})}
    assert named == set(WRONG)
