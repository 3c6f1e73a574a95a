"""The Latin spelling of a Chinese name, for English pages: family name first, given name in one word."""

import re

from pypinyin import Style, lazy_pinyin

_DOUBLE_SURNAMES = frozenset(
    {
        "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "司空",
        "夏侯", "宇文", "长孙", "轩辕", "端木", "百里", "呼延", "南宫", "独孤", "西门", "完颜", "闻人",
    }
)  # fmt: skip
# Characters read otherwise when they are surnames.
_SURNAME_READINGS = {
    "单": "Shan", "曾": "Zeng", "仇": "Qiu", "解": "Xie", "查": "Zha", "任": "Ren", "区": "Ou", "盖": "Ge",
    "朴": "Piao", "缪": "Miao", "翟": "Zhai", "尉迟": "Yuchi", "万俟": "Moqi", "冼": "Xian", "员": "Yun",
    "乐": "Yue", "覃": "Qin", "种": "Chong", "秘": "Bi", "折": "She", "黑": "He", "祭": "Zhai", "宁": "Ning",
    "华": "Hua", "燕": "Yan", "召": "Shao", "长孙": "Zhangsun",
}  # fmt: skip
_CHINESE = re.compile(r"[\u3400-\u9fff]+")


def _joined(characters: str) -> str:
    return "".join(lazy_pinyin(characters, style=Style.NORMAL, v_to_u=True)).capitalize()


def pinyin_name(name: str) -> str:
    """迟雅宁 is Chi Yaning; "" for a name that is not all Chinese characters."""
    if not _CHINESE.fullmatch(name):
        return ""
    length = 2 if len(name) > 2 and name[:2] in _DOUBLE_SURNAMES else 1
    surname, given = name[:length], name[length:]
    family = _SURNAME_READINGS.get(surname) or _joined(surname)
    return f"{family} {_joined(given)}".strip()
