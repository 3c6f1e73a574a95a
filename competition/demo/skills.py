"""The 22 skills of the city's contest and how many persons each of their groups has at every step."""

from typing import Literal

import msgspec

from competition.rulebook.words import GroupKind


class GroupPlan(msgspec.Struct, frozen=True):
    """Head-counts, every member of a team counted, as they are or, in a contest not over, as they are planned.

    `semi_finalists` is 0 where there is no semi-final.
    """

    kind: GroupKind
    entries: int
    semi_finalists: int
    finalists: int
    winners: int


class SkillPlan(msgspec.Struct, frozen=True):
    number: int
    name: str
    name_en: str
    industry: str
    occupation_code: str
    occupation_edition: str
    groups: tuple[GroupPlan, ...]
    team_size: int = 1

    @property
    def stages(self) -> tuple[Literal["preliminary", "semi_final", "final"], ...]:
        if any(group.semi_finalists for group in self.groups):
            return ("preliminary", "semi_final", "final")
        return ("preliminary", "final")


Counts = tuple[GroupKind, int, int, int, int]


def _skill(
    number: int,
    name: str,
    name_en: str,
    industry: str,
    occupation: tuple[str, str],
    groups: tuple[Counts, ...],
    team_size: int = 1,
) -> SkillPlan:
    counted = tuple(GroupPlan(*counts) for counts in groups)
    return SkillPlan(number, name, name_en, industry, *occupation, counted, team_size)


# Persons per group: entries, semi-finalists, finalists, winners. In all 3244 entries, 1005 finalists, 181 winners.
SKILLS = (
    _skill(1, "飞机维修", "Aircraft maintenance", "航空", ("6-31-02-02", "2015"), (("employee", 52, 0, 24, 5),)),
    _skill(
        2,
        "钳工",
        "Fitter",
        "装备制造",
        ("6-20-01-01", "2015"),
        (("employee", 92, 55, 28, 5), ("student", 84, 50, 26, 5)),
    ),
    _skill(
        3,
        "数控车",
        "CNC lathe",
        "装备制造",
        ("6-18-01-01", "2015"),
        (("employee", 118, 69, 34, 5), ("student", 96, 57, 28, 5)),
    ),
    _skill(
        4,
        "数控铣",
        "CNC milling",
        "装备制造",
        ("6-18-01-02", "2015"),
        (("employee", 78, 46, 22, 5), ("student", 90, 53, 26, 5)),
    ),
    _skill(
        5,
        "数控机床装调维修",
        "CNC machine-tool maintenance",
        "装备制造",
        ("6-20-03-01", "2015"),
        (("employee", 121, 0, 40, 6),),
    ),
    _skill(
        6, "机电一体化", "Mechatronics", "装备制造", ("6-31-01-09", "2015"), (("student", 132, 80, 42, 8),), team_size=2
    ),
    _skill(7, "电子技术", "Electronic technology", "电子信息", ("6-25-04-07", "2015"), (("student", 108, 66, 36, 5),)),
    _skill(
        8,
        "化学检验",
        "Chemical inspection",
        "石化",
        ("6-31-03-01", "2015"),
        (("employee", 70, 42, 22, 5), ("student", 76, 46, 24, 5)),
    ),
    _skill(
        9,
        "电工",
        "Electrician",
        "电力",
        ("6-31-01-03", "2015"),
        (("employee", 150, 87, 41, 6), ("student", 113, 65, 31, 5)),
    ),
    _skill(
        10,
        "互联网营销",
        "Internet marketing",
        "数字经济",
        ("4-01-06-02", "2022"),
        (("employee", 81, 47, 22, 5), ("student", 106, 61, 28, 5)),
    ),
    _skill(
        11,
        "美容",
        "Beauty",
        "生活服务",
        ("4-10-03-01", "2015"),
        (("employee", 58, 35, 18, 4), ("student", 61, 37, 20, 4)),
    ),
    _skill(
        12,
        "美发",
        "Hairdressing",
        "生活服务",
        ("4-10-03-02", "2015"),
        (("employee", 60, 37, 20, 4), ("student", 64, 38, 20, 4)),
    ),
    _skill(
        13, "茶艺", "Tea art", "文旅", ("4-03-02-07", "2015"), (("employee", 66, 40, 22, 5), ("student", 72, 43, 22, 5))
    ),
    _skill(
        14,
        "养老护理",
        "Old-age care",
        "康养",
        ("4-10-01-05", "2015"),
        (("employee", 110, 65, 32, 5), ("student", 91, 53, 26, 5)),
    ),
    _skill(15, "家政服务", "Domestic service", "康养", ("4-10-01-06", "2015"), (("employee", 97, 0, 36, 5),)),
    _skill(16, "轴承磨工", "Bearing grinder", "装备制造", ("6-20-02-03", "2015"), (("employee", 96, 0, 30, 5),)),
    _skill(17, "速录", "Stenography", "数字经济", ("3-01-02-05", "2015"), (("student", 63, 0, 24, 5),)),
    _skill(
        18,
        "汽车技术",
        "Automobile technology",
        "汽车",
        ("4-12-01-01", "2015"),
        (("employee", 92, 55, 28, 5), ("student", 100, 61, 32, 5)),
    ),
    _skill(
        19,
        "中式烹调",
        "Chinese cooking",
        "餐饮",
        ("4-03-02-01", "2015"),
        (("employee", 92, 56, 30, 5), ("student", 81, 49, 26, 5)),
    ),
    _skill(20, "木工", "Carpentry", "建筑", ("6-06-03-01", "2015"), (("student", 84, 0, 32, 5),)),
    _skill(
        21,
        "焊接",
        "Welding",
        "船舶",
        ("6-18-02-04", "2015"),
        (("employee", 118, 69, 34, 5), ("student", 113, 67, 34, 5)),
    ),
    _skill(
        22,
        "网络与信息安全",
        "Network and information security",
        "电子信息",
        ("4-04-04-02", "2015"),
        (("employee", 76, 45, 22, 5), ("student", 83, 48, 23, 5)),
    ),
)
