"""Promotions and seedlings: the rule proposes, its document is the bureau's to change, and a person decides."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.acts import expected
from tests.e2e.acts.cast import CONTESTANTS, SCHOOL
from tests.e2e.acts.play import Play

RULE = "市级竞赛直接晋级（天津）"
LEAST = "[body.conditions.min_entrants]\nvalue = "
# The one who said at registration what level she has; for the others a rise of more than one step wants a reason.
WITH_LEVEL = CONTESTANTS[1].name
BY_HAND = expected.FINAL_ORDER[0]
SENT_BACK = expected.FINAL_ORDER[4]


def bureau_lowers_the_least_number_of_entrants(play: Play) -> None:
    """The final has five contestants; the document as shipped asks for ten. A new version of it is uploaded."""
    desk = play.bureau
    desk.open("/rules")
    desk.follow(RULE)
    path = desk.download("下载文件")
    text = path.read_text("utf-8")
    assert f"{LEAST}10" in text
    changed = path.with_name("changed.toml")
    Path(changed).write_text(text.replace(f"{LEAST}10", f"{LEAST}5"), "utf-8")
    desk.open("/rules")
    desk.upload("TOML 文件", changed)
    desk.press("上传并启用")
    desk.told("已启用新版本")
    desk.shot("60-rule")


def bureau_approves_promotions(play: Play) -> None:
    """Students in ranks 1 to 10 of a first-class municipal contest: 高级工, by this rule; a person approves."""
    desk = play.bureau
    desk.open("/promotions")
    for rank, name in enumerate(expected.FINAL_ORDER, start=1):
        expect(desk.row(name)).to_contain_text("高级工")
        expect(desk.row(name).get_by_role("cell").nth(2)).to_have_text(f"{rank} / {len(expected.FINAL_ORDER)}")
    desk.shot("61-proposed")
    desk.tick(f"选择 {WITH_LEVEL}")
    desk.fill("批量办理理由", "条件全部满足")
    desk.confirm("核准所选")
    desk.told("已办理 1 件")


def bureau_decides_case_by_case(play: Play) -> None:
    """Where the rule wants a person to look, approving needs a reason; another case goes back to be completed."""
    desk = play.bureau
    desk.open("/promotions")
    desk.follow(BY_HAND)
    desk.heading("直接晋级")
    case = desk.page.get_by_role("article", name=BY_HAND)
    expect(case).to_contain_text("示例，待按本年文件确认")
    desk.shot("62-case")
    desk.press("核准为高级工", case)
    expect(desk.page.get_by_role("alert").first).to_contain_text("理由")
    case.get_by_role("textbox").first.fill("学籍与水平已核对")
    desk.press("核准为高级工", case)
    desk.told(BY_HAND)
    desk.open("/promotions")
    desk.follow(SENT_BACK)
    case = desk.page.get_by_role("article", name=SENT_BACK)
    case.get_by_role("textbox").first.fill("补交在校证明")
    desk.press("退回补正", case)
    desk.told(SENT_BACK)
    desk.shot("63-decided")


def approved_levels_are_on_record(play: Play) -> None:
    desk = play.bureau
    for name in (WITH_LEVEL, BY_HAND):
        desk.open(f"/persons?q={name}")
        desk.follow(name)
        desk.see("高级工（三级）")
    desk.shot("64-person-with-level")


def bureau_takes_in_the_seedlings(play: Play) -> None:
    desk = play.bureau
    desk.open("/seedlings")
    waiting = desk.page.get_by_role("table", name="待确认")
    for name in expected.FINAL_ORDER:
        expect(waiting.get_by_role("row").filter(has_text=name)).to_be_visible()
    desk.shot("65-seedlings-proposed")
    desk.tick("全选")
    desk.press("所选入库")
    desk.told(f"已办理 {len(expected.FINAL_ORDER)} 人")
    seeds = desk.page.locator("#board").get_by_role("listitem")
    for name in expected.FINAL_ORDER:
        expect(seeds.filter(has_text=name).first).to_contain_text(SCHOOL.name)
    desk.shot("66-seedlings")
    desk.open("/pools/seedling")
    expect(desk.page.get_by_role("row").filter(has_text=SCHOOL.name)).to_have_count(len(expected.FINAL_ORDER))


ACTS = (
    bureau_approves_promotions, bureau_decides_case_by_case, approved_levels_are_on_record,
    bureau_takes_in_the_seedlings,
)  # fmt: skip
