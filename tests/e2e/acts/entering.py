"""The school registers by form and by workbook, the organiser decides, the school mends what came back."""

from pathlib import Path

import openpyxl
from playwright.sync_api import expect

from tests.e2e.acts.cast import BY_FORM, BY_WORKBOOK, COACHES, CONTESTANTS, Someone
from tests.e2e.acts.play import Play
from tests.e2e.house import Desk

RETURNED = BY_WORKBOOK[0]
REASON = "现有等级须填写"


def school_registers_by_form(play: Play) -> None:
    """First with a wrong check digit: the field says the right one, and what was typed stays."""
    desk = play.registrar
    desk.open("/desk")
    desk.shot("12-desk-of-the-registrar")
    desk.open("/my-entries")
    desk.follow("逐个报名")
    desk.field("赛项和组别").select_option(index=1)
    desk.press("填写选手")
    right = BY_FORM.id_number
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    _fill_in(desk, BY_FORM, wrong)
    desk.press("提交报名")
    contestant = desk.page.get_by_role("group", name="选手")
    assert desk.error_at("证件号码", contestant) == f"校验位不符：末位应为 {right[-1]}，现为 {wrong[-1]}"
    expect(desk.field("姓名", contestant)).to_have_value(BY_FORM.name)
    expect(desk.field("证件号码", contestant)).to_have_value(wrong)
    desk.shot("13-wrong-id-number")
    desk.fill("证件号码", right, contestant)
    desk.press("提交报名")
    desk.told("已提交报名")
    desk.heading(BY_FORM.name)
    assert right not in desk.page.content()


def _fill_in(desk: Desk, contestant: Someone, number: str) -> None:
    group = desk.page.get_by_role("group", name="选手")
    desk.fill_in({"姓名": contestant.name, "证件号码": number, "联系电话": contestant.phone}, group)
    coach = desk.page.get_by_role("group", name="主教练", exact=True)
    desk.fill_in({"姓名": COACHES[0].name, "证件号码": COACHES[0].id_number, "联系电话": COACHES[0].phone}, coach)


def school_registers_by_workbook(play: Play) -> None:
    """Downloads the template, fills it in, is shown the one bad cell, mends it and uploads again."""
    desk = play.registrar
    desk.open("/my-entries")
    desk.follow("导入报名表")
    template = desk.download("下载模板")
    desk.upload("填好的报名表", _filled(template, wrong_skill=True))
    desk.press("上传并校对")
    desk.see("行有误，1 处")
    desk.shot("14-import-with-an-error")
    desk.follow("改好后重新上传")
    desk.upload("填好的报名表", _filled(template, wrong_skill=False))
    desk.press("上传并校对")
    desk.see("行可导入")
    desk.press(f"导入 {len(BY_WORKBOOK)} 行")
    desk.see(f"{len(BY_WORKBOOK)} 项")
    desk.open("/my-entries")
    for contestant in CONTESTANTS:
        expect(desk.row(contestant.name)).to_contain_text("待审核")
    desk.shot("15-own-entries")


def _filled(template: Path, *, wrong_skill: bool) -> Path:
    """The template filled in, in the first row with a skill that does not exist if wanted."""
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    heading_row = next(row for row in sheet.iter_rows() if "姓名" in str(row[1].value))
    columns = {str(cell.value).rstrip("*"): cell.column for cell in heading_row}
    for place, contestant in enumerate(BY_WORKBOOK):
        coach = COACHES[place % 2]
        cells = {
            "序号": str(place + 1), "姓名": contestant.name, "证件号码": contestant.id_number,
            "赛项": "中式烹饪法" if wrong_skill and not place else "中式烹调", "组别": "学生",
            "主教练": coach.name, "主教练证件号码": coach.id_number, "联系电话": contestant.phone,
        }  # fmt: skip
        for title, value in cells.items():
            sheet.cell(heading_row[0].row + 1 + place, columns[title], value)
    path = template.with_name(f"filled-{wrong_skill}.xlsx")
    book.save(path)
    return path


def organiser_returns_one(play: Play) -> None:
    desk = play.organiser
    desk.open(play.contest_path)
    desk.follow(f"报名 {len(CONTESTANTS)}")
    desk.shot("16-entries")
    desk.follow(RETURNED.name)
    desk.fill("原因", REASON)
    desk.press("退回", desk.page.get_by_role("region", name="退回或不予通过"))
    desk.told("已办理：退回")


def school_mends_and_resubmits(play: Play) -> None:
    desk = play.registrar
    desk.open("/my-entries")
    expect(desk.row(RETURNED.name)).to_contain_text(REASON)
    desk.follow(RETURNED.name)
    desk.follow("修改")
    desk.told(REASON)
    desk.choose("现有职业技能等级", "中级工（四级）")
    desk.press("重新提交")
    desk.told("已重新提交")
    desk.shot("17-resubmitted")


def organiser_approves_all(play: Play) -> None:
    """First a preview of how many, then the decision."""
    desk = play.organiser
    desk.open(f"{play.contest_path}/entries")
    desk.tick("选中本页全部")
    desk.press("通过所选")
    desk.shot("18-approving")
    desk.press(f"通过 {len(CONTESTANTS)} 项")
    desk.told(f"通过：{len(CONTESTANTS)} 项")
    for contestant in CONTESTANTS:
        expect(desk.row(contestant.name)).to_contain_text("已通过")


def organiser_starts_the_contest(play: Play) -> None:
    """From now on the school can no longer enter anybody."""
    desk = play.organiser
    desk.open(play.contest_path)
    desk.confirm("开始比赛")
    desk.told("竞赛状态改为“比赛”")
    play.registrar.open("/my-entries")
    expect(play.registrar.page.get_by_role("link", name="逐个报名")).to_have_count(0)


ACTS = (
    school_registers_by_form, school_registers_by_workbook, organiser_returns_one, school_mends_and_resubmits,
    organiser_approves_all, organiser_starts_the_contest,
)  # fmt: skip
