"""Everything a result is computed from, loaded in a fixed number of queries and summed up in a digest."""

import hashlib
import json
from decimal import Decimal

import msgspec

from competition.contests.kinds import CutKind, RankTies, StageKind, StageState
from competition.contests.service import next_stage
from competition.entries.tables import StagePlace
from competition.exact import from_units, to_units
from competition.marking.scheme_drafts import to_document
from competition.marking.service import EntryScores, entry_scores, load_scheme
from competition.marking.service.schemes import Heading
from competition.problems import N_, Problem, Refused
from competition.results.rules.advancement import Cut
from competition.results.rules.awards import Award, FieldStep, SmallField
from competition.results.rules.medals import MedalRule
from competition.results.rules.outcome import AwardSet, Contender, Decisions, Outcome, StageRules, outcome
from competition.results.stages import Row
from competition.results.tables import DeclinedPlace, TieDecision
from competition.rulebook.rules import AwardLine, AwardsRule, WorldSkillsMedals, digest
from competition.rulebook.service import current_of

NOT_BEGUN = (StageState.PLANNED, StageState.PLACED)


class StageInputs(msgspec.Struct, frozen=True):
    """`scheme` is the digest of the marking scheme; `award_names` gives English names by
    award code; `award_rule` names its document."""

    contenders: tuple[Contender, ...]
    rules: StageRules
    decisions: Decisions
    scheme: str
    award_names: dict[str, str]
    award_rule: str

    def outcome(self) -> Outcome:
        return outcome(self.contenders, self.rules, self.decisions)

    def digest(self) -> str:
        """SHA-256 of everything that went in, as canonical JSON: the same inputs give the same digest anywhere."""
        plain = msgspec.to_builtins(
            {
                "contenders": sorted(self.contenders, key=lambda each: each.entry_id),
                "rules": self.rules,
                "decisions": self.decisions,
                "scheme": self.scheme,
                "award_rule": self.award_rule,
            },
            enc_hook=str,
        )
        for name in ("declined", "holders"):
            if plain["decisions"][name] is not None:
                plain["decisions"][name] = sorted(plain["decisions"][name])
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


async def inputs_of(stage: Row) -> StageInputs:
    """Raises Refused when the rules of the stage cannot be used (no such award rule)."""
    following = await next_stage(stage["id"])
    awards, names, document = await _awards(stage)
    rules = StageRules(
        tie_breaks=tuple(json.loads(stage["tie_breaks"] or "[]")),
        rank_ties="decided" if stage["rank_ties"] == RankTies.DECIDED else "shared",
        cut=_cut(stage) if following else None,
        awards=awards,
        group_kind=stage["group_kind"],
    )
    return StageInputs(
        contenders=await _contenders(stage["id"]),
        rules=rules,
        decisions=await _decisions(stage["id"], following),
        scheme=await _scheme_digest(stage["id"]),
        award_names=names,
        award_rule=document,
    )


async def _contenders(stage_id: int) -> tuple[Contender, ...]:
    """Everyone with a place that was taken up, with their scores where there are any."""
    places = (
        await StagePlace.select(
            StagePlace.entry, StagePlace.attendance, StagePlace.entry._.unit._.district.as_alias("delegation")
        )
        .where((StagePlace.stage == stage_id) & StagePlace.declined_at.is_null())
        .order_by(StagePlace.entry)
    )
    scores = {each.entry_id: each for each in await entry_scores(stage_id)}
    return tuple(_contender(place, scores.get(place["entry"])) for place in places)


def _contender(place: Row, scores: EntryScores | None) -> Contender:
    return Contender(
        entry_id=place["entry"],
        attendance=place["attendance"],
        total=scores.total if scores else None,
        parts=dict(scores.parts) if scores else {},
        delegation=place["delegation"],
        tie_breaks=scores.tie_breaks if scores else (),
        adjustment=scores.adjustment if scores else Decimal(0),
    )


