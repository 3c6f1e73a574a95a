"""A submitted form: typed reading that gathers every error and keeps everything that was typed."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from litestar import Request
from litestar.datastructures import UploadFile

from competition import clock
from competition.exact import parse_decimal
from competition.problems import N_, Problem, Refused
from competition.web.i18n import said

Choice = TypeVar("Choice", bound=StrEnum)

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WHOLE = re.compile(r"-?\d{1,9}", re.ASCII)


class Form:
    """Each reader returns the typed value; what is wrong is noted in `problems`, and the form shown again."""

    def __init__(self, raw: Mapping[str, list[Any]] | None = None) -> None:
        self.raw: dict[str, list[Any]] = dict(raw or {})
        self.problems: list[Problem] = []

    @classmethod
    def filled(cls, **values: Any) -> "Form":
        """A form showing a record that exists."""
        return cls({name: _as_texts(value) for name, value in values.items()})

    # What templates ask.

    def value(self, name: str, default: str = "") -> str:
        values = self.raw.get(name)
        return values[0] if values and isinstance(values[0], str) else default

    def values(self, name: str) -> list[str]:
        return [value for value in self.raw.get(name, []) if isinstance(value, str)]

    def error(self, name: str) -> str:
        return next((said(problem) for problem in self.problems if problem.field == name), "")

    @property
    def errors(self) -> list[tuple[str, str]]:
        return [(problem.field, said(problem)) for problem in self.problems]

    @property
    def valid(self) -> bool:
        return not self.problems

    # What handlers ask.

    def refuse(self, *problems: Problem | Refused) -> None:
        for problem in problems:
            self.problems.extend(problem.problems if isinstance(problem, Refused) else [problem])

    def wrong(self, name: str, text: str, **params: Any) -> None:
        self.problems.append(Problem(text, field=name, params=params))

    def text(self, name: str, *, required: bool = True, longest: int = 120) -> str:
        value = self.value(name).strip()
        if _CONTROL.search(value):
            self.wrong(name, N_("含有不可见字符，请重新填写"))
        elif not value and required:
            self.wrong(name, N_("此项必填"))
        elif len(value) > longest:
            self.wrong(name, N_("最多 {longest} 个字，现有 {length} 个"), longest=longest, length=len(value))
        else:
            return value
        return ""

    def whole(self, name: str, *, least: int = 0, most: int = 10**9, default: int | None = None) -> int:
        """A whole number. With `default`, an empty field means that; without, it is required."""
        value = self.value(name).strip()
        if not value and default is not None:
            return default
        if not value:
            self.wrong(name, N_("此项必填"))
        elif not _WHOLE.fullmatch(value):
            self.wrong(name, N_("须为整数，只用半角数字"))
        elif not least <= int(value) <= most:
            self.wrong(name, N_("须在 {least} 到 {most} 之间"), least=least, most=most)
        else:
            return int(value)
        return default if default is not None else least

    def decimal(
        self, name: str, *, least: Decimal = Decimal(0), most: Decimal = Decimal(10**8), default: Decimal | None = None
    ) -> Decimal:
        value = self.value(name).strip()
        if not value and default is not None:
            return default
        if not value:
            self.wrong(name, N_("此项必填"))
            return least
        try:
            number = parse_decimal(value)
        except ValueError:
            self.wrong(name, N_("须为数字，小数点用“.”，最多四位小数"))
            return least
        if not least <= number <= most:
            self.wrong(name, N_("须在 {least} 到 {most} 之间"), least=least, most=most)
            return least
        return number

    def fen(self, name: str) -> int:
        """Yuan as typed, as whole fen; empty is 0."""
        fen = self.decimal(name, default=Decimal(0), most=Decimal(10**9 - 1)) * 100
        if fen != fen.to_integral_value():
            self.wrong(name, N_("金额最多两位小数"))
        return int(fen)

    def day(self, name: str, *, required: bool = False) -> date | None:
        value = self.value(name).strip()
        if not value:
            if required:
                self.wrong(name, N_("此项必填"))
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.wrong(name, N_("须为日期，如 2025-10-13"))
            return None

    def moment(self, name: str, *, required: bool = False, zone: str = clock.DEFAULT_ZONE) -> datetime | None:
        """A wall-clock time in `zone`, as UTC."""
        value = self.value(name).strip()
        if not value:
            if required:
                self.wrong(name, N_("此项必填"))
            return None
        try:
            wall = datetime.fromisoformat(value)
        except ValueError:
            self.wrong(name, N_("须为日期和时间，如 2025-10-13 09:00"))
            return None
        return clock.in_utc(wall.replace(tzinfo=None), zone)

    def choice(self, name: str, kinds: type[Choice], *, default: Choice | None = None) -> Choice:
        value = self.value(name)
        if not value and default is not None:
            return default
        try:
            return kinds(value)
        except ValueError:
            self.wrong(name, N_("选择一项"))
            return default or next(iter(kinds))

    def one_of(self, name: str, options: Collection[str], *, required: bool = True) -> str:
        value = self.value(name)
        if (value or required) and value not in options:
            self.wrong(name, N_("选择一项"))
            return ""
        return value

    def checked(self, name: str) -> bool:
        return self.value(name) in ("on", "true", "1")

    def version(self) -> int:
        """The version of the record the form was opened on; 0 when the field is missing or not a number."""
        value = self.value("version")
        return int(value) if _WHOLE.fullmatch(value) else 0

    async def file(self, name: str, *, most_bytes: int = 10 * 1024 * 1024) -> tuple[str, bytes] | None:
        """The name and content of an uploaded file."""
        upload = next((value for value in self.raw.get(name, []) if isinstance(value, UploadFile)), None)
        if upload is None or not upload.filename:
            self.wrong(name, N_("选择一个文件"))
            return None
        content = await upload.read(most_bytes + 1)
        if len(content) > most_bytes:
            self.wrong(name, N_("文件超过 {size} MB"), size=most_bytes // 1024 // 1024)
            return None
        return upload.filename, content


def _as_texts(value: Any) -> list[str]:
    if value is None:
        return [""]
    if isinstance(value, bool):
        return ["on"] if value else []
    if isinstance(value, datetime):
        return [clock.local(value).strftime("%Y-%m-%dT%H:%M")]
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    return [str(value)]


async def read_form(request: Request) -> Form:
    """The request's form, urlencoded or multipart."""
    data = await request.form()
    return Form({name: data.getall(name) for name in data})
