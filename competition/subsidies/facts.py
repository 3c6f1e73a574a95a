"""What the subsidy rules need to know of a contest, read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from competition import clock
from competition.contests.kinds import StageKind
from competition.contests.tables import Contest, Stage
from competition.entries.tables import EntryMember, StagePlace
from competition.people.tables import Unit
from competition.problems import N_, Missing, Problem, Refused
from competition.results.tables import ResultLine, ResultRevision
from competition.rulebook.rules import SubsidyRule
from competition.rulebook.service import Revision, in_force
from competition.subsidies.kinds import LineState
from competition.subsidies.rules import Claim, ContestFacts, Finalist, Payee, inputs_digest
from competition.subsidies.tables import SubsidyLine

Row = dict[str, Any]
IDS_PER_QUERY = 5000


class DraftInputs(msgspec.Struct, frozen=True):
    """Everything a batch is drafted from."""

    contest: Row
    facts: ContestFacts
    rule: Revision
    finalists: tuple[Finalist, ...]

    @property
    def body(self) -> SubsidyRule:
        assert isinstance(self.rule.document.body, SubsidyRule)
        return self.rule.document.body

    @property
    def rate_fen(self) -> int:
        """Fen per person, 0 where the tier is not subsidised."""
        return self.body.rate_fen(self.contest["tier"]) or 0

    @property
    def digest(self) -> str:
        return inputs_digest(self.finalists, self.facts, str(self.rule.id), self.rate_fen)


def chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), IDS_PER_QUERY):
        yield ordered[start : start + IDS_PER_QUERY]


async def load(contest_id: int, besides_batch: int = 0) -> DraftInputs:
    """`besides_batch` is the batch to be drafted anew: its own lines are no earlier claims. Raises Missing, Refused."""
    contest = await Contest.select().where(Contest.id == contest_id).first()
    if contest is None:
        raise Missing("contest")
    rule = await in_force("subsidy", contest["ends_on"] or clock.today())
    if rule is None:
        raise Refused(Problem(N_("规则库中没有竞赛当时适用的补贴标准")))
    finals = await final_stages([contest_id])
    released = await released_revisions([stage["id"] for stage in finals])
    facts = ContestFacts(
        contest_id=contest_id,
        tier=contest["tier"],
        in_annual_plan=bool(contest["in_annual_plan"]),
        finals=len(finals),
        released_finals=len(released),
    )
    body = rule.document.body
    assert isinstance(body, SubsidyRule)
    claims = await _claims(contest, besides_batch, every_tier=body.switches.same_person_tiers.value == "highest")
    return DraftInputs(contest, facts, rule, await _finalists(released, claims))


async def final_stages(contest_ids: Sequence[int]) -> list[Row]:
    """The finals of these contests: id and contest."""
    group: Any = Stage.group
    contest = group.skill.contest
    return await Stage.select(Stage.id, contest.id.as_alias("contest")).where(
        contest.id.is_in(list(contest_ids)) & (Stage.kind == StageKind.FINAL.value)
    )


async def released_revisions(stage_ids: Sequence[int]) -> dict[int, Row]:
    """The result in force of each stage that has one."""
    if not stage_ids:
        return {}
    rows = await ResultRevision.select(ResultRevision.id, ResultRevision.number, ResultRevision.stage).where(
        ResultRevision.stage.is_in(list(stage_ids))
        & ResultRevision.current.eq(True)
        & ResultRevision.released_at.is_not_null()
    )
    return {row["stage"]: row for row in rows}


async def _finalists(released: dict[int, Row], claims: dict[int, list[Claim]]) -> tuple[Finalist, ...]:
    places = await _places(list(released))
    members = await _members(place["entry"] for place in places.values())
    scored = await _scored([row["id"] for row in released.values()])
    payees = await _payees(member["unit"] for member in members)
    found = []
    for member in members:
        place = places[member["entry"]]
        revision = released[place["stage"]]
        found.append(
            Finalist(
                member_id=member["id"], person_id=member["person"], skill_id=place["skill"],
                skill_name=place["skill_name"], skill_number=place["skill_number"], group_kind=place["group_kind"],
                payee=payees.get(member["unit"]), registered_by=place["unit"], attendance=place["attendance"],
                declined=place["declined_at"] is not None, scored=member["entry"] in scored,
                revision_id=revision["id"], revision_number=revision["number"],
                claims=tuple(claims.get(member["person"], ())),
            )
        )  # fmt: skip
    return tuple(found)


async def _places(stage_ids: list[int]) -> dict[int, Row]:
    """Entry -> its place in the final. An entry is in one group, so in one final."""
    if not stage_ids:
        return {}
    entry: Any = StagePlace.entry
    rows = (
        await StagePlace.select(
            StagePlace.entry, StagePlace.stage, StagePlace.attendance, StagePlace.declined_at,
            entry.unit.as_alias("unit"), entry.skill.id.as_alias("skill"), entry.skill.name.as_alias("skill_name"),
            entry.skill.number.as_alias("skill_number"), entry.group.kind.as_alias("group_kind"),
        )
        .where(StagePlace.stage.is_in(stage_ids))
        .order_by(StagePlace.id)
    )  # fmt: skip
    return {row["entry"]: row for row in rows}


async def _members(entry_ids: Iterable[int]) -> list[Row]:
    found: list[Row] = []
    for part in chunks(entry_ids):
        found += (
            await EntryMember.select(EntryMember.id, EntryMember.entry, EntryMember.person, EntryMember.unit)
            .where(EntryMember.entry.is_in(part))
            .order_by(EntryMember.id)
        )
    return found


async def _scored(revision_ids: list[int]) -> set[int]:
    """Entries with a total or a rank."""
    if not revision_ids:
        return set()
    rows = await ResultLine.select(ResultLine.entry).where(
        ResultLine.revision.is_in(revision_ids) & (ResultLine.total.is_not_null() | ResultLine.rank.is_not_null())
    )
    return {row["entry"] for row in rows}


async def _payees(unit_ids: Iterable[int | None]) -> dict[int | None, Payee]:
    found: dict[int | None, Payee] = {}
    for part in chunks(unit_id for unit_id in unit_ids if unit_id is not None):
        for row in await Unit.select(Unit.id, Unit.in_city, Unit.account_sealed).where(Unit.id.is_in(part)):
            found[row["id"]] = Payee(
                unit_id=row["id"], in_city=bool(row["in_city"]), has_account=bool(row["account_sealed"])
            )
    return found


async def _claims(contest: Row, besides_batch: int, *, every_tier: bool) -> dict[int, list[Claim]]:
    """Person -> what they are due, or were paid and gave back, in other batches of this contest or, where the rule
    compares tiers, of the year."""
    batch: Any = SubsidyLine.batch
    of_interest = batch.year == contest["year"] if every_tier else batch.contest == contest["id"]
    rows = (
        await SubsidyLine.select(
            SubsidyLine.person, SubsidyLine.member, SubsidyLine.state, batch.contest.id.as_alias("contest"),
            batch.year.as_alias("year"), batch.tier.as_alias("tier"), batch.number.as_alias("number"),
        )
        .where(
            of_interest
            & (SubsidyLine.batch != besides_batch)
            & SubsidyLine.state.is_in([LineState.DUE.value, LineState.CLAWED_BACK.value])
        )
        .order_by(SubsidyLine.id)
    )  # fmt: skip
    found: dict[int, list[Claim]] = defaultdict(list)
    for row in rows:
        found[row["person"]].append(
            Claim(
                member_id=row["member"], contest_id=row["contest"], year=row["year"], tier=row["tier"],
                number=row["number"], clawed_back=row["state"] == LineState.CLAWED_BACK,
            )
        )  # fmt: skip
    return found
