"""The composition root: settings in, open resources out, as one frozen record (house.md 6)."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from hub.changes.bus import Bus, bus_of
from hub.changes.follow import Following, Seat
from hub.changes.lags import Lags
from hub.changes.publisher import NAME as PUBLISHER
from hub.changes.publisher import Publisher
from hub.changes.relay import Relay
from hub.changes.retention import Retention
from hub.clock import Clock, SystemClock
from hub.edge import admission, told_of
from hub.gate.breaker import BreakerRules
from hub.gate.gate import GateRules
from hub.gate.health import HealthRules
from hub.guard.keys import Keys
from hub.intake.digest import Digest
from hub.intake.door import Door, Hook
from hub.intake.entrance import Entry
from hub.intake.stockwatch import NAME as STOCK
from hub.intake.stockwatch import StockWatch
from hub.intake.wake import Wake
from hub.landscape import (
    SourceKey,
    connect_all,
    landscapes,
    load_returns,
    load_routings,
    load_rules,
    refuse_forgotten,
)
from hub.measures.crossings import Measured
from hub.measures.snapshot import Snapshot
from hub.merge.writer import Writer
from hub.model.manifest import Landscape, SourceBinding
from hub.notices.desk import Notices
from hub.notices.watch import NAME as NOTICES
from hub.outward import Outward, Telling, telling
from hub.partners.addresses import Addresses
from hub.partners.attempts import Means
from hub.partners.courier import Courier
from hub.partners.desk import Partners
from hub.partners.posting import Poster
from hub.partners.watch import NAME as WEBHOOKS
from hub.partners.watch import WebhookWatch
from hub.ports import Adapter, Recorder
from hub.read.reader import Reader
from hub.seal import Seal, Vault
from hub.search.rebuild import NAME as SEARCH
from hub.searching import Searching, searching
from hub.settings import ChangeSettings, Settings
from hub.store.hops import HopWriter
from hub.store.migrate import refuse_unmigrated
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from hub.tending import Sources, Tools
from hub.trace.listing import Traces
from hub.trace.storyteller import Storyteller
from hub.write.desk import Desk
from hub.write.operators import Operators
from hub.write.sendout import SendingOut
from resolvers.context import Doors, context_for
from resolvers.endpoint.edge import Endpoint
from resolvers.endpoint.explorer import Explorer, is_installed, tabs_of
from resolvers.endpoint.ports import Limits, Ports
from resolvers.endpoint.run import Runner
from resolvers.partners import rendered_by
from resolvers.schema import schema
from subscriptions.feed import Feed

TAILING = 2  # connections of role tail: the feed's own, and one for replays
LEADING = 1  # leadership of the relay lives on one session


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Everything a process of the hub is made of."""

    settings: Settings
    clock: Clock
    landscapes: Mapping[str, Landscape]
    adapters: Mapping[SourceKey, Adapter]
    writer: Writer
    reader: Reader
    seal: Seal
    """Of cursors: the same in every process of a shard."""
    endpoint: Endpoint
    limits: Limits
    door: Door
    recorder: HopWriter
    feed: Feed
    relay: Relay
    retention: Retention
    """Of the log of changes."""
    publisher: Publisher | None
    """None where no bus is configured."""
    stockwatch: StockWatch
    """Wakes who waits for stock, and those whose channels are told what they may sell."""
    sendout: SendingOut
    """Enters the orders that go out for returns."""
    webhooks: WebhookWatch
    """Queues what partners want to hear of."""
    courier: Courier
    """Tells them."""
    telling: Telling | None
    """None where no customers are told anything."""
    searching: Searching
    lags: Lags
    snapshot: Snapshot
    """Of what the store holds, for `/metrics`."""
    digest: Digest
    wake: Wake
    sources: Sources
    checks: Mapping[str, Callable[[], Awaitable[None]]]
    """What must be there for the process to be ready, by name; each raises a HubError in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stores:
    serve: Store
    work: Store
    tail: Store
    lead: Store


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    settings: Settings
    clock: Clock
    stores: _Stores
    adapters: Mapping[SourceKey, Adapter]
    seal: Seal
    vault: Vault
    addresses: Addresses
    tabs: str


@asynccontextmanager
async def open_hub(settings: Settings, urls: RoleUrls, *, tabs: str = "") -> AsyncIterator[Hub]:
    """The hub while the block runs; *tabs*: documents that GraphiQL opens with.

    Raises Misconfigured with every mistake, and where a role may too much (D11).
    """
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        stores = await _open_stores(stack, settings, urls)
        await refuse_unmigrated(stores.work)
        await refuse_forgotten(settings, stores.work)
        await load_rules(settings, stores.work)
        await load_routings(settings, stores.work)
        await load_returns(settings, stores.work)
        adapters = connect_all(settings, clock)
        for adapter in adapters.values():
            stack.push_async_callback(adapter.close)
        given = _Given(
            settings=settings,
            clock=clock,
            stores=stores,
            adapters=adapters,
            seal=Seal(_secret(urls)),
            vault=_vault(settings, urls),
            addresses=Addresses(settings.webhooks.allow, plain=settings.webhooks.plain_http),
            tabs=tabs,
        )
        hub = _built(given)
        if hub.searching.wire is not None:
            stack.push_async_callback(hub.searching.wire.close)
        yield hub


async def _open_stores(stack: AsyncExitStack, settings: Settings, urls: RoleUrls) -> _Stores:
    async def opened(role: Role, size: int) -> Store:
        return await stack.enter_async_context(open_store(urls, role, size=size))

    size = settings.store.pool_size
    return _Stores(
        serve=await opened(Role.SERVE, size),
        work=await opened(Role.WORK, size),
        tail=await opened(Role.TAIL, TAILING),
        lead=await opened(Role.WORK, LEADING),
    )


def _built(given: _Given) -> Hub:
    settings, clock, stores, adapters = given.settings, given.clock, given.stores, given.adapters
    lands = landscapes(settings, adapters)
    hops = HopWriter(stores.work)
    recorder = Measured(hops)
    writer = Writer(stores.work, lands)
    feed = Feed(stores.tail, given.seal, clock, recorder)
    tools = _tools(given, writer, recorder)
    looking = searching(settings.search, stores.serve, _following(given, tools, SEARCH))
    reader = Reader(stores.serve, lands, given.seal, clock, looking.search)
    storyteller = Storyteller(stores.serve, lands)
    doors = Doors(
        reader=reader,
        desk=Desk(stores.work, writer, clock),
        feed=feed,
        storyteller=storyteller,
        traces=Traces(stores.serve, given.seal, looking.search),
        seal=given.seal,
        operators=Operators(stores.work, writer),
        partners=Partners(stores.work, given.vault, given.addresses),
        notices=Notices(stores.work),
    )
    bus = bus_of(settings.kafka)
    tools = replace(tools, bus=bus, entries=_entries(settings, lands, adapters))
    limits, sources = _limits(settings), Sources(tools, _bound(lands, adapters))
    ports = _ports(given, doors, limits, recorder)
    courier = _courier(given, ports, recorder)
    return Hub(
        settings=settings,
        clock=clock,
        landscapes=lands,
        adapters=adapters,
        writer=writer,
        reader=reader,
        seal=given.seal,
        endpoint=Endpoint(ports, explorer=_explorer(given.tabs)),
        limits=limits,
        door=Door(_hooks(settings, lands, adapters), stores.work, recorder, clock, cap=settings.http.max_delivery),
        recorder=hops,
        feed=feed,
        relay=Relay(stores.lead, tools.holder, recorder, lease=tools.lease),
        retention=_retention(settings.changes, stores.work),
        publisher=_publisher(given, bus, tools),
        stockwatch=_stockwatch(given, tools, lands),
        sendout=SendingOut(stores.work, writer, clock),
        webhooks=WebhookWatch(_following(given, tools, WEBHOOKS), courier.stir),
        courier=courier,
        telling=telling(settings, _outward(given, reader, recorder), _following(given, tools, NOTICES)),
        searching=looking,
        lags=Lags(stores.work),
        snapshot=Snapshot(stores.work),
        digest=Digest(stores.work, writer, adapters, sources.lookout, invisible=2 * tools.lease),
        wake=Wake(stores.work, writer),
        sources=sources,
        checks={"database": stores.serve.ready, "work": stores.work.ready},
    )


def _tools(given: _Given, writer: Writer, recorder: Recorder) -> Tools:
    work = given.settings.work
    breaker = BreakerRules(cooldown=work.cooldown_seconds)
    return Tools(
        store=given.stores.work,
        writer=writer,
        recorder=recorder,
        clock=given.clock,
        holder=f"{socket.gethostname()}-{os.getpid()}".replace(" ", "_"),
        lease=timedelta(seconds=work.lease_seconds),
        rules=GateRules(health=HealthRules(breaker=breaker)),
    )


def _ports(given: _Given, doors: Doors, limits: Limits, recorder: Recorder) -> Ports:
    keys = Keys(given.settings.keys, given.clock)
    return Ports(
        schema=schema,
        authenticate=admission(keys),
        context_for=context_for(doors),
        clock=given.clock,
        limits=limits,
        farewell=doors.feed.farewell,
        served=told_of(recorder),
    )


def _explorer(tabs: str) -> Explorer | None:
    return Explorer(tabs=tabs_of(tabs) if tabs else ()) if is_installed() else None


def _bound(
    lands: Mapping[str, Landscape], adapters: Mapping[SourceKey, Adapter]
) -> list[tuple[SourceBinding, Adapter]]:
    return [(lands[tenant].sources[name], adapter) for (tenant, name), adapter in sorted(adapters.items())]


def _hooks(
    settings: Settings, lands: Mapping[str, Landscape], adapters: Mapping[SourceKey, Adapter]
) -> dict[str, Hook]:
    return {
        source.hook.reveal(): Hook(
            tenant=source.tenant,
            source=name,
            system=lands[source.tenant].sources[name].system,
            adapter=adapters[source.tenant, name],
        )
        for name, source in settings.sources.items()
        if source.hook is not None and not source.retired
    }


def _entries(
    settings: Settings, lands: Mapping[str, Landscape], adapters: Mapping[SourceKey, Adapter]
) -> dict[SourceKey, Entry]:
    return {
        (source.tenant, name): Entry(
            source=name,
            system=lands[source.tenant].sources[name].system,
            adapter=adapters[source.tenant, name],
            topic=source.topic,
            group=source.group or f"opshub-{name}",
        )
        for name, source in settings.sources.items()
        if source.topic is not None
    }


def _publisher(given: _Given, bus: Bus | None, tools: Tools) -> Publisher | None:
    if bus is None:
        return None
    return Publisher(_following(given, tools, PUBLISHER), bus.outlet(), tools.recorder, given.settings.kafka.prefix)


def _stockwatch(given: _Given, tools: Tools, lands: Mapping[str, Landscape]) -> StockWatch:
    return StockWatch(_following(given, tools, STOCK), lands)


def _following(given: _Given, tools: Tools, name: str) -> Following:
    seat = Seat(name=name, holder=tools.holder, lease=tools.lease)
    return Following(store=given.stores.work, clock=given.clock, seat=seat)


def _outward(given: _Given, reader: Reader, recorder: Recorder) -> Outward:
    return Outward(
        store=given.stores.work, reader=reader, clock=given.clock, recorder=recorder, addresses=given.addresses
    )


def _courier(given: _Given, ports: Ports, recorder: Recorder) -> Courier:
    settings = given.settings.webhooks
    unrecorded = replace(ports, served=lambda _: None)
    means = Means(
        store=given.stores.work,
        clock=given.clock,
        recorder=recorder,
        poster=Poster(given.addresses, settings.timeout_seconds),
        vault=given.vault,
        render=rendered_by(Runner(unrecorded)),
        standing=Keys(given.settings.keys, given.clock).standing,
        settings=settings,
    )
    return Courier(means)


def _retention(changes: ChangeSettings, store: Store) -> Retention:
    days = timedelta(days=1)
    return Retention(store, changes.keep_days * days, changes.keep_unread_days * days)


def _limits(settings: Settings) -> Limits:
    http = settings.http
    return Limits(body=http.max_body, response=http.max_response, execution=http.deadline.total_seconds())


def _vault(settings: Settings, urls: RoleUrls) -> Vault:
    key = settings.webhooks.key
    return Vault(urls.work.encode() if key is None else key.reveal().encode())


def _secret(urls: RoleUrls) -> bytes:
    """What cursors are signed with: every process of a shard has it, and it is kept nowhere else."""
    return hashlib.sha256(b"opshub cursors\x00" + urls.work.encode()).digest()