def _cut(stage: Row) -> Cut | None:
    """`cut_value` is kept in 1/10000 of a place, percent or mark."""
    if stage["cut_kind"] in ("", CutKind.NONE):
        return None
    return Cut(
        kind=stage["cut_kind"], value=from_units(stage["cut_value"]), ties=stage["cut_ties"] or "decided",
        reserved_per_delegation=stage["cut_reserved"],
    )  # fmt: skip


async def _decisions(stage_id: int, following: Row | None) -> Decisions:
    ties = await TieDecision.select(TieDecision.ordered).where(TieDecision.stage == stage_id).order_by(TieDecision.id)
    declined = await DeclinedPlace.select(DeclinedPlace.entry).where(
        (DeclinedPlace.stage == stage_id) & DeclinedPlace.taken_back_at.is_null()
    )
    holders = None
    if following and following["state"] not in NOT_BEGUN:
        places = await StagePlace.select(StagePlace.entry).where(
            (StagePlace.stage == following["id"]) & StagePlace.declined_at.is_null()
        )
        holders = frozenset(place["entry"] for place in places)
    return Decisions(
        ties=tuple(tuple(json.loads(row["ordered"])) for row in ties),
        declined=frozenset(row["entry"] for row in declined),
        holders=holders,
    )


async def parts_of(stage_id: int) -> list[Row]:
    """What a result shows in columns: criteria, and parts that stand alone, in their order.

    `weight` in 1/10000 percent, `maximum` in 1/10000 of a mark.
    """
    scheme = await load_scheme(stage_id)
    return [] if scheme is None else [_heading(each) for each in scheme.headings]


def _heading(heading: Heading) -> Row:
    return {
        "code": heading.code, "name": heading.name, "name_en": heading.name_en,
        "source": heading.parts[0].source.value, "weight": to_units(heading.weight),
        "maximum": to_units(heading.maximum),
    }  # fmt: skip


async def _scheme_digest(stage_id: int) -> str:
    """Of the whole scheme in force: every part, aspect and calculation."""
    scheme = await load_scheme(stage_id)
    return "" if scheme is None else hashlib.sha256(to_document(scheme.draft).encode()).hexdigest()


async def _awards(stage: Row) -> tuple[AwardSet | None, dict[str, str], str]:
    """The awards of a final; earlier stages give none."""
    if stage["kind"] != StageKind.FINAL or not stage["award_rule"]:
        return None, {}, ""
    held = await current_of(stage["award_rule"])
    if held is None or not isinstance(held.document.body, AwardsRule):
        params = {"code": stage["award_rule"]}
        raise Refused(Problem(N_("规则库中没有奖项规则 {code}"), field="award_rule", params=params))
    body = held.document.body
    names = {award.code: award.name_en for award in body.awards}
    return award_set(body), names, f"{stage['award_rule']} {digest(held.text)}"


def award_set(rule: AwardsRule) -> AwardSet:
    """A rule document's awards as the awards rule takes them."""
    small = rule.small_fields
    return AwardSet(
        awards=tuple(_award(award) for award in rule.awards),
        small_field=SmallField(tuple(FieldStep(size.up_to, size.levels) for size in small.value)) if small else None,
        medals=_medals(rule.medals) if rule.medals else None,
    )


def _medals(rule: WorldSkillsMedals) -> MedalRule:
    return MedalRule(shared_within=rule.shared_within.value, excellence_from=rule.excellence_from.value)


def _award(award: AwardLine) -> Award:
    return Award(
        code=award.code,
        name=award.name,
        kind=award.kind,
        first=award.first or 0,
        last=award.last or 0,
        percent_from=award.percent_from or Decimal(0),
        percent_to=award.percent_to or Decimal(0),
        floor=award.floor.value if award.floor else None,
        prize_fen=award.prize_fen,
        group_kinds=award.group_kinds or None,
        level=award.level,
    )
