"""Results of a stage: computing, ties, release, corrections, declined places, recorded results, who may do what."""

import asyncio
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from competition import clock
from competition.accounts import service as accounts
from competition.accounts.kinds import Role
from competition.audit.write import SYSTEM, Actor, write
from competition.contests.kinds import CutTies, RankTies
from competition.contests.tables import Stage
from competition.database.connection import Engine, current_engine
from competition.entries import service as entries
from competition.entries.events import FinalistLine, FinalistsRecorded
from competition.entries.tables import StagePlace
from competition.marking.service import reveal_every_layer
from competition.marking.service.appeals import AppealDraft, file_appeal, name_arbiter, rule_on
from competition.marking.tables import BlindNumber
from competition.people.kinds import Pool
from competition.people.tables import Person, PoolMembership
from competition.problems import Missing, Refused, Stale
from competition.results import service
from competition.results.tables import ResultLine, ResultRevision
from tests.conftest import Site
from tests.web.released_contest import Place, a_contest, a_final, a_unit, place_all
from tests.web.scored_contest import Scored, an_official, run, score, scored_contest

FOUR = {"甲一": ("90", "90"), "乙二": ("80", "80"), "丙三": ("70", "70"), "丁四": ("60", "60")}
TIED = {"甲一": ("90", "90"), "乙二": ("80", "80"), "丙三": ("70", "70"), "丁四": ("70", "70")}


async def locked(scores: Any = FOUR, **changes: Any) -> Scored:
    scored = await scored_contest(list(scores), **changes)
    await run(scored, scored.preliminary, scores)
    return scored


async def released(scores: Any = FOUR, **changes: Any) -> Scored:
    scored = await locked(scores, **changes)
    await service.release(SYSTEM, await service.compute(SYSTEM, scored.preliminary))
    return scored


async def lines_of(revision_id: int) -> dict[str, dict[str, Any]]:
    """By the contestant's name."""
    rows = await ResultLine.select().where(ResultLine.revision == revision_id).order_by(ResultLine.id)
    members = await entries.members_of([row["entry"] for row in rows])
    return {members[row["entry"]][0]["name"]: row for row in rows}


async def placed_in(stage_id: int) -> set[str]:
    rows = await entries.places(stage_id)
    return {row["members"][0]["name"] for row in rows if row["declined_at"] is None}


async def test_a_computed_result_has_ranks_totals_and_who_advances(database: Engine) -> None:
    scored = await locked()
    lines = await lines_of(await service.compute(SYSTEM, scored.preliminary))
    assert {name: (row["rank"], row["total"], row["advances"]) for name, row in lines.items()} == {
        "甲一": (1, 900_000, True),
        "乙二": (2, 800_000, True),
        "丙三": (3, 700_000, True),
        "丁四": (4, 600_000, False),
    }


async def test_an_absent_contestant_keeps_a_line_without_rank(database: Engine) -> None:
    scored = await locked({**FOUR, "丁四": None})
    lines = await lines_of(await service.compute(SYSTEM, scored.preliminary))
    assert (lines["丁四"]["rank"], lines["丁四"]["total"], lines["丁四"]["attendance"]) == (None, None, "absent")


async def test_nothing_is_computed_before_the_lock(database: Engine) -> None:
    scored = await scored_contest(list(FOUR))
    with pytest.raises(Refused, match="尚未锁定"):
        await service.compute(SYSTEM, scored.preliminary)


