"""What a credential needs for each root field: declared here, checked in one place, nowhere coded."""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps
from typing import Any

from hub.errors import Denied
from hub.scopes import Scope
from resolvers.derive import Resolver

NEEDS: Mapping[str, Scope | tuple[Scope, ...] | None] = {
    "viewer": None,
    "node": Scope.READ_ORDERS,
    "nodes": Scope.READ_ORDERS,
    "search": Scope.READ_ORDERS,
    "order": Scope.READ_ORDERS,
    "orders": Scope.READ_ORDERS,
    "shipment": Scope.READ_ORDERS,
    "shipments": Scope.READ_ORDERS,
    "fulfillment_order": Scope.READ_ORDERS,
    "fulfillment_orders": Scope.READ_ORDERS,
    "return_": Scope.READ_ORDERS,
    "returns": Scope.READ_ORDERS,
    "invoice": Scope.READ_ORDERS,
    "invoices": Scope.READ_ORDERS,
    "credit_memo": Scope.READ_ORDERS,
    "credit_memos": Scope.READ_ORDERS,
    "payment": Scope.READ_ORDERS,
    "payments": Scope.READ_ORDERS,
    "customer": Scope.READ_ORDERS,
    "customers": Scope.READ_ORDERS,
    "product": Scope.READ_ORDERS,
    "products": Scope.READ_ORDERS,
    "warehouse": Scope.READ_ORDERS,
    "warehouses": Scope.READ_ORDERS,
    "transfer": Scope.READ_ORDERS,
    "transfers": Scope.READ_ORDERS,
    "price_reference": Scope.READ_ORDERS,
    "price_references": Scope.READ_ORDERS,
    "availability": Scope.READ_ORDERS,
    "inventory_position": Scope.READ_ORDERS,
    "inventory_positions": Scope.READ_ORDERS,
    "operation": Scope.READ_ORDERS,
    "operations": Scope.READ_ORDERS,
    "trace": Scope.READ_TRACES,
    "traces": Scope.READ_TRACES,
    "sources": Scope.READ_SOURCES,
    "order_submit": Scope.WRITE_ORDERS,
    "order_cancel": Scope.WRITE_ORDERS,
    "order_amend": Scope.WRITE_ORDERS,
    "order_release_to_warehouse": Scope.WRITE_ORDERS,
    "return_request": Scope.WRITE_ORDERS,
    "return_authorize": Scope.WRITE_ORDERS,
    "return_decline": Scope.WRITE_ORDERS,
    "return_cancel": Scope.WRITE_ORDERS,
    "return_receive": Scope.WRITE_ORDERS,
    "return_inspect": Scope.WRITE_ORDERS,
    "return_refund": Scope.WRITE_ORDERS,
    "return_close": Scope.WRITE_ORDERS,
    "order_hold_place": Scope.WRITE_ORDERS,
    "order_hold_release": Scope.WRITE_ORDERS,
    "order_note_add": Scope.WRITE_ORDERS,
    "exception_cases": Scope.READ_ORDERS,
    "dead_letter_groups": Scope.READ_ORDERS,
    "dead_letters": Scope.READ_ORDERS,
    "sku_mapping_set": Scope.OPERATE,
    "exception_case_assign": Scope.OPERATE,
    "exception_case_resolve": Scope.OPERATE,
    "dead_letter_replay": Scope.OPERATE,
    "dead_letter_discard": Scope.OPERATE,
    "dead_letter_resolve": Scope.OPERATE,
    "operation_approve": (Scope.APPROVE, Scope.OPERATE),
    "operation_refuse": (Scope.APPROVE, Scope.OPERATE),
    "notices": Scope.READ_ORDERS,
    "notice_preferences": Scope.READ_ORDERS,
    "notice_preference_set": Scope.WRITE_ORDERS,
    "notice_resend": Scope.WRITE_ORDERS,
    "webhook_endpoints": Scope.WEBHOOKS,
    "webhook_deliveries": Scope.WEBHOOKS,
    "webhook_endpoint_set": Scope.WEBHOOKS,
    "webhook_secret_rotate": Scope.WEBHOOKS,
    "webhook_endpoint_remove": Scope.WEBHOOKS,
    "webhook_endpoint_disable": Scope.WEBHOOKS,
    "webhook_endpoint_enable": Scope.WEBHOOKS,
    "webhook_delivery_replay": Scope.WEBHOOKS,
    "webhook_delivery_discard": Scope.WEBHOOKS,
    "order_changed": Scope.READ_ORDERS,
    "shipment_changed": Scope.READ_ORDERS,
    "inventory_changed": Scope.READ_ORDERS,
    "return_changed": Scope.READ_ORDERS,
    "operation_changed": Scope.READ_ORDERS,
    "exception_case_changed": Scope.READ_ORDERS,
    "source_changed": Scope.READ_SOURCES,
    "trace_changed": Scope.READ_TRACES,
}
"""Scope by root field; of several one suffices; None: every credential may."""


def guarded(answered: Mapping[str, Resolver]) -> dict[str, Resolver]:
    """Root resolvers behind their scopes. Raises KeyError for one that nobody declared."""
    return {name: _behind(function, NEEDS[name]) for name, function in answered.items()}


def _behind(function: Resolver, needed: Scope | tuple[Scope, ...] | None) -> Resolver:
    if needed is None:
        return function
    scopes = (needed,) if isinstance(needed, Scope) else needed

    @wraps(function)
    def check(info: Any, *args: Any, **given: Any) -> Any:
        if not any(info.context.call.may(scope) for scope in scopes):
            message = f"this key lacks the scope {' or '.join(scopes)}"
            raise Denied(message, scope=scopes[0])
        return function(info, *args, **given)

    return check
