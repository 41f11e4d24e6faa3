"""The sweeps, page by page."""

from collections.abc import Mapping
from typing import Any

from hub.model.vocabulary import Kind
from hub.ports import ChangePage
from sources.kit.chaos import Order, Trouble
from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from sources.vendure.manifest import CHANGED, OPEN, PLACED


async def walked(bench: Bench, sweep: str, cursor: Mapping[str, Any] | None = None) -> tuple[list[ChangePage], Any]:
    async with bench.adapter(page=2) as adapter:
        return await bench.walk(adapter, sweep, cursor)


def ids(pages: list[ChangePage]) -> list[str]:
    seen = [one.source_id for page in pages for one in page.found if one.kind is Kind.ORDER]
    return list(dict.fromkeys(seen))


async def test_a_first_load_goes_from_the_newest_back_and_says_how_much_there_is(shop: Stage) -> None:
    placed = [await shop.place(1) for _ in range(5)]
    await shop.unfinished()
    pages, cursor = await walked(Bench(shop), PLACED)
    assert ids(pages)[:5] == placed[::-1]
    assert pages[0].total == len(ids(pages))
    assert all(page.total == pages[0].total for page in pages)
    assert (cursor["back"], cursor["forth"]) == (None, None)


async def test_a_later_run_sees_what_came_since(shop: Stage) -> None:
    bench = Bench(shop)
    _, cursor = await walked(bench, PLACED)
    fresh = await shop.place(1)
    pages, after = await walked(bench, PLACED, cursor)
    assert ids(pages)[-1] == fresh
    assert after["seen"] > cursor["seen"]


async def test_a_partial_cancel_says_no_event_and_the_sweep_of_changes_finds_it(shop: Stage) -> None:
    bench = Bench(shop)
    order = await shop.place(4)
    line = next(iter((await shop.truth(order)).lines))
    _, cursor = await walked(bench, CHANGED)
    await shop.place(1)
    await shop.take_off(order, line, 1)
    pages, _ = await walked(bench, CHANGED, cursor)
    assert ids(pages)[-1] == order


async def test_an_order_that_left_the_open_list_is_read_once_more(shop: Stage) -> None:
    bench = Bench(shop)
    order = await shop.place(1)
    await shop.ship(order)
    pages, cursor = await walked(bench, OPEN)
    assert order in ids(pages)
    await shop.deliver(order)
    pages, after = await walked(bench, OPEN, cursor)
    delivered = [
        one.content for page in pages for one in page.found if (one.kind, one.source_id) == (Kind.ORDER, order)
    ]
    assert [content.raw_status for content in delivered if content] == ["Delivered"]
    assert order not in after["was"]
    assert order not in ids((await walked(bench, OPEN, after))[0])


async def test_an_order_that_is_gone_from_the_shop_is_said_to_be_gone(shop: Stage) -> None:
    pages, _ = await walked(Bench(shop), OPEN, {"was": ["424242"], "now": []})
    gone = [one for page in pages for one in page.found if one.source_id == "424242"]
    assert [one.content for one in gone] == [None]


async def test_a_broken_order_is_named_and_the_sweep_goes_on(shop: Stage) -> None:
    bench = Bench(shop)
    order = await shop.place(1)
    number = (await shop.truth(order)).number.encode()
    broken = Order(
        trouble=Trouble.SPOIL, holding=shop.reading, change=lambda body: body.replace(b'"' + number + b'"', b"7")
    )
    async with bench.adapter() as adapter:
        shop.proxy.order(broken)
        pages, _ = await bench.walk(adapter, PLACED)
    assert list(pages[0].failed) == [order]
    assert order not in ids(pages)


async def test_an_empty_shop_ends_at_once(shop: Stage) -> None:
    nothing = Order(
        trouble=Trouble.SPOIL,
        times=9,
        holding=shop.reading,
        change=lambda _: b'{"data":{"orders":{"totalItems":0,"items":[]}}}',
    )
    for sweep in (PLACED, CHANGED, OPEN):
        bench = Bench(shop)
        async with bench.adapter() as adapter:
            shop.proxy.order(nothing)
            pages, _ = await bench.walk(adapter, sweep)
        assert ids(pages) == []
        shop.proxy.heal()
