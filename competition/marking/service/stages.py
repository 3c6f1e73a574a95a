"""The stage as marking sees it: held while something that depends on its state is written."""

from competition.contests.tables import Stage
from competition.marking.tables import StageSignature
from competition.problems import N_, Problem, Refused, Stale


async def hold_stage(stage_id: int, state: str) -> None:
    """Take the stage's row for this transaction, so that its lock waits. Raises Stale when the state is another one."""
    rows = (
        await Stage.update({Stage.state: str(state)})
        .where((Stage.id == stage_id) & (Stage.state == str(state)))
        .returning(Stage.id)
    )
    if not rows:
        raise Stale


async def require_unsigned(stage_id: int) -> None:
    """Raises Refused once the chief judge has signed."""
    if await StageSignature.exists().where(StageSignature.stage == stage_id):
        raise Refused(Problem(N_("裁判长已签字；成绩不再改动，更正须在锁定后修订")))
