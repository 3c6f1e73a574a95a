"""A marking scheme as a plain TOML file, for scoring without a database; the README documents the format."""

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, get_args, get_type_hints

import msgspec

from competition.exact import plain
from competition.marking.rules.aggregate import FINEST_DIGITS, drop_fault
from competition.marking.rules.scheme import Part, Scheme, adds_up, attempts, scheme_problems
from competition.marking.rules.tie_breaks import tie_break_problems
from competition.problems import N_, Problem, Refused

Table = dict[str, Any]

FINEST = Decimal("0.0001")
GREATEST = 10**9
MOST_JUDGES = 1000
MOST_RECORDED = 1_000_000  # unless the part says less: a time in seconds, a weight in grams


class SchemeFile(msgspec.Struct, frozen=True):
    """A scheme with how it is ranked: `tie_breaks` as in rules/tie_breaks.py, the more the better, like the total; or
    the less the better in all of them but the recorded parts, which have their own way."""

    scheme: Scheme
    tie_breaks: tuple[str, ...] = ()
    lowest_wins: bool = False


def read_scheme_file(text: str) -> SchemeFile:
    """Raises Refused with everything that is wrong, by the key it is at."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Refused(Problem(N_("评分标准文件不是有效的 TOML：{detail}"), params={"detail": str(error)})) from error
    if problems := [*_shape_problems(data), *_number_problems(data, "")]:
        raise Refused(*problems)
    tie_breaks = tuple(data.pop("tie_breaks", ()))
    lowest_wins = data.pop("lowest_wins", False)
    if unknown := list(_unknown_keys(data, Scheme, "")):
        text_ = N_("评分标准文件有不认识的项：{keys}")
        raise Refused(*[Problem(text_, field=key, params={"keys": key}) for key in unknown])
    try:
        scheme = msgspec.convert(_filled(data), Scheme)
    except msgspec.ValidationError as error:
        raise Refused(_type_problem(str(error))) from error
    errors, _warnings = scheme_problems(scheme)
    errors += _limit_problems(scheme, data)
    errors += tie_break_problems(tie_breaks, scheme)
    if lowest_wins:
        text_ = N_('{code}：总分低者优先时，扣分会使名次更好；改为 source = "bonus" 计入总分')
        errors += [
            Problem(text_, field="source", params={"code": part.code})
            for part in scheme.parts
            if part.source == "penalty"
        ]
    if errors:
        raise Refused(*errors)
    return SchemeFile(scheme, tie_breaks, lowest_wins)


def _type_problem(said: str) -> Problem:
    """What msgspec says is wrong, and with a word of a fixed list the words there are."""
    found = re.search(r"Invalid enum value .* at `\$\.(.*)`", said)
    hint: Any = Scheme
    for name in re.sub(r"\[[^]]*\]", "", found[1]).split(".") if found else ():
        struct = next(_structs(hint), None)
        hint = get_type_hints(struct).get(name) if struct is not None else None
    words = [str(word) for word in get_args(hint)] if found else []
    if not words:
        return Problem(N_("评分标准文件有误：{detail}"), params={"detail": said})
    return Problem(N_("评分标准文件有误：{detail}；可用：{words}"), params={"detail": said, "words": words})


def _shape_problems(data: Table) -> Iterator[Problem]:
    """What is no table of tables where one is asked for would be left out in silence."""
    tie_breaks, parts = data.get("tie_breaks", []), data.get("parts", [])
    if not isinstance(tie_breaks, list) or not all(isinstance(code, str) for code in tie_breaks):
        yield Problem(N_("{key} 须为代码的列表，如 {example}"), params={"key": "tie_breaks", "example": '["practice"]'})
    if not isinstance(data.get("lowest_wins", False), bool):
        yield Problem(N_("{key} 须为 true 或 false"), params={"key": "lowest_wins"})
    rows = parts if isinstance(parts, list) else [parts]
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in rows):
        yield Problem(N_("{key} 须写成 {example}"), params={"key": "parts", "example": "[[parts]]"})
    for part in rows:
        aspects = part.get("aspects", []) if isinstance(part, dict) else []
        if not isinstance(aspects, list) or not all(isinstance(aspect, dict) for aspect in aspects):
            yield Problem(N_("{key} 须写成 {example}"), params={"key": "aspects", "example": "[[parts.aspects]]"})


def _number_problems(data: Any, at: str) -> Iterator[Problem]:
    """Every figure is exact in 1/10000 and of a size that marks have."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _number_problems(value, f"{at}.{key}" if at else key)
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _number_problems(value, f"{at}[{number}]")
    elif isinstance(data, int | Decimal) and not isinstance(data, bool):
        figure = Decimal(data)
        if not figure.is_finite() or abs(figure) > GREATEST:
            yield Problem(N_("{key} 不是可用的数，或超过 {most}"), params={"key": at, "most": str(GREATEST)})
        elif figure.quantize(FINEST) != figure:
            yield Problem(N_("{key} 的 {figure} 多于 4 位小数"), params={"key": at, "figure": format(figure, "f")})


