"""A stage ready to be marked, made by the services: units, contestants, a scheme, a panel, a draw.

Every name, unit and ID number in it starts with a word that no page for judges may contain (see LEAKS).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec
from stdnum.cn import ric, uscc

from competition import clock
from competition.accounts import service as accounts
from competition.accounts.kinds import Role
from competition.accounts.tables import Account
from competition.audit.write import SYSTEM, Actor, write
from competition.contests import service as contests
from competition.contests.kinds import ContestState, GroupKind, StageKind, Tier
from competition.contests.tables import Stage
from competition.entries import service as entries
from competition.entries.kinds import Attendance
from competition.entries.service import CoachDraft, EntryDraft, MemberDraft
from competition.marking import service as marking
from competition.marking.kinds import Layer
from competition.marking.service import AspectDraft, PartDraft, SchemeDraft, SeatDraft
from competition.marking.service.marking_settings import set_layers
from competition.marking.tables import BlindNumber, Panel, PanelSeat, SchemePart, Sheet
from competition.people import service as people
from competition.people.kinds import IdKind, Pool, Status, UnitKind
from competition.people.rules import PersonDraft, UnitDraft
from competition.people.tables import Person

UNIT_WORD, PERSON_WORD, JUDGE_WORD, ID_START = "海岬", "隐名", "执裁", "210204199001"
JUDGES_UNIT_WORD = "评议"  # a judge's own unit is no secret
LEAKS = (UNIT_WORD, PERSON_WORD, "Haijia", "Yinming", ID_START)

SCHEME = SchemeDraft(
    parts=(
        PartDraft(code="T", name="理论", source="import", weight=Decimal(30), maximum=Decimal(100)),
        PartDraft(
            code="P", name="实操", source="panel", weight=Decimal(70), maximum=Decimal(100), aggregation="trimmed",
            drop_highest=1, drop_lowest=1,
            aspects=(
                AspectDraft("A", "味感", Decimal(30), Decimal("0.5"), "Taste"),
                AspectDraft("B", "质感", Decimal(30), Decimal("0.5"), "Texture"),
                AspectDraft("C", "观感", Decimal(40), Decimal("0.5"), "Look"),
            ),
        ),
    )
)  # fmt: skip


def _form(code: str, weight: int, layer: Layer) -> PartDraft:
    return PartDraft(
        code=code, name=f"{code} 表", source="panel", weight=Decimal(weight), maximum=Decimal(10), aggregation="mean",
        aspects=(AspectDraft("A", "完成度", Decimal(10), Decimal("0.5"), "Completeness"),), layer=layer.value,
    )  # fmt: skip


# One form for each layer of numbers.
LAYERED = SchemeDraft(
    parts=(_form("K", 20, Layer.CONTEST), _form("P", 40, Layer.NUMBER), _form("R", 40, Layer.REVIEW)),
)


class MarkingStage(msgspec.Struct, frozen=True):
    contest_id: int
    skill_id: int
    group_id: int
    stage_id: int
    part_ids: dict[str, int]
    panel_id: int
    entry_ids: tuple[int, ...]
    unit_ids: tuple[int, ...]
    judge_ids: tuple[int, ...]


def id_number(serial: int) -> str:
    """A valid resident number of the demo area; the serial number keeps them apart."""
    start = f"{ID_START}{serial // 999 + 1:02}{serial % 999 + 1:03}"
    return start + ric.calc_check_digit(start + "0")


def credit_code(serial: int) -> str:
    start = f"91210200MA{serial:07}"
    return start + uscc.calc_check_digit(start)


async def make_unit(serial: int, word: str = UNIT_WORD) -> int:
    english = "Haijia" if word == UNIT_WORD else "Pingyi"
    draft = UnitDraft(
        name=f"{word}职业学校{serial}", name_en=f"{english} School {serial}", kind=UnitKind.SCHOOL,
        credit_code=credit_code(serial), in_city=False, fictitious=True,
    )  # fmt: skip
    return await people.create_unit(SYSTEM, draft)


async def make_person(serial: int, unit_id: int, word: str = PERSON_WORD, status: Status = Status.EMPLOYEE) -> int:
    english = "Yinming" if word == PERSON_WORD else "Zhicai"
    draft = PersonDraft(
        name=f"{word}{chr(0x4E00 + serial)}", name_en=f"{english} {serial}", sex="", born_on=None,
        id_kind=IdKind.RESIDENT, id_number=id_number(serial), phone="", unit_id=unit_id, status=status,
        fictitious=True,
    )  # fmt: skip
    return await people.add_person(SYSTEM, draft)


async def make_judge(serial: int, unit_id: int) -> int:
    person_id = await make_person(serial, unit_id, JUDGE_WORD, Status.TEACHER)
    await people.join_pool(
        SYSTEM, person_id, Pool.JUDGE, source="测试", certificate_level="municipal",
        certificate_number=f"C{serial}", issued_on=date(2020, 1, 1), expires_on=date(2099, 1, 1),
        occupations=["4-03-02-01"],
    )  # fmt: skip
    return person_id


async def make_contest(stages: Sequence[StageKind] = (StageKind.FINAL,)) -> tuple[int, int, int, list[int]]:
    """(contest, skill, group, stages), open for entries."""
    now = clock.now()
    contest_id = await contests.create_contest(
        SYSTEM,
        contests.ContestDraft(
            name="第十三届大连市职业技能竞赛", tier=Tier.MUNICIPAL, year=2026, entry_opens_at=now - timedelta(days=30),
            entry_closes_at=now + timedelta(days=30), starts_on=(now + timedelta(days=60)).date(),
            ends_on=(now + timedelta(days=61)).date(), fictitious=True,
        ),
    )  # fmt: skip
    skill_id = await contests.add_skill(
        SYSTEM,
        contest_id,
        contests.SkillDraft(name="中式烹调", name_en="Chinese cooking", occupation_code="4-03-02-01"),
    )
    group_id = await contests.add_group(SYSTEM, skill_id, GroupKind.EMPLOYEE, "awards-medals")
    stage_ids = [await contests.add_stage(SYSTEM, group_id, contests.StageDraft(kind=kind)) for kind in stages]
    await contests.set_state(SYSTEM, contest_id, ContestState.OPEN)
    return contest_id, skill_id, group_id, stage_ids


async def make_entries(
    contest_id: int, skill_id: int, group_id: int, members: Sequence[tuple[int, int, int]]
) -> list[int]:
    """An approved entry for each (person, unit, coach)."""
    made = []
    for person_id, unit_id, coach_id in members:
        draft = EntryDraft(
            contest_id=contest_id, skill_id=skill_id, group_id=group_id, unit_id=unit_id,
            members=(MemberDraft(person_id, Status.EMPLOYEE, "senior"),),
            coaches=(CoachDraft(coach_id, main=True),),
        )  # fmt: skip
        made.append(await entries.create_entry(SYSTEM, draft))
    await entries.approve(SYSTEM, made)
    return made


async def seated_stage(
    contestants: int = 4,
    judges: int = 5,
    substitutes: int = 0,
    trainees: int = 0,
    scheme: SchemeDraft = SCHEME,
    coached: bool = False,
    layers: Sequence[Layer] = (),
) -> MarkingStage:
    """Everything up to the draw: placed, checked in, one team in every panel. Each contestant and judge is of an own
    unit. With `coached` the first judge coaches the first contestant and is of the same unit, so must recuse.
    """
    contest_id, skill_id, group_id, [stage_id] = await make_contest()
    seats = judges + substitutes + trainees
    units = [
        await make_unit(serial, UNIT_WORD if serial < contestants else JUDGES_UNIT_WORD)
        for serial in range(contestants + seats)
    ]
    judge_ids = [await make_judge(500 + n, units[contestants + n]) for n in range(seats)]
    if coached:
        await move_person(judge_ids[0], units[0])
    members = [
        (
            await make_person(n, units[n]),
            units[n],
            judge_ids[0] if coached and n == 0 else await make_person(700 + n, units[n], status=Status.TEACHER),
        )
        for n in range(contestants)
    ]
    entry_ids = await make_entries(contest_id, skill_id, group_id, members)
    await entries.open_first_stage(SYSTEM, stage_id)
    await entries.attend(SYSTEM, stage_id, dict.fromkeys(entry_ids, Attendance.CHECKED_IN))
    await marking.save_scheme(SYSTEM, stage_id, scheme)
    parts = {row["code"]: row["id"] for row in await SchemePart.select(SchemePart.id, SchemePart.code)}
    drafts = [
        SeatDraft(person, trainee=place >= judges + substitutes, substitute=judges <= place < judges + substitutes)
        for place, person in enumerate(judge_ids)
    ]
    scheme = await marking.load_scheme(stage_id)
    assert scheme is not None
    panels = await marking.seat_team(SYSTEM, [part.id for part in scheme.panel_parts], "热菜组", drafts)
    panel_id = panels[[part.code for part in scheme.panel_parts].index("P")]
    if layers:
        await set_layers(SYSTEM, stage_id, layers)
    return MarkingStage(
        contest_id, skill_id, group_id, stage_id, parts, panel_id, tuple(entry_ids), tuple(units), tuple(judge_ids)
    )


async def move_person(person_id: int, unit_id: int) -> None:
    """To another unit, as when a judge has changed schools."""
    async with write(SYSTEM) as change:
        await Person.update({Person.unit: unit_id}).where(Person.id == person_id)
        await change.record("person.moved", "person", person_id)


async def drawn_stage(contestants: int = 4, judges: int = 5, **more: int | bool) -> MarkingStage:
    stage = await seated_stage(contestants, judges, **more)  # type: ignore[arg-type]  # passed through
    await marking.draw_numbers(SYSTEM, stage.stage_id, seed="seed of the test")
    return stage


async def judge_actor(panel_id: int, number: int = 1) -> Actor:
    """The judge in this seat, as the tablet acts."""
    seat = (
        await PanelSeat.select(PanelSeat.account, PanelSeat.person.name.as_alias("name"))
        .where((PanelSeat.panel == panel_id) & (PanelSeat.number == number))
        .first()
    )
    assert seat is not None
    return Actor(name=seat["name"], user_id=seat["account"], role="judge")


async def sheets_of(panel_id: int, number: int = 1) -> list[dict[str, object]]:
    """The seat's sheets in the order of blind numbers: id, token, label, entry, state."""
    return (
        await Sheet.select(
            Sheet.id, Sheet.token, Sheet.state, Sheet.counts, Sheet.blind.label.as_alias("label"),
            Sheet.blind.entry.as_alias("entry"),
        )
        .where((Sheet.seat.panel == panel_id) & (Sheet.seat.number == number))
        .order_by(Sheet.blind.number)
    )  # fmt: skip


