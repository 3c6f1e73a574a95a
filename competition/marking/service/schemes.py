"""The marking scheme of a stage: written in versions until the draw freezes it."""

from decimal import Decimal
from typing import Any

import msgspec

from competition.audit.write import Actor, Change, write
from competition.contests.kinds import StageState
from competition.contests.tables import Stage
from competition.database.errors import Duplicate
from competition.exact import from_units, plain, to_units
from competition.marking.kinds import PartSource
from competition.marking.rules import totals
from competition.marking.rules.aggregate import Aggregation
from competition.marking.scheme_drafts import (
    HUNDREDTHS,
    AspectDraft,
    PartDraft,
    SchemeDraft,
    part_kind,
    scheme_problems,
)
from competition.marking.tables import Aspect, ImportedScore, Panel, Scheme, SchemePart
from competition.problems import N_, Missing, Problem, Refused, Stale


class AspectRow(msgspec.Struct, frozen=True):
    id: int
    code: str
    title: str
    title_en: str
    maximum: Decimal
    step: Decimal

    @property
    def maximum_text(self) -> str:
        return plain(self.maximum)

    @property
    def step_text(self) -> str:
        return plain(self.step)


class PartRow(msgspec.Struct, frozen=True):
    """A stored part with its rule; `weight` in percent."""

    id: int
    code: str
    name: str
    name_en: str
    source: PartSource
    weight: Decimal
    maximum: Decimal
    aggregation: Aggregation | None
    aspects: tuple[AspectRow, ...]

    @property
    def weight_text(self) -> str:
        return plain(self.weight)

    @property
    def maximum_text(self) -> str:
        return plain(self.maximum)

    @property
    def rule(self) -> totals.Part:
        aspects = tuple(totals.Aspect(aspect.code, aspect.maximum, aspect.step) for aspect in self.aspects)
        return totals.Part(
            code=self.code, weight=self.weight, maximum=self.maximum, aggregation=self.aggregation,
            source=self.source.value, kind=part_kind(self.source), aspects=aspects,
        )  # fmt: skip


class StoredScheme(msgspec.Struct, frozen=True):
    id: int
    number: int
    frozen: bool
    parts: tuple[PartRow, ...]

    @property
    def rule(self) -> totals.Scheme:
        return totals.Scheme(parts=tuple(part.rule for part in self.parts))

    @property
    def panel_parts(self) -> tuple[PartRow, ...]:
        return tuple(part for part in self.parts if part.source == PartSource.PANEL)

    @property
    def imported_parts(self) -> tuple[PartRow, ...]:
        return tuple(part for part in self.parts if part.source == PartSource.IMPORT)


async def save_scheme(actor: Actor, stage_id: int, draft: SchemeDraft, expected: int | None = None) -> int:
    """A new version; panels of parts that keep their code stay seated.

    `expected` is the version's number the form was opened on (0: there was none). Raises Refused after the draw or
    once a score is imported, Stale when somebody else saved in between, Missing without the stage.
    """
    errors, _ = scheme_problems(draft)
    if errors:
        raise Refused(*errors)
    try:
        async with write(actor) as change:
            await _require_unfrozen(stage_id)
            last = await _last_number(stage_id)
            if expected is not None and expected != last:
                raise Stale
            before = await load_scheme(stage_id)
            scheme_id = await _insert(change, stage_id, draft, last + 1)
            if before is not None:
                await _reseat(before, scheme_id)
            await change.record("scheme.saved", "stage", stage_id, scheme=scheme_id, number=last + 1)
    except Duplicate:
        raise Stale from None
    return scheme_id


async def _require_unfrozen(stage_id: int) -> None:
    stage = await Stage.select(Stage.state).where(Stage.id == stage_id).first()
    if stage is None:
        raise Missing("stage")
    if stage["state"] not in (StageState.PLANNED, StageState.PLACED):
        raise Refused(Problem(N_("抽签后评分标准已冻结，不能修改")))
    if await ImportedScore.exists().where(ImportedScore.stage == stage_id):
        raise Refused(Problem(N_("已有导入成绩，评分标准不能修改")))


async def _last_number(stage_id: int) -> int:
    row = await Scheme.select(Scheme.number).where((Scheme.stage == stage_id) & Scheme.current.eq(True)).first()
    return row["number"] if row else 0


async def _insert(change: Change, stage_id: int, draft: SchemeDraft, number: int) -> int:
    await Scheme.update({Scheme.current: False}).where((Scheme.stage == stage_id) & Scheme.current.eq(True))
    [scheme] = await Scheme.insert(Scheme(stage=stage_id, number=number, current=True, created_at=change.at))
    for position, part in enumerate(draft.parts, start=1):
        [row] = await SchemePart.insert(
            SchemePart(
                scheme=scheme["id"], code=part.code, name=part.name, name_en=part.name_en, position=position,
                source=part.source, weight=int(part.weight * HUNDREDTHS), maximum=to_units(part.maximum),
                aggregation=part.aggregation, drop_highest=part.drop_highest, drop_lowest=part.drop_lowest,
                digits=part.digits,
            )
        )  # fmt: skip
        if part.aspects:
            await Aspect.insert(
                *[_aspect_row(row["id"], place, aspect) for place, aspect in enumerate(part.aspects, 1)]
            )
    return scheme["id"]


