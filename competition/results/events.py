"""What results tell the rooms above, in the transaction that does it."""

import msgspec


class StageReleased(msgspec.Struct, frozen=True):
    """A revision became the public result of its stage. `corrected`: it replaces one released before."""

    contest_id: int
    stage_id: int
    revision_id: int
    stage_kind: str
    corrected: bool
