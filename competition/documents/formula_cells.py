"""Formulas and error values of an .xlsx sheet: the workbook reader gives only their last result, or nothing."""

import io
import re
import zipfile
from html import unescape
from posixpath import join, normpath
from xml.etree import ElementTree

import msgspec

from competition.documents.file_kind import MAX_UNPACKED

# Cells are found by pattern, not by a parser: a sheet of formatted blanks has millions, and only few matter here.
_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*)>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>([^<]*)<)")
_ERROR = re.compile(rb"<(?:\w+:)?c\s([^<>]*\bt=[\"']e[\"'][^<>]*)>")
_TEXT_RESULT = re.compile(rb"\bt=[\"']str[\"']")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\s([^<>]*\bhidden=[\"'](?:1|true)[\"'][^<>]*)>")
_ROW_NUMBER = re.compile(rb"\br=[\"'](\d{1,7})[\"']")
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_MAX_INDEX = 4 * 1024 * 1024


class Hidden(msgspec.Struct, frozen=True):
    """Places are (row, column) from 1. `formulas` holds the text with its =; `texts` those whose result is a text,
    which may rightly be empty; `errors` cells such as #REF!; `rows` the numbers of rows nobody sees.
    """

    formulas: dict[tuple[int, int], str] = {}
    texts: frozenset[tuple[int, int]] = frozenset()
    errors: frozenset[tuple[int, int]] = frozenset()
    rows: frozenset[int] = frozenset()


def hidden_cells(data: bytes, sheet: str) -> Hidden:
    """Nothing is found, and nothing raised, where the file has no such sheet or names no cell places."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        part = _part(package, sheet)
        if not part:
            return Hidden()
        content = _read(package, part, MAX_UNPACKED)
    formulas, texts = {}, set()
    for found in _CELL.finditer(content):
        if place := _place(found[1]):
            formulas[place] = "=" + unescape((found[2] or b"").decode("utf-8", "replace"))
            if _TEXT_RESULT.search(found[1]):
                texts.add(place)
    errors = (_place(found[1]) for found in _ERROR.finditer(content))
    rows = (_ROW_NUMBER.search(found[1]) for found in _HIDDEN_ROW.finditer(content))
    return Hidden(
        formulas, frozenset(texts), frozenset(place for place in errors if place),
        frozenset(int(number[1]) for number in rows if number),
    )  # fmt: skip


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _part(package: zipfile.ZipFile, sheet: str) -> str:
    """The member that holds the sheet of this name, "" when the package is not built as usual."""
    names = {name.lower(): name for name in package.namelist()}
    index, links = names.get("xl/workbook.xml", ""), names.get("xl/_rels/workbook.xml.rels", "")
    if not index or not links:
        return ""
    sheets, relations = _tree(_read(package, index, _MAX_INDEX)), _tree(_read(package, links, _MAX_INDEX))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for entry in sheets.iter():
        if entry.tag.endswith("}sheet") and entry.get("name") == sheet:
            target = targets.get(entry.get(_RELATION) or entry.get(_STRICT_RELATION), "")
            path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
            return names.get(path.lower(), "")
    return ""


def _tree(content: bytes) -> ElementTree.Element:
    """An empty element for what is no sound XML, or declares entities, which a workbook never needs."""
    try:
        if b"<!DOCTYPE" not in content:
            return ElementTree.fromstring(content)  # noqa: S314 - entities are refused above
    except ElementTree.ParseError:
        pass
    return ElementTree.Element("nothing")


def _read(package: zipfile.ZipFile, name: str, limit: int) -> bytes:
    with package.open(name) as member:
        return member.read(limit)


def _place(attributes: bytes) -> tuple[int, int] | None:
    found = _PLACE.search(attributes)
    return (int(found[2]), column_number(found[1].decode())) if found else None
