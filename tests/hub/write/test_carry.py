"""What a delivery says to a source, and the hop it leaves (the rest of its life: test_delivery)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.errors import NotOffered
from hub.gate.owner import Held
from hub.model.intents import DeliveryState
from hub.model.manifest import Idempotency, Manifest
from hub.model.trace import HopKind, HopOutcome
from hub.store.claims import OpenDelivery
from hub.write.carry import Carrier
from tests.kit.clock import StoppedClock
from tests.kit.gates import ACME, cancel, scripted_gate
from tests.kit.recorder import ListRecorder
from tests.kit.scripted_shop import ScriptedShop, scripted_manifest
from tests.kit.virtual import EPOCH

ROW = OpenDelivery(
    id="d1",
    root_id="r1",
    intent=cancel("o1"),
    state=DeliveryState.CLAIMED,
    epoch=1,
    attempts=2,
    has_begun=False,
    correlation_id="correlation-9",
    hold_until=None,
    due_at=EPOCH,
    now=EPOCH + timedelta(seconds=3),
)
HELD = Held(call=ACME, source="shop", epoch=1, lanes_from=EPOCH)


def carrier(manifest: Manifest | None = None) -> tuple[Carrier, ScriptedShop, ListRecorder]:
    shop, recorder, clock = ScriptedShop(), ListRecorder(), StoppedClock(at=EPOCH)
    shop.place("o1")
    gate = scripted_gate(shop, clock, manifest=manifest, recorder=recorder)
    return Carrier(gate=gate, recorder=recorder, clock=clock), shop, recorder


async def test_the_hop_says_what_for_whom_how_often_and_how_long_it_waited() -> None:
    made, _, recorder = carrier()
    verdict = await made.execute(HELD, ROW)
    assert verdict.state is DeliveryState.DONE
    call, hop = recorder.hops
    assert (hop.kind, hop.operation, hop.outcome) == (HopKind.DELIVERY, "order.cancel", HopOutcome.OK)
    assert (hop.correlation_id, hop.attempt, hop.waiting_ms, hop.roots) == ("correlation-9", 2, 3000, ("r1",))
    assert (call.kind, call.parent_id, call.correlation_id) == (HopKind.SOURCE_CALL, hop.id, "correlation-9")


async def test_an_action_that_is_no_longer_offered_is_refused_and_nothing_is_sent() -> None:
    made, shop, _ = carrier(replace(scripted_manifest(), writes={}))
    verdict = await made.execute(HELD, ROW)
    assert (verdict.state, verdict.error_class) == (DeliveryState.REFUSED, "VALIDATION")
    assert (await made.look(HELD, ROW)).state is DeliveryState.REVIEW
    assert shop.requests == []


async def test_what_cannot_be_known_goes_to_a_person_without_asking() -> None:
    made, shop, _ = carrier(scripted_manifest(idempotency=Idempotency.NONE))
    assert (await made.look(HELD, replace(ROW, state=DeliveryState.UNKNOWN))).state is DeliveryState.REVIEW
    assert shop.requests == []


async def test_a_source_without_a_look_up_says_so() -> None:
    made, _, _ = carrier(scripted_manifest(idempotency=Idempotency.KEY))
    with pytest.raises(NotOffered):
        await made.look(HELD, ROW)