async def test_nothing_is_computed_before_the_numbers_are_revealed(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_yet(*_: object) -> None:
        """The encryption judge has not come."""

    monkeypatch.setattr("tests.web.scored_contest.reveal_every_layer", not_yet)
    scored = await locked()
    with pytest.raises(Refused, match="尚未解密"):
        await service.compute(SYSTEM, scored.preliminary)
    await reveal_every_layer(await an_official(), await an_official("监督员甲"), scored.preliminary)
    assert await service.compute(SYSTEM, scored.preliminary)


async def test_the_same_inputs_give_the_same_draft(database: Engine) -> None:
    scored = await locked()
    first = await service.compute(SYSTEM, scored.preliminary)
    assert await service.compute(SYSTEM, scored.preliminary) == first


async def test_another_mark_gives_another_digest(database: Engine) -> None:
    scored = await locked()
    first = await service.compute(SYSTEM, scored.preliminary)
    await score(scored, scored.preliminary, {"甲一": ("91", "90")}, "录分更正")
    second = await service.compute(SYSTEM, scored.preliminary)
    rows = await ResultRevision.select(ResultRevision.digest).where(ResultRevision.id.is_in([first, second]))
    assert len({row["digest"] for row in rows}) == 2


async def test_a_release_makes_the_next_stages_places_with_their_reason(database: Engine) -> None:
    scored = await released()
    assert await placed_in(scored.final) == {"甲一", "乙二", "丙三"}
    place = (
        await StagePlace.select()
        .where(StagePlace.entry == scored.entries["丙三"])
        .order_by(StagePlace.id, ascending=False)
        .first()
    )
    revision = await ResultRevision.select().where(ResultRevision.current.eq(True)).first()
    assert place is not None
    assert revision is not None
    assert (place["reason"], place["from_revision"]) == ("名次 3，在前 3 名内", revision["id"])
    states = {row["id"]: row["state"] for row in await Stage.select(Stage.id, Stage.state)}
    assert (states[scored.preliminary], states[scored.final]) == ("released", "placed")


async def test_a_tie_over_the_cut_blocks_the_release_until_it_is_decided(database: Engine) -> None:
    scored = await locked(TIED)
    revision_id = await service.compute(SYSTEM, scored.preliminary)
    with pytest.raises(Refused, match="第 3 名 2 人并列"):
        await service.release(SYSTEM, revision_id)
    order = [scored.entries["丁四"], scored.entries["丙三"]]
    decided = await service.decide_tie(SYSTEM, scored.preliminary, order, "抽签决定，双方到场")
    assert decided is not None
    await service.release(SYSTEM, decided)
    assert await placed_in(scored.final) == {"甲一", "乙二", "丁四"}


async def test_a_tie_decision_names_one_whole_tie_and_a_reason(database: Engine) -> None:
    scored = await locked(TIED)
    await service.compute(SYSTEM, scored.preliminary)
    pair = [scored.entries["丁四"], scored.entries["丙三"]]
    for ordered, reason in (
        (pair[:1], "理由"),
        ([*pair, scored.entries["甲一"]], "理由"),
        (pair, " "),
        (pair * 2, "理由"),
    ):
        with pytest.raises(Refused):
            await service.decide_tie(SYSTEM, scored.preliminary, ordered, reason)


async def test_all_advance_where_the_rule_says_so(database: Engine) -> None:
    scored = await released(TIED, cut_ties=CutTies.ALL)
    assert await placed_in(scored.final) == {"甲一", "乙二", "丙三", "丁四"}


async def test_the_best_of_each_delegation_has_a_reserved_place_with_its_reason(site: Site) -> None:
    # of five districts in turn: the sixth is of the first one's district, the seventh of the second one's
    scores = {f"选手{n}": (total, total) for n, total in enumerate(["90", "80", "50", "45", "40", "70", "60"], 1)}
    scored = await released(scores, cut=6, cut_reserved=1)
    assert await placed_in(scored.final) == set(scores) - {"选手7"}
    board = await service.released_board(scored.preliminary)
    assert board is not None
    assert {line.name: str(line.reason) for line in board.lines if (line.rank or 0) >= 3} == {
        "选手6": "名次 3，在前 6 名内",
        "选手7": "名次 4，保留名额以外的名额已满",
        "选手3": "名次 5，占代表队保留名额",
        "选手4": "名次 6，占代表队保留名额",
        "选手5": "名次 7，占代表队保留名额",
    }
    bureau = await site.sign_in(Role.BUREAU)
    for page in (f"/stages/{scored.preliminary}/results", f"/results/{scored.token}/{scored.group_id}"):
        assert "名次 7，占代表队保留名额" in (await bureau.get(page)).text
    content = (await bureau.get(f"/stages/{scored.preliminary}/results.xlsx")).content
    table = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[-1] for row in table if "选手5" in row] == ["名次 7，占代表队保留名额"]


