"""What the audit trail says about one thing."""

from datetime import datetime
from typing import Any

from competition.audit.tables import AuditRecord


async def last_change(subject: str, subject_id: int) -> tuple[str, datetime | None]:
    """Who touched it last, and when; ("", None) when nobody has."""
    row = (
        await AuditRecord.select(AuditRecord.user_name, AuditRecord.at)
        .where((AuditRecord.subject == subject) & (AuditRecord.subject_id == subject_id))
        .order_by(AuditRecord.id, ascending=False)
        .first()
    )
    return (row["user_name"], row["at"]) if row else ("", None)


async def history_of(subject: str, subject_id: int, limit: int = 100) -> list[dict[str, Any]]:
    """The records about it, newest first."""
    return (
        await AuditRecord.select()
        .where((AuditRecord.subject == subject) & (AuditRecord.subject_id == subject_id))
        .order_by(AuditRecord.id, ascending=False)
        .limit(limit)
    )
