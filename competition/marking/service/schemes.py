"""The marking scheme of a stage: a document in versions, frozen by the draw."""

import json
from decimal import Decimal
from typing import Any

import msgspec

from competition.audit.write import Actor, Change, write
from competition.contests.kinds import StageState
from competition.contests.tables import Stage
from competition.database.errors import Duplicate
from competition.database.prepared import Prepared
from competition.exact import SCALE, from_units, plain, round_ratio, to_units
from competition.marking.kinds import ENTERED, Better, CombinedBy, Layer, Method, PartSource
from competition.marking.rules import scheme as rules
from competition.marking.rules.aggregate import Aggregation
from competition.marking.rules.calculation import Calculation, earned
from competition.marking.scheme_checks import check_scheme
from competition.marking.scheme_drafts import (
    AspectDraft,
    CriterionDraft,
    PartDraft,
    SchemeDraft,
    SectionDraft,
    part_rule,
    to_document,
)
from competition.marking.tables import Aspect, ImportedScore, Panel, Scheme, SchemePart
from competition.problems import N_, Missing, Problem, Refused, Stale


class AspectRow(msgspec.Struct, frozen=True):
    """A stored aspect; `method` is that of its form, `descriptors` the four texts of a judgement."""

    id: int
    code: str
    title: str
    title_en: str
    maximum: Decimal
    step: Decimal
    method: Method = Method.SCORE
    calculation: Calculation | None = None
    descriptors: tuple[str, ...] = ()
    note: str = ""
    requirement: str = ""
    section: str = ""
    place: int = 0

    @property
    def maximum_text(self) -> str:
        return plain(self.maximum)

    @property
    def step_text(self) -> str:
        return plain(self.step)

    @property
    def rule(self) -> rules.Aspect:
        return rules.Aspect(self.code, self.maximum, self.step, self.method.value, calculation=self.calculation)

    @property
    def draft(self) -> AspectDraft:
        return AspectDraft(
            code=self.code, title=self.title, maximum=self.maximum, step=self.step, title_en=self.title_en,
            calculation=self.calculation, descriptors=self.descriptors, note=self.note, requirement=self.requirement,
            section=self.section, place=self.place,
        )  # fmt: skip


class PartRow(msgspec.Struct, frozen=True):
    """A stored part with its rule; `weight` in percent. A part that judges mark is one form."""

    id: int
    code: str
    name: str
    name_en: str
    source: PartSource
    weight: Decimal
    maximum: Decimal
    aggregation: Aggregation | None
    aspects: tuple[AspectRow, ...]
    criterion: str = ""
    sub_criterion: str = ""
    day: int = 0
    method: Method = Method.SCORE
    layer: Layer = Layer.NUMBER
    combined_by: CombinedBy = CombinedBy.ASPECT
    better: Better = Better.MORE

    @property
    def weight_text(self) -> str:
        return plain(self.weight)

    @property
    def maximum_text(self) -> str:
        return plain(self.maximum)

    @property
    def heading(self) -> str:
        """The code it is shown and added up under: its criterion, or its own."""
        return self.criterion or self.code

    @property
    def panel_rule(self) -> Aggregation:
        """How this form's judges become one score, whatever its method."""
        if self.method == Method.JUDGEMENT:
            return rules.JUDGEMENT
        return self.aggregation if self.method == Method.SCORE and self.aggregation else rules.MEASUREMENT

    @property
    def draft(self) -> PartDraft:
        rule = self.aggregation
        return PartDraft(
            code=self.code, name=self.name, name_en=self.name_en, source=self.source.value, weight=self.weight,
            maximum=self.maximum, aggregation=rule.kind if rule else "", drop_highest=rule.drop_highest if rule else 0,
            drop_lowest=rule.drop_lowest if rule else 0, digits=rule.digits if rule else 2,
            aspects=tuple(aspect.draft for aspect in self.aspects), criterion=self.criterion,
            sub_criterion=self.sub_criterion, day=self.day, method=self.method.value, layer=self.layer.value,
            combined_by=self.combined_by.value, better=self.better.value,
        )  # fmt: skip

    @property
    def rule(self) -> rules.Part:
        return part_rule(self.draft)


class Heading(msgspec.Struct, frozen=True):
    """A criterion, or a part that stands alone: what results show as one column. `weight` in percent."""

    code: str
    name: str
    name_en: str
    weight: Decimal
    maximum: Decimal
    parts: tuple[PartRow, ...]


