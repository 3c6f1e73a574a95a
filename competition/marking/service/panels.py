"""Who judges: the seats of a panel, each a person of the judges' pool with an account for the tablet."""

from collections.abc import Sequence

import msgspec

from competition.accounts import service as accounts
from competition.accounts.kinds import Role
from competition.accounts.tables import Account, RoleGrant
from competition.audit.write import Actor, Change, write
from competition.contests.kinds import StageState
from competition.contests.tables import Stage
from competition.entries.tables import EntryMember
from competition.marking.kinds import Method, PartSource
from competition.marking.rules.aggregate import aggregation_problems
from competition.marking.service.schemes import PartRow, load_scheme
from competition.marking.tables import Panel, PanelSeat, SchemePart
from competition.people.kinds import Pool
from competition.people.tables import Person, PoolMembership
from competition.problems import N_, Missing, Problem, Refused

# Judges sign in by a code on paper; this is no password hash, so no password ever matches.
CODE_ONLY = "code-only"
JUDGEMENT_JUDGES = 3
ENTERED = N_("本人报名参加本赛项，不能任裁判")


class SeatDraft(msgspec.Struct, frozen=True):
    """Without an account one is made for the person, to be signed in by a code."""

    person_id: int
    account_id: int | None = None
    trainee: bool = False
    substitute: bool = False


class Seat(msgspec.Struct, frozen=True):
    """`unit_id` is the judge's unit today, `district_id` the delegation it is of; `account_id` marks, 0 while the seat
    is only proposed."""

    id: int
    number: int
    person_id: int
    account_id: int
    name: str
    name_en: str
    unit_id: int | None
    unit_name: str
    unit_name_en: str
    trainee: bool
    substitute: bool
    district_id: int | None = None

    @property
    def regular(self) -> bool:
        """Marks every contestant, and the marks count."""
        return not (self.trainee or self.substitute)


class StoredPanel(msgspec.Struct, frozen=True):
    id: int
    stage_id: int
    part_id: int
    name: str
    seats: tuple[Seat, ...]


async def set_panel(actor: Actor, part_id: int, name: str, seats: Sequence[SeatDraft]) -> int:
    """As `seat_team` for one form; the panel's id."""
    [panel_id] = await seat_team(actor, [part_id], name, seats)
    return panel_id


async def seat_team(actor: Actor, part_ids: Sequence[int], name: str, seats: Sequence[SeatDraft]) -> list[int]:
    """Seat the same judges, in this order, in the panels of these forms; whoever sat there before loses the role.
    Returns the panels' ids.

    Raises Missing for forms of different stages, Refused after the draw, for somebody seated twice, not in the judges'
    pool, entered in the skill or trainee and substitute at once, and for a team too small for a form's rule; fields are
    "seats", "seat-0", …
    """
    async with write(actor) as change:
        stage_id, parts = await _parts_before_draw(part_ids)
        problems = await seat_problems(stage_id, seats) or size_problems(parts, seats)
        if problems:
            raise Refused(*problems)
        panels = []
        for part in parts:
            panel_id = await _cleared_panel(change, stage_id, part.id, name)
            for number, seat in enumerate(seats, start=1):
                await _seat(change, panel_id, number, seat)
            await change.record("panel.set", "panel", panel_id, name=name, seats=len(seats))
            panels.append(panel_id)
    return panels


