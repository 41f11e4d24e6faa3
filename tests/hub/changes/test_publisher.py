"""Every change leaves, in order per root; what can never leave is parked with what follows it (engines.md 4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from hub.changes.follow import Following, Holding, Seat
from hub.changes.publisher import NAME, Publisher
from hub.clock import SystemClock
from hub.errors import BusAway, Overtaken
from hub.model.changes import Origin
from hub.model.trace import HopKind
from hub.store.changelog import LoggedChange
from hub.store.followers import parked
from hub.store.store import Store
from tests.kit.bus import ListOutlet
from tests.kit.changes import make_line
from tests.kit.recorder import ListRecorder

LARGE = ("x" * 2_000,)


def publisher(store: Store, outlet: ListOutlet, recorder: ListRecorder | None = None) -> Publisher:
    seat = Seat(name=NAME, holder="one", lease=timedelta(seconds=30))
    following = Following(store=store, clock=SystemClock(), seat=seat)
    return Publisher(following, outlet, recorder or ListRecorder(), "hub.")


def holding() -> Holding:
    held = Holding(SystemClock(), NAME, 1)
    held.hold(asked_at=SystemClock().monotonic(), length=timedelta(seconds=30))
    return held


async def parked_in(store: Store) -> list[tuple[int, str | None]]:
    async with store.across() as tx:
        return [(one.position, one.error) for one in await parked(tx, NAME)]


def lines(*roots: str, first: int = 1) -> Sequence[LoggedChange]:
    return [make_line(first + number, root_id=root) for number, root in enumerate(roots)]


async def test_a_page_leaves_whole_and_in_order_and_is_traced(store: Store) -> None:
    outlet, recorder = ListOutlet(), ListRecorder()
    page = [*lines("a", "b", "a"), make_line(4, origin=Origin.BASELINE)]
    await publisher(store, outlet, recorder).publish(page, holding())
    assert outlet.positions == [1, 2, 3, 4]
    assert [(hop.kind, hop.operation, hop.roots) for hop in recorder.hops] == [
        (HopKind.PUBLISH, "hub.order.v1", (root,)) for root in ("a", "b", "a")
    ]


async def test_nothing_is_skipped_where_the_bus_is_away(store: Store) -> None:
    outlet = ListOutlet(failures=[BusAway("no broker answers")])
    page = lines("a", "b", "a", "b")
    with pytest.raises(BusAway):
        await publisher(store, outlet).publish(page, holding())
    await publisher(store, outlet).publish(page, holding())
    assert outlet.positions == [1, 2, 1, 2, 3, 4]
    assert list(dict.fromkeys(record.headers["ce_id"] for record in outlet.records)) == [
        line.change.event_id for line in page
    ]


async def test_what_is_refused_is_parked_with_what_follows_under_its_root(store: Store) -> None:
    outlet = ListOutlet(largest=1_500)
    page = [*lines("a", "b"), make_line(3, root_id="b", changed_fields=LARGE), *lines("a", "b", first=4)]
    await publisher(store, outlet).publish(page, holding())
    assert list(dict.fromkeys(outlet.positions)) == [1, 2, 4]
    assert await parked_in(store) == [(3, "too large"), (5, None)]
    await publisher(store, outlet).publish(lines("b", "a", first=6), holding())
    assert outlet.positions[-1] == 7
    assert await parked_in(store) == [(3, "too large"), (5, None), (6, None)]


async def test_the_same_root_of_another_tenant_is_not_held_up(store: Store) -> None:
    outlet = ListOutlet(largest=1_500)
    await publisher(store, outlet).publish([make_line(1, root_id="a", changed_fields=LARGE)], holding())
    await publisher(store, outlet).publish([make_line(2, root_id="a", tenant="beta")], holding())
    assert outlet.positions == [2]


async def test_a_repeated_page_parks_nothing_twice(store: Store) -> None:
    outlet = ListOutlet(largest=1_500)
    for _ in range(2):
        await publisher(store, outlet).publish([make_line(1, changed_fields=LARGE)], holding())
    assert await parked_in(store) == [(1, "too large")]


async def test_nothing_is_sent_once_the_lease_is_over(store: Store) -> None:
    outlet = ListOutlet()
    with pytest.raises(Overtaken):
        await publisher(store, outlet).publish(lines("a"), Holding(SystemClock(), NAME, 1))
    assert outlet.positions == []
