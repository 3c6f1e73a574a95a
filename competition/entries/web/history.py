"""The audit trail of an entry, in words."""

from typing import Any

import msgspec

from competition.entries.kinds import ATTENDANCE_NAMES, Attendance
from competition.problems import N_
from competition.web.i18n import _

_ACTIONS = {
    "entry.saved": N_("保存，未提交"),
    "entry.submitted": N_("提交报名"),
    "entry.recorded": N_("记录决赛选手"),
    "entry.edited": N_("修改"),
    "entry.approved": N_("审核通过"),
    "entry.returned": N_("退回修改"),
    "entry.return_undone": N_("撤销退回"),
    "entry.rejected": N_("未通过"),
    "entry.withdrawn": N_("撤回报名"),
    "entry.attendance": N_("登记检录"),
    "entry.scanned_again": N_("重复扫码"),
}


def told(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each record as when, who, in which role, what, and its detail."""
    return [
        {
            "at": record["at"], "who": record["user_name"], "role": record["role"],
            "what": _(_ACTIONS.get(record["action"], record["action"])), "detail": _detail(record),
        }
        for record in records
    ]  # fmt: skip


def _detail(record: dict[str, Any]) -> str:
    detail = msgspec.json.decode(record["detail"]) if record["detail"] else {}
    parts = []
    if record["action"] == "entry.attendance":
        parts.append(_(ATTENDANCE_NAMES[Attendance(detail["attendance"])]))
    if "source" in detail:
        parts.append(_("由工作簿导入：{name}", name=detail["source"]))
    if "before" in detail and set(detail["before"]) != set(detail["persons"]):
        parts.append(_("更换了选手"))
    if detail.get("group") != detail.get("group_before") and "group_before" in detail:
        parts.append(_("更换了组别"))
    if "reason" in detail:
        parts.append(detail["reason"])
    return _("；").join(parts)
