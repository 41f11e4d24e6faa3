"""So many may be sold: on hand is what may be sold and what was sold already."""

import pytest

from hub.errors import SourceRefused
from hub.model.intents import Outcome, OutcomeState
from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from tests.sources.vendure.conftest import CALL
from tests.sources.vendure.wanted import publishing, vendure

LEVELS = 'query{productVariants(options:{filter:{sku:{eq:"%s"}}}){items{stockLevels{stockOnHand stockAllocated}}}}'


async def published(shop: Stage, sku: str, units: int, location: str = "WH") -> Outcome:
    async with Bench(shop).adapter() as adapter:
        return await adapter.execute(CALL, publishing(sku, units, location))


async def levels(shop: Stage, sku: str) -> list[tuple[int, int]]:
    found = await vendure(shop).hands.admin(LEVELS % sku)
    return [(level["stockOnHand"], level["stockAllocated"]) for level in found["items"][0]["stockLevels"]]


async def test_what_is_allocated_already_is_on_hand_beside_what_may_be_sold(shop: Stage) -> None:
    await shop.place(3)
    (_, allocated), _ = await levels(shop, "TSHIRT-M")
    outcome = await published(shop, "TSHIRT-M", 5_000)
    assert outcome.state is OutcomeState.DONE
    assert (await levels(shop, "TSHIRT-M"))[0] == (5_000 + allocated, allocated)


async def test_each_place_has_its_own_number_and_zero_is_one(shop: Stage) -> None:
    await published(shop, "LAMP-DESK", 0, "WH-EAST")
    await published(shop, "LAMP-DESK", 7)
    assert [on_hand - allocated for on_hand, allocated in await levels(shop, "LAMP-DESK")] == [7, 0]


async def test_nothing_is_written_where_it_is_so_already(shop: Stage) -> None:
    async with Bench(shop).adapter() as adapter:
        intent = publishing("CABLE-2M", 44)
        before = await adapter.resolve(CALL, intent)
        await adapter.execute(CALL, intent)
        shop.proxy.forget()
        again = await adapter.execute(CALL, intent)
        looked = await adapter.resolve(CALL, intent)
    assert [before.state, again.state, looked.state] == [OutcomeState.ABSENT, OutcomeState.DONE, OutcomeState.DONE]
    assert not [one for one in shop.proxy.exchanges if b"updateProductVariant(" in one.said]


async def test_an_item_or_a_place_that_the_shop_does_not_know_is_refused(shop: Stage) -> None:
    with pytest.raises(SourceRefused, match="the shop has no variant NOPE"):
        await published(shop, "NOPE", 1)
    with pytest.raises(SourceRefused, match="the shop has no stock location MARS"):
        await published(shop, "CABLE-2M", 1, "MARS")
