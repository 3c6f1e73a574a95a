from piccolo.columns import Integer

from competition.contests.tables import Contest, Skill
from competition.database.rows import Row, index, maybe_moment, moment, ref, text, unique, word
from competition.entries.tables import EntryMember
from competition.people.tables import Person
from competition.rulebook.tables import RuleRevision


class PromotionCase(Row, tablename="promotion_case"):
    """A proposed rise in skill level, with the rule and the conditions it rests on. A person decides.

    `rule_text`, `conditions` and `followed_up` are JSON; `level_proposed` is "" where the rule refuses.
    """

    INDEXES = (unique("member", "rule"), index("person", "year"), index("state"))

    member = ref(EntryMember)
    person = ref(Person)
    contest = ref(Contest)
    skill = ref(Skill)
    rule = ref(RuleRevision)
    rule_text = text()
    revision = Integer(null=True, default=None)
    rank = Integer(null=True, default=None)
    award_name = word(60)
    year = Integer(default=0, null=False)
    level_held = word(20)
    level_proposed = word(20)
    honours = word(200)
    conditions = text()
    state = word(20)
    decision_reason = word(300)
    proposed_at = moment()
    decided_at = maybe_moment()
    decided_by = Integer(null=True, default=None)
    decided_by_name = word(120)
    certificate_number = word(60)
    followed_up = text()
    version = Integer(default=1, null=False)
