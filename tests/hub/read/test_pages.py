"""Cursors of every list are bound to who asked for what (`test_reader` pages through orders)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.call import Call, worker_call
from hub.errors import CursorInvalid, InvalidInput
from hub.model.vocabulary import Kind
from hub.read import pages
from hub.read.pages import Pages, PageWanted
from hub.seal import Seal
from hub.store import tables
from hub.store.listing import Sort
from hub.store.lists import InvoiceSortField, OrderSortField, ProductSortField
from hub.store.store import Store
from tests.kit.orders import NOON, Kept, keep_alone, keep_order, make_order
from tests.kit.things import make_invoice, make_product

REP = Call(actor="rep", tenant="acme", correlation_id="correlation-1")
HOUR = timedelta(hours=1)
PRODUCTS = PageWanted(kind=Kind.PRODUCT, size=2)


@pytest.fixture
def lists(serving: Store) -> Pages:
    return Pages(serving, Seal(b"secret"), {})


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


async def test_orders_that_stay_are_seen_once_while_others_move_in_and_out_of_the_list(
    store: Store, lists: Pages
) -> None:
    """By time in status, which the statuses that change meanwhile reset."""
    for hour in range(6):
        await keep_order(store, Kept(order=make_order(f"N{hour}", status_since=NOON + timedelta(hours=hour))))
    open_ones = PageWanted(where={"not_status": ("COMPLETED",)}, sort=Sort(field=OrderSortField.TIME_IN_STATUS), size=2)
    seen: list[str] = []
    cursor = None
    while True:
        page = await lists.page(REP, replace(open_ones, cursor=cursor))
        seen += [one.number for one, _ in page.rows]
        if not page.has_next:
            break
        cursor = page.rows[-1][1]
        if len(seen) == 2:
            async with store.shard(worker_call("acme")) as tx:
                moved, done = tables.entity.update(), tables.entity.update()
                await tx.execute(moved.where(tables.entity.c.number == "N1").values(status_since=NOON - HOUR))  # seen
                await tx.execute(done.where(tables.entity.c.number == "N3").values(status="COMPLETED"))  # not yet
            await keep_order(store, Kept(order=make_order("N9", status_since=NOON - HOUR)))
    assert seen == ["N0", "N1", "N2", "N4", "N5"]


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
