"""By what two things look like one: a purchase order's number and total, a customer's e-mail (Id-2). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from hub.model.finding import normalised
from hub.model.observation import Content
from hub.model.order import Order
from hub.model.party import Customer
from hub.store.likeness import Alike

WINDOW = timedelta(days=7)
"""Further apart two orders of one purchase order number and total are two deliveries, not one order twice."""


def lock_names(content: Content) -> Iterator[str]:
    """What to lock so that of two things that look alike the later one sees the other."""
    if content.order and content.order.commercial and content.order.commercial.po_number:
        yield f"alike\x1fPO\x1f{normalised(content.order.commercial.po_number)}"
    if content.customer and content.customer.profile and content.customer.profile.email:
        yield f"alike\x1fEMAIL\x1f{normalised(content.customer.profile.email)}"


def order_sign(doc: Order, sources: tuple[str, ...] = ()) -> Alike | None:
    """Customer, purchase order number and total of an order; None where there is no number or no customer.

    An order that no system has priced yet has no total: it looks like another one without.
    """
    head = doc.groups.commercial
    if head is None or not head.po_number or doc.customer_id is None:
        return None
    return Alike(
        id=doc.id,
        root_id=doc.id,
        number=doc.number,
        sign=normalised(head.po_number),
        sources=sources,
        customer_id=doc.customer_id,
        total=None if head.total is None else head.total.amount,
        placed_at=head.placed_at,
    )


def customer_sign(doc: Customer, sources: tuple[str, ...] = ()) -> Alike | None:
    """The e-mail of a customer; None where it has none."""
    profile = doc.groups.profile
    if profile is None or not profile.email:
        return None
    return Alike(id=doc.id, root_id=doc.id, number=doc.number, sign=normalised(profile.email), sources=sources)


def are_alike(one: Alike, other: Alike) -> bool:
    """Whether two look like one: orders of one customer, customers that no source holds both of."""
    if one.id == other.id or one.sign != other.sign or (one.customer_id is None) is not (other.customer_id is None):
        return False
    if one.customer_id is None:
        return set(one.sources).isdisjoint(other.sources)
    if (one.customer_id, one.total) != (other.customer_id, other.total):
        return False
    return one.placed_at is None or other.placed_at is None or abs(one.placed_at - other.placed_at) <= WINDOW
