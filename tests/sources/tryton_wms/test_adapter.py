"""The adapter as a whole: what it reads, what it does not offer."""

from dataclasses import replace

import pytest

from hub.errors import Denied, NotOffered
from hub.model.vocabulary import Kind
from hub.ports import Found, Missing, Question, WebhookDelivery
from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from tests.sources.tryton_wms.conftest import CALL


async def test_a_shipment_is_read_as_either_that_it_is(wms: Stage) -> None:
    one = await wms.place(2)
    async with Bench(wms).adapter() as adapter:
        for first in (Kind.SHIPMENT, Kind.FULFILLMENT_ORDER):
            found = (await adapter.read(CALL, first, [one]))[one]
            assert isinstance(found, Found)
            assert [seen.source_id for seen in found.seen] == [one, one]
            assert found.seen[0].kind is first


async def test_every_id_has_its_answer_in_its_place(wms: Stage) -> None:
    one = await wms.place(1)
    strange = ["", "x", "-1", f"0{one}", "99999999999", "424242"]
    async with Bench(wms).adapter() as adapter:
        answers = await adapter.read(CALL, Kind.SHIPMENT, [*strange, one, one])
        assert list(answers) == [*strange, one]
        assert [answers[each] for each in strange] == [Missing()] * len(strange)
        wms.proxy.forget()
        assert await adapter.read(CALL, Kind.SHIPMENT, ["x"]) == {"x": Missing()}
        assert wms.proxy.exchanges == []


@pytest.mark.parametrize("kind", [Kind.PRODUCT, Kind.WAREHOUSE])
async def test_masters_are_read_by_id(wms: Stage, kind: Kind) -> None:
    async with Bench(wms).adapter() as adapter:
        sweep = adapter.describe().sweeps[kind][0].name
        seen = [one async for page in adapter.changes(CALL, kind, sweep, None) for one in page.found]
        answers = await adapter.read(CALL, kind, [one.source_id for one in seen])
        assert [answers[one.source_id] for one in seen] == [Found(seen=(one,)) for one in seen]


async def test_health_is_the_version_and_how_far_the_clocks_are_apart(wms: Stage) -> None:
    async with Bench(wms).adapter(skew=120) as adapter:
        health = await adapter.health(CALL)
    assert health.version == "6.0"
    assert health.clock_skew_seconds is not None
    assert -125 < health.clock_skew_seconds < -115


async def test_nothing_else_is_written_asked_or_believed(wms: Stage) -> None:
    bench = Bench(wms)
    intent = replace(bench.intent("1", [("1", 1)]), kind=Kind.ORDER)
    delivery = WebhookDelivery(headers={}, body=b"{}")
    async with bench.adapter() as adapter:
        for act in (adapter.execute(CALL, intent), adapter.resolve(CALL, intent)):
            with pytest.raises(NotOffered, match=r"does not carry out order\.cancel on ORDER"):
                await act
        with pytest.raises(NotOffered):
            await adapter.ask(CALL, Question(name="order.find", facts={}))
        with pytest.raises(NotOffered):
            await adapter.read(CALL, Kind.ORDER, ["1"])
        for kind, sweep in ((Kind.ORDER, "changed"), (Kind.SHIPMENT, "all"), (Kind.INVENTORY, "changed")):
            with pytest.raises(NotOffered):
                adapter.changes(CALL, kind, sweep, None)
        with pytest.raises(Denied):
            adapter.verify({}, b"{}")
        with pytest.raises(Denied):
            adapter.dedupe_key(delivery)
        with pytest.raises(Denied):
            adapter.parse(delivery)
