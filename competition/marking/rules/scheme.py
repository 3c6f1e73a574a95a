"""A marking scheme as the scoring takes it: parts with their aspects, and what is wrong with them."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

import msgspec

from competition.exact import SCALE, Rounding, parse_decimal, plain
from competition.marking.rules.aggregate import FINEST_DIGITS, Aggregation
from competition.marking.rules.calculation import Calculation, calculation_problems
from competition.problems import N_, Problem

MethodWord = Literal["score", "judgement", "measurement", "given"]
SourceWord = Literal["panel", "import", "carry", "penalty", "bonus", "record"]

HIGHEST_JUDGEMENT = Decimal(3)
WIDEST_SPREAD = Decimal(1)
JUDGEMENT = Aggregation("mean")
MEASUREMENT = Aggregation("agreed")
WITHOUT_WEIGHT = ("penalty", "bonus", "record")


class Aspect(msgspec.Struct, frozen=True):
    """One thing every judge of the panel marks from `minimum` to `maximum` in steps of `step`.

    judgement: judges give 0–3, their mean over 3 times `maximum` is awarded; judges more than 1 apart have to mark
    again. measurement: what was measured goes through the `calculation`, a mark without one counts as it is; all judges
    have to agree. given: one figure by officials for each contestant, no judge. `aggregation` is the part's where it is
    None.

    The panel's figure is multiplied by each of `times` and `plus` is added: numbers, or codes of given aspects of the
    same part (a degree of difficulty, a base value); what reads as a number is one. It is rounded at `panel_digits`
    before it is multiplied, where they are set, and at `digits` before `plus` is added. An aspect that does not count
    is only referred to. An optional one that nobody marked at all (an attempt not made) is 0. `judges` is the part's
    where it is 0. Aspects of one `group` (the criteria of one attempt) are one figure where only the best count. The
    figure is never below `at_least` or above `at_most`.
    """

    code: str
    maximum: Decimal
    step: Decimal
    method: MethodWord = "score"
    minimum: Decimal = Decimal(0)
    calculation: Calculation | None = None
    aggregation: Aggregation | None = None
    times: tuple[str, ...] = ()
    plus: str = "0"
    panel_digits: int | None = None
    digits: int | None = None
    counts: bool = True
    optional: bool = False
    judges: int = 0
    group: str = ""
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    title: str = ""
    section: str = ""

    @property
    def highest(self) -> Decimal:
        """The highest a judge may enter."""
        return HIGHEST_JUDGEMENT if self.method == "judgement" else self.maximum

    @property
    def entry_step(self) -> Decimal:
        return Decimal(1) if self.method == "judgement" else self.step


class Part(msgspec.Struct, frozen=True):
    """A share of the total. `weight` is in percent. A part without aspects is marked as a whole, in its own `step`.

    `judges`: so many marks make a score, fewer are a missing mark; 0 leaves it to who marked. `best`: only so many of
    its aspects count, the highest; 0 counts all. Their sum, or with `combine` their mean, is multiplied by `times` and
    rounded half up at `digits`. Parts of one `criterion` are shown together.

    `combined_by` says what the aggregation combines: each aspect's marks, or what each judge gave in all aspects, so
    that a judge is dropped as a whole. A part with the source "record" (the time used) stands beside the marks: it is
    never in the total and only tells ties apart; `better` is its own.
    """

    code: str
    weight: Decimal
    maximum: Decimal
    aggregation: Aggregation | None = None
    source: SourceWord = "panel"
    kind: Literal["practice", "theory", "oral"] = "practice"
    step: Decimal = Decimal("0.01")
    aspects: tuple[Aspect, ...] = ()
    judges: int = 0
    best: int = 0
    combine: Literal["sum", "mean"] = "sum"
    times: Decimal = Decimal(1)
    digits: int = FINEST_DIGITS
    criterion: str = ""
    title: str = ""
    combined_by: Literal["aspect", "judge"] = "aspect"
    better: Literal["more", "less"] = "more"


class Scheme(msgspec.Struct, frozen=True):
    """The parts of one stage. The total is rounded once, half up, at `digits`.

    weighted: each part counts by its weight, out of 100. sum: parts are added as they are and have no weight.
    `practice_floor` (percent) only warns.
    """

    parts: tuple[Part, ...]
    digits: int = 2
    practice_floor: Decimal = Decimal(70)
    total: Literal["weighted", "sum"] = "weighted"
    rounding: Rounding = "half_up"
    title: str = ""


def number_in(text: str) -> Decimal | None:
    """What `times` or `plus` says where it is a number; None where it is a code."""
    try:
        return parse_decimal(text)
    except ValueError:
        return None


def marked_aspects(part: Part) -> tuple[Aspect, ...]:
    """What is marked: the aspects, or the part as a whole under its own code."""
    if part.aspects:
        return part.aspects
    method: MethodWord = "score" if part.source == "panel" else "given"
    return (Aspect(part.code, part.maximum, part.step, method),)


def attempts(part: Part) -> list[list[str]]:
    """Codes of the aspects that count, those of one group together, in order."""
    found: dict[tuple[str, str], list[str]] = {}
    for aspect in marked_aspects(part):
        if aspect.counts:
            found.setdefault(("group", aspect.group) if aspect.group else ("aspect", aspect.code), []).append(
                aspect.code
            )
    return list(found.values())


def adds_up(part: Part) -> bool:
    """Whether the most a part can come to is the sum of its aspects' maxima: nothing multiplies, adds or leaves out."""
    rules = [part.aggregation, *(aspect.aggregation for aspect in part.aspects)]
    figured = any(
        aspect.times or aspect.plus != "0" or aspect.at_least is not None or aspect.at_most is not None
        for aspect in part.aspects
    )
    summed = any(rule is not None and rule.kind == "sum" for rule in rules)
    return not part.best and part.times == 1 and part.combine == "sum" and not figured and not summed


