"""What each kind of entity can be listed by, as data. A filter's names are those of the graph's inputs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from hub.model.vocabulary import Kind
from hub.store.listing import TEXTS, By, Listing, Sort, Term, amounts, moments, texts


class OrderSortField(StrEnum):
    """What orders are sorted by. Orders without the value come last, whatever the direction."""

    PLACED_AT = "PLACED_AT"
    """When the customer placed it."""
    UPDATED_AT = "UPDATED_AT"
    """When the hub last saw it change."""
    PROMISED_SHIP_AT = "PROMISED_SHIP_AT"
    """When it was promised to leave."""
    TIME_IN_STATUS = "TIME_IN_STATUS"
    """How long it has been in its status."""
    TOTAL = "TOTAL"
    """What it costs; currencies are not converted."""


class ShipmentSortField(StrEnum):
    """What shipments are sorted by. Those without the value come last, whatever the direction."""

    SHIPPED_AT = "SHIPPED_AT"
    """When it was handed to the carrier."""
    ESTIMATED_DELIVERY_AT = "ESTIMATED_DELIVERY_AT"
    """When the carrier expects to deliver it."""
    UPDATED_AT = "UPDATED_AT"
    """When the hub last saw it change."""


class FulfillmentOrderSortField(StrEnum):
    """What fulfilment orders are sorted by. Those without the value come last, whatever the direction."""

    ACK_DUE_AT = "ACK_DUE_AT"
    """When the warehouse's answer is due."""
    UPDATED_AT = "UPDATED_AT"
    """When the hub last saw it change."""


class ReturnSortField(StrEnum):
    """What returns are sorted by. Those without the value come last, whatever the direction."""

    REQUESTED_AT = "REQUESTED_AT"
    """When it was asked for."""
    UPDATED_AT = "UPDATED_AT"
    """When the hub last saw it change."""


class InvoiceSortField(StrEnum):
    """What invoices are sorted by. Those without the value come last, whatever the direction."""

    ISSUE_DATE = "ISSUE_DATE"
    """When it was issued."""
    DUE_DATE = "DUE_DATE"
    """When it must be paid."""
    TOTAL = "TOTAL"
    """What it comes to; currencies are not converted."""
    UPDATED_AT = "UPDATED_AT"
    """When the hub last saw it change."""


class CreditMemoSortField(StrEnum):
    """What credit memos are sorted by. Those without the value come last, whatever the direction."""

    ISSUE_DATE = "ISSUE_DATE"
    """When it was issued."""
    TOTAL = "TOTAL"
    """What it comes to; currencies are not converted."""
    UPDATED_AT = "UPDATED_AT"
    """When the hub last saw it change."""


class PaymentSortField(StrEnum):
    """What payments are sorted by. Those without the value come last, whatever the direction."""

    OCCURRED_AT = "OCCURRED_AT"
    """When the money moved."""
    AMOUNT = "AMOUNT"
    """How much; currencies are not converted."""
    UPDATED_AT = "UPDATED_AT"
    """When the hub last saw it change."""


class CustomerSortField(StrEnum):
    """What customers are sorted by. Those without the value come last, whatever the direction."""

    NUMBER = "NUMBER"
    """By number, as text."""
    NAME = "NAME"
    """By name."""
    UPDATED_AT = "UPDATED_AT"
    """When the hub last saw it change."""


class ProductSortField(StrEnum):
    """What products are sorted by. Those without the value come last, whatever the direction."""

    SKU = "SKU"
    """By item code."""
    NAME = "NAME"
    """By name."""
    UPDATED_AT = "UPDATED_AT"
    """When the hub last saw it change."""


class WarehouseSortField(StrEnum):
    """What warehouses are sorted by."""

    CODE = "CODE"
    """By code."""
    UPDATED_AT = "UPDATED_AT"
    """When the hub last saw it change."""