async def test_where_no_rank_may_be_shared_a_tie_away_from_the_cut_blocks_too(database: Engine) -> None:
    tied = {"甲一": ("90", "90"), "乙二": ("90", "90"), "丙三": ("70", "70"), "丁四": ("60", "60")}
    board = await service.released_board((await released(tied)).preliminary)
    assert board is not None
    assert [line.rank for line in board.lines] == [1, 1, 3, 4]
    scored = await locked(tied, rank_ties=RankTies.DECIDED, name="2025 年不得并列的竞赛", serial=100)
    revision_id = await service.compute(SYSTEM, scored.preliminary)
    with pytest.raises(Refused, match="第 1 名 2 人并列，名次不得并列"):
        await service.release(SYSTEM, revision_id)
    order = [scored.entries["乙二"], scored.entries["甲一"]]
    decided = await service.decide_tie(SYSTEM, scored.preliminary, order, "抽签决定，双方到场")
    assert decided is not None
    await service.release(SYSTEM, decided)
    lines = await lines_of(decided)
    assert {name: row["rank"] for name, row in lines.items()} == {"乙二": 1, "甲一": 2, "丙三": 3, "丁四": 4}


async def test_a_draft_whose_inputs_have_moved_is_not_released(database: Engine) -> None:
    scored = await locked()
    revision_id = await service.compute(SYSTEM, scored.preliminary)
    await score(scored, scored.preliminary, {"丁四": ("99", "99")}, "录分更正")
    with pytest.raises(Refused, match="须重新计算"):
        await service.release(SYSTEM, revision_id)


async def test_a_draft_is_not_released_while_an_appeal_waits(database: Engine) -> None:
    scored = await locked()
    draft = await service.compute(SYSTEM, scored.preliminary)
    blind = await BlindNumber.select(BlindNumber.id).where(BlindNumber.entry == scored.entries["丁四"]).first()
    assert blind is not None
    ended = clock.now() - timedelta(hours=1)
    paper = AppealDraft(blind["id"], "领队甲", "实操漏记一项", ended_at=ended)
    appeal = await file_appeal(SYSTEM, scored.preliminary, paper)
    with pytest.raises(Refused, match="1 项申诉待裁决"):
        await service.release(SYSTEM, draft)
    account = await accounts.create_account(SYSTEM, accounts.NewAccount("arbiter", "石静", ""), password_hash="none")
    await accounts.grant_role(SYSTEM, account, Role.SUPERVISOR, scored.contest_id)
    await name_arbiter(SYSTEM, scored.preliminary, account)
    await rule_on(Actor("石静", account, Role.SUPERVISOR), appeal.id, upheld=False, ruling="已记入")
    await service.release(SYSTEM, draft)
    late = msgspec.structs.replace(paper, ended_at=clock.now() - timedelta(hours=3))
    assert (await file_appeal(SYSTEM, scored.preliminary, late)).state == "late"
    await score(scored, scored.preliminary, {"丁四": ("61", "60")}, "录分更正")
    await service.release(SYSTEM, await service.compute(SYSTEM, scored.preliminary, "录分更正"))


async def test_only_the_newest_draft_is_released(database: Engine) -> None:
    scored = await locked()
    first = await service.compute(SYSTEM, scored.preliminary)
    await score(scored, scored.preliminary, {"甲一": ("91", "90")}, "录分更正")
    await service.compute(SYSTEM, scored.preliminary)
    with pytest.raises(Refused, match="已有更新的计算结果"):
        await service.release(SYSTEM, first)


async def test_of_two_releases_at_once_one_happens(database: Engine) -> None:
    scored = await locked()
    revision_id = await service.compute(SYSTEM, scored.preliminary)
    answers = await asyncio.gather(*[service.release(SYSTEM, revision_id) for _ in range(4)], return_exceptions=True)
    assert [answer for answer in answers if answer is None] == [None]
    assert {type(answer) for answer in answers if answer is not None} <= {Refused, Stale}
    assert await StagePlace.count().where(StagePlace.stage == scored.final) == 3


async def test_a_correction_needs_a_reason_and_becomes_the_second_version(database: Engine) -> None:
    scored = await released()
    await score(scored, scored.preliminary, {"丁四": ("75", "75")}, "录分更正")
    with pytest.raises(Refused, match="须写明原因"):
        await service.compute(SYSTEM, scored.preliminary)
    await service.release(SYSTEM, await service.compute(SYSTEM, scored.preliminary, "第 4 名录分更正"))
    rows = await ResultRevision.select().order_by(ResultRevision.id)
    assert [(row["number"], row["current"], row["reason"]) for row in rows] == [
        (1, False, ""),
        (2, True, "第 4 名录分更正"),
    ]


