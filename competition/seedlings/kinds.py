"""The fixed words about seedlings, with their names."""

from enum import StrEnum

from competition.problems import N_


class SeedlingState(StrEnum):
    PROPOSED = "proposed"
    IN_POOL = "in_pool"
    DECLINED = "declined"
    LEFT = "left"


SEEDLING_STATE_NAMES = {
    SeedlingState.PROPOSED: N_("待确认"),
    SeedlingState.IN_POOL: N_("在库"),
    SeedlingState.DECLINED: N_("未入库"),
    SeedlingState.LEFT: N_("已出库"),
}


class SeedlingStage(StrEnum):
    """How far a seedling has come; of the last two one competes and the other stands by."""

    SEED = "seed"
    CITY_SQUAD = "city_squad"
    PROVINCIAL_SQUAD = "provincial_squad"
    NATIONAL_SQUAD = "national_squad"
    COMPETITOR = "competitor"
    RESERVE = "reserve"


SEEDLING_STAGE_NAMES = {
    SeedlingStage.SEED: N_("苗子"),
    SeedlingStage.CITY_SQUAD: N_("市队"),
    SeedlingStage.PROVINCIAL_SQUAD: N_("省队"),
    SeedlingStage.NATIONAL_SQUAD: N_("国家队"),
    SeedlingStage.COMPETITOR: N_("参赛"),
    SeedlingStage.RESERVE: N_("备选"),
}