async def _parts_before_draw(part_ids: Sequence[int]) -> tuple[int, list[PartRow]]:
    """(stage, forms in the order of the scheme)."""
    rows = await SchemePart.select(
        SchemePart.source, SchemePart.scheme.current.as_alias("current"), SchemePart.scheme.stage.as_alias("stage"),
        SchemePart.scheme._.stage.state.as_alias("state"),
    ).where(SchemePart.id.is_in(list(part_ids)))  # fmt: skip
    if len(rows) != len(set(part_ids)) or len({row["stage"] for row in rows}) != 1:
        raise Missing("part")
    if not all(row["current"] for row in rows):
        raise Missing("part")
    if any(row["source"] != PartSource.PANEL for row in rows):
        raise Refused(Problem(N_("该部分不由裁判评分，不设裁判组")))
    if rows[0]["state"] not in (StageState.PLANNED, StageState.PLACED):
        raise Refused(Problem(N_("抽签后裁判组不再调整；缺席位时补派替补裁判")))
    scheme = await load_scheme(rows[0]["stage"])
    assert scheme is not None
    return rows[0]["stage"], [part for part in scheme.panel_parts if part.id in set(part_ids)]


async def seat_problems(stage_id: int, seats: Sequence[SeatDraft]) -> list[Problem]:
    """What is wrong with the people, whatever they are to mark."""
    problems = []
    if not any(not (seat.trainee or seat.substitute) for seat in seats):
        problems.append(Problem(N_("至少设一个正式席位"), field="seats"))
    people = [seat.person_id for seat in seats]
    in_pool, entered = await _judges_among(people), await contestants_among(stage_id, people)
    seen: set[int] = set()
    for place, seat in enumerate(seats):
        field = f"seat-{place}"
        if seat.person_id in seen:
            problems.append(Problem(N_("同一裁判在本组已有席位"), field=field))
        if seat.person_id not in in_pool:
            problems.append(Problem(N_("不在裁判员库中；先在人才库登记为裁判员"), field=field))
        if seat.person_id in entered:
            problems.append(Problem(ENTERED, field=field))
        if seat.trainee and seat.substitute:
            problems.append(Problem(N_("见习裁判的评分不计，不能兼作替补"), field=field))
        seen.add(seat.person_id)
    return problems


def size_problems(parts: Sequence[PartRow], seats: Sequence[SeatDraft]) -> list[Problem]:
    """Forms whose rule leaves no mark of so few regular judges."""
    regular = sum(not (seat.trainee or seat.substitute) for seat in seats)
    return [
        Problem(
            N_("{part}：{judges} 名正式裁判去掉 {highest} 高 {lowest} 低后没有剩余，至少需 {needed} 名"),
            field="seats",
            params={
                "part": part.name, "judges": regular, "highest": part.panel_rule.drop_highest,
                "lowest": part.panel_rule.drop_lowest,
                "needed": part.panel_rule.drop_highest + part.panel_rule.drop_lowest + 1,
            },
        )
        for part in parts
        if aggregation_problems(part.panel_rule, regular)
    ]  # fmt: skip


def judgement_warnings(part: PartRow, regular: int) -> list[Problem]:
    """A judgement is made for three judges; other numbers are unusual, not impossible."""
    if part.method != Method.JUDGEMENT or regular == JUDGEMENT_JUDGES:
        return []
    text = N_("{part} 是评判表，按 {wanted} 名裁判设计，现为 {count} 名正式裁判")
    return [Problem(text, params={"part": part.name, "wanted": JUDGEMENT_JUDGES, "count": regular})]


async def contestants_among(stage_id: int, person_ids: Sequence[int]) -> set[int]:
    """Who of these is entered in the stage's skill, in whichever group."""
    if not person_ids:
        return set()
    skill = Stage.select(Stage.group._.skill).where(Stage.id == stage_id)
    rows = await EntryMember.select(EntryMember.person).where(
        EntryMember.person.is_in(list(person_ids)) & EntryMember.active.eq(True) & EntryMember.entry.skill.is_in(skill)
    )
    return {row["person"] for row in rows}


async def _judges_among(person_ids: Sequence[int]) -> set[int]:
    if not person_ids:
        return set()
    rows = await PoolMembership.select(PoolMembership.person).where(
        PoolMembership.person.is_in(list(person_ids))
        & (PoolMembership.pool == Pool.JUDGE.value)
        & PoolMembership.left_at.is_null()
    )
    return {row["person"] for row in rows}


