"""One source of one class loses the reply to every create; the real worker settles them on real PostgreSQL (D7)."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hub.codec import digest, plain
from hub.errors import OutcomeUnknown, SourceGarbled
from hub.gate.breaker import BreakerRules
from hub.gate.gate import GateRules
from hub.gate.health import HealthRules
from hub.model.intents import DeliveryState
from hub.model.manifest import Idempotency
from hub.store.deliveries import PUT_DELIVERIES, DeliveryRow
from hub.store.store import Store
from tests.kit.deliveries import delivery
from tests.kit.scripted_made import create
from tests.kit.scripted_shop import Fault, ScriptedShop, creating, scripted_manifest
from tests.kit.station import CALL, Station

LONGEST = timedelta(milliseconds=100)
SLOW = 0.25  # seconds, longer than any call may take
LATE = 0.05  # seconds until a request whose answer nobody waits for reaches the source
NEVER = 10**9
LOOK = 0.1  # seconds between looks at how far it is
ENOUGH = 300.0  # seconds for all of it, on a machine that does other things too
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
HURT = GateRules(health=HealthRules(breaker=BreakerRules(failures=NEVER)))
"""The breaker stays closed: here every single call fails, and what is judged is what comes of each."""

LOSSES = (
    Fault(verb="execute", error=OutcomeUnknown("the connection ended", source="shop"), has_effect=True),
    Fault(verb="execute", error=SourceGarbled("half an answer", source="shop"), has_effect=True),
    Fault(verb="execute", slow=SLOW),
    Fault(verb="execute", late=LATE),
)
"""Cut off, garbled, answered too late, and arrived only after the caller had gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of one class's creates."""

    idempotency: Idempotency
    lost: int
    """Replies that were lost after the source had done it."""
    states: Counter[str] = field(default_factory=Counter)
    documents: int = 0
    """At the source, in all."""
    doubled: int = 0
    """References that more than one document bears."""
    missing: int = 0
    """References that none bears."""
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Nothing doubled, nothing missing, and each at the only honest end its class has."""
        end = DeliveryState.REVIEW if self.idempotency is Idempotency.NONE else DeliveryState.DONE
        return self.doubled == 0 and self.missing == 0 and self.states == {end.value: self.lost}


async def lose(store: Store, idempotency: Idempotency, count: int, *, really: Idempotency | None = None) -> Tally:
    """Create *count* orders at a source of one class; the reply to each first request is lost after its effect.

    *really*: the class that the source is of, where its manifest is wrong.
    """
    manifest = creating(scripted_manifest(idempotency=idempotency, longest_call=LONGEST, batch=100))
    shop = ScriptedShop()
    station = Station(store=store, shop=shop, manifest=manifest, rules=HURT)
    shop.documents.idempotency = really or idempotency
    roots = await _roots(station, count)
    shop.fail(*(replace(LOSSES[one % len(LOSSES)], of=_reference(one)) for one in range(count)))
    rows = [_wanted(idempotency, number, root) for number, root in enumerate(roots)]
    async with store.shard(CALL) as tx:
        await PUT_DELIVERIES.write(tx, CALL.tenant, rows)
    clock = asyncio.get_running_loop().time
    began = clock()
    tending = station.tending(station.deliveries)
    running = asyncio.ensure_future(tending.run())
    with suppress(TimeoutError):  # then the table says what had not come to an end
        async with asyncio.timeout(ENOUGH):
            await _rest(station)
    tending.stop()
    await running
    made = {one.reference for one in shop.documents.made}
    return Tally(
        idempotency=idempotency,
        lost=count - len(shop.faults),
        states=await _states(station),
        documents=len(shop.documents.made),
        doubled=len(shop.documents.doubled()),
        missing=len({_reference(number) for number in range(count)} - made),
        seconds=clock() - began,
    )


async def _roots(station: Station, count: int) -> list[str]:
    """Orders of the hub, so that every create has a lane of its own."""
    names = [f"o{number}" for number in range(count)]
    for name in names:
        station.shop.place(name)
    await station.take()
    for start in range(0, count, 100):
        await station.see(*names[start : start + 100])
    rows = await station.rows("select number, id from entity where kind = 'ORDER'")
    assert station.held is not None
    await station.owner.release(station.held, 60.0)
    known = dict(tuple(row) for row in rows)
    return [known[name] for name in names]


def _wanted(idempotency: Idempotency, number: int, root: str) -> DeliveryRow:
    """A create that is due. It counts as begun: flow, which wants nothing here, withdraws no such row (D7)."""
    content = create(_reference(number))
    return delivery(
        f"{idempotency.value}-{number}",
        root_id=root,
        source_id=None,
        action="order.create",
        key="shop/order.create",
        content=plain(content),
        hash=digest(content),
        has_begun=True,
        next_attempt_at=BEGUN,
        command_id=None,
        created_at=BEGUN,
        updated_at=BEGUN,
    )


def _reference(number: int) -> str:
    return f"REFERENCE-{number}"


async def _rest(station: Station) -> None:
    """Return once no create can move by itself any more."""
    moving = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.UNKNOWN)
    while True:
        states = await _states(station)
        if not any(states[one.value] for one in moving):
            return
        await asyncio.sleep(LOOK)


async def _states(station: Station) -> Counter[str]:
    rows = await station.rows("select state, count(*) from delivery where action = 'order.create' group by state")
    return Counter(dict(tuple(row) for row in rows))
