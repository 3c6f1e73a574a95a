"""A contest that takes entries, with two units and their coaches, made through the services."""

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec

from competition.audit.write import SYSTEM, write
from competition.contests import service as contests
from competition.contests.kinds import ContestState, CutKind, GroupKind, StageKind, Tier
from competition.entries.rules.eligibility import GroupFacts
from competition.entries.service import CoachDraft, EntryDraft, MemberDraft
from competition.entries.service.facts import programme
from competition.people import service as people
from competition.people.identity import with_check_digit, with_credit_check
from competition.people.kinds import IdKind, Status, UnitKind
from competition.people.rules import PersonDraft, UnitDraft

OPENS = datetime(2025, 6, 1, 1, tzinfo=UTC)
IN_WINDOW = datetime(2025, 6, 12, 2, tzinfo=UTC)
CLOSES = datetime(2025, 6, 30, 9, tzinfo=UTC)
STARTS = date(2025, 9, 18)
ADULT_BORN = date(2000, 5, 6)


class Registering(msgspec.Struct):
    """`welding_*` are groups for one, `mechatronics` is for a team of two students."""

    contest_id: int
    school: int
    company: int
    coach: int
    company_coach: int
    welding_student: GroupFacts
    welding_employee: GroupFacts
    mechatronics: GroupFacts
    stages: dict[int, list[int]]
    people: int = 0

    def number(self, born: date = ADULT_BORN) -> str:
        self.people += 1
        return with_check_digit(f"210202{born:%Y%m%d}{self.people:03}")

    def person(
        self, name: str = "", *, unit_id: int = 0, born: date = ADULT_BORN, status: str = "student"
    ) -> PersonDraft:
        number = self.number(born)
        unit_id = unit_id or self.school
        return PersonDraft(
            name or f"选手{self.people}", "", "", None, IdKind.RESIDENT, number, "13800000000", unit_id, status
        )

    async def entry(
        self, group: GroupFacts | None = None, *, unit_id: int = 0, born: date = ADULT_BORN, **changes: object
    ) -> EntryDraft:
        """A draft that has nothing against it."""
        group = group or self.welding_student
        unit_id = unit_id or self.school
        coach = self.coach if unit_id == self.school else self.company_coach
        status = Status.EMPLOYEE if group.kind == GroupKind.EMPLOYEE else Status.STUDENT
        members = []
        for _ in range(group.team_size):
            person = self.person(unit_id=unit_id, born=born, status=status)
            members.append(MemberDraft(await people.add_person(SYSTEM, person), status))
        draft = EntryDraft(
            self.contest_id, group.skill_id, group.group_id, unit_id, members, [CoachDraft(coach, True)],
            "一队" if group.team_size > 1 else "",
        )  # fmt: skip
        return msgspec.structs.replace(draft, **changes)


async def unit(name: str, kind: UnitKind, serial: int) -> int:
    code = with_credit_check(f"91210200MA{serial:07}")
    district = None
    return await people.create_unit(
        SYSTEM, UnitDraft(name=name, kind=kind, credit_code=code, district_id=district, in_city=False)
    )


async def staff(name: str, unit_id: int, status: Status, serial: int) -> int:
    number = with_check_digit(f"21020319800102{serial:03}")
    return await people.add_person(
        SYSTEM, PersonDraft(name, "", "", None, IdKind.RESIDENT, number, "13900000000", unit_id, status)
    )


async def registering(
    *, unit_limit: int = 0, tier: Tier = Tier.MUNICIPAL, elsewhere: bool = False, serial: int = 0
) -> Registering:
    async with write(SYSTEM):
        contest_id = await contests.create_contest(
            SYSTEM,
            contests.ContestDraft(
                name="2025 年测试竞赛", name_en="Test contest 2025", tier=tier, year=2025, elsewhere=elsewhere,
                document_number="测试〔2025〕1 号", entry_opens_at=None if elsewhere else OPENS,
                entry_closes_at=None if elsewhere else CLOSES, starts_on=STARTS, ends_on=STARTS,
            ),
        )  # fmt: skip
        stages: dict[int, list[int]] = {}
        for name, size, kinds in (
            ("焊接", 1, (GroupKind.STUDENT, GroupKind.EMPLOYEE)),
            ("机电一体化", 2, (GroupKind.STUDENT,)),
        ):
            skill_id = await contests.add_skill(
                SYSTEM, contest_id,
                contests.SkillDraft(
                    name=name, occupation_code="6-18-02-04", team_size=size, entries_per_unit=unit_limit
                ),
            )  # fmt: skip
            for kind in kinds:
                group_id = await contests.add_group(SYSTEM, skill_id, kind, "awards-medals", 3)
                stages[group_id] = [
                    await contests.add_stage(
                        SYSTEM, group_id, contests.StageDraft(kind=stage, cut_kind=cut, cut_value=Decimal(cut_value))
                    )
                    for stage, cut, cut_value in (
                        (StageKind.PRELIMINARY, CutKind.ALL, 0),
                        (StageKind.FINAL, CutKind.NONE, 0),
                    )
                    if not (elsewhere and stage == StageKind.PRELIMINARY)
                ]  # fmt: skip
        if not elsewhere:
            await contests.set_state(SYSTEM, contest_id, ContestState.OPEN)
        school = await unit("测试装备职业学院", UnitKind.SCHOOL, serial + 1)
        company = await unit("测试造船有限公司", UnitKind.ENTERPRISE, serial + 2)
        coach = await staff("曲教练", school, Status.TEACHER, serial + 1)
        company_coach = await staff("丛教练", company, Status.EMPLOYEE, serial + 2)
    student, employee, team = (await programme(contest_id)).groups
    return Registering(contest_id, school, company, coach, company_coach, student, employee, team, stages, serial)
