"""The rows of a story are found under the caller's row security and told with the roles of the sources."""

from __future__ import annotations

import pytest

from hub.call import Call
from hub.model.intents import DeliveryState
from hub.model.manifest import Landscape
from hub.model.trace import HopKind, TraceState
from hub.model.values import Identifier
from hub.model.vocabulary import IdentifierScheme, SystemKind
from hub.store.store import Store
from hub.trace.storyteller import Storyteller
from tests.kit.scripted_shop import ScriptedShop, scripted_binding
from tests.kit.station import Station

REP = Call(actor="rep", tenant="acme", correlation_id="correlation-rep")
STRANGER = Call(actor="stranger", tenant="beta", correlation_id="correlation-beta")
NUMBER = Identifier(scheme=IdentifierScheme.ORDER_NUMBER, value="o1", source="shop")


@pytest.fixture
async def station(store: Store) -> Station:
    """A worker that saw an order; nobody kept its hops."""
    station = Station(store=store, shop=ScriptedShop())
    station.shop.place("o1")
    await station.take()
    await station.see("o1")
    return station


@pytest.fixture
def teller(serving: Store) -> Storyteller:
    return Storyteller(serving, {"acme": Landscape(tenant="acme", sources={"shop": scripted_binding()})})


async def test_a_command_is_followed_to_the_system_that_must_carry_it_out(
    station: Station, teller: Storyteller
) -> None:
    root = await station.order("o1")
    await station.cancel("o1")
    told = await teller.of_roots(REP, [root], [NUMBER])
    assert told.identifiers == (NUMBER,)
    assert told.state is TraceState.WAITING
    assert "API_IN orderCancel" in told.missing
    await station.turn(station.deliveries)
    assert (await station.delivery())["state"] == DeliveryState.DONE
    told = await teller.of_roots(REP, [root], [NUMBER])
    assert told.state is TraceState.DONE
    (sent,) = [hop for hop in told.hops if hop.kind is HopKind.DELIVERY]
    assert (sent.system, sent.source, sent.operation) == (SystemKind.COMMERCE, "shop", "order.cancel")


async def test_a_source_that_is_configured_no_more_is_told_all_the_same(station: Station, serving: Store) -> None:
    root = await station.order("o1")
    await station.cancel("o1")
    await station.turn(station.deliveries)
    told = await Storyteller(serving, {}).of_roots(REP, [root], ())
    assert {hop.system for hop in told.hops if hop.kind is HopKind.DELIVERY} == {SystemKind.OTHER}


async def test_technical_ids_lead_to_the_root_and_only_within_the_tenant(station: Station, teller: Storyteller) -> None:
    root = await station.order("o1")
    command = (await station.cancel("o1", key="key-1")).command_id
    delivery = await station.delivery()
    for known in (str(command), str(delivery["id"]), str(delivery["correlation_id"]), "key-1-o1"):
        assert set(await teller.roots(REP, known)) == {root}
        assert list(await teller.roots(STRANGER, known)) == []
    assert list(await teller.roots(REP, "nothing")) == []


async def test_another_tenant_is_told_nothing(station: Station, teller: Storyteller) -> None:
    root = await station.order("o1")
    await station.cancel("o1")
    told = await teller.of_roots(STRANGER, [root], (), ["correlation-1"])
    assert (told.hops, told.correlation_ids, told.state) == ((), (), TraceState.DONE)
