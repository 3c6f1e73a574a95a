"""Promotion cases as screens need them."""

from collections.abc import Sequence
from typing import Any

import msgspec
from piccolo.query.functions.aggregate import Count

from competition.problems import Missing, Problem
from competition.promotions.facts import Row
from competition.promotions.kinds import CaseState, Verdict
from competition.promotions.rules.proposal import Condition, reason_of, verdict_of
from competition.promotions.rules.states import GRANTED, CaseFacts
from competition.promotions.tables import PromotionCase
from competition.results.tables import ResultLine, ResultRevision
from competition.rulebook.promotion import PromotionRule
from competition.rulebook.service import Revision, revision


class CaseView(msgspec.Struct, frozen=True):
    """A case with what was frozen in it, read back."""

    row: Row
    rule_text: tuple[Problem, ...]
    conditions: tuple[Condition, ...]

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.conditions)

    @property
    def reason(self) -> Problem | None:
        return reason_of(self.conditions)

    @property
    def entrants(self) -> int | None:
        """Of the group, where it is known."""
        known = (each.value.params.get("n") for each in self.conditions if each.label == "参赛人数")
        return next(known, None)


def _view(row: Row) -> CaseView:
    return CaseView(
        row,
        msgspec.json.decode(row["rule_text"], type=tuple[Problem, ...]),
        msgspec.json.decode(row["conditions"], type=tuple[Condition, ...]),
    )


def _cases() -> Any:
    member: Any = PromotionCase.member
    contest: Any = PromotionCase.contest
    skill, person = PromotionCase.skill, PromotionCase.person
    return PromotionCase.select(
        *PromotionCase.all_columns(), person.name.as_alias("name"), person.name_en.as_alias("name_en"),
        person.id_mask.as_alias("id_mask"), skill.name.as_alias("skill_name"), skill.name_en.as_alias("skill_name_en"),
        skill.occupation_code.as_alias("occupation_code"), contest.name.as_alias("contest_name"),
        contest.name_en.as_alias("contest_name_en"), member.entry.id.as_alias("entry"),
        member.entry.group.kind.as_alias("group_kind"), member.unit.id.as_alias("unit_id"),
        member.unit.name.as_alias("unit_name"), member.unit.name_en.as_alias("unit_name_en"),
        PromotionCase.rule.title.as_alias("rule_title"), PromotionCase.rule.title_en.as_alias("rule_title_en"),
        PromotionCase.rule.standing.as_alias("rule_standing"), PromotionCase.rule.loaded_at.as_alias("rule_loaded_at"),
    )  # fmt: skip


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """`year` 0 means every year; `contests` and `units` None mean all, a viewer who sees only some is given those."""

    year: int = 0
    states: tuple[CaseState, ...] = ()
    rule_id: int = 0
    skill: str = ""
    asked: str = ""
    contests: tuple[int, ...] | None = None
    units: tuple[int, ...] | None = None

    def where(self) -> Any:
        member: Any = PromotionCase.member
        found: Any = PromotionCase.year == self.year if self.year else PromotionCase.year > 0
        if self.states:
            found = found & PromotionCase.state.is_in([state.value for state in self.states])
        if self.rule_id:
            found = found & (PromotionCase.rule == self.rule_id)
        if self.skill:
            found = found & (PromotionCase.skill.name == self.skill)
        if self.asked:
            found = found & PromotionCase.person.name.ilike(f"%{self.asked}%")
        if self.contests is not None:
            found = found & PromotionCase.contest.is_in(list(self.contests))
        if self.units is not None:
            found = found & member.unit.is_in(list(self.units))
        return found


async def cases(wanted: Filter, limit: int, offset: int) -> list[CaseView]:
    """In the order they were proposed: by skill, group and rank."""
    rows = await _cases().where(wanted.where()).order_by(PromotionCase.id).limit(limit).offset(offset)
    return [_view(row) for row in rows]


async def counts(wanted: Filter) -> dict[CaseState, int]:
    """How many cases are in each state."""
    rows = await PromotionCase.select(PromotionCase.state, Count()).where(wanted.where()).group_by(PromotionCase.state)
    return {CaseState(row["state"]): row["count"] for row in rows}


