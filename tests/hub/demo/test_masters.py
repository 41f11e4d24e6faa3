"""Master data: the same goods, places and buyers in three systems, but for what nobody has mapped."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.clock import SystemClock
from hub.demo.masters import CODES, FLOUR, SCARCE, UNMAPPED, WEB, Masters, furnish
from hub.demo.trio import Trio, make_trio
from sources.tryton_wms.rehearsal.state import PRODUCT


@pytest.fixture
async def trio() -> AsyncIterator[Trio]:
    made = make_trio(SystemClock(), seed=3)
    yield made
    await made.close()


@pytest.fixture
def masters(trio: Trio) -> Masters:
    return furnish(trio, customers=500, products=200, seed=3)


async def test_there_are_500_customers_200_products_and_5_warehouses(trio: Trio, masters: Masters) -> None:
    companies = len(trio.erp.erp.parties) - 2  # the carrier and the web
    assert len(trio.shop.shop.customers) + companies == 500
    skus = {variant.sku for variant in trio.shop.shop.variants.values()} | {FLOUR[0]}
    assert len(skus) == 200
    assert [place.description for place in trio.shop.shop.locations.values()] == list(CODES)
    assert tuple(trio.erp.erp.warehouses) == CODES


async def test_the_unmapped_flour_is_in_the_shop_and_the_other_flour_is_not(trio: Trio, masters: Masters) -> None:
    shop = {variant.sku for variant in trio.shop.shop.variants.values()}
    erp = {code for code, product in trio.erp.erp.products.items() if product.type == "goods"}
    wms = {getattr(row, "code", None) for row in trio.wms.depot.tables.rows(PRODUCT)}
    assert shop - erp == shop - wms == {UNMAPPED[0]}
    assert erp - shop == wms - shop == {FLOUR[0]}


async def test_stock_is_the_same_in_all_three(trio: Trio, masters: Masters) -> None:
    erp = trio.erp.erp
    for variant in trio.shop.shop.variants.values():
        if variant.sku != UNMAPPED[0]:
            there = [int(erp.goods.quantity(erp.products[variant.sku], [erp.warehouses[code]])) for code in CODES]
            assert [variant.on_hand, *variant.elsewhere.values()] == there
    laptop = erp.products["LAPTOP"]
    assert [erp.goods.quantity(laptop, [erp.warehouses[code]]) for code in CODES[:2]] == [3.0, 2.0]


async def test_buyers_of_companies_bear_the_erps_number_and_private_ones_are_the_web(
    trio: Trio, masters: Masters
) -> None:
    assert {buyer.party for buyer in masters.people} == {WEB}
    assert {buyer.party for buyer in masters.employees} <= set(erp_codes(trio))
    groups = {customer.group for customer in trio.shop.shop.customers.values() if customer.group}
    assert groups == {buyer.party for buyer in masters.employees}
    assert masters.of("317") == ()
    assert not set(masters.skus) & {*SCARCE, "LAPTOP", UNMAPPED[0]}


def erp_codes(trio: Trio) -> list[str]:
    """Numbers of the ERP's parties."""
    return list(trio.erp.erp.parties)
