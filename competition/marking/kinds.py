"""The fixed words of marking."""

from enum import StrEnum

from competition.problems import N_


class PartSource(StrEnum):
    """panel: marked by judges; import: marked elsewhere (theory); carry: the total of the stage before."""

    PANEL = "panel"
    IMPORT = "import"
    CARRY = "carry"


SOURCE_NAMES = {
    PartSource.PANEL: N_("裁判评分"),
    PartSource.IMPORT: N_("成绩导入"),
    PartSource.CARRY: N_("沿用上一阶段总分"),
}


class AggregationKind(StrEnum):
    TRIMMED = "trimmed"
    MEAN = "mean"
    MEDIAN = "median"


AGGREGATION_NAMES = {
    AggregationKind.TRIMMED: N_("去高去低平均"),
    AggregationKind.MEAN: N_("平均分"),
    AggregationKind.MEDIAN: N_("中位数"),
}


class SheetState(StrEnum):
    """`VOID` stands outside the life of a sheet: its judge recused, or it was never needed."""

    OPEN = "open"
    SUBMITTED = "submitted"
    CHECKED = "checked"
    SIGNED = "signed"
    LOCKED = "locked"
    VOID = "void"


SHEET_STATE_NAMES = {
    SheetState.OPEN: N_("评分中"),
    SheetState.SUBMITTED: N_("已提交"),
    SheetState.CHECKED: N_("已核对"),
    SheetState.SIGNED: N_("裁判长已签字"),
    SheetState.LOCKED: N_("已锁定"),
    SheetState.VOID: N_("不评分"),
}
HANDED_IN = (SheetState.SUBMITTED, SheetState.CHECKED, SheetState.SIGNED, SheetState.LOCKED)


class SignatureKind(StrEnum):
    """What a chief judge puts a name to, each once per stage."""

    SIGN = "sign"
    LOCK = "lock"


NUMBER_LAYER = "number"
