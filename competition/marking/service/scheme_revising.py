"""A new version of the scheme after the draw: ids stay, marks stay with them, what no longer holds is blank again."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from competition.audit.write import Actor, Change, write
from competition.database.errors import Duplicate
from competition.exact import from_units, plain, to_units
from competition.marking.kinds import SheetState
from competition.marking.rules.scheme_changes import asked_of_aspects, compare, fixed_after_draw, still_holds
from competition.marking.scheme_checks import check_scheme
from competition.marking.scheme_drafts import PartDraft, SchemeDraft, from_document, to_document
from competition.marking.service.scheme_versions import SAVES, pending_row, require_revisable
from competition.marking.service.schemes import (
    PartRow,
    StoredScheme,
    aspect_values,
    insert_version,
    load_scheme,
    part_values,
)
from competition.marking.tables import Aspect, DaySignature, ImportedScore, Mark, Scheme, SchemePart, Sheet
from competition.problems import N_, Problem, Refused, Stale

HANDED_BACK = (SheetState.SUBMITTED.value, SheetState.CHECKED.value)
ROWS_PER_STATEMENT = 500
LONGEST_REASON = 200

AspectKey = tuple[str, str]


class Touched(msgspec.Struct, frozen=True):
    """What a revision does to what has been marked.

    `cleared`: current marks that no longer hold; `set_aside`: marks of aspects that are taken out; `reopened`: ids of
    sheets already handed in that have to be done again. `problems` keep the revision from being made.
    """

    cleared: tuple[dict[str, Any], ...] = ()
    set_aside: int = 0
    reopened: tuple[int, ...] = ()
    cleared_in: dict[AspectKey, int] = {}
    set_aside_in: dict[AspectKey, int] = {}
    reopened_in: dict[str, int] = {}
    problems: tuple[Problem, ...] = ()


async def revision_effect(stage_id: int, draft: SchemeDraft) -> Touched:
    """Worked out without writing anything. Raises Refused without a scheme."""
    return await _effect(await _stored(stage_id), stage_id, draft)


async def _stored(stage_id: int) -> StoredScheme:
    stored = await load_scheme(stage_id)
    if stored is None:
        raise Refused(Problem(N_("尚未编制评分标准")))
    return stored


async def _effect(stored: StoredScheme, stage_id: int, draft: SchemeDraft) -> Touched:
    before, after = asked_of_aspects(stored.draft), asked_of_aspects(draft)
    keys = {aspect.id: (part.code, aspect.code) for part in stored.parts for aspect in part.aspects}
    cleared, aside = [], dict.fromkeys([key for key in before if key not in after], 0)
    for mark in await _marks(stage_id):
        key = keys.get(mark["aspect"])
        if key in aside:
            aside[key] += 1
        elif key is not None and not still_holds(before[key], after[key], from_units(mark["value"])):
            cleared.append(mark | {"key": key})
    grown = {part for part, aspect in after if (part, aspect) not in before}
    part_ids = {part.id: part.code for part in stored.panel_parts}
    blanked = {mark["sheet"] for mark in cleared}
    reopened = [
        sheet for sheet in await _handed_in(stage_id) if sheet["id"] in blanked or part_ids.get(sheet["part"]) in grown
    ]
    return Touched(
        cleared=tuple(cleared), set_aside=sum(aside.values()), reopened=tuple(sheet["id"] for sheet in reopened),
        cleared_in=_counted(mark["key"] for mark in cleared), set_aside_in=aside,
        reopened_in=_counted(part_ids[sheet["part"]] for sheet in reopened),
        problems=tuple(await _problems(stored, stage_id, draft, {sheet["part"] for sheet in reopened})),
    )  # fmt: skip


def _counted(keys: Iterable[Any]) -> dict[Any, int]:
    found: dict[Any, int] = defaultdict(int)
    for key in keys:
        found[key] += 1
    return dict(found)


async def _marks(stage_id: int) -> list[dict[str, Any]]:
    """Current marks that say something, of sheets that are marked."""
    return await Mark.select(Mark.id, Mark.sheet, Mark.aspect, Mark.number, Mark.value).where(
        (Mark.sheet.stage == stage_id) & (Mark.sheet._.state != SheetState.VOID.value)
        & Mark.current.eq(True) & Mark.value.is_not_null()
    )  # fmt: skip


async def _handed_in(stage_id: int) -> list[dict[str, Any]]:
    return (
        await Sheet.select(Sheet.id, Sheet.part)
        .where((Sheet.stage == stage_id) & Sheet.state.is_in(list(HANDED_BACK)))
        .order_by(Sheet.id)
    )


async def _problems(stored: StoredScheme, stage_id: int, draft: SchemeDraft, reopened_parts: set[int]) -> list[Problem]:
    problems = [*check_scheme(draft).errors, *fixed_after_draw(stored.draft, draft)]
    if not compare(stored.draft, draft):
        problems.append(Problem(N_("与现行版本没有差别，不必修订"), field="parts"))
    problems += await _signed_days(stored, stage_id, draft, reopened_parts)
    new = {part.code: part for part in draft.parts}
    for part in stored.imported_parts:
        problems += await _over_the_top(part, new.get(part.code))
    return problems


async def _signed_days(
    stored: StoredScheme, stage_id: int, draft: SchemeDraft, reopened_parts: set[int]
) -> list[Problem]:
    """A day that the chief judge has signed stands: none of its sheets is opened again, no form enters or leaves it."""
    rows = await DaySignature.select(DaySignature.day).where(DaySignature.stage == stage_id)
    signed = {row["day"] for row in rows}
    if not signed:
        return []
    now = {part.code: part.day for part in draft.parts}
    problems = []
    for part in stored.panel_parts:
        moved = now.get(part.code, part.day) != part.day
        if part.id in reopened_parts and part.day in signed:
            text = N_("{code} 属第 {day} 评分日，裁判长已签该日；不能作须重开评分表的修订")
            problems.append(Problem(text, field="parts", params={"code": part.code, "day": part.day}))
        elif moved and signed & {part.day, now[part.code]}:
            text = N_("{code} 的评分日不能改：裁判长已签该日")
            problems.append(Problem(text, field="parts", params={"code": part.code}))
    return problems


async def _over_the_top(part: PartRow, now: PartDraft | None) -> list[Problem]:
    if now is None or now.maximum >= part.maximum:
        return []
    over = (ImportedScore.part == part.id) & ImportedScore.current.eq(True)
    if not await ImportedScore.exists().where(over & (ImportedScore.value > to_units(now.maximum))):
        return []
    params = {"code": part.code, "maximum": plain(now.maximum)}
    return [Problem(N_("{code} 有导入成绩高于新满分 {maximum}；先更正成绩"), field="parts", params=params)]


async def revise_scheme(
    actor: Actor, stage_id: int, draft: SchemeDraft, reason: str, expected: int | None = None
) -> int:
    """Put a version in force after the draw; its number.

    `expected` is the number of the version it was made from. Raises Refused without a reason, with everything that is
    wrong, before the draw and once the chief judge has signed, Stale when another version came in between.
    """
    _require_reason(reason)
    try:
        async with write(actor) as change:
            await require_revisable(stage_id)
            stored = await _stored(stage_id)
            if expected is not None and expected != stored.number:
                raise Stale
            return await _revise(change, stage_id, stored, draft, reason.strip())
    except Duplicate:
        raise Stale from None


async def confirm_revision(actor: Actor, stage_id: int, reason: str, token: int) -> int:
    """As `revise_scheme`, of the changes gathered; `token` says which the reader has looked over."""
    _require_reason(reason)
    async with write(actor) as change:
        await require_revisable(stage_id)
        stored = await _stored(stage_id)
        row = await pending_row(stage_id, stored.number)
        if row is None:
            raise Refused(Problem(N_("没有未确认的修订")))
        if token != stored.number * SAVES + row["version"]:
            raise Stale
        return await _revise(change, stage_id, stored, from_document(row["document"]), reason.strip())


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(Problem(N_("修订须写明原因"), field="reason"))
    if len(reason.strip()) > LONGEST_REASON:
        params = {"longest": LONGEST_REASON, "length": len(reason.strip())}
        raise Refused(Problem(N_("最多 {longest} 个字，现有 {length} 个"), field="reason", params=params))


async def _revise(change: Change, stage_id: int, stored: StoredScheme, draft: SchemeDraft, reason: str) -> int:
    # Every sheet is held, so that no mark is saved between what is counted here and what is cleared.
    await Sheet.update({Sheet.version: Sheet.version + 1}).where(Sheet.stage == stage_id)
    touched = await _effect(stored, stage_id, draft)
    if touched.problems:
        raise Refused(*touched.problems)
    number = stored.number + 1
    scheme_id = await _take_over(change, stage_id, stored, draft, reason)
    said = str(Problem(N_("评分标准第 {number} 版：{reason}"), params={"number": number, "reason": reason}))
    await _clear(change, touched.cleared, said[:LONGEST_REASON])
    await _reopen(touched.reopened, said[:LONGEST_REASON])
    kinds = _counted(f"{each.of}_{each.kind}" for each in compare(stored.draft, draft))
    await change.record(
        "scheme.revised", "stage", stage_id, scheme=scheme_id, number=number, reason=reason, changes=kinds,
        cleared=len(touched.cleared), set_aside=touched.set_aside, reopened=len(touched.reopened),
    )  # fmt: skip
    return number


async def _take_over(change: Change, stage_id: int, stored: StoredScheme, draft: SchemeDraft, reason: str) -> int:
    """The new version's row takes the parts of the old one, which stays readable by its document."""
    old = await Scheme.select(Scheme.frozen_at, Scheme.document).where(Scheme.id == stored.id).first()
    assert old is not None
    await Scheme.delete().where((Scheme.stage == stage_id) & (Scheme.number > stored.number) & Scheme.current.eq(False))
    await Scheme.update({Scheme.current: False, Scheme.document: old["document"] or to_document(stored.draft)}).where(
        Scheme.id == stored.id
    )
    scheme_id = await insert_version(change, stage_id, draft, stored.number + 1, reason)
    await Scheme.update({Scheme.frozen_at: old["frozen_at"]}).where(Scheme.id == scheme_id)
    rows = {part.code: part for part in stored.parts}
    for position, part in enumerate(draft.parts, 1):
        row = rows[part.code]
        values: dict[Any, Any] = {**part_values(part, position), "scheme": scheme_id}
        await SchemePart.update(values).where(SchemePart.id == row.id)
        await _update_aspects(change, row, part)
    return scheme_id


