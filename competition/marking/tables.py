from piccolo.columns import BigInt, Boolean, Integer

from competition.accounts.tables import Account
from competition.contests.tables import Stage, StageSession
from competition.database.rows import Row, index, maybe_moment, maybe_ref, moment, ref, text, unique, word
from competition.entries.tables import Entry
from competition.people.tables import Person


class Scheme(Row, tablename="scheme"):
    """The marking scheme of a stage, in versions; frozen before the first mark.

    `document` is the whole version as canonical JSON (a SchemeDraft), so that it stays readable when a later version,
    made after the freeze with a `reason`, has taken over its rows. `criteria` and `sections` are JSON lists.
    """

    INDEXES = (unique("stage", "number"), unique("stage", where='"current"'))

    stage = ref(Stage)
    number = Integer(default=1, null=False)
    current = Boolean(default=True, null=False)
    frozen_at = maybe_moment()
    created_at = moment()
    created_by = Integer(null=True, default=None)
    title = word(200)
    reason = word(200)
    document = text()
    criteria = text()
    sections = text()
    digits = Integer(default=2, null=False)
    version = Integer(default=1, null=False)


class SchemePart(Row, tablename="scheme_part"):
    """A weighted part: marked by judges, imported (theory), or carried from an earlier stage; or one without weight
    that is recorded beside the marks, where `better` says which figure wins a tie.

    A part marked by judges is one marking form: one method, one marking day, one panel, one layer of blind numbers.
    Forms of one WorldSkills criterion share `criterion`; those of one sub-criterion share `sub_criterion`.
    `weight` is in 1/10000 percent, `maximum` in 1/10000 of a mark.
    """

    INDEXES = (unique("scheme", "code"),)

    scheme = ref(Scheme)
    code = word(10)
    name = word(200)
    name_en = word(200)
    position = Integer(default=1, null=False)
    source = word(20)
    weight = Integer(default=0, null=False)
    maximum = BigInt(default=0, null=False)
    aggregation = word(20)
    drop_highest = Integer(default=0, null=False)
    drop_lowest = Integer(default=0, null=False)
    digits = Integer(default=2, null=False)
    criterion = word(10)
    sub_criterion = word(10)
    day = Integer(default=0, null=False)
    method = word(20)
    layer = word(20)
    combined_by = word(20)
    better = word(20)


class Aspect(Row, tablename="aspect"):
    """One thing a judge marks, 0 to `maximum` in steps of `step` (both in 1/10000).

    `calculation` is JSON of one of the five measurement calculations, "" for a plain mark; `descriptors` a JSON list of
    the four texts of a judgement. `place` orders the aspects of a sub-criterion across its forms. An aspect that a
    version after the freeze took out is retired, with its marks, and not marked any more.
    """

    INDEXES = (unique("part", "code", where='"retired_at" IS NULL'),)

    part = ref(SchemePart)
    code = word(10)
    title = word(400)
    title_en = word(400)
    position = Integer(default=1, null=False)
    place = Integer(default=0, null=False)
    maximum = BigInt(default=0, null=False)
    step = BigInt(default=0, null=False)
    calculation = text()
    descriptors = text()
    note = text()
    requirement = text()
    section = word(10)
    retired_at = maybe_moment()


class Panel(Row, tablename="panel"):
    """The judges who mark one part of a stage."""

    INDEXES = (unique("part"), index("stage"))

    stage = ref(Stage)
    part = ref(SchemePart)
    name = word(60)


class PanelSeat(Row, tablename="panel_seat"):
    """One judge's chair. A trainee's marks never count; a substitute marks only where another recuses."""

    INDEXES = (unique("panel", "number"), unique("panel", "person"), index("account"))

    panel = ref(Panel)
    number = Integer(default=1, null=False)
    person = ref(Person)
    account = ref(Account)
    trainee = Boolean(default=False, null=False)
    substitute = Boolean(default=False, null=False)