async def aspect_ids(stage_id: int, part: str = "P") -> dict[str, int]:
    scheme = await marking.load_scheme(stage_id)
    assert scheme is not None
    return {aspect.code: aspect.id for each in scheme.parts if each.code == part for aspect in each.aspects}


SIGNATURE = "M100 100L120 130L140 90L180 160 200 90"


async def mark_all(stage: MarkingStage, values: dict[int, Sequence[str]] | None = None) -> None:
    """Every seat marks every contestant: A 20, B 20, C 30 and by seat a little more, then hands in."""
    aspects = await aspect_ids(stage.stage_id)
    seats = await PanelSeat.select(PanelSeat.number).where(PanelSeat.panel == stage.panel_id)
    for seat in sorted(row["number"] for row in seats):
        actor = await judge_actor(stage.panel_id, seat)
        for sheet in await sheets_of(stage.panel_id, seat):
            given = (values or {}).get(seat, ("20", "20", str(30 + Decimal(seat) / 2)))
            marks = {aspects[code]: Decimal(text) for code, text in zip("ABC", given, strict=True)}
            await marking.save_marks(actor, int(str(sheet["id"])), marks)
            await marking.submit_sheet(actor, str(sheet["token"]), SIGNATURE)


async def check_all(stage: MarkingStage, actor: Actor) -> None:
    rows = await Sheet.select(Sheet.token).where((Sheet.stage == stage.stage_id) & (Sheet.state == "submitted"))
    await marking.check_sheets(actor, [row["token"] for row in rows])


