"""Tables of delegations: the WorldSkills scale, best of delegation, coaches' honours, year on year."""

import io
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from python_calamine import CalamineWorkbook

from competition.accounts.kinds import Role
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM, write
from competition.contests.tables import Contest
from competition.database.connection import Engine, current_engine
from competition.entries import service as entries
from competition.entries.kinds import Attendance
from competition.marking.kinds import AdjustmentKind, PartSource
from competition.marking.scheme_drafts import AspectDraft, CriterionDraft, PartDraft, SchemeDraft
from competition.marking.service import draw_numbers, save_scheme
from competition.marking.service.adjustments import AdjustmentDraft, adjust
from competition.marking.tables import BlindNumber
from competition.results import service
from competition.results.distinctions import distinctions
from competition.results.inputs import inputs_of, parts_of
from competition.results.kinds import DelegationKind
from competition.results.published_tables import published_tables
from competition.results.stages import stage_row
from competition.results.standings import final_placings
from competition.results.tables import ResultLine, ResultRevision
from competition.rulebook import service as rulebook
from competition.rulebook.service import load_seeds, seed_files
from tests.conftest import Site
from tests.web.released_contest import Place, a_unit, released
from tests.web.scored_contest import Scored, run, score, scored_contest

LABEL = "世赛标度分按公开数据反推，非官方公式"
LABEL_EN = "The WorldSkills scale is reverse-engineered, not an official formula"
# In total 90, 80, 75, 70, 65, 60: median 72.5, MAD 7.5, 2.698 points for each mark
SIX = {f"选手{n}": (total, total) for n, total in enumerate(["90", "80", "75", "70", "65", "60"], 1)}
SCALES = {"选手1": 747, "选手2": 720, "选手3": 707, "选手4": 693, "选手5": 680, "选手6": 666}


async def finished(scores: Any = SIX, award_rule: str = "awards-worldskills", **changes: Any) -> Scored:
    scored = await scored_contest(list(scores), cut=len(scores), award_rule=award_rule, **changes)
    for stage in (scored.preliminary, scored.final):
        await run(scored, stage, scores)
        await service.release(SYSTEM, await service.compute(SYSTEM, stage))
    return scored


async def test_a_worldskills_final_has_scale_scores_and_medals_by_them(database: Engine) -> None:
    scored = await finished()
    board = await service.released_board(scored.final)
    assert board is not None
    assert {line.name: line.scale for line in board.lines} == SCALES
    assert [line.award_level for line in board.lines] == ["gold", "silver", "bronze", "", "", ""]
    assert [line.prize_fen for line in board.lines] == [0] * 6


async def test_the_scale_says_nothing_in_an_earlier_stage_or_under_another_rule(database: Engine) -> None:
    scored = await finished()
    other = await finished(award_rule="awards-medals", name="2025 年别的竞赛", serial=100)
    for stage in (scored.preliminary, other.final):
        board = await service.released_board(stage)
        assert board is not None
        assert {line.scale for line in board.lines} == {None}


async def test_one_contestant_alone_is_first_with_700_and_without_an_award(database: Engine) -> None:
    scored = await finished({"选手1": ("12", "12")})
    board = await service.released_board(scored.final)
    assert board is not None
    assert [(line.rank, line.scale, line.award_name) for line in board.lines] == [(1, 700, "")]


async def test_a_correction_computes_the_scale_again(database: Engine) -> None:
    scored = await finished()
    await score(scored, scored.final, {"选手6": ("75", "75")}, "录分更正")
    await service.release(SYSTEM, await service.compute(SYSTEM, scored.final, "选手6 录分更正"))
    board = await service.released_board(scored.final)
    assert board is not None
    # 90, 80, 75, 75, 70, 65: median 75, MAD 5
    assert {line.name: line.scale for line in board.lines}["选手1"] == 761