def scheme_problems(scheme: Scheme) -> tuple[list[Problem], list[Problem]]:
    """(errors, warnings). A scheme with errors cannot be put to use."""
    errors = _repeated((part.code for part in scheme.parts), N_("评分部分代码 {code} 重复"))
    for part in scheme.parts:
        errors += _part_problems(part, weighted=scheme.total == "weighted")
    if scheme.parts and all(part.source in WITHOUT_WEIGHT for part in scheme.parts):
        errors.append(Problem(N_("没有计入总分的部分"), field="parts"))
    criteria = {part.criterion for part in scheme.parts}
    for part in scheme.parts:
        if part.source == "record" and part.code in criteria:
            text = N_("{code} 已是大项的代码，另行记录的部分须用别的代码")
            errors.append(Problem(text, field="code", params={"code": part.code}))
    if scheme.total == "weighted":
        whole = sum((part.weight for part in scheme.parts if part.source not in WITHOUT_WEIGHT), Decimal(0))
        if whole != 100:
            text = N_("各部分权重合计应为 100，现为 {sum}")
            errors.append(Problem(text, field="weight", params={"sum": plain(whole)}))
    if not 0 <= scheme.digits <= FINEST_DIGITS:
        errors.append(Problem(N_("小数位数应为 0–{most}"), field="digits", params={"most": FINEST_DIGITS}))
    return errors, _practice_warnings(scheme) if scheme.total == "weighted" else []


def _part_problems(part: Part, *, weighted: bool) -> list[Problem]:
    named = {"code": part.code, "maximum": plain(part.maximum)}
    own = (part.weight, part.times) if part.aspects else (part.weight, part.times, part.maximum)
    if any(each * SCALE % 1 for each in own):
        return [Problem(N_("{code} 的满分、权重最多四位小数"), field="maximum", params=named)]
    apart = part.source in WITHOUT_WEIGHT
    problems = []
    if not 0 <= part.digits <= FINEST_DIGITS:
        problems.append(Problem(N_("小数位数应为 0–{most}"), field="digits", params={"most": FINEST_DIGITS}))
    if weighted and not apart and part.weight <= 0:
        problems.append(Problem(N_("{code} 的权重须大于 0"), field="weight", params=named))
    unscored = any(aspect.method == "score" and aspect.aggregation is None for aspect in marked_aspects(part))
    if part.source == "panel" and part.aggregation is None and unscored:
        problems.append(Problem(N_("{code} 由裁判评分，须选定合成方法"), field="aggregation", params=named))
    if part.source != "panel" and (part.aggregation or part.aspects):
        problems.append(Problem(N_("{code} 的成绩为导入或沿用，不设裁判合成和评分项"), field="source", params=named))
    if part.source == "record" and part.weight:
        problems.append(Problem(N_("{code} 另行记录，不计分，不设权重"), field="weight", params=named))
    if part.source == "record" and part.criterion:
        problems.append(Problem(N_("{code} 另行记录，不归入大项"), field="criterion", params=named))
    if part.source != "record" and part.better == "less":
        text = N_("{code} 计入总分，总是多者优先；只有另行记录的部分可少者优先")
        problems.append(Problem(text, field="better", params=named))
    if part.combined_by == "judge":
        problems += _by_judge_problems(part)
    if weighted and part.source == "carry" and part.maximum != 100:
        problems.append(Problem(N_("{code} 沿用前一阶段总分，满分应为 100"), field="maximum", params=named))
    for aspect in marked_aspects(part):
        problems += _aspect_problems(aspect, part)
    problems += _repeated((aspect.code for aspect in part.aspects), N_("评分项代码 {code} 重复"))
    whole = sum((aspect.maximum for aspect in part.aspects if aspect.counts), Decimal(0))
    if weighted and part.aspects and adds_up(part) and whole != part.maximum:
        text = N_("{code} 各评分项满分合计 {sum}，与满分 {maximum} 不符")
        problems.append(Problem(text, field="maximum", params=named | {"sum": plain(whole)}))
    return problems


