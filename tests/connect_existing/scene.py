"""Three systems that have worked without a hub: orders in every stage, joined by nothing but references."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from hub.clock import Clock
from hub.demo import cast
from hub.demo.director import Director
from hub.demo.plot import CART, LADDER, RUNGS, STAGES, Stage
from hub.demo.scene import Scene, make_scene
from hub.demo.systems import Systems
from hub.demo.trio import Trio
from sources.kit.serve import serving
from sources.tryton_erp.rehearsal.records import Sale, ShipmentOut
from sources.tryton_wms.rehearsal.state import OUT, Shipment
from tests.kit.journal import Journal

PART = replace(cast.PARTS[1], tenant="demo", prefix="", customers=150, products=40)
PLACED = Stage(name="placed", share=60, steps=("place",), hours=(0.1, 48))
ALONE = Stage(name="authorized alone", share=40, steps=("authorize",), hours=(0.1, 48))
"""Orders that only the shop has."""


@asynccontextmanager
async def trading(scene: Scene, journal: Journal) -> AsyncIterator[Systems]:
    """The three on the air, each request to them written down."""
    trio = scene.trio
    apps = {"shop": trio.shop.app, "erp": trio.erp.app, "wms": trio.wms.app}
    async with AsyncExitStack() as stack:
        stack.push_async_callback(trio.close)
        urls = {name: await stack.enter_async_context(serving(journal.before(name, app))) for name, app in apps.items()}
        yield Systems(scene=scene, urls=urls, controls={})


def trade(orders: int, clock: Clock) -> Scene:
    """Orders over all the stages of the demo, and some that nobody has taken further than the shop."""
    return make_scene(replace(PART, orders=orders), clock, (*STAGES, PLACED, ALONE))


def work(scene: Scene) -> int:
    """People take each order that the warehouse has one step further, without the hub; how many."""
    director = Director(scene.trio)
    moving = [cue for cue in scene.cues if cue.stage.is_moving and cue.play.legs]
    for cue in moving:
        LADDER[RUNGS[RUNGS.index(cue.stage.steps[-1]) + 1]](director, cue.play)
    return len(moving)


def stages(scene: Scene) -> Counter[str]:
    """How many orders stand in each stage; carts are none."""
    return Counter(cue.stage.name for cue in scene.cues if cue.stage is not CART)


def documents(trio: Trio) -> Mapping[tuple[str, str, int], tuple[object, ...]]:
    """How every document of the three stands, by system, kind and id."""
    found: dict[tuple[str, str, int], tuple[object, ...]] = {}
    for order in trio.shop.shop.orders.values():
        parcels = tuple((one.state, one.tracking) for one in order.parcels)
        lines = tuple(line.quantity for line in order.lines)
        found["shop", "order", int(order.id)] = (order.code, order.state, lines, parcels)
    for model in (Sale.model, ShipmentOut.model, "account.invoice"):
        for one in trio.erp.erp.books.tables[model].values():
            found["erp", model, one.id] = (one.number, one.state)
    for one in trio.wms.depot.tables.rows(OUT):
        if isinstance(one, Shipment):
            found["wms", OUT, one.id] = (one.reference, one.state)
    return found
