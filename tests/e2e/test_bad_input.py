"""A judge's tablet when things go wrong: marks that are none, a second tablet, a dead network, a reload meanwhile."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from playwright.sync_api import Locator, expect

from competition.accounts import service as accounts
from competition.audit.write import SYSTEM
from competition.database.connection import open_database
from competition.marking.tables import PanelSeat
from tests.conftest import empty
from tests.e2e.house import TABLET, Desk, House
from tests.marking_stage import drawn_stage
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.server]

PASSWORD = "lamp-river-stone-42"
LABEL = "001"
SAVES = "**/sheets/*/marks/*"


async def _draw(server: Server) -> str:
    """A stage drawn for five judges and three contestants, and nothing else; the username of the first judge."""
    await empty(server.database)
    async with open_database(server.database):
        stage = await drawn_stage(contestants=3, judges=5)
        seat = (
            await PanelSeat.select(PanelSeat.account, PanelSeat.account.username.as_alias("username"))
            .where((PanelSeat.panel == stage.panel_id) & (PanelSeat.number == 1))
            .first()
        )
        assert seat is not None
        await accounts.set_password(SYSTEM, seat["account"], PASSWORD)
        return seat["username"]


@pytest.fixture
def judge(server: Server) -> str:
    """In a thread of its own, for Playwright has a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_draw(server))).result()


@pytest.fixture
def tablet(judge: str, house: House) -> Iterator["Tablet"]:
    yield Tablet(house.desk("judge", TABLET), judge)
    assert house.faults == []


class Tablet:
    """A desk with the first sheet of the judge open."""

    def __init__(self, desk: Desk, username: str) -> None:
        self.desk, self.username = desk, username
        self.page = desk.page
        desk.sign_in(username, PASSWORD)
        self.page.get_by_role("link").filter(has_text=LABEL).click()
        self.keypad = self.page.get_by_role("group", name="数字键盘")
        expect(self.keypad).to_be_visible()

    def item(self, name: str) -> Locator:
        return self.page.get_by_role("listitem").filter(has=self.page.get_by_role("button", name=name))

    def key_in(self, name: str, value: str) -> None:
        """Choose the aspect, type on the keypad and go on."""
        self.item(name).get_by_role("button", name=name).click()
        for key in value:
            self.desk.press("小数点" if key == "." else key, self.keypad)
        self.desk.press("下一项", self.keypad)

    def shows(self, name: str, text: str) -> None:
        expect(self.item(name)).to_contain_text(text)

    def says(self, text: str) -> None:
        """The state of sending, in the head."""
        expect(self.page.locator("#sync")).to_contain_text(text)


def on_another_tablet(house: House, tablet: Tablet) -> Tablet:
    return Tablet(house.desk("judge-elsewhere", TABLET), tablet.username)


def test_a_mark_above_its_maximum_is_not_saved_and_stays_to_be_mended(tablet: Tablet) -> None:
    tablet.key_in("味感", "31")
    expect(tablet.item("味感").get_by_role("alert")).to_contain_text("30")
    tablet.shows("味感", "31")
    tablet.says("1 项未保存")
    tablet.desk.shot("70-above-maximum")
    tablet.key_in("味感", "30")
    expect(tablet.item("味感").get_by_role("alert")).to_have_count(0)
    tablet.shows("味感", "已保存")


def test_a_mark_off_its_step_is_not_saved_and_stays_to_be_mended(tablet: Tablet) -> None:
    tablet.key_in("味感", "20.3")
    expect(tablet.item("味感").get_by_role("alert")).to_contain_text("0.5")
    tablet.shows("味感", "20.3")
    tablet.page.reload()
    tablet.shows("味感", "20.3")
    tablet.key_in("味感", "20.5")
    tablet.shows("味感", "已保存")


def test_blank_is_not_zero_and_the_sheet_waits_for_what_is_missing(tablet: Tablet) -> None:
    tablet.key_in("味感", "0")
    tablet.shows("味感", "已保存")
    tablet.key_in("质感", "10")
    tablet.item("质感").get_by_role("button", name="质感").click()
    tablet.desk.press("清除，改回未录", tablet.keypad)
    tablet.shows("质感", "未录")
    expect(tablet.page.get_by_text("已录 1 / 3 项")).to_be_visible()
    expect(tablet.desk.button("下一未录项 质感")).to_be_visible()
    expect(tablet.desk.button("核对并签名")).to_have_count(0)


def test_two_tablets_on_one_sheet_show_both_values_and_the_judge_chooses(tablet: Tablet, house: House) -> None:
    other = on_another_tablet(house, tablet)
    other.key_in("味感", "25")
    other.shows("味感", "已保存")
    tablet.key_in("味感", "28")
    box = tablet.item("味感").get_by_role("alert")
    expect(box).to_contain_text("同一项有两个值")
    mine, theirs = (box.get_by_role("button").filter(has_text=side) for side in ("本机", "服务器"))
    expect(mine).to_contain_text("28")
    expect(theirs).to_contain_text("25")
    tablet.says("冲突 1 项")
    expect(tablet.desk.button("处理冲突 味感")).to_be_visible()
    tablet.desk.shot("71-conflict")
    mine.click()
    tablet.shows("味感", "已保存")
    other.page.reload()
    other.shows("味感", "28")


def test_marks_made_offline_wait_and_are_sent_when_the_network_is_back(tablet: Tablet, house: House) -> None:
    with tablet.desk.permitting("net::ERR_INTERNET_DISCONNECTED"):
        tablet.desk.context.set_offline(True)
        tablet.key_in("味感", "21.5")
        tablet.key_in("质感", "22")
        tablet.shows("味感", "待发送")
        tablet.says("离线，2 项待发送")
        tablet.desk.shot("72-offline")
        tablet.desk.context.set_offline(False)
        tablet.says("已保存")
    tablet.shows("味感", "已保存")
    other = on_another_tablet(house, tablet)
    other.shows("味感", "21.5")
    other.shows("质感", "22")


def test_a_reload_keeps_what_is_waiting(tablet: Tablet, house: House) -> None:
    """The page comes back, only the marks do not get through: as behind a failing access point."""
    with tablet.desk.permitting("net::ERR_FAILED"):
        tablet.desk.context.route(SAVES, lambda route: route.abort())
        tablet.key_in("味感", "21.5")
        tablet.says("离线，1 项待发送")
        tablet.page.reload()
        tablet.shows("味感", "21.5")
        tablet.says("离线，1 项待发送")
        tablet.desk.context.unroute(SAVES)
        tablet.page.reload()
        tablet.says("已保存")
    on_another_tablet(house, tablet).shows("味感", "21.5")


def test_a_whole_sheet_marked_and_signed_offline_is_handed_in_later(tablet: Tablet, house: House) -> None:
    with tablet.desk.permitting("net::ERR_INTERNET_DISCONNECTED"):
        tablet.desk.context.set_offline(True)
        for name, value in (("味感", "20"), ("质感", "20"), ("观感", "35")):
            tablet.key_in(name, value)
        tablet.desk.press("核对并签名")
        tablet.page.get_by_text("不便手写").click()
        tablet.page.get_by_label("裁判长当面确认").fill("裁判长 手伤")
        tablet.page.get_by_label("已逐项核对").check()
        tablet.desk.press("提交评分表")
        tablet.desk.see("签名已留在本机，联网后自动送达")
        tablet.desk.shot("73-signed-offline")
        tablet.desk.context.set_offline(False)
        tablet.desk.see("已提交的评分表只读")