async def test_a_correction_moves_the_places_while_the_next_stage_has_not_begun(database: Engine) -> None:
    scored = await released()
    await score(scored, scored.preliminary, {"丁四": ("75", "75")}, "录分更正")
    await service.release(SYSTEM, await service.compute(SYSTEM, scored.preliminary, "第 4 名录分更正"))
    assert await placed_in(scored.final) == {"甲一", "乙二", "丁四"}
    rows = await StagePlace.select().where(
        (StagePlace.stage == scored.final) & (StagePlace.entry == scored.entries["丙三"])
    )
    assert [row["declined_reason"] for row in rows] == ["名次 4，不在前 3 名内"]


async def test_a_correction_back_gives_the_place_back(database: Engine) -> None:
    scored = await released()
    for marks, reason in ((("75", "75"), "一次更正"), (("60", "60"), "改回")):
        await score(scored, scored.preliminary, {"丁四": marks}, reason)
        await service.release(SYSTEM, await service.compute(SYSTEM, scored.preliminary, reason))
    assert await placed_in(scored.final) == {"甲一", "乙二", "丙三"}
    assert await StagePlace.count().where(StagePlace.stage == scored.final) == 4


async def test_once_the_next_stage_is_drawn_a_correction_leaves_its_places(database: Engine) -> None:
    scored = await released()
    await run(scored, scored.final, {name: FOUR[name] for name in ("甲一", "乙二", "丙三")})
    await score(scored, scored.preliminary, {"丁四": ("75", "75")}, "录分更正")
    revision_id = await service.compute(SYSTEM, scored.preliminary, "第 4 名录分更正")
    await service.release(SYSTEM, revision_id)
    assert await placed_in(scored.final) == {"甲一", "乙二", "丙三"}
    lines = await lines_of(revision_id)
    assert (lines["丁四"]["rank"], lines["丁四"]["advances"]) == (3, False)
    assert (lines["丙三"]["rank"], lines["丙三"]["advances"]) == (4, True)


async def test_a_correction_that_changes_nothing_is_refused(database: Engine) -> None:
    scored = await released()
    with pytest.raises(Refused, match="与已发布的第 1 版相同"):
        await service.compute(SYSTEM, scored.preliminary, "再算一次")


async def test_a_declined_place_moves_the_next_one_up_at_release(database: Engine) -> None:
    scored = await released()
    draft = await service.decline(SYSTEM, scored.preliminary, scored.entries["乙二"], "出国工作")
    assert await placed_in(scored.final) == {"甲一", "乙二", "丙三"}
    assert draft is not None
    await service.release(SYSTEM, draft)
    assert await placed_in(scored.final) == {"甲一", "丙三", "丁四"}


async def test_only_who_advances_can_decline_and_only_once(database: Engine) -> None:
    scored = await released()
    with pytest.raises(Refused, match="没有晋级名额"):
        await service.decline(SYSTEM, scored.preliminary, scored.entries["丁四"], "不去")
    await service.decline(SYSTEM, scored.preliminary, scored.entries["乙二"], "出国工作")
    with pytest.raises(Refused):
        await service.decline(SYSTEM, scored.preliminary, scored.entries["乙二"], "出国工作")


async def test_why_somebody_declined_is_not_published(database: Engine) -> None:
    scored = await released()
    draft = await service.decline(SYSTEM, scored.preliminary, scored.entries["乙二"], "因病住院")
    row = await ResultRevision.select(ResultRevision.reason).where(ResultRevision.id == draft).first()
    assert row == {"reason": "有选手放弃晋级名额，名单依次递补"}


async def test_a_place_declined_by_mistake_is_taken_back(database: Engine) -> None:
    scored = await released()
    in_force = await ResultRevision.select(ResultRevision.id).where(ResultRevision.current.eq(True)).first()
    draft = await service.decline(SYSTEM, scored.preliminary, scored.entries["乙二"], "出国工作")
    assert in_force is not None
    assert draft is not None
    stands = await service.take_back_decline(SYSTEM, scored.preliminary, scored.entries["乙二"])
    assert stands == in_force["id"]
    with pytest.raises(Refused, match="已有更新的计算结果"):
        await service.release(SYSTEM, draft)
    with pytest.raises(Missing):
        await service.take_back_decline(SYSTEM, scored.preliminary, scored.entries["乙二"])


