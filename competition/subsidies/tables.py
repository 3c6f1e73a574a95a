from piccolo.columns import BigInt, Boolean, Integer

from competition.contests.tables import Contest, Skill
from competition.database.rows import Row, index, maybe_day, maybe_moment, maybe_ref, moment, ref, text, unique, word
from competition.entries.tables import EntryMember
from competition.people.tables import Person, Unit
from competition.rulebook.tables import RuleRevision


class SubsidyBatch(Row, tablename="subsidy_batch"):
    """Finalist subsidies of one contest. `rate_fen` per person is copied from the rule it names."""

    INDEXES = (unique("token"), unique("year", "tier", "number"), index("contest"))

    token = word(24)
    year = Integer(default=0, null=False)
    tier = word(20)
    number = Integer(default=1, null=False)
    contest = ref(Contest)
    rule = ref(RuleRevision)
    rate_fen = BigInt(default=0, null=False)
    state = word(20)
    digest = word(64)
    created_at = moment()
    notice_from = maybe_day()
    notice_to = maybe_day()
    version = Integer(default=1, null=False)


class BatchStep(Row, tablename="batch_step"):
    """When a batch came into a state, and by whom."""

    INDEXES = (index("batch"),)

    batch = ref(SubsidyBatch)
    state = word(20)
    at = moment()
    by_name = word(120)
    note = word(200)


class SubsidyLine(Row, tablename="subsidy_line"):
    """One person of a batch: due, held, excluded or clawed back, with the reason. Nobody is ever dropped.

    A member of an entry is due at most once, whatever the batches.
    """

    INDEXES = (unique("member", where="\"state\" = 'due'"), unique("batch", "member"), index("unit"), index("person"))

    batch = ref(SubsidyBatch)
    member = ref(EntryMember)
    person = ref(Person)
    unit = maybe_ref(Unit)
    skill = ref(Skill)
    group_kind = word(20)
    revision = Integer(null=True, default=None)
    revision_number = Integer(default=0, null=False)
    state = word(20)
    reason = text()
    amount_fen = BigInt(default=0, null=False)


class Objection(Row, tablename="objection"):
    """An objection during public notice; it must be answered before approval."""

    INDEXES = (index("batch"),)

    batch = ref(SubsidyBatch)
    raised_by = word(120)
    claim = text()
    raised_at = moment()
    answer = text()
    upheld = Boolean(default=False, null=False)
    answered_at = maybe_moment()
    answered_by = Integer(null=True, default=None)
