"""The hub's own word on an order that it routes: before an ERP's plan, after what a warehouse has taken."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hub.flow.facts import HUB, KeptReservation
from hub.merge.counters import Statement
from hub.merge.ground import Ground, ground_of
from hub.merge.promised import taken_by, with_the_hubs
from hub.model.inventory import ReservationState
from hub.model.routing import RouteOutcome, RoutingDecision
from hub.model.vocabulary import SystemKind
from tests.kit.facts import ERP, SHOP, START, WMS, content, facts, order_record

DECISION = RoutingDecision(
    policy="plain", policy_version=1, outcome=RouteOutcome.COMPLETE, explanation="", decided_at=START
)


def kept(
    name: str, units: int, warehouse: str = "WH", state: ReservationState = ReservationState.ACTIVE
) -> KeptReservation:
    return KeptReservation(
        id=name, line_no=7, sku="MUG", warehouse=warehouse, quantity=Decimal(units), state=state
    )  # fmt: skip


def grounded(*rows: KeptReservation, decision: RoutingDecision | None = DECISION) -> Ground:
    return ground_of(facts(order_record(SHOP, content()), reservations=rows, decision=decision))


def said(source: str, system: SystemKind, **told: int) -> Statement:
    return Statement(source=source, system=system, rows={0: {name: Decimal(units) for name, units in told.items()}})


def test_the_hub_tells_what_it_holds_back_and_what_waits_line_by_line() -> None:
    rows = (
        kept("a", 2),
        kept("b", 1, state=ReservationState.CONSUMED),
        kept("c", 4, state=ReservationState.RELEASED),
        kept("d", 5, warehouse=""),
    )
    (own,) = with_the_hubs((), grounded(*rows), "o1", [7])
    assert (own.source, own.rows) == (HUB, {0: {"allocated": Decimal(3), "backordered": Decimal(5)}})


def test_an_erps_plan_is_no_word_on_what_the_hub_allocates_but_a_warehouses_is() -> None:
    told = (said(ERP, SystemKind.ERP, allocated=0, shipped=1), said(WMS, SystemKind.WMS, allocated=1))
    erp, wms, _ = with_the_hubs(told, grounded(kept("a", 2)), "o1", [7])
    assert erp.rows == {0: {"shipped": Decimal(1)}}
    assert wms == told[1]


def test_where_the_hub_does_not_route_everybody_speaks_as_before() -> None:
    told = (said(ERP, SystemKind.ERP, allocated=1),)
    assert with_the_hubs(told, grounded(decision=None), "o1", [7]) == told
    assert with_the_hubs(told, grounded(), "o1", [7]) == told
    assert with_the_hubs(told, grounded(kept("a", 2)), "another", [7]) == told


def test_a_source_has_taken_what_it_allocated_or_where_it_never_says_so_what_it_accepted() -> None:
    statements = [
        said(WMS, SystemKind.WMS, released=3, allocated=1, picked=2),
        said(ERP, SystemKind.ERP, released=3),
        replace(said(SHOP, SystemKind.COMMERCE, shipped=1), rows={}),
    ]
    assert taken_by(statements, "o1", [7]) == {("o1", 7, WMS): Decimal(2), ("o1", 7, ERP): Decimal(3)}
