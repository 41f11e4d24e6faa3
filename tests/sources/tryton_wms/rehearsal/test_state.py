"""Rows by id, and who was written when."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from sources.tryton_wms.rehearsal.state import MOVE, OUT, Move, Record, Shipment, Tables

START = datetime(2026, 11, 20, 9, 0)  # noqa: DTZ001 - Tryton's instants are naive


@dataclass
class Hour:
    """A clock that is set."""

    at: datetime = field(default=START)

    def now(self) -> datetime:
        return self.at


def shipment(tables: Tables, at: datetime) -> Shipment:
    made = Shipment(id=tables.next_id(OUT), create_date=at, model=OUT, number="1", reference=None)
    tables.add(OUT, made)
    return made


def test_ids_only_grow_even_past_a_row_that_was_dropped() -> None:
    tables = Tables(lambda: START)
    first, second = shipment(tables, START), shipment(tables, START)
    tables.of(OUT).drop(second.id)
    assert (first.id, second.id, shipment(tables, START).id) == (1, 2, 3)
    assert tables.of(OUT).ids == [1, 3]


def test_what_hangs_on_a_row_touches_it_and_leaves_its_date_alone() -> None:
    hour = Hour()
    tables = Tables(hour.now)
    one = shipment(tables, START)
    move = Move(
        id=1,
        create_date=START,
        product=1,
        quantity=Decimal(1),
        uom=1,
        from_location=1,
        to_location=2,
        shipment=(OUT, 1),
    )
    tables.add(MOVE, move)
    hour.at = START + timedelta(minutes=5)
    tables.write(MOVE, move)
    assert (one.write_date, move.write_date) == (None, hour.at)
    assert list(tables.of(OUT).since(hour.at)) == [1]
    assert list(tables.of(MOVE).since(hour.at)) == [1]
    assert list(tables.of(OUT).since(hour.at + timedelta(seconds=1))) == []


def test_what_is_written_in_the_past_stands_at_its_date() -> None:
    hour = Hour()
    tables = Tables(hour.now)
    early, late = shipment(tables, START), shipment(tables, START + timedelta(hours=2))
    hour.at = START + timedelta(hours=1)
    tables.write(OUT, early)
    assert tables.of(OUT).newest() == late.id
    assert list(tables.of(OUT).since(START + timedelta(hours=1))) == [early.id, late.id]
    assert list(tables.of(OUT).since(START + timedelta(hours=2))) == [late.id]
    tables.of(OUT).drop(late.id)
    assert tables.of(OUT).newest() == early.id
    assert list(tables.rows(OUT)) == [early]


def test_an_empty_table_has_no_newest_row() -> None:
    tables = Tables(lambda: START)
    assert (tables.of(OUT).newest(), list(tables.rows(OUT)), tables.next_id(OUT)) == (None, [], 1)
    assert isinstance(Record(id=1, create_date=START), Record)
