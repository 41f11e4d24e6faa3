"""What is still to come of a command beside its deliveries: accepted is not applied (design D4). Pure."""

from __future__ import annotations

from hub.flow.cycle.creating import mirrors_wanted
from hub.flow.cycle.scene import ENDED, Scene
from hub.flow.facts import KeptCommand
from hub.model.command import AmendCommand, OperationState, ReleaseCommand, SubmitCommand
from hub.model.effects import CREATE_ORDER
from hub.model.intents import DeliveryState
from hub.model.order import OrderStatus
from hub.model.vocabulary import SystemKind

ANSWERED = frozenset({DeliveryState.DONE, DeliveryState.REFUSED})
"""Of a create: the source has the order, or has said that it will not."""


def remaining(scene: Scene) -> dict[str, OperationState]:
    """By command: QUEUED while more must be asked of systems before it is carried out, whatever keeps it waiting;
    REJECTED where the order ended before. Nothing for one that is carried out; what is done stays as it was.
    """
    found = {one.id: one.remains if one.is_done else _of(scene, one) for one in scene.facts.commands}
    return {name: state for name, state in found.items() if state is not None}


def _of(scene: Scene, one: KeptCommand) -> OperationState | None:
    has_ended = scene.order.status in ENDED
    match one.command:
        case SubmitCommand():
            waits = _is_missing(scene)
        case AmendCommand():
            waits = _is_missing(scene) and not has_ended
        case ReleaseCommand():
            waits = scene.order.status is not OrderStatus.COMPLETED and not _has_begun(scene)
        case _:
            waits = False
    if not waits:
        return None
    return OperationState.REJECTED if has_ended else OperationState.QUEUED


def _is_missing(scene: Scene) -> bool:
    """Whether a system that must have the order neither has it nor has said no."""
    erps = [one.source for one in scene.offering(SystemKind.ERP, CREATE_ORDER)]
    known = any(scene.documents_at(one.source) for one in scene.facts.landscape.of(SystemKind.ERP))
    at_erp = not erps or known or any(_has_answered(scene, source) for source in erps)
    return not at_erp or not all(_has_answered(scene, one.source) for one in mirrors_wanted(scene))


def _has_answered(scene: Scene, source: str) -> bool:
    rows = sorted(scene.rows(source, CREATE_ORDER), key=lambda row: row.key)
    return bool(rows) and rows[-1].state in ANSWERED


def _has_begun(scene: Scene) -> bool:
    """Whether warehouses have everything that has a supply."""
    told = [(line.quantities, units) for line, units in scene.lines()]
    has_all = all(line.released + line.backordered >= units for line, units in told)
    return has_all and any(line.released > 0 for line, _ in told)
