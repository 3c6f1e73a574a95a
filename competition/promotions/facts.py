"""What the promotion rules need to know of the finishers of finals, read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec

from competition import clock
from competition.contests.kinds import ContestClass, StageKind
from competition.contests.tables import Contest
from competition.entries.tables import EntryMember
from competition.people.kinds import LEVELS, Level
from competition.people.service import levels_of
from competition.promotions.rules.choice import Document, documents_for
from competition.promotions.rules.proposal import Finisher
from competition.promotions.rules.states import GRANTED
from competition.promotions.tables import PromotionCase
from competition.results.tables import ResultLine, ResultRevision
from competition.rulebook.promotion import PromotionRule
from competition.rulebook.service import Revision, current

Row = dict[str, Any]
IDS_PER_QUERY = 5000


class Field(msgspec.Struct, frozen=True):
    """The finishers of some finals of a contest by revision, and the cases that exist for them by member."""

    contest: Row
    finishers: tuple[Finisher, ...]
    finals: dict[int, Row]
    cases: dict[int, Row]

    def final_of(self, case: Row) -> Row | None:
        """The result in force of the final the case came from."""
        return next((final for final in self.finals.values() if final["group"] == case["group"]), None)


def chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), IDS_PER_QUERY):
        yield ordered[start : start + IDS_PER_QUERY]


async def documents(contest: Row, *, entrants_known: bool = False) -> list[tuple[Document, Revision]]:
    """The documents in force for the contest, the one to propose from first."""
    return documents_among(await current("promotion"), contest, entrants_known=entrants_known)


def documents_among(
    revisions: Sequence[Revision], contest: Row, *, entrants_known: bool = False
) -> list[tuple[Document, Revision]]:
    on: date = contest["ends_on"] or clock.today()
    held = {each.document.code: each for each in revisions if each.document.applies_on(on)}
    offered = [Document(code, each.document.valid_from, _body(each)) for code, each in held.items()]
    speaking = documents_for(
        offered,
        contest["tier"],
        contest["contest_class"] or ContestClass.NONE,
        contest["category"],
        entrants_known=entrants_known,
    )
    return [(each, held[each.code]) for each in speaking]


def _body(revision: Revision) -> PromotionRule:
    assert isinstance(revision.document.body, PromotionRule)
    return revision.document.body


async def load(contest: Row, stage_ids: Sequence[int] | None = None) -> Field:
    """Of the released finals of the contest, or of these alone."""
    finals = await _finals(contest["id"], stage_ids)
    lines = await _lines(list(finals.values()))
    members = await _members(lines)
    cases = await _cases(finals)
    persons = [member["person"] for member in members]
    levels = await levels_of(persons)
    granted = await _granted(persons, contest["year"])
    highest: dict[int, int] = defaultdict(int)
    for line in lines.values():
        highest[line["revision"]] = max(highest[line["revision"]], line["rank"] or 1)
    sizes: dict[int, int] = defaultdict(int)
    for member in members:
        sizes[member["entry"]] += 1
    finishers = []
    for member in members:
        line = lines[member["entry"]]
        final = finals[line["revision"]]
        finishers.append(
            _finisher(contest, member, line, final, sizes, levels, granted, highest, cases.get(member["id"]))
        )
    return Field(contest, tuple(finishers), finals, cases)


def _finisher(
    contest: Row,
    member: Row,
    line: Row,
    final: Row,
    sizes: dict[int, int],
    levels: dict[tuple[int, str], Level],
    granted: dict[int, set[int]],
    highest: dict[int, int],
    case: Row | None,
) -> Finisher:
    moved = case is not None and (case["rank"], case["award_name"]) != (line["rank"], line["award_name"])
    return Finisher(
        member_id=member["id"], person_id=member["person"], skill_id=final["skill_id"], tier=contest["tier"],
        contest_class=contest["contest_class"] or ContestClass.NONE, category=contest["category"],
        group=final["group_kind"], team_size=sizes[member["entry"]], status=member["status"], rank=line["rank"],
        award_name=line["award_name"], award_level=line["award_level"], entrants=final["entrants"] or None,
        entrants_at_least=highest[final["id"]],
        level_held=_held(member["level_held"], levels.get((member["person"], final["occupation_code"]))),
        occupation=final["occupation_code"], has_standard=bool(final["has_standard"]),
        honours_held=member["honours"], year=contest["year"],
        other_case=bool(granted.get(member["person"], set()) - {member["id"]}), revision_id=final["id"],
        revision_number=final["number"],
        replaced=(case["number"] or 0) if case is not None and moved else 0,
    )  # fmt: skip


def _held(declared: str, on_file: Level | None) -> Level | None:
    """The higher of the level named at registration and the one on file."""
    known = [Level(level) for level in (declared, on_file) if level]
    return max(known, key=LEVELS.index, default=None)


async def _finals(contest_id: int, stage_ids: Sequence[int] | None) -> dict[int, Row]:
    """Revision in force -> its final, with group, skill and number of the revision."""
    stage: Any = ResultRevision.stage
    group, skill = stage.group, stage.group.skill
    where = (
        (skill.contest == contest_id)
        & (stage.kind == StageKind.FINAL.value)
        & ResultRevision.current.eq(True)
        & ResultRevision.released_at.is_not_null()
    )
    if stage_ids is not None:
        where = where & ResultRevision.stage.is_in(list(stage_ids))
    rows = await ResultRevision.select(
        ResultRevision.id, ResultRevision.number, ResultRevision.entrants, stage.id.as_alias("stage"),
        group.id.as_alias("group"),
        group.kind.as_alias("group_kind"), skill.id.as_alias("skill_id"), skill.name.as_alias("skill"),
        skill.occupation_code.as_alias("occupation_code"), skill.has_national_standard.as_alias("has_standard"),
    ).where(where)  # fmt: skip
    return {row["id"]: row for row in rows}


async def _lines(finals: Sequence[Row]) -> dict[int, Row]:
    """Entry -> its line, where it has a rank or an award."""
    if not finals:
        return {}
    rows = await ResultLine.select(
        ResultLine.entry, ResultLine.revision, ResultLine.rank, ResultLine.award_name, ResultLine.award_level
    ).where(ResultLine.revision.is_in([final["id"] for final in finals]))
    return {row["entry"]: row for row in rows if row["rank"] is not None or row["award_name"]}


async def _members(entry_ids: Iterable[int]) -> list[Row]:
    found: list[Row] = []
    for part in chunks(entry_ids):
        found += (
            await EntryMember.select(
                EntryMember.id, EntryMember.entry, EntryMember.person, EntryMember.status, EntryMember.level_held,
                EntryMember.person.honours.as_alias("honours"),
            )
            .where(EntryMember.entry.is_in(part))
            .order_by(EntryMember.id)
        )  # fmt: skip
    return found


async def _cases(finals: dict[int, Row]) -> dict[int, Row]:
    """Member -> the case that exists, with the number of the revision it was proposed from."""
    if not finals:
        return {}
    member: Any = PromotionCase.member
    rows = (
        await PromotionCase.select(
            PromotionCase.id, PromotionCase.member, PromotionCase.state, PromotionCase.rule, PromotionCase.revision,
            PromotionCase.version, PromotionCase.rank, PromotionCase.award_name, member.entry.group.as_alias("group"),
        )
        .where(member.entry.group.is_in([final["group"] for final in finals.values()]))
        .order_by(PromotionCase.id)
    )  # fmt: skip
    numbers = await revision_numbers([row["revision"] for row in rows if row["revision"]])
    return {row["member"]: row | {"number": numbers.get(row["revision"])} for row in rows}


async def revision_numbers(revision_ids: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in chunks(revision_ids):
        rows = await ResultRevision.select(ResultRevision.id, ResultRevision.number).where(
            ResultRevision.id.is_in(part)
        )
        found |= {row["id"]: row["number"] for row in rows}
    return found


async def _granted(person_ids: Iterable[int], year: int) -> dict[int, set[int]]:
    """Person -> members (entries) by which they have been promoted in the year."""
    found: dict[int, set[int]] = defaultdict(set)
    for part in chunks(person_ids):
        rows = await PromotionCase.select(PromotionCase.person, PromotionCase.member).where(
            PromotionCase.person.is_in(part)
            & (PromotionCase.year == year)
            & PromotionCase.state.is_in([state.value for state in GRANTED])
        )
        for row in rows:
            found[row["person"]].add(row["member"])
    return found


async def contest_row(contest_id: int) -> Row | None:
    return await Contest.select().where(Contest.id == contest_id).first()


async def contests_with_finals(year: int) -> list[Row]:
    """Contests of the year with a final released."""
    stage: Any = ResultRevision.stage
    contest = stage.group.skill.contest
    rows = (
        await ResultRevision.select(contest.id.as_alias("contest"))
        .where(
            (contest.year == year)
            & (stage.kind == StageKind.FINAL.value)
            & ResultRevision.current.eq(True)
            & ResultRevision.released_at.is_not_null()
        )
        .distinct()
    )
    ids = [row["contest"] for row in rows]
    if not ids:
        return []
    return await Contest.select().where(Contest.id.is_in(ids)).order_by(Contest.id)
