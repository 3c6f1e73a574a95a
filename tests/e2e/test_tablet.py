"""The judge's tablet in a real browser: what is typed is kept, sent once, and never decided over the judge's head."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from competition.accounts.sessions import COOKIE, start_session
from competition.audit.write import SYSTEM, write
from competition.database.connection import open_database
from competition.exact import SCALE, from_units, plain
from competition.marking import service as marking
from competition.marking.rules.calculation import Band, Calculation, Choice
from competition.marking.service.controls import earning, mark_text
from competition.marking.service.schemes import AspectRow, awarded
from competition.marking.tables import Mark, Sheet
from tests.conftest import empty
from tests.judged_stage import judged_stage
from tests.marking_stage import SIGNATURE, aspect_ids, drawn_stage, judge_actor, sheets_of
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.server]

ARGUMENTS = ["--no-sandbox", "--disable-gpu"]
PORTRAIT = {"width": 820, "height": 1180}
expect.set_options(timeout=20_000)


class Desk:
    """One judge, two tablets, the first sheet."""

    def __init__(self, browser: Browser, server: Server, sheet: str, session: str) -> None:
        self.browser, self.server, self.sheet, self.session = browser, server, sheet, session
        self.contexts: list[BrowserContext] = []

    async def tablet(self) -> tuple[BrowserContext, Page]:
        context = await self.browser.new_context(viewport=PORTRAIT)  # type: ignore[arg-type]  # a ViewportSize
        self.contexts.append(context)
        await context.add_cookies([{"name": COOKIE, "value": self.session, "url": self.server.url}])
        page = await context.new_page()
        await page.goto(f"{self.server.url}/sheets/{self.sheet}")
        return context, page

    async def leave(self) -> None:
        for context in self.contexts:
            await context.close()

    async def values(self) -> list[tuple[int, Any]]:
        rows = await Mark.select(Mark.number, Mark.value).where(Mark.sheet.token == self.sheet).order_by(Mark.id)
        return [(row["number"], row["value"]) for row in rows]

    async def wait_for(self, expected: list[tuple[int, Any]]) -> None:
        for _ in range(200):
            if await self.values() == expected:
                return
            await asyncio.sleep(0.1)
        assert await self.values() == expected


@pytest.fixture(scope="module")
async def tablets(chromium_path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def emptied(server: Server) -> AsyncIterator[None]:
    """The server's database, with nothing of the test before."""
    await empty(server.database)
    async with open_database(server.database):
        yield


async def sit_down(browser: Browser, server: Server, panel_id: int) -> Desk:
    """The first judge of a panel."""
    actor = await judge_actor(panel_id)
    assert actor.user_id is not None
    async with write(SYSTEM) as change:
        session = await start_session(change, actor.user_id, "code", 1)
    [sheet] = await sheets_of(panel_id)
    return Desk(browser, server, str(sheet["token"]), session)


@pytest.fixture
async def desk(tablets: Browser, server: Server, emptied: None) -> AsyncIterator[Desk]:
    stage = await drawn_stage(1)
    desk = await sit_down(tablets, server, stage.panel_id)
    yield desk
    await desk.leave()


async def test_a_mark_is_saved_by_itself_after_the_last_key(desk: Desk) -> None:
    _context, page = await desk.tablet()
    for key in "26.5":
        await page.click(f'[data-key="{key}"]')
    await desk.wait_for([(1, 265000)])
    await expect(page.locator(".item__st").first).to_contain_text("已保存")


async def test_minus_leaves_a_blank_blank_and_clear_goes_back_to_it(desk: Desk) -> None:
    _context, page = await desk.tablet()
    await page.click('[data-key="down"]')
    await page.click('[data-key="0"]')
    await desk.wait_for([(1, 0)])
    await page.click('[data-key="clear"]')
    await desk.wait_for([(1, 0), (2, None)])
    await expect(page.locator(".item .readout").first).to_have_class("readout is-blank")


async def test_what_was_typed_offline_survives_a_reload_and_is_sent_once(desk: Desk) -> None:
    context, page = await desk.tablet()
    await context.route("**/marks/**", lambda route: route.abort())
    await page.keyboard.type("20")
    await page.keyboard.press("Enter")
    await page.keyboard.type("21")
    await page.keyboard.press("Enter")
    await expect(page.locator("#sync")).to_contain_text("离线，2 项待发送")
    await page.reload()
    await expect(page.locator(".readout b").nth(1)).to_have_text("21")
    assert await desk.values() == []
    await context.unroute("**/marks/**")
    await page.evaluate("dispatchEvent(new Event('online'))")
    await desk.wait_for([(1, 200000), (1, 210000)])
    await expect(page.locator("#sync")).to_contain_text("已保存")


