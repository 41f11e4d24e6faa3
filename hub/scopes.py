"""What a credential may do (design D11): the words that keys hold and root fields ask for."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """One thing that a key may do."""

    READ_ORDERS = "orders:read"
    """See orders, and all that belongs to them: shipments, customers, stock, cases, operations."""
    WRITE_ORDERS = "orders:write"
    """Submit, change, hold and cancel orders and returns; choose what customers are told."""
    APPROVE = "orders:approve"
    """Approve or refuse what somebody else has asked for."""
    READ_TRACES = "traces:read"
    """Follow a correlation id."""
    READ_SOURCES = "sources:read"
    """See how sources do."""
    OPERATE = "hub:operate"
    """Work on cases, replay what failed, map SKUs; also approve."""
    WEBHOOKS = "webhooks:manage"
    """Look after the addresses to which the hub posts."""