class Draw(Row, tablename="draw"):
    """A drawing of lots: who, when and with which seed, so that anyone can redo it.

    A reveal takes two people: one asks, another confirms.
    """

    INDEXES = (unique("stage", "layer"),)

    stage = ref(Stage)
    layer = word(20)
    seed = word(64)
    drawn_at = moment()
    drawn_by = Integer(null=True, default=None)
    reveal_asked_at = maybe_moment()
    reveal_asked_by = Integer(null=True, default=None)
    revealed_at = maybe_moment()
    revealed_by = Integer(null=True, default=None)


class BlindNumber(Row, tablename="blind_number"):
    """What a judge sees instead of a name. Rows are inserted in the order of their numbers, so an id tells nothing."""

    INDEXES = (unique("draw", "number"), unique("draw", "entry"), index("entry"), index("stage"))

    draw = ref(Draw)
    stage = ref(Stage)
    number = Integer(default=0, null=False)
    label = word(10)
    entry = ref(Entry)
    session = maybe_ref(StageSession)
    station = Integer(default=0, null=False)


class Recusal(Row, tablename="recusal"):
    """A judge who does not mark one contestant."""

    INDEXES = (unique("seat", "blind"),)

    seat = ref(PanelSeat)
    blind = ref(BlindNumber)
    reason = word(200)
    declared_at = moment()
    declared_by = Integer(null=True, default=None)


class Sheet(Row, tablename="sheet"):
    """One judge's form for one blind number. `signature` is the SVG path drawn on the tablet.

    `rescore` is JSON {aspect id: revision that did not hold}: where the panel was too far apart, to be marked again.
    `device` names the tablet that opened the sheet last, by a random word of its own.
    """

    INDEXES = (unique("token"), unique("seat", "blind"), index("stage", "state"))

    token = word(24)
    stage = ref(Stage)
    part = ref(SchemePart)
    seat = ref(PanelSeat)
    blind = ref(BlindNumber)
    counts = Boolean(default=True, null=False)
    state = word(20)
    signature = text()
    submitted_at = maybe_moment()
    checked_at = maybe_moment()
    checked_by = Integer(null=True, default=None)
    returned_reason = word(200)
    rescore = text()
    device = word(40)
    device_at = maybe_moment()
    version = Integer(default=1, null=False)


class Mark(Row, tablename="mark"):
    """A revision of one mark. `value` in 1/10000, None when cleared; exactly one revision is current."""

    INDEXES = (unique("sheet", "aspect", where='"current"'), unique("client_id"), index("sheet", "aspect"))

    sheet = ref(Sheet)
    aspect = ref(Aspect)
    number = Integer(default=1, null=False)
    value = BigInt(null=True, default=None)
    current = Boolean(default=True, null=False)
    client_id = word(40)
    made_at = moment()
    made_by = Integer(null=True, default=None)
    made_by_name = word(120)
    reason = word(200)


class ImportedScore(Row, tablename="imported_score"):
    """A part's score that was marked outside, per entry, in revisions. `value` in 1/10000."""

    INDEXES = (unique("part", "entry", where='"current"'), index("stage"))

    stage = ref(Stage)
    part = ref(SchemePart)
    entry = ref(Entry)
    number = Integer(default=1, null=False)
    value = BigInt(default=0, null=False)
    current = Boolean(default=True, null=False)
    source = word(160)
    made_at = moment()
    made_by = Integer(null=True, default=None)


class StageSignature(Row, tablename="stage_signature"):
    """The chief judge's signature, then the lock: each once per stage."""

    INDEXES = (unique("stage", "kind"),)

    stage = ref(Stage)
    kind = word(20)
    signed_at = moment()
    account = ref(Account)
    name = word(120)
    signature = text()


class JudgeRelation(Row, tablename="judge_relation"):
    """A declared relation between a judge and an entry, so that the judge never marks it."""

    INDEXES = (unique("stage", "person", "entry", where='"withdrawn_at" IS NULL'),)

    stage = ref(Stage)
    person = ref(Person)
    entry = ref(Entry)
    note = word(200)
    declared_at = moment()
    declared_by = Integer(null=True, default=None)
    withdrawn_at = maybe_moment()
    withdrawn_by = Integer(null=True, default=None)


