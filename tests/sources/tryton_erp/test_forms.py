"""What is read before something is written: as the ERP says it."""

import msgspec

from sources.tryton_erp.forms import DraftBill, FoundSale, SaleStand, SoldProduct
from sources.tryton_erp.wire import paths


def test_what_is_asked_for_is_what_the_types_hold() -> None:
    assert {"lines.product.code", "lines.unit_price", "party.code", "warehouse.code"} <= set(paths(FoundSale))
    assert {"lines.moves_ignored.id", "invoices.amount_to_pay", "shipments.state"} <= set(paths(SaleStand))
    assert {"template.account_category.customer_taxes_used", "sale_uom.symbol"} <= set(paths(SoldProduct))
    assert "currency.code" in paths(DraftBill)


def test_what_a_real_erp_said_decodes() -> None:
    product = {
        "__name__": "product.product", "id": 2, "code": "MUG", "default_uom": {"id": 1, "symbol": "u"},
        "sale_uom": {"id": 1, "symbol": "u"},
        "template": {"id": 2, "account_category": {"id": 1, "customer_taxes_used": [1]}},
    }  # fmt: skip
    made = msgspec.convert(product, SoldProduct)
    assert made.template.account_category is not None
    assert (made.code, made.template.account_category.customer_taxes_used) == ("MUG", [1])
