"""Records and what they work out."""

from sources.tryton_erp.rehearsal.erp import Erp


def test_a_place_knows_its_warehouse_and_a_warehouse_itself(erp: Erp) -> None:
    warehouse = erp.warehouses["WH"]
    assert warehouse.storage_location is not None
    assert (warehouse.storage_location.warehouse, warehouse.warehouse) == (warehouse, warehouse)
    assert erp.goods.customers is not None
    assert erp.goods.customers.warehouse is None


def test_moves_lead_to_the_sale_they_serve_and_to_the_one_they_follow(erp: Erp) -> None:
    sale = erp.process(erp.sell("CODE", [("MUG", 2, "7.50")]))
    out, shelf = sale.shipments[0].moves
    assert (out.sale, shelf.sale, shelf.origin, out.internal_quantity) == (sale, None, out, 2.0)
    assert sale.reference_value == "sale.sale,1"
