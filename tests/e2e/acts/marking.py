"""A stage is marked: check-in, draw, five tablets, theory by workbook, second check, signature, lock, reveal."""

import re
from decimal import Decimal
from pathlib import Path

import openpyxl
from playwright.sync_api import Locator, Page, expect

from competition.documents.qr import qr_svg
from tests.e2e.acts import expected
from tests.e2e.acts.cast import CONTESTANTS, JUDGES, SCHOOL
from tests.e2e.acts.play import InStage, Play
from tests.e2e.house import TABLET, Desk


def check_in(play: Play, stage: str, absent: str = "") -> None:
    """Everybody at the door but the absent one."""
    desk = play.staff["录分员"]
    desk.open(f"{play.stage_paths[stage]}/check-in")
    desk.tick("选中全部")
    if absent:
        desk.row(absent).get_by_role("checkbox").uncheck()
    desk.press("登记所选")
    desk.told("已检录")
    if absent:
        desk.row(absent).get_by_role("checkbox").check()
        desk.choose("登记为", "缺席")
        desk.press("登记所选")
        desk.told("缺席")
    desk.shot(f"20-check-in-{stage}")


def draw(play: Play, stage: str, first: str) -> None:
    """The encryption judge draws, and alone may read which number is whose."""
    desk = play.staff["加密裁判"]
    desk.open(f"{play.stage_paths[stage]}/marking")
    desk.fill("起始编号", first)
    desk.shot(f"21-before-the-draw-{stage}")
    desk.confirm("抽签")
    desk.told("已抽签")
    desk.shot(f"22-drawn-{stage}")
    desk.confirm("打开对照表")
    table = desk.page.get_by_role("table", name="编号与选手对照")
    expect(table).to_be_visible()
    rows = [row.inner_text().split("\t") for row in table.get_by_role("row").all()[1:]]
    play.labels[stage] = {cells[0].strip(): cells[1].strip() for cells in rows}
    stations = [cells[4].strip() for cells in rows]
    assert sorted(stations, key=int) == [str(number) for number in range(1, len(rows) + 1)]


def judges_sign_in(play: Play, stage: str) -> None:
    """By the address in the QR code of their seat, each on a tablet of their own."""
    desk = play.organiser
    desk.open(f"{play.stage_paths[stage]}/panels")
    desk.follow("裁判登录码")
    with desk.context.expect_page() as opened:
        desk.press("出码并打印")
    cards = opened.value.get_by_role("listitem")
    expect(cards).to_have_count(len(JUDGES))
    if desk.shots:
        opened.value.screenshot(path=desk.shots / f"23-code-cards-{stage}.png", full_page=True)
    addresses = [_address_in_the_code(cards.nth(place)) for place in range(len(JUDGES))]
    opened.value.close()
    for seat, address in enumerate(addresses):
        if len(play.judges) <= seat:
            play.judges.append(play.house.desk(f"judge-{seat + 1}", TABLET))
        tablet = play.judges[seat]
        tablet.open(address)
        tablet.heading(JUDGES[seat].name)
        tablet.press("进入评分")
        tablet.heading("我的评分")
    play.judges[0].shot(f"24-works-{stage}")


def _address_in_the_code(card: Locator) -> str:
    """The address printed on the card, which is the one its code holds."""
    found = re.search(r"http\S+/sign-in/[\w-]+", card.inner_text())
    assert found, card.inner_text()
    drawn = card.locator("svg.qr path").last.get_attribute("d")
    assert drawn
    assert drawn in qr_svg(found[0], title="")
    return found[0]


