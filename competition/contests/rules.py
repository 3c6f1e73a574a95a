"""What must hold of a contest, its skills and stages; the states of a contest as data; its eight steps."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from competition.contests.drafts import (
    ContestDraft,
    HostDraft,
    SessionDraft,
    SideEventDraft,
    SkillDraft,
    StageDraft,
    UpwardDraft,
)
from competition.contests.kinds import (
    Category,
    ContestClass,
    ContestState,
    CutKind,
    CutTies,
    HostKind,
    HostRole,
    RankTies,
    SideEventKind,
    StageKind,
    StageState,
    Tier,
)
from competition.people.identity import occupation_code_problem
from competition.problems import N_, Problem

FIRST_YEAR, LAST_YEAR = 1980, 2100
MOST_IN_A_TEAM = 20
MOST_STATIONS = 500
MOST_SUPPORTED_A_YEAR = 30  # policy 14: 30 supported industry or special projects a year
STAGE_ORDER = {StageKind.PRELIMINARY: 1, StageKind.SEMIFINAL: 2, StageKind.FINAL: 3}

# state -> the states it may be put into, each with the words on the button.
MOVES: dict[ContestState, dict[ContestState, str]] = {
    ContestState.DRAFT: {ContestState.OPEN: N_("发布竞赛"), ContestState.RUNNING: N_("直接进入比赛")},
    ContestState.OPEN: {ContestState.RUNNING: N_("开始比赛")},
    ContestState.RUNNING: {ContestState.CLOSED: N_("结束竞赛"), ContestState.OPEN: N_("恢复报名")},
    ContestState.CLOSED: {ContestState.ARCHIVED: N_("归档"), ContestState.RUNNING: N_("恢复比赛")},
    ContestState.ARCHIVED: {ContestState.CLOSED: N_("取消归档")},
}


def _day_in(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _required(value: str, text: str, field: str) -> list[Problem]:
    return [] if value.strip() else [Problem(text, field)]


def _among(value: str, options: type[StrEnum], field: str) -> list[Problem]:
    return [] if value in set(options) else [Problem(N_("选择一项"), field)]


def contest_problems(draft: ContestDraft) -> list[Problem]:
    found = _required(draft.name, N_("未填竞赛名称"), "name")
    found += _among(draft.tier, Tier, "tier")
    found += _among(draft.contest_class, ContestClass, "contest_class")
    found += _among(draft.category, Category, "category")
    if not FIRST_YEAR <= draft.year <= LAST_YEAR:
        params = {"first": FIRST_YEAR, "last": LAST_YEAR}
        found.append(Problem(N_("年度须在 {first} 到 {last} 之间"), "year", params))
    if draft.starts_on and draft.ends_on and draft.ends_on < draft.starts_on:
        found.append(Problem(N_("结束日期早于开始日期"), "ends_on"))
    opens, closes = draft.entry_opens_at, draft.entry_closes_at
    if opens and closes and closes <= opens:
        found.append(Problem(N_("报名截止应晚于报名开始"), "entry_closes_at"))
    if closes and draft.ends_on and _day_in(closes, draft.zone) > draft.ends_on:
        found.append(Problem(N_("报名截止晚于竞赛结束"), "entry_closes_at"))
    return found


def contest_warnings(draft: ContestDraft, others_supported: int = 0) -> list[Problem]:
    """What is allowed and unusual. `others_supported` counts the other supported projects of the year."""
    found = []
    if draft.supported and others_supported >= MOST_SUPPORTED_A_YEAR:
        params = {"most": MOST_SUPPORTED_A_YEAR, "count": others_supported + 1}
        found.append(Problem(N_("文件规定每年支持 {most} 项，连同本项已有 {count} 项"), "supported", params))
    closes = draft.entry_closes_at
    if closes and draft.starts_on and _day_in(closes, draft.zone) > draft.starts_on:
        found.append(Problem(N_("报名截止晚于开赛日期，请核对"), "entry_closes_at"))
    if draft.elsewhere and not draft.document_number:
        found.append(Problem(N_("外地举办的竞赛未填文号，补贴清单需要"), "document_number"))
    if draft.starts_on and draft.year and draft.starts_on.year != draft.year:
        found.append(Problem(N_("开赛日期不在 {year} 年度内"), "starts_on", {"year": draft.year}))
    return found


def move_problem(state: str, to: str) -> Problem | None:
    if to in MOVES[ContestState(state)]:
        return None
    return Problem(N_("当前状态不能进行此项操作"))


class Readiness(msgspec.Struct, frozen=True):
    """Of one skill, by name: how many groups it has, and how many of them have no stage."""

    name: str
    groups: int
    without_stages: int


def publishing_problems(skills: Sequence[Readiness]) -> list[Problem]:
    """What is missing before entries can be made."""
    if not skills:
        return [Problem(N_("还没有赛项，先添加赛项、组别和阶段"))]
    found = []
    for skill in skills:
        if not skill.groups:
            found.append(Problem(N_("赛项“{name}”没有组别"), params={"name": skill.name}))
        elif skill.without_stages:
            found.append(Problem(N_("赛项“{name}”有组别未设阶段"), params={"name": skill.name}))
    return found


def skill_problems(draft: SkillDraft) -> list[Problem]:
    found = _required(draft.name, N_("未填赛项名称"), "name")
    code = occupation_code_problem(draft.occupation_code)
    if code:
        found.append(code)
    if not 1 <= draft.team_size <= MOST_IN_A_TEAM:
        found.append(Problem(N_("每队人数须在 1 到 {most} 之间"), "team_size", {"most": MOST_IN_A_TEAM}))
    if draft.entries_per_unit < 0:
        found.append(Problem(N_("每单位名额不能为负数"), "entries_per_unit"))
    return found


def stage_problems(draft: StageDraft) -> list[Problem]:
    found = _among(draft.kind, StageKind, "kind")
    found += _among(draft.cut_ties, CutTies, "cut_ties")
    found += _among(draft.rank_ties, RankTies, "rank_ties")
    found += _cut_problems(draft)
    if len(set(draft.tie_breaks)) < len(draft.tie_breaks):
        found.append(Problem(N_("同分排序中有重复的模块代码"), "tie_breaks"))
    return found


def _cut_problems(draft: StageDraft) -> list[Problem]:
    value = draft.cut_value
    if draft.cut_reserved < 0:
        return [Problem(N_("保留名额不能为负"), "cut_reserved")]
    if draft.cut_reserved and draft.cut_kind not in (CutKind.TOP, CutKind.PERCENT):
        return [Problem(N_("保留名额只用于按名额或比例晋级"), "cut_reserved")]
    if draft.kind == StageKind.FINAL and draft.cut_kind != CutKind.NONE:
        return [Problem(N_("决赛是末段，不设晋级办法"), "cut_kind")]
    if draft.cut_kind == CutKind.TOP and (value < 1 or value != value.to_integral_value()):
        return [Problem(N_("晋级名额须为不小于 1 的整数"), "cut_value")]
    if draft.cut_kind == CutKind.PERCENT and not 0 < value <= 100:
        return [Problem(N_("晋级比例须大于 0、不超过 100"), "cut_value")]
    if draft.cut_kind == CutKind.THRESHOLD and value < Decimal(0):
        return [Problem(N_("分数线不能为负数"), "cut_value")]
    return _among(draft.cut_kind, CutKind, "cut_kind")


def session_problems(draft: SessionDraft) -> list[Problem]:
    found = _required(draft.venue, N_("未填场地"), "venue")
    if not 0 <= draft.stations <= MOST_STATIONS:
        found.append(Problem(N_("工位数须在 0 到 {most} 之间"), "stations", {"most": MOST_STATIONS}))
    if draft.starts_at and draft.ends_at and draft.ends_at <= draft.starts_at:
        found.append(Problem(N_("结束时间应晚于开始时间"), "ends_at"))
    return found


def host_problems(draft: HostDraft) -> list[Problem]:
    found = _required(draft.name, N_("未填单位名称"), "name")
    return found + _among(draft.kind, HostKind, "kind") + _among(draft.role, HostRole, "role")


def side_event_problems(draft: SideEventDraft) -> list[Problem]:
    return _required(draft.name, N_("未填活动名称"), "name") + _among(draft.kind, SideEventKind, "kind")


def upward_problems(draft: UpwardDraft) -> list[Problem]:
    found = _among(draft.target_tier, Tier, "target_tier")
    found += _required(draft.target_name, N_("未填上级赛事名称"), "target_name")
    if draft.places < 1:
        found.append(Problem(N_("名额至少为 1"), "places"))
    return found


class Step(msgspec.Struct, frozen=True):
    """One of the eight steps; `state` is done, now or todo. `note` is a marked text, or a date to show."""

    label: str
    state: str
    first: date | None = None
    last: date | None = None
    note: str = ""


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """What the eight steps are read from: the contest's dates, the stage states by kind, the days of sessions."""

    state: str
    created_on: date
    entry: tuple[date | None, date | None] = (None, None)
    days: Mapping[str, tuple[date, date]] = {}
    stages: Mapping[str, Sequence[str]] = {}


