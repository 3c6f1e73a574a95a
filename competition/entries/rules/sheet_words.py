"""How the words in a cell are read: exact names, usual short forms, and near matches to offer."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

from competition.contests.kinds import GROUP_NAMES, GroupKind
from competition.people.kinds import LEVEL_NAMES, SEX_NAMES, STATUS_NAMES, Level, Sex, Status

_NEAR = 0.5
_DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", re.ASCII)

GROUP_WORDS: Mapping[str, GroupKind] = {
    **{name: kind for kind, name in GROUP_NAMES.items()},
    "职工": GroupKind.EMPLOYEE, "学生": GroupKind.STUDENT, "教师": GroupKind.TEACHER,
    "公开组": GroupKind.OPEN, "employee": GroupKind.EMPLOYEE, "employees": GroupKind.EMPLOYEE,
    "student": GroupKind.STUDENT, "students": GroupKind.STUDENT, "teacher": GroupKind.TEACHER,
    "teachers": GroupKind.TEACHER, "open": GroupKind.OPEN,
}  # fmt: skip
GROUP_SHORT = {
    GroupKind.EMPLOYEE: "职工", GroupKind.STUDENT: "学生", GroupKind.TEACHER: "教师", GroupKind.OPEN: "不分组",
}  # fmt: skip
STATUS_WORDS: Mapping[str, Status] = {
    **{name: status for status, name in STATUS_NAMES.items()},
    **{status.value: status for status in Status},
}
SEX_WORDS: Mapping[str, Sex] = {
    **{name: sex for sex, name in SEX_NAMES.items()},
    "male": Sex.MALE, "m": Sex.MALE, "female": Sex.FEMALE, "f": Sex.FEMALE,
}  # fmt: skip
CONSENT_WORDS: Mapping[str, bool] = {
    "": False, "否": False, "无": False, "no": False, "n": False, "0": False, "false": False,
    "是": True, "有": True, "同意": True, "已同意": True, "yes": True, "y": True, "√": True, "1": True, "true": True,
}  # fmt: skip
_GRADES = {Level.JUNIOR: "五级", Level.INTERMEDIATE: "四级", Level.SENIOR: "三级"} | {
    Level.TECHNICIAN: "二级",
    Level.SENIOR_TECHNICIAN: "一级",
}
_NO_LEVEL = ("", "无", "none", "-", "—")


def _level_words() -> tuple[dict[str, Level], dict[str, Level]]:
    """Names as they are, and short forms that are read with a remark."""
    exact: dict[str, Level] = {}
    short: dict[str, Level] = {}
    for level, name in LEVEL_NAMES.items():
        bare = name.split("（")[0]
        exact |= {name: level, bare: level, level.value: level}
        grade = _GRADES.get(level)
        if grade:
            digit = "一二三四五".index(grade[0]) + 1
            short |= {grade: level, f"{digit}级": level, f"{grade}/{bare}": level, f"{grade}（{bare}）": level}
        if bare.endswith("工") and bare != "学徒工":
            short[bare[:-1]] = level
    return exact, short


EXACT_LEVELS, SHORT_LEVELS = _level_words()


def plain_word(text: str) -> str:
    return re.sub(r"\s", "", text).casefold().replace("(", "（").replace(")", "）")


def read_level(text: str) -> tuple[Level | None, bool]:
    """The level, and whether it was read from a short form; (None, False) for a blank. Raises ValueError."""
    word = plain_word(text)
    if word in _NO_LEVEL:
        return None, False
    if word in EXACT_LEVELS:
        return EXACT_LEVELS[word], False
    if word in SHORT_LEVELS:
        return SHORT_LEVELS[word], True
    raise ValueError(text)


def read_day(text: str) -> date:
    """2006-03-17, 2006/3/17, 2006.3.17, 20060317, 2006年3月17日. Raises ValueError."""
    found = _DATE.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    return date(int(found[1]), int(found[2]), int(found[3]))


def nearest(text: str, names: Iterable[str]) -> str:
    """The name that comes nearest, "" when none is near."""
    return _nearest(text, tuple(names))


@lru_cache(maxsize=512)
def _nearest(text: str, names: tuple[str, ...]) -> str:
    """A column that is wrong is usually wrong in the same way in every row."""
    return next(iter(get_close_matches(text, names, 1, _NEAR)), "")
