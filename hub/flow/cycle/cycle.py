"""Everything that should exist now for an order that the hub manages (Flow-1 to Flow-4). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from hub.flow.asserted import Entry
from hub.flow.cycle.billing import invoices_wanted
from hub.flow.cycle.capture import MANAGED
from hub.flow.cycle.cases import cycle_cases
from hub.flow.cycle.checks import Check, checks_of, failed, holds_by
from hub.flow.cycle.creating import keeps_from_erp, orders_wanted, submitted_by
from hub.flow.cycle.remaining import remaining
from hub.flow.cycle.requested import looks_at
from hub.flow.cycle.requesting import begins_at, keeps_from_warehouse, requests_wanted
from hub.flow.cycle.scene import ENDED, Scene, scene_of
from hub.flow.cycle.shipping import shipments_told
from hub.flow.facts import CaseWanted, KeptDelivery, Picture, RootFacts
from hub.model.cases import Hold, HoldType
from hub.model.command import OperationState
from hub.model.effects import CREATE_ORDER, POST_INVOICE, REQUEST_FULFILMENT, SHIP_GOODS
from hub.model.intents import DeliveryState, Intent
from hub.model.order import Order, OrderStatus
from hub.model.vocabulary import SystemKind

OF_THE_CYCLE = frozenset({CREATE_ORDER, REQUEST_FULFILMENT, SHIP_GOODS, POST_INVOICE})
CALLED_OFF = "nothing of it is wanted any more"
ALREADY_THERE = "the source has it already"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """What the cycle of one order asks for."""

    intents: tuple[Intent, ...] = ()
    cases: tuple[CaseWanted, ...] = ()
    checks: tuple[Check, ...] = ()
    """What was examined before an ERP is asked, and the verdicts."""
    wake_at: tuple[datetime | None, ...] = ()
    unwanted: Mapping[str, str] = field(default_factory=dict)
    """Key of a delivery -> why it is not wanted now."""
    waits_because: str | None = None
    """What the order waits for, in words: then it is not stuck, however long it stands."""
    remains: Mapping[str, OperationState] = field(default_factory=dict)
    """As `FlowResult.remains`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A managed order before anybody looks, and what it does not pass."""

    scene: Scene
    checks: tuple[Check, ...]

    def held(self, holds: Sequence[Hold]) -> Stage:
        """The same with everything that holds it."""
        if not holds:
            return self
        scene = replace(self.scene, holds=tuple(holds))
        return Stage(scene=scene, checks=checks_of(scene))

    def placed(self, facts: RootFacts) -> Stage:
        """The same with what routing has decided: no check asks for it."""
        return self if facts is self.scene.facts else replace(self, scene=replace(self.scene, facts=facts))


def stage_of(order: Order, facts: RootFacts, picture: Picture, entries: Sequence[Entry]) -> Stage | None:
    """The order as the cycle finds it, held by nothing; None where the hub does not manage it (Flow-3)."""
    if facts.managed_by != MANAGED:
        return None
    scene = scene_of(order, facts, picture, entries, ())
    return Stage(scene=scene, checks=checks_of(scene))


def cycle_of(stage: Stage | None) -> Cycle:
    """What should exist for an order; nothing of its own accord where the hub does not manage it."""
    if stage is None:
        return Cycle()
    scene, checks = stage.scene, stage.checks
    order, facts = scene.order, scene.facts
    intents: tuple[Intent, ...] = (*requests_wanted(scene), *shipments_told(scene), *invoices_wanted(scene))
    if order.status not in ENDED:
        intents = (*orders_wanted(scene, checks), *intents)
    return Cycle(
        intents=intents,
        cases=tuple(cycle_cases(scene)),
        checks=checks,
        wake_at=() if order.status in ENDED else (begins_at(scene), *looks_at(facts)),
        unwanted=_unwanted(scene, checks, intents),
        waits_because=_waiting(scene, checks),
        remains=remaining(scene),
    )


def held_by_checks(stage: Stage | None) -> dict[HoldType, str]:
    """What a managed order is held for because it did not pass a check, and why."""
    return {} if stage is None or stage.scene.order.status in ENDED else dict(holds_by(stage.checks))


def may_be_placed(stage: Stage | None) -> bool:
    """Whether warehouses may be chosen for a managed order now: it passed every check and nothing holds it there."""
    if stage is None or stage.scene.order.status in ENDED:
        return False
    return failed(stage.checks) is None and stage.scene.held_from(OrderStatus.ALLOCATED) is None


def _waiting(scene: Scene, checks: tuple[Check, ...]) -> str | None:
    at_erp = any(scene.documents_at(one.source) for one in scene.facts.landscape.of(SystemKind.ERP))
    return (None if at_erp else keeps_from_erp(scene, checks)) or keeps_from_warehouse(scene)


def _unwanted(scene: Scene, checks: tuple[Check, ...], intents: tuple[Intent, ...]) -> dict[str, str]:
    keys = {intent.key for intent in intents}
    own = (None, submitted_by(scene.facts))
    rows = [row for row in scene.facts.deliveries if row.command_id in own and row.key not in keys]
    return {row.key: _why(scene, checks, row) for row in rows if row.state is not DeliveryState.WITHDRAWN}


def _why(scene: Scene, checks: tuple[Check, ...], row: KeptDelivery) -> str:
    if scene.order.status in ENDED or not any(True for _ in scene.lines()):
        return CALLED_OFF
    if row.action == CREATE_ORDER:
        return keeps_from_erp(scene, checks) or ALREADY_THERE
    if row.action == REQUEST_FULFILMENT:
        return keeps_from_warehouse(scene) or CALLED_OFF
    return ALREADY_THERE
