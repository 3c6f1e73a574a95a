"""What a batch's page shows, put into words: steps, the calendar of the notice, actions, switches, held people."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from competition.documents.workdays import is_working_day
from competition.problems import N_, Problem
from competition.rulebook.names import STANDING_NAMES
from competition.rulebook.rules import SubsidySwitches
from competition.subsidies.facts import Row
from competition.subsidies.kinds import BATCH_ACTION_NAMES, BATCH_STATE_NAMES, BatchAction, BatchState
from competition.subsidies.rules import TRANSITIONS, BatchFacts, why_not
from competition.web.formats import short_day, short_moment, yuan
from competition.web.i18n import _, said, shown

WEEKDAYS = (N_("一"), N_("二"), N_("三"), N_("四"), N_("五"), N_("六"), N_("日"))
SATURDAY = 5

CONFIRMS = {
    BatchAction.CHECK: N_("确认名单、单位和金额无误？应发 {people} 人，{sum} 元"),
    BatchAction.NOTICE: N_("开始公示？名单对单位可见，并受理异议"),
    BatchAction.APPROVE: N_("批准发放 {sum} 元？批准后不能撤回"),
    BatchAction.PAY: N_("登记已发放 {sum} 元？"),
    BatchAction.WITHDRAW: N_("撤回起草？公示随之终止，重新起草后从头办理"),
}

ENTERED_SAID = {"listed": N_("以名单为准"), "checked_in": N_("以检录为准"), "scored": N_("以有成绩为准")}
ONCE_SAID = {"once": N_("每人一次"), "each": N_("各项分别计")}
TIERS_SAID = {"each": N_("各级分别计"), "highest": N_("只计最高一级")}
PLAN_SAID = {True: N_("只计列入计划的"), False: N_("不限")}
CITY_SAID = {True: N_("须在本市"), False: N_("不限")}


class Day(msgspec.Struct, frozen=True):
    """A day of the notice; `number` counts working days, None on a day off. `made_up` is a weekend that is worked."""

    weekday: str
    day: int
    number: int | None
    made_up: bool
    state: str


def calendar(batch: Row, today: date) -> list[Day]:
    days = []
    number = 0
    day: date = batch["notice_from"]
    while day <= batch["notice_to"]:
        working = is_working_day(day)
        number += working
        weekend = day.weekday() >= SATURDAY
        state = "today" if day == today else "off" if not working else "past" if day < today else ""
        days.append(Day(_(WEEKDAYS[day.weekday()]), day.day, number if working else None, working and weekend, state))
        day += timedelta(days=1)
    return days


def state_said(batch: Row, days: Sequence[Day], today: date) -> tuple[str, str, str]:
    """Badge kind, icon and text."""
    state = BatchState(batch["state"])
    if state == BatchState.NOTICED:
        whole = max((each.number or 0 for each in days), default=0)
        if today > batch["notice_to"]:
            return "info", "flag", _("公示期满")
        started = batch["notice_from"]
        past = sum(1 for each, on in _dated(days, started) if each.number and on <= today)
        return "warn", "flag", _("公示中，第 {n} / {whole} 个工作日", n=past, whole=whole)
    words = {
        BatchState.DRAFTED: ("", "pen", N_("起草")),
        BatchState.CHECKED: ("info", "check", N_("已核对，待公示")),
        BatchState.APPROVED: ("info", "check", N_("已批准，待发放")),
        BatchState.PAID: ("ok", "check", N_("已发放")),
    }
    kind, icon, text = words[state]
    return kind, icon, _(text)


def _dated(days: Sequence[Day], started: date) -> list[tuple[Day, date]]:
    return [(each, started + timedelta(days=offset)) for offset, each in enumerate(days)]


def steps_said(batch: Row, steps: Sequence[Row]) -> list[dict[str, str]]:
    """Each state with when and by whom it was last come to; those after the present one are to do."""
    order = list(BatchState)
    here = order.index(BatchState(batch["state"]))
    last = {step["state"]: step for step in steps}
    found = []
    for number, state in enumerate(order):
        done = number < here or batch["state"] == BatchState.PAID
        note = ""
        if number <= here and state in last:
            note = f"{short_moment(last[state]['at'])} {last[state]['by_name']}"
        if state == BatchState.NOTICED and batch["notice_to"]:
            note = _("{first} 至 {last}", first=short_day(batch["notice_from"]), last=short_day(batch["notice_to"]))
        how = "done" if done else "now" if number == here else "todo"
        found.append({"label": _(BATCH_STATE_NAMES[state]), "note": note, "state": how})
    return found


def actions_said(batch: Row, facts: BatchFacts) -> list[dict[str, Any]]:
    """The steps possible from here, the way back first, each permitted or with its reason."""
    found = []
    params = {"people": facts.totals.due, "sum": yuan(facts.totals.due_fen)}
    for action in sorted(TRANSITIONS[facts.state], key=lambda each: each != BatchAction.WITHDRAW):
        problem = why_not(action, facts)
        back = action == BatchAction.WITHDRAW
        found.append(
            {
                "href": f"/subsidies/{batch['id']}/advance?{action}", "label": _(BATCH_ACTION_NAMES[action]),
                "kind": "danger" if back else "primary", "permitted": problem is None,
                "reason": said(problem) if problem else "", "confirm": _(CONFIRMS[action], **params),
                "fields": {"action": action.value},
            }
        )  # fmt: skip
    return found


def switches_said(switches: SubsidySwitches) -> list[dict[str, str]]:
    """The terms the lines rest on, each with its standing and note."""
    days = _("{n} 个工作日", n=switches.notice_working_days.value)
    rows: list[tuple[str, str, Any]] = [
        (_("进入决赛"), _(ENTERED_SAID[switches.entered.value]), switches.entered),
        (_("同赛多项"), _(ONCE_SAID[switches.same_person_same_contest.value]), switches.same_person_same_contest),
        (_("同年多级"), _(TIERS_SAID[switches.same_person_tiers.value]), switches.same_person_tiers),
        (_("年度计划"), _(PLAN_SAID[switches.annual_plan_only.value]), switches.annual_plan_only),
        (_("单位所在地"), _(CITY_SAID[switches.unit_in_city.value]), switches.unit_in_city),
        (_("公示期"), days, switches.notice_working_days),
    ]
    return [
        {"label": label, "value": value, "standing": _(STANDING_NAMES[switch.standing]), "note": switch.note}
        for label, value, switch in rows
    ]


class HeldGroup(msgspec.Struct, frozen=True):
    reason: str
    names: list[str]
    people: int


NAMES_SHOWN = 3


def held_groups(lines: Sequence[Row]) -> list[HeldGroup]:
    """Held people by reason, the most first."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        by_reason[said(line["reason"])].append(shown(line["name"], line["name_en"]))
    groups = [HeldGroup(reason, names[:NAMES_SHOWN], len(names)) for reason, names in by_reason.items()]
    return sorted(groups, key=lambda group: -group.people)


def reason_of(line: Row) -> str:
    reason: Problem = line["reason"]
    return said(reason)


def to_the_fen(fen: int) -> str:
    """1,479,000.00: the sum a payment is made of is written in full."""
    yuan_part, rest = divmod(fen, 100)
    return f"{yuan_part:,}.{rest:02}"


def detail_said(record: Row) -> str:
    """What a person wrote when they did it."""
    detail = msgspec.json.decode(record["detail"]) if record["detail"] else {}
    written = [detail.get(name) for name in ("note", "claim", "answer", "reason", "purpose")]
    return next((str(text) for text in written if text), "")