async def test_a_place_taken_back_after_its_release_is_given_again(database: Engine) -> None:
    scored = await released()
    for change in (
        lambda: service.decline(SYSTEM, scored.preliminary, scored.entries["乙二"], "出国工作"),
        lambda: service.take_back_decline(SYSTEM, scored.preliminary, scored.entries["乙二"]),
    ):
        draft = await change()
        assert draft is not None
        await service.release(SYSTEM, draft)
    assert await placed_in(scored.final) == {"甲一", "乙二", "丙三"}


async def test_a_discarded_draft_is_not_released_and_the_released_one_stands(database: Engine) -> None:
    scored = await released()
    await score(scored, scored.preliminary, {"丁四": ("75", "75")}, "录分更正")
    draft = await service.compute(SYSTEM, scored.preliminary, "第 4 名录分更正")
    await service.discard(SYSTEM, draft)
    with pytest.raises(Refused):
        await service.release(SYSTEM, draft)
    with pytest.raises(Refused):
        await service.discard(SYSTEM, draft)
    again = await service.compute(SYSTEM, scored.preliminary, "第 4 名录分更正")
    assert again != draft
    await service.release(SYSTEM, again)


async def test_a_released_revision_is_not_discarded(database: Engine) -> None:
    await released()
    row = await ResultRevision.select().first()
    assert row is not None
    with pytest.raises(Refused):
        await service.discard(SYSTEM, row["id"])


SIX = {f"选手{n}": (str(100 - n), str(100 - n)) for n in range(1, 7)}


async def finished(scores: Any = SIX) -> Scored:
    """A released final of six: gold, silver, bronze, none in the upper half outside the first three."""
    scored = await released(scores, cut=len(scores))
    await run(scored, scored.final, scores)
    await service.release(SYSTEM, await service.compute(SYSTEM, scored.final))
    return scored


async def in_the_winners_pool() -> set[str]:
    rows = await PoolMembership.select(PoolMembership.person.name.as_alias("name")).where(
        (PoolMembership.pool == Pool.WINNER.value) & PoolMembership.left_at.is_null()
    )
    return {row["name"] for row in rows}


async def test_a_final_gives_awards_and_its_winners_join_the_pool(database: Engine) -> None:
    scored = await finished()
    won = await service.winners(scored.contest_id)
    assert [(each.line.name, each.line.award_level) for each in won] == [
        ("选手1", "gold"),
        ("选手2", "silver"),
        ("选手3", "bronze"),
    ]
    assert await in_the_winners_pool() == {"选手1", "选手2", "选手3"}


async def test_before_the_release_of_a_final_nobody_is_a_winner(database: Engine) -> None:
    scored = await released(SIX, cut=6)
    await run(scored, scored.final, SIX)
    await service.compute(SYSTEM, scored.final)
    assert (await service.winners(scored.contest_id), await in_the_winners_pool()) == ([], set())


async def test_whom_a_correction_takes_the_award_from_leaves_the_pool(database: Engine) -> None:
    scored = await finished()
    await score(scored, scored.final, {"选手6": ("99.5", "99.5")}, "录分更正")
    await service.release(SYSTEM, await service.compute(SYSTEM, scored.final, "选手6 录分更正"))
    assert await in_the_winners_pool() == {"选手6", "选手1", "选手2"}


async def test_a_preliminary_gives_no_awards(database: Engine) -> None:
    await released()
    assert await ResultLine.count().where(ResultLine.award != "") == 0


async def test_the_medal_table_counts_districts(database: Engine) -> None:
    scored = await finished()
    table = await service.delegation_table(scored.contest_id)
    assert sum(each.row.gold + each.row.silver + each.row.bronze for each in table) == 3
    assert sum(each.row.points for each in table) == 9
    assert [each.row.rank for each in table][:1] == [1]


# Contests run elsewhere


