"""All sources of a worker, each tended by itself."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from hub.clock import SystemClock
from hub.errors import SourceBusy
from hub.gate.breaker import BreakerRules
from hub.gate.gate import GateRules
from hub.gate.health import HealthRules
from hub.merge.writer import Writer
from hub.model.manifest import Landscape, Manifest
from hub.store.store import Store
from hub.tending import Sources, Tools
from tests.kit.recorder import ListRecorder
from tests.kit.scripted_shop import Fault, ScriptedAdapter, ScriptedShop, scripted_binding, scripted_manifest
from tests.kit.station import Station
from tests.kit.wait import until_so

LEASE = timedelta(minutes=5)


def sources(
    store: Store,
    shop: ScriptedShop,
    manifest: Manifest | None = None,
    *,
    is_retired: bool = False,
    rules: GateRules | None = None,
) -> Sources:
    manifest = manifest or scripted_manifest()
    binding = replace(scripted_binding(manifest), is_retired=is_retired)
    writer = Writer(store, {"acme": Landscape(tenant="acme", sources={"shop": binding})})
    tools = Tools(
        store=store,
        writer=writer,
        recorder=ListRecorder(),
        clock=SystemClock(),
        holder="worker-7",
        lease=LEASE,
        rules=rules or GateRules(),
    )
    return Sources(tools, [(binding, ScriptedAdapter(shop, manifest))])


async def test_a_source_is_tended_with_every_duty_until_it_is_stopped(store: Store) -> None:
    shop = ScriptedShop()
    shop.place("o1")
    made = sources(store, shop)
    assert list(made.tendings) == ["acme/shop"]
    running = asyncio.ensure_future(made.tendings["acme/shop"].run())
    looking = Station(store=store, shop=shop)

    async def is_known() -> bool:
        return bool(await looking.rows("select 1 from entity"))

    async def is_done() -> bool:
        return bool((await looking.delivery())["state"] == "DONE")

    await until_so(is_known)
    await looking.cancel("o1")
    await until_so(is_done)
    assert len(shop.effects) == 1
    ((holder, length),) = await looking.rows("select holder, until - clock_timestamp() from lease")
    assert holder == "worker-7"
    assert LEASE - timedelta(minutes=1) < length <= LEASE
    made.stop()
    await running
    assert await looking.rows("select holder from lease") == [(None,)]
    assert await looking.rows("select breaker from source_state") == [("CLOSED",)]


async def test_a_source_that_declares_no_write_is_tended_too(store: Store) -> None:
    shop = ScriptedShop()
    made = sources(store, shop, replace(scripted_manifest(), writes={}))
    running = asyncio.ensure_future(made.tendings["acme/shop"].run())
    looking = Station(store=store, shop=shop)

    async def is_swept() -> bool:
        return await looking.rows("select count(*) from cursor where is_loaded") == [(2,)]

    await until_so(is_swept)
    made.stop()
    await running


async def test_gates_are_as_patient_as_they_are_told(store: Store) -> None:
    shop = ScriptedShop()
    shop.fail(Fault(verb="changes", error=SourceBusy("the source cannot be reached")))
    rules = GateRules(health=HealthRules(breaker=BreakerRules(failures=1, share=0.0)))
    made = sources(store, shop, rules=rules)
    running = asyncio.ensure_future(made.tendings["acme/shop"].run())
    looking = Station(store=store, shop=shop)

    async def is_left_alone() -> bool:
        return await looking.rows("select breaker from source_state") == [("OPEN",)]

    await until_so(is_left_alone)
    made.stop()
    await running


async def test_a_retired_source_is_called_no_more_and_what_is_open_waits_for_a_person(store: Store) -> None:
    shop = ScriptedShop()
    shop.place("o1")
    looking = Station(store=store, shop=shop)
    held = await looking.take()
    await looking.see("o1")
    await looking.cancel("o1")
    await looking.owner.release(held, quiet=1e9)
    shop.requests.clear()
    made = sources(store, shop, is_retired=True)
    running = asyncio.ensure_future(made.tendings["acme/shop"].run())

    async def is_left() -> bool:
        return bool((await looking.delivery())["state"] == "REVIEW")

    await until_so(is_left)
    made.stop()
    await running
    assert shop.requests == []
    assert await looking.rows("select count(*) from cursor") == [(0,)]