_STAGE_STEPS = (
    (StageKind.PRELIMINARY, N_("初赛")),
    (StageKind.SEMIFINAL, N_("复赛")),
    (StageKind.FINAL, N_("决赛")),
)
_OVER = (StageState.LOCKED, StageState.RELEASED)


def lifecycle(timeline: Timeline) -> list[Step]:
    """立项、报名、初赛、复赛、决赛、发布、补贴与晋级、归档: all before the first unfinished one are done."""
    state = ContestState(timeline.state)
    ended = state in (ContestState.CLOSED, ContestState.ARCHIVED)
    steps: list[tuple[str, bool, date | None, date | None, str]] = []
    steps.append((N_("立项"), state != ContestState.DRAFT, timeline.created_on, None, ""))
    entered = state not in (ContestState.DRAFT, ContestState.OPEN)
    steps.append((N_("报名"), entered, *timeline.entry, ""))
    for kind, label in _STAGE_STEPS:
        states = timeline.stages.get(kind, ())
        over = bool(states) and all(each in _OVER for each in states)
        first, last = timeline.days.get(kind, (None, None))
        absent = not states
        steps.append((label, ended or over or (absent and entered), first, last, N_("不设") if absent else ""))
    finals = timeline.stages.get(StageKind.FINAL, ())
    released = bool(finals) and all(each == StageState.RELEASED for each in finals)
    steps.append((N_("发布"), ended or released, None, None, ""))
    steps.append((N_("补贴与晋级"), state == ContestState.ARCHIVED, None, None, ""))
    steps.append((N_("归档"), state == ContestState.ARCHIVED, None, None, ""))
    first_open = next((at for at, step in enumerate(steps) if not step[1]), len(steps))
    return [
        Step(label, "done" if at < first_open else "now" if at == first_open else "todo", first, last, note)
        for at, (label, _, first, last, note) in enumerate(steps)
    ]