async def test_a_lost_answer_is_asked_for_again_and_saves_nothing_twice(desk: Desk) -> None:
    context, page = await desk.tablet()

    async def lose_the_answer(route: Any) -> None:
        await route.fetch()
        await route.abort()

    await context.route("**/marks/**", lose_the_answer, times=1)
    await page.keyboard.type("20")
    await expect(page.locator("#sync")).to_contain_text("已保存")
    assert await desk.values() == [(1, 200000)]


async def test_the_refused_value_stays_with_the_reason(desk: Desk) -> None:
    _context, page = await desk.tablet()
    await page.keyboard.type("35")
    await expect(page.locator(".item__problem")).to_contain_text("35 超过满分 30")
    await expect(page.locator(".readout b").first).to_have_text("35")
    assert await desk.values() == []


async def test_in_a_conflict_the_judge_chooses(desk: Desk) -> None:
    _one, first = await desk.tablet()
    _two, second = await desk.tablet()
    await second.keyboard.type("16.5")
    await desk.wait_for([(1, 165000)])
    await first.keyboard.type("17")
    await expect(first.locator(".clash__two button")).to_have_count(2)
    await expect(first.locator("#sync")).to_contain_text("冲突 1 项")
    assert await desk.values() == [(1, 165000)]
    await first.locator(".clash__two button").first.click()
    await desk.wait_for([(1, 165000), (2, 170000)])


async def test_a_sheet_signed_offline_is_handed_in_when_the_network_is_back(desk: Desk) -> None:
    context, page = await desk.tablet()
    await context.set_offline(True)
    for value in ("20", "21", "30"):
        await page.keyboard.type(value)
        await page.keyboard.press("Enter")
    await page.click("#bar-main")
    await page.locator(".sign-words summary").click()
    await page.fill("#sign-words", "裁判长当面确认，右手受伤")
    await page.check("#read-back")
    await page.click('.jbar [type="submit"]')
    await expect(page.locator("#sign-error")).to_contain_text("签名已留在本机")
    assert await desk.values() == []
    await context.set_offline(False)
    await expect(page.get_by_text("已提交的评分表只读")).to_be_visible(timeout=20000)
    assert len(await desk.values()) == 3
    assert await Sheet.select(Sheet.state).where(Sheet.token == desk.sheet).first() == {"state": "submitted"}


# WorldSkills forms


class Form:
    """The judges of one form, the first of them with a tablet."""

    def __init__(self, desk: Desk, panel: int, aspects: dict[str, int]) -> None:
        self.desk, self.panel, self.aspects = desk, panel, aspects

    async def others_hand_in(self, values: Sequence[str]) -> None:
        for seat in (2, 3):
            actor, [sheet] = await judge_actor(self.panel, seat), await sheets_of(self.panel, seat)
            marks = {
                self.aspects[code]: Decimal(value) for code, value in zip(sorted(self.aspects), values, strict=True)
            }
            await marking.save_marks(actor, int(str(sheet["id"])), marks)
            await marking.submit_sheet(actor, str(sheet["token"]), SIGNATURE)

    async def states(self) -> list[str]:
        rows = await Sheet.select(Sheet.state).where(Sheet.seat.panel == self.panel).order_by(Sheet.id)
        return [row["state"] for row in rows]


async def form(browser: Browser, server: Server, code: str) -> Form:
    stage, panels = await judged_stage()
    desk = await sit_down(browser, server, panels[code])
    return Form(desk, panels[code], await aspect_ids(stage.stage_id, code))


@pytest.fixture
async def judged(tablets: Browser, server: Server, emptied: None) -> AsyncIterator[Form]:
    judged = await form(tablets, server, "A1.J")
    yield judged
    await judged.desk.leave()


@pytest.fixture
async def measured(tablets: Browser, server: Server, emptied: None) -> AsyncIterator[Form]:
    measured = await form(tablets, server, "A1.M")
    yield measured
    await measured.desk.leave()


def answer(page: Page, aspect: str, value: str) -> Any:
    return page.locator(f'[data-name="{aspect}"] input[value="{value}"]')


async def sign_and_hand_in(page: Page) -> None:
    await page.click("#bar-main")
    if not await page.locator(".sign-words").get_attribute("open"):
        await page.locator(".sign-words summary").click()
    await page.fill("#sign-words", "裁判长当面确认，右手受伤")
    await page.check("#read-back")
    await page.click('.jbar [type="submit"]')


