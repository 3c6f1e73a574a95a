"""Columns behind a foreign key: worked out once, and each with the joins of its own way."""

from competition.database.connection import Engine
from competition.marking.tables import PanelSeat, Sheet


async def test_each_way_to_a_column_has_its_own_joins(database: Engine) -> None:
    seat, panel = Sheet.seat.account, Sheet.seat._.panel._.part
    assert Sheet.seat.account is seat
    assert [each._meta.name for each in seat._meta.call_chain] == ["seat"]
    assert [each._meta.name for each in panel._meta.call_chain] == ["seat", "panel"]
    assert [each._meta.name for each in PanelSeat.panel._.part._meta.call_chain] == ["panel"]
    assert [each._meta.name for each in Sheet.part._meta.call_chain] == []


async def test_an_alias_stays_with_its_own_query(database: Engine) -> None:
    named = str(Sheet.select(Sheet.seat.account.as_alias("judge")))
    assert ' AS "judge"' in named
    assert "judge" not in str(Sheet.select(Sheet.seat.account))
    assert str(Sheet.select(Sheet.seat.account.as_alias("judge"))) == named