async def recorded(places: list[Place]) -> tuple[int, list[int]]:
    final = await a_final(await a_contest())
    await place_all(final, places)
    return final.stage_id, final.entries


async def test_a_recorded_result_is_a_draft_until_released(database: Engine) -> None:
    unit = await a_unit("甲厂")
    stage_id, ids = await recorded([Place(rank=1, unit=unit), Place(rank=None, unit=unit)])
    line = service.RecordedLine(ids[0], 5, "优胜奖", "excellence", Decimal("88.5"))
    revision_id = await service.record_results(SYSTEM, stage_id, [line], "演示〔2025〕9 号")
    assert await service.released_board(stage_id) is None
    await service.release(SYSTEM, revision_id)
    board = await service.released_board(stage_id)
    assert board is not None
    assert [(each.rank, each.total, each.award_name) for each in board.lines] == [
        (5, 885_000, "优胜奖"),
        (None, None, ""),
    ]


@pytest.mark.parametrize(
    ("line", "source"),
    [
        (service.RecordedLine(0, 1), ""),
        (service.RecordedLine(-1, 1), "文号"),
        (service.RecordedLine(0, 0), "文号"),
        (service.RecordedLine(0, 1, "", "gold"), "文号"),
        (service.RecordedLine(0, 1, "奖", "platinum"), "文号"),
        (service.RecordedLine(0, 1, total=Decimal(-1)), "文号"),
    ],
)
async def test_a_recorded_line_that_cannot_be_is_refused(
    database: Engine, line: service.RecordedLine, source: str
) -> None:
    stage_id, ids = await recorded([Place(rank=1, unit=await a_unit("甲厂"))])
    wrong = service.RecordedLine(
        ids[line.entry_id] if line.entry_id == 0 else 999_999, line.rank, line.award_name, line.award_level, line.total
    )
    with pytest.raises(Refused):
        await service.record_results(SYSTEM, stage_id, [wrong], source)


async def test_results_are_not_recorded_for_a_contest_marked_here(database: Engine) -> None:
    scored = await locked()
    with pytest.raises(Refused, match="在本系统评分"):
        await service.record_results(
            SYSTEM, scored.preliminary, [service.RecordedLine(scored.entries["甲一"], 1)], "文号"
        )


async def test_finalists_imported_with_their_results_leave_a_draft(site: Site) -> None:
    unit = await a_unit("甲厂")
    contest_id = await a_contest()
    final = await a_final(contest_id)
    await place_all(final, [Place(rank=None, unit=unit)])
    async with write(SYSTEM) as change:
        await change.record("test.finalists", "stage", final.stage_id)
        line = FinalistLine(final.entries[0], 2, "银牌", "silver", None)
        await change.emit(FinalistsRecorded(final.stage_id, (line,), "演示〔2025〕9 号"))
    rows = await ResultRevision.select().where(ResultRevision.stage == final.stage_id)
    assert [(row["kind"], row["number"], row["source"]) for row in rows] == [("recorded", 0, "演示〔2025〕9 号")]


