"""A WorldSkills final in a real browser: a chief judge, three judges, a substitute, and everybody who watches them.

A judge who must not mark a contestant is replaced, judges too far apart mark again, a re-check grows to everything, an
appeal in time changes a mark, and what the public reads is first the result and then its correction.
"""

import os
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from competition import clock
from competition.accounts.kinds import Role
from competition.accounts.sessions import COOKIE, start_session
from competition.audit.write import SYSTEM, write
from competition.contests import service as contests
from competition.contests.kinds import ContestState
from competition.contests.tables import Contest
from competition.database.connection import open_database
from competition.marking.rules.calculation import Calculation
from competition.marking.scheme_drafts import AspectDraft, CriterionDraft, PartDraft, SchemeDraft
from competition.marking.tables import BlindNumber, Mark, Sheet
from competition.people.vault import open_vault
from competition.results.tables import ResultLine
from competition.rulebook.service import load_seeds
from tests.marking_stage import PERSON_WORD, UNIT_WORD, MarkingStage, official, seated_stage
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.server]

D = Decimal
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
OFFICE, TABLET = {"width": 1440, "height": 900}, {"width": 820, "height": 1180}
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)
CONTESTANTS, JUDGES = 4, 3
TEXTS = ("低于标准", "达到标准", "部分超过标准", "优秀")

SCHEME = SchemeDraft(
    title="焊接",
    criteria=(CriterionDraft("A", "焊缝"),),
    parts=(
        PartDraft(
            "J", "焊缝外观", "panel", D(60), D(60), criterion="A", sub_criterion="A1", day=1, method="judgement",
            aspects=(
                AspectDraft("A1.01", "成形", D(30), D(1), descriptors=TEXTS, place=1),
                AspectDraft("A1.02", "过渡", D(30), D(1), descriptors=TEXTS, place=2),
            ),
        ),
        PartDraft(
            "P", "尺寸", "panel", D(40), D(40), criterion="A", sub_criterion="A2", day=1, method="measurement",
            aspects=(
                AspectDraft("A2.01", "水压试验", D(15), D(15), calculation=Calculation("pass_fail"), place=1),
                AspectDraft("A2.02", "标识一致", D(25), D(25), place=2),
            ),
        ),
    ),
)  # fmt: skip
# What the judges give the work with this place among the numbers: two judgements, then yes or no twice.
GIVEN = {1: ("3", "3", "是", "是"), 2: ("2", "2", "是", "是"), 3: ("1", "1", "是", "否"), 4: ("1", "0", "否", "否")}


