"""The fixed words about subsidy batches and their lines, with their names."""

from enum import StrEnum

from competition.problems import N_


class BatchState(StrEnum):
    DRAFTED = "drafted"
    CHECKED = "checked"
    NOTICED = "noticed"
    APPROVED = "approved"
    PAID = "paid"


BATCH_STATE_NAMES = {
    BatchState.DRAFTED: N_("起草"),
    BatchState.CHECKED: N_("核对"),
    BatchState.NOTICED: N_("公示"),
    BatchState.APPROVED: N_("审批"),
    BatchState.PAID: N_("发放"),
}


class BatchAction(StrEnum):
    CHECK = "check"
    NOTICE = "notice"
    APPROVE = "approve"
    PAY = "pay"
    WITHDRAW = "withdraw"


BATCH_ACTION_NAMES = {
    BatchAction.CHECK: N_("核对无误"),
    BatchAction.NOTICE: N_("开始公示"),
    BatchAction.APPROVE: N_("批准发放"),
    BatchAction.PAY: N_("登记已发放"),
    BatchAction.WITHDRAW: N_("撤回起草"),
}


class LineState(StrEnum):
    DUE = "due"
    HELD = "held"
    EXCLUDED = "excluded"
    CLAWED_BACK = "clawed_back"


LINE_STATE_NAMES = {
    LineState.DUE: N_("应发"),
    LineState.HELD: N_("暂缓"),
    LineState.EXCLUDED: N_("剔除"),
    LineState.CLAWED_BACK: N_("已追回"),
}
