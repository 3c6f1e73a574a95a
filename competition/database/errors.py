"""What the database can refuse, the same on both engines."""

import re


class UnrecordedWrite(RuntimeError):
    """A change was attempted outside `competition.audit.write`, so it would have left no record."""


class Duplicate(Exception):
    """A unique index refused a row."""

    def __init__(self, table: str, columns: tuple[str, ...]) -> None:
        super().__init__(f"{table}({', '.join(columns)})")
        self.table = table
        self.columns = columns


_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (.+)")
_POSTGRES_KEY = re.compile(r"Key \(([^)]*)\)=")


def duplicate_in_sqlite(message: str) -> Duplicate | None:
    """SQLite names the columns: `UNIQUE constraint failed: unit.credit_code`."""
    found = _SQLITE_UNIQUE.search(message)
    if not found:
        return None
    names = [part.strip().partition(".") for part in found[1].split(",")]
    return Duplicate(names[0][0], tuple(column for _, _, column in names))


def duplicate_in_postgres(table: str, detail: str) -> Duplicate:
    """PostgreSQL names them in the detail: `Key (credit_code)=(…) already exists.`"""
    found = _POSTGRES_KEY.search(detail)
    columns = tuple(part.strip().strip('"') for part in found[1].split(",")) if found else ()
    return Duplicate(table, columns)
