"""Incidents at a work, and the minutes given back for them."""

from collections import Counter
from datetime import datetime
from typing import Any

import msgspec

from competition.audit.write import Actor, write
from competition.contests.kinds import StageState
from competition.marking.kinds import IncidentKind
from competition.marking.service.procedure import number_in, stage_of
from competition.marking.tables import Incident
from competition.problems import N_, Problem, Refused

MOST_MINUTES = 480


class IncidentDraft(msgspec.Struct, frozen=True):
    blind_id: int
    kind: IncidentKind
    happened_at: datetime
    note: str
    minutes: int = 0
    evidence: str = ""
    approver: str = ""


async def record_incident(actor: Actor, stage_id: int, draft: IncidentDraft) -> int:
    """Its id. Time is given back only with an approver.

    Raises Missing, and Refused before the draw, for a number of another stage and for what is missing.
    """
    stage = await stage_of(stage_id)
    blind = await number_in(stage_id, draft.blind_id)
    if stage["state"] == StageState.RELEASED:
        raise Refused(Problem(N_("成绩已发布，不再登记事件")))
    async with write(actor) as change:
        if problems := _problems(draft, change.at):
            raise Refused(*problems)
        [row] = await Incident.insert(
            Incident(
                stage=stage_id, blind=blind["id"], kind=draft.kind.value, happened_at=draft.happened_at,
                minutes=draft.minutes, note=draft.note.strip(), evidence=draft.evidence.strip(),
                approver=draft.approver.strip(), made_at=change.at, made_by=actor.user_id, made_by_name=actor.name,
            )
        )  # fmt: skip
        await change.record(
            "incident.recorded", "stage", stage_id,
            incident=row["id"], work=blind["label"], kind=draft.kind, minutes=draft.minutes,
        )  # fmt: skip
    return row["id"]


def _problems(draft: IncidentDraft, now: datetime) -> list[Problem]:
    problems = []
    if not draft.note.strip():
        problems.append(Problem(N_("写明经过"), field="note"))
    if not 0 <= draft.minutes <= MOST_MINUTES:
        problems.append(
            Problem(N_("须在 {least} 到 {most} 之间"), field="minutes", params={"least": 0, "most": MOST_MINUTES})
        )
    if draft.minutes and not draft.approver.strip():
        problems.append(Problem(N_("补时须有批准人"), field="approver"))
    if draft.happened_at > now:
        problems.append(Problem(N_("不能晚于现在"), field="happened_at"))
    return problems


async def load_incidents(stage_id: int) -> list[dict[str, Any]]:
    """In the order they happened, with the label of the work."""
    return (
        await Incident.select(*Incident.all_columns(), Incident.blind.label.as_alias("label"))
        .where(Incident.stage == stage_id)
        .order_by(Incident.happened_at)
        .order_by(Incident.id)
    )


def minutes_by_work(incidents: list[dict[str, Any]]) -> dict[str, int]:
    """Minutes given back in all, by label, for works that got any."""
    given: Counter[str] = Counter()
    for row in incidents:
        given[row["label"]] += row["minutes"]
    return {label: minutes for label, minutes in sorted(given.items()) if minutes}
