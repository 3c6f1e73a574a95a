"""The rulebook: what ships, what the bureau uploads, and the version a decision was made by."""

from datetime import date
from pathlib import Path

import pytest

from competition.accounts.kinds import Role
from competition.audit.write import SYSTEM
from competition.database.connection import Engine
from competition.problems import Missing
from competition.rulebook import service
from competition.rulebook.service import seed_files
from competition.rulebook.tables import RuleRevision
from tests.conftest import Browser, Site

MEDALS = next(path for path in seed_files() if path.stem == "awards-medals").read_text("utf-8")
NEWER = MEDALS.replace("valid_from = 2020-01-01", "valid_from = 2026-01-01")


async def upload(browser: Browser, content: bytes, filename: str = "rule.toml"):  # httpx.Response
    return await browser.post("/rules", data={"_csrf": browser.csrf}, files={"file": (filename, content)})


async def test_every_seed_is_loaded_once(database: Engine) -> None:
    loaded = await service.load_seeds(SYSTEM)
    assert len(loaded) == len(seed_files())
    assert await service.load_seeds(SYSTEM) == []
    assert await RuleRevision.count() == len(loaded)


async def test_a_revision_reads_back_as_the_file_it_came_from(database: Engine) -> None:
    await service.load_seeds(SYSTEM)
    found = await service.current_of("awards-medals")
    assert found
    again = await service.revision(found.id)
    assert again.text == MEDALS
    assert again.document.code == "awards-medals"
    with pytest.raises(Missing):
        await service.revision(9999)


async def test_current_lists_one_kind(database: Engine) -> None:
    await service.load_seeds(SYSTEM)
    kinds = {each.document.kind for each in await service.current("awards")}
    assert kinds == {"awards"}
    assert len(await service.current()) == len(seed_files())


async def test_in_force_is_asked_for_a_day(database: Engine) -> None:
    await service.load_seeds(SYSTEM)
    found = await service.in_force("subsidy", date(2025, 9, 18))
    assert found
    assert found.document.code == "subsidy-dalian-2023"
    assert await service.in_force("subsidy", date(2023, 10, 29)) is None


async def test_a_new_version_supersedes_and_the_old_one_stays(site: Site) -> None:
    await service.load_seeds(SYSTEM)
    before = await service.current_of("awards-medals")
    assert before
    bureau = await site.sign_in(Role.BUREAU)
    assert (await upload(bureau, NEWER.encode())).status_code == 303
    after = await service.current_of("awards-medals")
    assert after
    assert after.document.valid_from == date(2026, 1, 1)
    old = await service.revision(before.id)
    assert old.superseded_at is not None
    assert old.text == MEDALS
    page = await bureau.get(f"/rules/{before.id}")
    assert "已由新版本取代" in page.text


async def test_seeds_do_not_undo_what_the_bureau_uploaded(site: Site) -> None:
    """Also when the product ships a newer file of the same document."""
    bureau = await site.sign_in(Role.BUREAU)
    await upload(bureau, NEWER.encode())
    await service.load_seeds(SYSTEM)
    found = await service.current_of("awards-medals")
    assert found
    assert (found.origin, found.document.valid_from) == ("upload", date(2026, 1, 1))


async def test_the_same_content_is_not_a_new_version(site: Site) -> None:
    await service.load_seeds(SYSTEM)
    bureau = await site.sign_in(Role.BUREAU)
    answer = await upload(bureau, MEDALS.replace("\n", "\r\n").encode())
    assert answer.status_code == 422
    assert "内容相同" in answer.text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"code = ", "不是有效的 TOML"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"", "TOML"),
        (NEWER.replace('kind = "rank"', 'kind = "mood"').encode(), "部分有误"),
        (NEWER.replace("valid_from", "vaild_from").encode(), "部分有误"),
        (NEWER.split("[body")[0].encode(), "缺少"),
    ],
    ids=["broken", "not-text", "empty", "unknown-word", "misspelt-key", "no-body"],
)
async def test_a_wrong_file_changes_nothing(site: Site, content: bytes, said: str) -> None:
    await service.load_seeds(SYSTEM)
    count = await RuleRevision.count()
    bureau = await site.sign_in(Role.BUREAU)
    answer = await upload(bureau, content)
    assert answer.status_code == 422
    if content:
        assert said in answer.text
    assert 'id="e-file"' in answer.text
    assert await RuleRevision.count() == count


async def test_a_code_does_not_change_its_kind(site: Site) -> None:
    await service.load_seeds(SYSTEM)
    procedure = next(path for path in seed_files() if path.stem == "procedure-default").read_text("utf-8")
    bureau = await site.sign_in(Role.BUREAU)
    answer = await upload(bureau, procedure.replace('"procedure-default"', '"awards-medals"').encode())
    assert answer.status_code == 422
    assert "已用于另一类规则" in answer.text


async def test_every_document_has_a_page_that_says_where_its_figures_come_from(site: Site) -> None:
    await service.load_seeds(SYSTEM)
    bureau = await site.sign_in(Role.BUREAU)
    listed = (await bureau.get("/rules")).text
    for each in await service.current():
        assert f'href="/rules/{each.id}"' in listed
        shown = await bureau.get(f"/rules/{each.id}")
        assert shown.status_code == 200
        assert "依据" in shown.text
    assert "示例" in listed
    assert "默认值" in listed


async def test_the_subsidy_page_says_the_rates(site: Site) -> None:
    await service.load_seeds(SYSTEM)
    found = await service.current_of("subsidy-dalian-2023")
    assert found
    bureau = await site.sign_in(Role.BUREAU)
    page = (await bureau.get(f"/rules/{found.id}")).text
    for rate in ("1,500", "2,000", "5,000", "10,000"):
        assert f"<td>{rate}</td>" in page


async def test_the_file_is_downloaded_as_it_is(site: Site) -> None:
    await service.load_seeds(SYSTEM)
    found = await service.current_of("awards-medals")
    assert found
    bureau = await site.sign_in(Role.BUREAU)
    answer = await bureau.get(f"/rules/{found.id}/file")
    assert answer.content == MEDALS.encode()
    assert "awards-medals.toml" in answer.headers["content-disposition"]


async def test_readers_may_not_upload(site: Site) -> None:
    auditor = await site.sign_in(Role.AUDITOR)
    assert (await auditor.get("/rules")).status_code == 200
    assert (await upload(auditor, NEWER.encode())).status_code == 403


def test_seed_files_are_the_ones_that_ship() -> None:
    assert Path(__file__).parents[2] / "seeds" / "rules" == seed_files()[0].parent
