"""What every search must do, whichever engine does it: checks over a few things that are known, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from hub.call import Call
from hub.model.vocabulary import Kind
from hub.search.port import Search, SearchFacet, SearchFacetField, Wanted
from hub.store.finding import BEGINS, EXACT, NORMALISED
from hub.store.store import Store
from tests.kit.graph import REP
from tests.kit.orders import Kept, keep_alone, keep_order, make_customer, make_line, make_order, make_shipment

STRANGER = replace(REP, tenant="beta")
PORTAL = replace(REP, account="north")
Check = Callable[[Search, Store], Awaitable[None]]


async def keep_things(store: Store) -> None:
    """Two orders of two accounts, a parcel, a customer, and the same again at another tenant."""
    await keep_alone(store, Kind.CUSTOMER, make_customer("4711", name="Northwind Traders"))
    mug = replace(make_line(), description="Blue enamel mug")
    first = make_order("SO-10051", lines=(mug,), customer_id="customer-4711")
    parcels = {Kind.SHIPMENT: [make_shipment("317")]}
    await keep_order(store, Kept(order=first, account="north", members=parcels))
    await keep_order(store, Kept(order=make_order("SO-20099"), account="south"))
    await keep_order(store, Kept(order=make_order("SO-77777", lines=(mug,)), tenant="beta"))


async def told(search: Search, call: Call, text: str, kinds: tuple[Kind, ...] | None = None) -> list[tuple[str, int]]:
    """Ids and how they fit."""
    found = await search.find(call, Wanted(text=text, kinds=kinds))
    return [(one.id, one.how) for one in found.found]


async def exact(search: Search, store: Store) -> None:
    """What is typed as it is written is found alone, with its orders."""
    assert await told(search, REP, "SO-10051") == [("order-SO-10051", EXACT)]
    (parcel,) = (await search.find(REP, Wanted(text="317"))).found
    assert (parcel.kind, parcel.orders) == (Kind.SHIPMENT, ("order-SO-10051",))


async def normalised(search: Search, store: Store) -> None:
    """Case, spaces and dashes do not matter."""
    assert await told(search, REP, " so 10051 ") == [("order-SO-10051", NORMALISED)]


async def begins(search: Search, store: Store) -> None:
    """Three characters of a beginning do; two do not."""
    found = await told(search, REP, "SO-")
    assert [one for one in found if one[1] == BEGINS] == [("order-SO-10051", BEGINS), ("order-SO-20099", BEGINS)]


async def narrowed(search: Search, store: Store) -> None:
    """Other kinds than those asked for are left out."""
    assert await told(search, REP, "SO-10051", (Kind.CUSTOMER,)) == []


async def confined(search: Search, store: Store) -> None:
    """A portal finds its own account's alone, and a stranger nothing of anybody's."""
    assert [one for one, _ in await told(search, PORTAL, "SO-")] == ["order-SO-10051"]
    assert await told(search, PORTAL, "SO-20099") == []
    assert await told(search, STRANGER, "SO-10051") == []


async def current(search: Search, store: Store) -> None:
    """What was written a moment ago is found by what it is called."""
    await keep_order(store, Kept(order=make_order("JUST-NOW-1")))
    assert await told(search, REP, "JUST-NOW-1") == [("order-JUST-NOW-1", EXACT)]


async def counted(search: Search, store: Store) -> None:
    """What fits is counted by kind."""
    found = await search.find(REP, Wanted(text="SO-"))
    kinds = [one for one in found.facets if one.field is SearchFacetField.KIND]
    assert kinds == [SearchFacet(field=SearchFacetField.KIND, value="ORDER", count=2)]


async def anything(search: Search, store: Store) -> None:
    """No text breaks it."""
    for text in ("", " ", "*:* OR tenant:beta", '"', "\\", "{}[]()^~?/", "🚚" * 50, "x" * 201, "-" * 200, "a b " * 40):
        found = await search.find(REP, Wanted(text=text))
        assert (len(found.found), found.degraded) == (0, False), text


CONTRACT: Sequence[Check] = (exact, normalised, begins, narrowed, confined, current, counted, anything)
"""All checks; each begins with `keep_things`."""