def _limit_problems(scheme: Scheme, data: Table) -> Iterator[Problem]:
    """What the editor on screen cannot produce and a file can."""
    for part, given in zip(scheme.parts, data.get("parts", []), strict=True):
        figures = [
            ("judges", part.judges, MOST_JUDGES),
            ("best", part.best, len(attempts(part)) if part.aspects else 0),
        ]
        for aspect in part.aspects:
            figures += [("judges", aspect.judges, MOST_JUDGES)]
            figures += [("digits", aspect.digits or 0, FINEST_DIGITS)]
            figures += [("panel_digits", aspect.panel_digits or 0, FINEST_DIGITS)]
        rules = [part.aggregation, *(aspect.aggregation for aspect in part.aspects)]
        yield from _aggregation_problems(part)
        figures += [("aggregation.digits", rule.digits, FINEST_DIGITS) for rule in rules if rule is not None]
        for key, figure, most in figures:
            if not 0 <= figure <= most:
                text = N_("{code} 的 {key} 须在 0–{most} 之内")
                yield Problem(text, field=key, params={"code": part.code, "key": key, "most": most})
        if scheme.total == "weighted" and "maximum" not in given and part.aspects and not adds_up(part):
            text = N_("{code} 的评分项有系数、加值、择优、平均或求和，满分不是各项之和，须写明 maximum")
            yield Problem(text, field="maximum", params={"code": part.code})


# In the words of the file, where the editor on screen has its own.
_DROPS = {
    "negative": N_("{code}：去掉的分数个数不能为负"),
    "none": N_("{code}：trimmed 至少去掉 1 个分数；不去分请用 mean"),
    "unwanted": N_("{code}：{kind} 不去分；去掉高低分须用 trimmed 或 sum"),
    "nothing_left": N_("{code}：{judges} 名裁判，去掉 {dropped} 个分数后没有剩余"),
}


def _aggregation_problems(part: Part) -> Iterator[Problem]:
    own = [(part.code, part.aggregation, part.judges)]
    own += [(each.code, each.aggregation, each.judges or part.judges) for each in part.aspects]
    for code, rule, judges in own:
        fault = drop_fault(rule, judges) if rule is not None else ""
        if rule is not None and fault:
            named = {"kind": rule.kind, "judges": judges, "dropped": rule.drop_highest + rule.drop_lowest}
            yield Problem(_DROPS[fault], field="aggregation", params={"code": code} | named)


def _unknown_keys(data: Any, form: Any, at: str) -> Iterator[str]:
    """A key that is misspelt would be left out in silence, and a mark with it."""
    hints = get_type_hints(form)
    for key, value in data.items():
        path = f"{at}{key}"
        if key not in hints:
            yield path
            continue
        inner = next((each for each in _structs(hints[key])), None)
        if inner is None:
            continue
        rows = value if isinstance(value, list) else [value]
        for number, row in enumerate(rows):
            if isinstance(row, dict):
                place = f"{path}[{number}]." if isinstance(value, list) else f"{path}."
                yield from _unknown_keys(row, inner, place)


def _structs(hint: Any) -> Iterator[Any]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
    for each in get_args(hint):
        yield from _structs(each)


def _filled(data: Table) -> Table:
    """What may be left out, filled in: weights of a sum, a part's maximum, the steps of aspects."""
    return data | {"parts": [_filled_part(part) for part in data.get("parts", []) if isinstance(part, dict)]}


def _filled_part(part: Table) -> Table:
    aspects = [_filled_aspect(aspect) for aspect in part.get("aspects", []) if isinstance(aspect, dict)]
    plain_part = Decimal(MOST_RECORDED if part.get("source") == "record" else 100)
    whole = sum((aspect["maximum"] for aspect in aspects if _counts(aspect)), Decimal(0)) if aspects else plain_part
    return {"weight": 0, "maximum": whole} | part | {"aspects": aspects}


def _counts(aspect: Table) -> bool:
    return bool(aspect.get("counts", True)) and isinstance(aspect.get("maximum"), int | Decimal)


def _filled_aspect(aspect: Table) -> Table:
    step: Any = Decimal("0.0001") if aspect.get("method") == "given" else Decimal("0.01")
    if aspect.get("method") == "measurement" and not aspect.get("calculation"):
        step = aspect.get("maximum", step)
    filled = {"step": step} | aspect
    if "times" in filled:
        times = filled["times"] if isinstance(filled["times"], list) else [filled["times"]]
        filled["times"] = [_said(each) for each in times]
    if "plus" in filled:
        filled["plus"] = _said(filled["plus"])
    return filled


def _said(value: Any) -> Any:
    """A number as its text; what is neither stays as it is and is refused by its type."""
    return plain(Decimal(value)) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def write_scheme_file(file: SchemeFile) -> str:
    """The same scheme as a file that `read_scheme_file` reads back as it was."""
    lines: list[str] = []
    if file.tie_breaks:
        lines.append(f"tie_breaks = {_value(list(file.tie_breaks))}")
    if file.lowest_wins:
        lines.append("lowest_wins = true")
    lines += _pairs(file.scheme, skip=("parts",))
    for part in file.scheme.parts:
        lines += ["", "[[parts]]", *_pairs(part, skip=("aspects",), always=("weight", "maximum"))]
        for aspect in part.aspects:
            lines += ["", "[[parts.aspects]]", *_pairs(aspect, always=("step",))]
    return "\n".join(lines) + "\n"


def _pairs(struct: Any, skip: tuple[str, ...] = (), always: tuple[str, ...] = ()) -> list[str]:
    """The fields that differ from their defaults, in order."""
    lines = []
    for field in msgspec.structs.fields(struct):
        value = getattr(struct, field.name)
        if field.name in skip or (value == field.default and field.name not in always):
            continue
        lines.append(f"{field.name} = {_value(value)}")
    return lines


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, msgspec.Struct):
        return "{" + ", ".join(_pairs(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    return msgspec.json.encode(str(value)).decode().replace("\x7f", "\\u007f")  # JSON but for DEL is TOML