async def test_the_best_by_the_scale_are_of_released_finals_only(database: Engine) -> None:
    scored = await finished()
    found = await distinctions(await final_placings(scored.contest_id), DelegationKind.UNIT)
    assert [(each.line.name, each.line.scale, each.skill) for each in found.highest] == [("选手1", 747, "焊接")]
    assert {key: [each.line.name for each in best] for key, best in found.best.items()} == {
        unit: [name] for name, unit in scored.units.items()
    }
    fresh = await scored_contest(list(SIX), award_rule="awards-worldskills", name="未发布的竞赛", serial=100)
    assert await distinctions(await final_placings(fresh.contest_id), DelegationKind.UNIT) == type(found)()


async def test_wherever_the_scale_is_shown_it_says_that_it_is_not_official(site: Site) -> None:
    scored = await finished()
    bureau = await site.sign_in(Role.BUREAU)
    board = await service.released_board(scored.final)
    assert board is not None
    public = f"/results/{scored.token}"
    office = [
        f"/stages/{scored.final}/results", f"/contests/{scored.contest_id}/results",
        f"/contests/{scored.contest_id}/winners", f"/contests/{scored.contest_id}/delegations",
    ]  # fmt: skip
    for browser, pages in ((bureau, office), (site.browser(), [public, f"{public}/{scored.group_id}"])):
        for language, label in (("zh", LABEL), ("en", LABEL_EN)):
            browser.cookies.set("language", language)
            for page in pages:
                text = (await browser.get(page)).text
                assert ("747" in text, label in text) == (True, True), page
    browser = site.browser()
    line = next(line for line in board.lines if line.name == "选手1")
    assert "747 <span" in (await browser.get(f"/verify/{line.token}")).text
    assert "按公开数据反推，非官方公式" in (await browser.get(f"/verify/{line.token}")).text


async def test_a_contest_without_the_scale_does_not_speak_of_it(site: Site) -> None:
    scored = await finished(award_rule="awards-medals")
    bureau = await site.sign_in(Role.BUREAU)
    for page in (
        f"/stages/{scored.final}/results", f"/contests/{scored.contest_id}/results",
        f"/contests/{scored.contest_id}/winners", f"/contests/{scored.contest_id}/delegations",
        f"/results/{scored.token}", f"/results/{scored.token}/{scored.group_id}",
    ):  # fmt: skip
        assert "标度" not in (await bureau.get(page)).text


def sheet(content: bytes, name: str | int) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    found = book.get_sheet_by_index(name) if isinstance(name, int) else book.get_sheet_by_name(name)
    return found.to_python()


async def test_the_exports_hold_scale_best_of_delegation_and_the_label(site: Site) -> None:
    scored = await finished()
    bureau = await site.sign_in(Role.BUREAU)
    final = sheet((await bureau.get(f"/stages/{scored.final}/results.xlsx")).content, 0)
    assert [row[final[2].index("世赛标度分")] for row in final[3:9]] == list(SCALES.values())
    assert LABEL in str(final)
    content = (await bureau.get(f"/contests/{scored.contest_id}/results.xlsx")).content
    table = sheet(content, "按单位")
    head = next(row for row in table if "最佳选手" in row)
    first = next(row for row in table if "选手1所在的单位" in row)
    assert first[head.index("最佳选手")] == "选手1（焊接，747）"
    assert (first[head.index("标度分合计")], first[head.index("标度分平均")]) == (747, 747)
    assert "全场标度分最高：选手1（焊接，747）" in str(table)
    assert LABEL in str(table)
    assert LABEL in str(sheet(content, "获奖名单"))


async def test_the_medal_table_shows_points_and_averages(site: Site) -> None:
    scored = await finished()
    bureau = await site.sign_in(Role.BUREAU)
    text = (await bureau.get(f"/contests/{scored.contest_id}/delegations?by=unit")).text
    row = text.split("选手1所在的单位</th>")[1].split("</tr>")[0]
    cells = [cell.split(">")[-1] for cell in row.replace("</b>", "").split("</td>")[:-1]]
    assert cells[:10] == ["1", "0", "0", "0", "4", "1", "1", "4.00", "747.00", "747.00"]


# Coaches

HONOURED = (
    next(path for path in seed_files() if path.stem == "awards-dalian-2021")
    .read_text("utf-8")
    .replace('code = "awards-dalian-2021"', 'code = "awards-honoured"')
    .replace("prize_yuan = 10000\n", 'prize_yuan = 10000\ncoach_honour = "优秀指导教师"\n')
)


