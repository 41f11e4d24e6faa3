"""The real server's own words fit the wire types, and what they say is what the rehearsal says."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any

import msgspec
import pytest

from hub.model.vocabulary import Kind
from sources.tryton_wms.asks import FIELDS, MODELS
from sources.tryton_wms.mapping import Reading
from sources.tryton_wms.rehearsal.fields import MODELS as DESCRIBED
from sources.tryton_wms.shelf import shelve
from sources.tryton_wms.wire import Dated, FigureRow, OutRow, Preferences, RpcAnswer, Stamp
from tests.sources.tryton_wms.made import out_json, stamp

SAMPLES = files("sources.tryton_wms").joinpath("samples")
READING = Reading(source="wms")


def sample(name: str) -> Any:  # Any: the vendor's JSON
    """Answers of a real Tryton 6.0.29, as they came."""
    return json.loads(SAMPLES.joinpath(f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "kind"), [("shipments", Kind.SHIPMENT), ("returns", Kind.RETURN), ("transfers", Kind.TRANSFER)]
)
def test_documents_of_a_real_server_are_read(name: str, kind: Kind) -> None:
    rows = sample(name)
    for title, row in rows.items():
        shelf = shelve([msgspec.Raw(json.dumps(row).encode())], kind, READING)
        assert not shelf.failed, title
        content = shelf.seen[row["id"]][0].content
        assert content is not None
        assert (content.raw_status, content.number) == (row["state"], row["number"])
        assert content.status != "UNKNOWN"


def test_a_real_shipment_that_is_partly_assigned_says_what_is_short() -> None:
    row = sample("shipments")["waiting, partly assigned"]
    content = shelve([msgspec.Raw(json.dumps(row).encode())], Kind.SHIPMENT, READING).seen[row["id"]][0].content
    assert content is not None
    found = {
        line.sku: (line.quantities.ordered, line.quantities.allocated, line.quantities.backordered)
        for line in content.lines
    }
    assert found == {
        "LAPTOP": (Decimal(5), Decimal(3), Decimal(2)),
        "TSHIRT-M": (Decimal(70), Decimal(70), Decimal(0)),
        "FLOUR": (Decimal("0.30"), Decimal("0.30"), Decimal("0.00")),
    }


def test_masters_of_a_real_server_are_read() -> None:
    masters = sample("masters")
    for name, kind in (("products", Kind.PRODUCT), ("warehouses", Kind.WAREHOUSE)):
        raw = [msgspec.Raw(json.dumps(row).encode()) for row in masters[name]]
        shelf = shelve(raw, kind, READING)
        assert (len(shelf.seen), shelf.failed) == (len(masters[name]), {})
    figures = [msgspec.convert(row, type=FigureRow) for row in masters["figures"]]
    assert {row.code: row.uom.symbol for row in figures} == {"TSHIRT-M": "u", "MUG": "u", "LAPTOP": "u", "FLOUR": "kg"}
    assert msgspec.convert(masters["preferences"], type=Preferences) == Preferences(company=1, language="en")


def test_every_field_that_is_asked_for_is_one_that_the_rehearsal_describes() -> None:
    for kind, names in FIELDS.items():
        for name in names:
            model: str | None = MODELS[kind]
            for part in name.split("."):
                assert model is not None, name
                model = DESCRIBED[model][part].relation


def test_instants_are_utc_and_an_impossible_one_is_refused() -> None:
    moment = msgspec.convert(stamp(5), type=Stamp).instant()
    assert moment == datetime(2026, 11, 20, 9, 5, 0, 123456, tzinfo=UTC)
    with pytest.raises(ValueError, match="day is out of range"):
        msgspec.convert({**stamp(5), "day": 31}, type=Stamp).instant()


def test_a_row_is_as_old_as_its_last_writing() -> None:
    made = {"id": 1, "create_date": stamp(1)}
    assert msgspec.convert({**made, "write_date": stamp(2)}, type=Dated).written().minute == 2
    assert msgspec.convert({**made, "write_date": None}, type=Dated).written().minute == 1


def test_what_lies_beside_a_result_is_not_agreed() -> None:
    assert msgspec.json.decode(b'{"id":1,"result":[]}', type=RpcAnswer).result == msgspec.Raw(b"[]")
    with pytest.raises(msgspec.ValidationError, match="unknown field `errors`"):
        msgspec.json.decode(b'{"id":1,"result":[],"errors":[]}', type=RpcAnswer)


@pytest.mark.parametrize("missing", ["state", "moves.", "warehouse.", "create_date", "packages."])
def test_a_shipment_without_what_was_asked_for_breaks_the_type(missing: str) -> None:
    row = {name: value for name, value in out_json().items() if name != missing}
    with pytest.raises(msgspec.ValidationError, match=missing.replace(".", r"\.")):
        msgspec.convert(row, type=OutRow)
