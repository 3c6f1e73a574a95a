from piccolo.columns import Integer

from competition.contests.tables import Contest, Skill
from competition.database.rows import Row, index, maybe_moment, maybe_ref, moment, ref, text, unique, word
from competition.people.tables import Person
from competition.rulebook.tables import RuleRevision


class Seedling(Row, tablename="seedling"):
    """A young contestant proposed for, or in, the seedling pool. `reason` is JSON, translated when shown.

    The editions still open to them follow from the birth date and the criteria in force.
    """

    INDEXES = (unique("person", "skill"), index("state"))

    person = ref(Person)
    contest = ref(Contest)
    skill = ref(Skill)
    rule = ref(RuleRevision)
    coach = maybe_ref(Person)
    revision = Integer(null=True, default=None)
    rank = Integer(null=True, default=None)
    award_name = word(60)
    reason = text()
    state = word(20)
    stage = word(20)
    proposed_at = moment()
    decided_at = maybe_moment()
    decided_by = Integer(null=True, default=None)
    decision_reason = word(300)
    exit_reason = word(200)
    version = Integer(default=1, null=False)


class SeedlingStep(Row, tablename="seedling_step"):
    """The history of a seedling: each move with its date and person."""

    INDEXES = (index("seedling"),)

    seedling = ref(Seedling)
    stage = word(20)
    at = moment()
    by_name = word(120)
    note = word(200)