async def _cleared_panel(change: Change, stage_id: int, part_id: int, name: str) -> int:
    """The part's panel without anybody on it, made when there is none."""
    panel = await Panel.select(Panel.id).where(Panel.part == part_id).first()
    if panel is None:
        [panel] = await Panel.insert(Panel(stage=stage_id, part=part_id, name=name))
        return panel["id"]
    await Panel.update({Panel.name: name}).where(Panel.id == panel["id"])
    await PanelSeat.delete().where(PanelSeat.panel == panel["id"])
    await RoleGrant.update({RoleGrant.revoked_at: change.at}).where(
        (RoleGrant.role == Role.JUDGE.value)
        & (RoleGrant.scope_kind == "panel")
        & (RoleGrant.scope_id == panel["id"])
        & RoleGrant.revoked_at.is_null()
    )
    return panel["id"]


async def _seat(change: Change, panel_id: int, number: int, seat: SeatDraft) -> int:
    account_id = seat.account_id or await _account_of(change.actor, seat.person_id)
    await accounts.grant_role(change.actor, account_id, Role.JUDGE, panel_id)
    [row] = await PanelSeat.insert(
        PanelSeat(
            panel=panel_id, number=number, person=seat.person_id, account=account_id,
            trainee=seat.trainee, substitute=seat.substitute,
        )
    )  # fmt: skip
    return row["id"]


async def _account_of(actor: Actor, person_id: int) -> int:
    """The judge's account for tablets, one for all panels of this person."""
    username = f"judge-{person_id}"
    known = await Account.select(Account.id).where(Account.username == username).first()
    if known:
        return known["id"]
    person = await Person.select(Person.name, Person.name_en).where(Person.id == person_id).first()
    if person is None:
        raise Missing("person")
    new = accounts.NewAccount(username=username, name=person["name"], name_en=person["name_en"], password="")
    return await accounts.create_account(actor, new, password_hash=CODE_ONLY)


async def load_panels(stage_id: int) -> dict[int, StoredPanel]:
    """Panels of the stage by part, their seats in order, in two queries."""
    rows = await Panel.select().where(Panel.stage == stage_id).order_by(Panel.id)
    seats = await _load_seats([row["id"] for row in rows])
    return {
        row["part"]: StoredPanel(row["id"], stage_id, row["part"], row["name"], tuple(seats.get(row["id"], [])))
        for row in rows
    }


async def _load_seats(panel_ids: Sequence[int]) -> dict[int, list[Seat]]:
    seats: dict[int, list[Seat]] = {}
    if not panel_ids:
        return seats
    rows = (
        await PanelSeat.select(
            PanelSeat.id, PanelSeat.panel, PanelSeat.number, PanelSeat.person, PanelSeat.account, PanelSeat.trainee,
            PanelSeat.substitute, PanelSeat.person.name.as_alias("name"), PanelSeat.person.name_en.as_alias("name_en"),
            PanelSeat.person.unit.as_alias("unit"), PanelSeat.person._.unit.name.as_alias("unit_name"),
            PanelSeat.person._.unit.name_en.as_alias("unit_name_en"),
            PanelSeat.person._.unit.district.as_alias("district"),
        )
        .where(PanelSeat.panel.is_in(list(panel_ids)))
        .order_by(PanelSeat.panel)
        .order_by(PanelSeat.number)
    )  # fmt: skip
    for row in rows:
        seat = Seat(
            id=row["id"], number=row["number"], person_id=row["person"], account_id=row["account"], name=row["name"],
            name_en=row["name_en"], unit_id=row["unit"], unit_name=row["unit_name"] or "",
            unit_name_en=row["unit_name_en"] or "", trainee=row["trainee"], substitute=row["substitute"],
            district_id=row["district"],
        )  # fmt: skip
        seats.setdefault(row["panel"], []).append(seat)
    return seats


