"""What seeds of certain numbers are made for happens in each of them."""

from itertools import pairwise

import pytest

from tests.crash.chance import RETURNS, plan
from tests.crash.plan import ERP, SourceFault, Stall, Trouble, Verb
from tests.crash.shaped import HALFWAY, OVERTAKEN, READERS, THROTTLED, TOGETHER, shaped

EACH = range(1, 13)


@pytest.mark.parametrize("seed", EACH)
def test_a_seed_of_a_common_number_is_left_as_it_is(seed: int) -> None:
    whole = plan(seed)
    assert shaped(whole) is whole


@pytest.mark.parametrize("seed", EACH)
def test_who_submits_is_never_told_by_the_erp_what_was_done(seed: int) -> None:
    made = plan(HALFWAY + seed)
    assert (made.orders, made.journeys, made.typed, len(made.submits)) == ((), (), (), 6)
    assert made.faults == tuple(
        SourceFault(tenant=made.joined, role=ERP, verb=Verb.CREATE, nth=nth, trouble=Trouble.LOST)
        for nth in range(1, 11)
    )


@pytest.mark.parametrize("seed", EACH)
def test_of_an_order_that_is_paid_while_it_is_read_a_webhook_alone_tells(seed: int) -> None:
    made = plan(READERS + seed)
    assert (made.journeys, made.typed, made.submits, made.faults, made.sweeps) == ((), (), (), (), False)
    assert len(made.orders) == 8
    for order in made.orders:
        assert (order.paid_while_read, order.settled, order.cancels) == (True, False, ())
        assert order.tenant != made.joined


@pytest.mark.parametrize("seed", EACH)
def test_shop_and_erp_are_told_at_once_of_orders_that_are_written_together(seed: int) -> None:
    made = plan(TOGETHER + seed)
    assert (made.orders, made.typed, made.submits, len(made.journeys)) == ((), (), (), 20)
    assert {(one.pace, one.erp_first, one.misspelt) for one in made.journeys} == {(0.0, False, False)}
    stalls = [one for one in made.faults if isinstance(one, Stall)]
    assert tuple(stalls) == made.faults
    assert all(later.at - one.at == pytest.approx(one.seconds) for one, later in pairwise(stalls))
    assert made.journeys[-1].at < stalls[-1].at + stalls[-1].seconds


@pytest.mark.parametrize(
    ("first", "verb", "trouble"),
    [(THROTTLED, Verb.CANCEL, Trouble.THROTTLED), (OVERTAKEN, Verb.READ, Trouble.LATE)],
)
def test_what_a_shape_adds_comes_before_what_chance_gives(first: int, verb: Verb, trouble: Trouble) -> None:
    leading = plan(first + 1).faults[0]
    assert isinstance(leading, SourceFault)
    assert (leading.verb, leading.trouble) == (verb, trouble)


def test_no_seed_of_returns_is_shaped() -> None:
    assert plan(RETURNS + 1).returns
    assert not any(isinstance(one, Stall) for one in plan(RETURNS + TOGETHER + 1).faults)