async def import_theory(stage: MarkingStage, score: str = "80") -> None:
    await marking.import_scores(SYSTEM, stage.part_ids["T"], dict.fromkeys(stage.entry_ids, Decimal(score)), "测试")


async def official(role: Role, scope_id: int, name: str) -> Actor:
    """Somebody of the marking room with an account, acting in this role; the same one for the same name."""
    username = f"{role}-{name.encode().hex()}".replace("_", "-")
    known = await Account.select(Account.id).where(Account.username == username).first()
    if known:
        return Actor(name=name, user_id=known["id"], role=role.value)
    new = accounts.NewAccount(username=username, name=name, password="")
    account_id = await accounts.create_account(SYSTEM, new, password_hash="none")
    await accounts.grant_role(SYSTEM, account_id, role, scope_id)
    return Actor(name=name, user_id=account_id, role=role.value)


async def reveal_all(stage: MarkingStage) -> None:
    """The encryption judge asks, the supervisor confirms, layer by layer."""
    encryption = await official(Role.ENCRYPTION_JUDGE, stage.contest_id, "加密员")
    supervisor = await official(Role.SUPERVISOR, stage.contest_id, "监督员")
    await marking.reveal_every_layer(encryption, supervisor, stage.stage_id)


async def stage_state(stage_id: int) -> str:
    row = await Stage.select(Stage.state).where(Stage.id == stage_id).first()
    assert row is not None
    return row["state"]


async def labels_of(stage_id: int, layer: Layer = Layer.NUMBER) -> dict[int, str]:
    rows = await BlindNumber.select(BlindNumber.entry, BlindNumber.label).where(
        (BlindNumber.stage == stage_id) & (BlindNumber.draw.layer == layer.value)
    )
    return {row["entry"]: row["label"] for row in rows}


async def panel_of(stage_id: int, part_id: int | None = None) -> int:
    """Of a form, or the first of the stage."""
    found = Panel.select(Panel.id).where(Panel.stage == stage_id).order_by(Panel.id)
    row = await (found if part_id is None else found.where(Panel.part == part_id)).first()
    assert row is not None
    return row["id"]