def workbook(rows: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([["姓名", "身份证号", "名次", "奖项", "奖牌", "总分"], *rows]):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


async def test_a_workbook_of_results_is_matched_by_name_or_id(site: Site) -> None:
    unit = await a_unit("甲厂")
    stage_id, ids = await recorded([Place(rank=1, unit=unit, name="甲一"), Place(rank=2, unit=unit, name="乙二")])
    browser = await site.sign_in(Role.BUREAU)
    files = {"file": ("成绩.xlsx", workbook([["甲一", "", 3, "铜牌", "铜", 88.5], ["乙二", "", 12, "", "", ""]]))}
    answer = await browser.post(
        f"/stages/{stage_id}/recorded-results/workbook",
        data={"_csrf": browser.csrf, "source": "演示〔2025〕9 号"}, files=files,
    )  # fmt: skip
    assert answer.status_code == 303
    rows = await ResultLine.select().order_by(ResultLine.id)
    assert [(row["entry"], row["rank"], row["award_level"]) for row in rows] == [
        (ids[0], 3, "bronze"),
        (ids[1], 12, ""),
    ]


async def test_every_problem_of_a_workbook_is_shown_at_its_cell_and_nothing_is_recorded(site: Site) -> None:
    unit = await a_unit("甲厂")
    stage_id, _ = await recorded([Place(rank=1, unit=unit, name="甲一"), Place(rank=2, unit=unit, name="乙二")])
    browser = await site.sign_in(Role.BUREAU)
    rows: list[list[object]] = [
        ["丙三", "", 1, "", "", ""],
        ["甲一", "", "第一", "", "钻石", "九十"],
        ["乙二", "", 2, "", "", ""],
    ]
    answer = await browser.post(
        f"/stages/{stage_id}/recorded-results/workbook",
        data={"_csrf": browser.csrf, "source": "文号"}, files={"file": ("成绩.xlsx", workbook(rows))},
    )  # fmt: skip
    assert answer.status_code == 422
    for text in ("第 2 行 A 列：本阶段名单中没有“丙三”", "第 3 行 C 列：", "第 3 行 E 列：", "第 3 行 F 列："):
        assert text in answer.text
    assert await ResultRevision.count() == 0


# Screens


async def test_the_bureau_computes_and_releases_from_the_page(site: Site) -> None:
    scored = await locked()
    browser = await site.sign_in(Role.BUREAU)
    page = f"/stages/{scored.preliminary}/results"
    assert "计算成绩" in (await browser.get(page)).text
    assert (await browser.submit(f"{page}/compute")).status_code == 303
    draft = await browser.get(page)
    assert "草稿，未发布" in draft.text
    assert "甲一" in draft.text
    revision = await ResultRevision.select().first()
    assert revision is not None
    assert (await browser.submit(f"/revisions/{revision['id']}/release")).status_code == 303
    assert "第 1 版" in (await browser.get(page)).text


async def test_a_tie_is_decided_on_the_page_by_the_chief_judge(site: Site) -> None:
    scored = await locked(TIED)
    chief = await site.sign_in(Role.CHIEF_JUDGE, scored.skill_id)
    page = f"/stages/{scored.preliminary}/results"
    await chief.submit(f"{page}/compute")
    assert "第 3 名 2 人并列" in (await chief.get(page)).text
    fields = {f"place-{scored.entries['丙三']}": "2", f"place-{scored.entries['丁四']}": "1"}
    refused = await chief.submit(f"{page}/ties", **fields, tie_reason="")
    assert refused.status_code == 422
    assert 'value="2" selected' in refused.text
    same = await chief.submit(f"{page}/ties", **dict.fromkeys(fields, "1"), tie_reason="抽签")
    assert same.status_code == 422
    assert (await chief.submit(f"{page}/ties", **fields, tie_reason="抽签")).status_code == 303
    assert "发布前须解决" not in (await chief.get(page)).text


async def test_only_the_chief_judge_decides_a_tie(site: Site) -> None:
    scored = await locked(TIED)
    await service.compute(SYSTEM, scored.preliminary)
    page = f"/stages/{scored.preliminary}/results"
    for role, scope in ((Role.BUREAU, 0), (Role.ORGANISER, scored.contest_id)):
        browser = await site.sign_in(role, scope)
        assert "由裁判长裁定。" in (await browser.get(page)).text
        assert (await browser.submit(f"{page}/ties")).status_code == 403


async def test_a_declined_place_is_taken_back_and_a_draft_discarded_from_the_page(site: Site) -> None:
    scored = await released()
    browser = await site.sign_in(Role.ORGANISER, scored.contest_id)
    page = f"/stages/{scored.preliminary}/results"
    entry = scored.entries["乙二"]
    assert (await browser.submit(f"{page}/declined", entry=entry, declined_reason="出国")).status_code == 303
    assert "更正，未发布" in (await browser.get(page)).text
    assert (await browser.submit(f"{page}/declined/{entry}/taken-back")).status_code == 303
    assert "更正，未发布" not in (await browser.get(page)).text
    await score(scored, scored.preliminary, {"丁四": ("75", "75")}, "录分更正")
    draft = await service.compute(SYSTEM, scored.preliminary, "第 4 名录分更正")
    assert (await browser.submit(f"/revisions/{draft}/discard")).status_code == 303
    assert "作废草稿" in (await browser.get(page)).text
    assert (await browser.submit(f"/revisions/{draft}/discard")).status_code == 422


async def test_a_chief_judge_does_not_release(site: Site) -> None:
    scored = await locked()
    revision_id = await service.compute(SYSTEM, scored.preliminary)
    chief = await site.sign_in(Role.CHIEF_JUDGE, scored.skill_id)
    assert (await chief.submit(f"/revisions/{revision_id}/release")).status_code == 403


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.CHIEF_JUDGE])
async def test_a_stranger_of_the_same_role_is_shut_out(site: Site, role: Role) -> None:
    scored = await locked()
    revision_id = await service.compute(SYSTEM, scored.preliminary)
    stranger = await site.sign_in(role, 4711)
    for path in (
        f"/stages/{scored.preliminary}/results",
        f"/stages/{scored.preliminary}/results.xlsx",
    ):
        assert (await stranger.get(path)).status_code == 403
    for path in (
        f"/stages/{scored.preliminary}/results/compute",
        f"/stages/{scored.preliminary}/results/declined",
        f"/revisions/{revision_id}/release",
    ):
        assert (await stranger.submit(path)).status_code == 403


