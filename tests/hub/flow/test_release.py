"""Telling the warehouse to begin now (domain.md 2.4.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.flow.facts import RootFacts
from hub.flow.holding import blocks_of
from hub.flow.release import judge_release
from hub.model.cases import Hold, HoldType
from hub.model.command import ReleaseCommand
from hub.model.effects import REQUEST_FULFILMENT
from hub.model.manifest import Idempotency, Write
from hub.model.order import LineQuantities, Order, OrderLine, OrderStatus
from tests.kit.facts import ERP, START, WMS, binding, d, facts, landscape

TAKES = {REQUEST_FULFILMENT: Write(idempotency=Idempotency.LOOKUP, longest_call=timedelta(seconds=30))}
KNOWN = replace(facts(landscape=landscape(binding(ERP), binding(WMS, writes=TAKES))), managed_by="HUB")
ORDER = Order(
    id="o1",
    version=3,
    number="H1",
    status=OrderStatus.ALLOCATED,
    lines=(OrderLine(id="o1/1", line_no=1, sku="MUG", quantities=LineQuantities(ordered=d(2))),),
)


def codes(order: Order = ORDER, known: RootFacts = KNOWN, **more: Any) -> list[str]:  # Any: fields of the command
    return [one.code.value for one in judge_release(order, known, ReleaseCommand(order_id="o1", **more)).user_errors]


def held(type_: HoldType) -> RootFacts:
    hold = Hold(id="h", type=type_, placed_by="kim", placed_at=START, blocks=blocks_of(type_))
    return replace(KNOWN, holds=(hold,))


def test_a_managed_order_that_waits_is_let_go() -> None:
    verdict = judge_release(ORDER, KNOWN, ReleaseCommand(order_id="o1", expected_version=3))
    assert verdict.user_errors == ()
    assert [(one.source, one.reversible) for one in verdict.consequences] == [(WMS, False)]


def test_a_hold_keeps_it_and_says_so() -> None:
    error = judge_release(ORDER, held(HoldType.CREDIT), ReleaseCommand(order_id="o1")).user_errors[0]
    assert (error.code, error.message) == ("BLOCKED_BY_HOLD", "it is held: credit. Release the hold first")
    assert codes(known=held(HoldType.WAREHOUSE)) == []


@pytest.mark.parametrize("status", [OrderStatus.RELEASED, OrderStatus.SHIPPED, OrderStatus.CANCELLED])
def test_what_has_gone_further_cannot_begin(status: OrderStatus) -> None:
    assert codes(replace(ORDER, status=status)) == ["NOT_ALLOWED_IN_STATUS"]


def test_it_is_the_hub_that_must_manage_it_and_a_warehouse_that_must_listen() -> None:
    assert codes(known=replace(KNOWN, managed_by="EXTERNAL")) == ["CAPABILITY_ABSENT"]
    assert codes(known=replace(KNOWN, landscape=landscape(binding(ERP), binding(WMS)))) == ["CAPABILITY_ABSENT"]


def test_another_version_is_a_conflict() -> None:
    assert codes(expected_version=2) == ["CONFLICT"]
