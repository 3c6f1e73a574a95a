from piccolo.columns import BigInt, Boolean, Integer

from competition.contests.tables import Stage
from competition.database.rows import Row, index, maybe_moment, moment, ref, text, unique, word
from competition.entries.tables import Entry


class ResultRevision(Row, tablename="result_revision"):
    """A frozen result of a stage with a digest of what went in. `kind` is "computed", or "recorded" for a contest
    run elsewhere. Nothing outside the marking room may see it before `released_at`."""

    INDEXES = (unique("stage", "number"), unique("stage", where='"current"'))

    stage = ref(Stage)
    number = Integer(default=1, null=False)
    kind = word(20)
    current = Boolean(default=True, null=False)
    computed_at = moment()
    computed_by = Integer(null=True, default=None)
    digest = word(64)
    source = word(200)
    reason = word(200)
    released_at = maybe_moment()
    released_by = Integer(null=True, default=None)


class ResultLine(Row, tablename="result_line"):
    """One entry's result. `total` in 1/10000 (None: a mark is missing); `parts` is JSON {code: score in 1/10000}."""

    INDEXES = (unique("revision", "entry"), index("entry"))

    revision = ref(ResultRevision)
    entry = ref(Entry)
    rank = Integer(null=True, default=None)
    tied = Boolean(default=False, null=False)
    total = BigInt(null=True, default=None)
    parts = text()
    award = word(40)
    award_name = word(60)
    award_level = word(20)
    prize_fen = BigInt(default=0, null=False)
    qualifies = Boolean(default=False, null=False)
    advances = Boolean(default=False, null=False)
    reason = word(200)


class TieDecision(Row, tablename="tie_decision"):
    """The chief judge's order inside a tie, with the reason. `ordered` is a JSON list of entry ids."""

    INDEXES = (index("stage"),)

    stage = ref(Stage)
    ordered = text()
    reason = word(200)
    decided_at = moment()
    decided_by = Integer(null=True, default=None)