async def test_an_award_honours_the_main_coach_of_its_winner(site: Site) -> None:
    await rulebook.upload(SYSTEM, HONOURED)
    scored = await finished(award_rule="awards-honoured")
    bureau = await site.sign_in(Role.BUREAU)
    winners = (await bureau.get(f"/contests/{scored.contest_id}/winners")).text
    assert '<b>选手1的教练</b> <span class="muted">优秀指导教师</span>' in winners
    assert "选手2的教练" not in winners
    content = (await bureau.get(f"/contests/{scored.contest_id}/results.xlsx")).content
    table = sheet(content, "获奖名单")
    assert [row[-1] for row in table[2:4]] == ["优秀指导教师 选手1的教练", ""]
    board = (await site.browser().get(f"/results/{scored.token}/{scored.group_id}")).text
    assert "优秀指导教师 选手1的教练" in board


async def test_a_later_version_of_the_rule_takes_no_honour_back(site: Site) -> None:
    await rulebook.upload(SYSTEM, HONOURED)
    scored = await finished(award_rule="awards-honoured")
    await rulebook.upload(SYSTEM, HONOURED.replace('coach_honour = "优秀指导教师"\n', ""))
    bureau = await site.sign_in(Role.BUREAU)
    assert "选手1的教练" in (await bureau.get(f"/contests/{scored.contest_id}/winners")).text


# Year on year


async def two_years(**now: Any) -> tuple[int, int]:
    """A provincial contest of 2024 and of 2025: the unit climbed from no medal to a gold and a silver."""
    unit, other = await a_unit("甲厂"), await a_unit("乙校", kind="school")
    before = await released(
        Place(rank=4, unit=unit, award_level="excellence"), Place(rank=1, unit=other, award_level="gold"),
        name="2024 年辽宁省职业技能大赛", tier="provincial", year=2024,
    )  # fmt: skip
    after = await released(
        Place(rank=1, unit=unit, award_level="gold"), Place(rank=2, unit=unit, award_level="silver"),
        Place(rank=9, unit=other),
        **{"name": "2025 年辽宁省职业技能大赛", "tier": "provincial", "year": 2025} | now,
    )  # fmt: skip
    return before.contest_id, after.contest_id


def cells_of(text: str, heading: str, name: str) -> list[str]:
    """The cells of a row, as read, in the section under a heading."""
    section = text.split(f'aria-label="{heading}"')[1].split("</section>")[0]
    row = section.split(f"{name}</th>")[1].split("</tr>")[0]
    for mark in ("<b>", "</b>", "</span>"):
        row = row.replace(mark, "")
    return [cell.split(">")[-1].strip() for cell in row.split("</td>")[:-1]]


async def test_a_table_stands_beside_the_one_of_the_year_before(site: Site) -> None:
    _, contest_id = await two_years()
    bureau = await site.sign_in(Role.BUREAU)
    text = (await bureau.get(f"/contests/{contest_id}/delegations?by=unit")).text
    assert cells_of(text, "与 2024 年比较", "甲厂") == ["1", "2", "升 1", "2", "0", "+2", "7", "1", "+6"]
    assert cells_of(text, "与 2024 年比较", "乙校") == ["2", "1", "降 1", "0", "1", "−1", "0", "4", "−4"]
    assert text.count("按发文录入") >= 2
    token = (await Contest.select(Contest.token).where(Contest.id == contest_id).first() or {})["token"]
    public = (await site.browser().get(f"/results/{token}?by=unit")).text
    assert cells_of(public, "与 2024 年比较", "甲厂") == ["1", "2", "升 1", "2", "0", "+2", "7", "1", "+6"]


async def test_up_and_down_are_marked_by_more_than_colour(site: Site) -> None:
    _, contest_id = await two_years()
    bureau = await site.sign_in(Role.BUREAU)
    text = (await bureau.get(f"/contests/{contest_id}/delegations?by=unit")).text
    section = text.split('aria-label="与 2024 年比较"')[1]
    for icon, word in (("#up", "升 1"), ("#down", "降 1")):
        assert icon in section.split(word)[0].split("<span")[-1]


