"""Where each kind lies."""

from hub.model.vocabulary import Kind
from sources.tryton_erp.catalog import OPTIONAL, SHELVES
from sources.tryton_erp.manifest import MANIFEST


def test_every_kind_that_is_read_has_a_shelf_but_stock() -> None:
    assert set(SHELVES) | {Kind.INVENTORY} == set(MANIFEST.reads)
    assert set(MANIFEST.sweeps) == set(MANIFEST.reads)


def test_children_are_asked_for_by_their_own_times() -> None:
    stamps = SHELVES[Kind.SHIPMENT].stamps(frozenset())
    assert {"write_date", "moves.write_date", "moves.create_date", "packages.write_date"} <= set(stamps)
    assert not [stamp for stamp in stamps if stamp.startswith(("outgoing", "inventory", "incoming"))]
    assert "packages.write_date" not in SHELVES[Kind.SHIPMENT].stamps(frozenset({"packages"}))


def test_optional_fields_are_fields_of_their_model() -> None:
    wires = {shelf.model: shelf.wire for shelf in SHELVES.values()}
    written = {"sale.sale"}  # these are not read
    for model in OPTIONAL.keys() - written:
        assert set(OPTIONAL[model]) <= set(wires[model].__struct_fields__)
