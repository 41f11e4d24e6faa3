"""Hands for what goes back: what they see is the shop's own, and the shop itself guards little."""

from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from sources.vendure.rehearsal.takings_back import BackTaking, RefundTaking
from tests.sources.vendure.conftest import CALL
from tests.sources.vendure.wanted import vendure


async def test_the_shop_takes_the_same_units_back_a_second_time(shop: Stage) -> None:
    taking = BackTaking(vendure(shop).hands, "shop")
    intent = await taking.sample()
    async with Bench(shop).adapter() as adapter:
        await adapter.execute(CALL, intent)
    (first,) = await taking.bearing(intent)
    assert await taking.again(intent)
    (second,) = await taking.bearing(intent)
    assert [second.lines[sku] for sku in first.lines] == [units * 2 for units in first.lines.values()]


async def test_the_shop_gives_the_same_amount_back_a_second_time(shop: Stage) -> None:
    taking = RefundTaking(vendure(shop).hands, "shop")
    intent = await taking.sample()
    async with Bench(shop).adapter() as adapter:
        await adapter.execute(CALL, intent)
    assert await taking.again(intent)
    assert [stood.is_whole for stood in await taking.bearing(intent)] == [True]
