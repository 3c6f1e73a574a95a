from piccolo.columns import BigInt, Boolean, Integer

from competition.database.rows import Row, index, maybe_day, maybe_moment, maybe_ref, moment, ref, text, unique, word


class Contest(Row, tablename="contest"):
    """A contest of any tier. `elsewhere` is one run by others whose finalists and results are recorded here."""

    INDEXES = (unique("token"), index("year", "tier"))

    token = word(24)
    name = word(120)
    name_en = word(160)
    tier = word(20)
    contest_class = word(20)
    category = word(20)
    year = Integer(default=0, null=False)
    edition = word(40)
    document_number = word(80)
    result_document_number = word(80)
    place = word(120)
    zone = word(40)
    elsewhere = Boolean(default=False, null=False)
    supported = Boolean(default=False, null=False)
    in_annual_plan = Boolean(default=True, null=False)
    state = word(20)
    entry_opens_at = maybe_moment()
    entry_closes_at = maybe_moment()
    starts_on = maybe_day()
    ends_on = maybe_day()
    created_at = moment()
    version = Integer(default=1, null=False)
    fictitious = Boolean(default=False, null=False)


class Host(Row, tablename="host"):
    """One host of a contest: government, enterprise, school or association, in one role."""

    INDEXES = (index("contest"),)

    contest = ref(Contest)
    kind = word(20)
    role = word(20)
    name = word(120)


class FundingLine(Row, tablename="funding_line"):
    """Money from one source, in fen."""

    INDEXES = (unique("contest", "source"),)

    contest = ref(Contest)
    source = word(20)
    budget_fen = BigInt(default=0, null=False)
    actual_fen = BigInt(default=0, null=False)


class SideEvent(Row, tablename="side_event"):
    """A competition, conference, exhibition or performance beside the contest (赛会展演)."""

    INDEXES = (index("contest"),)

    contest = ref(Contest)
    kind = word(20)
    name = word(120)
    held_on = maybe_day()
    place = word(120)


class Skill(Row, tablename="skill"):
    """One skill of a contest, for one occupation. `entries_per_unit` 0 means no limit."""

    INDEXES = (unique("contest", "number"), unique("contest", "name"))

    contest = ref(Contest)
    number = Integer(default=0, null=False)
    name = word(80)
    name_en = word(120)
    industry = word(60)
    occupation_code = word(10)
    occupation_edition = word(10)
    has_national_standard = Boolean(default=True, null=False)
    team_size = Integer(default=1, null=False)
    entries_per_unit = Integer(default=0, null=False)
    born_on_or_after = maybe_day()
    version = Integer(default=1, null=False)


class SkillGroup(Row, tablename="skill_group"):
    """Employees, students, teachers or everybody, each ranked apart. `award_rule` is a code of the rulebook."""

    INDEXES = (unique("skill", "kind"),)

    skill = ref(Skill)
    kind = word(20)
    award_rule = word(60)
    minimum_entries = Integer(default=0, null=False)


class Stage(Row, tablename="stage"):
    """Preliminary, semi-final or final of one group, with the cut that leads to the next one.

    `cut_value` is in 1/10000 (places, percent or marks by `cut_kind`); `tie_breaks` is a JSON list of part codes.
    `cut_reserved` places lie within the cut for each delegation; `rank_ties` is "decided" where no rank may be shared.
    """

    INDEXES = (unique("group", "position"), unique("group", "kind"))

    group = ref(SkillGroup)
    kind = word(20)
    position = Integer(default=1, null=False)
    state = word(20)
    cut_kind = word(20)
    cut_value = BigInt(default=0, null=False)
    cut_ties = word(20)
    cut_reserved = Integer(default=0, null=False)
    rank_ties = word(20)
    tie_breaks = text()
    version = Integer(default=1, null=False)


class StageSession(Row, tablename="stage_session"):
    """One sitting at a venue, with stations numbered from 1."""

    INDEXES = (unique("stage", "number"),)

    stage = ref(Stage)
    number = Integer(default=1, null=False)
    venue = word(120)
    starts_at = maybe_moment()
    ends_at = maybe_moment()
    stations = Integer(default=0, null=False)


class UpwardPlace(Row, tablename="upward_place"):
    """Places this contest fills in a contest of a higher tier."""

    INDEXES = (index("contest"),)

    contest = ref(Contest)
    skill = maybe_ref(Skill)
    target_tier = word(20)
    target_name = word(120)
    group_kind = word(20)
    places = Integer(default=0, null=False)
