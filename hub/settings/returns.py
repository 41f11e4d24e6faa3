"""`[returns.NAME]`: what may come back, until when, and what is paid for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

Named = Annotated[str, Meta(min_length=1, max_length=80)]
Days = Annotated[float, Meta(gt=0, le=3650)]
Reason = Literal[
    "DAMAGED_IN_TRANSIT", "DEFECTIVE", "WRONG_ITEM_SHIPPED", "MISSING_PARTS", "NOT_AS_DESCRIBED", "WRONG_SIZE_OR_FIT",
    "DUPLICATE_SHIPMENT", "ARRIVED_LATE", "NO_LONGER_NEEDED", "ORDERED_IN_ERROR", "REFUSED_DELIVERY", "RECALL",
    "WARRANTY", "OTHER",
]  # fmt: skip
"""Why something comes back, as the graph names it."""
Condition = Literal["NEW", "OPENED", "DAMAGED", "DEFECTIVE", "WRONG_ITEM"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnsSettings:
    """What may come back; without such a section everything may, at any time, and all of its price is paid back.

    Each start makes it the active version of the policy of that name, unless somebody has decided another since.
    Returns keep the terms that they were asked for by.
    """

    tenant: Named
    channels: tuple[Named, ...] = ()
    """Names of the channels it is for; without it, all that no other policy names."""
    window_days: Days | None = None
    """How long after it left something may be asked to come back; without it, always."""
    expires_days: Days = 30.0
    """How long after it was allowed something may take to come back, before somebody looks."""
    refused_reasons: tuple[Reason, ...] = ()
    """Reasons for which nothing may come back."""
    excluded: tuple[Named, ...] = ()
    """Item codes that do not come back; `*` stands for any characters."""
    outside: Literal["review", "refuse"] = "review"
    """What is not allowed: let somebody decide, or refuse it."""
    restocking_percent: Annotated[float, Meta(ge=0, le=100)] = 0.0
    """Of the net price, kept back."""
    free_reasons: tuple[Reason, ...] = (
        "DAMAGED_IN_TRANSIT",
        "DEFECTIVE",
        "WRONG_ITEM_SHIPPED",
        "MISSING_PARTS",
        "NOT_AS_DESCRIBED",
        "DUPLICATE_SHIPMENT",
        "RECALL",
        "WARRANTY",
    )
    """Reasons for which nothing is kept back."""
    conditions: tuple[Condition, ...] = ()
    """Conditions in which goods are paid for; without it, all."""
    refunds_shipping: bool = False
    """Whether shipping is paid back once everything that left has come back."""
    pays_ahead: bool = False
    """Whether money may go before the goods are in and the ERP has credited them."""
    sends: Literal["received", "inspected"] = "inspected"
    """When the order leaves that goes out instead of what comes back."""
