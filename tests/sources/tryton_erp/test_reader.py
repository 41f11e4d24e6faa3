"""Pages of records."""

import pytest

from hub.errors import SourceGarbled
from hub.model.vocabulary import Kind
from hub.ports import Adapter, Failed, Found, Missing
from sources.kit.chaos import Order, Trouble
from sources.kit.stage import Stage
from sources.tryton_erp.reader import is_id
from tests.sources.tryton_erp.conftest import CALL


@pytest.mark.parametrize("strange", ["", "0", "-1", "01", "1e9", "x", "99999999999", "²"])
def test_only_whole_numbers_without_decoration_are_ids(strange: str) -> None:
    assert not is_id(strange)
    assert is_id("4711")


async def test_a_money_that_is_none_fails_alone(erp: Stage, adapter: Adapter) -> None:
    orders = [await erp.place(1), await erp.place(2)]
    number = (await erp.truth(orders[0])).gross
    erp.proxy.order(
        Order(trouble=Trouble.SPOIL, holding=erp.reading,
              change=lambda body: body.replace(f'"decimal": "{number}"'.encode(), b'"decimal": "much"'))
    )  # fmt: skip
    answers = await adapter.read(CALL, Kind.ORDER, orders)
    assert [type(one) for one in answers.values()] == [Failed, Found]
    failed = answers[orders[0]]
    assert isinstance(failed, Failed)
    assert failed.reason == "$[1]: not a number: 'much'"


async def test_a_record_without_an_id_spoils_the_page(erp: Stage, adapter: Adapter) -> None:
    order = await erp.place(1)
    erp.proxy.order(
        Order(trouble=Trouble.SPOIL, holding=erp.reading, change=lambda body: body.replace(b'"id"', b'"key"'))
    )
    with pytest.raises(SourceGarbled, match=r"\$\[0\]"):
        await adapter.read(CALL, Kind.ORDER, [order])


@pytest.mark.parametrize("kind", [Kind.CUSTOMER, Kind.PRODUCT, Kind.WAREHOUSE, Kind.PRICE_REFERENCE])
async def test_master_data_is_read_by_id(adapter: Adapter, kind: Kind) -> None:
    pages = [page async for page in adapter.changes(CALL, kind, "changed", None)]
    told = [seen for page in pages for seen in page.found if seen.content is not None]
    answers = await adapter.read(CALL, kind, [told[0].source_id, "999999"])
    assert [type(one) for one in answers.values()] == [Found, Missing]
