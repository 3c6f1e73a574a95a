"""What marking tells the rooms above, in the same transaction."""

import msgspec


class StageLocked(msgspec.Struct, frozen=True):
    stage_id: int


class MarkCorrected(msgspec.Struct, frozen=True):
    """After the lock a chief judge revised a mark or an imported score, so the stage's result is out of date."""

    stage_id: int
    reason: str
