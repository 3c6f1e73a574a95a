"""A marking scheme as somebody writes it, and what is wrong with it."""

from decimal import Decimal
from typing import Literal, cast

import msgspec

from competition.marking.kinds import PartSource
from competition.marking.rules import totals
from competition.marking.rules.aggregate import Aggregation
from competition.problems import N_, Problem

HUNDREDTHS = 100  # weights are stored in 1/100 percent


class AspectDraft(msgspec.Struct, frozen=True):
    code: str
    title: str
    maximum: Decimal
    step: Decimal
    title_en: str = ""


class PartDraft(msgspec.Struct, frozen=True):
    """`weight` in percent. A part of the source "panel" needs a way of aggregation and aspects."""

    code: str
    name: str
    source: str
    weight: Decimal
    maximum: Decimal
    name_en: str = ""
    aggregation: str = ""
    drop_highest: int = 0
    drop_lowest: int = 0
    digits: int = 2
    aspects: tuple[AspectDraft, ...] = ()


class SchemeDraft(msgspec.Struct, frozen=True):
    parts: tuple[PartDraft, ...]


def scheme_problems(draft: SchemeDraft) -> tuple[list[Problem], list[Problem]]:
    """(errors, warnings); a field is "parts", "part-0-weight" or "part-0-aspect-1-step"."""
    errors: list[Problem] = []
    if not draft.parts:
        errors.append(Problem(N_("至少设一个评分部分"), field="parts"))
    for place, part in enumerate(draft.parts):
        errors += _part_problems(place, part)
    if errors:
        return errors, []
    found, warnings = totals.scheme_problems(totals.Scheme(parts=tuple(_rule(part) for part in draft.parts)))
    return [_at_field(problem, draft) for problem in found], warnings


def _part_problems(place: int, part: PartDraft) -> list[Problem]:
    at = f"part-{place}-"
    problems = []
    if not part.code or not part.name:
        problems.append(Problem(N_("代码和名称必填"), field=at + ("name" if part.code else "code")))
    if part.weight * HUNDREDTHS % 1:
        problems.append(Problem(N_("权重最多两位小数"), field=at + "weight"))
    if part.source == PartSource.PANEL and not part.aspects:
        problems.append(
            Problem(N_("{code} 由裁判评分，至少设一个评分项"), field=at + "aspects", params={"code": part.code})
        )
    for number, aspect in enumerate(part.aspects):
        if not aspect.code or not aspect.title:
            field = f"{at}aspect-{number}-{'title' if aspect.code else 'code'}"
            problems.append(Problem(N_("评分项的代码和名称必填"), field=field))
    if part.source == PartSource.PANEL and part.aggregation:
        problems += _drop_problems(at, part)
    return problems


def _drop_problems(at: str, part: PartDraft) -> list[Problem]:
    """What is wrong with the drops whatever the size of the panel."""
    if min(part.drop_highest, part.drop_lowest) < 0:
        return [Problem(N_("去掉的分数个数不能为负"), field=at + "drop_highest")]
    dropped = part.drop_highest + part.drop_lowest
    if part.aggregation == "trimmed" and not dropped:
        return [Problem(N_("去高去低至少去掉 1 个分数；不去分请选平均分"), field=at + "drop_highest")]
    if part.aggregation != "trimmed" and dropped:
        return [Problem(N_("平均分和中位数不去分；去掉高低分须选去高去低"), field=at + "aggregation")]
    return []


def _at_field(problem: Problem, draft: SchemeDraft) -> Problem:
    """The rule names a part or an aspect by its code; the form knows them by their place."""
    code = problem.params.get("code")
    for place, part in enumerate(draft.parts):
        if part.code == code:
            return msgspec.structs.replace(problem, field=f"part-{place}-{problem.field}")
        for number, aspect in enumerate(part.aspects):
            if aspect.code == code:
                return msgspec.structs.replace(problem, field=f"part-{place}-aspect-{number}-{problem.field}")
    return msgspec.structs.replace(problem, field="parts")


def part_kind(source: str) -> Literal["practice", "theory"]:
    return "theory" if source == PartSource.IMPORT else "practice"


def _rule(part: PartDraft) -> totals.Part:
    return totals.Part(
        code=part.code, weight=part.weight, maximum=part.maximum, aggregation=_aggregation(part),
        source=cast(Literal["panel", "import", "carry"], part.source), kind=part_kind(part.source),
        aspects=tuple(totals.Aspect(aspect.code, aspect.maximum, aspect.step) for aspect in part.aspects),
    )  # fmt: skip


def _aggregation(part: PartDraft) -> Aggregation | None:
    if not part.aggregation:
        return None
    kind = cast(Literal["trimmed", "mean", "median"], part.aggregation)
    return Aggregation(kind, part.drop_highest, part.drop_lowest, part.digits)
