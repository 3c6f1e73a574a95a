"""A contest with a preliminary and a final whose scores are locked, made through the services."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec

from competition import clock
from competition.accounts import service as accounts
from competition.accounts.tables import Account
from competition.audit.write import SYSTEM, Actor, write
from competition.contests import service as contests
from competition.contests.kinds import ContestState, CutKind, CutTies, GroupKind, RankTies, StageKind
from competition.contests.tables import Contest
from competition.entries import service as entries
from competition.entries.kinds import Attendance
from competition.marking.kinds import PartSource
from competition.marking.service import (
    PartDraft,
    SchemeDraft,
    draw_numbers,
    import_scores,
    load_scheme,
    lock_stage,
    reveal_every_layer,
    save_scheme,
    sign_stage,
)
from competition.people import service as people
from competition.people.identity import with_check_digit, with_credit_check
from competition.people.kinds import IdKind, Status, UnitKind
from competition.people.reference import load_reference
from competition.people.rules import PersonDraft, UnitDraft
from competition.people.tables import District
from competition.rulebook.service import load_seeds

IN_WINDOW = datetime(2025, 6, 12, 2, tzinfo=UTC)
ADULT = date(1995, 5, 6)
WORDS = "裁判长当面确认，不便签字"

Scores = Mapping[str, tuple[str, str] | None]


class Scored(msgspec.Struct):
    """`entries` by the contestant's name; everybody is of a unit of their own."""

    contest_id: int
    token: str
    skill_id: int
    group_id: int
    preliminary: int
    final: int
    entries: dict[str, int]
    units: dict[str, int]


async def scored_contest(
    names: Sequence[str], *, cut: int = 3, cut_kind: str = CutKind.TOP, cut_ties: str = CutTies.DECIDED,
    tie_breaks: Sequence[str] = ("practice",), born: Mapping[str, date] | None = None, name: str = "2025 年测试竞赛",
    award_rule: str = "awards-medals", serial: int = 0, cut_reserved: int = 0, rank_ties: str = RankTies.SHARED,
) -> Scored:  # fmt: skip
    """Names with entries that are approved; no stage has begun. `serial` sets a second contest's people apart."""
    await load_reference(SYSTEM)
    await load_seeds(SYSTEM)
    with clock.at(IN_WINDOW):
        async with write(SYSTEM):
            preliminary = contests.StageDraft(
                kind=StageKind.PRELIMINARY, cut_kind=cut_kind, cut_value=Decimal(cut), cut_ties=cut_ties,
                cut_reserved=cut_reserved, rank_ties=rank_ties, tie_breaks=list(tie_breaks),
            )  # fmt: skip
            scored = await _programme(name, preliminary, award_rule)
            for number, who in enumerate(names, serial + 1):
                await _enter(scored, who, number, (born or {}).get(who, ADULT))
            await entries.approve(SYSTEM, list(scored.entries.values()))
            await contests.set_state(SYSTEM, scored.contest_id, ContestState.RUNNING)
    return scored


async def _programme(name: str, first: contests.StageDraft, award_rule: str) -> Scored:
    contest_id = await contests.create_contest(
        SYSTEM,
        contests.ContestDraft(
            name=name, name_en="Test contest 2025", tier="municipal", year=2025, document_number="测试〔2025〕1 号",
            entry_opens_at=datetime(2025, 6, 1, tzinfo=UTC), entry_closes_at=datetime(2025, 6, 30, tzinfo=UTC),
            starts_on=date(2025, 9, 18), ends_on=date(2025, 9, 20),
        ),
    )  # fmt: skip
    skill = contests.SkillDraft(name="焊接", name_en="Welding", occupation_code="6-18-02-04")
    skill_id = await contests.add_skill(SYSTEM, contest_id, skill)
    group_id = await contests.add_group(SYSTEM, skill_id, GroupKind.EMPLOYEE, award_rule)
    preliminary = await contests.add_stage(SYSTEM, group_id, first)
    final = await contests.add_stage(
        SYSTEM, group_id, contests.StageDraft(kind=StageKind.FINAL, tie_breaks=first.tie_breaks)
    )
    await contests.set_state(SYSTEM, contest_id, ContestState.OPEN)
    row = await Contest.select(Contest.token).where(Contest.id == contest_id).first()
    assert row is not None
    return Scored(contest_id, row["token"], skill_id, group_id, preliminary, final, {}, {})


