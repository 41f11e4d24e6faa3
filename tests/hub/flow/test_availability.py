"""Formulas of what may be promised: the published vectors of domain.md 2.6.3, and what must hold for any figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.flow.availability import (
    COMMITTED,
    INPUTS,
    UNSELLABLE,
    Claim,
    Due,
    Pool,
    Rules,
    Site,
    atp_now,
    atp_on,
    ats,
    ats_on,
    is_in_flight,
    is_oversold,
    promise,
    reserved,
)
from hub.model.inventory import QuantityName, ReservationState

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
N = QuantityName
quantities = st.decimals(min_value=0, max_value=1000, places=3)
signed = st.decimals(min_value=-1000, max_value=1000, places=3)
days = st.integers(min_value=0, max_value=30).map(lambda number: TODAY + timedelta(days=number))
dues = st.lists(st.builds(Due, on=days, quantity=quantities), max_size=4).map(tuple)
sites = st.lists(
    st.builds(Site, atp=signed, safety=quantities, receipts=dues, demand=dues, is_counted=st.booleans()), max_size=4
)


def figures(**named: str | int) -> dict[QuantityName, Decimal]:
    return {QuantityName[name.upper()]: Decimal(value) for name, value in named.items()}


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def due(number: int, quantity: int) -> Due:
    return Due(on=day(number), quantity=Decimal(quantity))


def test_vector_1_damaged_allocated_and_reserved_leave_55_and_safety_and_threshold_40() -> None:
    atp = atp_now(figures(on_hand=100, damaged=5, allocated=30, reserved=10))
    assert atp == 55
    assert ats([Site(atp=atp, safety=Decimal(10))], Rules(threshold=Decimal(5))) == 40


def test_vector_2_more_allocated_than_there_is_shows_in_atp_and_sells_nothing() -> None:
    atp = atp_now(figures(on_hand=10, allocated=15))
    assert atp == -5
    assert ats([Site(atp=atp)]) == 0


def test_vector_3_a_warehouse_that_owes_does_not_eat_what_another_has_unless_told_to() -> None:
    both = [Site(atp=Decimal(-5)), Site(atp=Decimal(20))]
    assert ats(both) == 20
    assert ats(both, Rules(net_negative=True)) == 15


def test_vector_4_a_later_demand_is_not_stolen_and_a_receipt_counts_when_it_comes() -> None:
    site = Site(atp=Decimal(10), demand=(due(5, 8),), receipts=(due(7, 20),))
    assert atp_on(site, TODAY) == 2
    assert atp_on(site, day(7)) == 22


def test_vector_5_a_pool_sells_no_more_than_physically_exists() -> None:
    pool = Pool(quantity=Decimal(50), consumed=Decimal(20))
    assert ats([Site(atp=Decimal(10))], Rules(pool=pool)) == 10


def test_vector_6_goods_by_the_metre_stay_exact() -> None:
    assert atp_now(figures(on_hand="12.5", allocated="0.75")) == Decimal("11.75")


def test_a_pool_that_is_used_up_sells_nothing() -> None:
    pool = Pool(quantity=Decimal(5), consumed=Decimal(9))
    assert ats([Site(atp=Decimal(10))], Rules(pool=pool)) == 0


def test_selling_ahead_adds_to_what_is_there() -> None:
    assert ats([Site(atp=Decimal(-3))], Rules(sell_ahead=Decimal(7))) == 7


def test_a_warehouse_that_is_not_counted_sells_nothing_now_or_later() -> None:
    site = Site(atp=Decimal(10), receipts=(due(3, 5),), is_counted=False)
    assert ats([site]) == 0
    assert promise([site], Decimal(1), TODAY) is None


def test_a_receipt_that_is_only_likely_counts_by_its_share() -> None:
    likely = Due(on=day(2), quantity=Decimal(10), confidence=Decimal("0.9"))
    assert ats_on([Site(atp=Decimal(0), receipts=(likely,))], day(2)) == 9


def test_a_promise_is_the_first_day_that_suffices() -> None:
    site = Site(atp=Decimal(3), receipts=(due(4, 5), due(9, 50)))
    assert promise([site], Decimal(3), TODAY) == TODAY
    assert promise([site], Decimal(8), TODAY) == day(4)
    assert promise([site], Decimal(58), TODAY) == day(9)
    assert promise([site], Decimal(59), TODAY) is None


@pytest.mark.parametrize(
    ("claim", "asked", "counts"),
    [
        (Claim(quantity=Decimal(1)), None, True),
        (Claim(quantity=Decimal(1)), NOW, True),
        (Claim(quantity=Decimal(1), acknowledged_at=NOW), NOW - timedelta(seconds=1), True),
        (Claim(quantity=Decimal(1), acknowledged_at=NOW), NOW, True),
        (Claim(quantity=Decimal(1), acknowledged_at=NOW), NOW + timedelta(microseconds=1), False),
        (Claim(quantity=Decimal(1), acknowledged_at=NOW), None, True),
        (Claim(quantity=Decimal(1), expires_at=NOW), None, False),
        (Claim(quantity=Decimal(1), expires_at=NOW + timedelta(seconds=1)), None, True),
        (Claim(quantity=Decimal(1), state=ReservationState.CONSUMED), None, False),
    ],
)
def test_a_reservation_counts_until_figures_asked_for_after_the_warehouse_had_it(
    claim: Claim,
    asked: datetime | None,
    counts: bool,  # noqa: FBT001  # a table of cases
) -> None:
    assert is_in_flight(claim, asked, NOW) is counts


@pytest.mark.parametrize(
    ("there", "oversold"),
    [
        (figures(on_hand=10, allocated=15), True),
        (figures(on_hand=10, reserved=10), False),
        (figures(on_hand=10, damaged=1, reserved=10), True),
        (figures(on_hand=-3), False),
        ({}, False),
    ],
)
def test_a_stock_is_oversold_where_claims_exceed_what_may_be_sold(
    there: dict[QuantityName, Decimal],
    oversold: bool,  # noqa: FBT001  # a table of cases
) -> None:
    assert is_oversold(there) is oversold


@given(st.dictionaries(st.sampled_from(QuantityName), quantities), st.sampled_from(QuantityName), quantities)
def test_a_figure_moves_atp_by_itself_and_only_if_the_formula_reads_it(
    there: dict[QuantityName, Decimal], name: QuantityName, more: Decimal
) -> None:
    moved = atp_now({**there, name: there.get(name, Decimal(0)) + more}) - atp_now(there)
    if name is N.ON_HAND:
        assert moved == more
    else:
        assert moved == (-more if name in (*UNSELLABLE, *COMMITTED) else 0)
    assert (name in INPUTS) or moved == 0


@given(quantities, quantities, quantities)
def test_turning_a_reservation_into_an_allocation_moves_nothing(there: Decimal, held: Decimal, part: Decimal) -> None:
    part = min(held, part)
    before = {N.ON_HAND: there, N.RESERVED: held}
    after = {N.ON_HAND: there, N.RESERVED: held - part, N.ALLOCATED: part}
    assert atp_now(before) == atp_now(after)


@given(sites, quantities, quantities)
def test_nothing_is_ever_sold_below_zero_and_withholding_more_never_sells_more(
    there: list[Site], less: Decimal, more: Decimal
) -> None:
    least, most = sorted((less, more))
    held_back, open_ = ats(there, Rules(threshold=most)), ats(there, Rules(threshold=least))
    assert 0 <= held_back <= open_


@given(sites)
def test_leaving_a_warehouse_out_never_sells_more(there: list[Site]) -> None:
    assert all(ats(there[:place] + there[place + 1 :]) <= ats(there) for place in range(len(there)))


@given(st.builds(Site, atp=signed, receipts=dues, demand=dues), days, days)
def test_what_may_be_promised_never_falls_while_one_waits(site: Site, one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    assert atp_on(site, earlier) <= atp_on(site, later)


@given(sites, quantities)
def test_a_promise_holds_on_its_day_and_on_every_later_one(there: list[Site], quantity: Decimal) -> None:
    first = promise(there, quantity, TODAY)
    if first is not None:
        assert all(ats_on(there, first + timedelta(days=more), Rules()) >= quantity for more in (0, 1, 7, 40))


@given(st.lists(st.tuples(quantities, st.integers(-5, 5), st.integers(-5, 5)), max_size=5))
def test_no_claim_is_lost_between_its_acknowledgement_and_the_figures_that_contain_it(
    told: list[tuple[Decimal, int, int]],
) -> None:
    """Whatever order things happen in, each claim is counted by the hub or was asked for by the warehouse's figures."""
    for quantity, acknowledged, asked in told:
        claim = Claim(quantity=quantity, acknowledged_at=NOW + timedelta(seconds=acknowledged))
        contained = asked > acknowledged
        beside = reserved([claim], NOW + timedelta(seconds=asked), NOW)
        assert beside == (0 if contained else quantity)
