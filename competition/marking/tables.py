from piccolo.columns import BigInt, Boolean, Integer

from competition.accounts.tables import Account
from competition.contests.tables import Stage, StageSession
from competition.database.rows import Row, index, maybe_moment, maybe_ref, moment, ref, text, unique, word
from competition.entries.tables import Entry
from competition.people.tables import Person


class Scheme(Row, tablename="scheme"):
    """The marking scheme of a stage, in versions; frozen before the first mark."""

    INDEXES = (unique("stage", "number"), unique("stage", where='"current"'))

    stage = ref(Stage)
    number = Integer(default=1, null=False)
    current = Boolean(default=True, null=False)
    frozen_at = maybe_moment()
    created_at = moment()
    version = Integer(default=1, null=False)


class SchemePart(Row, tablename="scheme_part"):
    """A weighted part: marked by judges, imported (theory), or carried from an earlier stage.

    `weight` is in 1/100 percent, `maximum` in 1/10000 of a mark.
    """

    INDEXES = (unique("scheme", "code"),)

    scheme = ref(Scheme)
    code = word(10)
    name = word(80)
    name_en = word(120)
    position = Integer(default=1, null=False)
    source = word(20)
    weight = Integer(default=0, null=False)
    maximum = BigInt(default=0, null=False)
    aggregation = word(20)
    drop_highest = Integer(default=0, null=False)
    drop_lowest = Integer(default=0, null=False)
    digits = Integer(default=2, null=False)


class Aspect(Row, tablename="aspect"):
    """One thing a judge marks, 0 to `maximum` in steps of `step` (both in 1/10000)."""

    INDEXES = (unique("part", "code"),)

    part = ref(SchemePart)
    code = word(10)
    title = word(120)
    title_en = word(160)
    position = Integer(default=1, null=False)
    maximum = BigInt(default=0, null=False)
    step = BigInt(default=0, null=False)


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
    """A drawing of lots: who, when and with which seed, so that anyone can redo it."""

    INDEXES = (unique("stage", "layer"),)

    stage = ref(Stage)
    layer = word(20)
    seed = word(64)
    drawn_at = moment()
    drawn_by = Integer(null=True, default=None)
    revealed_at = maybe_moment()
    revealed_by = Integer(null=True, default=None)


class BlindNumber(Row, tablename="blind_number"):
    """What a judge sees instead of a name. Rows are inserted in the order of their numbers, so an id tells nothing."""

    INDEXES = (unique("draw", "number"), unique("draw", "entry"), index("entry"))

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
    """One judge's form for one blind number. `signature` is the SVG path drawn on the tablet."""

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
