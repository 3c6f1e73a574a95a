"""Stages on the way to their signature: checked, drawn for a re-check, with appeals, in marking days."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from competition import clock
from competition.accounts.kinds import Role
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM, Actor
from competition.contests.service import SessionDraft, add_session
from competition.marking import service as marking
from competition.marking.kinds import AdjustmentKind
from competition.marking.rules.recheck import RecheckRule
from competition.marking.service import AspectDraft, PartDraft
from competition.marking.service.adjustments import AdjustmentDraft, adjust
from competition.marking.service.appeals import AppealDraft, file_appeal, name_arbiter
from competition.marking.tables import (
    BlindNumber,
    RecheckItem,
    Sheet,
)
from competition.problems import Refused
from competition.rulebook.service import load_seeds, seed_files, upload
from tests.marking_stage import (
    MarkingStage,
    check_all,
    drawn_stage,
    import_theory,
    mark_all,
    official,
    seated_stage,
)

ENDED = datetime(2026, 6, 20, 8, 30, tzinfo=UTC)  # 16:30 in Dalian

RULE = RecheckRule("percent", 30, 10, 15, 5)


def texts(refused: Refused) -> list[str]:
    return [str(problem) for problem in refused.problems]


async def ready(contestants: int = 10) -> MarkingStage:
    """Marked and checked; theory 60, 61, …, so that every total is another one."""
    await load_seeds(SYSTEM)
    stage = await drawn_stage(contestants)
    await mark_all(stage)
    theory = {entry: Decimal(60 + place) for place, entry in enumerate(stage.entry_ids)}
    await marking.import_scores(SYSTEM, stage.part_ids["T"], theory, "测试")
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    return stage


async def chief_of(stage: MarkingStage) -> Actor:
    return await official(Role.CHIEF_JUDGE, stage.skill_id, "徐铁军")


async def works_of(stage: MarkingStage) -> list[dict[str, object]]:
    """Works drawn for the re-check in the order of their numbers."""
    return (
        await RecheckItem.select(
            RecheckItem.id, RecheckItem.blind, RecheckItem.chosen, RecheckItem.outcome, RecheckItem.note,
            RecheckItem.recheck.number.as_alias("recheck"), RecheckItem.blind.number.as_alias("number"),
        )
        .where(RecheckItem.recheck.stage == stage.stage_id)
        .order_by(RecheckItem.id)
    )  # fmt: skip


async def sheets_of_blind(blind_id: object, state: str = "") -> list[str]:
    rows = await Sheet.select(Sheet.token, Sheet.state).where(Sheet.blind == blind_id).order_by(Sheet.id)
    return [row["token"] for row in rows if not state or row["state"] == state]


async def blind_ids(stage: MarkingStage) -> list[int]:
    rows = (
        await BlindNumber.select(BlindNumber.id)
        .where(BlindNumber.stage == stage.stage_id)
        .order_by(BlindNumber.number)
    )  # fmt: skip
    return [row["id"] for row in rows]


async def audited(action: str) -> int:
    return await AuditRecord.count().where(AuditRecord.action == action)


async def appealed_stage(contestants: int = 2) -> MarkingStage:
    """One session that ended at 16:30, everything marked and checked."""
    await load_seeds(SYSTEM)
    stage = await seated_stage(contestants)
    await add_session(
        SYSTEM, stage.stage_id,
        SessionDraft(venue="A 馆", stations=contestants, starts_at=ENDED - timedelta(hours=6), ends_at=ENDED),
    )  # fmt: skip
    await marking.draw_numbers(SYSTEM, stage.stage_id, seed="seed of the test")
    await mark_all(stage)
    await import_theory(stage)
    await check_all(stage, await official(Role.SCORE_CLERK, stage.contest_id, "万里"))
    return stage


async def arbiter_of(stage: MarkingStage, name: str = "石静") -> Actor:
    arbiter = await official(Role.SUPERVISOR, stage.contest_id, name)
    assert arbiter.user_id is not None
    await name_arbiter(SYSTEM, stage.stage_id, arbiter.user_id)
    return arbiter


async def appeal(stage: MarkingStage, place: int = 0) -> int:
    draft = AppealDraft((await blind_ids(stage))[place], "领队甲", "观感一项少计")
    with clock.at(ENDED + timedelta(hours=1)):
        return (await file_appeal(SYSTEM, stage.stage_id, draft)).id


async def total_of(stage: MarkingStage, entry_id: int) -> Decimal | None:
    return {row.entry_id: row.total for row in await marking.entry_scores(stage.stage_id)}[entry_id]


async def penalty(stage: MarkingStage, chief: Actor, blind_id: int, value: str = "2.5") -> int:
    draft = AdjustmentDraft(blind_id, AdjustmentKind.PENALTY, Decimal(value), "未戴护目镜", "裁判长会议")
    return await adjust(chief, stage.stage_id, draft)


def marked_form(code: str, day: int = 0) -> PartDraft:
    return PartDraft(
        code=code, name=f"模块 {code}", source="panel", weight=Decimal(50), maximum=Decimal(10), aggregation="mean",
        aspects=(AspectDraft("A", "工艺", Decimal(10), Decimal("0.5")),), day=day,
    )  # fmt: skip


async def procedure_says(*figures: tuple[str, int]) -> None:
    """A new version of the procedure with other figures."""
    [path] = [path for path in seed_files() if path.stem == "procedure-default"]
    text = path.read_text("utf-8")
    for name, figure in figures:
        text = re.sub(rf"(\[body\.{name}\]\nvalue = )\d+", rf"\g<1>{figure}", text)
    await upload(SYSTEM, text)
