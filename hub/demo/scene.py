"""Identifiers of the rehearsed shop's scene that are worth typing."""

from __future__ import annotations

from dataclasses import dataclass

from sources.vendure.rehearsal.stand import Stand
from sources.vendure.rehearsal.state import Order

ACCOUNT = "acme"
"""The customer group whose orders move every three seconds, and which the portal's key is confined to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenery:
    """What there is to find."""

    shipped: str
    """Code of an order with a parcel on its way."""
    tracking: str
    """That parcel's number."""
    cancellable: str
    """Code of an order nothing has left yet."""
    account: str = ACCOUNT


def scenery(stand: Stand) -> Scenery:
    """The oldest of each sort, which traffic leaves alone: it moves the newest."""
    orders = [order for order in stand.shop.orders.values() if order.placed_at]
    shipped = next(order for order in orders if tracking_of(order))
    cancellable = next(order for order in orders if order.state == "PaymentSettled" and not order.parcels)
    return Scenery(shipped=shipped.code, tracking=tracking_of(shipped), cancellable=cancellable.code)


def tracking_of(order: Order) -> str:
    """The first tracking number of an order, empty where it has none."""
    return next((parcel.tracking for parcel in order.parcels if parcel.tracking), "")