class TransferSortField(StrEnum):
    """What transfers are sorted by. Those without the value come last, whatever the direction."""

    REQUESTED_AT = "REQUESTED_AT"
    """When it was asked for."""
    EXPECTED_AT = "EXPECTED_AT"
    """When it should arrive."""
    UPDATED_AT = "UPDATED_AT"
    """When the hub last saw it change."""


class PriceReferenceSortField(StrEnum):
    """What prices are sorted by."""

    SKU = "SKU"
    """By item code."""
    UPDATED_AT = "UPDATED_AT"
    """When the hub last saw it change."""


_LATE = """(e.promised_ship_at < clock_timestamp()
  and e.status not in ('SHIPPED', 'INVOICED', 'COMPLETED', 'CANCELLED', 'REJECTED'))"""
_CASE = """exists (select from exception_case x where x.tenant = e.tenant and x.root_id = e.root_id
  and x.closed_at is null and x.code = $code)"""
_STUCK = _CASE.replace("$code", "'ORDER_STUCK'")
_DEAD = """exists (select from delivery d where d.tenant = e.tenant and d.root_id = e.root_id
  and d.state in ('DEAD', 'REVIEW'))"""
_LACKED = """e.id = any(array(select m.id from entity m
  where m.tenant = :tenant and m.kind = 'ORDER' and m.missing_in <> '{}' and m.missing_in && $value))"""
# an array first: there are few of them, which no planner would guess
_HELD = """exists (select from hold h where h.tenant = e.tenant and h.root_id = e.root_id
  and h.released_at is null and h.doc ->> 'type' = $value)"""
_PLACES = """array(select w.id from entity w
  where w.tenant = :tenant and w.kind = 'WAREHOUSE' and w.number = any($value))"""
_UNDER_ORDERS = """e.id in (
  select m.id from entity m where m.tenant = :tenant and m.root_id = any($value)
  union all select l.entity_id from link l where l.tenant = :tenant and l.target_id = any($value))"""
_OF_BUYERS = """e.id in (
  select m.id from entity o join entity m on m.tenant = :tenant and m.root_id = o.root_id
  where o.tenant = :tenant and o.kind = 'ORDER' and o.customer_id = any($value)
  union all select l.entity_id from entity o join link l on l.tenant = :tenant and l.target_id = o.id
  where o.tenant = :tenant and o.kind = 'ORDER' and o.customer_id = any($value))"""
_TRACKED = """e.id in (select i.entity_id from identifier i
  where i.tenant = :tenant and i.value = any($value) and i.kind = 'SHIPMENT' and i.scheme = 'TRACKING')"""


def _is(sql: str) -> Term:
    return Term(sql=f"{sql} = $value")


def _inside(path: str) -> str:
    """A value inside the document, as text; the path as PostgreSQL writes it."""
    return f"(e.doc #>> '{{{path}}}')"


_UPDATED = By(sql="e.updated_at")
_MOMENT = By(sql="e.placed_at")
_NUMBER = By(sql="e.number", type="text")
_TOTAL = By(sql="e.total", type="numeric")

_ID = {"id": Term(sql="e.id = any($value)", type=TEXTS)}
_STATUS = texts("status", "e.status")
_SKU = {"sku": Term(sql="e.skus && $value", type=TEXTS)}
_WAREHOUSE = {"warehouse": Term(sql=f"e.warehouse_ids && {_PLACES}", type=TEXTS)}
_ORDER = {"order": Term(sql=_UNDER_ORDERS, type=TEXTS)}
_CUSTOMER = {"customer": Term(sql="e.customer_id = any($value)", type=TEXTS)}
_BUYER = {"customer": Term(sql=_OF_BUYERS, type=TEXTS)}
_MONEY = amounts("total", "e.total")
_ISSUED = moments("issue_date", "e.placed_at")
_DUE = _inside("groups,facts,due_date")
_NAME = _inside("groups,profile,name")
_TYPE = {"type": _is(_inside("groups,profile,type"))}