class Desk:
    """One person at a screen, signed in."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url

    async def open(self, address: str) -> None:
        await self.page.goto(self.url + address)

    async def press(self, name: str, within: Locator | None = None) -> None:
        await (within or self.page).get_by_role("button", name=name, exact=True).first.click()

    async def confirm(self, name: str, within: Locator | None = None) -> None:
        """Press what asks first, and say yes."""
        await self.press(name, within)
        await self.page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()

    async def told(self, text: str) -> None:
        await expect(self.page.locator(".notice, .toast, .error-text").filter(has_text=text).first).to_be_visible()

    def row(self, text: str) -> Locator:
        return self.page.get_by_role("row").filter(has_text=text)


class Hall:
    """Everybody of one stage; desks are opened when they are first asked for."""

    def __init__(self, browser: Browser, server: Server, stage: MarkingStage, shots: Path | None) -> None:
        self.browser, self.server, self.stage, self.shots = browser, server, stage, shots
        self.desks: dict[str, Desk] = {}
        self.faults: list[str] = []

    async def _desk(self, account_id: int | None, *, tablet: bool = False) -> Desk:
        size = TABLET if tablet else OFFICE
        context = await self.browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        if account_id is not None:
            async with write(SYSTEM) as change:
                session = await start_session(change, account_id, "code", 1)
            await context.add_cookies([{"name": COOKIE, "value": session, "url": self.server.url}])
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("response", lambda answer: answer.status >= 500 and self.faults.append(f"{answer.status} {answer.url}"))
        return Desk(page, self.server.url)

    async def person(self, role: Role, scope_id: int, name: str) -> Desk:
        if name not in self.desks:
            actor = await official(role, scope_id, name)
            self.desks[name] = await self._desk(actor.user_id)
        return self.desks[name]

    async def organiser(self) -> Desk:
        return await self.person(Role.ORGANISER, self.stage.contest_id, "赛务甲")

    async def chief(self) -> Desk:
        return await self.person(Role.CHIEF_JUDGE, self.stage.skill_id, "裁判长乙")

    async def clerk(self) -> Desk:
        return await self.person(Role.SCORE_CLERK, self.stage.contest_id, "录分员丙")

    async def supervisor(self) -> Desk:
        return await self.person(Role.SUPERVISOR, self.stage.contest_id, "仲裁丁")

    async def encryption(self) -> Desk:
        return await self.person(Role.ENCRYPTION_JUDGE, self.stage.contest_id, "加密戊")

    async def passer_by(self) -> Desk:
        if "路人" not in self.desks:
            self.desks["路人"] = await self._desk(None)
        return self.desks["路人"]

    async def tablet(self, account_id: int) -> Desk:
        key = f"tablet {account_id}"
        if key not in self.desks:
            self.desks[key] = await self._desk(account_id, tablet=True)
        return self.desks[key]

    async def shot(self, desk: Desk, name: str) -> None:
        if self.shots is not None:
            self.shots.mkdir(parents=True, exist_ok=True)
            await desk.page.screenshot(path=self.shots / f"chief-{name}.png", full_page=True)


@pytest.fixture
async def hall(address: str, tmp_path: Path, chromium_path: str) -> AsyncIterator[Hall]:
    open_vault(tmp_path)
    async with open_database(address):
        await load_seeds(SYSTEM)
        stage = await seated_stage(CONTESTANTS, JUDGES, substitutes=1, scheme=SCHEME, coached=True)
        now = clock.now()
        await contests.add_session(
            SYSTEM, stage.stage_id,
            contests.SessionDraft(venue="一号馆", starts_at=now - timedelta(hours=5), ends_at=now - timedelta(hours=1)),
        )  # fmt: skip
        await contests.set_state(SYSTEM, stage.contest_id, ContestState.RUNNING)
        shots = Path(os.environ["COMPETITION_E2E_SHOTS"]) if os.environ.get("COMPETITION_E2E_SHOTS") else None
        with Server(tmp_path, address) as server:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
                hall = Hall(browser, server, stage, shots)
                yield hall
                await browser.close()


async def test_a_final_from_the_panel_to_the_corrected_result(hall: Hall) -> None:
    await recusal_is_shown_and_substituted(hall)
    await numbers_are_drawn(hall)
    await judges_mark_and_score_again_where_they_are_apart(hall)
    await the_second_person_checks(hall)
    await the_recheck_grows_to_everything(hall)
    await the_chief_judge_signs_and_locks(hall)
    await two_people_reveal(hall)
    await the_result_is_released(hall)
    await an_appeal_in_time_changes_a_mark(hall)
    await the_correction_is_released(hall)
    assert hall.faults == []


async def recusal_is_shown_and_substituted(hall: Hall) -> None:
    """The first judge coaches a contestant: the preview says so and names the substitute before it is confirmed."""
    desk = await hall.organiser()
    stage = hall.stage
    await desk.open(f"/parts/{stage.part_ids['J']}/panel?also={stage.part_ids['P']}")
    await desk.press("保存裁判组")
    await expect(desk.page.get_by_role("heading", name="回避预览")).to_be_visible()
    await expect(desk.row("替补").get_by_role("cell").last).to_have_text("1")
    await hall.shot(desk, "01-recusal")
    await desk.press("确认并保存")
    await desk.told("已组建裁判组")


async def numbers_are_drawn(hall: Hall) -> None:
    desk = await hall.encryption()
    await desk.open(f"/stages/{hall.stage.stage_id}/draw")
    await desk.confirm("抽签")
    await desk.told("已抽签")
    sheets = await Sheet.count().where(Sheet.stage == hall.stage.stage_id)
    assert sheets == CONTESTANTS * JUDGES * 2
    standing_in = await Sheet.count().where((Sheet.stage == hall.stage.stage_id) & Sheet.seat.substitute.eq(True))
    assert standing_in == 2  # one work, two forms


async def judges_mark_and_score_again_where_they_are_apart(hall: Hall) -> None:
    numbers = await BlindNumber.select(BlindNumber.id, BlindNumber.number, BlindNumber.label).where(
        BlindNumber.stage == hall.stage.stage_id
    )
    place = {row["id"]: n for n, row in enumerate(sorted(numbers, key=lambda row: row["number"]), 1)}
    sheets = (
        await Sheet.select(
            Sheet.token, Sheet.blind, Sheet.part.code.as_alias("form"), Sheet.seat.account.as_alias("account")
        )
        .where(Sheet.stage == hall.stage.stage_id)
        .order_by(Sheet.part)
        .order_by(Sheet.blind)
        .order_by(Sheet.seat)
    )
    seen: dict[tuple[int, str], int] = {}
    for sheet in sheets:
        work, form = place[sheet["blind"]], sheet["form"]
        seen[work, form] = seen.get((work, form), 0) + 1
        first, second, *measured = GIVEN[work]
        values = [first, second] if form == "J" else measured
        apart = (work, form) == (1, "J") and seen[work, form] == 1
        tablet = await hall.tablet(sheet["account"])
        await tablet.open(f"/sheets/{sheet['token']}")
        await _enter(tablet, form, ["1", "3"] if apart else values)
        last_of_panel = (work, form) == (1, "J") and seen[work, form] == JUDGES
        await _hand_in(tablet, refused=last_of_panel)
        if last_of_panel:
            await hall.shot(tablet, "02-rescore")
            await _score_again(hall, [each for each in sheets if (place[each["blind"]], each["form"]) == (1, "J")])
    states = await Sheet.select(Sheet.state).where(Sheet.stage == hall.stage.stage_id)
    assert {row["state"] for row in states} == {"submitted"}


async def _enter(tablet: Desk, form: str, values: list[str]) -> None:
    for aspect, value in zip(await tablet.page.locator("[data-aspect]").all(), values, strict=True):
        if form == "J":
            await aspect.locator(".opt").nth(int(value)).click()
        else:
            await aspect.locator(".yn .opt").filter(has_text=value).click()
        await expect(aspect.locator("[data-state]")).to_contain_text("已保存")


async def _hand_in(tablet: Desk, *, refused: bool = False) -> None:
    page = tablet.page
    await tablet.press("核对并签名")
    await sign(page, page.get_by_role("img", name="签名区"))
    await page.get_by_label("已逐项核对").check()
    await tablet.press("提交评分表")
    if refused:
        await expect(page.locator(".rescore-notice")).to_contain_text("须会商后重评：A1.01")
    else:
        await expect(page.get_by_text("已提交的评分表只读")).to_be_visible()
    shown = await page.content()
    assert PERSON_WORD not in shown
    assert UNIT_WORD not in shown


async def sign(page: Page, pad: Locator) -> None:
    """A stroke with the pointer."""
    box = await pad.bounding_box()
    assert box
    left, middle = box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.5
    await page.mouse.move(left, middle)
    await page.mouse.down()
    for step, rise in enumerate((-30, 25, -20, 30), start=1):
        await page.mouse.move(left + 40 * step, middle + rise)
    await page.mouse.up()


async def _score_again(hall: Hall, sheets: list[dict[str, object]]) -> None:
    """All three marked A1.01 apart: 1, 3, 3. Each enters it again; nobody sees another's mark."""
    for sheet in sheets:
        tablet = await hall.tablet(int(str(sheet["account"])))
        await tablet.open(f"/sheets/{sheet['token']}")
        first = tablet.page.locator("[data-aspect]").first
        await expect(first.locator("[data-state]")).to_contain_text("重评")
        await first.locator("[data-clear]").click()
        await expect(first.locator("[data-state]")).to_contain_text("未录")
        await first.locator(".opt").nth(3).click()
        await expect(first.locator("[data-state]")).to_contain_text("已保存")
        await _hand_in(tablet)


