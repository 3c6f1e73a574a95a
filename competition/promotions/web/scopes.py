"""What the ids in addresses of this room lead to."""

from competition.accounts.access import Scopes, path_scope
from competition.promotions.tables import PromotionCase


@path_scope("case_id")
async def _case(case_id: int) -> Scopes | None:
    row = (
        await PromotionCase.select(
            PromotionCase.contest, PromotionCase.skill, PromotionCase.person, PromotionCase.member.unit.as_alias("unit")
        )
        .where(PromotionCase.id == case_id)
        .first()
    )
    if row is None:
        return None
    return {
        "contest": row["contest"],
        "skill": row["skill"],
        "person": row["person"],
        "unit": row["unit"] or 0,  # nobody is registrar of unit 0
    }