def judges_mark(play: Play, stage: str) -> None:
    """All five at once, work by work: while one tablet sends a sheet, the next one is being marked.

    By the keypad; in the preliminary after the first work by the keys of a keyboard, which is the other way in.
    """
    first = min(play.labels[stage])
    for label, name in play.labels[stage].items():
        for seat, tablet in enumerate(play.judges):
            _turn_to(tablet, label)
            enter = _by_keyboard if stage == "初赛" and label != first else _by_keypad
            enter(tablet, expected.marks(stage, name, seat))
            _hand_in(tablet, expected.marks(stage, name, seat), shoot=seat == 0 and label == first)
    for tablet in play.judges:
        expect(tablet.page.get_by_text("已提交的评分表只读")).to_be_visible()
        tablet.follow("回到列表", tablet.page.locator("body"))
        expect(tablet.page.get_by_text("已全部提交").first).to_be_visible()
        _shows_no_contestant(tablet.page)
    play.judges[0].shot(f"27-all-handed-in-{stage}")


def _turn_to(tablet: Desk, label: str) -> None:
    """From the list, or from the sheet handed in before."""
    page = tablet.page
    to_next = page.get_by_role("link", name=f"评下一件 {label}")
    to_next.or_(page.get_by_role("link").filter(has_text=re.compile(rf"^\s*{label}\s*未开始"))).click()
    expect(page).to_have_title(re.compile(rf"作品号 {label}"))


def _by_keypad(tablet: Desk, marks: tuple[Decimal, ...]) -> None:
    keypad = tablet.page.get_by_role("group", name="数字键盘")
    for value in marks:
        for key in _keys(value):
            tablet.press("小数点" if key == "." else key, keypad)
        tablet.press("下一项", keypad)


def _by_keyboard(tablet: Desk, marks: tuple[Decimal, ...]) -> None:
    for value in marks:
        tablet.page.keyboard.type(_keys(value))
        tablet.page.keyboard.press("Enter")


