"""The fixed words of marking."""

from enum import StrEnum

from competition.problems import N_


class PartSource(StrEnum):
    """panel: marked by judges; import: marked elsewhere (theory); carry: the total of the stage before; record: beside
    the marks and never in the total, for telling ties apart (the time used)."""

    PANEL = "panel"
    IMPORT = "import"
    CARRY = "carry"
    RECORD = "record"


ENTERED = (PartSource.IMPORT, PartSource.RECORD)


SOURCE_NAMES = {
    PartSource.PANEL: N_("裁判评分"),
    PartSource.IMPORT: N_("成绩导入"),
    PartSource.CARRY: N_("沿用上一阶段总分"),
    PartSource.RECORD: N_("另行记录，不计分（如用时）"),
}


class CombinedBy(StrEnum):
    """What a panel's way of aggregation combines: the marks for each aspect, or what each judge gave in all."""

    ASPECT = "aspect"
    JUDGE = "judge"


COMBINED_BY_NAMES = {
    CombinedBy.ASPECT: N_("逐个评分项合成"),
    CombinedBy.JUDGE: N_("按各裁判的总分合成"),
}


class Better(StrEnum):
    MORE = "more"
    LESS = "less"


BETTER_NAMES = {
    Better.LESS: N_("少者优先"),
    Better.MORE: N_("多者优先"),
}


class AggregationKind(StrEnum):
    TRIMMED = "trimmed"
    MEAN = "mean"
    MEDIAN = "median"
    SUM = "sum"
    AGREED = "agreed"


AGGREGATION_NAMES = {
    AggregationKind.TRIMMED: N_("去高去低平均"),
    AggregationKind.MEAN: N_("平均分"),
    AggregationKind.MEDIAN: N_("中位数"),
    AggregationKind.SUM: N_("去高去低求和"),
    AggregationKind.AGREED: N_("裁判须一致"),
}


class Method(StrEnum):
    """How the aspects of a form are marked: a panel score, a WorldSkills judgement 0–3, or a measurement."""

    SCORE = "score"
    JUDGEMENT = "judgement"
    MEASUREMENT = "measurement"


METHOD_NAMES = {
    Method.SCORE: N_("按分值评分"),
    Method.JUDGEMENT: N_("评判（0–3）"),
    Method.MEASUREMENT: N_("测量"),
}


class CalculationKind(StrEnum):
    """How a measurement becomes a mark; NONE takes the mark as it is entered, in steps."""

    NONE = ""
    PASS_FAIL = "pass_fail"  # noqa: S105  # no password
    COMPLETED = "completed"
    CHOICE = "choice"
    RANGED = "ranged"
    DIFFERENCE = "difference"


CALCULATION_NAMES = {
    CalculationKind.NONE: N_("直接给分"),
    CalculationKind.PASS_FAIL: N_("是否合格"),
    CalculationKind.COMPLETED: N_("完成数量"),
    CalculationKind.CHOICE: N_("选项扣分"),
    CalculationKind.RANGED: N_("区间给分"),
    CalculationKind.DIFFERENCE: N_("差值扣分"),
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


class Layer(StrEnum):
    """A layer of blind numbers: drawn before the contest, at check-in, and for works that were collected.

    Judges of a form see the number of its layer only. Reveals go in reverse order.
    """

    CONTEST = "contest"
    NUMBER = "number"
    REVIEW = "review"


LAYER_NAMES = {Layer.CONTEST: N_("参赛号"), Layer.NUMBER: N_("工位号"), Layer.REVIEW: N_("评审号")}
LAYER_ORDER = tuple(Layer)
NUMBER_LAYER = Layer.NUMBER.value


class AdjustmentKind(StrEnum):
    PENALTY = "penalty"
    BONUS = "bonus"


ADJUSTMENT_NAMES = {AdjustmentKind.PENALTY: N_("违规扣分"), AdjustmentKind.BONUS: N_("加分")}


class IncidentKind(StrEnum):
    """What happened at a work; time is given back only for what was not the contestant's fault."""

    EQUIPMENT = "equipment"
    MATERIAL = "material"
    POWER = "power"
    INJURY = "injury"
    MISCONDUCT = "misconduct"
    OTHER = "other"


INCIDENT_NAMES = {
    IncidentKind.EQUIPMENT: N_("设备故障"),
    IncidentKind.MATERIAL: N_("材料问题"),
    IncidentKind.POWER: N_("停电断网"),
    IncidentKind.INJURY: N_("受伤或不适"),
    IncidentKind.MISCONDUCT: N_("违规行为"),
    IncidentKind.OTHER: N_("其他"),
}


class AppealState(StrEnum):
    FILED = "filed"
    LATE = "late"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


APPEAL_STATE_NAMES = {
    AppealState.FILED: N_("已受理，待仲裁"),
    AppealState.LATE: N_("逾期，不予受理"),
    AppealState.UPHELD: N_("申诉成立"),
    AppealState.DISMISSED: N_("申诉不成立"),
}
