"""One seed from start to verdict: a world is set up, lived in, broken, healed, left to come to rest, and judged."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from hub.settings import Secret
from sources.kit.serve import serving
from sources.vendure.rehearsal.hooks import Listener as Hearer
from tests.crash.admin import looking
from tests.crash.callers import Callers
from tests.crash.chance import SKUS
from tests.crash.clients import Desk, People
from tests.crash.collect import NOTHING, Final, final
from tests.crash.docks import is_credited, memos, price, slips
from tests.crash.fleet import End, Fleet, Stop
from tests.crash.graph import TRACE, Graph
from tests.crash.history import History
from tests.crash.joint import WAREHOUSE, make_joint
from tests.crash.journeys import Travels
from tests.crash.judge.evidence import Evidence, Heard, ShopOrder, Told
from tests.crash.judge.returned import Returned
from tests.crash.judge.verdict import Violation, judged
from tests.crash.lane import Database, Lane
from tests.crash.listener import Listener
from tests.crash.meter import STORE
from tests.crash.nemesis import Nemesis
from tests.crash.plan import ERP, SHOP, TENANTS, WMS, HookFault, Outage, Plan
from tests.crash.post import Post
from tests.crash.pulse import Pulse
from tests.crash.quiet import dump, quiet, until
from tests.crash.returning import Returners
from tests.crash.settings import CLIENTS, HOOK_SECRET, Site, Sources, api_key, free_port, write_settings
from tests.crash.shared import shared_of
from tests.crash.shops import RecordedShop
from tests.crash.stir import stirred
from tests.crash.submitting import Clerks
from tests.crash.tempo import LEASE
from tests.crash.truth import truth_of
from tests.crash.watch import Watch
from tests.crash.wire import NoAnswer, send

STORY_TRIES = 60

T = TypeVar("T")

START_PATIENCE = 300.0  # seconds until the hub is ready
LIFE_PATIENCE = 360.0  # seconds for everything people want


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a seed."""

    seed: int
    violations: tuple[Violation, ...]
    evidence: Evidence
    seconds: float
    ends: tuple[End, ...] = ()
    pauses: tuple[Stop, ...] = ()
    hits: Mapping[str, int] = field(default_factory=dict)
    store_kills: int = 0
    epochs: int = 0
    terms: int = 0
    drops: int = 0
    outages: int = 0
    used: Mapping[str, float] = field(default_factory=dict)
    """Seconds of processor time by role."""
    lag: float = 0.0
    """Seconds by which the machine was late at most."""

    @property
    def is_starved(self) -> bool:
        """Whether it did not come to rest, and no worker could have renewed its leases in time."""
        rules = {one.invariant for one in self.violations}
        return rules == {"REST"} and self.lag > LEASE / 2

    @property
    def kills(self) -> int:
        """Processes ended by SIGKILL, as the kernel told it."""
        return sum(end.signal == signal.SIGKILL for end in self.ends)


@dataclass(slots=True, kw_only=True)
class World:
    """Everything of one seed that outlives the hub."""

    plan: Plan
    began: float
    history: History
    site: Site
    shops: Mapping[str, RecordedShop]
    travels: Travels
    post: Post
    people: People
    clerks: Clerks
    returners: Returners
    listeners: Mapping[str, Listener]
    fleet: Fleet
    nemesis: Nemesis
    watch: Watch
    pulse: Pulse = field(default_factory=Pulse)

    def now(self) -> float:
        """Seconds since the seed began."""
        return time.monotonic() - self.began