async def test_the_export_holds_the_comparison_too(site: Site) -> None:
    _, contest_id = await two_years()
    bureau = await site.sign_in(Role.BUREAU)
    table = sheet((await bureau.get(f"/contests/{contest_id}/results.xlsx")).content, "按单位")
    head = next(row for row in table if "上届位次" in row)
    first = head.index("上届位次")
    assert head[first : first + 6] == ["上届位次", "位次升降", "上届奖牌", "奖牌增减", "上届积分", "积分增减"]
    rows = {row[head.index("代表队")]: row[first : first + 6] for row in table[table.index(head) + 1 :]}
    assert rows["甲厂"] == [2, 1, 0, 2, 1, 6]
    assert rows["乙校"] == [1, -1, 1, -1, 4, -4]
    assert "与 2024 年比较：按发文录入" in str(table)


@pytest.mark.parametrize(
    "now", [{"name": "2025 年辽宁省青年职业技能大赛"}, {"tier": "national"}, {"year": 2024}, {"year": 2023}]
)
async def test_another_contest_is_not_compared_with(site: Site, now: dict[str, Any]) -> None:
    _, contest_id = await two_years(**now)
    bureau = await site.sign_in(Role.BUREAU)
    assert "年比较" not in (await bureau.get(f"/contests/{contest_id}/delegations")).text


async def test_computed_and_recorded_years_are_marked_apart(site: Site) -> None:
    scored = await finished(name="2025 年测试竞赛")
    unit = scored.units["选手1"]
    await released(
        Place(rank=1, unit=unit, award_level="gold"), name="2024 年测试竞赛", tier="municipal", year=2024
    )  # fmt: skip
    bureau = await site.sign_in(Role.BUREAU)
    text = (await bureau.get(f"/contests/{scored.contest_id}/delegations")).text
    compared = text.split('class="compared"')[1].split("</p>")[0]
    assert compared.index("2025") < compared.index("由评分计算") < compared.index("2024") < compared.index("按发文录入")


async def test_a_draft_of_the_year_before_is_not_compared_with(site: Site) -> None:
    _, contest_id = await two_years()
    rows = await ResultRevision.select(ResultRevision.id, ResultRevision.stage).order_by(ResultRevision.id)
    entry = await ResultLine.select(ResultLine.entry).where(ResultLine.revision == rows[0]["id"]).first()
    assert entry is not None
    await service.record_results(
        SYSTEM, rows[0]["stage"], [service.RecordedLine(entry["entry"], 1, "金牌", "gold")], "文号", "更正"
    )
    bureau = await site.sign_in(Role.BUREAU)
    text = (await bureau.get(f"/contests/{contest_id}/delegations?by=unit")).text
    assert cells_of(text, "与 2024 年比较", "甲厂")[1] == "2"


TABLE = "1\t沈阳市\t5\t3\t2\t8\t47\n2\t大连市\t4\t3\t2\t8\t45\n3\t鞍山市\t1\t1\t1"


async def test_the_city_s_place_is_read_over_the_years(site: Site) -> None:
    before, contest_id = await two_years()
    bureau = await site.sign_in(Role.BUREAU)
    assert 'value="大连市"' not in (await bureau.get(f"/contests/{contest_id}/published-table")).text
    for contest, table in ((before, TABLE.replace("2\t大连市", "4\t大连市")), (contest_id, TABLE)):
        answer = await bureau.submit(
            f"/contests/{contest}/published-table", rows=table, ours="大连市", source="演示〔2025〕省 40 号"
        )
        assert answer.status_code == 303
        assert 'value="大连市"' in (await bureau.get(f"/contests/{contest_id}/published-table")).text
    text = (await bureau.get(f"/contests/{contest_id}/delegations")).text
    places = [row.split("</td>")[0] for row in text.split('aria-label="历届"')[1].split('<td class="num"><b>')[1:3]]
    assert [place.replace('</b> <span class="muted">', " ").replace("</span>", "") for place in places] == [
        "2 / 3",
        "4 / 3",
    ]
    assert cells_of(text, "公布的代表队名次", "大连市") == ["2", "4", "升 2", "9", "9", "0", "45", "45", "0"]
    assert cells_of(text, "公布的代表队名次", "鞍山市")[6:] == ["—", "—", "—"]


