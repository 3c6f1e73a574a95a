"""What waits for the bureau or an organiser, the most urgent first."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from competition import clock
from competition.contests.kinds import ContestState, StageState
from competition.contests.tables import Contest, Stage
from competition.entries.kinds import EntryState
from competition.entries.tables import Entry
from competition.people.kinds import Pool
from competition.people.tables import PoolMembership
from competition.promotions.kinds import CaseState
from competition.promotions.tables import PromotionCase
from competition.seedlings.kinds import SeedlingState
from competition.seedlings.tables import Seedling
from competition.subsidies.kinds import BATCH_STATE_NAMES, BatchState
from competition.subsidies.tables import Objection, SubsidyBatch
from competition.web.i18n import _, ngettext, shown

Row = dict[str, Any]

SOON = timedelta(days=30)
URGENT = timedelta(days=3)
SHOWN = 12


class Waiting(msgspec.Struct, frozen=True):
    """Something to do, already in the reader's language. `due` None: at once."""

    icon: str
    text: str
    note: str
    href: str
    due: date | None = None

    def tone(self, today: date) -> str:
        if self.due is None:
            return "warn"
        if self.due < today:
            return "danger"
        return "warn" if self.due <= today + URGENT else ""


async def for_bureau(year: int, free_places: int) -> list[Waiting]:
    found = [
        *await releases(None), *await _batches(), *await _cases(), *await _seedlings(),
        *await entries_to_decide(None), *await _certificates(), *_free(year, free_places),
    ]  # fmt: skip
    return in_order(found)


async def for_organiser(contest_ids: Sequence[int]) -> list[Waiting]:
    return in_order([*await releases(contest_ids), *await entries_to_decide(contest_ids)])


def in_order(found: Sequence[Waiting]) -> list[Waiting]:
    """At once first, then by date."""
    return sorted(found, key=lambda each: each.due or date.min)[:SHOWN]


async def releases(contest_ids: Sequence[int] | None) -> list[Waiting]:
    """Stages that are locked and not released, by contest."""
    contest = Stage.group._.skill._.contest._
    query = Stage.select(
        contest.id.as_alias("contest_id"), contest.name.as_alias("name"), contest.name_en.as_alias("name_en")
    ).where(Stage.state == StageState.LOCKED.value)
    if contest_ids is not None:
        query = query.where(Stage.group._.skill._.contest.is_in(list(contest_ids)))
    rows = await query.order_by(Stage.id)
    counts = Counter(row["contest_id"] for row in rows)
    names = {row["contest_id"]: shown(row["name"], row["name_en"]) for row in rows}
    return [
        Waiting(
            "chart", ngettext("{n} 个阶段成绩待发布", "{n} 个阶段成绩待发布", n), names[contest_id],
            f"/contests/{contest_id}/results",
        )
        for contest_id, n in counts.items()
    ]  # fmt: skip


async def entries_to_decide(contest_ids: Sequence[int] | None) -> list[Waiting]:
    """Entries that were submitted, by contest; due when entering closes."""
    contest = Entry.contest._
    query = Entry.select(
        contest.id.as_alias("contest_id"), contest.name.as_alias("name"), contest.name_en.as_alias("name_en"),
        contest.entry_closes_at.as_alias("closes"),
    ).where((Entry.state == EntryState.SUBMITTED.value) & contest.state.is_in(["open", "running"]))  # fmt: skip
    if contest_ids is not None:
        query = query.where(Entry.contest.is_in(list(contest_ids)))
    rows = await query
    counts = Counter(row["contest_id"] for row in rows)
    by_id = {row["contest_id"]: row for row in rows}
    return [
        Waiting(
            "users", ngettext("{n} 条报名待审核", "{n} 条报名待审核", n),
            shown(by_id[contest_id]["name"], by_id[contest_id]["name_en"]),
            f"/contests/{contest_id}/entries?state=submitted", _day(by_id[contest_id]["closes"]),
        )
        for contest_id, n in counts.items()
    ]  # fmt: skip


def _day(moment: Any) -> date | None:
    return clock.local(moment).date() if moment else None


