from piccolo.columns import Integer

from competition.database.rows import Row, index, moment, text, word


class AuditRecord(Row, tablename="audit_record"):
    """Who changed or revealed what. Only ever inserted."""

    INDEXES = (index("subject", "subject_id"),)

    at = moment()
    user_id = Integer(null=True, default=None)
    user_name = word(120)
    role = word(40)
    address = word(64)
    action = word(60)
    subject = word(40)
    subject_id = Integer(null=True, default=None)
    detail = text()
