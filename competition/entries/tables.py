from piccolo.columns import Boolean, Integer

from competition.contests.tables import Contest, Skill, SkillGroup, Stage, StageSession
from competition.database.rows import Row, index, maybe_moment, maybe_ref, moment, ref, text, unique, word
from competition.people.tables import Person, Unit


class Entry(Row, tablename="entry"):
    """One contestant or team of one unit in one group."""

    INDEXES = (unique("token"), index("contest", "unit"), index("group"), index("contest", "state"))

    token = word(24)
    contest = ref(Contest)
    skill = ref(Skill)
    group = ref(SkillGroup)
    unit = maybe_ref(Unit)
    team_name = word(80)
    state = word(20)
    reason = word(200)
    created_at = moment()
    created_by = Integer(null=True, default=None)
    submitted_at = maybe_moment()
    decided_at = maybe_moment()
    decided_by = Integer(null=True, default=None)
    version = Integer(default=1, null=False)


class EntryMember(Row, tablename="entry_member"):
    """A person of an entry, with the unit and level of the day of registration. One active entry per contest."""

    INDEXES = (index("entry"), index("person"), unique("contest", "person", where='"active"'))

    entry = ref(Entry)
    contest = ref(Contest)
    person = ref(Person)
    unit = maybe_ref(Unit)
    status = word(20)
    level_held = word(20)
    guardian_consent = Boolean(default=False, null=False)
    active = Boolean(default=True, null=False)


class EntryCoach(Row, tablename="entry_coach"):
    """At most two, exactly one of them main."""

    INDEXES = (unique("entry", "person"), unique("entry", where='"main"'), index("person"))

    entry = ref(Entry)
    person = ref(Person)
    main = Boolean(default=False, null=False)


class EntryImport(Row, tablename="entry_import"):
    """An uploaded workbook as it was read, waiting for its unit to confirm. `rows` is JSON, IDs sealed."""

    INDEXES = (index("contest", "unit"),)

    contest = ref(Contest)
    unit = ref(Unit)
    filename = word(160)
    uploaded_at = moment()
    uploaded_by = Integer(null=True, default=None)
    rows = text()
    state = word(20)


class StagePlace(Row, tablename="stage_place"):
    """An entry's place in a stage, frozen with the reason it is there. Money counts the places of finals.

    `attendance` is "", "checked_in", "absent", "withdrawn" or "disqualified".
    """

    INDEXES = (unique("stage", "entry"), index("entry"))

    stage = ref(Stage)
    entry = ref(Entry)
    reason = word(200)
    from_revision = Integer(null=True, default=None)
    position = Integer(default=0, null=False)
    declined_at = maybe_moment()
    declined_reason = word(200)
    session = maybe_ref(StageSession)
    attendance = word(20)
    attended_at = maybe_moment()
    attended_by = Integer(null=True, default=None)
    attendance_reason = word(200)
