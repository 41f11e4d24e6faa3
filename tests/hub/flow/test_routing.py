"""Which warehouse ships what: chosen, excluded and explained cases, and what must hold for any stock and any order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from hub.codec import encode
from hub.flow.routing import Candidate, LineUnits, Routing, decide, kept_for_others
from hub.model.order import PartialPolicy
from hub.model.policy import RoutingPolicy, Shortage, VersionedRouting
from hub.model.routing import RankBy, RoutedUnits, RouteOutcome, RouteRule, RouteVerdict, RoutingDecision

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
EAST, WEST, NORTH = "EAST", "WEST", "NORTH"
PLAIN = VersionedRouting(name="plain", version=3)

amounts = st.integers(min_value=-5, max_value=20).map(Decimal)
skus = st.sampled_from(["A", "B", "C"])
candidates = st.lists(
    st.builds(
        Candidate,
        warehouse=st.sampled_from([EAST, WEST, NORTH, "SOUTH"]),
        atp=st.dictionaries(skus, amounts),
        priority=st.none() | st.integers(min_value=0, max_value=3),
        distance=st.none() | amounts,
        excluded=st.none() | st.just((RouteRule.FEED, "too old")),
    ),
    unique_by=lambda one: one.warehouse,
    max_size=4,
).map(tuple)
lines = st.lists(
    st.builds(
        LineUnits,
        line_no=st.integers(min_value=1, max_value=9),
        sku=skus,
        quantity=st.integers(min_value=1, max_value=15).map(Decimal),
    ),
    unique_by=lambda one: one.line_no,
    max_size=4,
).map(tuple)
routings = st.builds(
    Routing,
    lines=lines,
    candidates=candidates,
    partial=st.sampled_from(PartialPolicy),
    most_splits=st.none() | st.integers(min_value=0, max_value=2),
)
policies = st.builds(
    VersionedRouting,
    name=st.just("any"),
    version=st.just(1),
    policy=st.builds(
        RoutingPolicy,
        rank=st.permutations(list(RankBy)).map(tuple),
        priority=st.lists(st.sampled_from([EAST, WEST]), unique=True).map(tuple),
        max_splits=st.integers(min_value=0, max_value=3),
        shortage=st.sampled_from(Shortage),
    ),
)


def at(warehouse: str, **atp: int) -> Candidate:
    return Candidate(warehouse=warehouse, atp={sku: Decimal(units) for sku, units in atp.items()})


def wanted(**units: int) -> tuple[LineUnits, ...]:
    return tuple(
        LineUnits(line_no=number, sku=sku, quantity=Decimal(quantity))
        for number, (sku, quantity) in enumerate(units.items(), 1)
    )


def by(**said: object) -> VersionedRouting:
    return replace(PLAIN, policy=replace(PLAIN.policy, **said))  # type: ignore[arg-type]  # fields of the policy


def shipped(decision: RoutingDecision) -> list[tuple[int, str, int]]:
    return [(one.line_no, one.warehouse, int(one.quantity)) for one in decision.chosen]


def lacking(decision: RoutingDecision) -> list[tuple[int, int]]:
    return [(one.line_no, int(one.quantity)) for one in decision.missing]


def test_the_warehouse_that_has_everything_wins_over_the_first_of_the_list() -> None:
    routing = Routing(lines=wanted(A=2, B=1), candidates=(at(EAST, A=9), at(WEST, A=2, B=1)))
    found = decide(routing, by(priority=(EAST, WEST)), NOW)
    assert (found.outcome, shipped(found)) == (RouteOutcome.COMPLETE, [(1, WEST, 2), (2, WEST, 1)])
    assert found.explanation == "WEST has everything, by plain version 3"


def test_of_two_that_have_everything_the_list_decides_then_the_depth_then_the_code() -> None:
    both = (at(WEST, A=9), at(EAST, A=9))
    assert shipped(decide(Routing(lines=wanted(A=2), candidates=both), by(priority=(WEST,)), NOW)) == [(1, WEST, 2)]
    assert shipped(decide(Routing(lines=wanted(A=2), candidates=both), PLAIN, NOW)) == [(1, EAST, 2)]
    near = (at(EAST, A=9), replace(at(WEST, A=9), distance=Decimal(5)))
    assert shipped(decide(Routing(lines=wanted(A=2), candidates=near), PLAIN, NOW)) == [(1, WEST, 2)]


def test_every_warehouse_is_listed_with_its_verdict_its_rank_and_its_scores() -> None:
    old = replace(at(NORTH, A=9), excluded=(RouteRule.FEED, "the figures of wms are too old"))
    full = replace(at("SOUTH", A=9), capacity=0)
    routing = Routing(lines=wanted(A=2), candidates=(at(WEST, A=1), at(EAST, A=9), old, full, at("VOID")))
    found = decide(routing, by(rank=(RankBy.STOCK_DEPTH,)), NOW)
    assert [(one.warehouse, one.verdict, one.rank, one.rule) for one in found.options] == [
        (EAST, RouteVerdict.PASS, 1, None),
        (WEST, RouteVerdict.PASS, 2, None),
        (NORTH, RouteVerdict.EXCLUDED, None, RouteRule.FEED),
        ("SOUTH", RouteVerdict.EXCLUDED, None, RouteRule.CAPACITY),
        ("VOID", RouteVerdict.EXCLUDED, None, RouteRule.STOCK),
    ]
    assert [(one.by, one.value) for one in found.options[0].scores] == [(RankBy.STOCK_DEPTH, Decimal(2))]


def test_an_order_is_split_only_as_often_as_policy_and_erp_allow() -> None:
    routing = Routing(lines=wanted(A=2, B=1), candidates=(at(EAST, A=9), at(WEST, B=1)))
    assert shipped(decide(routing, by(max_splits=1), NOW)) == [(1, EAST, 2), (2, WEST, 1)]
    one = decide(replace(routing, most_splits=0), by(max_splits=1), NOW)
    assert (one.outcome, shipped(one), lacking(one)) == (RouteOutcome.PARTIAL, [(1, EAST, 2)], [(2, 1)])
    assert one.is_backordered


def test_what_is_missing_is_looked_for_only_where_the_order_is_already() -> None:
    stands = (RoutedUnits(line_no=1, sku="A", warehouse=EAST, quantity=Decimal(2)),)
    routing = Routing(
        lines=wanted(A=3), candidates=(at(EAST, A=1), at(WEST, A=9)), most_splits=0, already=stands
    )  # fmt: skip
    found = decide(routing, PLAIN, NOW)
    assert (shipped(found), lacking(found)) == ([(1, EAST, 3)], [(1, 2)])


def test_who_wants_all_or_nothing_gets_nothing_of_a_part() -> None:
    routing = Routing(lines=wanted(A=3), candidates=(at(EAST, A=2),))
    waits = decide(replace(routing, partial=PartialPolicy.SHIP_COMPLETE), PLAIN, NOW)
    assert (waits.outcome, waits.chosen, waits.is_backordered) == (RouteOutcome.WAITING, (), False)
    ends = decide(replace(routing, partial=PartialPolicy.FILL_OR_KILL), PLAIN, NOW)
    assert (ends.outcome, ends.explanation) == (
        RouteOutcome.REFUSED,
        "1 of A is missing, and all was wanted or nothing, by plain version 3",
    )
    assert decide(routing, by(shortage=Shortage.WAIT), NOW).outcome is RouteOutcome.WAITING


def test_what_is_wanted_in_whole_units_is_given_in_whole_units_and_metres_are_not() -> None:
    stock = (replace(at(EAST), atp={"A": Decimal("2.75")}),)
    pieces = decide(Routing(lines=wanted(A=3), candidates=stock), PLAIN, NOW)
    assert pieces.sourced(1) == 2
    metres = (LineUnits(line_no=1, sku="A", quantity=Decimal("2.5")),)
    assert decide(Routing(lines=metres, candidates=stock), PLAIN, NOW).sourced(1) == Decimal("2.5")


def test_what_others_wait_for_is_taken_off_the_greatest_stock() -> None:
    left = kept_for_others((at(EAST, A=2), at(WEST, A=5, B=1)), {"A": Decimal(6)})
    assert [dict(one.atp) for one in left] == [{"A": 1}, {"A": 0, "B": 1}]


@given(routings, policies)
def test_never_more_than_a_warehouse_has_and_never_more_or_less_than_is_wanted(
    routing: Routing, policy: VersionedRouting
) -> None:
    found = decide(routing, policy, NOW)
    stock = {one.warehouse: one for one in routing.candidates}
    for warehouse in {one.warehouse for one in found.chosen}:
        assert stock[warehouse].excluded is None
        for sku, atp in stock[warehouse].atp.items():
            taken = sum(one.quantity for one in found.chosen if (one.warehouse, one.sku) == (warehouse, sku))
            assert taken <= max(atp, Decimal(0))
    for line in routing.lines:
        rest = sum(one.quantity for one in found.missing if one.line_no == line.line_no)
        assert found.sourced(line.line_no) + rest == line.quantity
    assert all(one.quantity > 0 for one in found.chosen)
    assert all(one.quantity > 0 for one in found.missing)


@given(routings, policies)
def test_splits_and_the_customers_word_are_honoured(routing: Routing, policy: VersionedRouting) -> None:
    found = decide(routing, policy, NOW)
    splits = min(policy.policy.max_splits, 9 if routing.most_splits is None else routing.most_splits)
    assert len({one.warehouse for one in found.chosen}) <= splits + 1
    if routing.partial is not PartialPolicy.ALLOW or policy.policy.shortage is Shortage.WAIT:
        assert not (found.chosen and found.missing)
    assert (found.outcome is RouteOutcome.COMPLETE) == (not found.missing)
    assert len(found.options) == len(routing.candidates)


@given(routings, policies, st.randoms())
def test_equal_facts_in_any_order_make_byte_equal_decisions(
    routing: Routing, policy: VersionedRouting, chance: Random
) -> None:
    mixed = list(routing.candidates)
    turned = list(routing.lines)
    chance.shuffle(mixed)
    chance.shuffle(turned)
    again = replace(routing, candidates=tuple(mixed), lines=tuple(turned))
    assert encode(decide(again, policy, NOW)) == encode(decide(routing, policy, NOW))
