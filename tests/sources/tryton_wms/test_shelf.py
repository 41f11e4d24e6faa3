"""One broken row fails alone."""

import json

import msgspec
import pytest

from hub.errors import SourceGarbled
from hub.model.vocabulary import Kind
from sources.tryton_wms.mapping import Reading
from sources.tryton_wms.shelf import shelve
from tests.sources.tryton_wms.made import Json, out_json, stamp

READING = Reading(source="wms")


def raw(row: object) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(row).encode())


def test_readable_rows_say_what_they_say_beside_a_broken_one() -> None:
    rows = [out_json(id=1), out_json(id=2, number=7), out_json(id=3)]
    shelf = shelve([raw(row) for row in rows], Kind.SHIPMENT, READING)
    assert (shelf.ids, sorted(shelf.seen)) == ((1, 2, 3), [1, 3])
    assert shelf.failed == {"2": "$.result[1].number: Expected `str | null`, got `int`"}
    assert [seen.kind for seen in shelf.seen[1]] == [Kind.SHIPMENT, Kind.FULFILLMENT_ORDER]
    assert [seen.kind for seen in shelve([raw(rows[0])], Kind.FULFILLMENT_ORDER, READING).seen[1]] == [
        Kind.FULFILLMENT_ORDER,
        Kind.SHIPMENT,
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"create_date": {**stamp(0), "day": 31}},
        {"moves.": [{**out_json()["moves."][0], "quantity": 1e300}]},
    ],
)
def test_an_instant_or_a_quantity_that_is_none_fails_alone(changes: Json) -> None:
    shelf = shelve([raw(out_json(id=1, **changes)), raw(out_json(id=2))], Kind.SHIPMENT, READING)
    assert (list(shelf.seen), list(shelf.failed)) == ([2], ["1"])
    assert shelf.failed["1"].startswith("$.result[0]: ")


def test_a_row_without_an_id_spoils_the_answer() -> None:
    with pytest.raises(SourceGarbled, match=r"\$\.result\[1\]"):
        shelve([raw(out_json()), raw({"number": "1"})], Kind.SHIPMENT, READING)
