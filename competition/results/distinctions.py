"""The best by the WorldSkills scale over all released finals of a contest: of each delegation, and of all."""

import msgspec

from competition.contests.kinds import GroupKind
from competition.contests.tables import Stage
from competition.results.boards import BoardLine, Row, lines_by_id
from competition.results.kinds import DelegationKind
from competition.results.rules.medals import Scaled, best_of_delegations, highest_scale
from competition.results.standings import NO_DELEGATION, FinalPlacings, homes_of
from competition.results.visibility import RELEASED_ONLY, Sight


class Distinction(msgspec.Struct, frozen=True):
    """A contestant with a highest score, and the skill it was reached in."""

    line: BoardLine
    skill: str
    skill_en: str
    group_kind: GroupKind


class Distinctions(msgspec.Struct, frozen=True):
    """`best` by delegation, as the medal table numbers them. More than one contestant where the highest is shared."""

    highest: tuple[Distinction, ...] = ()
    best: dict[int, tuple[Distinction, ...]] = {}


async def distinctions(found: FinalPlacings, kind: DelegationKind, sight: Sight = RELEASED_ONLY) -> Distinctions:
    """Empty where no final has the scale; "others" are no delegation."""
    homes = homes_of(found, kind)
    field = [
        Scaled(row["id"], row["scale"], skill=row["skill"], delegation=homes.get(row["unit"], NO_DELEGATION)[0] or None)
        for row in found.placings
        if row["scale"] is not None
    ]
    highest, best = highest_scale(field), best_of_delegations(field)
    wanted = {each.key for group in (highest, *best.values()) for each in group}
    lines = await lines_by_id(wanted, sight)
    skills = await _skills({line.stage_id for line in lines.values()})

    def named(group: tuple[Scaled, ...]) -> tuple[Distinction, ...]:
        return tuple(Distinction(lines[each.key], *skills[lines[each.key].stage_id]) for each in group)

    return Distinctions(named(highest), {delegation: named(group) for delegation, group in best.items()})


async def _skills(stage_ids: set[int]) -> dict[int, tuple[str, str, GroupKind]]:
    if not stage_ids:
        return {}
    group = Stage.group._
    rows: list[Row] = await Stage.select(
        Stage.id, group.kind.as_alias("group_kind"), group.skill._.name.as_alias("skill"),
        group.skill._.name_en.as_alias("skill_en"),
    ).where(Stage.id.is_in(list(stage_ids)))  # fmt: skip
    return {row["id"]: (row["skill"], row["skill_en"], GroupKind(row["group_kind"])) for row in rows}
