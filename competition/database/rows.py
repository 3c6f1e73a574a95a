"""The base of every table, and the few column shapes we use."""

import secrets
from typing import Any, ClassVar

import msgspec
from piccolo.columns import Column, Date, ForeignKey, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

TABLES: "list[type[Row]]" = []


class Index(msgspec.Struct, frozen=True):
    """An index over columns; with `where` it covers only those rows (both engines know partial indexes)."""

    columns: tuple[str, ...]
    unique: bool = False
    where: str = ""

    def name(self, table: str) -> str:
        return "_".join((table, *self.columns, "key" if self.unique else "idx"))


class Row(Table):
    """A table of ours. `INDEXES` go into the migrations; foreign keys restrict deletion."""

    id: Serial
    INDEXES: ClassVar[tuple[Index, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        TABLES.append(cls)


def unique(*columns: str, where: str = "") -> Index:
    return Index(columns, unique=True, where=where)


def index(*columns: str, where: str = "") -> Index:
    return Index(columns, where=where)


def word(length: int = 40) -> Varchar:
    """A short code or name, "" when unknown."""
    return Varchar(length=length, default="", null=False)


def text() -> Text:
    return Text(default="", null=False)


class Reference(ForeignKey):
    """A foreign key that works out the columns behind it once.

    Piccolo copies every column of the table beyond for each `Sheet.seat.account`: a quarter of the time of a page.
    """

    def __getattribute__(self, name: str) -> Any:
        value = object.__getattribute__(self, name)
        if name.startswith("_") or not isinstance(value, Column):
            return value
        behind = object.__getattribute__(self, "__dict__").setdefault("_behind", {})
        if name not in behind:
            behind[name] = super().__getattribute__(name)
        return behind[name]

    def copy(self) -> "Reference":
        """With joins of its own, so what was worked out for this one does not hold for it."""
        column: Reference = super().copy()  # type: ignore[assignment]  # a copy of itself
        column.__dict__["_behind"] = {}
        return column


def ref(table: "type[Row]") -> Reference:
    return Reference(references=table, null=False, on_delete=OnDelete.restrict)


def maybe_ref(table: "type[Row]") -> Reference:
    return Reference(references=table, null=True, default=None, on_delete=OnDelete.restrict)


def moment() -> Timestamptz:
    """A moment that is always known; stored in UTC."""
    return Timestamptz(null=False, default=None)


def maybe_moment() -> Timestamptz:
    return Timestamptz(null=True, default=None)


def maybe_day() -> Date:
    return Date(null=True, default=None)


def new_token() -> str:
    """An unguessable name for what travels: QR codes and public addresses."""
    return secrets.token_urlsafe(16)
