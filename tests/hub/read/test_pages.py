"""Cursors of every list are bound to who asked for what (`test_reader` pages through orders)."""

from dataclasses import replace

import pytest

from hub.call import Call
from hub.errors import CursorInvalid, InvalidInput
from hub.model.vocabulary import Kind
from hub.read import pages
from hub.read.pages import Pages, PageWanted
from hub.seal import Seal
from hub.store.listing import Sort
from hub.store.lists import InvoiceSortField, ProductSortField
from hub.store.store import Store
from tests.kit.orders import keep_alone
from tests.kit.things import make_invoice, make_product

REP = Call(actor="rep", tenant="acme", correlation_id="correlation-1")
PRODUCTS = PageWanted(kind=Kind.PRODUCT, size=2)


@pytest.fixture
def lists(serving: Store) -> Pages:
    return Pages(serving, Seal(b"secret"))


async def test_a_list_of_any_kind_stays_stable_while_it_is_written(store: Store, lists: Pages) -> None:
    for sku in "BDF":
        await keep_alone(store, Kind.PRODUCT, make_product(sku))
    first = await lists.page(REP, PRODUCTS)
    assert ([one.sku for one, _ in first.rows], first.has_next, first.has_previous) == (["B", "D"], True, False)
    for sku in "AE":
        await keep_alone(store, Kind.PRODUCT, make_product(sku))
    rest = await lists.page(REP, replace(PRODUCTS, cursor=first.rows[-1][1]))
    assert ([one.sku for one, _ in rest.rows], rest.has_next, rest.has_previous) == (["E", "F"], False, True)
    assert await lists.count(REP, PRODUCTS) == 5
    assert len(await lists.versions(REP, PRODUCTS)) == 5


async def test_a_cursor_opens_for_the_same_caller_kind_filter_and_sort_alone(store: Store, lists: Pages) -> None:
    await keep_alone(store, Kind.PRODUCT, make_product())
    await keep_alone(store, Kind.INVOICE, make_invoice())
    held = replace(PRODUCTS, cursor=(await lists.page(REP, PRODUCTS)).rows[0][1])
    assert (await lists.page(REP, held)).rows == ()
    by_name = Sort(field=ProductSortField.NAME, descending=False)
    for call, wanted in (
        (replace(REP, actor="else"), held),
        (replace(REP, account="acme"), held),
        (REP, replace(held, where={"sku": ("MUG",)})),
        (REP, replace(held, sort=by_name)),
        (REP, replace(held, kind=Kind.INVOICE, sort=Sort(field=InvoiceSortField.ISSUE_DATE))),
        (REP, replace(held, cursor="rubbish")),
    ):
        with pytest.raises(CursorInvalid):
            await lists.page(call, wanted)


async def test_too_many_at_once_are_refused(lists: Pages) -> None:
    for size in (-1, 101):
        with pytest.raises(InvalidInput):
            await lists.page(REP, replace(PRODUCTS, size=size))
    assert pages.MOST_ROWS == 100
