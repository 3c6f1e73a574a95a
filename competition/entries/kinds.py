"""The fixed words about entries and attendance."""

from enum import StrEnum

from competition.problems import N_


class EntryState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


ENTRY_STATE_NAMES = {
    EntryState.DRAFT: N_("未提交"),
    EntryState.SUBMITTED: N_("待审核"),
    EntryState.RETURNED: N_("已退回"),
    EntryState.APPROVED: N_("已通过"),
    EntryState.REJECTED: N_("未通过"),
    EntryState.WITHDRAWN: N_("已撤回"),
}


class Attendance(StrEnum):
    """Of an entry in a stage; EXPECTED until somebody says otherwise."""

    EXPECTED = ""
    CHECKED_IN = "checked_in"
    ABSENT = "absent"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"


ATTENDANCE_NAMES = {
    Attendance.EXPECTED: N_("待检录"),
    Attendance.CHECKED_IN: N_("已检录"),
    Attendance.ABSENT: N_("缺席"),
    Attendance.WITHDRAWN: N_("退赛"),
    Attendance.DISQUALIFIED: N_("取消资格"),
}


class EntryAction(StrEnum):
    SUBMIT = "submit"
    EDIT = "edit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    UNDO_RETURN = "undo_return"


ENTRY_ACTION_NAMES = {
    EntryAction.SUBMIT: N_("提交"),
    EntryAction.EDIT: N_("修改"),
    EntryAction.WITHDRAW: N_("撤回报名"),
    EntryAction.APPROVE: N_("通过"),
    EntryAction.RETURN: N_("退回"),
    EntryAction.REJECT: N_("不予通过"),
    EntryAction.UNDO_RETURN: N_("撤销退回"),
}


class ImportState(StrEnum):
    """Of an uploaded workbook: waiting for its unit, its good rows taken over, or replaced by a later upload."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REPLACED = "replaced"