class MarkingSetting(Row, tablename="marking_setting"):
    """How one stage is marked where it departs from the procedure in force. `layers` is a JSON list of the layers of
    blind numbers in the order they are drawn. `arbiter` is the account that rules on appeals."""

    INDEXES = (unique("stage"),)

    stage = ref(Stage)
    bar_delegation = Boolean(default=False, null=False)
    layers = text()
    arbiter = maybe_ref(Account)
    version = Integer(default=1, null=False)


class Adjustment(Row, tablename="adjustment"):
    """A penalty or a bonus on the total of one work, in 1/10000 of a mark, approved by a named person; it is never
    changed, only withdrawn."""

    INDEXES = (index("stage"),)

    stage = ref(Stage)
    blind = ref(BlindNumber)
    kind = word(20)
    value = BigInt(default=0, null=False)
    reason = word(200)
    approver = word(120)
    made_at = moment()
    made_by = Integer(null=True, default=None)
    made_by_name = word(120)
    withdrawn_at = maybe_moment()
    withdrawn_by = Integer(null=True, default=None)
    withdrawn_reason = word(200)


class Incident(Row, tablename="incident"):
    """Something that happened at a work: what, when, the minutes given back, who approved it, and the evidence."""

    INDEXES = (index("stage"),)

    stage = ref(Stage)
    blind = ref(BlindNumber)
    kind = word(20)
    happened_at = moment()
    minutes = Integer(default=0, null=False)
    note = text()
    evidence = text()
    approver = word(120)
    made_at = moment()
    made_by = Integer(null=True, default=None)
    made_by_name = word(120)


class Appeal(Row, tablename="appeal"):
    """An appeal in writing by a team leader: its clock runs from the end of the session. One named arbiter rules.

    `state` is "filed", "late" (refused because of the clock), "upheld" or "dismissed".
    """

    INDEXES = (unique("stage", "number"),)

    stage = ref(Stage)
    number = Integer(default=1, null=False)
    session = maybe_ref(StageSession)
    blind = ref(BlindNumber)
    leader = word(120)
    subject = text()
    state = word(20)
    session_ended_at = moment()
    deadline_at = moment()
    filed_at = moment()
    recorded_by = Integer(null=True, default=None)
    ruling = text()
    ruled_at = maybe_moment()
    ruled_by = Integer(null=True, default=None)
    ruled_by_name = word(120)


class Recheck(Row, tablename="recheck"):
    """A re-check of sheets: the top group, and lots drawn from the rest by a recorded seed. `full`: everything, because
    the error rate was too high."""

    INDEXES = (unique("stage", "number"),)

    stage = ref(Stage)
    number = Integer(default=1, null=False)
    full = Boolean(default=False, null=False)
    seed = word(64)
    rule = text()
    drawn_at = moment()
    drawn_by = Integer(null=True, default=None)
    drawn_by_name = word(120)


class RecheckItem(Row, tablename="recheck_item"):
    """One work to be re-checked. `chosen` is "top", "lot" or "all"; `outcome` is "" until done, "right" or "wrong"."""

    INDEXES = (unique("recheck", "blind"),)

    recheck = ref(Recheck)
    blind = ref(BlindNumber)
    chosen = word(20)
    sheets = Integer(default=0, null=False)
    wrong = Integer(default=0, null=False)
    outcome = word(20)
    note = text()
    done_at = maybe_moment()
    done_by = Integer(null=True, default=None)
    done_by_name = word(120)


class RecheckAnswer(Row, tablename="recheck_answer"):
    """The chief judge's answer to a work found wrong: its marks stand, and why. One that is marked again needs none."""

    INDEXES = (unique("item"),)

    item = ref(RecheckItem)
    reason = text()
    answered_at = moment()
    answered_by = Integer(null=True, default=None)
    answered_by_name = word(120)


class DaySignature(Row, tablename="day_signature"):
    """The chief judge's signature under one marking day: the forms of that day are complete and checked."""

    INDEXES = (unique("stage", "day"),)

    stage = ref(Stage)
    day = Integer(default=0, null=False)
    signed_at = moment()
    account = ref(Account)
    name = word(120)
    signature = text()
