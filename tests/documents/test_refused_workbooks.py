import io
import struct
import zipfile
import zlib
from typing import Any

import pytest

from tests.documents.made_workbooks import SAMPLE, TITLES, cells_of, read, refusal, table, with_part, workbook, zipped

# --- sizes ----------------------------------------------------------------------------------------------------------


def test_5000_rows_are_read_and_5001_refused_with_their_number() -> None:
    rows = [("甲", SAMPLE)] * 5000
    assert len(read(table(rows)).rows) == 5000
    assert refusal(table([*rows, ("乙", SAMPLE)])) == ["表中有 5001 行，上限 5000 行；分成几个文件上传"]


def test_number_of_rows_is_told_far_above_the_limit() -> None:
    assert refusal(table([("甲", SAMPLE)] * 300), max_rows=10) == ["表中有 300 行，上限 10 行；分成几个文件上传"]


def test_file_above_the_size_limit() -> None:
    assert refusal(b"x" * 3_000_000, max_bytes=2 * 1024 * 1024) == ["文件大小 2.9 MB，上限 2.0 MB"]


HEAVY = ["“报名表.xlsx”解压后过大；删除多余的空行、空列和图片后再上传"]


def test_zip_bomb_is_refused_by_its_declared_sizes() -> None:
    assert refusal(zipped({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b"\0" * 101 * 1024 * 1024})) == HEAVY


def test_package_that_lies_about_its_sizes_is_refused() -> None:
    """Headers say 1 byte; the stream holds 256 MB."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = b"".join(squeeze.compress(b" " * 16 * 1024 * 1024) for _ in range(16)) + squeeze.flush()
    honest = table([("甲", SAMPLE)])
    with zipfile.ZipFile(io.BytesIO(honest)) as package:
        kept = {name: package.read(name) for name in package.namelist() if "sharedStrings" not in name}
    name = b"xl/sharedStrings.xml"
    data = zipped(kept)
    end = data.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack("<HII", data[end + 10 : end + 20])
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(stream), 1, len(name), 0) + name + stream
    entry = struct.pack(
        "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(stream), 1, len(name), 0, 0, 0, 0, 0, start
    )
    central = data[start : start + size] + entry + name
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count + 1, count + 1, len(central), start + len(local), 0)
    lying = data[:start] + local + central + tail
    assert zipfile.ZipFile(io.BytesIO(lying)).getinfo("xl/sharedStrings.xml").file_size == 1
    assert refusal(lying) == ["“报名表.xlsx”已损坏或不是 Excel 工作簿，无法打开"]


def test_one_cell_in_the_far_corner_does_not_take_the_memory() -> None:
    def fill(_book: Any, page: Any) -> None:
        page.write_row("A1", TITLES)
        page.write_row("A2", ("甲", SAMPLE))
        page.write("XFD1048576", "x")

    assert refusal(workbook(fill)) == HEAVY


# --- what is no workbook --------------------------------------------------------------------------------------------

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "“报名表.xlsx”是空文件"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "“报名表.xlsx”是图片，不是 Excel 工作簿；须上传 .xlsx 文件"),
        (b"%PDF-1.7\n", "“报名表.xlsx”是 PDF，不是 Excel 工作簿；须上传 .xlsx 文件"),
        (b"Rar!\x1a\x07\x01", "“报名表.xlsx”是压缩包；须解压后上传其中的 .xlsx 文件"),
        (zipped({"报名表.xlsx": b"1"}), "“报名表.xlsx”是压缩包；须解压后上传其中的 .xlsx 文件"),
        (zipped({"word/document.xml": b"<a/>"}), "“报名表.xlsx”是 Word 文档，不是 Excel 工作簿；须上传 .xlsx 文件"),
        (
            zipped({"mimetype": b"x", "content.xml": b"<a/>"}),
            "“报名表.xlsx”不是 .xlsx 格式；在 Excel 或 WPS 中另存为 .xlsx 再上传",
        ),
        (
            "\ufeff姓名,证件号码\n甲,1\n".encode(),
            "“报名表.xlsx”是文本文件（CSV）；在 Excel 或 WPS 中打开后另存为 .xlsx 再上传",
        ),
        (
            b"\xef\xbb\xbf<html><table><tr><td>1</td></tr></table></html>",
            "“报名表.xlsx”是网页或 XML 格式；在 Excel 或 WPS 中打开后另存为 .xlsx 再上传",
        ),
        (b"\x00\x01\x02\x03" * 100, "“报名表.xlsx”不是 Excel 工作簿；须上传 .xlsx 文件"),
        (OLE + "EncryptedPackage\0".encode("utf-16-le"), "“报名表.xlsx”设有打开密码；取消密码后再上传"),
        (
            OLE + "WordDocument\0".encode("utf-16-le"),
            "“报名表.xlsx”是 Word 文档，不是 Excel 工作簿；须上传 .xlsx 文件",
        ),
        (OLE, "“报名表.xlsx”不是 Excel 工作簿；须上传 .xlsx 文件"),
        (OLE + "Workbook\0".encode("utf-16-le"), "“报名表.xlsx”已损坏或不是 Excel 工作簿，无法打开"),
        (b"PK\x03\x04 and nothing more", "“报名表.xlsx”已损坏或不是 Excel 工作簿，无法打开"),
        (zipped({"xl/workbook.xml": b"<workbook"}), "“报名表.xlsx”已损坏或不是 Excel 工作簿，无法打开"),
    ],
)
def test_what_is_no_workbook_is_told_what_it_is(data: bytes, reason: str) -> None:
    assert refusal(data) == [reason]


def test_half_an_uploaded_workbook() -> None:
    data = table([("甲", SAMPLE)] * 50)
    assert refusal(data[: len(data) // 2]) == ["“报名表.xlsx”已损坏或不是 Excel 工作簿，无法打开"]


def test_filename_is_told_without_its_folders() -> None:
    assert refusal(b"", r"C:\Users\a\表.xlsx") == refusal(b"", "/home/a/表.xlsx") == ["“表.xlsx”是空文件"]


def test_declared_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;">]>'
    data = with_part(
        table([("甲", SAMPLE)]), "xl/workbook.xml", lambda xml: xml.replace(b"<workbook", bomb + b"<workbook")
    )
    assert cells_of(read(data), "name") == ["甲"]