async def test_the_published_table_comes_back_as_typed_with_every_wrong_line(site: Site) -> None:
    _, contest_id = await two_years()
    bureau = await site.sign_in(Role.BUREAU)
    address = f"/contests/{contest_id}/published-table"
    wrong = await bureau.submit(address, rows=f"{TABLE}\n4 抚顺市 x 0 0\n5 大连市 0 0 0", ours="大连市", source="文号")
    assert wrong.status_code == 422
    for text in ("第 4 行：应为", "第 5 行：“大连市”已在前面出现", "抚顺市 x 0 0"):
        assert text in wrong.text
    for fields in ({"ours": "丹东市", "source": "文号"}, {"ours": "大连市", "source": ""}):
        refused = await bureau.submit(address, rows=TABLE, **fields)
        assert (refused.status_code, TABLE in refused.text) == (422, True)
    assert await published_tables([contest_id]) == {}


async def test_a_table_recorded_again_replaces_the_first_and_both_stay_on_record(site: Site) -> None:
    _, contest_id = await two_years()
    bureau = await site.sign_in(Role.BUREAU)
    address = f"/contests/{contest_id}/published-table"
    await bureau.submit(address, rows=TABLE, ours="大连市", source="文号甲")
    assert TABLE.split("\n")[1] in (await bureau.get(address)).text
    await bureau.submit(address, rows="1 大连市 9 0 0", ours="大连市", source="文号乙")
    table = (await published_tables([contest_id]))[contest_id]
    assert ([row.name for row in table.rows], table.source) == (["大连市"], "文号乙")
    records = await AuditRecord.select().where(AuditRecord.action == "result.table_recorded").order_by(AuditRecord.id)
    assert ["文号甲" in str(record) for record in records] == [True, True]


async def test_who_may_record_a_published_table(site: Site) -> None:
    _, contest_id = await two_years()
    scored = await finished(award_rule="awards-medals")
    address = f"/contests/{contest_id}/published-table"
    for role, scope in ((Role.AUDITOR, 0), (Role.CHIEF_JUDGE, 1), (Role.ORGANISER, 4711)):
        browser = await site.sign_in(role, scope)
        assert (await browser.get(address)).status_code == 403
        assert (await browser.submit(address, rows=TABLE, ours="大连市", source="文号")).status_code == 403
    organiser = await site.sign_in(Role.ORGANISER, contest_id)
    assert (await organiser.get(address)).status_code == 200
    bureau = await site.sign_in(Role.BUREAU)
    marked_here = f"/contests/{scored.contest_id}/published-table"
    assert (await bureau.get(marked_here)).status_code == 404
    assert await published_tables([contest_id]) == {}


async def test_delegations_cost_the_same_number_of_queries_for_few_and_for_many(site: Site) -> None:
    async def cost(names: int, serial: int) -> int:
        scores = {f"选手{serial + n}": (str(99 - n), str(99 - n)) for n in range(names)}
        scored = await finished(scores, name=f"竞赛{serial}", serial=serial)
        bureau = await site.sign_in(Role.BUREAU)
        before = current_engine().queries
        assert (await bureau.get(f"/contests/{scored.contest_id}/delegations?by=unit")).status_code == 200
        return current_engine().queries - before

    assert await cost(6, 0) == await cost(30, 100)


# Columns


async def test_penalties_have_a_column_only_where_there_are_any(site: Site) -> None:
    scored = await finished(award_rule="awards-medals")
    bureau = await site.sign_in(Role.BUREAU)
    page = f"/stages/{scored.final}/results"
    assert "奖惩分" not in (await bureau.get(page)).text
    blind = await BlindNumber.select(BlindNumber.id).where(
        (BlindNumber.stage == scored.final) & (BlindNumber.entry == scored.entries["选手2"])
    ).first()  # fmt: skip
    assert blind is not None
    penalty = AdjustmentDraft(blind["id"], AdjustmentKind.PENALTY, Decimal("1.5"), "未戴护目镜", "裁判长甲")
    await adjust(SYSTEM, scored.final, penalty)
    await service.release(SYSTEM, await service.compute(SYSTEM, scored.final, "选手2 违规扣分"))
    assert "奖惩分" in (await bureau.get(page)).text
    text = (await bureau.get(page)).text
    assert "-1.50" in text.replace("−", "-")
    assert "78.50" in text
    table = sheet((await bureau.get(f"{page}.xlsx")).content, 0)
    assert [row[table[2].index("奖惩分")] for row in table[3:6]] == ["", -1.5, ""]