class StoredScheme(msgspec.Struct, frozen=True):
    id: int
    number: int
    frozen: bool
    parts: tuple[PartRow, ...]
    title: str = ""
    criteria: tuple[CriterionDraft, ...] = ()
    sections: tuple[SectionDraft, ...] = ()
    digits: int = 2

    @property
    def draft(self) -> SchemeDraft:
        return SchemeDraft(
            parts=tuple(part.draft for part in self.parts), title=self.title, criteria=self.criteria,
            sections=self.sections, digits=self.digits,
        )  # fmt: skip

    @property
    def rule(self) -> rules.Scheme:
        return self.draft.rule()

    @property
    def panel_parts(self) -> tuple[PartRow, ...]:
        return tuple(part for part in self.parts if part.source == PartSource.PANEL)

    @property
    def imported_parts(self) -> tuple[PartRow, ...]:
        """Those whose figures are entered or imported, the recorded ones too."""
        return tuple(part for part in self.parts if part.source in ENTERED)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """Criteria and lone parts in the order of their first part."""
        named = {each.code: each for each in self.criteria}
        grouped: dict[str, list[PartRow]] = {}
        for part in self.parts:
            grouped.setdefault(part.heading, []).append(part)
        return tuple(_heading(code, named.get(code), tuple(parts)) for code, parts in grouped.items())


def _heading(code: str, criterion: CriterionDraft | None, parts: tuple[PartRow, ...]) -> Heading:
    first = parts[0]
    return Heading(
        code=code,
        name=criterion.name if criterion else first.name,
        name_en=criterion.name_en if criterion else first.name_en,
        weight=sum((part.weight for part in parts), Decimal(0)),
        maximum=sum((part.maximum for part in parts), Decimal(0)),
        parts=parts,
    )


async def save_scheme(
    actor: Actor, stage_id: int, draft: SchemeDraft, expected: int | None = None, *, unfinished: bool = False
) -> int:
    """A new version; panels of parts that keep their code stay seated.

    `expected` is the version's number the form was opened on (0: there was none). With `unfinished` it may be one in
    the making, which cannot be drawn yet. Raises Refused after the draw or once a score is imported, Stale when
    somebody else saved in between, Missing without the stage.
    """
    check = check_scheme(draft)
    if problems := check.wrong if unfinished else check.errors:
        raise Refused(*problems)
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
    scheme_id = await insert_version(change, stage_id, draft, number)
    for position, part in enumerate(draft.parts, start=1):
        [row] = await SchemePart.insert(SchemePart(scheme=scheme_id, **part_values(part, position)))
        if part.aspects:
            await Aspect.insert(
                *[
                    Aspect(part=row["id"], **aspect_values(aspect, position))
                    for position, aspect in enumerate(part.aspects, 1)
                ]
            )
    return scheme_id


async def insert_version(change: Change, stage_id: int, draft: SchemeDraft, number: int, reason: str = "") -> int:
    """The row of a version, without its parts; its id."""
    [scheme] = await Scheme.insert(
        Scheme(
            stage=stage_id, number=number, current=True, created_at=change.at, created_by=change.actor.user_id,
            title=draft.title, reason=reason, document=to_document(draft), digits=draft.digits,
            criteria=msgspec.json.encode(draft.criteria).decode(),
            sections=msgspec.json.encode(draft.sections).decode(),
        )
    )  # fmt: skip
    return scheme["id"]


def part_values(part: PartDraft, position: int) -> dict[str, Any]:
    """The columns of a part but its scheme."""
    return {
        "code": part.code, "name": part.name, "name_en": part.name_en, "position": position, "source": part.source,
        "weight": to_units(part.weight), "maximum": to_units(part.maximum), "aggregation": part.aggregation,
        "drop_highest": part.drop_highest, "drop_lowest": part.drop_lowest, "digits": part.digits,
        "criterion": part.criterion, "sub_criterion": part.sub_criterion, "day": part.day, "method": part.method,
        "layer": part.layer, "combined_by": part.combined_by, "better": part.better,
    }  # fmt: skip


def aspect_values(aspect: AspectDraft, position: int) -> dict[str, Any]:
    """The columns of an aspect but its part."""
    calculation = aspect.calculation
    return {
        "code": aspect.code, "title": aspect.title, "title_en": aspect.title_en, "position": position,
        "place": aspect.place, "maximum": to_units(aspect.maximum), "step": to_units(aspect.step),
        "calculation": "" if calculation is None else msgspec.json.encode(calculation).decode(),
        "descriptors": json.dumps(list(aspect.descriptors), ensure_ascii=False) if aspect.descriptors else "",
        "note": aspect.note, "requirement": aspect.requirement, "section": aspect.section,
    }  # fmt: skip


async def _reseat(before: StoredScheme, scheme_id: int) -> None:
    """Panels follow the part of the same code; a panel whose part is gone keeps the old one and is out of use."""
    rows = await SchemePart.select(SchemePart.id, SchemePart.code).where(
        (SchemePart.scheme == scheme_id) & (SchemePart.source == PartSource.PANEL.value)
    )
    now = {row["code"]: row["id"] for row in rows}
    for part in before.panel_parts:
        if part.code in now:
            await Panel.update({Panel.part: now[part.code]}).where(Panel.part == part.id)


def _parts_where(which: Any) -> Any:
    return (
        SchemePart.select(
            *SchemePart.all_columns(), SchemePart.scheme.number.as_alias("number"),
            SchemePart.scheme.frozen_at.as_alias("frozen_at"), SchemePart.scheme.title.as_alias("title"),
            SchemePart.scheme.criteria.as_alias("criteria"), SchemePart.scheme.sections.as_alias("sections"),
            SchemePart.scheme.digits.as_alias("total_digits"),
        )
        .where(which)
        .order_by(SchemePart.position)
    )  # fmt: skip