async def the_second_person_checks(hall: Hall) -> None:
    desk = await hall.clerk()
    numbers = (
        await BlindNumber.select(BlindNumber.id)
        .where(BlindNumber.stage == hall.stage.stage_id)
        .order_by(BlindNumber.number)
    )
    for row in numbers:
        await desk.open(f"/numbers/{row['id']}")
        await desk.press("核对无误")
        await desk.told(f"已核对 {2 * JUDGES} 份")
    await hall.shot(desk, "03-checked")


async def the_recheck_grows_to_everything(hall: Hall) -> None:
    """One of the works drawn is wrong, more than 5 %: the others are re-checked too."""
    chief, clerk = await hall.chief(), await hall.clerk()
    address = f"/stages/{hall.stage.stage_id}/rechecks"
    await chief.open(address)
    await chief.page.get_by_label("种子").fill("现场摇号 7")
    await chief.confirm("抽取")
    await chief.told("已抽取")
    await clerk.open(address)
    works = await clerk.page.locator("tr[id^='work-']").count()
    assert 0 < works < CONTESTANTS
    await _tick(clerk, wrong=True)
    await expect(clerk.page.get_by_text("未抽到的全部复核").first).to_be_visible()
    await expect(clerk.page.locator("tr[id^='work-']")).to_have_count(CONTESTANTS)
    await hall.shot(clerk, "04-recheck-full")
    while await clerk.page.get_by_text("登记结论").count():
        await _tick(clerk, wrong=False)
    await chief.open(f"/stages/{hall.stage.stage_id}/room")
    await expect(chief.page.get_by_text("复核有误的 1 件待裁判长处理").first).to_be_visible()
    await hall.shot(chief, "05-room")
    await chief.open(address)
    act = chief.page.locator("details.proc__act").filter(has_text="维持原分的理由")
    await act.locator("summary").click()
    await act.get_by_label("维持原分的理由").fill("纸面为草稿，系统所录无误")
    await hall.shot(chief, "05-answer")
    await chief.press("维持原分", act)
    await chief.told("已答复")