async def run_seed(plan: Plan, lane: Lane, room: Path) -> Outcome:
    """Live through *plan* in *lane*; logs, history and dumps go to *room*."""
    began, used = time.monotonic(), lane.used
    async with lane.database() as database, _world(plan, lane, database, room) as world:
        async with asyncio.TaskGroup() as group:
            keeping = [group.create_task(world.fleet.keep(name)) for name in world.fleet.names]
            keeping += [group.create_task(one.run()) for one in world.listeners.values()]
            keeping += [group.create_task(one) for one in (world.watch.run(), world.pulse.run())]
            try:
                is_ready = await _ready(world)
                stuck = await _live(world) if is_ready else None
                evidence, found = await _seen(world) if is_ready else (Evidence(), NOTHING)
            finally:
                for task in keeping:
                    task.cancel()
                await world.fleet.close()
        world.history.write(room / "history.jsonl")
    violations = judged(evidence) + _unjudged(world, stuck, evidence.waiting)
    return Outcome(
        seed=plan.seed,
        violations=violations,
        evidence=evidence,
        seconds=time.monotonic() - began,
        ends=tuple(world.fleet.ends),
        pauses=tuple(world.fleet.pauses),
        hits=world.fleet.hits(),
        store_kills=world.nemesis.store_kills,
        epochs=found.epochs,
        terms=found.terms,
        drops=sum(one.drops for one in world.listeners.values()),
        outages=len(_of(plan, Outage)),
        lag=world.pulse.lag,
        used={**world.fleet.used(), STORE: lane.used - used},
    )


def _unjudged(world: World, stuck: str | None, waiting: Mapping[str, int]) -> tuple[Violation, ...]:
    """What no invariant names: people who wait in vain, a process that gives up, rest that never comes."""
    words = [*world.people.late, *world.clerks.late, *world.returners.late]
    if stuck is not None and not any(waiting.values()):
        words.append(stuck)  # else a rule says what is open
    words += [f"a webhook was refused with {status}" for status in world.post.refused]
    if not world.plan.kills_store:
        ended = [end for end in world.fleet.ends if end.signal is None]
        words += [f"{end.name} ended by itself with {end.status}" for end in ended]
    return tuple(Violation(invariant="REST", words=one) for one in words)


@asynccontextmanager
async def _world(plan: Plan, lane: Lane, database: Database, room: Path) -> AsyncIterator[World]:
    began = time.monotonic()

    def now() -> float:
        return time.monotonic() - began

    history, site = History(now), Site(port=free_port())
    fleet = Fleet(zygote=lane.zygote, plan=plan, room=room, settings=room / "opshub.toml", now=now, history=history)
    shops = {
        tenant: RecordedShop(tenant, plan.seed * 2 + index, now, Callers(fleet)) for index, tenant in enumerate(TENANTS)
    }
    joint = make_joint(plan.joined, SKUS, (now, Callers(fleet)))
    travels = Travels(shop=shops[plan.joined], joint=joint, history=history)
    travels.shop.till.is_credited = partial(is_credited, joint)
    post = Post({tenant: site.hook(tenant) for tenant in TENANTS}, _of(plan, HookFault))
    async with AsyncExitStack() as stack:
        box = await stack.enter_async_context(serving(post))
        urls = {tenant: await stack.enter_async_context(serving(shop)) for tenant, shop in shops.items()}
        for tenant, shop in shops.items():
            hearer = Hearer(url=f"{box}/{tenant}", secret=Secret(HOOK_SECRET))
            shop.stand.hooks.listeners.append(hearer)
            shop.trouble(plan.faults)
            stack.push_async_callback(shop.stand.close)
        beside = {role: await stack.enter_async_context(serving(one)) for role, one in joint.recorders.items()}
        for one in joint.recorders.values():
            one.trouble(plan.faults)
        stack.push_async_callback(post.close)
        write_settings(fleet.settings, database.urls, Sources(shops=urls, beside=beside), site, plan)
        desks = {
            (tenant, client): Desk(tenant=tenant, client=client, graph=Graph(site.url, api_key(tenant, client)))
            for tenant in TENANTS
            for client in CLIENTS
        }
        listeners = {
            tenant: Listener(
                tenant=tenant, name=f"{tenant}/feed", url=site.url, key=api_key(tenant, "rep"), transport=transport
            )
            for tenant, transport in zip(TENANTS, plan.transport, strict=True)
        }
        nemesis = Nemesis(
            plan=plan, lane=lane, fleet=fleet, history=history, listeners=listeners, beside=joint.recorders,
            stalling=await stack.enter_async_context(looking(database.admin)),
        )  # fmt: skip
        for shop in shops.values():
            shop.carried_out = nemesis.incident
        nemesis.listen()
        yield World(
            plan=plan, began=began, history=history, site=site, shops=shops, travels=travels, post=post, fleet=fleet,
            nemesis=nemesis,
            people=People(now=now, history=history, shops=shops, desks=desks), listeners=listeners,
            clerks=Clerks(tenant=plan.joined, now=now, history=history, desks=desks),
            returners=Returners(tenant=plan.joined, now=now, history=history, desks=desks, travels=travels),
            watch=Watch(await stack.enter_async_context(looking(database.admin)), written=joint.written),
        )  # fmt: skip


