"""What is different between two versions of a scheme, and which marks still hold."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from competition.marking.rules.calculation import Band, Calculation, Choice
from competition.marking.rules.scheme import Aspect
from competition.marking.rules.scheme_changes import asked_of_aspects, compare, fixed_after_draw, still_holds
from competition.marking.scheme_drafts import AspectDraft, CriterionDraft, PartDraft, SchemeDraft, SectionDraft

D = Decimal
replace = msgspec.structs.replace

OLD = SchemeDraft(
    parts=(
        PartDraft(
            "A1.J", "外观", "panel", D(4), D(4), criterion="A", sub_criterion="A1", day=1, method="judgement",
            aspects=(
                AspectDraft("A1.01", "均匀", D(2), D(1), descriptors=("差", "可", "良", "优"), section="1"),
                AspectDraft("A1.02", "接头", D(2), D(1), descriptors=("差", "可", "良", "优"), section="1"),
            ),
        ),
        PartDraft(
            "A1.M", "尺寸", "panel", D(96), D(96), criterion="A", sub_criterion="A1", day=2, method="measurement",
            aspects=(
                AspectDraft("A1.03", "总长", D(90), D(1), calculation=Calculation("pass_fail"), section="2"),
                AspectDraft("A1.04", "宽度", D(6), D("0.5"), section="2"),
            ),
        ),
    ),
    title="焊接", criteria=(CriterionDraft("A", "焊接"),),
    sections=(SectionDraft("1", "观感", D(4)), SectionDraft("2", "尺寸", D(96))),
)  # fmt: skip


def with_part(place: int, **changed: Any) -> SchemeDraft:
    parts = list(OLD.parts)
    parts[place] = replace(parts[place], **changed)
    return replace(OLD, parts=tuple(parts))


def with_aspect(place: int, number: int, **changed: Any) -> SchemeDraft:
    aspects = list(OLD.parts[place].aspects)
    aspects[number] = replace(aspects[number], **changed)
    return with_part(place, aspects=tuple(aspects))


def told(new: SchemeDraft) -> list[tuple[str, str, str, str]]:
    """(kind, what, code, field) of every change."""
    return [(each.kind.value, each.of, each.aspect or each.part, each.field) for each in compare(OLD, new)]


def test_the_same_scheme_has_no_changes() -> None:
    assert compare(OLD, with_aspect(0, 0)) == []


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (with_aspect(0, 0, title="匀称"), ("renamed", "aspect", "A1.01", "title")),
        (with_aspect(0, 0, note="目视"), ("text", "aspect", "A1.01", "note")),
        (with_aspect(0, 0, descriptors=("差", "可", "良", "好")), ("text", "aspect", "A1.01", "descriptors")),
        (with_aspect(1, 1, maximum=D(5)), ("limits", "aspect", "A1.04", "maximum")),
        (with_aspect(1, 1, step=D(1)), ("limits", "aspect", "A1.04", "step")),
        (
            with_aspect(1, 0, calculation=Calculation("completed", total=3)),
            ("limits", "aspect", "A1.03", "calculation"),
        ),
        (with_aspect(1, 1, section="1"), ("place", "aspect", "A1.04", "section")),
        (with_part(0, weight=D(5)), ("weight", "part", "A1.J", "weight")),
        (with_part(0, name="焊缝"), ("renamed", "part", "A1.J", "name")),
        (with_part(0, day=3), ("place", "part", "A1.J", "day")),
        (with_part(1, method="score", aggregation="mean"), ("limits", "part", "A1.M", "method")),
        (with_part(1, aspects=OLD.parts[1].aspects[:1]), ("removed", "aspect", "A1.04", "")),
        (with_part(1, aspects=OLD.parts[1].aspects[::-1]), ("place", "part", "A1.M", "place")),
        (replace(OLD, parts=OLD.parts[:1]), ("removed", "part", "A1.M", "")),
        (replace(OLD, parts=OLD.parts[::-1]), ("place", "scheme", "", "place")),
        (replace(OLD, title="钎焊"), ("renamed", "scheme", "", "title")),
        (replace(OLD, digits=1), ("limits", "scheme", "", "digits")),
        (replace(OLD, criteria=(CriterionDraft("A", "钎焊"),)), ("renamed", "criterion", "A", "name")),
        (replace(OLD, sections=(*OLD.sections, SectionDraft("3", "安全", D(0)))), ("added", "section", "3", "")),
        (replace(OLD, sections=OLD.sections[:1]), ("removed", "section", "2", "")),
        (
            replace(OLD, sections=(OLD.sections[0], SectionDraft("2", "尺寸", D(95)))),
            ("weight", "section", "2", "percent"),
        ),
    ],
)
def test_each_change_is_told_as_what_it_is(new: SchemeDraft, expected: tuple[str, str, str, str]) -> None:
    assert told(new)[0] == expected


def test_an_aspect_that_moves_to_another_form_is_a_new_one_there() -> None:
    moved = OLD.parts[1].aspects[1]
    new = replace(
        OLD,
        parts=(
            replace(OLD.parts[0], aspects=(*OLD.parts[0].aspects, moved)),
            replace(OLD.parts[1], aspects=OLD.parts[1].aspects[:1]),
        ),
    )
    assert told(new) == [("added", "aspect", "A1.04", ""), ("removed", "aspect", "A1.04", "")]


def test_a_change_keeps_the_values_before_and_after() -> None:
    [change] = compare(OLD, with_aspect(1, 1, maximum=D(5)))
    assert (change.part, change.aspect, change.before, change.after) == ("A1.M", "A1.04", D(6), D(5))


@pytest.mark.parametrize(
    ("new", "fields"),
    [
        (with_part(0, name="焊缝", weight=D(3), method="score", day=9), []),
        (replace(OLD, parts=OLD.parts[:1]), ["parts"]),
        (replace(OLD, parts=(*OLD.parts, PartDraft("T", "理论", "import", D(1), D(1)))), ["parts"]),
        (with_part(0, code="A9"), ["parts", "parts"]),
        (with_part(1, layer="review"), ["part-1-layer"]),
        (with_part(1, source="import", aspects=()), ["part-1-source"]),
    ],
)
def test_after_the_draw_forms_stay_with_their_source_and_layer(new: SchemeDraft, fields: list[str]) -> None:
    assert [problem.field for problem in fixed_after_draw(OLD, new)] == fields


def scored(maximum: str, step: str = "0.5") -> Aspect:
    return Aspect("A", D(maximum), D(step))


def measured(calculation: Calculation, maximum: str = "2") -> Aspect:
    return Aspect("A", D(maximum), D(1), "measurement", calculation=calculation)


CHOICES = Calculation("choice", choices=(Choice("不大于 3°"), Choice("3–5°", D("0.3")), Choice("大于 5°", D("0.8"))))
FEWER = Calculation("choice", choices=(Choice("不大于 3°"), Choice("大于 5°", D(1))))
RANGED = Calculation("ranged", bands=(Band(D(0), D(1), D(2)),))


@pytest.mark.parametrize(
    ("old", "new", "mark", "holds"),
    [
        (scored("10"), scored("8"), "8", True),
        (scored("10"), scored("8"), "8.5", False),
        (scored("10"), scored("10", "1"), "8.5", False),
        (scored("10"), scored("10", "0.1"), "8.5", True),
        (scored("10"), Aspect("A", D(10), D("0.5"), "judgement"), "2", False),
        (scored("10"), Aspect("A", D(10), D("0.5"), "measurement"), "2", False),
        (Aspect("A", D(2), D(1), "judgement"), Aspect("A", D(1), D(1), "judgement"), "3", True),
        (measured(Calculation("pass_fail")), measured(Calculation("pass_fail"), "1"), "1", True),
        (measured(Calculation("pass_fail")), measured(Calculation("completed", total=4)), "1", False),
        (measured(Calculation("completed", total=6)), measured(Calculation("completed", total=4)), "4", True),
        (measured(Calculation("completed", total=6)), measured(Calculation("completed", total=4)), "5", False),
        (measured(CHOICES), measured(FEWER), "1", True),
        (measured(CHOICES), measured(FEWER), "2", False),
        (measured(CHOICES), measured(FEWER), "3", False),
        (measured(RANGED), measured(Calculation("ranged", bands=(Band(D(0), D("0.5"), D(2)),))), "0.8", True),
        (measured(RANGED), Aspect("A", D(2), D("0.5"), "measurement"), "0.5", False),
    ],
)
def test_a_mark_holds_while_it_says_the_same(old: Aspect, new: Aspect, mark: str, holds: bool) -> None:
    assert still_holds(old, new, D(mark)) is holds


def test_aspects_are_known_by_the_codes_of_form_and_aspect() -> None:
    assert {key: aspect.method for key, aspect in asked_of_aspects(OLD).items()} == {
        ("A1.J", "A1.01"): "judgement", ("A1.J", "A1.02"): "judgement",
        ("A1.M", "A1.03"): "measurement", ("A1.M", "A1.04"): "measurement",
    }  # fmt: skip
