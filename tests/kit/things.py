"""One entity of each kind beside orders, shipments and customers, as the store holds them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from hub.model.billing import (
    CreditMemo,
    CreditMemoFacts,
    CreditMemoGroups,
    CreditMemoStatus,
    Invoice,
    InvoiceFacts,
    InvoiceGroups,
    InvoiceSettlement,
    InvoiceStatus,
    Payment,
    PaymentFacts,
    PaymentGroups,
    PaymentKind,
    PaymentStatus,
    PriceFacts,
    PriceGroups,
    PriceReference,
    PriceSource,
    PriceStatus,
)
from hub.model.place import Warehouse, WarehouseGroups, WarehouseProfile, WarehouseStatus, WarehouseType
from hub.model.product import Product, ProductGroups, ProductItem, ProductStatus, ProductType
from hub.model.returns import Return, ReturnGroups, ReturnLine, ReturnRequestFacts, ReturnStatus
from hub.model.shipment import FulfillmentOrder, FulfillmentRequestStatus
from hub.model.transfer import Transfer, TransferGroups, TransferLine, TransferRequest, TransferStatus
from hub.model.values import Identifier, Money
from hub.model.vocabulary import IdentifierScheme
from tests.kit.orders import NOON

T = TypeVar("T")


def euros(amount: str) -> Money:
    """Money."""
    return Money(amount=Decimal(amount), currency_code="EUR")


def named(scheme: IdentifierScheme, value: str, source: str = "erp") -> tuple[Identifier, ...]:
    """One identifier."""
    return (Identifier(scheme=scheme, value=value, source=source),)


def _made(kind: type[T], usual: dict[str, Any], said: dict[str, Any]) -> T:  # Any: fields of the kind
    return kind(**({"version": 1} | usual | said))


def make_request(number: str = "F1", **said: Any) -> FulfillmentOrder:  # Any: any field
    """A request that a warehouse has accepted."""
    usual = {"id": f"request-{number}", "number": number, "request_status": FulfillmentRequestStatus.ACCEPTED}
    return _made(FulfillmentOrder, usual, said)


def make_return(number: str = "RMA-1", **said: Any) -> Return:  # Any: any field
    """A return of one mug, asked for at noon."""
    usual = {
        "id": f"return-{number}",
        "number": number,
        "status": ReturnStatus.AUTHORIZED,
        "groups": ReturnGroups(request=ReturnRequestFacts(requested_at=NOON)),
        "lines": (ReturnLine(line_no=1, sku="MUG", authorized=Decimal(1)),),
        "identifiers": named(IdentifierScheme.RMA, number),
    }
    return _made(Return, usual, said)


def make_invoice(number: str = "INV-1", **said: Any) -> Invoice:  # Any: any field
    """A posted invoice of 24.20, due in 30 days."""
    facts = InvoiceFacts(issue_date=NOON.date(), due_date=date(2026, 12, 21), total=euros("24.20"))
    settled = InvoiceSettlement(paid=euros("0.00"), outstanding=euros("24.20"))
    usual = {
        "id": f"invoice-{number}",
        "number": number,
        "status": InvoiceStatus.POSTED,
        "groups": InvoiceGroups(facts=facts, settlement=settled),
        "identifiers": named(IdentifierScheme.INVOICE, number),
    }
    return _made(Invoice, usual, said)


def make_credit(number: str = "CM-1", **said: Any) -> CreditMemo:  # Any: any field
    """A posted credit memo of 12.10."""
    facts = CreditMemoFacts(issue_date=NOON.date(), total=euros("12.10"))
    usual = {
        "id": f"credit-{number}",
        "number": number,
        "status": CreditMemoStatus.POSTED,
        "groups": CreditMemoGroups(facts=facts),
        "identifiers": named(IdentifierScheme.CREDIT_MEMO, number),
    }
    return _made(CreditMemo, usual, said)


def make_payment(reference: str = "PSP-1", **said: Any) -> Payment:  # Any: any field
    """A capture of 24.20 at noon."""
    usual = {
        "id": f"payment-{reference}",
        "kind": PaymentKind.CAPTURE,
        "status": PaymentStatus.SUCCEEDED,
        "groups": PaymentGroups(facts=PaymentFacts(amount=euros("24.20"), occurred_at=NOON)),
        "identifiers": named(IdentifierScheme.PAYMENT_REF, reference, "shop"),
    }
    return _made(Payment, usual, said)


def make_product(sku: str = "MUG", **said: Any) -> Product:  # Any: any field
    """An item that is sold."""
    item = ProductItem(name=f"The {sku.lower()}", status=ProductStatus.ACTIVE, type=ProductType.GOODS)
    usual = {
        "id": f"product-{sku}",
        "sku": sku,
        "groups": ProductGroups(item=item),
        "identifiers": named(IdentifierScheme.SKU, sku),
    }
    return _made(Product, usual, said)


def make_warehouse(code: str = "WH", **said: Any) -> Warehouse:  # Any: any field
    """A warehouse that works."""
    profile = WarehouseProfile(name=f"Warehouse {code}", type=WarehouseType.DC, status=WarehouseStatus.ACTIVE)
    usual = {
        "id": f"warehouse-{code}",
        "code": code,
        "groups": WarehouseGroups(profile=profile),
        "identifiers": named(IdentifierScheme.OTHER, code),
    }
    return _made(Warehouse, usual, said)


def make_transfer(number: str = "T-1", **said: Any) -> Transfer:  # Any: any field
    """Ten mugs from WH to WH-EAST, expected tomorrow."""
    asked = TransferRequest(requested_at=NOON, expected_at=NOON + timedelta(days=1))
    usual = {
        "id": f"transfer-{number}",
        "number": number,
        "status": TransferStatus.REQUESTED,
        "groups": TransferGroups(request=asked),
        "lines": (TransferLine(sku="MUG", requested=Decimal(10)),),
        "from_warehouse_id": "warehouse-WH",
        "to_warehouse_id": "warehouse-WH-EAST",
        "identifiers": named(IdentifierScheme.OTHER, number),
    }
    return _made(Transfer, usual, said)


def make_price(sku: str = "MUG", **said: Any) -> PriceReference:  # Any: any field
    """What a mug costs by contract."""
    usual = {
        "id": f"price-{sku}",
        "sku": sku,
        "status": PriceStatus.ACTIVE,
        "groups": PriceGroups(facts=PriceFacts(net_price=euros("2.00"), price_source=PriceSource.CONTRACT)),
    }
    return _made(PriceReference, usual, said)