async def test_seeds_hold_the_worldskills_rule(database: Engine) -> None:
    await load_seeds(SYSTEM)
    found = await rulebook.current_of("awards-worldskills")
    assert found is not None
    assert found.document.standing == "found"


def a_form(code: str, criterion: str, maximum: int, title: str = "A1") -> PartDraft:
    return PartDraft(
        code, code, PartSource.PANEL, Decimal(maximum), Decimal(maximum), aggregation="mean", criterion=criterion,
        aspects=(AspectDraft(title, "尺寸", Decimal(maximum), Decimal("0.5")),),
    )  # fmt: skip


async def test_a_result_has_a_column_for_each_criterion_and_each_part_that_stands_alone(database: Engine) -> None:
    scored = await scored_contest(["甲一"])
    parts = (
        a_form("A1.M", "A", 20),
        PartDraft("T", "理论", PartSource.IMPORT, Decimal(30), Decimal(100), name_en="Theory"),
        a_form("A1.J", "A", 10, "A2"),
        a_form("B1", "B", 40),
    )
    criteria = (CriterionDraft("A", "工作组织", "Organisation"), CriterionDraft("B", "加工", "Machining"))
    await save_scheme(SYSTEM, scored.final, SchemeDraft(parts, criteria=criteria))
    columns = ("code", "name", "name_en", "weight", "maximum")
    assert [tuple(row[column] for column in columns) for row in await parts_of(scored.final)] == [
        ("A", "工作组织", "Organisation", 300_000, 300_000),
        ("T", "理论", "Theory", 300_000, 1_000_000),
        ("B", "加工", "Machining", 400_000, 400_000),
    ]


async def test_the_digest_covers_the_whole_scheme(database: Engine) -> None:
    scored = await scored_contest(["甲一"])
    stage = await stage_row(scored.final)
    assert stage is not None
    digests = set()
    for title in ("尺寸", "尺寸 ±0.1"):
        form = a_form("A1", "", 100)
        aspects = tuple(msgspec.structs.replace(aspect, title=title) for aspect in form.aspects)
        await save_scheme(SYSTEM, scored.final, SchemeDraft((msgspec.structs.replace(form, aspects=aspects),)))
        digests.add((await inputs_of(stage)).digest())
    assert len(digests) == 2


async def test_a_tie_is_broken_by_a_single_form_of_a_criterion(database: Engine) -> None:
    scored = await scored_contest(["甲一", "乙二"], tie_breaks=("A2", "A"))
    forms = tuple(
        PartDraft(code, code, PartSource.IMPORT, Decimal(50), Decimal(100), criterion="A") for code in ("A1", "A2")
    )
    async with write(SYSTEM):
        await entries.open_first_stage(SYSTEM, scored.preliminary)
        await save_scheme(SYSTEM, scored.preliminary, SchemeDraft(forms, criteria=(CriterionDraft("A", "加工"),)))
        came = dict.fromkeys(scored.entries.values(), Attendance.CHECKED_IN)
        await entries.attend(SYSTEM, scored.preliminary, came)
        await draw_numbers(SYSTEM, scored.preliminary, "test")
        await score(scored, scored.preliminary, {"甲一": ("90", "80"), "乙二": ("80", "90")})
    stage = await stage_row(scored.preliminary)
    assert stage is not None
    lines = (await inputs_of(stage)).outcome().lines
    assert [(line.entry_id, line.rank, line.total) for line in lines] == [
        (scored.entries["乙二"], 1, 85),
        (scored.entries["甲一"], 2, 85),
    ]