async def _tick(desk: Desk, *, wrong: bool) -> None:
    act = desk.page.locator("details.proc__act").filter(has_text="登记结论").first
    await act.locator("summary").click()
    await act.get_by_label("有误" if wrong else "无误", exact=True).check()
    if wrong:
        await act.get_by_label(re.compile("有误的评分表")).fill("1")
        await act.get_by_label(re.compile("差错说明")).fill("一份评分表与纸面不一致，已核实以系统为准")
    await act.get_by_role("button", name="登记", exact=True).click()
    await desk.told("差错率超过限度" if wrong else "已记无误")


async def the_chief_judge_signs_and_locks(hall: Hall) -> None:
    desk = await hall.chief()
    await desk.open(f"/stages/{hall.stage.stage_id}/days")
    await hall.shot(desk, "06-days")
    act = desk.page.locator("#day-1, section").filter(has_text="签第 1 评分日").locator("details").first
    await act.locator("summary").click()
    await sign(desk.page, act.get_by_role("img", name="签名区"))
    await desk.press("签字", act)
    await desk.told("已签第 1 评分日")
    await desk.open(f"/stages/{hall.stage.stage_id}/room")
    await desk.press("签字")
    dialog = desk.page.get_by_role("dialog")
    await sign(desk.page, dialog.get_by_role("img", name="签名区"))
    await desk.press("签字", dialog)
    await desk.told("已签字")
    await desk.confirm("锁定")
    await desk.told("已锁定本阶段")


async def two_people_reveal(hall: Hall) -> None:
    address = f"/stages/{hall.stage.stage_id}/draw"
    first, second = await hall.encryption(), await hall.supervisor()
    await first.open(address)
    await first.confirm("申请解密")
    await first.told("请另一人登录后确认")
    await expect(first.page.get_by_role("button", name="确认解密", exact=True)).to_have_count(0)
    await second.open(address)
    await second.confirm("确认解密")
    await second.told("已解密")


async def the_result_is_released(hall: Hall) -> None:
    desk, passer = await hall.organiser(), await hall.passer_by()
    await desk.open(f"/stages/{hall.stage.stage_id}/results")
    await desk.press("计算成绩")
    await desk.told("已计算，草稿未发布")
    address = await _public_address(hall)
    with_result = passer.page.get_by_role("row").filter(has_text=PERSON_WORD)
    await passer.open(address)
    await expect(with_result).to_have_count(0)
    await desk.confirm("发布成绩")
    await desk.told("成绩已发布")
    await hall.shot(desk, "07-released")
    await passer.open(address)
    # A1.01 and A1.02 all 3: 60, measured 40; then 2/3 of 60 + 40; 20 + 15; 10
    totals = [await row.get_by_role("cell").last.inner_text() for row in await with_result.all()]
    assert totals == ["100.00", "80.00", "35.00", "10.00"]


