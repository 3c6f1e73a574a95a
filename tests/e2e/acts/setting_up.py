"""The bureau makes the unit, the judges and the organiser; the organiser sets up the contest."""

import re

from playwright.sync_api import expect

from tests.e2e.acts.cast import JUDGES, JUDGES_UNIT, SCHOOL, Unit
from tests.e2e.acts.play import PASSWORD, Play
from tests.e2e.house import Desk

CONTEST = "示例市级技能竞赛"
DOCUMENT = "示例〔2026〕17 号"
OCCUPATION = "4-03-02-01"


def bureau_signs_in(play: Play) -> None:
    play.house.create_user("bureau", "示例处长", "bureau", PASSWORD)
    play.bureau = play.house.desk("bureau")
    play.bureau.sign_in("bureau", PASSWORD)
    play.bureau.shot("01-desk-of-the-bureau")


def bureau_registers_units(play: Play) -> None:
    _register_unit(play, SCHOOL, "院校")
    play.bureau.confirm("记录已核对")
    play.bureau.told("已记录银行账号核对无误")
    registrar = _appointed(play.bureau, "设为经办人", {"姓名": "经办老师", "登录名": "registrar"})
    play.bureau.shot("02-unit-with-registrar")
    play.registrar = play.house.desk("registrar")
    play.registrar.sign_in("registrar", registrar)
    _register_unit(play, JUDGES_UNIT, "企业")


def _register_unit(play: Play, unit: Unit, kind: str) -> None:
    desk = play.bureau
    desk.open("/units/new")
    desk.choose("类别", kind)
    desk.choose("所在区", "中山区")
    desk.fill_in({"单位名称": unit.name, "统一社会信用代码": unit.credit_code, "联系人": "联络人"})
    desk.fill("联系电话", "13900000000")
    if unit.account:
        desk.fill_in({"户名": unit.name, "开户银行": "示例银行中山支行", "银行账号": unit.account})
    desk.press("登记")
    desk.heading(unit.name)


def _appointed(desk: Desk, button: str, texts: dict[str, str]) -> str:
    """Fill in who, press, and read the first password that is shown this once."""
    desk.fill_in(texts)
    desk.press(button)
    shown = desk.page.locator(".notice").filter(has_text="初始密码")
    expect(shown).to_contain_text(texts["登录名"])
    found = re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){2}", shown.inner_text())
    assert found, shown.inner_text()
    return found[0]


def bureau_fills_the_judges_pool(play: Play) -> None:
    desk = play.bureau
    for number, judge in enumerate(JUDGES, start=1):
        desk.open("/pools/judge")
        desk.follow("入库")
        desk.fill_in({"证件号": judge.id_number, "姓名": judge.name, "单位": JUDGES_UNIT.name})
        desk.choose("身份", "职工")
        desk.choose("裁判证书级别", "市级")
        desk.fill_in({"裁判证书编号": f"SL-{number:03}", "失效日期": play.day(900), "职业编码": OCCUPATION})
        desk.fill("入库依据", "示例聘任文件")
        desk.press("入库")
        desk.told("已入库")
    expect(desk.page.get_by_role("row").filter(has_text="SL-")).to_have_count(len(JUDGES))
    desk.shot("03-judges-pool")


def bureau_makes_the_organiser(play: Play) -> None:
    """An organiser without a contest yet sets up one of their own."""
    desk = play.bureau
    desk.open("/accounts/new")
    desk.fill_in({"姓名": "赛务员", "登录名": "organiser", "初始密码": PASSWORD})
    desk.choose("角色", "赛务组")
    desk.press("建立账号")
    desk.told("已建立账号")
    play.organiser = play.house.desk("organiser")
    play.organiser.sign_in("organiser", PASSWORD)


def organiser_founds_the_contest(play: Play) -> None:
    desk = play.organiser
    desk.shot("04-desk-of-the-organiser")
    desk.open("/contests")
    desk.follow("新建竞赛")
    desk.fill("竞赛名称", CONTEST)
    desk.choose("层级", "市级")
    desk.choose("类别", "一类")
    desk.choose("竞赛类型", "院校竞赛")
    desk.press("建立竞赛")
    desk.heading(CONTEST)
    play.contest_path = _path(desk)
    expect(desk.page.get_by_label("列入当年竞赛计划")).to_have_count(0)