def _aspect_row(part_id: int, position: int, aspect: AspectDraft) -> Aspect:
    return Aspect(
        part=part_id, code=aspect.code, title=aspect.title, title_en=aspect.title_en, position=position,
        maximum=to_units(aspect.maximum), step=to_units(aspect.step),
    )  # fmt: skip


async def _reseat(before: StoredScheme, scheme_id: int) -> None:
    """Panels follow the part of the same code; a panel whose part is gone keeps the old one and is out of use."""
    rows = await SchemePart.select(SchemePart.id, SchemePart.code).where(
        (SchemePart.scheme == scheme_id) & (SchemePart.source == PartSource.PANEL.value)
    )
    now = {row["code"]: row["id"] for row in rows}
    for part in before.panel_parts:
        if part.code in now:
            await Panel.update({Panel.part: now[part.code]}).where(Panel.part == part.id)


async def load_scheme(stage_id: int) -> StoredScheme | None:
    """The current version, in two queries."""
    parts = (
        await SchemePart.select(
            *SchemePart.all_columns(), SchemePart.scheme.number.as_alias("number"),
            SchemePart.scheme.frozen_at.as_alias("frozen_at"),
        )
        .where((SchemePart.scheme.stage == stage_id) & SchemePart.scheme._.current.eq(True))
        .order_by(SchemePart.position)
    )  # fmt: skip
    if not parts:
        return None
    aspects = await Aspect.select().where(Aspect.part.is_in([part["id"] for part in parts])).order_by(Aspect.position)
    by_part: dict[int, list[AspectRow]] = {part["id"]: [] for part in parts}
    for row in aspects:
        by_part[row["part"]].append(stored_aspect(row))
    return StoredScheme(
        id=parts[0]["scheme"], number=parts[0]["number"], frozen=parts[0]["frozen_at"] is not None,
        parts=tuple(_stored_part(part, by_part[part["id"]]) for part in parts),
    )  # fmt: skip


def stored_aspect(row: dict[str, Any]) -> AspectRow:
    return AspectRow(
        id=row["id"], code=row["code"], title=row["title"], title_en=row["title_en"],
        maximum=from_units(row["maximum"]), step=from_units(row["step"]),
    )  # fmt: skip


def _stored_part(row: dict[str, Any], aspects: list[AspectRow]) -> PartRow:
    rule = None
    if row["aggregation"]:
        rule = Aggregation(row["aggregation"], row["drop_highest"], row["drop_lowest"], row["digits"])
    return PartRow(
        id=row["id"], code=row["code"], name=row["name"], name_en=row["name_en"], source=PartSource(row["source"]),
        weight=Decimal(row["weight"]) / HUNDREDTHS, maximum=from_units(row["maximum"]), aggregation=rule,
        aspects=tuple(aspects),
    )  # fmt: skip


def as_draft(scheme: StoredScheme) -> SchemeDraft:
    """The stored version as a draft, to show in the editor or to copy to another stage."""
    return SchemeDraft(parts=tuple(_part_draft(part) for part in scheme.parts))


def _part_draft(part: PartRow) -> PartDraft:
    rule = part.aggregation
    aspects = tuple(
        AspectDraft(aspect.code, aspect.title, aspect.maximum, aspect.step, aspect.title_en) for aspect in part.aspects
    )
    return PartDraft(
        code=part.code, name=part.name, name_en=part.name_en, source=part.source.value, weight=part.weight,
        maximum=part.maximum, aggregation=rule.kind if rule else "", drop_highest=rule.drop_highest if rule else 0,
        drop_lowest=rule.drop_lowest if rule else 0, digits=rule.digits if rule else 2, aspects=aspects,
    )  # fmt: skip


async def copy_scheme(actor: Actor, from_stage: int, to_stage: int) -> int:
    """The other stage's scheme as a new version here. Raises Refused when it has none."""
    source = await load_scheme(from_stage)
    if source is None:
        raise Refused(Problem(N_("所选阶段没有评分标准"), field="from_stage"))
    return await save_scheme(actor, to_stage, as_draft(source))


async def freeze_scheme(change: Change, stage_id: int) -> StoredScheme:
    """Part of the draw. Raises Refused when the stage has no scheme."""
    scheme = await load_scheme(stage_id)
    if scheme is None:
        raise Refused(Problem(N_("尚未编制评分标准")))
    await Scheme.update({Scheme.frozen_at: change.at}).where(Scheme.id == scheme.id)
    return scheme