async def _public_address(hall: Hall) -> str:
    contest = await Contest.select(Contest.token).where(Contest.id == hall.stage.contest_id).first()
    assert contest is not None
    return f"/results/{contest['token']}/{hall.stage.group_id}?stage=final"


async def an_appeal_in_time_changes_a_mark(hall: Hall) -> None:
    """Recorded within two hours of the session's end, upheld by the one arbiter, carried out by the chief judge."""
    organiser, arbiter, chief = await hall.organiser(), await hall.supervisor(), await hall.chief()
    address = f"/stages/{hall.stage.stage_id}/appeals"
    label = await _label(hall, 3)
    await organiser.open(address)
    await organiser.page.locator("#f-arbiter").select_option(label="仲裁丁")
    await organiser.press("指定")
    options = organiser.page.locator("#f-blind option").filter(has_text=label)
    await organiser.page.locator("#f-blind").select_option(value=await options.first.get_attribute("value"))
    await organiser.page.get_by_label(re.compile("领队")).fill("领队己")
    await organiser.page.get_by_label(re.compile("事项")).fill("标识与编号一致，应得分")
    await organiser.press("登记申诉")
    await organiser.told("已受理")
    await arbiter.open(address)
    await arbiter.page.get_by_role("row").filter(has_text=label).get_by_role("link").first.click()
    await arbiter.page.get_by_label("申诉成立").check()
    await arbiter.page.get_by_label(re.compile("理由")).fill("核对实物，标识与编号一致")
    await arbiter.confirm("裁决")
    await arbiter.told("裁决为最终裁决")
    await hall.shot(arbiter, "08-appeal")
    await chief.open(address)
    await chief.page.get_by_role("row").filter(has_text=label).get_by_role("link").first.click()
    await chief.page.get_by_role("link", name=re.compile("作品号")).last.click()
    for seat in range(JUDGES):
        corrections = chief.page.locator("tr").filter(has_text="A2.02").locator("details.correction")
        act = corrections.nth(seat)
        await act.locator("summary").click()
        await act.get_by_label("新分值").fill("25")
        await act.get_by_label("原因").fill("申诉第 1 号裁决")
        await act.get_by_role("button", name="更正", exact=True).click()
        await chief.told("已更正")
    revised = await Mark.count().where((Mark.number == 2) & (Mark.reason == "申诉第 1 号裁决"))
    assert revised == JUDGES
    await hall.shot(chief, "09-corrected")


async def _label(hall: Hall, place: int) -> str:
    rows = (
        await BlindNumber.select(BlindNumber.label)
        .where(BlindNumber.stage == hall.stage.stage_id)
        .order_by(BlindNumber.number)
    )
    return rows[place - 1]["label"]


async def the_correction_is_released(hall: Hall) -> None:
    desk, passer = await hall.organiser(), await hall.passer_by()
    await desk.open(f"/stages/{hall.stage.stage_id}/results")
    await desk.page.get_by_text("更正成绩", exact=True).click()
    await desk.page.get_by_label(re.compile("更正原因")).fill("申诉第 1 号裁决")
    await desk.press("计算更正草稿")
    await desk.told("已计算，草稿未发布")
    address = await _public_address(hall)
    await passer.open(address)
    rows = passer.page.get_by_role("row").filter(has_text=PERSON_WORD)
    assert [await row.get_by_role("cell").last.inner_text() for row in await rows.all()][2] == "35.00"
    await desk.confirm("发布更正")
    await desk.told("成绩已发布")
    await passer.open(address)
    assert [await row.get_by_role("cell").last.inner_text() for row in await rows.all()][2] == "60.00"
    await expect(passer.page.get_by_text("申诉第 1 号裁决").first).to_be_visible()
    await hall.shot(passer, "10-corrected-public")
    kept = await ResultLine.count().where(ResultLine.revision._.stage == hall.stage.stage_id)
    assert kept == 2 * CONTESTANTS