# Nearly every page of the marking room begins with this.
_current_parts = Prepared(
    lambda stage: _parts_where((SchemePart.scheme.stage == stage) & SchemePart.scheme._.current.eq(True)), 1
)
_parts_of = Prepared(lambda scheme: _parts_where(SchemePart.scheme == scheme), 1)


async def load_scheme(stage_id: int) -> StoredScheme | None:
    """The current version, in two queries."""
    return await _stored(await _current_parts(stage_id))


async def load_version(scheme_id: int) -> StoredScheme | None:
    """A version that still has its rows: the current one, and one from before the draw."""
    return await _stored(await _parts_of(scheme_id))


async def _stored(parts: list[dict[str, Any]]) -> StoredScheme | None:
    if not parts:
        return None
    ids = [part["id"] for part in parts]
    aspects = (
        await Aspect.select().where(Aspect.part.is_in(ids) & Aspect.retired_at.is_null()).order_by(Aspect.position)
    )
    methods = {part["id"]: Method(part["method"] or Method.SCORE) for part in parts}
    by_part: dict[int, list[AspectRow]] = {part["id"]: [] for part in parts}
    for row in aspects:
        by_part[row["part"]].append(stored_aspect(row, methods[row["part"]]))
    first = parts[0]
    return StoredScheme(
        id=first["scheme"], number=first["number"], frozen=first["frozen_at"] is not None,
        parts=tuple(_stored_part(part, by_part[part["id"]]) for part in parts), title=first["title"],
        criteria=msgspec.json.decode(first["criteria"] or "[]", type=tuple[CriterionDraft, ...]),
        sections=msgspec.json.decode(first["sections"] or "[]", type=tuple[SectionDraft, ...]),
        digits=first["total_digits"],
    )  # fmt: skip


def awarded(aspect: AspectRow, units: int) -> int:
    """What one judge's mark alone earns, in 1/10000, not rounded to less: for comparing judges, not for a total."""
    return mark_earned(aspect.method, to_units(aspect.maximum), aspect.calculation, units)


def mark_earned(method: str, maximum: int, calculation: Calculation | None, units: int) -> int:
    """As `awarded`, from the columns of an aspect; all in 1/10000."""
    if method == Method.JUDGEMENT:
        return round_ratio(units * maximum, 3 * SCALE)
    return units if calculation is None else earned(calculation, maximum, units)


def stored_aspect(row: dict[str, Any], method: Method) -> AspectRow:
    calculation = row["calculation"]
    return AspectRow(
        id=row["id"], code=row["code"], title=row["title"], title_en=row["title_en"],
        maximum=from_units(row["maximum"]), step=from_units(row["step"]), method=method,
        calculation=msgspec.json.decode(calculation, type=Calculation) if calculation else None,
        descriptors=tuple(json.loads(row["descriptors"] or "[]")), note=row["note"], requirement=row["requirement"],
        section=row["section"], place=row["place"],
    )  # fmt: skip


def _stored_part(row: dict[str, Any], aspects: list[AspectRow]) -> PartRow:
    rule = None
    if row["aggregation"]:
        rule = Aggregation(row["aggregation"], row["drop_highest"], row["drop_lowest"], row["digits"])
    return PartRow(
        id=row["id"], code=row["code"], name=row["name"], name_en=row["name_en"], source=PartSource(row["source"]),
        weight=from_units(row["weight"]), maximum=from_units(row["maximum"]), aggregation=rule, aspects=tuple(aspects),
        criterion=row["criterion"], sub_criterion=row["sub_criterion"], day=row["day"],
        method=Method(row["method"] or Method.SCORE), layer=Layer(row["layer"] or Layer.NUMBER),
        combined_by=CombinedBy(row["combined_by"] or CombinedBy.ASPECT), better=Better(row["better"] or Better.MORE),
    )  # fmt: skip


async def copy_scheme(actor: Actor, from_stage: int, to_stage: int) -> int:
    """The other stage's scheme as a new version here, finished or not, with its days and layers of numbers.

    Raises Refused when it has none.
    """
    source = await load_scheme(from_stage)
    if source is None:
        raise Refused(Problem(N_("所选阶段没有评分标准"), field="from_stage"))
    return await save_scheme(actor, to_stage, source.draft, unfinished=True)


def draw_problems(scheme: StoredScheme) -> list[Problem]:
    """What of the scheme keeps the lots from being drawn."""
    return [msgspec.structs.replace(problem, field="scheme") for problem in check_scheme(scheme.draft).errors]


async def freeze_scheme(change: Change, stage_id: int) -> StoredScheme:
    """Part of the draw. Raises Refused when the stage has no scheme, and with everything that is wrong in it."""
    scheme = await load_scheme(stage_id)
    if scheme is None:
        raise Refused(Problem(N_("尚未编制评分标准")))
    if problems := draw_problems(scheme):
        raise Refused(*problems)
    await Scheme.update({Scheme.frozen_at: change.at}).where(Scheme.id == scheme.id)
    return scheme
