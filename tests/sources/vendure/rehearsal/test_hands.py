"""Hands that act at a shop."""

import pytest

from hub.settings import Secret
from sources.kit.serve import serving
from sources.vendure.rehearsal.hands import Hands, HandsFailed
from tests.sources.vendure.conftest import PASSWORD, USER, House


async def test_hands_do_what_people_do(house: House) -> None:
    async with serving(house.stand.app) as url:
        hands = Hands(url, user=USER, password=Secret(PASSWORD))
        order = await hands.place((3, 2))
        await hands.take_off(order, (await hands.order(order))["lines"][0]["id"], 1)
        await hands.ship(order)
        await hands.deliver(order)
        assert (await hands.order(order))["state"] == "Delivered"
        cart = await hands.cart()
        assert (await hands.order(cart))["orderPlacedAt"] is None
        await hands.close()


async def test_a_shop_that_says_no_is_heard(house: House) -> None:
    async with serving(house.stand.app) as url:
        hands = Hands(url, user=USER, password=Secret(PASSWORD))
        with pytest.raises(HandsFailed, match="no order 424242"):
            await hands.order("424242")
        order = await hands.place((1,))
        line = (await hands.order(order))["lines"][0]["id"]
        with pytest.raises(HandsFailed, match="QUANTITY_TOO_GREAT_ERROR"):
            await hands.take_off(order, line, 9)
        await hands.close()
