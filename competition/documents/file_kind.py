"""What an uploaded file really is, whatever its name says, before anything tries to open it."""

import io
import re
import zipfile
from pathlib import PurePath

from competition.problems import N_, Problem, Refused

MAX_UNPACKED = 100 * 1024 * 1024
_MAX_MEMBERS = 2000
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"II*\x00", b"MM\x00*")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_MARKUP = re.compile(rb"\s*(<!doctype html|<html|<table|<meta|<\?xml)", re.IGNORECASE)

_ADVICE_PICTURE = N_("“{filename}”是图片，不是 Excel 工作簿；须上传 .xlsx 文件")
_ADVICE_PDF = N_("“{filename}”是 PDF，不是 Excel 工作簿；须上传 .xlsx 文件")
_ADVICE_ARCHIVE = N_("“{filename}”是压缩包；须解压后上传其中的 .xlsx 文件")
_ADVICE_MARKUP = N_("“{filename}”是网页或 XML 格式；在 Excel 或 WPS 中打开后另存为 .xlsx 再上传")
_ADVICE_TEXT = N_("“{filename}”是文本文件（CSV）；在 Excel 或 WPS 中打开后另存为 .xlsx 再上传")
_ADVICE_WORD = N_("“{filename}”是 Word 文档，不是 Excel 工作簿；须上传 .xlsx 文件")
_ADVICE_OTHER_SHEET = N_("“{filename}”不是 .xlsx 格式；在 Excel 或 WPS 中另存为 .xlsx 再上传")
_ADVICE_LOCKED = N_("“{filename}”设有打开密码；取消密码后再上传")
_ADVICE_BROKEN = N_("“{filename}”已损坏或不是 Excel 工作簿，无法打开")
_ADVICE_UNKNOWN = N_("“{filename}”不是 Excel 工作簿；须上传 .xlsx 文件")
_ADVICE_BOMB = N_("“{filename}”解压后过大；删除多余的空行、空列和图片后再上传")


def locked(filename: str) -> Refused:
    return _refusal(_ADVICE_LOCKED, filename)


def broken(filename: str) -> Refused:
    return _refusal(_ADVICE_BROKEN, filename)


def too_heavy(filename: str) -> Refused:
    return _refusal(_ADVICE_BOMB, filename)


def require_workbook(data: bytes, filename: str, max_bytes: int) -> None:
    """Raises Refused unless `data` is an .xlsx, or an old .xls, of sound size both packed and unpacked."""
    if not data:
        raise _refusal(N_("“{filename}”是空文件"), filename)
    if len(data) > max_bytes:
        params = {"size": _megabytes(len(data)), "limit": _megabytes(max_bytes)}
        raise Refused(Problem(N_("文件大小 {size} MB，上限 {limit} MB"), "file", params))
    if data.startswith(_ZIP):
        _require_spreadsheet_package(data, filename)
    elif data.startswith(_OLE):
        _require_old_spreadsheet(data, filename)
    else:
        raise _refusal(_advice(data), filename)


def is_package(data: bytes) -> bool:
    """An .xlsx, as against an old .xls."""
    return data.startswith(_ZIP)


def _advice(data: bytes) -> str:
    if data.startswith(_PICTURES):
        return _ADVICE_PICTURE
    if data.startswith(b"%PDF"):
        return _ADVICE_PDF
    if data.startswith(_ARCHIVES):
        return _ADVICE_ARCHIVE
    if _MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")):
        return _ADVICE_MARKUP
    is_text = data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" not in data[:4096]
    return _ADVICE_TEXT if is_text else _ADVICE_UNKNOWN


def _require_spreadsheet_package(data: bytes, filename: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise broken(filename) from None
    names = {member.filename.replace("\\", "/").lower() for member in members}
    if any(member.flag_bits & 1 for member in members):
        raise locked(filename)
    if "xl/workbook.xml" not in names:
        raise _refusal(_package_advice(names), filename)
    if len(members) > _MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise too_heavy(filename)


def _package_advice(names: set[str]) -> str:
    if any(name.startswith("word/") for name in names):
        return _ADVICE_WORD
    if "xl/workbook.bin" in names or "content.xml" in names:
        return _ADVICE_OTHER_SHEET
    return _ADVICE_ARCHIVE


def _require_old_spreadsheet(data: bytes, filename: str) -> None:
    if _stream(data, "EncryptedPackage"):
        raise locked(filename)
    if not (_stream(data, "Workbook") or _stream(data, "Book")):
        raise _refusal(_ADVICE_WORD if _stream(data, "WordDocument") else _ADVICE_UNKNOWN, filename)


def _stream(data: bytes, name: str) -> bool:
    """Whether an OLE file has a stream of this name: directory entries hold it in UTF-16, ended by a zero."""
    return f"{name}\0".encode("utf-16-le") in data


def _refusal(text: str, filename: str) -> Refused:
    return Refused(Problem(text, "file", {"filename": PurePath(filename.replace("\\", "/")).name[:80]}))


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f}"
