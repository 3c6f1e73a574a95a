"""The CIS workbook on screen: looked over, taken, refused at its cells, and written out again."""

import html
import io
import re
from pathlib import Path

import httpx
import openpyxl
import pytest

from competition.accounts.kinds import Role
from competition.demo.milling_scheme import SCHEME
from competition.marking import service as marking
from competition.marking.cis_workbook import read_cis, write_cis
from competition.marking.scheme_drafts import to_document
from competition.marking.web.scheme_files import Waiting
from tests.conftest import Browser, Site
from tests.marking_stage import drawn_stage, seated_stage

REAL = Path(__file__).parents[3] / "shared" / "data" / "cis_marking_scheme_es2023.xlsx"


async def upload(browser: Browser, stage_id: int, content: bytes, name: str = "scheme.xlsx") -> httpx.Response:
    return await browser.post(
        f"/stages/{stage_id}/scheme/import", data={"_csrf": browser.csrf}, files={"file": (name, content)}
    )


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found
    return html.unescape(found[1])


async def take(browser: Browser, stage_id: int, shown: httpx.Response, **changes: str) -> httpx.Response:
    fields = {name: hidden(shown.text, name) for name in ("document", "version", "filename")}
    return await browser.submit(f"/stages/{stage_id}/scheme/import/taken", **(fields | changes))


async def test_a_workbook_is_looked_over_and_taken(site: Site) -> None:
    stage = await seated_stage(2)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    assert (await organiser.get(f"/stages/{stage.stage_id}/scheme/import")).status_code == 200
    shown = await upload(organiser, stage.stage_id, write_cis(SCHEME))
    assert shown.status_code == 200
    assert "主要尺寸" in shown.text
    before = await marking.load_scheme(stage.stage_id)
    assert before is not None
    assert (await take(organiser, stage.stage_id, shown)).status_code == 303
    stored = await marking.load_scheme(stage.stage_id)
    assert stored is not None
    assert stored.number == before.number + 1
    assert stored.draft == read_cis(write_cis(SCHEME)).draft


@pytest.mark.skipif(not REAL.exists(), reason="the real workbook is not beside the project")
async def test_the_real_workbook_goes_through_the_page_and_out_again(site: Site) -> None:
    stage = await seated_stage(2)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    shown = await upload(organiser, stage.stage_id, REAL.read_bytes())
    assert (shown.status_code, "17.00" in shown.text, "40.00" in shown.text) == (200, True, True)
    assert (await take(organiser, stage.stage_id, shown)).status_code == 303
    exported = await organiser.get(f"/stages/{stage.stage_id}/scheme.xlsx")
    assert exported.status_code == 200
    assert read_cis(exported.content).draft == read_cis(REAL.read_bytes()).draft


async def test_errors_are_shown_at_their_cells_and_nothing_is_taken(site: Site) -> None:
    stage = await seated_stage(2)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    book = openpyxl.load_workbook(io.BytesIO(write_cis(SCHEME)))
    sheet = book.worksheets[0]
    row = next(row for row in range(1, sheet.max_row) if sheet.cell(row, 5).value == "去毛刺")
    sheet.cell(row, 11).value = "很多"
    out = io.BytesIO()
    book.save(out)
    shown = await upload(organiser, stage.stage_id, out.getvalue())
    assert shown.status_code == 422
    assert f'<td class="num">{row}</td><td>K</td><td><span class="code">很多</span></td>' in shown.text
    assert 'name="document"' not in shown.text


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04 broken"])
async def test_what_is_no_workbook_is_refused_at_the_field(site: Site, content: bytes) -> None:
    stage = await seated_stage(2)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    shown = await upload(organiser, stage.stage_id, content)
    assert (shown.status_code, 'aria-invalid="true"' in shown.text) == (422, True)


async def test_a_tampered_document_or_a_stale_version_is_refused(site: Site) -> None:
    stage = await seated_stage(2)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    shown = await upload(organiser, stage.stage_id, write_cis(SCHEME))
    assert (await take(organiser, stage.stage_id, shown, document='{"parts": 3}')).status_code == 422
    sealed = hidden(shown.text, "document")
    document = sealed[:99] + ("A" if sealed[99] != "A" else "B") + sealed[100:]
    assert (await take(organiser, stage.stage_id, shown, document=document)).status_code == 422
    elsewhere = Waiting(stage.stage_id + 1, to_document(SCHEME)).sealed()
    assert (await take(organiser, stage.stage_id, shown, document=elsewhere)).status_code == 422
    assert (await take(organiser, stage.stage_id, shown, version="99")).status_code == 409


async def test_after_the_draw_the_scheme_is_frozen(site: Site) -> None:
    stage = await drawn_stage(2)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    shown = await upload(organiser, stage.stage_id, write_cis(SCHEME))
    refused = await take(organiser, stage.stage_id, shown)
    assert (refused.status_code, "抽签后评分标准已冻结" in refused.text) == (422, True)


async def test_a_scheme_that_the_cis_cannot_hold_is_not_written(site: Site) -> None:
    stage = await seated_stage(2)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    refused = await organiser.get(f"/stages/{stage.stage_id}/scheme.xlsx")
    assert (refused.status_code, refused.headers["location"]) == (303, f"/stages/{stage.stage_id}/scheme")
    shown = await organiser.get(f"/stages/{stage.stage_id}/scheme")
    assert "只有按大项和子项" in shown.text


async def test_what_is_only_pointed_out_is_shown_and_can_be_taken(site: Site) -> None:
    stage = await seated_stage(2)
    organiser = await site.sign_in(Role.ORGANISER, stage.contest_id)
    book = openpyxl.load_workbook(io.BytesIO(write_cis(SCHEME)))
    sheet = book.worksheets[0]
    row = next(row for row in range(1, sheet.max_row) if sheet.cell(row, 5).value == "去毛刺")
    sheet.cell(row, 11).value = 4.999999999999993
    sheet.row_dimensions[row].hidden = True
    out = io.BytesIO()
    book.save(out)
    shown = await upload(organiser, stage.stage_id, out.getvalue())
    assert (shown.status_code, "按 5 读取" in shown.text, f"第 {row}–{row} 行已隐藏" in shown.text) == (200, True, True)
    assert (await take(organiser, stage.stage_id, shown)).status_code == 303


async def test_a_judge_and_another_contests_organiser_are_kept_out(site: Site) -> None:
    stage = await seated_stage(2)
    for role, scope in ((Role.JUDGE, stage.panel_id), (Role.ORGANISER, stage.contest_id + 1)):
        browser = await site.sign_in(role, scope)
        assert (await browser.get(f"/stages/{stage.stage_id}/scheme/import")).status_code in (403, 404)
        assert (await browser.get(f"/stages/{stage.stage_id}/scheme.xlsx")).status_code in (403, 404)
