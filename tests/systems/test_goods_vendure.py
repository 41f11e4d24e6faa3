"""The goods of a real Vendure: products, places and stock levels as its seed made them, whole and by id."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.model.inventory import QuantityName
from hub.model.vocabulary import Kind
from hub.ports import Found
from hub.settings import Secret
from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from sources.vendure.manifest import ALL
from sources.vendure.rehearsal.stage import vendure_stage
from tests.systems.vendure.start import Vendure


@pytest.fixture(scope="module")
async def real(vendure: Vendure) -> AsyncIterator[Stage]:
    user, password = vendure.seeded.user, Secret(vendure.seeded.password)

    def listen(url: str, secret: str) -> None:
        vendure.tell((url, secret))

    async with vendure_stage(vendure.url, user=user, password=password, listen=listen) as made:
        yield made


async def numbers(bench: Bench, kind: Kind) -> list[str | None]:
    async with bench.adapter(page=2) as adapter:
        pages, _ = await bench.walk(adapter, ALL, kind=kind)
    found = {one.source_id: one.content.number for page in pages for one in page.found if one.content}
    return list(found.values())


async def test_products_and_places_are_listed_by_the_codes_that_systems_share(real: Stage) -> None:
    assert await numbers(Bench(real), Kind.PRODUCT) == ["TSHIRT-M", "MUG", "LAPTOP"]
    assert await numbers(Bench(real), Kind.WAREHOUSE) == ["WH", "WH-EAST"]


async def test_stock_levels_are_those_of_the_seed_whole_and_by_id(real: Stage, vendure: Vendure) -> None:
    bench, laptop = Bench(real), vendure.seeded.variants["LAPTOP"]
    async with bench.adapter(page=2) as adapter:
        pages, _ = await bench.walk(adapter, ALL, kind=Kind.INVENTORY)
        listed = {one.source_id: one.content for page in pages for one in page.found}
        mine = [one for one in listed if one.startswith(f"{laptop}/")]
        answers = await adapter.read(real.call(), Kind.INVENTORY, mine)
    told: dict[str, int] = {}
    for one, answer in answers.items():
        assert isinstance(answer, Found)
        content = answer.seen[0].content
        assert content == listed[one]
        assert content is not None
        assert content.inventory is not None
        assert content.inventory.figures is not None
        figures = {each.name: int(each.value) for each in content.inventory.figures.told}
        told[content.refers[1].value] = figures[QuantityName.ON_HAND]
    assert told == {"WH": 3, "WH-EAST": 2}