def _of(plan: Plan, kind: type[T]) -> list[T]:
    return [fault for fault in plan.faults if isinstance(fault, kind)]


async def _ready(world: World) -> bool:
    """Until the hub serves, has loaded the empty systems, and every subscriber has a cursor; False: it never was."""
    try:
        async with asyncio.timeout(START_PATIENCE):
            await until(lambda: _answers(f"{world.site.url}/readyz"))
            await until(
                lambda: world.watch.loaded((*(SHOP for _ in TENANTS), ERP, WMS), returns=bool(world.plan.returns))
            )
            for one in world.listeners.values():
                await one.ready.wait()
    except TimeoutError:
        world.people.late.append(f"the hub was not ready within {START_PATIENCE:g} s")
        return False
    world.history.note("harness", "ready")
    return True


async def _answers(url: str) -> bool:
    try:
        return (await send(url, None, {})).is_success
    except NoAnswer:
        return False


async def _live(world: World) -> str | None:
    """Everything people want and everything that breaks; then all is healed and comes to rest. Why it did not."""
    try:
        async with asyncio.timeout(LIFE_PATIENCE), asyncio.TaskGroup() as group:
            group.create_task(world.nemesis.run())
            for order in world.plan.orders:
                group.create_task(world.people.live(order))
            for journey in world.plan.journeys:
                group.create_task(world.travels.live(journey))
            for typed in world.plan.typed:
                group.create_task(world.travels.type_in(typed))
            for submit in world.plan.submits:
                group.create_task(world.clerks.live(submit))
            for back in world.plan.returns:
                group.create_task(world.returners.live(back))
    except TimeoutError:
        world.people.late.append(f"not everybody was answered within {LIFE_PATIENCE:g} s")
    world.fleet.disarm()
    world.nemesis.is_healed = True
    for shop in world.shops.values():
        shop.heal()
    for recorder in world.travels.joint.recorders.values():
        recorder.heal()
    world.history.note("harness", "healed")
    stuck = await quiet(world.watch.admin, world.history, world.now, lambda: _rests(world))
    if stuck is not None:
        world.history.note("harness", "dump", rows=await dump(world.watch.admin))
    world.history.note("harness", "quiet", stuck=stuck)
    return stuck


async def _rests(world: World) -> bool:
    """Nothing is on its way outside the hub; subscribers have heard as much as there is, sweeps have seen the end."""
    told = sum(shop.events for shop in world.shops.values())
    if not world.post.is_idle or world.post.taken.total() < told:
        return False
    if not await world.returners.rest():
        return False
    return await world.watch.caught_up(
        {tenant: one.count for tenant, one in world.listeners.items() if not one.is_lost},
        (ERP, WMS, *((SHOP,) if world.plan.sweeps else ())),
    )


