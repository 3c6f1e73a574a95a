"""How far a scheme is: what can never be saved, and what is only not finished and keeps it from the draw."""

from collections.abc import Iterable, Iterator

import msgspec

from competition.exact import plain
from competition.marking.kinds import PartSource
from competition.marking.scheme_drafts import SchemeDraft, scheme_problems
from competition.problems import N_, Problem

# A scheme of two hundred aspects is written form by form and does not add up before the last one.
UNFINISHED = frozenset(
    {
        N_("各部分权重合计应为 100，现为 {sum}"),
        N_("{code} 各评分项满分合计 {sum}，与满分 {maximum} 不符"),
        N_("{code} 由裁判评分，至少设一个评分项"),
        N_("{code} 缺 {score} 分的说明；评判项四档都须写明"),
        N_("职业标准各部分合计应为 100，现为 {sum}"),
        N_("{code} 未对应职业标准部分"),
        N_("{code} 的职业标准部分“{section}”不在表中"),
        N_("没有代码为 {code} 的评分标准大项"),
    }
)


class SchemeCheck(msgspec.Struct, frozen=True):
    """`wrong` is never saved; `unfinished` may be saved form by form and blocks the draw; `warnings` block nothing."""

    wrong: tuple[Problem, ...]
    unfinished: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return self.wrong + self.unfinished


def check_scheme(draft: SchemeDraft) -> SchemeCheck:
    errors, warnings = scheme_problems(draft)
    return SchemeCheck(
        wrong=tuple(problem for problem in errors if problem.text not in UNFINISHED),
        unfinished=tuple(unfinished(errors)),
        warnings=(*warnings, *_weighted(draft)),
    )


def _weighted(draft: SchemeDraft) -> Iterator[Problem]:
    """A mark of a WorldSkills form is a mark of the total; another weight may be meant, and seldom is."""
    for place, part in enumerate(draft.parts):
        if part.criterion and part.source == PartSource.PANEL and part.weight != part.maximum:
            params = {"code": part.code, "maximum": plain(part.maximum), "weight": plain(part.weight)}
            text = N_("{code} 满分 {maximum}，权重 {weight}：分值按比例折算")
            yield Problem(text, field=f"part-{place}-weight", params=params)


def unfinished(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.text in UNFINISHED]