def _keys(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _hand_in(tablet: Desk, marks: tuple[Decimal, ...], *, shoot: bool) -> None:
    """Read back, sign with the pointer, hand in."""
    page = tablet.page
    if shoot:
        expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
        _shows_no_contestant(page)
        tablet.shot("25-sheet-marked")
    tablet.press("核对并签名")
    total = page.get_by_role("row", name="本表合计").get_by_role("cell").last
    expect(total).to_have_text(_keys(sum(marks, Decimal(0))))
    sign(page, page.get_by_role("img", name="签名区"))
    page.get_by_label("已逐项核对").check()
    if shoot:
        tablet.shot("26-sheet-signed")
    tablet.press("提交评分表")


def sign(page: Page, pad: Locator) -> None:
    """A stroke with the pointer."""
    box = pad.bounding_box()
    assert box
    left, middle = box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.5
    page.mouse.move(left, middle)
    page.mouse.down()
    for step, rise in enumerate((-30, 25, -20, 30), start=1):
        page.mouse.move(left + 40 * step, middle + rise)
    page.mouse.up()


def _shows_no_contestant(page: Page) -> None:
    shown = page.content()
    for contestant in CONTESTANTS:
        assert contestant.name not in shown
    assert SCHOOL.name not in shown


def clerk_imports_theory(play: Play, stage: str) -> None:
    desk = play.staff["录分员"]
    desk.open(f"{play.stage_paths[stage]}/imports")
    desk.follow("录入或导入")
    template = desk.download("下载模板")
    desk.upload("工作簿", _theory_filled(desk, template, stage, spoilt=True))
    desk.press("导入")
    desk.see("处须改正，未导入任何一行")
    desk.shot(f"28-theory-refused-{stage}")
    desk.upload("工作簿", _theory_filled(desk, template, stage, spoilt=False))
    desk.press("导入")
    desk.told("已导入")
    for name in play.labels[stage].values():
        score = format(expected.theory(stage, name), "f")
        expect(desk.row(name).get_by_label("成绩")).to_have_value(score)


def _theory_filled(desk: Desk, template: Path, stage: str, *, spoilt: bool) -> Path:
    """By contestant number, as the page lists them; spoilt: one score above the maximum."""
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    heading_row = next(row for row in sheet.iter_rows() if "参赛号" in [str(cell.value).rstrip("*") for cell in row])
    columns = {str(cell.value).rstrip("*"): cell.column for cell in heading_row}
    listed = [row for row in desk.page.get_by_role("row").all() if row.get_by_label("成绩").count()]
    for place, row in enumerate(listed):
        name = row.get_by_role("rowheader").inner_text().split("\n")[0].strip()
        at = heading_row[0].row + 1 + place
        sheet.cell(at, columns["参赛号"], row.get_by_role("cell").first.inner_text().strip())
        score = "101" if spoilt and not place else format(expected.theory(stage, name), "f")
        sheet.cell(at, columns["成绩"], score)
    path = template.with_name(f"theory-{stage}-{spoilt}.xlsx")
    book.save(path)
    return path


def clerk_checks(play: Play, stage: str) -> None:
    """The chief judge cannot sign before the second person's check, and is told why."""
    chief, clerk = play.staff["裁判长"], play.staff["录分员"]
    room = f"{play.stage_paths[stage]}/room"
    sheets = len(JUDGES) * len(play.labels[stage])
    chief.open(room)
    chief.see(f"{sheets} 份评分表已提交，未经第二人核对")
    expect(chief.button("签字")).to_have_attribute("aria-disabled", "true")
    chief.shot(f"29-room-before-the-check-{stage}")
    clerk.open(room)
    for number, label in enumerate(play.labels[stage]):
        clerk.follow("下一件" if number else label)
        clerk.heading(f"作品号 {label}")
        clerk.press("核对无误")
        clerk.told(f"已核对 {len(JUDGES)} 份")
    clerk.shot(f"30-checked-{stage}")


def chief_signs_and_locks(play: Play, stage: str) -> None:
    desk = play.staff["裁判长"]
    desk.open(f"{play.stage_paths[stage]}/room")
    desk.press("签字")
    sign(desk.page, desk.dialog().get_by_role("img", name="签名区"))
    desk.shot(f"31-signing-{stage}")
    desk.press("签字", desk.dialog())
    desk.told("已签字")
    desk.confirm("锁定")
    desk.told("已锁定本阶段")
    desk.shot(f"32-locked-{stage}")


def two_people_reveal(play: Play, stage: str) -> None:
    """The encryption judge asks and cannot confirm; the organiser does."""
    asking, confirming = play.staff["加密裁判"], play.organiser
    asking.open(f"{play.stage_paths[stage]}/draw")
    asking.confirm("申请解密")
    asking.told("已申请解密")
    expect(asking.button("确认解密")).to_have_count(0)
    asking.shot(f"33-reveal-asked-{stage}")
    confirming.open(f"{play.stage_paths[stage]}/draw")
    confirming.see("封存，解密后公开")
    confirming.confirm("确认解密")
    confirming.told("工位号已解密")
    confirming.shot(f"33-revealed-{stage}")


def organiser_opens_the_preliminary(play: Play) -> None:
    desk = play.organiser
    desk.open(f"{play.stage_paths['初赛']}/roster")
    desk.confirm("编入已通过的报名")
    desk.told(f"已编入 {len(CONTESTANTS)} 项报名")
    desk.shot("19-roster")


def _of(stage: str, absent: str, first: str) -> list[InStage]:
    """The acts of one stage. Its blind numbers begin with `first`, so that no two stages share one."""
    following = (
        judges_sign_in, judges_mark, clerk_imports_theory, clerk_checks, chief_signs_and_locks,
        two_people_reveal,
    )  # fmt: skip
    door = [InStage(check_in, stage, absent), InStage(draw, stage, first)]
    return [*door, *(InStage(act, stage) for act in following)]


PRELIMINARY = (organiser_opens_the_preliminary, *_of("初赛", "", "1"))
FINAL = tuple(_of("决赛", expected.ABSENT, "21"))
