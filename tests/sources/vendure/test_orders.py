"""Orders as the effects look at them."""

import pytest

from hub.clock import SystemClock
from hub.errors import SourceGarbled, SourceRefused
from sources.kit.chaos import Order, Trouble
from sources.kit.http import Origin
from sources.kit.stage import Stage
from sources.vendure.client import VendureClient
from sources.vendure.mapping import Reading
from sources.vendure.orders import Orders
from tests.sources.vendure.conftest import CALL
from tests.sources.vendure.wanted import vendure


async def test_an_order_is_found_by_its_id_and_a_cart_is_none(shop: Stage) -> None:
    made = vendure(shop)
    origin = Origin(shop.proxy.url, source="shop", clock=SystemClock())
    client = VendureClient(origin, source="shop", user=made.user, password=made.password)
    await client.login(CALL)
    orders = Orders(client, Reading(source="shop"))
    placed, cart = await shop.place(1), await shop.unfinished()
    assert (await orders.placed(CALL, placed)).id == placed
    with pytest.raises(SourceRefused, match="no such order"):
        await orders.placed(CALL, cart or "")
    assert await orders.by_reference(CALL, "nobody's") is None
    broken = Order(trouble=Trouble.SPOIL, change=lambda body: body.replace(b'"totalWithTax":', b'"totalWithTax":"x'))
    shop.proxy.order(broken)
    with pytest.raises(SourceGarbled):
        await orders.placed(CALL, placed)
    shop.proxy.heal()
    await client.close()
