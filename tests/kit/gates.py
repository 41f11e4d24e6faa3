"""A gate before a scripted source."""

from __future__ import annotations

from decimal import Decimal

from hub.call import worker_call
from hub.clock import Clock
from hub.gate.errand import Errand, Urgency
from hub.gate.gate import Gate, GateRules, Surroundings
from hub.gate.lease import Lease
from hub.model.effects import CancelOrder, CancelReason, CancelTarget
from hub.model.intents import Intent, IntentOf
from hub.model.manifest import Manifest
from hub.model.vocabulary import Kind
from tests.kit.recorder import ListRecorder
from tests.kit.scripted_shop import ScriptedAdapter, ScriptedShop, scripted_binding, scripted_manifest

ACME = worker_call("acme", correlation="correlation-1")


def leased(clock: Clock, *, length: float = 1_000.0, epoch: int = 1) -> Lease:
    """A lease just granted."""
    lease = Lease(clock, "shop")
    lease.hold(asked_at=clock.monotonic(), length=length, epoch=epoch)
    return lease


def scripted_gate(
    shop: ScriptedShop,
    clock: Clock,
    *,
    manifest: Manifest | None = None,
    recorder: ListRecorder | None = None,
    rules: GateRules | None = None,
) -> Gate:
    """The gate of a shop, its lease long and its clock given."""
    manifest = manifest or scripted_manifest()
    around = Surroundings(recorder=recorder or ListRecorder(), clock=clock, rules=rules or GateRules())
    return Gate(scripted_binding(manifest), ScriptedAdapter(shop, manifest), leased(clock), around)


def errand(*, attempt: int = 1, urgency: Urgency = Urgency.HINT, epoch: int = 1) -> Errand:
    """An errand of tenant acme."""
    return Errand(call=ACME, urgency=urgency, attempt=attempt, epoch=epoch)


def cancel(order_id: str, *, units: int = 3, key: str | None = None) -> Intent:
    """The intent to have *units* of an order's only line cancelled."""
    return IntentOf(
        source="shop",
        kind=Kind.ORDER,
        source_id=order_id,
        action="order.cancel",
        key=key or f"shop/cancel:{order_id}",
        content=CancelOrder(
            lines=(CancelTarget(line=f"{order_id}-1", line_no=1, cancelled=Decimal(units)),),
            reason=CancelReason.CUSTOMER,
        ),
    )
