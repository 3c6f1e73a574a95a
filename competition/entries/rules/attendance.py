"""When attendance can be recorded, and what needs a reason."""

from competition.contests.kinds import StageState
from competition.entries.kinds import Attendance
from competition.problems import N_, Problem

# Coming or not is seen on the day; a disqualification or a withdrawal may be found out after the lock.
AT_ANY_TIME = frozenset({Attendance.DISQUALIFIED, Attendance.WITHDRAWN})
_ON_THE_DAY = frozenset({StageState.PLACED, StageState.MARKING})


def attendance_problem(attendance: Attendance, stage_state: str, reason: str) -> Problem | None:
    """None when it may be recorded."""
    if stage_state == StageState.PLANNED:
        return Problem(N_("该阶段还没有名单，不能检录"))
    if stage_state not in _ON_THE_DAY and attendance not in AT_ANY_TIME:
        return Problem(N_("该阶段已锁定，不能再改检录"))
    if attendance in AT_ANY_TIME and not reason:
        return Problem(N_("退赛和取消资格须写明原因"), "reason")
    return None
