"""A final marked the WorldSkills way: criteria, measurement and judgement, sections of the standard. Invented."""

import random
from collections.abc import Sequence
from decimal import Decimal

from competition.marking.kinds import Method, PartSource
from competition.marking.rules.calculation import Band, Calculation, CalculationWord, Choice
from competition.marking.scheme_drafts import AspectDraft, CriterionDraft, PartDraft, SchemeDraft, SectionDraft

JUDGES = 3

CRITERIA = (
    CriterionDraft("A", "主要尺寸", "Main dimensions"),
    CriterionDraft("B", "次要尺寸与表面", "Secondary dimensions and surfaces"),
    CriterionDraft("C", "符合图样", "Conformity with the drawing"),
    CriterionDraft("D", "工艺与安全", "Process and safety"),
)
SECTIONS = (
    SectionDraft("1", "工作组织与安全", Decimal(10), "Work organisation and safety"),
    SectionDraft("2", "读图与编程", Decimal(15), "Reading drawings and programming"),
    SectionDraft("3", "铣削加工", Decimal(55), "Milling"),
    SectionDraft("4", "测量与检验", Decimal(20), "Measuring and inspection"),
)

# title, English, maximum, calculation, section, requirement
Measured = tuple[str, str, str, Calculation | None, str, str]


def _within(nominal: str, tight: str, wide: str, full: str, part: str) -> Calculation:
    """Full marks inside the tight tolerance, a part of them inside the wide one."""
    middle, near, far = Decimal(nominal), Decimal(tight), Decimal(wide)
    inside = Band(middle - near, middle + near, Decimal(full))
    return Calculation("ranged", bands=(inside, Band(middle - far, middle + far, Decimal(part))))


def _yes(kind: CalculationWord = "pass_fail") -> Calculation:
    return Calculation(kind)


MAIN: tuple[Measured, ...] = (
    ("长度 120", "Length 120", "8", _within("120", "0.02", "0.05", "8", "4"), "3", "120 ± 0.02"),
    ("宽度 80", "Width 80", "8", _within("80", "0.02", "0.05", "8", "4"), "3", "80 ± 0.02"),
    ("槽深 12", "Slot depth 12", "7", _within("12", "0.01", "0.03", "7", "3.5"), "3", "12 ± 0.01"),
)
HOLES: tuple[Measured, ...] = (
    ("孔径 φ10H7 合格数", "Holes 10H7 within limits", "12", Calculation("completed", total=6), "3", "塞规检验，6 孔"),
    ("孔距偏差", "Deviation of the hole distance", "10",
     Calculation("difference", target=Decimal(60), tolerance=Decimal("0.02"), interval=Decimal("0.01"),
                 deduction=Decimal(2)), "4", "60 ± 0.02，每超 0.01 扣 2"),
)  # fmt: skip
MINOR: tuple[Measured, ...] = (
    ("未注倒角齐全", "All chamfers present", "5", _yes(), "2", "C0.5"),
    ("去毛刺", "Deburred", "5",
     Calculation("choice", choices=(Choice("无毛刺"), Choice("1–2 处", Decimal("1.5")), Choice("更多", Decimal(5)))),
     "3", "目测和手感"),
    ("次要尺寸", "Secondary dimensions", "5", Calculation("completed", total=10), "3", "共 10 处"),
)  # fmt: skip
SAFETY: tuple[Measured, ...] = (
    ("防护用品佩戴", "Protective equipment worn", "5", _yes(), "1", "全程"),
    ("检验记录填写", "Inspection record filled in", "10", Calculation("completed", total=5), "4", "共 5 项"),
)

# title, English, maximum, section, the four texts
Judged = tuple[str, str, str, str, tuple[str, str, str, str]]
SURFACE: tuple[Judged, ...] = (
    ("表面质量", "Surface quality", "5", "3", (
        "划伤、接刀痕明显", "有接刀痕，达到行业标准", "刀纹均匀，部分超过标准", "刀纹均匀，无接刀痕")),
    ("轮廓过渡", "Transitions of the contour", "5", "3", (
        "过渡处有明显台阶", "过渡基本平顺", "过渡平顺，个别处可见刀痕", "过渡平顺，无刀痕")),
)  # fmt: skip
DRAWING: tuple[Judged, ...] = (
    ("整体符合图样", "Overall conformity", "10", "2", (
        "缺主要特征", "特征齐全，有可见偏差", "特征齐全，偏差很小", "与图样完全一致")),
)  # fmt: skip
ORDER: tuple[Judged, ...] = (
    ("工位整洁与工序安排", "Order at the station and sequence of work", "5", "1", (
        "杂乱，工序反复", "基本整洁，工序合理", "整洁，工序合理且省时", "始终整洁，工序堪称示范")),
)  # fmt: skip