async def test_an_auditor_sees_what_is_released_and_no_draft(site: Site) -> None:
    scored = await released()
    await score(scored, scored.preliminary, {"丁四": ("75", "75")}, "录分更正")
    draft = await service.compute(SYSTEM, scored.preliminary, "秘密的更正原因")
    auditor = await site.sign_in(Role.AUDITOR)
    page = f"/stages/{scored.preliminary}/results"
    shown = await auditor.get(page)
    assert "第 1 版" in shown.text
    assert "秘密的更正原因" not in shown.text
    assert "75.00" not in shown.text
    assert (await auditor.get(f"{page}?revision={draft}")).status_code == 404
    assert (await auditor.get(f"{page}.xlsx?revision={draft}")).status_code == 404
    overview = await auditor.get(f"/contests/{scored.contest_id}/results")
    assert "更正未发布" not in overview.text


async def test_a_revision_of_another_stage_is_not_shown_under_this_one(site: Site) -> None:
    scored = await released()
    revision = await ResultRevision.select().first()
    assert revision is not None
    browser = await site.sign_in(Role.BUREAU)
    assert (await browser.get(f"/stages/{scored.final}/results?revision={revision['id']}")).status_code == 404


async def test_the_exported_list_has_no_id_numbers(site: Site) -> None:
    scored = await released()
    browser = await site.sign_in(Role.BUREAU)
    answer = await browser.get(f"/stages/{scored.preliminary}/results.xlsx")
    table = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in table[3:]] == ["甲一", "乙二", "丙三", "丁四"]
    masks = [row["id_mask"][:6] for row in await Person.select(Person.id_mask)]
    text = str(table)
    assert [mask for mask in masks if mask in text] == []


async def test_the_contest_workbook_holds_winners_and_tables(site: Site) -> None:
    scored = await finished()
    browser = await site.sign_in(Role.BUREAU)
    answer = await browser.get(f"/contests/{scored.contest_id}/results.xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["获奖名单", "按区市县", "按单位", "院校与企业"]
    assert [row[3] for row in book.get_sheet_by_index(0).to_python()[2:]] == ["选手1", "选手2", "选手3"]


@pytest.mark.parametrize("path", ["/stages/{stage}/results", "/contests/{contest}/results", "/releases"])
async def test_a_page_costs_the_same_number_of_queries_for_few_and_for_many(site: Site, path: str) -> None:
    async def cost(names: int, serial: int) -> int:
        scores = {f"选手{serial + n}": (str(99 - n), str(99 - n)) for n in range(names)}
        scored = await scored_contest(list(scores), cut=1, name=f"竞赛{serial}", serial=serial)
        await run(scored, scored.preliminary, scores)
        await service.release(SYSTEM, await service.compute(SYSTEM, scored.preliminary))
        browser = await site.sign_in(Role.BUREAU)
        address = path.format(stage=scored.preliminary, contest=scored.contest_id)
        before = current_engine().queries
        answer = await browser.get(address)
        assert answer.status_code == 200
        return current_engine().queries - before

    assert await cost(2, 0) == await cost(30, 100)


async def test_a_missing_stage_is_missing(database: Engine) -> None:
    with pytest.raises(Missing):
        await service.compute(SYSTEM, 4711)
