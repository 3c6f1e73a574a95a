"""The demo's contests without their people: names, documents, days, hosts, money."""

from datetime import date
from typing import Literal

import msgspec

from competition.rulebook.words import Category, ContestClass, GroupKind, Tier

ContestState = Literal["registration", "marking", "released"]

DEMO_DAY = date(2025, 12, 1)
AUTOMOBILE, MILLING, WELDING = 18, 4, 21  # numbers of skills
TIME = "time"  # the code of the time used, recorded beside the marks


class HostPlan(msgspec.Struct, frozen=True):
    kind: Literal["government", "enterprise", "school", "association"]
    role: Literal["sponsor", "organiser", "co_organiser", "supporter"]
    name: str


class FundingPlan(msgspec.Struct, frozen=True):
    """Yuan."""

    source: Literal["government", "enterprise", "society"]
    budget: int
    actual: int


class SideEventPlan(msgspec.Struct, frozen=True):
    kind: Literal["competition", "conference", "exhibition", "performance"]
    name: str
    held_on: date


class UpwardPlan(msgspec.Struct, frozen=True):
    """Places this contest fills in a contest of a higher tier."""

    skill: int
    tier: Tier
    name: str
    group: GroupKind
    places: int


class ContestHead(msgspec.Struct, frozen=True, kw_only=True):
    """`elsewhere`: run by others, only finalists and results are recorded here. `days`: stage -> first and last day.
    `tie_breaks`: of the finals of a skill, by its number, where they are not those of all."""

    code: str
    name: str
    name_en: str
    tier: Tier
    contest_class: ContestClass
    category: Category
    state: ContestState
    document_number: str
    place: str
    days: dict[str, tuple[date, date]]
    result_document_number: str = ""
    edition: str = ""
    year: int = 2025
    elsewhere: bool = False
    supported: bool = False
    award_rule: str = "awards-medals-floor"
    hosts: tuple[HostPlan, ...] = ()
    funding: tuple[FundingPlan, ...] = ()
    side_events: tuple[SideEventPlan, ...] = ()
    upward: tuple[UpwardPlan, ...] = ()
    tie_breaks: dict[int, tuple[str, ...]] = {}
    fictitious: bool = True


MUNICIPAL = ContestHead(
    code="municipal-2025",
    name="2025 年大连市职业技能大赛",
    name_en="2025 Dalian Vocational Skills Competition",
    tier="municipal",
    contest_class="first",
    category="comprehensive",
    state="released",
    document_number="演示〔2025〕31 号",
    result_document_number="演示〔2025〕96 号",
    place="金石滩国际会展中心",
    days={
        "entry": (date(2025, 4, 10), date(2025, 6, 30)),
        "preliminary": (date(2025, 7, 12), date(2025, 8, 3)),
        "semi_final": (date(2025, 8, 23), date(2025, 8, 24)),
        "final": (date(2025, 9, 18), date(2025, 9, 20)),
        "release": (date(2025, 9, 28), date(2025, 9, 28)),
    },
    supported=True,
    hosts=(
        HostPlan("government", "sponsor", "大连市人力资源和社会保障局"),
        HostPlan("school", "organiser", "雾笛湾技师学院"),
        HostPlan("enterprise", "co_organiser", "星锚岬造船有限公司"),
        HostPlan("association", "supporter", "雾笛湾焊接协会"),
    ),
    funding=(
        FundingPlan("government", 2_600_000, 1_742_300),
        FundingPlan("enterprise", 900_000, 655_000),
        FundingPlan("society", 300_000, 120_000),
    ),
    side_events=(
        SideEventPlan("competition", "决赛 22 项", date(2025, 9, 18)),
        SideEventPlan("conference", "技能人才发展论坛", date(2025, 9, 19)),
        SideEventPlan("exhibition", "先进装备与校企成果展", date(2025, 9, 18)),
        SideEventPlan("performance", "非遗技艺与茶艺展演", date(2025, 9, 20)),
    ),
    upward=(
        UpwardPlan(21, "provincial", "2025 年辽宁省职业技能大赛", "employee", 2),
        UpwardPlan(21, "provincial", "2025 年辽宁省职业技能大赛", "student", 2),
        UpwardPlan(3, "provincial", "2025 年辽宁省职业技能大赛", "employee", 2),
        UpwardPlan(3, "provincial", "2025 年辽宁省职业技能大赛", "student", 1),
        UpwardPlan(4, "world", "世界技能大赛选拔赛", "student", 3),
    ),
)

PROVINCIAL = ContestHead(
    code="provincial-2025",
    name="2025 年辽宁省职业技能大赛",
    name_en="2025 Liaoning Vocational Skills Competition",
    tier="provincial",
    contest_class="first",
    category="comprehensive",
    state="released",
    document_number="演示〔2025〕省 12 号",
    result_document_number="演示〔2025〕省 40 号",
    place="沈阳",
    days={"final": (date(2025, 10, 17), date(2025, 10, 19))},
    elsewhere=True,
    award_rule="awards-medals",
)

NATIONAL = ContestHead(
    code="national-2025",
    name="2025 年全国职业技能大赛",
    name_en="2025 National Vocational Skills Competition",
    tier="national",
    contest_class="first",
    category="comprehensive",
    state="released",
    document_number="演示〔2025〕国 3 号",
    result_document_number="演示〔2025〕国 9 号",
    place="郑州",
    days={"final": (date(2025, 11, 5), date(2025, 11, 8))},
    elsewhere=True,
    award_rule="awards-medals",
)

WORLD = ContestHead(
    code="world-2025",
    name="2025 年世界技能邀请赛",
    name_en="2025 World Skills Invitational",
    tier="world",
    contest_class="first",
    category="comprehensive",
    state="released",
    document_number="演示〔2025〕世 1 号",
    result_document_number="演示〔2025〕世 2 号",
    place="上海",
    days={"final": (date(2025, 11, 20), date(2025, 11, 23))},
    elsewhere=True,
    award_rule="awards-medals",
)

NEW_ENERGY = ContestHead(
    code="new-energy-2025",
    name="大连市新能源汽车维修技能竞赛",
    name_en="Dalian New-Energy Vehicle Repair Contest",
    tier="municipal",
    contest_class="second",
    category="special",
    state="registration",
    document_number="演示〔2025〕58 号",
    place="高新区",
    days={
        "entry": (date(2025, 11, 10), date(2025, 12, 12)),
        "preliminary": (date(2025, 12, 18), date(2025, 12, 18)),
        "final": (date(2025, 12, 25), date(2025, 12, 26)),
    },
    supported=True,
)

SHIP_WELDING = ContestHead(
    code="ship-welding-2025",
    name="大连市船舶焊接技能竞赛",
    name_en="Dalian Ship Welding Contest",
    tier="municipal",
    contest_class="second",
    category="special",
    state="marking",
    document_number="演示〔2025〕52 号",
    place="旅顺口区",
    tie_breaks={WELDING: ("practice", TIME), MILLING: ("A", "D")},
    days={
        "entry": (date(2025, 9, 22), date(2025, 10, 31)),
        "preliminary": (date(2025, 11, 15), date(2025, 11, 15)),
        "final": (date(2025, 11, 30), date(2025, 12, 1)),
    },
    supported=True,
)