def bureau_puts_it_into_the_annual_plan(play: Play) -> None:
    """Money is paid for contests of the plan only, so that is the bureau's to say."""
    desk = play.bureau
    desk.open(play.contest_path)
    desk.follow("修改")
    desk.page.get_by_label("列入当年竞赛计划").check()
    desk.press("保存")
    desk.told("已保存竞赛信息")


def _path(desk: Desk) -> str:
    return re.sub(r"^https?://[^/]+|[?#].*$", "", desk.page.url)


def organiser_describes_the_contest(play: Play) -> None:
    desk = play.organiser
    desk.open(play.contest_path)
    desk.follow("修改")
    desk.fill_in({"办赛文号": DOCUMENT, "报名开始": play.moment(-3), "报名截止": play.moment(6, "17:00")})
    desk.fill_in({"开赛": play.day(7), "结束": play.day(9), "地点": "示例市中山区"})
    desk.press("保存")
    desk.told("已保存竞赛信息")
    _hosts_and_funding(desk, play.contest_path)


def _hosts_and_funding(desk: Desk, contest_path: str) -> None:
    desk.open(f"{contest_path}/hosts")
    hosts = [("政府", "主办", "示例市人社局"), ("院校", "承办", SCHOOL.name), ("企业", "协办", "示例餐饮集团")]
    for number, (kind, role, name) in enumerate(hosts, start=1):
        desk.choose(f"第 {number} 行类别", kind)
        desk.choose(f"第 {number} 行分工", role)
        desk.fill(f"第 {number} 行名称", name)
    desk.press("保存")
    desk.told("已保存办赛单位")
    desk.open(f"{contest_path}/funding")
    for source, budget, actual in (("财政", "200000", "184500.50"), ("企业", "60000", "60000")):
        group = desk.page.get_by_role("group", name=source)
        desk.fill("预算", budget, group)
        desk.fill("实际", actual, group)
    desk.press("保存")
    desk.told("已保存经费")
    desk.see("184,500.50")


def organiser_adds_the_skill(play: Play) -> None:
    """One skill of one occupation, students, a preliminary that sends six to the final."""
    desk = play.organiser
    desk.open(play.contest_path)
    desk.follow("添加赛项")
    desk.fill_in({"赛项名称": "中式烹调", "职业编码": OCCUPATION, "行业": "住宿和餐饮业"})
    desk.press("添加赛项")
    desk.heading("中式烹调")
    play.skill_path = _path(desk)
    desk.choose("组别", "学生组")
    desk.choose("奖项规则", "金银铜牌与优胜奖")
    desk.press("添加组别")
    desk.told("已添加学生组")
    _add_stage(play, "初赛", "前若干名", "6", 7)
    _add_stage(play, "决赛", "末段，不再晋级", "", 8)
    desk.open(play.skill_path)
    desk.see("前 6 名晋级")
    desk.shot("06-skill-with-stages")


def _add_stage(play: Play, stage: str, cut: str, value: str, day: int) -> None:
    desk = play.organiser
    desk.open(play.skill_path)
    desk.follow("添加阶段")
    desk.choose("阶段", stage)
    desk.choose("晋级办法", cut)
    desk.fill_in({"名额、比例或分数线": value, "同分排序": "P T"})
    desk.press("添加阶段")
    desk.heading(stage)
    play.stage_paths[stage] = _path(desk).removesuffix("/setup")
    desk.fill_in({"场地": f"示例厨房{stage}", "工位数": "10"})
    desk.fill_in({"开始时间": play.moment(day), "结束时间": play.moment(day, "17:00")})
    desk.press("添加场次")
    desk.told("已添加场次")


def organiser_appoints_the_officials(play: Play) -> None:
    for role, name, username in (
        ("裁判长", "裁判长老师", "chief"), ("录分员", "录分老师", "clerk"), ("加密裁判", "加密老师", "drawer"),
    ):  # fmt: skip
        desk = play.organiser
        desk.open(f"{play.contest_path}/staff")
        desk.choose("角色", role)
        if role == "裁判长":
            desk.choose("赛项", "1 中式烹调")
        password = _appointed(desk, "指派", {"姓名": name, "登录名": username})
        play.staff[role] = play.house.desk(username)
        play.staff[role].sign_in(username, password)
        play.staff[role].shot(f"07-desk-of-{username}")


ACTS = (
    bureau_signs_in, bureau_registers_units, bureau_fills_the_judges_pool, bureau_makes_the_organiser,
    organiser_founds_the_contest, bureau_puts_it_into_the_annual_plan,
    organiser_describes_the_contest, organiser_adds_the_skill, organiser_appoints_the_officials,
)  # fmt: skip
