"""A stage's result is computed, ranked and released; outside nothing is seen before, and exactly that afterwards."""

import re
from decimal import Decimal

from playwright.sync_api import expect

from tests.e2e.acts import expected
from tests.e2e.acts.cast import CONTESTANTS, SCHOOL
from tests.e2e.acts.play import InStage, Play
from tests.e2e.acts.setting_up import CONTEST


def passer_by_sees_nothing(play: Play, stage: str) -> None:
    """Home, the contest's page and the group's board: no name and no total of this stage on any of them."""
    desk = play.passer_by or play.house.desk("passer-by")
    play.passer_by = desk
    desk.open("/")
    desk.follow(CONTEST)
    play.public_path = re.sub(r"^https?://[^/]+|[?#].*$", "", desk.page.url)
    board = f"{play.public_path}/{_group_id(play)}?stage={'preliminary' if stage == '初赛' else 'final'}"
    for address in ("/", play.public_path, board):
        with desk.permitting("status of 404"):
            desk.open(address)
        shown = desk.page.get_by_role("main").inner_text()
        totals = {format(expected.total(stage, name), ".2f") for name in expected.strength(stage)}
        assert not [total for total in totals if total in shown], address
        if stage == "初赛":
            assert not [each.name for each in CONTESTANTS if each.name in shown], address
    desk.shot(f"40-before-the-release-{stage}")


def _group_id(play: Play) -> str:
    desk = play.organiser
    desk.open(play.skill_path)
    address = desk.page.get_by_role("link", name="编辑").first.get_attribute("href")
    found = re.fullmatch(r"/groups/(\d+)/edit", address or "")
    assert found, address
    return found[1]


def organiser_computes(play: Play, stage: str) -> None:
    desk = play.organiser
    desk.open(f"{play.contest_path}/results")
    desk.follow("计算成绩")
    desk.press("计算成绩")
    desk.told("已计算，草稿未发布")
    ranked = [name for name in expected.strength(stage) if name != (expected.ABSENT if stage == "决赛" else "")]
    for rank, name in enumerate(ranked, start=1):
        cells = desk.row(name).get_by_role("cell")
        expect(cells.first).to_have_text(str(rank))
        expect(desk.row(name)).to_contain_text(_two_digits(expected.total(stage, name)))
    if stage == "初赛":
        expect(desk.page.get_by_role("row").filter(has_text="晋级").get_by_role("rowheader")).to_have_text(
            ranked[: expected.FINALISTS]
        )
    desk.shot(f"41-draft-{stage}")


def _two_digits(total: Decimal) -> str:
    return format(total, ".2f")


def organiser_releases(play: Play, stage: str) -> None:
    desk = play.organiser
    desk.open(f"{play.stage_paths[stage]}/results")
    desk.press("发布成绩")
    asked = desk.dialog().inner_text()
    assert "立即对外公开" in asked
    desk.press("发布成绩", desk.dialog())
    desk.told("成绩已发布")
    desk.shot(f"42-released-{stage}")


def passer_by_sees_the_result(play: Play, stage: str) -> None:
    desk = play.passer_by
    assert desk is not None
    desk.open("/")
    desk.shot(f"43-public-home-{stage}")
    desk.follow(f"中式烹调 学生组 {stage}")
    ranked = [name for name in expected.strength(stage) if name != (expected.ABSENT if stage == "决赛" else "")]
    for rank, name in enumerate(ranked, start=1):
        row = desk.row(name)
        expect(row.get_by_role("cell").first).to_have_text(str(rank))
        expect(row.get_by_role("cell").last).to_have_text(_two_digits(expected.total(stage, name)))
    shown = desk.page.content()
    assert not [each for each in CONTESTANTS if each.id_number in shown or each.phone in shown]
    desk.shot(f"44-public-board-{stage}")
    desk.follow(ranked[0])
    desk.heading("成绩核验")
    desk.see(ranked[0])
    desk.shot(f"45-verified-{stage}")


def finalists_have_their_places(play: Play) -> None:
    desk = play.organiser
    desk.open(f"{play.stage_paths['决赛']}/roster")
    names = [each.name for each in CONTESTANTS[: expected.FINALISTS]]
    expect(desk.page.get_by_role("rowheader")).to_have_text(names)
    desk.shot("46-roster-of-the-final")


def winners_and_delegations(play: Play) -> None:
    """Five took part in the final: by the small-field rule a gold and a silver."""
    desk = play.bureau
    desk.open(f"{play.contest_path}/winners")
    expect(desk.row(expected.FINAL_ORDER[0])).to_contain_text("金牌")
    expect(desk.row(expected.FINAL_ORDER[1])).to_contain_text("银牌")
    expect(desk.page.get_by_role("row").filter(has_text=SCHOOL.name)).to_have_count(2)
    desk.shot("47-winners")
    desk.follow("代表队")
    desk.follow("按单位")
    points = desk.row(SCHOOL.name).get_by_role("cell").all_inner_texts()
    assert points[:6] == ["1", "1", "1", "0", "0", "7"], points
    desk.shot("48-delegations")


def winners_are_in_their_pool(play: Play) -> None:
    desk = play.bureau
    desk.open("/pools/winner")
    for name in expected.FINAL_ORDER[:2]:
        expect(desk.row(name)).to_contain_text(SCHOOL.name)
    expect(desk.page.get_by_role("row").filter(has_text=SCHOOL.name)).to_have_count(2)
    desk.shot("49-winners-pool")


def organiser_ends_the_contest(play: Play) -> None:
    desk = play.organiser
    desk.open(play.contest_path)
    desk.confirm("结束竞赛")
    desk.told("竞赛状态改为“已结束”")
    desk.shot("49-contest-ended")


def _of(stage: str) -> list[InStage]:
    acts = (passer_by_sees_nothing, organiser_computes, passer_by_sees_nothing, organiser_releases)
    return [InStage(act, stage) for act in (*acts, passer_by_sees_the_result)]


PRELIMINARY = (*_of("初赛"), finalists_have_their_places)
FINAL = (*_of("决赛"), winners_and_delegations, winners_are_in_their_pool, organiser_ends_the_contest)
