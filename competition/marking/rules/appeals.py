"""Appeals: the clock that runs from the end of the session, and how a later act names the appeal behind it."""

import re
from datetime import datetime, timedelta

from competition.marking.kinds import AppealState
from competition.problems import N_

NAME = N_("申诉第 {n} 号")


def deadline(ended_at: datetime, hours: int) -> datetime:
    """The last second in which an appeal is in time."""
    return ended_at.replace(microsecond=0) + timedelta(hours=hours)


def appeal_state(filed_at: datetime, ended_at: datetime, hours: int) -> AppealState:
    """In time up to the deadline itself. Counted in whole seconds, as the times are shown."""
    late = filed_at.replace(microsecond=0) > deadline(ended_at, hours)
    return AppealState.LATE if late else AppealState.FILED


def names_appeal(reason: str, number: int) -> bool:
    """Whether the reason of a return or a correction is this appeal of the stage."""
    english = re.search(rf"\bappeal (no\. ?)?{number}\b", reason, re.IGNORECASE)
    return english is not None or _close_up(NAME.format(n=number)) in _close_up(reason)


def _close_up(text: str) -> str:
    return "".join(text.split())
