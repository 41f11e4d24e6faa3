"""The steps of a draft, each at the rehearsed shop."""

from collections.abc import AsyncIterator

import pytest

from hub.clock import SystemClock
from hub.errors import SourceRefused
from sources.kit.chaos import Order, Trouble
from sources.kit.http import Origin
from sources.kit.stage import Stage
from sources.vendure.basket import Basket
from sources.vendure.client import DUPLICATE, VendureClient
from sources.vendure.drafts import Drafts, Till
from tests.sources.vendure.conftest import CALL
from tests.sources.vendure.wanted import creating, vendure

TILL = Till(shipping_method="standard", payment_method="hub")


@pytest.fixture
async def client(shop: Stage) -> AsyncIterator[VendureClient]:
    made = vendure(shop)
    made.proxy.heal()
    origin = Origin(shop.proxy.url, source="shop", clock=SystemClock())
    client = VendureClient(origin, source="shop", user=made.user, password=made.password)
    await client.login(CALL)
    yield client
    await client.close()


async def test_a_second_draft_of_one_reference_is_a_duplicate(client: VendureClient) -> None:
    drafts = Drafts(client, "shop", TILL)
    one, other = await drafts.begin(CALL), await drafts.begin(CALL)
    await drafts.claim(CALL, one.id, "STEP-1")
    with pytest.raises(SourceRefused) as refused:
        await drafts.claim(CALL, other.id, "STEP-1")
    assert refused.value.facts["code"] == DUPLICATE
    await drafts.drop(CALL, one.id)
    await drafts.claim(CALL, other.id, "STEP-1")


async def test_a_draft_can_be_dropped_twice_and_forgotten_by_a_dead_shop(shop: Stage, client: VendureClient) -> None:
    drafts = Drafts(client, "shop", TILL)
    draft = await drafts.begin(CALL)
    shop.proxy.order(Order(trouble=Trouble.FAIL, holding=b"deleteDraftOrder(", status=500))
    await drafts.forget(CALL, draft.id)
    shop.proxy.heal()
    await drafts.drop(CALL, draft.id)
    await drafts.drop(CALL, draft.id)
    with pytest.raises(SourceRefused, match="No Order with the id"):
        await drafts.claim(CALL, draft.id, "STEP-2")


async def test_a_method_that_is_not_offered_is_refused_with_those_that_are(client: VendureClient) -> None:
    drafts = Drafts(client, "shop", Till(shipping_method="express", payment_method="hub"))
    draft = await drafts.begin(CALL)
    made = Basket(items={"2": 1}, buyer={"input": {"emailAddress": "s@mail.example", "firstName": "S", "lastName": ""}})
    with pytest.raises(SourceRefused, match="the shop offers no shipping method express here: standard"):
        await drafts.fill(CALL, draft.id, made, creating("STEP-3").content)
    with pytest.raises(SourceRefused, match="may only be added"):
        await drafts.pay(CALL, draft.id, "STEP-3")
