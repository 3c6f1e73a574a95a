"""The bureau drafts the subsidy batch, checks it, puts it on notice, and both lists are opened."""

from pathlib import Path
from typing import Any

import openpyxl
from playwright.sync_api import expect

from tests.e2e.acts import expected
from tests.e2e.acts.cast import CONTESTANTS, SCHOOL
from tests.e2e.acts.play import Play
from tests.e2e.acts.setting_up import CONTEST, DOCUMENT
from tests.e2e.house import saved

RATE = 1500
PAID = sorted(expected.FINAL_ORDER)
SUM = RATE * len(PAID)
CAPITAL = "柒仟伍佰元整"


def bureau_drafts_the_batch(play: Play) -> None:
    """Five came to the final and are due; the sixth did not and is left out with the reason."""
    desk = play.bureau
    desk.open("/subsidies")
    desk.press("起草批次", desk.row(CONTEST))
    desk.told("已按决赛名单起草")
    desk.see("7,500.00")
    desk.see(CAPITAL)
    desk.see("合计与明细一致")
    desk.shot("50-batch-drafted")
    desk.follow("剔除 1")
    expect(desk.row(expected.ABSENT)).to_contain_text("缺席")
    desk.shot("51-excluded")


def bureau_checks_and_gives_notice(play: Play) -> None:
    """Approval waits for the end of the notice, and says so."""
    desk = play.bureau
    desk.open("/subsidies")
    desk.follow("市级 01 批")
    play.batch_path = desk.page.url
    desk.confirm("核对无误")
    expect(desk.button("开始公示")).to_be_visible()
    desk.confirm("开始公示")
    approve = desk.button("批准发放")
    expect(approve).to_have_attribute("aria-disabled", "true")
    reason = desk.page.locator(f"[id='{approve.get_attribute('aria-describedby')}']")
    expect(reason).to_contain_text("公示")
    desk.shot("52-batch-on-notice")


def working_list_is_right(play: Play) -> None:
    desk = play.bureau
    desk.open(play.batch_path)
    desk.press("工作名单 xlsx")
    desk.fill("用途", "报送财政拨付", desk.dialog())
    with desk.page.expect_download() as caught:
        desk.press("导出并记录", desk.dialog())
    path = saved(caught.value)
    found = _persons(path)
    numbers = {each.name: each.id_number for each in CONTESTANTS}
    assert sorted(row["选手"] for row in found) == PAID
    assert [row["金额"] for row in found] == [RATE] * len(PAID)
    assert [row["证件号码"] for row in found] == [numbers[row["选手"]] for row in found]
    assert {(row["单位"], row["统一社会信用代码"], row["账号"]) for row in found} == {
        (SCHOOL.name, SCHOOL.credit_code, SCHOOL.account)
    }
    assert {(row["竞赛"], row["文号"], row["层级"], row["标准"]) for row in found} == {
        (CONTEST, DOCUMENT, "市级", RATE)
    }
    assert _total_by_unit(path) == SUM


def public_list_is_masked(play: Play) -> None:
    """Persons and amounts as in the working list, and no whole number of anybody in any sheet."""
    desk = play.bureau
    desk.open(play.batch_path)
    path = desk.download("公示名单 xlsx")
    found = _persons(path)
    assert sorted(row["选手"] for row in found) == PAID
    assert [row["金额"] for row in found] == [RATE] * len(PAID)
    assert _total_by_unit(path) == SUM
    everything = " ".join(str(cell.value) for sheet in openpyxl.load_workbook(path) for row in sheet for cell in row)
    for contestant in CONTESTANTS:
        assert contestant.id_number not in everything
        assert contestant.phone not in everything
    assert SCHOOL.account not in everything
    assert all("*" in row["证件号码"] for row in found)


def _persons(path: Path) -> list[dict[str, Any]]:
    """The first sheet: headings, then one row per person and nothing else."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    titles, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip((str(title) for title in titles), row, strict=True)) for row in rows]


def _total_by_unit(path: Path) -> int:
    """The second sheet sums the units; its last row has the whole, also in words."""
    sheet = openpyxl.load_workbook(path).worksheets[1]
    titles, *units, total = sheet.iter_rows(values_only=True)
    amount = titles.index("金额")
    assert total[0] == "合计"
    assert any(CAPITAL in str(cell) for cell in total)
    assert sum(unit[amount] for unit in units) == total[amount]
    return total[amount]


def school_sees_its_money(play: Play) -> None:
    desk = play.registrar
    desk.open("/my-subsidies")
    for name in PAID:
        expect(desk.row(name)).to_contain_text("1,500")
    desk.shot("53-own-subsidies")


ACTS = (
    bureau_drafts_the_batch, bureau_checks_and_gives_notice, working_list_is_right, public_list_is_masked,
    school_sees_its_money,
)  # fmt: skip