def _by_judge_problems(part: Part) -> list[Problem]:
    """A judge's marks can be added up only where each is a score of that judge and nothing else is in between."""
    named = {"code": part.code}
    problems = []
    if part.source != "panel" or part.aggregation is None or part.aggregation.kind == "agreed":
        text = N_("{code} 按裁判总分合成，须由裁判评分并选定去高去低、平均分、中位数或求和")
        problems.append(Problem(text, field="combined_by", params=named))
    if part.best or part.combine != "sum":
        problems.append(Problem(N_("{code} 按裁判总分合成，不能择优或取平均"), field="combined_by", params=named))
    for aspect in part.aspects:
        usual = Aspect(aspect.code, aspect.maximum, aspect.step, minimum=aspect.minimum)  # nothing of its own
        own = msgspec.structs.replace(aspect, times=(), title="", section="")
        if own != usual or any(number_in(each) is None for each in aspect.times):
            text = N_("{code} 按裁判总分合成，评分项只能按分值评分，可有一个固定系数")
            problems.append(Problem(text, field="combined_by", params=named))
            break
    return problems


def _aspect_problems(aspect: Aspect, part: Part) -> list[Problem]:
    named = {"code": aspect.code, "maximum": plain(aspect.maximum), "step": plain(aspect.step)}
    if any(each * SCALE % 1 for each in (aspect.maximum, aspect.minimum, aspect.step)):
        return [Problem(N_("{code} 的满分和步长最多四位小数，现为 {maximum} 和 {step}"), field="maximum", params=named)]
    if aspect.maximum <= aspect.minimum:
        if aspect.minimum:
            return [Problem(N_("{code} 的满分须大于最低分"), field="maximum", params=named)]
        return [Problem(N_("{code} 的满分须大于 0"), field="maximum", params=named)]
    if aspect.method == "judgement":
        return _references(aspect, part)
    if aspect.calculation is not None:
        found = calculation_problems(aspect.calculation, aspect.maximum)
        return [msgspec.structs.replace(problem, params=problem.params | named) for problem in found]
    if aspect.step <= 0:
        return [Problem(N_("{code} 的步长须大于 0"), field="step", params=named)]
    if (aspect.maximum - aspect.minimum) % aspect.step:
        return [Problem(N_("{code} 的步长 {step} 不能整除满分 {maximum}"), field="step", params=named)]
    return _references(aspect, part)


def _references(aspect: Aspect, part: Part) -> list[Problem]:
    """Codes that an aspect multiplies by or adds have to be given figures of its part."""
    known = {each.code for each in part.aspects if each.method == "given"}
    text = N_("{code} 引用的 {other} 不是本部分的给定值")
    return [
        Problem(text, field="times", params={"code": aspect.code, "other": other})
        for other in (*aspect.times, aspect.plus)
        if number_in(other) is None and other not in known
    ]


def _repeated(codes: Iterable[str], text: str) -> list[Problem]:
    return [Problem(text, field="code", params={"code": code}) for code, times in Counter(codes).items() if times > 1]


def _practice_warnings(scheme: Scheme) -> list[Problem]:
    """Practice is measured within the stage's own parts: what is carried over was weighed in its own stage."""
    own = [part for part in scheme.parts if part.source in ("panel", "import")]
    practice = sum((part.weight for part in own if part.kind == "practice"), Decimal(0))
    if practice * 100 >= scheme.practice_floor * sum((part.weight for part in own), Decimal(0)):
        return []
    shares = {"floor": plain(scheme.practice_floor), "practice": plain(practice)}
    return [Problem(N_("实操权重 {practice}，低于本阶段的 {floor} %"), field="weight", params=shares)]
