"""The judge's tablet in a real browser: what is typed is kept, sent once, and never decided over the judge's head."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from competition.accounts.sessions import COOKIE, start_session
from competition.audit.write import SYSTEM, write
from competition.database.connection import open_database
from competition.marking.tables import Mark, Sheet
from competition.people.vault import open_vault
from tests.marking_stage import drawn_stage, judge_actor, sheets_of
from tests.server.running import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.server]

ARGUMENTS = ["--no-sandbox", "--disable-gpu"]
PORTRAIT = {"width": 820, "height": 1180}


class Desk:
    """One judge, two tablets, the first sheet."""

    def __init__(self, browser: Browser, server: RunningServer, sheet: str, session: str) -> None:
        self.browser, self.server, self.sheet, self.session = browser, server, sheet, session

    async def tablet(self) -> tuple[BrowserContext, Page]:
        context = await self.browser.new_context(viewport=PORTRAIT)  # type: ignore[arg-type]  # a ViewportSize
        await context.add_cookies([{"name": COOKIE, "value": self.session, "url": self.server.url}])
        page = await context.new_page()
        await page.goto(f"{self.server.url}/sheets/{self.sheet}")
        return context, page

    async def values(self) -> list[tuple[int, Any]]:
        rows = await Mark.select(Mark.number, Mark.value).where(Mark.sheet.token == self.sheet).order_by(Mark.id)
        return [(row["number"], row["value"]) for row in rows]

    async def wait_for(self, expected: list[tuple[int, Any]]) -> None:
        for _ in range(100):
            if await self.values() == expected:
                return
            await asyncio.sleep(0.1)
        assert await self.values() == expected


@pytest.fixture
async def desk(address: str, tmp_path: Path) -> AsyncIterator[Desk]:
    open_vault(tmp_path)
    async with open_database(address):
        stage = await drawn_stage(1)
        actor = await judge_actor(stage.panel_id)
        assert actor.user_id is not None
        async with write(SYSTEM) as change:
            session = await start_session(change, actor.user_id, "code", 1)
        [sheet] = await sheets_of(stage.panel_id)
        with RunningServer(tmp_path, address) as server:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
                yield Desk(browser, server, str(sheet["token"]), session)
                await browser.close()


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
    await expect(page.locator("#sync")).to_contain_text("已保存", timeout=15000)
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
