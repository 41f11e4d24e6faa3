"""The director's hands: what each system is told, step by step, of an order that none of them knows whole."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.clock import SystemClock
from hub.demo.director import Director, Play
from hub.demo.masters import Masters, furnish
from hub.demo.trio import make_trio


@pytest.fixture
async def stage() -> AsyncIterator[tuple[Director, Masters]]:
    """A director with goods, and nothing ordered yet."""
    trio = make_trio(SystemClock(), seed=3)
    yield Director(trio), furnish(trio, customers=150, products=20, seed=3)
    await trio.close()


def ordered(director: Director, masters: Masters, *lines: tuple[str, int]) -> Play:
    """An order of ACME, in shop and ERP."""
    play = Play(buyer=masters.of("ACME")[0], lines=lines)
    director.place(play)
    director.enter(play)
    return play


async def test_an_order_goes_through_all_three_and_each_hears_of_it(stage: tuple[Director, Masters]) -> None:
    director, masters = stage
    play = ordered(director, masters, ("MUG", 3), ("TSHIRT-M", 1))
    order, sale = play.order, play.at_the_erp()
    assert order is not None
    assert (order.state, sale.reference, sale.party.code) == ("PaymentSettled", order.code, "ACME")
    director.release(play)
    (leg,) = play.legs
    assert (leg.done.reference, leg.done.state) == (f"{order.code}/{leg.asked.number}", "waiting")
    director.work(play, "packed")
    assert [(one.tracking, one.state) for one in order.parcels] == [(leg.tracking, "Pending")]
    director.leave(play)
    assert (leg.done.state, leg.asked.state, order.state) == ("done", "done", "Shipped")
    director.bill(play)
    director.arrive(play)
    director.pay(play)
    assert (sale.state, order.state) == ("done", "Delivered")


async def test_what_is_short_becomes_a_second_shipment(stage: tuple[Director, Masters]) -> None:
    director, masters = stage
    play = ordered(director, masters, ("MUG", 3), ("CHAIR-OAK", 2))
    director.release(play)
    director.give_up_short(play)
    director.work(play, "packed")
    director.leave(play)
    director.release(play)
    assert [(leg.done.state, leg.asked.state) for leg in play.legs] == [("done", "done"), ("waiting", "waiting")]
    assert play.order is not None
    assert play.order.state == "PartiallyShipped"
    director.work(play, "packed")
    assert play.legs[1].done.state == "waiting"


async def test_what_comes_back_is_credited_and_refunded(stage: tuple[Director, Masters]) -> None:
    director, masters = stage
    play = ordered(director, masters, ("MUG", 3))
    director.release(play)
    director.work(play, "packed")
    for step in (director.leave, director.bill, director.pay, director.arrive):
        step(play)
    with pytest.raises(ValueError, match="may come back"):
        director.take_back(play, (("MUG", 1),))
    director.allow_return(play, f"{play.reference}-R1", (("MUG", 1),))
    director.take_back(play, (("MUG", 1),))
    assert play.back is not None
    assert [(note.state, note.untaxed_amount < 0) for note in play.back.invoices] == [("posted", True)]
    assert play.order is not None
    assert [refund.total for payment in play.order.payments for refund in payment.refunds] == [750]


async def test_what_is_called_off_ends_in_shop_and_erp(stage: tuple[Director, Masters]) -> None:
    director, masters = stage
    play = ordered(director, masters, ("MUG", 3))
    director.call_off(play)
    assert play.order is not None
    assert (play.order.state, play.at_the_erp().state) == ("Cancelled", "done")
    with pytest.raises(ValueError, match="has not reached the ERP"):
        Play(buyer=masters.people[0], lines=(), po="PO-1").at_the_erp()
