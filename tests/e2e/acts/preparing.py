"""The organiser writes the marking schemes, seats the panels and publishes; a mistake in the weights is refused."""

from playwright.sync_api import Locator, expect

from tests.e2e.acts.cast import JUDGES
from tests.e2e.acts.play import Play
from tests.e2e.house import Desk

ASPECTS = (("A", "观感", "10"), ("B", "味感", "90"))
STEP = "0.5"


def organiser_writes_the_scheme(play: Play) -> None:
    """Theory imported 30 %, practice by a panel 70 % with the highest and the lowest dropped."""
    desk = play.organiser
    desk.open(f"{play.stage_paths['初赛']}/scheme")
    _theory(desk, weight="40")
    desk.press("加一个部分")
    _practice(desk)
    desk.press("保存评分标准")
    expect(desk.page.get_by_role("alert")).to_contain_text("100")
    desk.shot("08-scheme-refused")
    desk.fill("权重", "30", _part(desk, 1))
    desk.press("保存评分标准")
    desk.told("已保存评分标准")
    desk.shot("09-scheme")


def _part(desk: Desk, number: int) -> Locator:
    return desk.page.get_by_role("group", name=f"第 {number} 部分")


def _theory(desk: Desk, weight: str) -> None:
    part = _part(desk, 1)
    desk.fill_in({"代码": "T", "名称": "理论", "权重": weight, "满分": "100"}, part.locator(".form__grid"))
    desk.choose("来源", "成绩导入", part)
    desk.press("删除", part)


def _practice(desk: Desk) -> None:
    part = _part(desk, 2)
    desk.fill_in({"代码": "P", "名称": "实操", "权重": "70", "满分": "100"}, part.locator(".form__grid"))
    desk.choose("来源", "裁判评分", part)
    desk.choose("合成方法", "去高去低平均", part)
    desk.fill_in({"去最高分": "1", "去最低分": "1"}, part)
    for number, (code, title, maximum) in enumerate(ASPECTS):
        if number:
            desk.press("加评分项", part)
        row = part.get_by_role("row").nth(number + 1)
        desk.fill_in({"代码": code, "评分项": title, "满分": maximum, "步长": STEP}, row)


def organiser_copies_the_scheme_to_the_final(play: Play) -> None:
    desk = play.organiser
    desk.open(f"{play.stage_paths['决赛']}/scheme")
    desk.field("从其他阶段复制").select_option(index=0)
    desk.confirm("复制")
    desk.told("已复制评分标准")


def organiser_seats_the_panels(play: Play) -> None:
    for stage in ("初赛", "决赛"):
        desk = play.organiser
        desk.open(f"{play.stage_paths[stage]}/panels")
        desk.follow("组建裁判组")
        desk.fill("裁判组名称", f"{stage}裁判组")
        for seat, judge in enumerate(JUDGES, start=1):
            option = desk.field(f"{seat} 席").get_by_role("option").filter(has_text=judge.name)
            desk.field(f"{seat} 席").select_option(value=option.get_attribute("value"))
        desk.press("保存裁判组")
        desk.told("已组建裁判组")
        expect(desk.page.get_by_role("row").filter(has_text="评委")).to_have_count(len(JUDGES))
    play.organiser.shot("10-panel")


def organiser_publishes(play: Play) -> None:
    desk = play.organiser
    desk.open(play.contest_path)
    desk.shot("11-contest-before-publishing")
    desk.confirm("发布竞赛")
    desk.told("竞赛状态改为“报名”")


ACTS = (
    organiser_writes_the_scheme, organiser_copies_the_scheme_to_the_final, organiser_seats_the_panels,
    organiser_publishes,
)  # fmt: skip
