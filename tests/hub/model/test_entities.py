from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_args, get_type_hints

import pytest

from hub.codec import decode, encode
from hub.model import billing, inventory, order, party, place, product, returns, shipment, transfer
from hub.model.entities import ENTITIES, content_field
from hub.model.observation import Content
from hub.model.values import group_fields
from hub.model.vocabulary import Kind

KINDS = [kind for kind in Kind if kind not in (Kind.SOURCE, Kind.OPERATION, Kind.EXCEPTION_CASE)]
SAMPLES: dict[Kind, Any] = {
    Kind.ORDER: order.Order(id="1", version=1, number="C0", status=order.OrderStatus.ACCEPTED),
    Kind.FULFILLMENT_ORDER: shipment.FulfillmentOrder(
        id="1", version=1, request_status=shipment.FulfillmentRequestStatus.ACCEPTED
    ),
    Kind.SHIPMENT: shipment.Shipment(id="1", version=1, status=shipment.ShipmentMilestone.PACKED),
    Kind.RETURN: returns.Return(id="1", version=1, number="RMA-1", status=returns.ReturnStatus.REQUESTED),
    Kind.INVOICE: billing.Invoice(id="1", version=1, status=billing.InvoiceStatus.POSTED),
    Kind.CREDIT_MEMO: billing.CreditMemo(id="1", version=1, status=billing.CreditMemoStatus.POSTED),
    Kind.PAYMENT: billing.Payment(
        id="1", version=1, kind=billing.PaymentKind.AUTH, status=billing.PaymentStatus.SUCCEEDED
    ),
    Kind.CUSTOMER: party.Customer(id="1", version=1, number="ACME"),
    Kind.PRODUCT: product.Product(id="1", version=1, sku="MUG"),
    Kind.WAREHOUSE: place.Warehouse(id="1", version=1, code="WH"),
    Kind.INVENTORY: inventory.InventoryPosition(
        id="1", version=1, sku="MUG", warehouse=place.Warehouse(id="1", version=1, code="WH")
    ),
    Kind.TRANSFER: transfer.Transfer(id="1", version=1, status=transfer.TransferStatus.DRAFT),
    Kind.PRICE_REFERENCE: billing.PriceReference(id="1", version=1, sku="MUG", status=billing.PriceStatus.ACTIVE),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_but_the_source_has_a_document(kind: Kind) -> None:
    assert is_dataclass(ENTITIES[kind])
    assert {"id", "version", "groups", "identifiers"} <= {spec.name for spec in fields(ENTITIES[kind])}


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_comes_back_from_the_store_as_it_went(kind: Kind) -> None:
    sample = SAMPLES[kind]
    assert decode(encode(sample), ENTITIES[kind]) == sample


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_can_tell_exactly_the_groups_of_the_document(kind: Kind) -> None:
    told = get_args(get_type_hints(Content)[content_field(kind)])[0]
    held = get_type_hints(ENTITIES[kind])["groups"]
    assert told is held


@pytest.mark.parametrize("kind", KINDS)
def test_a_group_is_named_once_in_an_entity_so_provenance_is_never_ambiguous(kind: Kind) -> None:
    held = get_type_hints(ENTITIES[kind])["groups"]
    groups = list(group_fields(held).values())
    assert groups, f"{kind} has no group"
    assert len(groups) == len(set(groups))


@pytest.mark.parametrize("kind", KINDS)
def test_flattening_the_groups_never_meets_a_name_twice(kind: Kind) -> None:
    entity = ENTITIES[kind]
    names = [spec.name for spec in fields(entity) if spec.name != "groups"]
    for spec in fields(get_type_hints(entity)["groups"]):
        group = get_args(get_type_hints(get_type_hints(entity)["groups"])[spec.name])[0]
        names += [inner.name for inner in fields(group) if "internal" not in inner.metadata]
    assert len(names) == len(set(names)), sorted(names)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_group_may_be_missing(kind: Kind) -> None:
    groups = get_type_hints(ENTITIES[kind])["groups"]
    for name in group_fields(groups):
        group = get_args(get_type_hints(groups)[name])[0]
        for spec in fields(group):
            assert spec.default is not MISSING or spec.default_factory is not MISSING, f"{group.__name__}.{spec.name}"