async def test_a_touched_score_is_saved_and_clear_makes_it_blank(judged: Form) -> None:
    _context, page = await judged.desk.tablet()
    await answer(page, "A1.01", "0").click()
    await judged.desk.wait_for([(1, 0)])
    aspect = page.locator('[data-name="A1.01"]')
    await expect(aspect.locator("[data-state]")).to_contain_text("已保存")
    await expect(aspect).not_to_have_class("is-blank")
    await aspect.get_by_role("button", name="清除 A1.01").click()
    await judged.desk.wait_for([(1, 0), (2, None)])
    await expect(aspect.locator("[data-state]")).to_contain_text("未录")
    await expect(aspect.locator("input:checked")).to_have_count(0)


async def test_a_judgement_by_the_keys_of_a_keyboard(judged: Form) -> None:
    _context, page = await judged.desk.tablet()
    await page.keyboard.press("3")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowLeft")  # blank stays blank
    for _ in range(3):
        await page.keyboard.press("ArrowRight")
    await judged.desk.wait_for([(1, 30000), (1, 20000)])
    await expect(answer(page, "A1.02", "2")).to_be_checked()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("0")
    await judged.desk.wait_for([(1, 30000), (1, 20000), (1, 0)])
    await expect(page.locator("#bar-main")).to_have_text("核对并签名")


async def test_judgements_touched_offline_survive_a_reload_and_are_sent_once(judged: Form) -> None:
    context, page = await judged.desk.tablet()
    await context.route("**/marks/**", lambda route: route.abort())
    await answer(page, "A1.01", "2").click()
    await answer(page, "A1.02", "0").click()
    await expect(page.locator("#sync")).to_contain_text("离线，2 项待发送")
    await page.reload()
    await expect(answer(page, "A1.02", "0")).to_be_checked()
    await expect(page.locator('[data-name="A1.02"] [data-state]')).to_contain_text("待发送")
    assert await judged.desk.values() == []
    await context.unroute("**/marks/**")
    await page.evaluate("dispatchEvent(new Event('online'))")
    await judged.desk.wait_for([(1, 20000), (1, 0)])
    await expect(page.locator("#sync")).to_contain_text("已保存")


async def test_a_panel_too_far_apart_scores_again_on_the_tablet(judged: Form) -> None:
    await judged.others_hand_in(["2", "2", "3"])
    _context, page = await judged.desk.tablet()
    for aspect, value in (("A1.01", "2"), ("A1.02", "1"), ("A1.03", "1")):
        await answer(page, aspect, value).click()
    await judged.desk.wait_for([(1, 20000), (1, 10000), (1, 10000)])
    await sign_and_hand_in(page)
    await expect(page.locator('[data-name="A1.03"] [data-state]')).to_contain_text("重评")
    await expect(page.locator("#bar-main")).to_have_text("重评 A1.03")
    assert await judged.states() == ["open"] * 3
    await page.click("#bar-main")
    await answer(page, "A1.03", "1").click()  # the same again
    await judged.desk.wait_for([(1, 20000), (1, 10000), (1, 10000), (2, 10000)])
    await expect(page.locator("#bar-main")).to_have_text("核对并签名")
    await sign_and_hand_in(page)
    await expect(page.get_by_text("已提交的评分表只读")).to_be_visible(timeout=10000)
    assert await judged.states() == ["submitted", "open", "open"]


async def test_a_judge_who_handed_in_sees_the_sheet_open_again(judged: Form) -> None:
    _context, page = await judged.desk.tablet()
    for aspect in ("A1.01", "A1.02", "A1.03"):
        await answer(page, aspect, "0").click()
    await sign_and_hand_in(page)
    await expect(page.get_by_text("已提交的评分表只读")).to_be_visible(timeout=10000)
    with pytest.raises(Exception, match="须会商后重评"):
        await judged.others_hand_in(["2", "0", "0"])
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.locator("#bar-main")).to_have_text("重评 A1.01")


