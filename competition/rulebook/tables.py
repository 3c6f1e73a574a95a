from piccolo.columns import Date

from competition.database.rows import Row, maybe_day, maybe_moment, moment, text, unique, word


class RuleRevision(Row, tablename="rule_revision"):
    """One version of a dated rule document. A decision names the row it was made by; rows are never changed
    except for `superseded_at`. `body` is the whole file; `origin` is "seed" or "upload"."""

    INDEXES = (unique("code", "digest"), unique("code", where='"superseded_at" IS NULL'))

    code = word(60)
    kind = word(20)
    title = word(200)
    title_en = word(200)
    document_number = word(120)
    valid_from = Date(null=False, default=None)
    valid_to = maybe_day()
    standing = word(20)
    source = text()
    body = text()
    digest = word(64)
    origin = word(10)
    loaded_at = moment()
    superseded_at = maybe_moment()
