"""What the bureau has decided in the demo: subsidies under way, some promotions approved, some seedlings taken up."""

from datetime import timedelta

from competition import clock
from competition.audit.write import write
from competition.demo.setting_up import Staged
from competition.demo.settling import BUREAU, morning
from competition.promotions import service as promotions
from competition.promotions.kinds import Decision
from competition.promotions.reads import Filter, Verdict, cases
from competition.seedlings import service as seedlings
from competition.seedlings.kinds import SeedlingStage
from competition.seedlings.tables import Seedling
from competition.subsidies import service as subsidies

# How far each batch has come: the municipal one is under public notice, the world's is paid.
BATCH_STEPS = {
    "municipal-2025": ("check", "notice"),
    "provincial-2025": ("check",),
    "national-2025": (),
    "world-2025": ("check", "notice", "approve", "pay"),
}
SQUADS = (
    (SeedlingStage.SEED, 6),
    (SeedlingStage.CITY_SQUAD, 5),
    (SeedlingStage.PROVINCIAL_SQUAD, 3),
    (SeedlingStage.NATIONAL_SQUAD, 2),
)
CERTIFIED = 12


async def subsidise(staged: dict[str, Staged]) -> None:
    for code, steps in BATCH_STEPS.items():
        contest = staged[code]
        released = contest.plan.head.days.get("release", contest.plan.head.days["final"])[1]
        with clock.at(morning(released) + timedelta(days=5)):
            batch_id = await subsidies.draft_batch(BUREAU, contest.contest_id)
        for number, action in enumerate(steps):
            with clock.at(morning(released) + timedelta(days=6 + 14 * number)):
                await subsidies.advance(BUREAU, batch_id, action, "演示")


async def promote(staged: Staged) -> None:
    """The clear cases of the first page is approved, a dozen of them certified."""
    released = staged.plan.head.days["release"][0]
    found = await cases(Filter(contests=(staged.contest_id,)), 60, 0)
    clear = [view.row["id"] for view in found if view.verdict == Verdict.PROMOTE]
    with clock.at(morning(released) + timedelta(days=20)):
        async with write(BUREAU):
            await promotions.decide_many(BUREAU, clear, Decision.APPROVE, "演示：符合示例规则")
            for number, case_id in enumerate(clear[:CERTIFIED], start=1):
                await promotions.decide(BUREAU, case_id, Decision.CERTIFY, "", f"演示2025{number:06}")


async def train(staged: Staged) -> None:
    """Best places first, some of the proposed are taken up and moved along to their squads."""
    proposed = (
        await Seedling.select(Seedling.id)
        .where(Seedling.contest == staged.contest_id)
        .order_by(Seedling.rank)
        .order_by(Seedling.id)
        .limit(sum(count for _, count in SQUADS))
    )
    ids = [row["id"] for row in proposed]
    released = staged.plan.head.days["release"][0]
    with clock.at(morning(released) + timedelta(days=30)):
        async with write(BUREAU):
            await seedlings.decide_many(BUREAU, ids, "accept", "演示")
            for stage, count in SQUADS:
                for _ in range(count):
                    seedling_id = ids.pop()
                    if stage != SeedlingStage.SEED:
                        await seedlings.move(BUREAU, seedling_id, stage, "演示选拔")
