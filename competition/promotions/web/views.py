"""What the pages of promotion cases show, put into words."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from competition.people.kinds import LEVELS, Level
from competition.problems import N_
from competition.promotions.kinds import LEVEL_SHORT_NAMES, CaseState, Decision, Verdict
from competition.promotions.reads import CaseView
from competition.promotions.rules.levels import HIGHEST_BY_CONTEST
from competition.promotions.rules.states import TRANSITIONS, CaseFacts, needs_reason, why_not
from competition.promotions.service import FollowUp
from competition.web.formats import short_moment
from competition.web.i18n import _, said, shown

VERDICT_BADGES = {
    Verdict.PROMOTE: ("ok", "check"),
    Verdict.REVIEW: ("warn", "alert"),
    Verdict.REFUSE: ("", "ban"),
}
TABS: dict[str, tuple[str, tuple[CaseState, ...]]] = {
    "waiting": (N_("待核准"), (CaseState.ELIGIBLE, CaseState.RECOMMENDED)),
    "returned": (N_("退回补正"), (CaseState.RETURNED,)),
    "approved": (N_("待登记证书"), (CaseState.APPROVED,)),
    "certified": (N_("待单位落实"), (CaseState.CERTIFIED,)),
    "followed": (N_("单位已落实"), (CaseState.FOLLOWED_UP,)),
    "refused": (N_("不予晋级"), (CaseState.REFUSED,)),
}
WAY = (
    (N_("符合"), CaseState.ELIGIBLE),
    (N_("推荐"), CaseState.RECOMMENDED),
    (N_("核准"), CaseState.APPROVED),
    (N_("证书"), CaseState.CERTIFIED),
    (N_("单位落实"), CaseState.FOLLOWED_UP),
)


def tab_of(state: str) -> str:
    return next(name for name, (_label, states) in TABS.items() if state in states)


def tabs_said(counts: Mapping[CaseState, int], current: str, query: str) -> list[dict[str, Any]]:
    return [
        {
            "href": f"/promotions?tab={name}{query}", "label": _(label), "current": name == current,
            "count": sum(counts.get(state, 0) for state in states),
        }
        for name, (label, states) in TABS.items()
    ]  # fmt: skip


def level_said(level: str) -> str:
    return _(LEVEL_SHORT_NAMES[Level(level)]) if level else "—"


def sentence(parts: Sequence[Any]) -> str:
    """市级一类，职工组，单人，第 1–10 名：晋升技师；已持有该等级的，晋升高级技师"""
    words = [said(part) for part in parts]
    return _("，").join(words[:4]) + _("：") + _("；").join(words[4:])


def short_rule(parts: Sequence[Any]) -> str:
    """Scope and place; group and team size stand beside it in the row."""
    return " ".join(said(part) for part in (*parts[:1], *parts[3:4]))


def row_of(view: CaseView, corrected: bool) -> dict[str, Any]:
    """One row of the list."""
    row = view.row
    verdict = view.verdict
    kind, icon = VERDICT_BADGES[verdict]
    return {
        "id": row["id"], "name": shown(row["name"], row["name_en"]),
        "skill": shown(row["skill_name"], row["skill_name_en"]), "group_kind": row["group_kind"],
        "rank": row["rank"], "award": row["award_name"], "entrants": view.entrants,
        "held": level_said(row["level_held"]),
        "proposed": level_said(row["level_proposed"]) if row["level_proposed"] else "",
        "rule": short_rule(view.rule_text), "verdict": verdict, "badge": (kind, icon), "state": row["state"],
        "reason": said(view.reason) if view.reason else "", "corrected": corrected,
    }  # fmt: skip


def ladder(view: CaseView) -> list[dict[str, str]]:
    """The eight levels: those below what is held, the one held, the one proposed, the two employers appoint to."""
    held, proposed = view.row["level_held"], view.row["level_proposed"]
    found = []
    for number, level in enumerate(LEVELS):
        state, mark = "", ""
        if level == proposed:
            state, mark = "new", _("拟晋")
        elif level == held:
            state, mark = "cur", _("现")
        elif held and number < LEVELS.index(Level(held)):
            state = "had"
        elif number > LEVELS.index(HIGHEST_BY_CONTEST):
            state = "emp"
            mark = _("企业聘任") if number == LEVELS.index(HIGHEST_BY_CONTEST) + 1 else ""
        found.append({"label": level_said(level), "state": state, "mark": mark})
    return found


def steps_said(view: CaseView, history: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """The way of a case, with when and by whom each state was reached."""
    row = view.row
    when = {record["action"]: f"{short_moment(record['at'])} {record['user_name']}" for record in reversed(history)}
    notes = {
        CaseState.ELIGIBLE: short_moment(row["proposed_at"]),
        CaseState.RECOMMENDED: when.get("promotion.recommend", ""),
        CaseState.APPROVED: when.get("promotion.approve", ""),
        CaseState.CERTIFIED: row["certificate_number"] or when.get("promotion.certify", ""),
        CaseState.FOLLOWED_UP: when.get("promotion.follow_up", ""),
    }
    order = [state for _label, state in WAY]
    state = CaseState(row["state"])
    here = order.index(state) if state in order else 0
    finished = state == CaseState.FOLLOWED_UP
    closed = state == CaseState.REFUSED
    found = []
    for number, (label, step) in enumerate(WAY):
        done = number <= here and not closed
        now = not finished and not closed and number == here + 1
        found.append({"label": _(label), "note": notes[step], "state": "done" if done else "now" if now else "todo"})
    return found


def decisions_said(view: CaseView, facts: CaseFacts, *, bureau: bool) -> list[dict[str, Any]]:
    """Buttons of what may be decided from here, each permitted or with its reason."""
    labels = {
        Decision.APPROVE: _("核准为{level}", level=level_said(view.row["level_proposed"]))
        if view.row["level_proposed"]
        else _("核准"),
        Decision.RECOMMEND: _("推荐"),
        Decision.RETURN: _("退回补正"),
        Decision.REFUSE: _("不予晋级"),
        Decision.REOPEN: _("重新审议"),
    }
    found = []
    for decision in TRANSITIONS[facts.state]:
        if decision not in labels or not _offered(decision, facts, bureau=bureau):
            continue
        problem = why_not(decision, facts)
        found.append(
            {
                "decision": decision.value, "label": labels[decision], "permitted": problem is None,
                "reason": said(problem) if problem else "", "needs_reason": needs_reason(decision, facts.verdict),
            }
        )  # fmt: skip
    order = [Decision.APPROVE, Decision.RECOMMEND, Decision.RETURN, Decision.REFUSE, Decision.REOPEN]
    return sorted(found, key=lambda each: order.index(Decision(each["decision"])))


def _offered(decision: Decision, facts: CaseFacts, *, bureau: bool) -> bool:
    """Organisers recommend; the bureau decides, and recommends only what it cannot approve at once."""
    if decision == Decision.RECOMMEND:
        return not bureau or Decision.APPROVE not in TRANSITIONS[facts.state]
    return bureau


def follow_up_of(view: CaseView) -> FollowUp | None:
    return msgspec.json.decode(view.row["followed_up"], type=FollowUp) if view.row["followed_up"] else None
