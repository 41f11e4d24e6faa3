"""Tryton's payloads: samples of a real server decode, and what is asked for is what the types hold."""

import json
from datetime import UTC, date, datetime
from importlib.resources import files

import msgspec
import pytest

from hub.model.vocabulary import Kind
from sources.tryton_erp.catalog import SHELVES
from sources.tryton_erp.wire import (
    Row,
    TrytonDay,
    TrytonMoment,
    TrytonSale,
    TrytonShipment,
    TrytonTransfer,
    paths,
)
from tests.sources.tryton_erp.made import MADE, MADE_AT, WRITTEN, WRITTEN_AT, sale

SAMPLES = files("sources.tryton_erp").joinpath("samples")


@pytest.mark.parametrize("kind", SHELVES, ids=lambda kind: kind.value)
def test_samples_of_a_real_erp_decode(kind: Kind) -> None:
    shelf = SHELVES[kind]
    rows = json.loads(SAMPLES.joinpath("records.json").read_text(encoding="utf-8"))[shelf.model]
    assert rows
    assert all(isinstance(msgspec.convert(row, shelf.wire), shelf.wire) for row in rows)


def test_paths_name_every_field_once_and_lead_through_what_lies_beneath() -> None:
    found = paths(TrytonSale)
    assert len(found) == len(set(found))
    assert {"number", "party.code", "lines.unit.symbol", "lines.moves.write_date", "invoices.state"} <= set(found)
    assert not [path for path in found if path.startswith("id") or path.endswith((".id", "__name__"))]


def test_what_a_server_has_not_is_not_asked_for() -> None:
    found = paths(TrytonShipment, frozenset({"packages", "carrier"}))
    assert not [path for path in found if path.startswith(("packages", "carrier"))]
    assert "shipping_reference" in found


def test_where_only_ids_are_wanted_they_are_named() -> None:
    assert "outgoing_moves.id" in paths(TrytonTransfer)
    assert paths(Row) == ()


def test_instants_are_utc_and_days_are_days() -> None:
    assert TrytonMoment(year=2026, month=1, day=2, hour=3, minute=4, second=5).meant() == datetime(
        2026, 1, 2, 3, 4, 5, tzinfo=UTC
    )
    assert TrytonDay(year=2026, month=1, day=2).meant() == date(2026, 1, 2)


def test_a_record_was_touched_when_written_else_when_made() -> None:
    given = sale()
    assert (given.create_date, given.write_date) == (MADE, WRITTEN)
    assert given.touched() == WRITTEN_AT
    given.write_date = None
    assert given.touched() == MADE_AT
