from piccolo.columns import BigInt, Boolean, Integer

from competition.contests.tables import Contest, Stage
from competition.database.rows import Row, index, maybe_moment, moment, ref, text, unique, word
from competition.entries.tables import Entry


class ResultRevision(Row, tablename="result_revision"):
    """A frozen result of a stage with a digest of what went in. `kind` is "computed", or "recorded" for a contest
    run elsewhere. `entrants` is how many took part, 0 when unknown.

    A draft has number 0 and no `released_at`, and may be discarded; released revisions are numbered 1, 2, … in the
    order of release, and exactly one of them is current. Who may see which is answered by results/visibility.py alone.
    """

    INDEXES = (
        unique("stage", "number", where='"number" > 0'),
        unique("stage", where='"current"'),
        index("stage", "id"),
        index("released_at"),
    )

    stage = ref(Stage)
    number = Integer(default=0, null=False)
    kind = word(20)
    current = Boolean(default=False, null=False)
    computed_at = moment()
    computed_by = Integer(null=True, default=None)
    digest = word(64)
    source = word(200)
    entrants = Integer(default=0, null=False)
    reason = word(200)
    released_at = maybe_moment()
    released_by = Integer(null=True, default=None)
    discarded_at = maybe_moment()


class ResultLine(Row, tablename="result_line"):
    """One entry's result, with its attendance as it was then. `token` is what the QR code of the line holds.

    `total` in 1/10000 (None: a mark is missing, or did not take part); `parts` is JSON {code: score in 1/10000};
    `scale` is the score on the WorldSkills scale (reverse-engineered), None where it does not apply;
    `reason` is JSON {"text", "params"}, translated when shown; `prize_fen` is per person.
    """

    INDEXES = (unique("revision", "entry"), unique("token"), index("entry"))

    token = word(24)
    revision = ref(ResultRevision)
    entry = ref(Entry)
    attendance = word(20)
    rank = Integer(null=True, default=None)
    tied = Boolean(default=False, null=False)
    total = BigInt(null=True, default=None)
    scale = Integer(null=True, default=None)
    parts = text()
    award = word(40)
    award_name = word(60)
    award_name_en = word(80)
    award_level = word(20)
    prize_fen = BigInt(default=0, null=False)
    qualifies = Boolean(default=False, null=False)
    advances = Boolean(default=False, null=False)
    reason = text()


class PublishedStanding(Row, tablename="published_standing"):
    """A row of the table of delegations that a contest held elsewhere published; `ours` is the city's own.

    `excellence` and `points` are None where the table does not say them.
    """

    INDEXES = (unique("contest", "name"),)

    contest = ref(Contest)
    name = word(60)
    ours = Boolean(default=False, null=False)
    rank = Integer(default=0, null=False)
    gold = Integer(default=0, null=False)
    silver = Integer(default=0, null=False)
    bronze = Integer(default=0, null=False)
    excellence = Integer(null=True, default=None)
    points = Integer(null=True, default=None)
    source = word(200)
    recorded_at = moment()
    recorded_by = Integer(null=True, default=None)


class TieDecision(Row, tablename="tie_decision"):
    """The chief judge's order inside a tie, with the reason. `ordered` is a JSON list of entry ids."""

    INDEXES = (index("stage"),)

    stage = ref(Stage)
    ordered = text()
    reason = word(200)
    decided_at = moment()
    decided_by = Integer(null=True, default=None)


class DeclinedPlace(Row, tablename="declined_place"):
    """A place in the next stage that was won in `stage` and not taken up, unless that was taken back."""

    INDEXES = (unique("stage", "entry", where='"taken_back_at" IS NULL'),)

    stage = ref(Stage)
    entry = ref(Entry)
    reason = word(200)
    declined_at = moment()
    declined_by = Integer(null=True, default=None)
    taken_back_at = maybe_moment()
