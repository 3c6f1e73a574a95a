"""The uploaded table again, each cell where it was, with a comment at every doubtful one."""

import io
from typing import Any

import xlsxwriter

from competition.audit.write import Actor, write
from competition.documents.workbook_writing import OPTIONS, safe_text
from competition.entries.rules.sheet import Finding
from competition.entries.service.columns import TITLES
from competition.entries.service.importing import Import, StoredSheet
from competition.problems import N_, Problem
from competition.web.i18n import gettext, said

_AUTHOR = N_("校对")


async def annotated(actor: Actor, found: Import) -> bytes:
    """With the numbers in full, because the unit mends and uploads it again; so it is recorded."""
    async with write(actor) as change:
        await change.record("import.downloaded", "entry_import", found.id, rows=len(found.stored.rows))
    return _write(found.stored)


def _write(stored: StoredSheet) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        page = book.add_worksheet(stored.sheet[:31] or "报名信息")
        text = book.add_format({"num_format": "@"})
        head = book.add_format({"bold": True, "border": 1, "bg_color": "#E8EDF2", "num_format": "@"})
        marked = {
            "error": book.add_format({"num_format": "@", "bg_color": "#FBE3E1", "font_color": "#A61B1B"}),
            "warning": book.add_format({"num_format": "@", "bg_color": "#FCEFD6", "font_color": "#7A4A00"}),
        }
        for key, letter in stored.columns.items():
            page.set_column(f"{letter}:{letter}", 22 if "id" in key.split("_") else 14, text)
            page.write_string(f"{letter}{stored.heading_row}", TITLES[key][0], head)
        page.freeze_panes(stored.heading_row, 0)
        for row, whole in zip(stored.rows, stored.full_rows(), strict=True):
            for key, letter in stored.columns.items():
                findings = [finding for finding in row.findings if finding.key == key]
                _cell(page, f"{letter}{row.number}", whole.cells.get(key, ""), findings, marked, text)
    return buffer.getvalue()


def _cell(page: Any, place: str, value: str, findings: list[Finding], marked: dict[str, Any], text: Any) -> None:
    severity = next((finding.severity for finding in findings if finding.severity == "error"), "warning")
    style = marked[severity] if findings else text
    if value:
        page.write_string(place, safe_text(value), style)
    elif findings:
        page.write_blank(place, None, style)
    if findings:
        lines = [f"{said(Problem(each.text, params=each.params))}。{gettext(each.fix)}" for each in findings]
        page.write_comment(place, "\n".join(lines), {"author": gettext(_AUTHOR), "x_scale": 2})