def _measured(sub: str, rows: Sequence[Measured], first: int = 1) -> tuple[AspectDraft, ...]:
    return tuple(
        AspectDraft(
            code=f"{sub}.{place:02}", title=title, title_en=title_en, maximum=Decimal(most), step=Decimal(most),
            calculation=calculation, section=section, requirement=requirement, place=place,
        )
        for place, (title, title_en, most, calculation, section, requirement) in enumerate(rows, first)
    )  # fmt: skip


def _judged(sub: str, rows: Sequence[Judged], first: int = 1) -> tuple[AspectDraft, ...]:
    return tuple(
        AspectDraft(
            code=f"{sub}.{place:02}", title=title, title_en=title_en, maximum=Decimal(most), step=Decimal(1),
            descriptors=texts, section=section, place=place,
        )
        for place, (title, title_en, most, section, texts) in enumerate(rows, first)
    )  # fmt: skip


def _form(sub: str, name: str, name_en: str, day: int, method: Method, aspects: tuple[AspectDraft, ...]) -> PartDraft:
    whole = sum((aspect.maximum for aspect in aspects), Decimal(0))
    return PartDraft(
        code=f"{sub}.{'J' if method == Method.JUDGEMENT else 'M'}", name=name, name_en=name_en,
        source=PartSource.PANEL.value, weight=whole, maximum=whole, aspects=aspects, criterion=sub[0],
        sub_criterion=sub, day=day, method=method.value,
    )  # fmt: skip


MEASURED, JUDGED = Method.MEASUREMENT, Method.JUDGEMENT
SCHEME = SchemeDraft(
    title="数控铣（世赛评分方式，演示）",
    criteria=CRITERIA,
    sections=SECTIONS,
    parts=(
        _form("A1", "外形与槽", "Outline and slot", 1, MEASURED, _measured("A1", MAIN)),
        _form("A2", "孔系", "Holes", 1, MEASURED, _measured("A2", HOLES)),
        _form("B1", "次要尺寸", "Secondary dimensions", 1, MEASURED, _measured("B1", MINOR)),
        _form("B2", "表面", "Surfaces", 2, JUDGED, _judged("B2", SURFACE)),
        _form("C1", "图样", "Drawing", 2, JUDGED, _judged("C1", DRAWING)),
        _form("D1", "过程", "Process", 1, MEASURED, _measured("D1", SAFETY)),
        _form("D1", "过程", "Process", 1, JUDGED, _judged("D1", ORDER, 3)),
    ),
)


def panel_marks(lot: random.Random, part: PartDraft, share: Decimal) -> dict[str, list[Decimal]]:
    """Marks by aspect code, one a judge: measurements that agree, judgements at most 1 apart; `share` of 1 is skill."""
    marks: dict[str, list[Decimal]] = {}
    for aspect in part.aspects:
        if part.method == Method.JUDGEMENT:
            base = min(2, int(share * 3))
            marks[aspect.code] = [Decimal(base + lot.randint(0, 1)) for _ in range(JUDGES)]
        else:
            marks[aspect.code] = [_measurement(lot, aspect, share)] * JUDGES
    return marks


def _measurement(lot: random.Random, aspect: AspectDraft, share: Decimal) -> Decimal:
    good = Decimal(lot.randint(0, 100)) <= share * 110
    calculation = aspect.calculation
    match calculation.kind if calculation else "":
        case "completed":
            assert calculation is not None
            return Decimal(min(calculation.total, round(calculation.total * share) + lot.randint(0, 1)))
        case "choice":
            return Decimal(1 if good else 2)
        case "ranged":
            assert calculation is not None
            band = calculation.bands[0 if good else 1]
            return band.high
        case "difference":
            assert calculation is not None
            return calculation.target + (Decimal("0.01") if good else Decimal("0.04"))
        case "pass_fail":
            return Decimal(int(good))
        case _:
            return aspect.maximum if good else Decimal(0)
