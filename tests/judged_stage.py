"""A stage of a WorldSkills scheme ready to be marked: a judgement form and a measurement form of one sub-criterion."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from competition.audit.write import SYSTEM
from competition.marking import service as marking
from competition.marking.rules.calculation import Band, Calculation, Choice
from competition.marking.scheme_drafts import AspectDraft, CriterionDraft, PartDraft, SchemeDraft
from competition.marking.service import SeatDraft
from competition.marking.tables import SchemePart, Sheet
from tests.marking_stage import MarkingStage, seated_stage

D = Decimal

TEXTS = {
    "A1.01": ("断续或严重不均", "连续，宽窄差明显", "连续均匀，局部轻微宽窄差", "全长均匀一致，成形优良"),
    "A1.02": ("过渡突变，余高超标", "过渡基本平缓，局部突变", "过渡平缓，余高一致", "过渡圆滑，全长余高均匀"),
    "A1.03": ("接头脱节或明显凸起", "可辨接头，高差不大于 2 mm", "接头平顺，痕迹轻微", "看不出接头"),
}
JUDGED = (
    AspectDraft("A1.01", "焊缝成形均匀性", D("1.5"), D(1), "Evenness of the weld", descriptors=TEXTS["A1.01"]),
    AspectDraft(
        "A1.02", "余高与母材过渡", D("1.5"), D(1), "Transition to the base metal", descriptors=TEXTS["A1.02"],
        note="自然光下目视，距离 300 mm",
    ),
    AspectDraft("A1.03", "接头质量", D(1), D(1), "Quality of the joints", descriptors=TEXTS["A1.03"]),
)  # fmt: skip

BANDS = (Band(D(0), D("1.5"), D(1)), Band(D("1.6"), D(2), D("0.6")), Band(D("2.1"), D(3), D("0.3")))
ANGLES = (Choice("不大于 3°"), Choice("3–5°", D("0.3")), Choice("大于 5°", D("0.8")))
MEASURED = (
    AspectDraft("A1.11", "标识与编号一致", D("0.5"), D("0.5"), "Marking"),
    AspectDraft("A1.12", "成品完整性", D(1), D("0.25"), "Completeness"),
    AspectDraft("A1.13", "水压试验", D(1), D(1), "Pressure test", Calculation("pass_fail"), requirement="3 min 无渗漏"),
    AspectDraft("A1.14", "工序完成数", D("1.5"), D(1), "Steps completed", Calculation("completed", total=6)),
    AspectDraft("A1.15", "角变形", D(1), D(1), "Angular distortion", Calculation("choice", choices=ANGLES)),
    AspectDraft(
        "A1.16", "焊缝余高", D(1), D(1), "Reinforcement", Calculation("ranged", bands=BANDS),
        requirement="三点取大，焊缝量规，读到 0.1 mm",
    ),
    AspectDraft(
        "A1.17", "总长", D(2), D(1), "Overall length",
        Calculation("difference", target=D(120), tolerance=D("0.5"), interval=D("0.5"), deduction=D("0.4")),
        requirement="120 mm，游标卡尺",
    ),
)  # fmt: skip

SCHEME = SchemeDraft(
    parts=(
        PartDraft(
            "A1.J", "焊缝外观", "panel", D(4), D(4), "Appearance", aspects=JUDGED, criterion="A", sub_criterion="A1",
            day=1, method="judgement",
        ),
        PartDraft(
            "A1.M", "尺寸与工艺", "panel", D(8), D(8), "Dimensions", aspects=MEASURED, criterion="A",
            sub_criterion="A1", day=2, method="measurement",
        ),
        PartDraft("T", "理论", "import", D(88), D(100), "Theory"),
    ),
    criteria=(CriterionDraft("A", "焊接", "Welding"),),
)  # fmt: skip


FEWEST_SEATED = 3  # for the panel score of the scheme that this one replaces


async def judged_stage(
    contestants: int = 1, judges: int = 3, substitutes: int = 0, trainees: int = 0, scheme: SchemeDraft = SCHEME,
    measuring: int | None = None,
) -> tuple[MarkingStage, dict[str, int]]:  # fmt: skip
    """The stage, drawn, and the panel of each form by its code. `measuring`: so many judges measure, all by default."""
    first = max(judges, FEWEST_SEATED)
    stage = await seated_stage(contestants, first, substitutes, trainees)
    await marking.save_scheme(SYSTEM, stage.stage_id, scheme)
    parts = await SchemePart.select(SchemePart.id, SchemePart.code, SchemePart.method).where(
        (SchemePart.scheme.stage == stage.stage_id) & SchemePart.scheme._.current.eq(True)
        & (SchemePart.source == "panel")
    )  # fmt: skip
    panels = {}
    for part in sorted(parts, key=lambda part: part["id"]):
        counting = judges if part["method"] != "measurement" or measuring is None else measuring
        seats = [
            SeatDraft(person, trainee=place >= first + substitutes, substitute=first <= place < first + substitutes)
            for place, person in enumerate(stage.judge_ids)
            if place < counting or place >= first
        ]
        panels[part["code"]] = await marking.set_panel(SYSTEM, part["id"], f"{part['code']} 组", seats)
    await marking.draw_numbers(SYSTEM, stage.stage_id, seed="seed of the test")
    return stage, panels


async def rescore_of(panel_id: int) -> list[str]:
    rows = await Sheet.select(Sheet.rescore).where(Sheet.seat.panel == panel_id).order_by(Sheet.id)
    return [row["rescore"] for row in rows]


def in_order(aspects: Mapping[str, int], values: Sequence[str]) -> dict[int, str]:
    """Values for the aspects in the order of their codes."""
    return {aspects[code]: value for code, value in zip(sorted(aspects), values, strict=True)}
