from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.merge.counters import BY_RANK, RANK, Statement
from hub.merge.derive import Derived, Hearing, derive, facet, owner_claim, status_of, units_of
from hub.model.order import LineQuantities, OrderStatus, PaymentState
from hub.model.vocabulary import FacetState, FieldGroup, SystemKind
from tests.kit.facts import ERP, SHOP, WMS, d

S = OrderStatus
NONE, PARTIAL, FULL, OVER = FacetState.NONE, FacetState.PARTIAL, FacetState.FULL, FacetState.OVER
ROLE = {SHOP: SystemKind.COMMERCE, ERP: SystemKind.ERP, WMS: SystemKind.WMS}


def says(
    source: str,
    claim: S | None,
    *rows: Mapping[str, int],
    repeats: S | None = None,
    declares: frozenset[FieldGroup] = frozenset(),
) -> Statement:
    counters = {at: {name: d(value) for name, value in row.items()} for at, row in enumerate(rows)}
    return Statement(source=source, system=ROLE[source], claim=claim, repeats=repeats, declares=declares, rows=counters)


def shop(claim: S | None, *rows: Mapping[str, int]) -> Derived:
    return derive([says(SHOP, claim, *rows)], len(rows), accepted=False)


# ------------------------------------------------------------------ the derivation itself (domain.md 2.4.2)


def test_ten_ordered_six_shipped_four_allocated_is_allocated_and_partial() -> None:
    """The published example."""
    assert status_of([(d(6), RANK[S.SHIPPED]), (d(4), RANK[S.ALLOCATED])]) == (S.ALLOCATED, True)
    found = shop(S.ALLOCATED, {"ordered": 10, "allocated": 10, "shipped": 6})
    assert (found.status, found.is_partial, found.facets.ship) == (S.ALLOCATED, True, PARTIAL)
    assert found.facets.allocation is FULL


def test_nothing_open_has_no_status_of_its_own() -> None:
    assert status_of([]) == (None, False)
    assert status_of([(d(0), 6)]) == (None, False)


def test_an_order_waits_for_its_slowest_line() -> None:
    found = shop(S.ALLOCATED, {"ordered": 1, "allocated": 1, "shipped": 1}, {"ordered": 1, "allocated": 1})
    assert (found.status, found.is_partial) == (S.ALLOCATED, True)
    assert [line.status for line in found.lines] == [S.SHIPPED, S.ALLOCATED]


@pytest.mark.parametrize(
    ("counters", "status", "partial"),
    [
        ({"ordered": 3}, S.ACCEPTED, False),
        ({"ordered": 3, "allocated": 3}, S.ALLOCATED, False),
        ({"ordered": 3, "allocated": 2}, S.ACCEPTED, True),
        ({"ordered": 3, "released": 3}, S.RELEASED, False),
        ({"ordered": 3, "picked": 3}, S.PICKED, False),
        ({"ordered": 3, "packed": 3}, S.PICKED, False),
        ({"ordered": 3, "shipped": 3}, S.SHIPPED, False),
        ({"ordered": 3, "delivered": 3}, S.SHIPPED, False),
        ({"ordered": 3, "shipped": 3, "invoiced": 3}, S.INVOICED, False),
        ({"ordered": 3, "invoiced": 3}, S.ACCEPTED, False),
        ({"ordered": 3, "delivered": 3, "invoiced": 3}, S.COMPLETED, False),
        ({"ordered": 3, "shipped": 2, "cancelled": 1}, S.SHIPPED, False),
        ({"ordered": 3, "rejected": 1, "shipped": 2}, S.SHIPPED, False),
        ({"ordered": 3, "cancelled": 3}, S.CANCELLED, False),
        ({"ordered": 3, "rejected": 3}, S.REJECTED, False),
        ({"ordered": 3, "rejected": 2, "cancelled": 1}, S.CANCELLED, False),
        ({"ordered": 3, "backordered": 3}, S.ACCEPTED, False),
        ({"ordered": 5, "released": 5, "allocated": 2, "backordered": 3}, S.RELEASED, False),
        ({"ordered": 5, "allocated": 2, "backordered": 3}, S.ACCEPTED, True),
    ],
)
def test_status_follows_from_the_counters_of_the_open_units(
    counters: Mapping[str, int], status: S, *, partial: bool
) -> None:
    found = shop(S.ACCEPTED, counters)
    assert (found.status, found.is_partial) == (status, partial)


