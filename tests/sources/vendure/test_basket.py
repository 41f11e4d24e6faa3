"""What a new order needs of the shop: refused before anything is made, where the shop does not have it."""

import pytest

from hub.clock import SystemClock
from hub.errors import SourceRefused
from hub.model.values import Address
from sources.kit.http import Origin
from sources.kit.skew import SkewedClock
from sources.kit.stage import Stage
from sources.vendure.basket import Basket, address_input, basket
from sources.vendure.client import VendureClient
from tests.sources.vendure.conftest import CALL
from tests.sources.vendure.wanted import ADDRESS, creating, goods, vendure


async def filled(shop: Stage, *units: tuple[str, object], buyer: str | None = None, **changes: object) -> Basket:
    made = vendure(shop)
    client = VendureClient(
        Origin(shop.proxy.url, source="shop", clock=SkewedClock(SystemClock(), 0)),
        source="shop",
        user=made.user,
        password=made.password,
    )
    content = creating("R", *(goods(sku, number) for sku, number in units), **changes).content
    try:
        await client.login(CALL)
        return await basket(CALL, client, content, source="shop", buyer=buyer)
    finally:
        await client.close()


async def test_units_of_one_item_are_added_up_by_variant(shop: Stage) -> None:
    made = await filled(shop, ("MUG", 2), ("TSHIRT-M", 1), ("MUG", 3))
    assert made.items == {"2": 5, "1": 1}


@pytest.mark.parametrize("units", ["1.5", 0, -1])
async def test_only_whole_units_are_sold(shop: Stage, units: object) -> None:
    with pytest.raises(SourceRefused, match="the shop sells whole units"):
        await filled(shop, ("MUG", units))


async def test_a_buyer_whom_the_shop_knows_is_named_by_id_and_not_changed(shop: Stage) -> None:
    order = await shop.place(1)
    email = (await shop.truth(order)).email
    made = await filled(shop, ("MUG", 1), customer_email=email.upper(), customer_name="Somebody Else")
    assert set(made.buyer) == {"customer"}


async def test_a_new_buyer_gets_a_name_of_two_parts(shop: Stage) -> None:
    named = await filled(shop, ("MUG", 1), customer_email="N1@Mail.example", customer_name="Ann van der Bee")
    bare = await filled(shop, ("MUG", 1), customer_email="n2@mail.example")
    assert named.buyer["input"] == {"emailAddress": "n1@mail.example", "firstName": "Ann", "lastName": "van der Bee"}
    assert bare.buyer["input"] == {"emailAddress": "n2@mail.example", "firstName": "n2", "lastName": ""}


async def test_the_settings_buyer_stands_in_for_nobody_and_nobody_at_all_is_refused(shop: Stage) -> None:
    stand_in = await filled(shop, ("MUG", 1), buyer="web@mail.example", customer_email=None)
    known = await filled(shop, ("MUG", 1), customer="7", customer_email=None)
    assert (stand_in.buyer["input"]["emailAddress"], known.buyer) == ("web@mail.example", {"customer": "7"})
    with pytest.raises(SourceRefused, match="names no customer"):
        await filled(shop, ("MUG", 1), customer_email=None)


def test_an_address_has_two_street_lines_and_only_what_is_known() -> None:
    assert address_input(ADDRESS) == {
        "fullName": "Ann Bee",
        "streetLine1": "Row 1",
        "streetLine2": "bus 2, floor 3",
        "city": "Gent",
        "postalCode": "9000",
        "countryCode": "BE",
    }
    assert address_input(Address(country="BE")) == {"streetLine1": "", "countryCode": "BE"}