async def _seen(world: World) -> tuple[Evidence, Final]:
    shop: Sequence[ShopOrder] = [order for one in world.shops.values() for order in one.orders()]
    skus = {(tenant, line): sku for tenant, one in world.shops.items() for line, sku in one.skus().items()}
    moved = await stirred(world.watch.admin)
    await world.watch.weigh()
    found = await final(world.watch.admin, shop, skus)
    told = [await _story(world, row.tenant, row.correlation_id) for row in found.commands]
    shared = await shared_of(world.travels, world.people.desks[world.plan.joined, "rep"].graph, found.entities)
    truth = await truth_of(world.travels.shop, world.travels.joint)
    for one in world.listeners.values():
        one.close_segment()
    heard = [Heard(tenant=desk.tenant, text=text) for desk in world.people.desks.values() for text in desk.graph.heard]
    heard += [Heard(tenant=one.tenant, text=text) for one in world.listeners.values() for text in one.heard]
    evidence = Evidence(
        asked=tuple(world.people.asked),
        looked=tuple(world.people.looked),
        heard=tuple(heard),
        called=(*(call for one in world.shops.values() for call in one.called), *world.travels.joint.called()),
        committed=tuple(commit for one in world.shops.values() for commit in one.committed),
        shop=tuple(shop),
        commands=found.commands,
        deliveries=found.deliveries,
        log=found.log,
        entities=found.entities,
        told=tuple(told),
        papers=(*world.travels.papers(), *world.travels.entered(), *world.travels.returned()),
        returned=_returned(world, found),
        submitted=tuple(world.clerks.submitted),
        entered=found.entered,
        creates=found.creates,
        stored=(*world.travels.joint.sales(), *world.travels.joint.requests()),
        lay={(world.plan.joined, sku, WAREHOUSE): units for sku, units in world.travels.joint.lay.items()},
        most=dict(world.watch.most),
        reserved=found.reserved,
        typed=frozenset(world.travels.references()),
        wanted=shared.wanted,
        shown=shared.shown,
        led=shared.led,
        misspelt=sum(one.misspelt for one in world.plan.journeys),
        records=found.records,
        said=truth.said,
        stock=tuple(one for one in found.stock if one.role != SHOP),
        moved=tuple(one for one in found.moved if one.role != SHOP),
        stirred=moved,
        reverted=tuple(sorted(world.watch.reverted)),
        there=truth.there,
        uncovered=tuple(sorted(world.watch.uncovered)),
        segments=tuple(segment for one in world.listeners.values() for segment in one.segments),
        waiting={**await world.watch.waiting(), **({"outbox": 0} if found.is_still else {})},
        connections=world.watch.connections,
        lag=world.pulse.lag,
        canaries={tenant: (f"canary-{tenant}", *one.codes()) for tenant, one in world.shops.items()},
    )
    return evidence, found


def _returned(world: World, found: Final) -> Returned:
    """Of goods that came back: what people clicked, what the hub has, what really happened."""
    joint, till = world.travels.joint, world.travels.shop.till
    return replace(
        found.returned,
        clicked=tuple(world.returners.clicked),
        slips=tuple(slips(joint)),
        memos=tuple(memos(joint)),
        paybacks=tuple(till.paybacks(joint.tenant)),
        bought=tuple(till.bought(joint.tenant)),
        price=price(),
    )


async def _story(world: World, tenant: str, correlation_id: str) -> Told:
    graph = world.people.desks[tenant, "rep"].graph
    hops: tuple[tuple[str, str | None], ...] = ()
    for _ in range(STORY_TRIES):
        try:
            answered = await graph.ask(TRACE, id=correlation_id)
        except NoAnswer:
            await asyncio.sleep(0.3)
            continue
        trace = answered.data.get("trace") or {}
        hops = tuple((hop["kind"], hop["source"]) for hop in trace.get("hops", ()))
        break
    return Told(tenant=tenant, correlation_id=correlation_id, hops=hops)