def test_a_unit_that_reached_a_step_has_reached_those_before_it() -> None:
    told = shop(S.ACCEPTED, {"ordered": 3, "shipped": 2, "delivered": 1}).lines[0].quantities
    assert (told.allocated, told.released, told.picked, told.packed, told.shipped, told.delivered) == (
        d(2), d(2), d(2), d(2), d(2), d(1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("counters", "allocated", "backordered", "facet"),
    [
        ({"released": 5, "allocated": 2, "backordered": 3}, 2, 3, PARTIAL),  # asked for five, found two
        ({"released": 5, "backordered": 3}, 2, 3, PARTIAL),
        ({"allocated": 5, "backordered": 3}, 2, 3, PARTIAL),
        ({"allocated": 1, "backordered": 3}, 1, 3, PARTIAL),
        ({"released": 5, "backordered": 5}, 0, 5, NONE),
        ({"released": 5, "picked": 3, "backordered": 3}, 3, 2, PARTIAL),
        ({"shipped": 5, "backordered": 3}, 5, 0, FULL),
        ({"released": 5, "cancelled": 1, "allocated": 2, "backordered": 3}, 1, 3, PARTIAL),
        ({"cancelled": 5, "allocated": 2, "backordered": 3}, 2, 0, OVER),
        ({"allocated": 6}, 6, 0, OVER),
    ],
)
def test_what_waits_for_supply_is_allocated_nowhere(
    counters: Mapping[str, int], allocated: int, backordered: int, facet: FacetState
) -> None:
    found = shop(S.ACCEPTED, {"ordered": 5, **counters})
    told = found.lines[0].quantities
    assert (told.allocated, told.backordered, found.facets.allocation) == (d(allocated), d(backordered), facet)


def test_a_cancelled_order_waits_for_nothing() -> None:
    told = shop(S.CANCELLED, {"ordered": 5, "shipped": 1, "backordered": 3}).lines[0].quantities
    assert (told.cancelled, told.allocated, told.backordered) == (d(4), d(1), d(0))


def test_units_are_listed_by_rank_highest_first() -> None:
    quantities = LineQuantities(ordered=d(10), cancelled=d(1), allocated=d(7), shipped=d(4), invoiced=d(3))
    assert units_of(quantities, (d(9), d(0), d(0))) == (
        (d(3), RANK[S.INVOICED]),
        (d(1), RANK[S.SHIPPED]),
        (d(3), RANK[S.ALLOCATED]),
        (d(2), RANK[S.ACCEPTED]),
    )


# ------------------------------------------------------------------ claims on the whole order (domain.md 2.4.4)


@pytest.mark.parametrize(
    ("claim", "counters", "status", "ship", "delivery"),
    [
        (S.PENDING_ACCEPTANCE, {}, S.PENDING_ACCEPTANCE, NONE, NONE),  # Created, Draft, AddingItems, ArrangingPayment
        (S.ALLOCATED, {"allocated": 4}, S.ALLOCATED, NONE, NONE),  # PaymentAuthorized, PaymentSettled
        (S.ACCEPTED, {"allocated": 4}, S.ALLOCATED, NONE, NONE),  # Modifying: the stock stays allocated
        (S.ALLOCATED, {"allocated": 4, "shipped": 1}, S.ALLOCATED, PARTIAL, NONE),  # PartiallyShipped
        (S.SHIPPED, {"allocated": 4, "shipped": 4}, S.SHIPPED, FULL, NONE),  # Shipped
        (S.ALLOCATED, {"allocated": 4, "shipped": 4, "delivered": 2}, S.SHIPPED, FULL, PARTIAL),  # PartiallyDelivered
        (S.SHIPPED, {"allocated": 4, "shipped": 4, "delivered": 4}, S.SHIPPED, FULL, FULL),  # Delivered
        (S.CANCELLED, {"cancelled": 4}, S.CANCELLED, NONE, NONE),  # Cancelled
    ],
)
def test_the_rows_of_vendure(
    claim: S, counters: Mapping[str, int], status: S, ship: FacetState, delivery: FacetState
) -> None:
    found = shop(claim, {"ordered": 4, **counters})
    assert (found.status, found.facets.ship, found.facets.delivery) == (status, ship, delivery)


@pytest.mark.parametrize("claim", list(RANK))
def test_a_source_without_counters_is_believed_on_the_whole_order(claim: S) -> None:
    found = shop(claim, {"ordered": 4})
    assert (found.status, found.is_partial) == (claim, False)
    assert shop(claim).status is claim


def test_an_order_without_lines_ends_as_its_owner_says() -> None:
    assert shop(S.CANCELLED).status is S.CANCELLED
    assert shop(S.REJECTED).status is S.REJECTED
    assert shop(None).status is S.ACCEPTED


def test_a_cancel_of_the_whole_counts_for_lines_that_say_nothing() -> None:
    found = shop(S.CANCELLED, {"ordered": 4}, {"ordered": 2})
    assert found.status is S.CANCELLED
    assert [line.quantities.cancelled for line in found.lines] == [d(4), d(2)]


def test_what_had_left_before_a_cancel_stays_shipped() -> None:
    found = shop(S.CANCELLED, {"ordered": 4, "shipped": 1})
    assert (found.status, found.lines[0].quantities.cancelled) == (S.SHIPPED, d(3))


def test_a_status_that_nobody_could_map_is_unknown_and_counters_stay() -> None:
    found = shop(S.UNKNOWN, {"ordered": 4, "shipped": 4})
    assert (found.status, found.lines[0].status, found.facets.ship) == (S.UNKNOWN, S.UNKNOWN, FULL)


def test_one_mapped_word_is_enough_whoever_else_is_unmapped() -> None:
    statements = [says(ERP, S.UNKNOWN, {"ordered": 1}), says(SHOP, S.ALLOCATED, {"ordered": 1})]
    assert derive(statements, 1, accepted=False).status is S.ALLOCATED


def test_the_owner_of_the_order_ends_it_and_nobody_else() -> None:
    statements = [says(SHOP, S.CANCELLED, {"ordered": 1}), says(ERP, S.VALIDATED, {"ordered": 1})]
    assert owner_claim(statements, accepted=True) is S.VALIDATED
    assert derive(statements, 1, accepted=True).status is S.VALIDATED
    assert derive(statements, 1, accepted=False).status is S.CANCELLED


# ------------------------------------------------------------------ rank by rank the owner (Mark-1)


def test_a_mirror_that_copies_a_rank_is_silent_once_the_owner_speaks() -> None:
    erp = says(ERP, S.VALIDATED, {"ordered": 1}, repeats=S.SHIPPED)
    warehouse = says(WMS, None, {"picked": 1, "shipped": 0})
    assert derive([erp], 1, accepted=True).status is S.SHIPPED
    assert derive([erp, warehouse], 1, accepted=True).status is S.PICKED


def test_the_warehouse_takes_a_pick_back() -> None:
    erp = says(ERP, S.VALIDATED, {"ordered": 1}, repeats=S.SHIPPED)
    unpicked = says(WMS, None, {"released": 1, "picked": 0, "shipped": 0})
    assert derive([unpicked, erp], 1, accepted=True).status is S.RELEASED


def test_an_owner_that_declares_a_group_is_believed_when_it_says_no() -> None:
    mute = says(ERP, S.VALIDATED, {"ordered": 1})
    speaks = says(ERP, S.VALIDATED, {"ordered": 1}, declares=frozenset({FieldGroup.ALLOCATION}))
    channel = says(SHOP, S.ALLOCATED, {"ordered": 1})
    assert derive([mute, channel], 1, accepted=True).status is S.ALLOCATED
    assert derive([speaks, channel], 1, accepted=True).status is S.VALIDATED


def test_a_counter_of_the_row_decides_before_a_claim_on_the_whole() -> None:
    said = says(SHOP, S.SHIPPED, {"ordered": 4, "shipped": 1})
    assert Hearing([said], accepted=False).reached(0, RANK[S.SHIPPED], d(4)) == 1
    assert Hearing([said], accepted=False).reached(0, RANK[S.ALLOCATED], d(4)) == 4
    assert Hearing([], accepted=False).reached(0, RANK[S.SHIPPED], d(4)) == 0


# ------------------------------------------------------------------ facets


@pytest.mark.parametrize(
    ("done", "wanted", "state"),
    [
        ((), (), NONE),
        ((0, 0), (1, 2), NONE),
        ((1, 0), (1, 2), PARTIAL),
        ((1, 2), (1, 2), FULL),
        ((2, 2), (1, 2), OVER),
        ((2, 0), (1, 2), OVER),
        ((0,), (0,), NONE),
        ((1, 0), (1, 0), FULL),
    ],
)
def test_a_facet_says_how_much_of_the_order_reached_a_step(
    done: Sequence[int], wanted: Sequence[int], state: FacetState
) -> None:
    assert facet([d(one) for one in done], [d(one) for one in wanted]) is state


def test_more_shipped_than_is_open_is_over() -> None:
    assert shop(S.SHIPPED, {"ordered": 4, "cancelled": 1, "shipped": 4}).facets.ship is OVER


def test_a_return_is_measured_by_what_left() -> None:
    assert shop(S.SHIPPED, {"ordered": 4, "shipped": 2, "returned": 2}).facets.return_ is FULL
    assert shop(S.SHIPPED, {"ordered": 4, "shipped": 4, "returned": 1}).facets.return_ is PARTIAL


@pytest.mark.parametrize("state", list(PaymentState))
def test_the_payment_facet_is_the_word_of_the_payment_owner(state: PaymentState) -> None:
    assert derive([], 0, accepted=False, payment=state).facets.payment is state


# ------------------------------------------------------------------ properties

COUNTERS = st.fixed_dictionaries(
    {"ordered": st.integers(1, 6)},
    optional={
        name: st.integers(0, 6)
        for name in (
            "cancelled",
            "rejected",
            "allocated",
            "backordered",
            "released",
            "picked",
            "shipped",
            "delivered",
            "invoiced",
        )
    },
)
STATEMENTS = st.lists(
    st.builds(
        says,
        st.sampled_from([SHOP, ERP, WMS]),
        st.sampled_from([None, *S]),
        COUNTERS,
        COUNTERS,
        repeats=st.sampled_from([None, S.SHIPPED]),
    ),
    max_size=3,
    unique_by=lambda said: said.source,
)


@given(statements=STATEMENTS, accepted=st.booleans(), shuffle=st.randoms())
def test_the_order_of_statements_never_matters(statements: list[Statement], shuffle: Random, *, accepted: bool) -> None:
    other = list(statements)
    shuffle.shuffle(other)
    assert derive(statements, 2, accepted=accepted) == derive(other, 2, accepted=accepted)


@given(statements=STATEMENTS, accepted=st.booleans())
def test_units_add_up_to_what_is_open_and_the_status_is_the_least_of_them(
    statements: list[Statement], *, accepted: bool
) -> None:
    found = derive(statements, 2, accepted=accepted)
    for line in found.lines:
        told = line.quantities
        open_units = max(told.ordered - told.cancelled - told.rejected, Decimal(0))
        assert sum((count for count, _ in line.units), Decimal(0)) == open_units
        assert [rank for _, rank in line.units] == sorted((rank for _, rank in line.units), reverse=True)
    ranks = [rank for line in found.lines for count, rank in line.units if count > 0]
    if ranks and found.status is not S.UNKNOWN:
        assert found.status is BY_RANK[min(ranks)]
        assert found.is_partial is (max(ranks) > min(ranks))


@given(statements=STATEMENTS, accepted=st.booleans())
def test_counters_never_decrease_from_a_later_step_to_an_earlier_one(
    statements: list[Statement], *, accepted: bool
) -> None:
    for line in derive(statements, 2, accepted=accepted).lines:
        told = line.quantities
        steps = [told.allocated, told.released, told.picked, told.packed, told.shipped, told.delivered]
        if told.backordered:  # a warehouse may have accepted a request for what it cannot find
            steps.remove(told.released)
        assert steps == sorted(steps, reverse=True)


@given(statements=STATEMENTS, accepted=st.booleans())
def test_what_waits_beside_what_is_allocated_or_taken_back_is_never_more_than_was_ordered(
    statements: list[Statement], *, accepted: bool
) -> None:
    for line in derive(statements, 2, accepted=accepted).lines:
        told = line.quantities
        assert told.backordered >= 0
        if told.backordered:
            assert told.cancelled + told.rejected + told.allocated + told.backordered <= told.ordered
