"""A contest whose finals are released, made through the services: what subsidies, promotions and seedlings rest on."""

from collections.abc import Sequence
from datetime import date

import msgspec

from competition.audit.write import SYSTEM, write
from competition.contests import service as contests
from competition.contests.kinds import ContestState, GroupKind, StageKind
from competition.entries.service import EntryDraft, MemberDraft, record_finalists
from competition.entries.tables import StagePlace
from competition.people import service as people
from competition.people.identity import with_check_digit, with_credit_check
from competition.people.kinds import IdKind, Level, Status, UnitKind
from competition.people.rules import PersonDraft, UnitDraft
from competition.people.tables import District
from competition.results import service as results
from competition.rulebook.service import load_seeds

ACCOUNT = "6222020200112233"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One finalist entry; `level` is what each member holds."""

    rank: int | None
    unit: int | None
    name: str = ""
    award_level: str = ""
    award_name: str = ""
    level: str = Level.SENIOR.value
    status: str = Status.EMPLOYEE.value
    born: date = date(1995, 5, 6)
    members: int = 1
    attendance: str = ""


class Released(msgspec.Struct):
    contest_id: int
    skill_id: int
    group_id: int
    stage_id: int
    entries: list[int]


_serial = {"unit": 0, "person": 0}


async def a_unit(name: str, *, in_city: bool = True, account: str = ACCOUNT, kind: str = UnitKind.ENTERPRISE) -> int:
    _serial["unit"] += 1
    district = await District.select(District.id).order_by(District.id).first()
    if district is None:
        async with write(SYSTEM) as change:
            district = (await District.insert(District(name="甘井子区", code="210211")))[0]
            await change.record("district.added", "district", district["id"])
    draft = UnitDraft(
        name=name, kind=kind, credit_code=with_credit_check(f"91210200MA{_serial['unit']:07}"),
        district_id=district["id"], in_city=in_city, contact_name="联系人甲", phone="13800000001",
        bank_name="示例银行" if account else "", account_name=name if account else "", account=account or None,
    )  # fmt: skip
    return await people.create_unit(SYSTEM, draft)


async def a_person(place: Place) -> int:
    _serial["person"] += 1
    serial = _serial["person"]
    number = with_check_digit(f"210202{place.born:%Y%m%d}{serial % 1000:03}")
    name = place.name or f"选手{serial}"
    draft = PersonDraft(name, "", "", None, IdKind.RESIDENT, number, "13800000000", place.unit, place.status)
    return await people.find_or_add(SYSTEM, draft)


async def a_contest(**changes: object) -> int:
    await load_seeds(SYSTEM)
    plain = contests.ContestDraft(
        name="示例技能大赛", tier="municipal", contest_class="first", year=2025, elsewhere=True,
        starts_on=date(2025, 9, 18), ends_on=date(2025, 9, 20), document_number="演示〔2025〕1 号",
    )  # fmt: skip
    contest_id = await contests.create_contest(SYSTEM, msgspec.structs.replace(plain, **changes))
    await contests.set_state(SYSTEM, contest_id, ContestState.OPEN)
    return contest_id


async def a_final(contest_id: int, skill: str = "焊接", group: str = GroupKind.EMPLOYEE, **changes: object) -> Released:
    """A skill with one group and its final, without finalists."""
    plain = contests.SkillDraft(name=skill, occupation_code="6-18-02-04")
    skill_id = await contests.add_skill(SYSTEM, contest_id, msgspec.structs.replace(plain, **changes))
    group_id = await contests.add_group(SYSTEM, skill_id, group, "awards-medals")
    stage_id = await contests.add_stage(SYSTEM, group_id, contests.StageDraft(kind=StageKind.FINAL))
    return Released(contest_id, skill_id, group_id, stage_id, [])


async def place_all(final: Released, places: Sequence[Place]) -> None:
    drafts = []
    for place in places:
        members = [MemberDraft(await a_person(place), place.status, place.level) for _ in range(place.members)]
        drafts.append(
            EntryDraft(
                final.contest_id, final.skill_id, final.group_id, place.unit, members, (), "一队" * (place.members > 1)
            )
        )
    final.entries = await record_finalists(SYSTEM, final.stage_id, drafts)
    away = {entry: place.attendance for entry, place in zip(final.entries, places, strict=True) if place.attendance}
    if away:
        async with write(SYSTEM) as change:
            for entry, attendance in away.items():
                await StagePlace.update({StagePlace.attendance: attendance}).where(StagePlace.entry == entry)
            await change.record("test.attendance", "stage", final.stage_id)


async def release(final: Released, places: Sequence[Place], reason: str = "", entrants: int = 0) -> int:
    lines = [
        results.RecordedLine(entry, place.rank, place.award_name or place.award_level, place.award_level)
        for entry, place in zip(final.entries, places, strict=True)
        if place.rank is not None
    ]
    revision_id = await results.record_results(SYSTEM, final.stage_id, lines, "演示〔2025〕2 号", reason, entrants)
    await results.release(SYSTEM, revision_id)
    return revision_id


async def released(
    *places: Place, skill: str = "焊接", group: str = GroupKind.EMPLOYEE, entrants: int = 0, team_size: int = 1,
    **contest: object,
) -> Released:  # fmt: skip
    """A contest with one final in which these came out so."""
    contest_id = await a_contest(**contest)
    final = await a_final(contest_id, skill, group, team_size=team_size)
    await place_all(final, places)
    await release(final, places, entrants=entrants)
    return final


__all__ = [
    "ACCOUNT", "Place", "Released", "a_contest", "a_final", "a_unit", "place_all", "release", "released",
]  # fmt: skip
