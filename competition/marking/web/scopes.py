"""What the ids in marking's addresses lead to."""

from typing import Any

from competition.accounts.access import Scopes, open_path, path_scope
from competition.database.prepared import Prepared
from competition.marking.tables import (
    Adjustment,
    Appeal,
    BlindNumber,
    JudgeRelation,
    Panel,
    RecheckItem,
    SchemePart,
    Sheet,
)

_STAGE: Any = SchemePart.scheme._.stage
_sheet = Prepared(
    lambda token: Sheet.select(
        Sheet.seat.panel.as_alias("panel"),
        Sheet.stage._.group.skill.as_alias("skill"),
        Sheet.stage._.group._.skill.contest.as_alias("contest"),
    ).where(Sheet.token == token),
    1,
)

# An aspect is looked up in the scheme of the sheet that stands before it in the address.
open_path("aspect_id")


@path_scope("sheet_token")
async def _scopes_of_sheet(token: str) -> Scopes | None:
    rows = await _sheet(token)
    return rows[0] if rows else None


@path_scope("part_id")
async def _scopes_of_part(part_id: int) -> Scopes | None:
    return (
        await SchemePart.select(
            SchemePart.scheme.stage.as_alias("stage"), _STAGE.group.as_alias("group"),
            _STAGE._.group.skill.as_alias("skill"), _STAGE._.group._.skill.contest.as_alias("contest"),
        )
        .where(SchemePart.id == part_id)
        .first()
    )  # fmt: skip


@path_scope("panel_id")
async def _scopes_of_panel(panel_id: int) -> Scopes | None:
    return (
        await Panel.select(
            Panel.id.as_alias("panel"), Panel.stage.as_alias("stage"), Panel.stage._.group.skill.as_alias("skill"),
            Panel.stage._.group._.skill.contest.as_alias("contest"),
        )
        .where(Panel.id == panel_id)
        .first()
    )  # fmt: skip


@path_scope("blind_id")
async def _scopes_of_blind(blind_id: int) -> Scopes | None:
    return (
        await BlindNumber.select(
            BlindNumber.stage.as_alias("stage"), BlindNumber.stage._.group.skill.as_alias("skill"),
            BlindNumber.stage._.group._.skill.contest.as_alias("contest"),
        )
        .where(BlindNumber.id == blind_id)
        .first()
    )  # fmt: skip


@path_scope("recheck_work_id")
async def _scopes_of_recheck_work(work_id: int) -> Scopes | None:
    return await _scopes_of_stage(RecheckItem, RecheckItem.recheck._.stage, work_id)


@path_scope("appeal_id")
async def _scopes_of_appeal(appeal_id: int) -> Scopes | None:
    return await _scopes_of_stage(Appeal, Appeal.stage, appeal_id)


@path_scope("adjustment_id")
async def _scopes_of_adjustment(adjustment_id: int) -> Scopes | None:
    return await _scopes_of_stage(Adjustment, Adjustment.stage, adjustment_id)


@path_scope("relation_id")
async def _scopes_of_relation(relation_id: int) -> Scopes | None:
    return await _scopes_of_stage(JudgeRelation, JudgeRelation.stage, relation_id)


async def _scopes_of_stage(table: Any, stage: Any, row_id: int) -> Scopes | None:
    """Of the stage that a row of this table belongs to."""
    return (
        await table.select(
            stage.as_alias("stage"), stage.group.as_alias("group"), stage._.group.skill.as_alias("skill"),
            stage._.group._.skill.contest.as_alias("contest"),
        )
        .where(table.id == row_id)
        .first()
    )  # fmt: skip
