"""The facts of a root, out of a shelf."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.errors import HubFault
from hub.merge.claims import Claims, Lying
from hub.merge.gather import MOST_EARLIER, earlier_decisions, facts_of
from hub.merge.keys import RecordKey
from hub.merge.shelf import Shelf, Target
from hub.model.order import Order, OrderStatus
from hub.model.routing import RouteOutcome, RoutingDecision
from hub.model.vocabulary import Kind
from tests.kit.deliveries import delivery
from tests.kit.merging import SHOP, WMS, at, key, landscape, order, shipment
from tests.kit.shelves import indexed, record, shelf_of

CODE, OTHER = key("shop.code", "C0"), key("shop.code", "C1")
W1 = RecordKey(WMS, Kind.SHIPMENT, "w")


def shared() -> Shelf:
    """Two orders and a shipment that serves both, a root of its own."""
    shelf = shelf_of(
        record(SHOP, "s0", entity="a"),
        record(SHOP, "s1", order("C1"), entity="b"),
        record(WMS, "w", shipment(CODE, OTHER), entity="w"),
    )
    shelf.links[W1] = {CODE: Target("a", Kind.ORDER), OTHER: Target("b", Kind.ORDER)}
    return shelf


def test_what_is_linked_is_told_but_not_assembled_here() -> None:
    shelf = shared()
    facts = facts_of(shelf, indexed(shelf)[1], "a", landscape())
    assert facts.members == frozenset({"a"})
    assert dict(facts.entities) == {"a": Kind.ORDER}
    assert [(one.source, one.source_id) for one in facts.records] == [(SHOP, "s0"), (WMS, "w")]
    assert [(link.entity_id, link.kind) for link in facts.records[1].links] == [("a", Kind.ORDER), ("b", Kind.ORDER)]


def test_a_shared_shipment_is_assembled_under_its_own_root() -> None:
    shelf = shared()
    assert facts_of(shelf, indexed(shelf)[1], "w", landscape()).members == frozenset({"w"})


def test_deliveries_of_other_roots_are_not_told() -> None:
    shelf = shared()
    shelf.deliveries = {"d1": delivery(), "d2": delivery("d2", root_id="b")}
    facts = facts_of(shelf, indexed(shelf)[1], "a", landscape())
    assert [one.id for one in facts.deliveries] == ["d1"]


def test_a_record_that_is_gone_does_not_live() -> None:
    shelf = shared()
    row = shelf.records[RecordKey(SHOP, Kind.ORDER, "s0")]
    shelf.records[RecordKey(SHOP, Kind.ORDER, "s0")] = replace(row, gone_at=at(9), in_doubt=True)
    told = facts_of(shelf, indexed(shelf)[1], "a", landscape()).records[0]
    assert (told.lives, told.in_doubt) == (False, True)


def test_an_action_of_another_release_is_a_fault() -> None:
    shelf = shared()
    shelf.deliveries = {"d1": delivery(action="order.teleport")}
    with pytest.raises(HubFault, match="teleport"):
        facts_of(shelf, indexed(shelf)[1], "a", landscape())


def test_of_many_routing_decisions_the_last_are_remembered() -> None:
    shelf = shared()
    one = RoutingDecision(
        policy="plain", policy_version=1, outcome=RouteOutcome.WAITING, explanation="0", decided_at=at(0)
    )
    many = tuple(replace(one, explanation=str(number)) for number in range(1, MOST_EARLIER + 1))
    stored = Order(
        id="a", version=1, number="C0", status=OrderStatus.ACCEPTED, routing_decision=one, earlier_decisions=many
    )
    shelf.entities["a"] = replace(shelf.entities["a"], doc=stored)
    assert earlier_decisions(shelf, "a") == many
    shelf.claims = Claims(routings=(), lying=Lying(), decisions={"a": replace(one, explanation="new")})
    assert earlier_decisions(shelf, "a") == (*many[1:], one)
    assert earlier_decisions(shelf, "nobody") == ()
