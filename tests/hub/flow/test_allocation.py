"""What is held back for an order: given once, adjusted to what is open, taken over by a system's own figures once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hub.flow.allocation import Allocated, allocate, channel_of
from hub.flow.facts import KeptReservation, Picture, RootFacts, Supply
from hub.flow.routing import Candidate
from hub.model.effects import CREATE_ORDER, REQUEST_FULFILMENT, CreateOrder, RequestFulfilment
from hub.model.intents import DeliveryState
from hub.model.inventory import ReservationState
from hub.model.manifest import ChannelRules, Idempotency, Write
from hub.model.order import (
    LineQuantities,
    Order,
    OrderCommercial,
    OrderGroups,
    OrderLine,
    OrderShipping,
    OrderStatus,
    PartialPolicy,
)
from hub.model.policy import RoutingPolicy, VersionedRouting
from hub.model.routing import RouteOutcome, RouteRule
from tests.kit.facts import (
    ALL,
    ERP,
    SHOP,
    WMS,
    at,
    binding,
    content,
    delivery,
    facts,
    landscape,
    order_record,
    shipment_record,
)

EAST, WEST, MUG = "EAST", "WEST", "MUG"
TAKES = Write(idempotency=Idempotency.LOOKUP, longest_call=timedelta(seconds=5))
PLAIN = VersionedRouting(name="plain", version=1)


def ordered(units: int = 3, *, cancelled: int = 0, allocated: int = 0, shipped: int = 0, **also: object) -> Order:
    told = LineQuantities(
        ordered=Decimal(units), cancelled=Decimal(cancelled), allocated=Decimal(allocated), shipped=Decimal(shipped)
    )
    line = OrderLine(id="o1/1", line_no=1, sku=MUG, quantities=told)
    made = Order(id="o1", version=1, number="C0", status=OrderStatus.ACCEPTED, lines=(line,))
    return replace(made, **also)  # type: ignore[arg-type]  # fields of the order


def stock(*there: tuple[str, int], waiting: int = 0) -> Supply:
    candidates = tuple(
        Candidate(warehouse=name, atp={MUG: Decimal(units)}, told_by={MUG: WMS}) for name, units in there
    )
    return Supply(skus=frozenset({MUG}), candidates=candidates, waiting={MUG: Decimal(waiting)})


def managed(supply: Supply | None = None, **also: object) -> RootFacts:
    made = facts(order_record(SHOP, content()), managed_by="HUB", routings=(PLAIN,), supply=supply)
    return replace(made, **also)  # type: ignore[arg-type]  # fields of the facts


def follow(known: RootFacts, found: Allocated) -> RootFacts:
    """The facts once what was found is kept."""
    rows = {row.id: row for row in (*known.reservations, *found.reservations)}
    return replace(
        known,
        decision=found.decision or known.decision,
        reservations=tuple(rows[name] for name in sorted(rows)),
        supply=None,
    )


def held(rows: Sequence[KeptReservation]) -> list[tuple[str, int, str]]:
    return [(row.warehouse, int(row.quantity), row.state.value) for row in rows]


def placed(order: Order, known: RootFacts, picture: Picture | None = None) -> Allocated:
    return allocate(order, known, picture or Picture(), may_begin=True)


def test_nothing_is_decided_where_the_hub_does_not_manage_or_does_not_route() -> None:
    assert placed(ordered(), managed(stock((EAST, 9)), managed_by="EXTERNAL")) == Allocated()
    assert placed(ordered(), managed(stock((EAST, 9)), routings=())) == Allocated()


def test_stock_that_is_not_locked_is_asked_for_and_the_order_waits() -> None:
    found = placed(ordered(), managed())
    assert (found.asks_stock, found.decision, found.reservations) == (frozenset({MUG}), None, ())
    assert found.allocation is not None
    assert found.allocation.waits_because == "no warehouse has been chosen yet"


def test_an_order_that_may_not_begin_is_given_nothing() -> None:
    found = allocate(ordered(), managed(stock((EAST, 9))), Picture(), may_begin=False)
    assert (found.asks_stock, found.reservations, found.wake_at) == (frozenset(), (), None)


def test_units_are_held_back_and_the_cycle_is_told_where() -> None:
    found = placed(ordered(), managed(stock((EAST, 9), (WEST, 9))))
    assert held(found.reservations) == [(EAST, 3, "ACTIVE")]
    assert found.allocation is not None
    assert [(one.warehouse, int(one.quantity), one.source) for one in found.allocation.placed] == [(EAST, 3, WMS)]
    assert (found.allocation.others, found.allocation.waits_because) == ((WEST,), None)


def test_what_was_decided_stands_and_asks_for_nothing_more() -> None:
    known = managed(stock((EAST, 9)))
    again = placed(ordered(allocated=3), follow(known, placed(ordered(), known)))
    assert (again.asks_stock, again.decision, again.reservations, again.wake_at) == (frozenset(), None, (), None)


def test_what_is_short_waits_as_a_back_order_with_a_case_and_a_time_to_look_again() -> None:
    found = placed(ordered(), managed(stock((EAST, 2))))
    assert held(found.reservations) == [("", 1, "ACTIVE"), (EAST, 2, "ACTIVE")]
    assert [(case.code, case.title) for case in found.cases] == [("STOCKOUT", "order C0 lacks 1 of MUG")]
    assert found.wake_at == at(3600) + RoutingPolicy().recheck


def test_what_comes_later_is_taken_in_the_warehouse_that_has_the_rest() -> None:
    erp = binding(ERP, absent={"order.split": "one warehouse"})
    there = landscape(binding(SHOP), erp, binding(WMS))
    known = managed(stock((EAST, 2)), landscape=there)
    known = follow(known, placed(ordered(), known))
    later = placed(ordered(allocated=2), replace(known, supply=stock((EAST, 1), (WEST, 9))))
    assert later.decision is not None
    assert (later.decision.outcome, later.decision.sourced(1)) == (RouteOutcome.COMPLETE, Decimal(3))
    assert held(later.reservations) == [("", 1, "RELEASED"), (EAST, 3, "ACTIVE")]


def test_a_cancelled_order_lets_go_of_everything_once() -> None:
    known = managed(stock((EAST, 9)))
    known = follow(known, placed(ordered(), known))
    gone = ordered(cancelled=3, status=OrderStatus.CANCELLED)
    found = placed(gone, known)
    assert held(found.reservations) == [(EAST, 3, "RELEASED")]
    assert placed(gone, follow(known, found)).reservations == ()


def test_a_reservation_is_acknowledged_when_the_warehouse_has_taken_all_of_it() -> None:
    known = managed(stock((EAST, 9)))
    known = follow(known, placed(ordered(), known))
    part = Picture(taken={("o1", 1, WMS): Decimal(2)})
    assert placed(ordered(), known, part).reservations == ()
    (row,) = placed(ordered(), known, Picture(taken={("o1", 1, WMS): Decimal(3)})).reservations
    assert (row.state, row.acknowledged_at) == (ReservationState.ACTIVE, known.now)
    (row,) = placed(ordered(shipped=3), known).reservations
    assert row.acknowledged_at == known.now


def test_what_a_system_has_allocated_itself_is_not_held_back_again() -> None:
    there = managed(stock((EAST, 9)))
    known = replace(there, records=(*there.records, shipment_record(WMS, content())))
    assert held(placed(ordered(3, allocated=1), known).reservations) == [(EAST, 2, "ACTIVE")]
    assert held(placed(ordered(3, allocated=1), there).reservations) == [(EAST, 3, "ACTIVE")]  # a shop's own word


def test_all_or_nothing_is_refused_once_and_for_all_and_nothing_is_held_back() -> None:
    kill = OrderGroups(shipping=OrderShipping(partial_policy=PartialPolicy.FILL_OR_KILL))
    known = managed(stock((EAST, 2)))
    found = placed(ordered(groups=kill), known)
    assert found.decision is not None
    assert (found.decision.outcome, found.wake_at, found.reservations) == (RouteOutcome.REFUSED, None, ())
    known = follow(known, found)
    assert placed(ordered(groups=kill), known).asks_stock == frozenset()
    assert placed(ordered(2, groups=kill), known).asks_stock == frozenset()


def test_all_or_nothing_waits_while_nobody_knows_what_lies_there() -> None:
    kill = OrderGroups(shipping=OrderShipping(partial_policy=PartialPolicy.FILL_OR_KILL))
    silent = Candidate(warehouse=WEST, excluded=(RouteRule.FEED, "too old"))
    nobody = Supply(skus=frozenset({MUG}))
    for supply in (nobody, replace(nobody, candidates=(*stock((EAST, 2)).candidates, silent))):
        found = placed(ordered(groups=kill), managed(supply))
        assert found.decision is not None
        assert (found.decision.outcome, found.wake_at) == (RouteOutcome.WAITING, at(3600) + RoutingPolicy().recheck)


def test_what_was_held_back_of_all_or_nothing_is_let_go_of_once_the_rest_is_refused() -> None:
    kill = OrderGroups(shipping=OrderShipping(partial_policy=PartialPolicy.FILL_OR_KILL))
    known = managed(stock((EAST, 3)))
    known = follow(known, placed(ordered(groups=kill), known))
    found = placed(ordered(5, groups=kill, allocated=3), replace(known, supply=stock((EAST, 1))))
    assert found.decision is not None
    assert (found.decision.outcome, found.decision.chosen) == (RouteOutcome.REFUSED, ())
    assert held(found.reservations) == [(EAST, 3, "RELEASED")]


def test_units_that_an_older_order_waits_for_are_kept_for_it() -> None:
    found = placed(ordered(2), managed(stock((EAST, 3), waiting=2)))
    assert found.decision is not None
    assert found.decision.sourced(1) == 1


def test_a_warehouse_that_has_refused_is_left_where_no_erp_says_where_from() -> None:
    there = landscape(binding(SHOP), binding(WMS))
    known = managed(stock((EAST, 9), (WEST, 9)), landscape=there)
    known = follow(known, placed(ordered(), known))
    asked = RequestFulfilment(reference="C0/1", warehouse=EAST, lines=())
    refused = delivery(WMS, DeliveryState.REFUSED, action=REQUEST_FULFILMENT, content=asked)
    known = replace(known, deliveries=(refused,), supply=stock((EAST, 9), (WEST, 9)))
    found = placed(ordered(allocated=3), known)
    assert held(found.reservations) == [(EAST, 3, "RELEASED"), (WEST, 3, "ACTIVE")]
    assert found.decision is not None
    assert [(one.warehouse, one.rule) for one in found.decision.options] == [(WEST, None), (EAST, RouteRule.REFUSED)]
    bound = landscape(binding(SHOP), binding(WMS), binding(ERP, writes={CREATE_ORDER: TAKES}))
    assert placed(ordered(allocated=3), replace(known, landscape=bound)).reservations == ()


def test_the_channel_is_the_one_the_order_names_else_that_of_its_shop() -> None:
    web, desk = ChannelRules(source=SHOP), ChannelRules()
    known = replace(managed(), landscape=replace(ALL, channels={"web": web, "desk": desk}))
    assert channel_of(ordered(), known) == ("web", web)
    named = ordered(groups=OrderGroups(commercial=OrderCommercial(channel="desk")))
    assert channel_of(named, known) == ("desk", desk)
    assert channel_of(named, managed()) == ("desk", ChannelRules())


def test_a_policy_for_the_channel_goes_before_one_for_all_and_the_pinned_one_before_both() -> None:
    mine = VersionedRouting(name="web", version=4, policy=RoutingPolicy(channels=("web",), priority=(WEST,)))
    there = replace(ALL, channels={"web": ChannelRules(source=SHOP)})
    known = managed(stock((EAST, 9), (WEST, 9)), landscape=there, routings=(PLAIN, mine))
    found = placed(ordered(), known)
    assert found.decision is not None
    assert (found.decision.policy, found.decision.policy_version) == ("web", 4)
    newer = replace(mine, version=5)
    known = replace(follow(known, found), routings=(replace(mine, is_active=False), newer))
    more = placed(ordered(5, allocated=3), replace(known, supply=stock((WEST, 9))))
    assert more.decision is not None
    assert more.decision.policy_version == 4


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9), st.booleans()), max_size=6))
def test_however_an_order_and_the_stock_move_no_unit_is_held_back_twice(
    moves: list[tuple[int, int, bool]],
) -> None:
    known, order = managed(), ordered(6)
    for cancelled, units, consumes in moves:
        order = ordered(6, cancelled=max(cancelled, int(order.lines[0].quantities.cancelled)))
        found = placed(order, replace(known, supply=stock((EAST, units))))
        known = follow(known, found)
        rows = [row for row in known.reservations if row.state is ReservationState.ACTIVE]
        gone = sum((row.quantity for row in known.reservations if row.state is ReservationState.CONSUMED), Decimal(0))
        open_ = 6 - order.lines[0].quantities.cancelled
        assert sum((row.quantity for row in rows), Decimal(0)) <= max(open_ - gone, Decimal(0))
        assert all(row.quantity > 0 for row in rows)
        assert placed(order, known).reservations == ()
        if consumes:
            known = replace(known, reservations=tuple(_consumed(row) for row in known.reservations))


def _consumed(row: KeptReservation) -> KeptReservation:
    taken = row.state is ReservationState.ACTIVE and row.warehouse
    return replace(row, state=ReservationState.CONSUMED) if taken else row


LAPSE = RoutingPolicy().lapse


def placed_while_held(order: Order, known: RootFacts) -> Allocated:
    return allocate(order, known, Picture(), may_begin=False, held_since=at(3600))


def test_what_is_kept_for_an_order_that_is_held_lapses_once_and_is_chosen_anew_when_it_may_go_on() -> None:
    known = managed(stock((EAST, 9)))
    known = follow(known, placed(ordered(), known))
    found = placed_while_held(ordered(), known)
    assert [row.expires_at for row in found.reservations] == [at(3600) + LAPSE]
    assert found.wake_at == at(3600) + LAPSE
    known = replace(follow(known, found), now=known.now + LAPSE)
    found = placed_while_held(ordered(), known)
    assert held(found.reservations) == [(EAST, 3, "EXPIRED")]
    known = follow(known, found)
    found = placed_while_held(ordered(), known)
    assert found.decision is not None
    assert (found.decision.outcome, found.decision.chosen) == (RouteOutcome.WAITING, ())
    assert found.decision.explanation == "the order was held too long: what was kept for it in EAST was let go"
    known = follow(known, found)
    assert placed_while_held(ordered(), known).reservations == ()
    assert placed(ordered(), known).asks_stock == {MUG}
    again = placed(ordered(), replace(known, supply=stock((EAST, 2), (WEST, 3))))
    assert held(again.reservations) == [("", 0, "RELEASED"), (WEST, 3, "ACTIVE")]


def test_an_order_that_goes_on_in_time_keeps_its_units_and_one_that_comes_too_late_has_lost_them() -> None:
    known = managed(stock((EAST, 9)))
    known = follow(known, placed(ordered(), known))
    known = follow(known, placed_while_held(ordered(), known))
    (freed,) = placed(ordered(), known).reservations
    assert (freed.state, freed.expires_at) == (ReservationState.ACTIVE, None)
    late = replace(known, now=known.now + LAPSE)
    assert held(placed(ordered(), late).reservations) == [(EAST, 3, "EXPIRED")]


def test_nothing_lapses_of_an_order_that_another_system_may_have() -> None:
    known = managed(stock((EAST, 9)))
    known = follow(known, placed(ordered(), known))
    asked = CreateOrder(reference="C0", lines=(), currency_code="EUR")
    for state, lapses in ((DeliveryState.PENDING, True), (DeliveryState.UNKNOWN, False), (DeliveryState.DONE, False)):
        row = delivery(ERP, state, action=CREATE_ORDER, content=asked)
        found = placed_while_held(ordered(), replace(known, deliveries=(row,)))
        assert bool(found.reservations) is lapses
