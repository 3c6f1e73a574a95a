"""What the ids in addresses of this room lead to."""

from competition.accounts.access import Scopes, path_scope
from competition.subsidies.tables import Objection, SubsidyBatch, SubsidyLine


@path_scope("batch_id")
async def _batch(batch_id: int) -> Scopes | None:
    row = await SubsidyBatch.select(SubsidyBatch.contest).where(SubsidyBatch.id == batch_id).first()
    return {"batch": batch_id, "contest": row["contest"]} if row else None


@path_scope("line_id")
async def _line(line_id: int) -> Scopes | None:
    row = await SubsidyLine.select(SubsidyLine.batch).where(SubsidyLine.id == line_id).first()
    return {"batch": row["batch"]} if row else None


@path_scope("objection_id")
async def _objection(objection_id: int) -> Scopes | None:
    row = await Objection.select(Objection.batch).where(Objection.id == objection_id).first()
    return {"batch": row["batch"]} if row else None
