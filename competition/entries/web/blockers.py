"""What of a contest's entries waits for its organiser, for the contest's page."""

from competition import clock
from competition.contests.kinds import GROUP_NAMES, ContestState
from competition.contests.overview import Blocker
from competition.entries.kinds import EntryState
from competition.entries.rules.eligibility import GroupFacts
from competition.entries.service.facts import programme
from competition.entries.service.overview import COUNTED, group_counts
from competition.web.i18n import _


async def entry_blockers(contest_id: int) -> dict[int, list[Blocker]]:
    """By skill: entries to be reviewed, and after the deadline groups that stayed below their minimum."""
    known = await programme(contest_id)
    if known.contest.elsewhere or known.contest.state != ContestState.OPEN:
        return {}
    closes = known.contest.closes_at
    over = closes is not None and closes <= clock.now()
    counts = await group_counts(contest_id)
    found: dict[int, list[Blocker]] = {}
    for group in known.groups:
        blockers = _of_group(contest_id, group, counts.get(group.group_id, {}), over)
        if blockers:
            found.setdefault(group.skill_id, []).extend(blockers)
    return found


def _of_group(contest_id: int, group: GroupFacts, counts: dict[str, int], over: bool) -> list[Blocker]:
    here = f"/contests/{contest_id}/entries?group={group.group_id}"
    name = _(GROUP_NAMES[group.kind])
    waiting = counts.get(EntryState.SUBMITTED, 0)
    entered = sum(counts.get(state, 0) for state in COUNTED)
    found = []
    if waiting and over:
        text = _("{group}有 {n} 项报名待审核", group=name, n=waiting)
        found.append(Blocker(text, f"{here}&state=submitted", _("审核")))
    if over and entered < group.minimum_entries:
        text = _("{group}报名 {n} 项，未达最低 {least} 项", group=name, n=entered, least=group.minimum_entries)
        found.append(Blocker(text, here, _("查看")))
    return found
