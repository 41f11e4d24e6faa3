"""Lists of goods: whole, by id, after one has gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from hub.errors import SourceMisset, SourceRefused
from hub.model.observation import Seen
from hub.model.vocabulary import Kind
from hub.ports import ChangePage, Failed, Found, Missing
from sources.kit.chaos import Order, Trouble
from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from sources.vendure.goods import KINDS
from sources.vendure.manifest import ALL

VARIANTS, SKUS = b"HubVariants", ["TSHIRT-M", "MUG", "LAPTOP", "CHAIR-OAK", "LAMP-DESK", "CABLE-2M"]


async def walked(
    bench: Bench, kind: Kind, cursor: Mapping[str, Any] | None = None, page: int = 2
) -> tuple[list[ChangePage], Any]:  # Any: a cursor's JSON
    async with bench.adapter(page=page) as adapter:
        return await bench.walk(adapter, ALL, cursor, kind=kind)


def seen(pages: list[ChangePage]) -> list[Seen]:
    return list({one.source_id: one for page in pages for one in page.found}.values())


async def test_all_variants_are_listed_page_by_page_oldest_first(shop: Stage) -> None:
    pages, cursor = await walked(Bench(shop), Kind.PRODUCT)
    assert [one.content.number for one in seen(pages) if one.content] == SKUS
    assert len(pages) > 2
    assert (pages[0].total, cursor["was"]) == (6, [one.source_id for one in seen(pages)])


async def test_all_levels_are_listed_by_variant_and_location(shop: Stage) -> None:
    pages, _ = await walked(Bench(shop), Kind.INVENTORY)
    found = seen(pages)
    assert {one.kind for one in found} == {Kind.INVENTORY}
    assert sorted(one.source_id for one in found) == sorted(f"{v}/{at}" for v in range(1, 7) for at in (1, 2))


async def test_all_places_are_listed(shop: Stage) -> None:
    pages, _ = await walked(Bench(shop), Kind.WAREHOUSE)
    assert [one.content.number for one in seen(pages) if one.content] == ["WH", "WH-EAST"]


async def test_a_level_moves_with_an_order_and_the_next_list_tells(shop: Stage) -> None:
    bench = Bench(shop)
    before, cursor = await walked(bench, Kind.INVENTORY, page=50)
    await shop.place(3)
    after, _ = await walked(bench, Kind.INVENTORY, cursor, page=50)
    moved = [one.source_id for one, was in zip(seen(after), seen(before), strict=True) if one.content != was.content]
    assert len(moved) == 1
    assert moved[0].endswith("/1")


@pytest.mark.parametrize(("kind", "number"), [(Kind.PRODUCT, "77"), (Kind.INVENTORY, "77/1"), (Kind.WAREHOUSE, "9")])
async def test_what_has_left_the_list_is_read_once_more_and_said_to_be_gone(
    shop: Stage, kind: Kind, number: str
) -> None:
    pages, cursor = await walked(Bench(shop), kind, {"was": [number], "now": []})
    assert [one.content for one in seen(pages) if one.source_id == number] == [None]
    assert number not in cursor["was"]


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_goods_are_read_by_id_and_strangers_are_missing(shop: Stage, kind: Kind) -> None:
    known = {Kind.PRODUCT: "2", Kind.INVENTORY: "2/1", Kind.WAREHOUSE: "2"}[kind]
    async with Bench(shop).adapter() as adapter:
        answers = await adapter.read(shop.call(), kind, ["no-id-at-all", known, "424242", "2/99"])
    assert list(answers) == ["no-id-at-all", known, "424242", "2/99"]
    assert [type(one) for one in answers.values()] == [Missing, Found, Missing, Missing]
    found = answers[known]
    assert isinstance(found, Found)
    assert [(one.kind, one.source_id) for one in found.seen] == [(kind, known)]


async def test_a_broken_variant_fails_alone(shop: Stage) -> None:
    broken = Order(
        trouble=Trouble.SPOIL, times=2, holding=VARIANTS, change=lambda body: body.replace(b'"sku":"MUG"', b'"sku":7')
    )
    bench = Bench(shop)
    async with bench.adapter() as adapter:
        shop.proxy.order(broken)
        pages, _ = await bench.walk(adapter, ALL, kind=Kind.PRODUCT)
        answers = await adapter.read(shop.call(), Kind.INVENTORY, ["2/1", "1/1"])
    assert list(pages[0].failed) == ["2"]
    assert "2" not in [one.source_id for one in seen(pages)]
    assert isinstance(answers["2/1"], Failed)
    assert isinstance(answers["1/1"], Found)
    shop.proxy.heal()


FORBIDDEN = b'{"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}],"data":null}'


async def test_a_role_that_may_not_see_goods_is_refused_them_alone(shop: Stage) -> None:
    async with Bench(shop).adapter() as adapter:
        shop.proxy.order(Order(trouble=Trouble.SPOIL, holding=VARIANTS, change=lambda _: FORBIDDEN))
        with pytest.raises(SourceRefused, match="lacks ReadCatalog or ReadStockLocation"):
            await adapter.read(shop.call(), Kind.PRODUCT, ["1"])
    shop.proxy.heal()


async def test_a_session_that_has_ended_asks_for_a_login(shop: Stage) -> None:
    async with Bench(shop).adapter() as adapter:
        await adapter.read(shop.call(), Kind.PRODUCT, ["1"])
        await shop.revoke()
        with pytest.raises(SourceMisset) as ended:
            await adapter.read(shop.call(), Kind.PRODUCT, ["1"])
        assert ended.value.facts["expired"] is True
        await adapter.login(shop.call())
        assert isinstance((await adapter.read(shop.call(), Kind.PRODUCT, ["1"]))["1"], Found)
