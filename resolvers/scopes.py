"""What a credential needs for each root field: declared here, checked in one place, nowhere coded."""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps
from typing import Any

from hub.errors import Denied
from resolvers.derive import Resolver

READ_ORDERS = "orders:read"
WRITE_ORDERS = "orders:write"
READ_TRACES = "traces:read"
READ_SOURCES = "sources:read"
OPERATE = "hub:operate"
APPROVE = "orders:approve"
WEBHOOKS = "webhooks:manage"

NEEDS: Mapping[str, str | tuple[str, ...] | None] = {
    "viewer": None,
    "node": READ_ORDERS,
    "nodes": READ_ORDERS,
    "search": READ_ORDERS,
    "order": READ_ORDERS,
    "orders": READ_ORDERS,
    "shipment": READ_ORDERS,
    "shipments": READ_ORDERS,
    "fulfillment_order": READ_ORDERS,
    "fulfillment_orders": READ_ORDERS,
    "return_": READ_ORDERS,
    "returns": READ_ORDERS,
    "invoice": READ_ORDERS,
    "invoices": READ_ORDERS,
    "credit_memo": READ_ORDERS,
    "credit_memos": READ_ORDERS,
    "payment": READ_ORDERS,
    "payments": READ_ORDERS,
    "customer": READ_ORDERS,
    "customers": READ_ORDERS,
    "product": READ_ORDERS,
    "products": READ_ORDERS,
    "warehouse": READ_ORDERS,
    "warehouses": READ_ORDERS,
    "transfer": READ_ORDERS,
    "transfers": READ_ORDERS,
    "price_reference": READ_ORDERS,
    "price_references": READ_ORDERS,
    "availability": READ_ORDERS,
    "inventory_position": READ_ORDERS,
    "inventory_positions": READ_ORDERS,
    "operation": READ_ORDERS,
    "operations": READ_ORDERS,
    "trace": READ_TRACES,
    "traces": READ_TRACES,
    "sources": READ_SOURCES,
    "order_submit": WRITE_ORDERS,
    "order_cancel": WRITE_ORDERS,
    "order_amend": WRITE_ORDERS,
    "order_release_to_warehouse": WRITE_ORDERS,
    "return_request": WRITE_ORDERS,
    "return_authorize": WRITE_ORDERS,
    "return_decline": WRITE_ORDERS,
    "return_cancel": WRITE_ORDERS,
    "return_receive": WRITE_ORDERS,
    "return_inspect": WRITE_ORDERS,
    "return_refund": WRITE_ORDERS,
    "return_close": WRITE_ORDERS,
    "order_hold_place": WRITE_ORDERS,
    "order_hold_release": WRITE_ORDERS,
    "order_note_add": WRITE_ORDERS,
    "exception_cases": READ_ORDERS,
    "dead_letter_groups": READ_ORDERS,
    "dead_letters": READ_ORDERS,
    "sku_mapping_set": OPERATE,
    "exception_case_assign": OPERATE,
    "exception_case_resolve": OPERATE,
    "dead_letter_replay": OPERATE,
    "dead_letter_discard": OPERATE,
    "dead_letter_resolve": OPERATE,
    "operation_approve": (APPROVE, OPERATE),
    "operation_refuse": (APPROVE, OPERATE),
    "notices": READ_ORDERS,
    "notice_preferences": READ_ORDERS,
    "notice_preference_set": WRITE_ORDERS,
    "notice_resend": WRITE_ORDERS,
    "webhook_endpoints": WEBHOOKS,
    "webhook_deliveries": WEBHOOKS,
    "webhook_endpoint_set": WEBHOOKS,
    "webhook_secret_rotate": WEBHOOKS,
    "webhook_endpoint_remove": WEBHOOKS,
    "webhook_endpoint_disable": WEBHOOKS,
    "webhook_endpoint_enable": WEBHOOKS,
    "webhook_delivery_replay": WEBHOOKS,
    "webhook_delivery_discard": WEBHOOKS,
    "order_changed": READ_ORDERS,
    "shipment_changed": READ_ORDERS,
    "inventory_changed": READ_ORDERS,
    "return_changed": READ_ORDERS,
    "operation_changed": READ_ORDERS,
    "exception_case_changed": READ_ORDERS,
    "source_changed": READ_SOURCES,
    "trace_changed": READ_TRACES,
}
"""Scope by root field; of several one suffices; None: every credential may."""


def guarded(answered: Mapping[str, Resolver]) -> dict[str, Resolver]:
    """Root resolvers behind their scopes. Raises KeyError for one that nobody declared."""
    return {name: _behind(function, NEEDS[name]) for name, function in answered.items()}


def _behind(function: Resolver, needed: str | tuple[str, ...] | None) -> Resolver:
    if needed is None:
        return function
    scopes = (needed,) if isinstance(needed, str) else needed

    @wraps(function)
    def check(info: Any, *args: Any, **given: Any) -> Any:
        if not any(info.context.call.may(scope) for scope in scopes):
            message = f"this key lacks the scope {' or '.join(scopes)}"
            raise Denied(message, scope=scopes[0])
        return function(info, *args, **given)

    return check
