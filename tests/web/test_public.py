"""What anybody may see: nothing before release, nothing of a draft over a release, and the same answer as cheaply."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from competition import clock
from competition.accounts.kinds import Role
from competition.audit.write import SYSTEM, write
from competition.contests import service as contests
from competition.contests.tables import Contest
from competition.database.connection import current_engine
from competition.people.tables import Person, Unit
from competition.public.answers import LIFETIME, PageCache
from competition.results import service
from competition.results.tables import ResultLine, ResultRevision
from tests.conftest import Browser, Site
from tests.web.scored_contest import Scored, run, score, scored_contest

FOUR = {"甲一": ("90.25", "90.25"), "乙二": ("80.5", "80.5"), "丙三": ("70.75", "70.75"), "丁四": ("60", "60")}
CHILD = date(2009, 1, 5)
BEFORE_EIGHTEEN = datetime(2027, 1, 4, 12, tzinfo=UTC)
AT_EIGHTEEN = datetime(2027, 1, 5, 12, tzinfo=UTC)


def addresses(scored: Scored) -> list[str]:
    """Every public address that could say something of this contest."""
    board = f"/results/{scored.token}/{scored.group_id}"
    return [
        "/", f"/results/{scored.token}", f"/results/{scored.token}?skill={scored.skill_id}",
        f"/results/{scored.token}?by=unit", board, f"{board}?all=1", f"{board}?q=甲一", f"{board}?q=所在的单位",
        f"{board}?stage=preliminary", f"{board}?stage=semifinal", f"{board}?stage=final",
        f"/arena/{scored.token}/{scored.group_id}", f"/arena/{scored.token}/{scored.group_id}/now",
    ]  # fmt: skip


async def everything(browser: Browser, scored: Scored) -> list[tuple[str, int, str, str]]:
    """Address, status, entity tag and body of each."""
    answers = []
    for path in addresses(scored):
        answer = await browser.get(path)
        answers.append((path, answer.status_code, answer.headers.get("etag", ""), answer.text))
    return answers


async def locked(**changes: Any) -> Scored:
    scored = await scored_contest(list(FOUR), **changes)
    await run(scored, scored.preliminary, FOUR)
    return scored


async def released(**changes: Any) -> Scored:
    scored = await locked(**changes)
    await service.release(SYSTEM, await service.compute(SYSTEM, scored.preliminary))
    return scored


async def corrected_draft(scored: Scored) -> int:
    await score(scored, scored.preliminary, {"丁四": ("99", "99")}, "录分更正")
    return await service.compute(SYSTEM, scored.preliminary, "丁四录分更正")


@pytest.mark.parametrize("role", [None, Role.REGISTRAR, Role.JUDGE, Role.CONTESTANT, Role.AUDITOR])
async def test_a_stage_that_is_not_released_says_nothing(site: Site, role: Role | None) -> None:
    """Computing, deciding and declining change no public answer by a byte: status, tag and body stay."""
    scored = await locked(cut=1)
    browser = site.browser() if role is None else await site.sign_in(role, 0 if role is Role.AUDITOR else 4711)
    before = await everything(browser, scored)
    await service.compute(SYSTEM, scored.preliminary)
    await service.decline(SYSTEM, scored.preliminary, scored.entries["甲一"], "出国工作")
    assert await everything(browser, scored) == before
    text = "".join(body for _, _, _, body in before)
    assert [name for name in FOUR if name in text.replace("q=", "").replace("“甲一”", "")] in ([], ["甲一"])
    assert [path for path, status, _, _ in before if "stage=" in path and status != 404] == []


async def test_a_correction_that_is_not_released_says_nothing(site: Site) -> None:
    scored = await released()
    browser = site.browser()
    before = await everything(browser, scored)
    await corrected_draft(scored)
    assert await everything(browser, scored) == before
    assert "99.00" not in "".join(body for _, _, _, body in before)


async def test_a_final_under_way_says_nothing_beside_a_released_preliminary(site: Site) -> None:
    scored = await released()
    browser = site.browser()
    before = await everything(browser, scored)
    await run(scored, scored.final, {name: FOUR[name] for name in ("甲一", "乙二", "丙三")})
    await service.compute(SYSTEM, scored.final)
    assert await everything(browser, scored) == before


async def test_after_the_release_the_board_shows_rank_name_unit_and_total(site: Site) -> None:
    scored = await released()
    board = await site.browser().get(f"/results/{scored.token}/{scored.group_id}")
    assert board.status_code == 200
    for text in ("已发布，第 1 版", "甲一", "甲一所在的单位", "90.25", "晋级"):
        assert text in board.text
    assert "更正" not in board.text


async def test_a_released_correction_stands_on_top_of_the_board(site: Site) -> None:
    scored = await released()
    await service.release(SYSTEM, await corrected_draft(scored))
    text = (await site.browser().get(f"/results/{scored.token}/{scored.group_id}")).text
    assert "已发布，第 2 版" in text
    assert "第 2 版：丁四录分更正" in text
    assert text.index("丁四所在的单位") < text.index("甲一所在的单位")


async def test_absent_contestants_are_listed_without_a_rank(site: Site) -> None:
    scored = await scored_contest(list(FOUR))
    await run(scored, scored.preliminary, {**FOUR, "丁四": None})
    await service.release(SYSTEM, await service.compute(SYSTEM, scored.preliminary))
    text = (await site.browser().get(f"/results/{scored.token}/{scored.group_id}")).text
    assert "丁四所在的单位 · 缺席" in text


async def test_no_page_holds_an_id_number_a_phone_or_its_mask(site: Site) -> None:
    scored = await released()
    masks = [row["id_mask"] for row in await Person.select(Person.id_mask)]
    phones = [row["phone_mask"] for row in await Person.select(Person.phone_mask)]
    line = await ResultLine.select(ResultLine.token).first()
    assert line is not None
    text = "".join(body for _, _, _, body in await everything(site.browser(), scored))
    text += (await site.browser().get(f"/verify/{line['token']}")).text
    assert [mask for mask in {*masks, *phones, "13800000000", "210202"} if mask and mask in text] == []


async def with_a_minor() -> Scored:
    scored = await scored_contest(["欧阳小明", "乙二"], cut=1, born={"欧阳小明": CHILD})
    await run(scored, scored.preliminary, {"欧阳小明": ("90", "90"), "乙二": ("80", "80")})
    await service.release(SYSTEM, await service.compute(SYSTEM, scored.preliminary))
    await rename_unit(scored.units["欧阳小明"], "甲厂")
    return scored


async def rename_unit(unit_id: int, name: str) -> None:
    async with write(SYSTEM) as change:
        await Unit.update({Unit.name: name, Unit.name_en: ""}).where(Unit.id == unit_id)
        await change.record("test.renamed", "unit", unit_id)


async def test_a_minors_name_is_masked_and_cannot_be_searched_for(site: Site) -> None:
    scored = await with_a_minor()
    board, browser = f"/results/{scored.token}/{scored.group_id}", site.browser()
    with clock.at(BEFORE_EIGHTEEN):
        shown = (await browser.get(board)).text
        assert ("欧***" in shown, "小明" in shown) == (True, False)
        assert "欧***" in (await browser.get(f"{board}?q=甲厂")).text
        assert "没有找到“小明”" in (await browser.get(f"{board}?q=小明")).text


async def test_an_adults_name_is_shown(site: Site) -> None:
    scored = await with_a_minor()
    with clock.at(AT_EIGHTEEN):
        assert "<b>欧阳小明</b>" in (await site.browser().get(f"/results/{scored.token}/{scored.group_id}")).text


async def test_the_bureau_sees_minors_names_in_its_own_screens(site: Site) -> None:
    scored = await with_a_minor()
    browser = await site.sign_in(Role.BUREAU)
    assert "欧阳小明" in (await browser.get(f"/stages/{scored.preliminary}/results")).text


async def test_a_contest_being_set_up_is_unknown(site: Site) -> None:
    draft = contests.ContestDraft(name="筹备中的竞赛", tier="municipal", year=2025)
    await contests.create_contest(SYSTEM, draft)
    row = await Contest.select(Contest.token).first()
    assert row is not None
    browser = site.browser()
    assert (await browser.get(f"/results/{row['token']}")).status_code == 404
    assert "筹备中的竞赛" not in (await browser.get("/")).text


async def test_a_group_of_another_contest_is_not_found_under_this_one(site: Site) -> None:
    one = await released()
    other = await scored_contest(["戊五"], name="另一竞赛", serial=50)
    for page in ("results", "arena"):
        assert (await site.browser().get(f"/{page}/{other.token}/{one.group_id}")).status_code == 404


# A line behind its QR code


async def line_token(revision_id: int, rank: int) -> str:
    row = await ResultLine.select(ResultLine.token).where(
        (ResultLine.revision == revision_id) & (ResultLine.rank == rank)
    ).first()  # fmt: skip
    assert row is not None
    return row["token"]


async def test_a_line_of_a_draft_does_not_exist(site: Site) -> None:
    scored = await locked()
    token = await line_token(await service.compute(SYSTEM, scored.preliminary), 1)
    draft = await site.browser().get(f"/verify/{token}")
    nothing = await site.browser().get("/verify/nothing-here")
    assert (draft.status_code, nothing.status_code) == (404, 404)


async def test_a_released_line_says_what_the_revision_says(site: Site) -> None:
    scored = await released()
    revision = await ResultRevision.select().first()
    assert revision is not None
    answer = await site.browser().get(f"/verify/{await line_token(revision['id'], 2)}")
    for text in ("乙二", "乙二所在的单位", "80.50", "共 4 名参赛", revision["digest"][:16]):
        assert text in answer.text
    assert scored.token in answer.text


async def test_a_replaced_line_says_so_and_leads_to_the_one_in_force(site: Site) -> None:
    scored = await released()
    first = await ResultRevision.select().first()
    assert first is not None
    second = await corrected_draft(scored)
    await service.release(SYSTEM, second)
    answer = await site.browser().get(f"/verify/{await line_token(first['id'], 1)}")
    assert "第 1 版，已被更正" in answer.text
    assert await line_token(second, 2) in answer.text


# The same answer again


async def test_an_unchanged_page_is_answered_304(site: Site) -> None:
    scored = await released()
    browser = site.browser()
    for path in ("/", f"/results/{scored.token}", f"/results/{scored.token}/{scored.group_id}"):
        first = await browser.get(path)
        again = await browser.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.text) == (304, "")


async def test_a_release_changes_the_tag(site: Site) -> None:
    scored = await released()
    browser = site.browser()
    board = f"/results/{scored.token}/{scored.group_id}"
    before = await browser.get(board)
    await service.release(SYSTEM, await corrected_draft(scored))
    after = await browser.get(board, headers={"If-None-Match": before.headers["etag"]})
    assert (after.status_code, after.headers["etag"] == before.headers["etag"]) == (200, False)


async def test_each_language_has_its_own_answer(site: Site) -> None:
    scored = await released()
    board = f"/results/{scored.token}/{scored.group_id}"
    chinese, english = site.browser(), site.browser()
    english.cookies.set("language", "en")
    assert 'lang="zh-CN"' in (await chinese.get(board)).text[:60]
    assert 'lang="en"' in (await english.get(board)).text[:60]


async def test_a_version_is_rendered_once(site: Site) -> None:
    scored = await released()
    browser = site.browser()
    board = f"/results/{scored.token}/{scored.group_id}"
    await browser.get(board)
    before = current_engine().queries
    await browser.get(board)
    first = current_engine().queries - before
    await browser.get(f"{board}?all=1")
    assert first < (current_engine().queries - before - first)


async def test_a_signed_in_readers_page_is_their_own(site: Site) -> None:
    """With their token for forms in it, and never handed to anybody else."""
    scored = await released()
    board = f"/results/{scored.token}/{scored.group_id}"
    auditor = await site.sign_in(Role.AUDITOR)
    own = await auditor.get(board)
    assert own.headers["cache-control"] == "no-store"
    assert auditor.csrf in own.text
    assert auditor.csrf not in (await site.browser().get(board)).text


async def test_what_changes_without_a_release_is_shown_a_minute_later(site: Site) -> None:
    scored = await released()
    browser = site.browser()
    board = f"/results/{scored.token}/{scored.group_id}"
    await browser.get(board)
    await rename_unit(scored.units["甲一"], "改名后的单位")
    assert "改名后的单位" not in (await browser.get(board)).text
    with clock.at(clock.now() + LIFETIME + timedelta(seconds=1)):
        assert "改名后的单位" in (await browser.get(board)).text


async def counted(cache: PageCache, rendered: list[int], key: str = "page") -> str:
    async def render() -> str:
        rendered.append(1)
        await asyncio.sleep(0.01)
        return f"page {len(rendered)}"

    return (await cache.get((key,), render)).html


async def test_many_at_once_render_once() -> None:
    cache, rendered = PageCache(), []
    answers = await asyncio.gather(*[counted(cache, rendered) for _ in range(50)])
    assert (set(answers), len(rendered)) == ({"page 1"}, 1)


async def test_a_failed_rendering_is_tried_again() -> None:
    cache, rendered = PageCache(), []

    async def fail() -> str:
        raise OSError

    with pytest.raises(OSError, match=""):
        await cache.get(("page",), fail)
    assert await counted(cache, rendered) == "page 1"


async def test_the_cache_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("competition.public.answers.MOST_PAGES", 3)
    cache, rendered = PageCache(), []
    for number in range(5):
        await counted(cache, rendered, f"page {number}")
    await counted(cache, rendered, "page 0")
    assert len(rendered) == 6


# Where one starts


@pytest.mark.parametrize(
    ("role", "leads"),
    [(Role.BUREAU, 200), (Role.REGISTRAR, 200), (Role.CHIEF_JUDGE, 200), (Role.CONTESTANT, 200), (Role.JUDGE, 303)],
)
async def test_the_start_page_leads_to_the_desk(site: Site, role: Role, leads: int) -> None:
    browser = await site.sign_in(role, 0 if role is Role.BUREAU else 1)
    home = await browser.get("/")
    assert (home.status_code, home.headers["location"]) == (303, "/desk")
    desk = await browser.get("/desk")
    assert desk.status_code == leads
    assert desk.headers.get("location", "/judge") == "/judge"
