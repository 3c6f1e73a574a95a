from piccolo.columns import Boolean, Integer

from competition.database.rows import Row, index, maybe_day, maybe_moment, maybe_ref, moment, ref, text, unique, word


class District(Row, tablename="district"):
    """A district of the city. `code` is "" for functional areas, which have none of their own."""

    INDEXES = (unique("name"),)

    code = word(6)
    name = word(40)
    name_en = word(60)
    position = Integer(default=0, null=False)


class Occupation(Row, tablename="occupation"):
    INDEXES = (unique("code", "edition"),)

    code = word(10)
    edition = word(10)
    name = word(80)
    name_en = word(120)


class Unit(Row, tablename="unit"):
    """A school or an enterprise: registers people and receives subsidies. Phone and account are sealed."""

    INDEXES = (unique("token"), unique("credit_code"), index("district"), index("name"))

    token = word(24)
    name = word(120)
    name_en = word(160)
    kind = word(20)
    credit_code = word(18)
    district = maybe_ref(District)
    in_city = Boolean(default=True, null=False)
    industry = word(60)
    contact_name = word(60)
    phone_sealed = text()
    phone_mask = word(20)
    bank_name = word(120)
    account_name = word(120)
    account_sealed = text()
    account_tail = word(4)
    account_verified_at = maybe_moment()
    created_at = moment()
    version = Integer(default=1, null=False)
    fictitious = Boolean(default=False, null=False)


class Person(Row, tablename="person"):
    """A contestant, coach, judge or expert. `id_digest` finds a person by ID number without storing it readably."""

    INDEXES = (unique("token"), unique("id_digest"), index("unit"), index("name"))

    token = word(24)
    name = word(60)
    name_en = word(120)
    sex = word(10)
    born_on = maybe_day()
    id_kind = word(20)
    id_sealed = text()
    id_digest = word(64)
    id_mask = word(40)
    phone_sealed = text()
    phone_mask = word(20)
    unit = maybe_ref(Unit)
    status = word(20)
    honours = word(200)
    created_at = moment()
    version = Integer(default=1, null=False)
    fictitious = Boolean(default=False, null=False)


class LevelHeld(Row, tablename="level_held"):
    """A skill level a person holds in one occupation."""

    INDEXES = (index("person", "occupation_code"),)

    person = ref(Person)
    occupation_code = word(10)
    level = word(20)
    certificate_number = word(60)
    awarded_on = maybe_day()
    source = word(120)
    recorded_at = moment()


class PoolMembership(Row, tablename="pool_membership"):
    """A person in one of the five pools. Winners and seedlings come from results, so they name their source."""

    INDEXES = (unique("person", "pool", where='"left_at" IS NULL'), index("pool"))

    person = ref(Person)
    pool = word(20)
    joined_at = moment()
    source_kind = word(40)
    source_id = Integer(null=True, default=None)
    source = word(200)
    certificate_level = word(20)
    certificate_number = word(60)
    issued_on = maybe_day()
    expires_on = maybe_day()
    occupations = word(200)
    note = text()
    left_at = maybe_moment()
    left_reason = word(200)