async def _enter(scored: Scored, name: str, number: int, born: date) -> None:
    district = await District.select(District.id).order_by(District.id).offset(number % 5).first()
    assert district is not None
    unit_id = await people.create_unit(
        SYSTEM,
        UnitDraft(
            name=f"{name}所在的单位", name_en=f"Unit of {name}", kind=UnitKind.ENTERPRISE,
            credit_code=with_credit_check(f"91210200MA{number:07}"), district_id=district["id"],
        ),
    )  # fmt: skip
    person_id = await _person(name, number, born, unit_id)
    coach_id = await _person(f"{name}的教练", number + 500, ADULT, unit_id)
    draft = entries.EntryDraft(
        scored.contest_id, scored.skill_id, scored.group_id, unit_id,
        [entries.MemberDraft(person_id, Status.EMPLOYEE, guardian_consent=True)],
        [entries.CoachDraft(coach_id, main=True)],
    )  # fmt: skip
    scored.units[name] = unit_id
    scored.entries[name] = await entries.create_entry(SYSTEM, draft)


async def _person(name: str, number: int, born: date, unit_id: int) -> int:
    id_number = with_check_digit(f"210202{born:%Y%m%d}{number:03}")
    return await people.add_person(
        SYSTEM, PersonDraft(name, "", "", None, IdKind.RESIDENT, id_number, "13800000000", unit_id, Status.EMPLOYEE)
    )


async def run(scored: Scored, stage_id: int, scores: Scores) -> None:
    """Take a stage from its places to the lock and the reveal. None is an absent contestant."""
    parts = tuple(
        PartDraft(code, name, PartSource.IMPORT, Decimal(weight), Decimal(100))
        for code, name, weight in (("theory", "理论", 40), ("practice", "实操", 60))
    )
    async with write(SYSTEM):
        if stage_id == scored.preliminary:
            await entries.open_first_stage(SYSTEM, stage_id)
        await save_scheme(SYSTEM, stage_id, SchemeDraft(parts))
        came = {scored.entries[name]: Attendance.CHECKED_IN for name, marks in scores.items() if marks}
        away = {scored.entries[name]: Attendance.ABSENT for name, marks in scores.items() if not marks}
        await entries.attend(SYSTEM, stage_id, came)
        if away:
            await entries.attend(SYSTEM, stage_id, away, "未到场")
        await draw_numbers(SYSTEM, stage_id, "test")
        await score(scored, stage_id, scores)
        await sign_stage(await an_official(), stage_id, WORDS)
        await lock_stage(await an_official(), stage_id)
        await reveal_every_layer(await an_official(), await an_official("监督员甲"), stage_id)


async def score(scored: Scored, stage_id: int, scores: Scores, reason: str = "") -> None:
    """Import both parts; after the lock with a reason."""
    scheme = await load_scheme(stage_id)
    assert scheme is not None
    for place, part in enumerate(scheme.parts):
        marks = {scored.entries[name]: Decimal(pair[place]) for name, pair in scores.items() if pair}
        await import_scores(SYSTEM, part.id, marks, "测试成绩单", reason)


async def an_official(name: str = "裁判长甲") -> Actor:
    """Somebody with an account who signs."""
    username = f"official-{name.encode().hex()}"
    row = await Account.select(Account.id).where(Account.username == username).first()
    if row is None:
        new = accounts.NewAccount(username=username, name=name, password="")
        return Actor(name, await accounts.create_account(SYSTEM, new, password_hash="none"))
    return Actor(name, row["id"])
