"""Identifiers worth typing: those of orders that traffic leaves alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.clock import SystemClock
from hub.demo.scene import ACCOUNT, scenery, tracking_of
from hub.settings import Secret
from sources.vendure.rehearsal.stand import Stand, make_stand


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    stand = make_stand(SystemClock(), user="hub", password=Secret("x"), seed=7)
    stand.scene.seed(100)
    yield stand
    await stand.close()


async def test_one_order_has_a_parcel_on_its_way_and_another_can_still_be_cancelled(stand: Stand) -> None:
    there = scenery(stand)
    shipped, cancellable = (
        next(order for order in stand.shop.orders.values() if order.code == code)
        for code in (there.shipped, there.cancellable)
    )
    assert tracking_of(shipped) == there.tracking != ""
    assert (cancellable.state, list(cancellable.parcels), tracking_of(cancellable)) == ("PaymentSettled", [], "")
    assert there.account == ACCOUNT


async def test_the_account_has_orders_that_move(stand: Stand) -> None:
    code = stand.scene.step_of(ACCOUNT.upper())
    (moved,) = [order for order in stand.shop.orders.values() if order.code == code]
    assert moved.customer is not None
    assert (moved.customer.group or "").lower() == ACCOUNT
