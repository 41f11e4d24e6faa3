"""What each subscriber asks for: a feed, a filter, a document, a way, and in other words what it must then hear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import msgspec

from hub.model.ids import global_id
from tests.soak.scale import TENANTS, WAREHOUSE, Key, Scale, portals, reps
from tests.soak.world import SKUS

Given = dict[str, Any]  # Any: JSON

FACTS = "cursor kind event version merged"
FIELDS = {
    "order": ("orderChanged", "orderId", "order { id version number status }"),
    "shipment": ("shipmentChanged", "shipmentId", "shipment { id version status }"),
    "inventory": ("inventoryChanged", "inventoryPositionId", "inventoryPosition { id }"),
    "return": ("returnChanged", "returnId", "return { id version status }"),
}
"""Of each feed: its field, the id of what changed, and that itself."""
LONG = " ".join(f"long{number}: changedFields" for number in range(25))
"""What those ask for who never read: it fills what waits for them."""
DEAF_EVERY = 10  # subscribers: one of them does not read
SHOWS_EVERY = 8  # subscribers: one of them asks for the entity itself
PLAIN_EVERY = 8  # subscribers: one of them begins with what comes, not with what there is


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """What must be heard, by the words of the change log."""

    tenant: str
    kind: str
    account: str | None = None
    ids: frozenset[str] | None = None
    customer: str | None = None
    statuses: frozenset[str] | None = None
    skus: frozenset[str] | None = None


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """One subscriber."""

    name: str
    key: str
    feed: str
    document: str
    variables: dict[str, Any]  # Any: JSON
    sought: Sought
    transport: str
    """`ws` or `sse`."""
    initial: bool
    deaf: bool

    @property
    def field(self) -> str:
        """The root field of its document."""
        return FIELDS[self.feed][0]

    @property
    def id_field(self) -> str:
        """Where its events say what changed."""
        return FIELDS[self.feed][1]

    @property
    def entity_field(self) -> str:
        """Where its events show it, if it asked."""
        return FIELDS[self.feed][2].partition(" ")[0]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of one tenant, by hub id: account -> orders, account -> customers."""

    orders: Mapping[str, Sequence[str]]
    customers: Mapping[str, Sequence[str]]


def wishes(scale: Scale, known: Mapping[str, Known]) -> list[Wish]:
    """All subscribers, a mix of everything that can be asked."""
    rnd = Random(scale.seed)
    return [_wish(rnd, number, known) for number in range(scale.subscribers)]


def _wish(rnd: Random, number: int, known: Mapping[str, Known]) -> Wish:
    tenant = TENANTS[number % len(TENANTS)]
    deaf = number % DEAF_EVERY == DEAF_EVERY - 1
    key = rnd.choice(reps(tenant) if deaf or rnd.random() < 0.4 else portals(tenant))
    feed = rnd.choice(tuple(FIELDS)) if number % 2 else "order"
    if key.account is not None and feed == "inventory":
        feed = "order"  # stock belongs to no account
    if deaf:
        feed, sought = "order", Sought(tenant=tenant, kind="ORDER")
        given: Given = {}
    else:
        given, sought = _filter(rnd, key, feed, known[tenant])
    shows = rnd.randrange(SHOWS_EVERY) == 0
    initial = not deaf and number % PLAIN_EVERY != 0
    return Wish(
        name=f"{number:03}-{key.name}-{feed}",
        key=key.name,
        feed=feed,
        document=document(feed, LONG if deaf else FIELDS[feed][2] if shows else ""),
        variables={"filter": given, "includeInitial": initial},
        sought=sought,
        transport="ws" if rnd.random() < 0.6 else "sse",
        initial=initial,
        deaf=deaf,
    )


def document(feed: str, shown: str = "") -> str:
    """The subscription of a feed, with what is to be *shown* of that which changed."""
    field, id_field, _ = FIELDS[feed]
    kind = f"{feed.capitalize()}EventFilterInput"
    return (
        f"subscription Soak($filter: {kind}, $after: String, $includeInitial: Boolean) {{\n"
        f"  {field}(filter: $filter, after: $after, includeInitial: $includeInitial) {{\n"
        f"    {FACTS} {id_field} {shown} }} }}"
    )


def _filter(rnd: Random, key: Key, feed: str, known: Known) -> tuple[Given, Sought]:
    """A filter as the graph takes it, and what it means."""
    sought = Sought(tenant=key.tenant, kind=feed.upper(), account=key.account)
    if feed == "inventory":
        skus = frozenset(f"SKU{one}" for one in rnd.sample(range(SKUS), 3))
        if rnd.random() < 0.5:
            return {"warehouse": {"eq": WAREHOUSE}}, sought
        return {"sku": {"in": sorted(skus)}}, msgspec.structs.replace(sought, skus=skus)
    way = rnd.choice(("all", "ids", "customer", "status")) if feed == "order" else "all"
    if way == "ids":
        orders = _of(key, known.orders)
        ids = frozenset(rnd.sample(orders, min(4, len(orders))))
        given: Given = {"id": {"in": [global_id("Order", one) for one in sorted(ids)]}}
        return given, msgspec.structs.replace(sought, ids=ids)
    if way == "customer":
        one = rnd.choice(_of(key, known.customers))
        given = {"customer": {"id": global_id("Customer", one)}}
        return given, msgspec.structs.replace(sought, customer=one)
    if way == "status":
        statuses = frozenset({"RELEASED", "SHIPPED"})
        return {"status": {"in": sorted(statuses)}}, msgspec.structs.replace(sought, statuses=statuses)
    return {}, sought


def _of(key: Key, by_account: Mapping[str, Sequence[str]]) -> list[str]:
    """What the key may see."""
    if key.account is not None:
        return list(by_account[key.account])
    return [one for several in by_account.values() for one in several]