LISTINGS: Mapping[Kind, Listing] = {
    one.kind: one
    for one in (
        Listing(
            kind=Kind.ORDER,
            terms={
                **_ID, **_STATUS, **_SKU, **_WAREHOUSE, **_CUSTOMER, **_MONEY,
                **texts("channel", "e.channel"),
                **moments("placed_at", "e.placed_at"),
                "is_late": Term(sql=f"coalesce({_LATE}, false) = $value"),
                "is_partial": _is("e.is_partial"),
                "is_stuck": Term(sql=f"({_STUCK} or {_DEAD}) = $value"),
                "hold": Term(sql=_HELD),
                "exception_code": Term(sql=_CASE.replace("$code", "$value")),
                "missing_in": Term(sql=_LACKED, type=TEXTS),
            },
            sorts={
                OrderSortField.PLACED_AT: _MOMENT,
                OrderSortField.UPDATED_AT: _UPDATED,
                OrderSortField.PROMISED_SHIP_AT: By(sql="e.promised_ship_at"),
                OrderSortField.TIME_IN_STATUS: By(sql="e.status_since", is_inverted=True),
                OrderSortField.TOTAL: _TOTAL,
            },
            usual=Sort(field=OrderSortField.PLACED_AT),
        ),
        Listing(
            kind=Kind.SHIPMENT,
            terms={
                **_ID, **_STATUS, **_SKU, **_WAREHOUSE, **_ORDER, **_BUYER,
                **texts("carrier", _inside("groups,execution,carrier")),
                **moments("shipped_at", "e.placed_at"),
                "tracking_number": Term(sql=_TRACKED, type=TEXTS),
                "is_partial": _is("e.is_partial"),
                "exception": Term(sql="e.doc -> 'exceptions' ? $value"),
            },
            sorts={
                ShipmentSortField.SHIPPED_AT: _MOMENT,
                ShipmentSortField.ESTIMATED_DELIVERY_AT: By(
                    sql=f"{_inside('groups,tracking,estimated_delivery_at')}::timestamptz"
                ),
                ShipmentSortField.UPDATED_AT: _UPDATED,
            },
            usual=Sort(field=ShipmentSortField.SHIPPED_AT),
        ),
        Listing(
            kind=Kind.FULFILLMENT_ORDER,
            terms={**_ID, **texts("request_status", "e.status"), **_WAREHOUSE, **_ORDER, **_BUYER},
            sorts={
                FulfillmentOrderSortField.ACK_DUE_AT: By(sql=f"{_inside('groups,handshake,ack_due_at')}::timestamptz"),
                FulfillmentOrderSortField.UPDATED_AT: _UPDATED,
            },
            usual=Sort(field=FulfillmentOrderSortField.UPDATED_AT),
        ),
        Listing(
            kind=Kind.RETURN,
            terms={
                **_ID, **_STATUS, **_SKU, **_WAREHOUSE, **_ORDER, **_BUYER,
                **moments("requested_at", "e.placed_at"),
                "physical_state": _is("(e.doc ->> 'physical_state')"),
                "financial_state": _is("(e.doc ->> 'financial_state')"),
            },
            sorts={ReturnSortField.REQUESTED_AT: _MOMENT, ReturnSortField.UPDATED_AT: _UPDATED},
            usual=Sort(field=ReturnSortField.REQUESTED_AT),
        ),
        Listing(
            kind=Kind.INVOICE,
            terms={
                **_ID, **_STATUS, **_ORDER, **_CUSTOMER, **_MONEY, **_ISSUED,
                **moments("due_date", f"{_DUE}::timestamptz"),
                **amounts("outstanding", f"{_inside('groups,settlement,outstanding,amount')}::numeric"),
            },
            sorts={
                InvoiceSortField.ISSUE_DATE: _MOMENT,
                InvoiceSortField.DUE_DATE: By(sql=f"{_DUE}::date", type="date"),
                InvoiceSortField.TOTAL: _TOTAL,
                InvoiceSortField.UPDATED_AT: _UPDATED,
            },
            usual=Sort(field=InvoiceSortField.ISSUE_DATE),
        ),
        Listing(
            kind=Kind.CREDIT_MEMO,
            terms={**_ID, **_STATUS, **_ORDER, **_BUYER, **_MONEY, **_ISSUED},
            sorts={
                CreditMemoSortField.ISSUE_DATE: _MOMENT,
                CreditMemoSortField.TOTAL: _TOTAL,
                CreditMemoSortField.UPDATED_AT: _UPDATED,
            },
            usual=Sort(field=CreditMemoSortField.ISSUE_DATE),
        ),
        Listing(
            kind=Kind.PAYMENT,
            terms={
                **_ID, **_STATUS, **_ORDER, **_BUYER,
                **amounts("amount", "e.total"),
                **moments("occurred_at", "e.placed_at"),
                "kind": _is("(e.doc ->> 'kind')"),
            },
            sorts={
                PaymentSortField.OCCURRED_AT: _MOMENT,
                PaymentSortField.AMOUNT: _TOTAL,
                PaymentSortField.UPDATED_AT: _UPDATED,
            },
            usual=Sort(field=PaymentSortField.OCCURRED_AT),
        ),
        Listing(
            kind=Kind.CUSTOMER,
            terms={
                **_ID, **_STATUS, **_TYPE,
                **texts("number", "e.number"),
                **texts("name", _NAME),
                "segment": Term(sql="(e.doc #> '{groups,profile,segments}') ?| $value", type=TEXTS),
            },
            sorts={
                CustomerSortField.NUMBER: _NUMBER,
                CustomerSortField.NAME: By(sql=_NAME, type="text"),
                CustomerSortField.UPDATED_AT: _UPDATED,
            },
            usual=Sort(field=CustomerSortField.NUMBER, descending=False),
        ),
        Listing(
            kind=Kind.PRODUCT,
            terms={**_ID, **_STATUS, **texts("sku", "e.number"), "type": _is(_inside("groups,item,type"))},
            sorts={
                ProductSortField.SKU: _NUMBER,
                ProductSortField.NAME: By(sql=_inside("groups,item,name"), type="text"),
                ProductSortField.UPDATED_AT: _UPDATED,
            },
            usual=Sort(field=ProductSortField.SKU, descending=False),
        ),
        Listing(
            kind=Kind.WAREHOUSE,
            terms={**_ID, **_STATUS, **_TYPE, **texts("code", "e.number")},
            sorts={WarehouseSortField.CODE: _NUMBER, WarehouseSortField.UPDATED_AT: _UPDATED},
            usual=Sort(field=WarehouseSortField.CODE, descending=False),
        ),
        Listing(
            kind=Kind.TRANSFER,
            terms={
                **_ID, **_STATUS, **_SKU,
                **moments("requested_at", "e.placed_at"),
                **moments("expected_at", f"{_inside('groups,request,expected_at')}::timestamptz"),
                "from_warehouse": Term(sql=f"(e.doc ->> 'from_warehouse_id') = any({_PLACES})", type=TEXTS),
                "to_warehouse": Term(sql=f"(e.doc ->> 'to_warehouse_id') = any({_PLACES})", type=TEXTS),
            },
            sorts={
                TransferSortField.REQUESTED_AT: _MOMENT,
                TransferSortField.EXPECTED_AT: By(sql=f"{_inside('groups,request,expected_at')}::timestamptz"),
                TransferSortField.UPDATED_AT: _UPDATED,
            },
            usual=Sort(field=TransferSortField.REQUESTED_AT),
        ),
        Listing(
            kind=Kind.PRICE_REFERENCE,
            terms={
                **_ID, **_STATUS, **_CUSTOMER,
                **texts("sku", "e.number"),
                "price_source": _is(_inside("groups,facts,price_source")),
            },
            sorts={PriceReferenceSortField.SKU: _NUMBER, PriceReferenceSortField.UPDATED_AT: _UPDATED},
            usual=Sort(field=PriceReferenceSortField.SKU, descending=False),
        ),
    )
}  # fmt: skip
"""How each kind is listed, by kind."""