class _Met(msgspec.Struct, frozen=True):
    met: bool | None
    blocks: bool = True


async def verdicts(wanted: Filter) -> dict[Verdict, int]:
    rows = await PromotionCase.select(PromotionCase.conditions).where(wanted.where())
    decoder = msgspec.json.Decoder(tuple[_Met, ...])
    found = dict.fromkeys(Verdict, 0)
    for row in rows:
        found[verdict_of(decoder.decode(row["conditions"]))] += 1
    return found


async def choices(wanted: Filter) -> tuple[list[Row], list[Row]]:
    """Rule documents and skills met in these cases, for the filters."""
    rules = (
        await PromotionCase.select(PromotionCase.rule.id.as_alias("id"), PromotionCase.rule.title.as_alias("title"),
                                   PromotionCase.rule.title_en.as_alias("title_en"))
        .where(wanted.where())
        .distinct()
    )  # fmt: skip
    skills = (
        await PromotionCase.select(
            PromotionCase.skill.name.as_alias("name"), PromotionCase.skill.name_en.as_alias("name_en")
        )
        .where(wanted.where())
        .distinct()
    )
    return sorted(rules, key=lambda row: row["id"]), sorted(skills, key=lambda row: row["name"])


async def case_view(case_id: int) -> CaseView:
    """Raises Missing."""
    row = await _cases().where(PromotionCase.id == case_id).first()
    if row is None:
        raise Missing("promotion case")
    return _view(row)


async def rule_of(view: CaseView) -> tuple[Revision, PromotionRule]:
    held = await revision(view.row["rule"])
    assert isinstance(held.document.body, PromotionRule)
    return held, held.document.body


async def result_of(view: CaseView) -> Row | None:
    """The line of the revision the case was proposed from, and that revision's number."""
    return (
        await ResultLine.select(
            ResultLine.total, ResultLine.rank, ResultLine.revision.number.as_alias("number"),
            ResultLine.revision.stage.as_alias("stage"),
        )
        .where((ResultLine.revision == view.row["revision"]) & (ResultLine.entry == view.row["entry"]))
        .first()
    )  # fmt: skip


async def newer_revision(view: CaseView) -> int | None:
    """The number of the result in force, where it is not the one the case was proposed from."""
    if view.row["revision"] is None:
        return None
    used = await ResultRevision.select(ResultRevision.stage).where(ResultRevision.id == view.row["revision"]).first()
    assert used is not None
    row = (
        await ResultRevision.select(ResultRevision.id, ResultRevision.number)
        .where((ResultRevision.stage == used["stage"]) & ResultRevision.current.eq(True))
        .first()
    )
    return row["number"] if row and row["id"] != view.row["revision"] else None


async def case_facts(view: CaseView) -> CaseFacts:
    _, rule = await rule_of(view)
    granted = rule.conditions.once_per_year.value and await _granted_besides(view)
    return CaseFacts(
        state=CaseState(view.row["state"]),
        verdict=view.verdict,
        has_level=bool(view.row["level_proposed"]),
        refusal=view.reason,
        granted_this_year=granted,
        outdated=await newer_revision(view) is not None,
    )


async def _granted_besides(view: CaseView) -> bool:
    return await PromotionCase.exists().where(
        (PromotionCase.person == view.row["person"])
        & (PromotionCase.year == view.row["year"])
        & (PromotionCase.id != view.row["id"])
        & PromotionCase.state.is_in([state.value for state in GRANTED])
    )


async def years() -> list[int]:
    rows = await PromotionCase.select(PromotionCase.year).group_by(PromotionCase.year)
    return sorted((row["year"] for row in rows), reverse=True)


async def corrected_among(views: Sequence[CaseView]) -> set[int]:
    """Cases whose result has been corrected since; one query."""
    used = [view.row["revision"] for view in views if view.row["revision"]]
    current: set[int] = set()
    if used:
        rows = await ResultRevision.select(ResultRevision.id).where(
            ResultRevision.id.is_in(sorted(set(used))) & ResultRevision.current.eq(True)
        )
        current = {row["id"] for row in rows}
    return {view.row["id"] for view in views if view.row["revision"] and view.row["revision"] not in current}