async def _batches() -> list[Waiting]:
    """Batches not yet paid, and objections not yet answered."""
    contest = SubsidyBatch.contest._
    rows = (
        await SubsidyBatch.select(
            SubsidyBatch.id, SubsidyBatch.state, SubsidyBatch.notice_to, SubsidyBatch.number,
            contest.name.as_alias("name"), contest.name_en.as_alias("name_en"),
        )
        .where(SubsidyBatch.state != BatchState.PAID.value)
        .order_by(SubsidyBatch.id)
    )  # fmt: skip
    unanswered = await Objection.select(Objection.batch).where(Objection.answered_at.is_null())
    objections = Counter(row["batch"] for row in unanswered)
    return [_batch(row, objections[row["id"]]) for row in rows]


def _batch(row: Row, objections: int) -> Waiting:
    noticed = row["state"] == BatchState.NOTICED
    text = _("补贴批次公示中") if noticed else _("补贴批次：{state}", state=_(BATCH_STATE_NAMES[row["state"]]))
    note = shown(row["name"], row["name_en"])
    if objections:
        note += _("，{n} 件异议待答复", n=objections)
    return Waiting("yuan", text, note, f"/subsidies/{row['id']}", row["notice_to"] if noticed else None)


async def _cases() -> list[Waiting]:
    """Promotions to recommend and to approve, by state."""
    rows = await PromotionCase.select(PromotionCase.state).where(
        PromotionCase.state.is_in([CaseState.ELIGIBLE.value, CaseState.RECOMMENDED.value])
    )
    states = Counter(row["state"] for row in rows)
    texts = {
        CaseState.RECOMMENDED: ngettext("{n} 件直接晋级待核准", "{n} 件直接晋级待核准", states[CaseState.RECOMMENDED]),
        CaseState.ELIGIBLE: ngettext("{n} 件直接晋级待推荐", "{n} 件直接晋级待推荐", states[CaseState.ELIGIBLE]),
    }
    note = _("系统按规则提出，由人决定")
    return [
        Waiting("ladder", text, note, f"/promotions?state={state}") for state, text in texts.items() if states[state]
    ]


async def _seedlings() -> list[Waiting]:
    n = await Seedling.count().where(Seedling.state == SeedlingState.PROPOSED.value)
    if not n:
        return []
    return [
        Waiting(
            "sprout", ngettext("{n} 名青苗选手待确认", "{n} 名青苗选手待确认", n), _("按入库条件提出"), "/seedlings"
        )
    ]


async def _certificates() -> list[Waiting]:
    """Judges whose certificate ends within a month."""
    today = clock.today()
    rows = (
        await PoolMembership.select(PoolMembership.expires_on)
        .where(
            (PoolMembership.pool == Pool.JUDGE.value)
            & PoolMembership.left_at.is_null()
            & (PoolMembership.expires_on >= today)
            & (PoolMembership.expires_on <= today + SOON)
        )
        .order_by(PoolMembership.expires_on)
    )
    if not rows:
        return []
    text = ngettext("{n} 名裁判员证书 30 天内到期", "{n} 名裁判员证书 30 天内到期", len(rows))
    return [Waiting("shield", text, _("最早一名的到期日见右"), f"/pools/{Pool.JUDGE.value}", rows[0]["expires_on"])]


def _free(year: int, places: int) -> list[Waiting]:
    if not places or year != clock.today().year:
        return []
    text = ngettext("支持项目还有 {n} 席未定", "支持项目还有 {n} 席未定", places)
    return [Waiting("flag", text, _("“高精尖缺”行业竞赛或专项竞赛"), "/contests?supported=1", date(year, 12, 31))]


async def open_contests() -> list[Row]:
    """Contests that take entries now, the one that closes first ahead."""
    now = clock.now()
    return (
        await Contest.select(Contest.id, Contest.name, Contest.name_en, Contest.entry_closes_at)
        .where(
            (Contest.state == ContestState.OPEN.value)
            & Contest.elsewhere.eq(False)
            & (Contest.entry_opens_at <= now)
            & (Contest.entry_closes_at > now)
        )
        .order_by(Contest.entry_closes_at)
        .order_by(Contest.id)
    )