async def test_every_kind_of_measurement_is_entered_and_read_back(measured: Form) -> None:
    _context, page = await measured.desk.tablet()
    await answer(page, "A1.11", "0.5").click()
    partial = page.locator('[data-name="A1.12"]')
    await partial.locator("[data-readout]").click()
    for key in "0.75":
        await page.click(f'[data-key="{key}"]')
    await answer(page, "A1.13", "1").click()
    steps = page.locator('[data-name="A1.14"]')
    await steps.locator('[data-nudge="-1"]').click()  # blank stays blank
    for _ in range(5):
        await steps.locator('[data-nudge="1"]').click()
    await answer(page, "A1.15", "2").click()
    height = page.locator('[data-name="A1.16"]')
    await height.locator("[data-readout]").click()
    for key in "1.7":
        await page.click(f'[data-key="{key}"]')
    await expect(height.locator("[data-band].is-on")).to_have_text("1.6–20.60")
    length = page.locator('[data-name="A1.17"]')
    await length.locator("[data-readout]").click()
    for key in "120.6":
        await page.click(f'[data-key="{key}"]')
    await expect(length.locator("[data-got]")).to_have_text("本项得 1.60 · 差 0.6，扣 0.40")
    await expect(page.locator("#bar-main")).to_have_text("核对并签名")
    await page.click("#bar-main")
    read = {row: await page.locator(f'[data-read="{aspect}"]').inner_text() for row, aspect in measured.aspects.items()}
    assert list(read.values()) == ["是", "0.75", "是", "5 / 6", "3–5°", "1.7", "120.6"]
    await expect(page.locator('[data-read="sum"]')).to_have_text("6.40")
    await measured.desk.wait_for([(1, units) for units in (5000, 7500, 10000, 50000, 20000, 17000, 1206000)])


async def test_a_count_of_none_is_said_outright(measured: Form) -> None:
    _context, page = await measured.desk.tablet()
    await page.locator('[data-name="A1.14"] [data-set="0"]').click()
    await measured.desk.wait_for([(1, 0)])
    await expect(page.locator('[data-name="A1.14"] [data-got]')).to_have_text("本项得 0.00")


async def test_two_tablets_on_one_sheet_warn_on_both(judged: Form) -> None:
    _one, first = await judged.desk.tablet()
    await expect(first.locator("#sync")).to_be_visible()
    await first.wait_for_timeout(500)
    _two, second = await judged.desk.tablet()
    warning = "本表已在另一台平板上打开，两处录入会产生冲突"
    await expect(second.get_by_text(warning)).to_be_visible()
    await first.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(first.get_by_text(warning)).to_be_visible()
    await answer(first, "A1.01", "2").click()
    await answer(second, "A1.02", "3").click()
    await judged.desk.wait_for([(1, 20000), (1, 30000)])


async def test_a_conflict_of_two_answers_is_the_judges_to_settle(measured: Form) -> None:
    _one, first = await measured.desk.tablet()
    _two, second = await measured.desk.tablet()
    await answer(second, "A1.15", "2").click()
    await measured.desk.wait_for([(1, 20000)])
    await answer(first, "A1.15", "3").click()
    choices = first.locator(".clash__two button b")
    await expect(choices).to_have_text(["大于 5°", "3–5°"])
    await choices.first.click()
    await measured.desk.wait_for([(1, 20000), (2, 30000)])


D = Decimal
RULES = (
    Calculation("pass_fail"),
    Calculation("completed", total=7),
    Calculation("choice", "percent", choices=(Choice("甲"), Choice("乙", D("12.5")), Choice("丙", D(100)))),
    Calculation("ranged", "percent", bands=(Band(D(1), D(2), D("33.3")), Band(D(2), D(3), D("66.7")))),
    Calculation("ranged", bands=(Band(D(0), D("1.5"), D("0.75")), Band(D("1.6"), D(2), D("0.3")))),
    Calculation("difference", target=D(3), tolerance=D("0.2"), interval=D("0.3"), deduction=D("0.25")),
    Calculation("difference", "percent", target=D(2), interval=D("0.5"), deduction=D("7.5")),
)


async def test_the_tablet_works_out_what_the_server_does(measured: Form) -> None:
    _context, page = await measured.desk.tablet()
    cases, expected = [], []
    for rule in RULES:
        whole = rule.kind in ("completed", "choice")
        row = AspectRow(1, "A", "甲", "", D("1.75"), D(1), calculation=rule)
        entries = range(1 if rule.kind == "choice" else 0, 4) if whole else range(0, 60)
        for entry in entries:
            units = entry * SCALE if whole else entry * SCALE // 10
            cases.append([earning(row), plain(from_units(units))])
            expected.append(mark_text(from_units(awarded(row, units))))
    shown = await page.evaluate(
        "cases => cases.map(([rule, entered]) => earning.text(earning.of(rule, entered), 2))", cases
    )
    assert shown == expected
