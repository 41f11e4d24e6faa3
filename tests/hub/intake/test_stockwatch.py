"""Stock that moves: its product is looked at, and who waits for it; from the log alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hub.changes.follow import Following, Holding, Seat
from hub.clock import SystemClock
from hub.intake.stockwatch import StockWatch, told_tenants
from hub.merge.work import Work
from hub.model.changes import Change, ChangeKind
from hub.model.effects import PUBLISH_STOCK
from hub.model.manifest import ChannelRules, Idempotency, Landscape, Write
from hub.model.order import PartialPolicy
from hub.model.policy import RoutingPolicy
from hub.model.schemes import PRODUCT_SKU
from hub.model.vocabulary import Kind
from hub.store.changelog import LoggedChange, Place
from hub.store.routing import A_FEW
from hub.store.store import Store
from tests.kit.entering import item
from tests.kit.merging import CALL, SHOP, START, TENANT, landscape, seen
from tests.kit.routed import Routed, bought, lying
from tests.kit.stock import MUG, counted, lately, stock_of

LEASE = timedelta(seconds=30)


def telling() -> Landscape:
    plain = landscape()
    write = Write(idempotency=Idempotency.LOOKUP, longest_call=timedelta(seconds=5))
    shop = plain.sources[SHOP]
    offering = replace(shop, manifest=replace(shop.manifest, writes={PUBLISH_STOCK: write}))
    channel = ChannelRules(source=SHOP, publishes=True)
    return replace(plain, sources={**plain.sources, SHOP: offering}, channels={"web": channel})


def moved(sku: str, tenant: str = TENANT, kind: Kind = Kind.INVENTORY) -> LoggedChange:
    change = Change(
        event_id="e1", event="inventory.adjusted", change=ChangeKind.UPDATED, kind=kind, entity_id="i1", root_id="i1",
        version=1, root_version=1, changed_fields=(), occurred_at=START, recorded_at=START, correlation_id="c1",
        sku=sku,
    )  # fmt: skip
    return LoggedChange(place=Place(term="x", position=1), tenant=tenant, change=change)


def watch_of(store: Store, known: Landscape) -> StockWatch:
    seat = Seat(name="stock", holder="test", lease=LEASE)
    return StockWatch(Following(store=store, clock=SystemClock(), seat=seat), {TENANT: known})


def held() -> Holding:
    clock = SystemClock()
    holding = Holding(clock, "stock", 1)
    holding.hold(asked_at=clock.monotonic(), length=LEASE)
    return holding


async def rouse(hub: Routed, *lines: LoggedChange) -> int:
    """Let them be followed; how many roots are to be looked at."""
    await watch_of(hub.store, hub.landscape).wake(lines, held())
    due = [row[0] for row in await hub.rows("select id from root where wake_at <= clock_timestamp()")]
    if due:
        await hub.writer.write(CALL, Work(wake=tuple(due)))
    return len(due)


async def publications(hub: Routed) -> list[tuple[str, str, str]]:
    rows = await hub.rows("select key, content ->> 'quantity', state from delivery order by key")
    return [(row[0], row[1], row[2]) for row in rows]


async def opened(store: Store) -> Routed:
    hub = Routed(store, telling())
    await hub.write(seen((SHOP, Kind.PRODUCT, "7"), item(MUG)))
    assert item(MUG).bears[0].scheme == PRODUCT_SKU
    return hub


async def test_stock_that_moved_is_told_to_the_channel_and_told_anew_when_it_moves_again(store: Store) -> None:
    hub = await opened(store)
    await hub.write(lying(5), lately(counted(SHOP, stock_of(on_hand=2), source_id="7/1")))
    assert await publications(hub) == []
    assert await rouse(hub, moved(MUG)) == 1
    assert await publications(hub) == [("shop/stock:MUG:WH", "5", "PENDING")]
    await hub.write(lying(4))
    assert await rouse(hub, moved(MUG)) == 1
    assert await publications(hub) == [("shop/stock:MUG:WH", "4", "PENDING")]


async def test_a_change_of_the_product_itself_withdraws_nothing(store: Store) -> None:
    hub = await opened(store)
    await hub.write(lying(5), lately(counted(SHOP, stock_of(on_hand=2), source_id="7/1")))
    await rouse(hub, moved(MUG))
    await hub.write(seen((SHOP, Kind.PRODUCT, "7"), replace(item(MUG), raw_status="new"), 60))
    assert await publications(hub) == [("shop/stock:MUG:WH", "5", "PENDING")]


async def test_only_stock_of_tenants_whose_channels_are_told_wakes_anybody(store: Store) -> None:
    hub = await opened(store)
    assert told_tenants({TENANT: telling(), "beta": landscape()}) == {TENANT}
    assert await rouse(hub, moved(MUG, tenant="beta"), moved(MUG, kind=Kind.ORDER), moved("UNHEARD")) == 0


async def waiting(store: Store, orders: int, partial: PartialPolicy | None = None) -> Routed:
    """Orders that each wait for one unit, the recheck far away."""
    hub = Routed(store)
    await hub.by(RoutingPolicy(recheck=timedelta(days=1)))
    await hub.write(lying(0))
    for number in range(orders):
        await hub.write(bought(f"C{number}", partial=partial))
    return hub


async def served(hub: Routed) -> list[str]:
    """Orders that have units of a warehouse."""
    rows = await hub.rows(
        "select e.number from reservation v join entity e on e.id = v.root_id where v.warehouse <> '' order by e.number"
    )
    return [row[0] for row in rows]


async def test_stock_that_comes_wakes_the_oldest_that_wait_for_it_and_a_few_more_at_once(store: Store) -> None:
    hub = await waiting(store, 8)
    assert await rouse(hub, moved(MUG)) == 0
    await hub.write(lying(2))
    assert await rouse(hub, moved("OTHER"), moved(MUG, tenant="beta")) == 0
    assert await rouse(hub, moved(MUG), moved(MUG)) == 2 + A_FEW
    assert await served(hub) == ["C0", "C1"]
    assert await rouse(hub, moved(MUG)) == 0


async def test_who_takes_nothing_until_all_is_there_stands_in_the_queue_without_keeping_a_unit(store: Store) -> None:
    hub = await waiting(store, 2, PartialPolicy.SHIP_COMPLETE)
    assert (await hub.stands(), await hub.queued()) == ([], [("1", MUG, "ACTIVE"), ("1", MUG, "ACTIVE")])
    await hub.write(lying(1))
    assert await rouse(hub, moved(MUG)) == 2
    assert await served(hub) == ["C0"]
    assert await hub.queued() == [("1", MUG, "RELEASED"), ("1", MUG, "ACTIVE")]
