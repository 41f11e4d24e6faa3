"""The hands of the checks for requests, without the adapter."""

from decimal import Decimal

import pytest

from hub.model.effects import REQUEST_FULFILMENT, PostInvoice, RequestFulfilment
from hub.model.intents import IntentOf
from hub.model.vocabulary import Kind
from sources.kit.stage import Stage
from sources.kit.taking import Stood, Taking, hands_for


@pytest.fixture
def requests(wms: Stage) -> Taking:
    return hands_for(wms, REQUEST_FULFILMENT)


async def test_nothing_bears_a_sample_until_somebody_makes_it(requests: Taking, wms: Stage) -> None:
    intent = await requests.sample()
    assert isinstance(intent.content, RequestFulfilment)
    assert await requests.bearing(intent) == []
    assert await requests.again(intent) is True
    (stood,) = await requests.bearing(intent)
    assert stood == Stood(source_id=stood.source_id, lines={"TSHIRT-M": Decimal(1)}, is_whole=True)
    (line,) = (await wms.truth(stood.source_id)).lines
    await wms.take_off(stood.source_id, line, 1)
    assert await requests.bearing(intent) == []


async def test_a_hopeless_one_is_of_what_nobody_keeps(requests: Taking) -> None:
    intent = await requests.hopeless()
    assert intent is not None
    assert isinstance(intent.content, RequestFulfilment)
    assert [line.sku for line in intent.content.lines] == ["TSHIRT-M", "NO-SUCH-ITEM"]


async def test_other_effects_are_none_of_theirs(requests: Taking) -> None:
    other = IntentOf(
        source="wms", kind=Kind.INVOICE, source_id="1", action="invoice.post", key="k", content=PostInvoice()
    )
    with pytest.raises(TypeError, match=r"invoice\.post is no request"):
        await requests.bearing(other)
