"""What tells equal totals apart: a recorded time, an aspect; and judges combined by what each gave in all."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec
import pytest

from competition.accounts.kinds import Role
from competition.audit.write import SYSTEM
from competition.contests.tables import Contest, Stage
from competition.marking import service as marking
from competition.marking.kinds import Better, CombinedBy, PartSource
from competition.marking.scheme_drafts import PartDraft, SchemeDraft, from_document, scheme_problems, to_document
from competition.marking.service.scheme_revising import revise_scheme, revision_effect
from competition.problems import Refused
from competition.results import service as results
from competition.results.bundle import bundle_of
from competition.results.recompute import recompute
from competition.results.tables import ResultLine
from competition.rulebook.service import load_seeds
from tests.conftest import Site
from tests.marking_stage import (
    SCHEME,
    MarkingStage,
    check_all,
    import_theory,
    mark_all,
    official,
    reveal_all,
    seated_stage,
)

WORDS = "裁判长当面确认，不便签字"
TIME = PartDraft(
    code="R", name="用时", source=PartSource.RECORD.value, weight=Decimal(0), maximum=Decimal(7200),
    better=Better.LESS.value,
)  # fmt: skip
BY_JUDGE = msgspec.structs.replace(SCHEME.parts[1], combined_by=CombinedBy.JUDGE.value)
TIMED = SchemeDraft((SCHEME.parts[0], BY_JUDGE, TIME))
# Sums 75, 74, 80, 76, 60: (75 + 74 + 76) / 3 = 75.00. Aspect by aspect 22.33 + 21.00 + 31.33 = 74.66
VALUES = {
    1: ("20", "25", "30"),
    2: ("22", "20", "32"),
    3: ("25", "20", "35"),
    4: ("28", "18", "30"),
    5: ("5", "23", "32"),
}


async def set_tie_breaks(site: Site, stage: MarkingStage, codes: str) -> int:
    """On the page of the stage's setting; the answer's status."""
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    row = await Stage.select(Stage.version).where(Stage.id == stage.stage_id).first()
    assert row is not None
    fields = {"cut_kind": "none", "rank_ties": "shared", "tie_breaks": codes, "version": str(row["version"])}
    return (await organiser.submit(f"/stages/{stage.stage_id}/setup", **fields)).status_code


async def contest_token(stage: MarkingStage) -> str:
    row = await Contest.select(Contest.token).where(Contest.id == stage.contest_id).first()
    assert row is not None
    return row["token"]


async def marked(stage: MarkingStage, times: Mapping[int, str]) -> None:
    """Everything but the signature; `times` by the place of the contestant."""
    await import_theory(stage)
    await mark_all(stage, VALUES)
    await check_all(stage, await official(Role.CHIEF_JUDGE, stage.skill_id, "裁判长"))
    given = {stage.entry_ids[place]: Decimal(text) for place, text in times.items()}
    await marking.import_scores(SYSTEM, stage.part_ids["R"], given, "计时表")


async def released(stage: MarkingStage) -> dict[int, tuple[int, Decimal]]:
    """Rank and total by the place of the contestant."""
    chief = await official(Role.CHIEF_JUDGE, stage.skill_id, "裁判长")
    await marking.sign_stage(chief, stage.stage_id, WORDS)
    await marking.lock_stage(chief, stage.stage_id)
    await reveal_all(stage)
    revision = await results.compute(SYSTEM, stage.stage_id)
    await results.release(SYSTEM, revision)
    rows = await ResultLine.select(ResultLine.entry, ResultLine.rank, ResultLine.total).where(
        ResultLine.revision == revision
    )
    return {stage.entry_ids.index(row["entry"]): (row["rank"], Decimal(row["total"]) / 10_000) for row in rows}


@pytest.fixture
async def stage(site: Site) -> MarkingStage:
    await load_seeds(SYSTEM)
    return await seated_stage(4, scheme=TIMED)


async def test_the_shorter_time_wins_and_a_missing_one_is_waited_for_by_nobody(site: Site, stage: MarkingStage) -> None:
    assert await set_tie_breaks(site, stage, "P R") == 303
    await marking.draw_numbers(SYSTEM, stage.stage_id, seed="seed of the test")
    await marked(stage, {0: "300.5", 1: "250", 2: "300.5", 3: "249.99"})
    ranks = await released(stage)
    # 30 % of 80 + 70 % of 75
    stranger = site.browser()
    group = f"/results/{await contest_token(stage)}/{stage.group_id}"
    assert (await stranger.get(group)).text.count("总分相同，按同分排序定先后") == 4
    assert ranks == {3: (1, Decimal("76.5")), 1: (2, Decimal("76.5")), 0: (3, Decimal("76.5")), 2: (3, Decimal("76.5"))}


async def test_a_bundle_with_times_and_sums_by_judge_recomputes_equal(site: Site, stage: MarkingStage) -> None:
    assert await set_tie_breaks(site, stage, "P/A R") == 303
    await marking.draw_numbers(SYSTEM, stage.stage_id, seed="seed of the test")
    await marked(stage, {0: "300", 1: "250", 2: "250.01", 3: "301"})
    assert {place: rank for place, (rank, _) in (await released(stage)).items()} == {1: 1, 2: 2, 0: 3, 3: 4}
    files = await bundle_of(stage.contest_id)
    found = recompute(files)
    assert (found.differences, found.lines) == ([], 4)
    scheme = next(text for path, text in files.items() if path.endswith("scheme.toml"))
    assert 'tie_breaks = ["P/A", "R"]' in scheme
    assert 'combined_by = "judge"' in scheme


async def test_a_code_that_stands_for_nothing_keeps_the_stage_open(site: Site, stage: MarkingStage) -> None:
    assert await set_tie_breaks(site, stage, "P 用时") == 303
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    scheme = (await organiser.get(f"/stages/{stage.stage_id}/scheme/outline")).text
    said = "阶段设置的“同分排序”中，用时 不是评分部分"
    assert (said in scheme, f"/stages/{stage.stage_id}/setup#f-tie_breaks" in scheme) == (True, True)
    await marking.draw_numbers(SYSTEM, stage.stage_id, seed="seed of the test")
    await marked(stage, {0: "300", 1: "250", 2: "200", 3: "100"})
    chief = await site.sign_in(Role.CHIEF_JUDGE, stage.skill_id)
    assert said in (await chief.get(f"/stages/{stage.stage_id}/room")).text
    with pytest.raises(Refused, match="用时 不是评分部分"):
        await marking.sign_stage(await official(Role.CHIEF_JUDGE, stage.skill_id, "裁判长"), stage.stage_id, WORDS)
    assert await set_tie_breaks(site, stage, "P R") == 303
    assert (await released(stage))[3][0] == 1


async def test_a_recorded_part_and_sums_by_judge_are_set_in_both_editors(site: Site, stage: MarkingStage) -> None:
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    base = f"/stages/{stage.stage_id}/scheme"
    small = (await organiser.get(base)).text
    assert small.count('<option value="judge" selected>') == 1
    assert small.count('<option value="less" selected>') == 1
    assert (await organiser.get(f"{base}/forms/2")).text.count('<option value="judge" selected>') == 1
    fields = {
        "version": "1", "was": "R", "code": "R", "name": "产量", "source": "record", "better": "more", "place": "3",
        "weight": "30", "aspects": "0",
    }  # fmt: skip
    assert (await organiser.submit(f"{base}/forms", **fields)).status_code == 303
    scheme = await marking.load_scheme(stage.stage_id)
    assert scheme is not None
    made = scheme.parts[2]
    assert (made.name, made.weight, made.maximum, made.better) == ("产量", Decimal(0), Decimal(1_000_000), Better.MORE)
    assert scheme.parts[1].combined_by == CombinedBy.JUDGE
    shown = (await organiser.get(f"{base}/outline")).text
    assert ("另行记录，不计分（如用时） · 多者优先" in shown, "按各裁判的总分合成" in shown) == (True, True)


async def test_the_page_for_times_says_they_are_not_scored(site: Site, stage: MarkingStage) -> None:
    clerk = await site.sign_in(Role.SCORE_CLERK, stage.contest_id)
    page = (await clerk.get(f"/stages/{stage.stage_id}/imports")).text
    assert ("用时" in page, "不计分" in page) == (True, True)
    entry = stage.entry_ids[0]
    saved = await clerk.submit(f"/parts/{stage.part_ids['R']}/scores", **{f"score-{entry}": "65.25"})
    assert saved.status_code == 303
    assert 'value="65.25"' in (await clerk.get(f"/parts/{stage.part_ids['R']}/scores")).text


async def test_a_time_corrected_after_the_release_makes_a_new_revision_with_other_ranks(
    site: Site, stage: MarkingStage
) -> None:
    assert await set_tie_breaks(site, stage, "R") == 303
    await marking.draw_numbers(SYSTEM, stage.stage_id, seed="seed of the test")
    await marked(stage, {0: "300", 1: "250", 2: "400", 3: "500"})
    assert [rank for _, (rank, _) in sorted((await released(stage)).items())] == [2, 1, 3, 4]
    late = {stage.entry_ids[0]: Decimal(249)}
    with pytest.raises(Refused, match="更正须写明原因"):
        await marking.import_scores(SYSTEM, stage.part_ids["R"], late, "计时表")
    await marking.import_scores(SYSTEM, stage.part_ids["R"], late, "计时表", "抄错一位")
    revision = await results.compute(SYSTEM, stage.stage_id, "抄错一位")
    await results.release(SYSTEM, revision)
    rows = await ResultLine.select(ResultLine.entry, ResultLine.rank).where(ResultLine.revision == revision)
    assert {stage.entry_ids.index(row["entry"]): row["rank"] for row in rows} == {0: 1, 1: 2, 2: 3, 3: 4}
    assert recompute(await bundle_of(stage.contest_id)).differences == []


async def test_a_version_after_the_draw_may_combine_otherwise_and_says_so(site: Site) -> None:
    await load_seeds(SYSTEM)
    stage = await seated_stage(2)
    await marking.draw_numbers(SYSTEM, stage.stage_id, seed="seed of the test")
    await import_theory(stage)
    await mark_all(stage, VALUES)

    async def totals() -> set[Decimal | None]:
        return {row.total for row in await marking.entry_scores(stage.stage_id)}

    assert await totals() == {Decimal("76.26")}  # 24 + 70 % of 74.66
    draft = SchemeDraft((SCHEME.parts[0], BY_JUDGE))
    organiser = await official(Role.ORGANISER, stage.contest_id, "赛务")
    touched = await revision_effect(stage.stage_id, draft)
    assert (touched.cleared, touched.set_aside, touched.reopened) == ((), 0, ())
    assert await revise_scheme(organiser, stage.stage_id, draft, "技术文件如此", 1) == 2
    assert await totals() == {Decimal("76.50")}
    browser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    versions = (await browser.get(f"/stages/{stage.stage_id}/scheme/versions/2")).text
    assert ("合成对象" in versions, "按各裁判的总分合成" in versions) == (True, True)


def test_what_a_scheme_does_not_say_is_not_in_its_document() -> None:
    """Or every result released before there was such a field would be out of date."""
    said = [to_document(SchemeDraft((part,))) for part in (SCHEME.parts[1], BY_JUDGE, TIME)]
    assert [("combined_by" in text, "better" in text) for text in said] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    assert [from_document(text).parts[0] for text in said] == [SCHEME.parts[1], BY_JUDGE, TIME]


@pytest.mark.parametrize(
    ("change", "said"), [({"criterion": "A"}, "R 另行记录，不归入大项"), ({"code": "A"}, "A 已是大项的代码")]
)
def test_a_recorded_part_is_never_added_into_a_criterion(change: dict[str, str], said: str) -> None:
    under = msgspec.structs.replace(SCHEME.parts[1], criterion="A")
    draft = SchemeDraft((SCHEME.parts[0], under, msgspec.structs.replace(TIME, **change)))
    assert [problem for problem in scheme_problems(draft)[0] if said in str(problem)]


async def test_a_recorded_figure_is_taken_as_it_can_be_shown(site: Site, stage: MarkingStage) -> None:
    with pytest.raises(Refused, match="不合步长"):
        await marking.import_scores(SYSTEM, stage.part_ids["R"], {stage.entry_ids[0]: Decimal("249.991")}, "计时表")
    await marking.import_scores(SYSTEM, stage.part_ids["T"], {stage.entry_ids[0]: Decimal("80.1234")}, "成绩单")