async def proposed_seats(drafts: Sequence[SeatDraft]) -> tuple[Seat, ...]:
    """Seats as they would be, numbered from 1; the number is the id. Raises Missing for an unknown person."""
    rows = await Person.select(
        Person.id, Person.name, Person.name_en, Person.unit, Person.unit.name.as_alias("unit_name"),
        Person.unit.name_en.as_alias("unit_name_en"), Person.unit.district.as_alias("district"),
    ).where(Person.id.is_in([draft.person_id for draft in drafts] or [0]))  # fmt: skip
    people = {row["id"]: row for row in rows}
    seats = []
    for number, draft in enumerate(drafts, start=1):
        row = people.get(draft.person_id)
        if row is None:
            raise Missing("person")
        seats.append(
            Seat(
                id=number, number=number, person_id=draft.person_id, account_id=0, name=row["name"],
                name_en=row["name_en"], unit_id=row["unit"], unit_name=row["unit_name"] or "",
                unit_name_en=row["unit_name_en"] or "", trainee=draft.trainee, substitute=draft.substitute,
                district_id=row["district"],
            )
        )  # fmt: skip
    return tuple(seats)


async def add_substitute(actor: Actor, panel_id: int, draft: SeatDraft) -> int:
    """A further substitute while the stage is being marked. Returns the seat's id; `fill_gaps` gives it work.

    Raises Refused for a person already seated or not in the judges' pool, and when the stage is not being marked.
    """
    async with write(actor) as change:
        panel = await Panel.select(Panel.stage, Panel.stage.state.as_alias("state")).where(Panel.id == panel_id).first()
        if panel is None:
            raise Missing("panel")
        if panel["state"] != StageState.MARKING:
            raise Refused(Problem(N_("评分期间才能补派替补；抽签前请编辑裁判组")))
        problems = await _substitute_problems(panel_id, draft.person_id)
        if problems:
            raise Refused(*problems)
        last = (
            await PanelSeat.select(PanelSeat.number)
            .where(PanelSeat.panel == panel_id)
            .order_by(PanelSeat.number, ascending=False)
            .first()
        )
        number = (last["number"] if last else 0) + 1
        seat = msgspec.structs.replace(draft, trainee=False, substitute=True)
        seat_id = await _seat(change, panel_id, number, seat)
        await change.record("panel.substitute_added", "panel", panel_id, seat=number)
    return seat_id


async def _substitute_problems(panel_id: int, person_id: int) -> list[Problem]:
    if await PanelSeat.exists().where((PanelSeat.panel == panel_id) & (PanelSeat.person == person_id)):
        return [Problem(N_("同一裁判在本组已有席位"), field="person_id")]
    if person_id not in await _judges_among([person_id]):
        return [Problem(N_("不在裁判员库中；先在人才库登记为裁判员"), field="person_id")]
    panel = await Panel.select(Panel.stage).where(Panel.id == panel_id).first()
    if panel and await contestants_among(panel["stage"], [person_id]):
        return [Problem(ENTERED, field="person_id")]
    return []


class PartPlace(msgspec.Struct, frozen=True):
    id: int
    code: str
    name: str
    name_en: str
    stage_id: int


async def part_place(part_id: int) -> PartPlace:
    """Which stage a part of a current scheme belongs to. Raises Missing."""
    row = (
        await SchemePart.select(
            SchemePart.code, SchemePart.name, SchemePart.name_en, SchemePart.scheme.stage.as_alias("stage"),
            SchemePart.scheme.current.as_alias("current"),
        )
        .where(SchemePart.id == part_id)
        .first()
    )  # fmt: skip
    if row is None or not row["current"]:
        raise Missing("part")
    return PartPlace(part_id, row["code"], row["name"], row["name_en"], row["stage"])


async def panel_place(panel_id: int) -> StoredPanel:
    """Raises Missing."""
    row = await Panel.select(Panel.stage, Panel.part).where(Panel.id == panel_id).first()
    if row is None:
        raise Missing("panel")
    return (await load_panels(row["stage"]))[row["part"]]