async def _update_aspects(change: Change, row: PartRow, part: PartDraft) -> None:
    known = {aspect.code: aspect for aspect in row.aspects}
    gone = [known[code].id for code in known.keys() - {aspect.code for aspect in part.aspects}]
    if gone:
        await Aspect.update({Aspect.retired_at: change.at}).where(Aspect.id.is_in(gone))
    rearranged = list(known) != [aspect.code for aspect in part.aspects]
    added = []
    for position, aspect in enumerate(part.aspects, 1):
        if aspect.code not in known:
            added.append(Aspect(part=row.id, **aspect_values(aspect, position)))
        elif rearranged or known[aspect.code].draft != aspect:
            values: dict[Any, Any] = {**aspect_values(aspect, position)}
            await Aspect.update(values).where(Aspect.id == known[aspect.code].id)
    if added:
        await Aspect.insert(*added)


async def _clear(change: Change, marks: Sequence[dict[str, Any]], reason: str) -> None:
    """A revision without a value for each: what was entered stays in the history."""
    for some in _in_pieces(marks):
        await Mark.update({Mark.current: False}).where(Mark.id.is_in([mark["id"] for mark in some]))
        await Mark.insert(
            *[
                Mark(
                    sheet=mark["sheet"], aspect=mark["aspect"], number=mark["number"] + 1, value=None, current=True,
                    client_id=str(uuid.uuid4()), made_at=change.at, made_by=change.actor.user_id,
                    made_by_name=change.actor.name, reason=reason,
                )
                for mark in some
            ]
        )  # fmt: skip


async def _reopen(sheet_ids: Sequence[int], reason: str) -> None:
    for some in _in_pieces(sheet_ids):
        await Sheet.update(
            {
                Sheet.state: SheetState.OPEN.value, Sheet.signature: "", Sheet.submitted_at: None,
                Sheet.checked_at: None, Sheet.checked_by: None, Sheet.returned_reason: reason,
            }
        ).where(Sheet.id.is_in(list(some)))  # fmt: skip


def _in_pieces(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        yield rows[start : start + ROWS_PER_STATEMENT]
