"""The list of events: every kind has its own, the ones that others rely on are there, steps are steps of the model."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import get_type_hints

import pytest

from hub.model.entities import ENTITIES
from hub.model.events import AXES, events_of
from hub.model.order import OrderStatus
from hub.model.shipment import ShipmentMilestone
from hub.model.vocabulary import Kind

RELIED_ON = {
    "order.accepted", "order.allocated", "order.released", "order.cancelled", "shipment.confirmed",
    "shipment.delivered", "inventory.adjusted", "return.received", "return.refunded", "invoice.posted",
    "source.went_down", "operation.applied", "exception_case.resolved", "order.set_back", "order.reopened",
}  # fmt: skip


def test_the_events_that_others_rely_on_are_there() -> None:
    assert {name for kind in Kind for name in events_of(kind)} >= RELIED_ON


@pytest.mark.parametrize("kind", Kind)
def test_every_event_is_named_by_its_kind_in_the_past(kind: Kind) -> None:
    names = events_of(kind)
    assert names
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(rf"{kind.value.lower()}\.[a-z_]+", name) for name in names)


@pytest.mark.parametrize("kind", [kind for kind in AXES if kind in ENTITIES])
def test_every_step_is_a_value_that_the_model_knows(kind: Kind) -> None:
    for axis in AXES[kind]:
        inside: type = ENTITIES[kind]
        for part in axis.path.split("."):
            (inside,) = (hint for hint in _hints(inside, part) if hint is not type(None))
        assert issubclass(inside, StrEnum), axis.path
        assert {*axis.ladder, *axis.aside, *axis.ends} <= set(inside)
        assert axis.implied <= axis.ladder.keys()


def test_only_what_nobody_can_know_has_no_step() -> None:
    (*_, order), (*_, shipment) = AXES[Kind.ORDER], AXES[Kind.SHIPMENT]
    assert set(OrderStatus) - {*order.ladder, *order.ends} == {OrderStatus.UNKNOWN}
    assert set(ShipmentMilestone) - {*shipment.ladder, *shipment.aside, *shipment.ends} == {ShipmentMilestone.UNKNOWN}


def _hints(inside: type, name: str) -> tuple[type, ...]:
    hint = get_type_hints(inside)[name]
    return getattr(hint, "__args__", (hint,))
