"""The tables as SQL for one engine. `python -m competition.database.schema sqlite` prints the whole schema."""

import importlib.util
import pkgutil
import sys

from piccolo.columns import (
    BigInt,
    Boolean,
    Column,
    Date,
    Integer,
    Serial,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)

import competition
from competition.database.rows import TABLES, Reference, Row

_TYPES: dict[type[Column], str] = {
    BigInt: "BIGINT",
    SmallInt: "INTEGER",
    Integer: "INTEGER",
    Boolean: "BOOLEAN",
    Text: "TEXT",
    Date: "DATE",
    Timestamptz: "TIMESTAMPTZ",
    Reference: "INTEGER",
}


def load_tables() -> list[type[Row]]:
    """Import the tables of every room and list them so that each comes after what it refers to."""
    for room in pkgutil.iter_modules(competition.__path__):
        if room.ispkg:
            name = f"competition.{room.name}.tables"
            if importlib.util.find_spec(name):
                importlib.import_module(name)
    ordered: list[type[Row]] = []
    for table in sorted(TABLES, key=lambda table: table._meta.tablename):
        _place(table, ordered)
    return ordered


def _place(table: type[Row], ordered: list[type[Row]]) -> None:
    if table in ordered:
        return
    for foreign in table._meta.foreign_key_columns:
        if foreign._foreign_key_meta.resolved_references is not table:
            _place(foreign._foreign_key_meta.resolved_references, ordered)  # type: ignore[arg-type]  # ours are Rows
    ordered.append(table)


def _column(column: Column, engine: str) -> str:
    name = f'"{column._meta.name}"'
    if isinstance(column, Serial):
        # AUTOINCREMENT: an id is never given twice, so an audit record can't come to mean another row.
        return f"{name} INTEGER PRIMARY KEY AUTOINCREMENT" if engine == "sqlite" else f"{name} SERIAL PRIMARY KEY"
    kind = f"VARCHAR({column.length})" if isinstance(column, Varchar) else _TYPES[type(column)]
    null = "" if column._meta.null else " NOT NULL"
    refers = ""
    if isinstance(column, Reference):
        target = column._foreign_key_meta.resolved_references._meta.tablename
        refers = f' REFERENCES "{target}" ("id") ON DELETE RESTRICT'
    return f"{name} {kind}{null}{refers}"


def create_table(table: type[Row], engine: str) -> list[str]:
    name = table._meta.tablename
    columns = ",\n  ".join(_column(column, engine) for column in table._meta.columns)
    statements = [f'CREATE TABLE "{name}" (\n  {columns}\n)']
    for entry in table.INDEXES:
        unique = "UNIQUE " if entry.unique else ""
        over = ", ".join(f'"{column}"' for column in entry.columns)
        where = f" WHERE {entry.where}" if entry.where else ""
        statements.append(f'CREATE {unique}INDEX "{entry.name(name)}" ON "{name}" ({over}){where}')
    return statements


def schema(engine: str) -> list[str]:
    return [statement for table in load_tables() for statement in create_table(table, engine)]


if __name__ == "__main__":
    print(";\n".join(schema(sys.argv[1])) + ";")
