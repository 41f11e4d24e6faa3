"""The adapter as the hub meets it; the contract suite proves the rest."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from hub.errors import Denied, NotOffered, SourceBusy, SourceMisset, SourceRefused
from hub.model.intents import OutcomeState
from hub.model.vocabulary import Kind
from hub.ports import Adapter, Found, Missing, Question, WebhookDelivery
from sources.kit.chaos import Order, Trouble
from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from sources.tryton_erp.manifest import MANIFEST
from sources.tryton_erp.rehearsal.stage import TrytonErpStage
from tests.sources.tryton_erp.conftest import CALL


def hands(erp: Stage) -> TrytonErpStage:
    assert isinstance(erp, TrytonErpStage)
    return erp


async def test_health_tells_the_series_and_the_erps_clock(adapter: Adapter) -> None:
    health = await adapter.health(CALL)
    assert health.version == MANIFEST.contract_version
    assert health.clock_skew_seconds is not None
    assert abs(health.clock_skew_seconds) < 30


async def test_another_series_is_misset(erp: Stage, adapter: Adapter) -> None:
    erp.proxy.order(
        Order(trouble=Trouble.SPOIL, holding=b"common.server.version", change=lambda body: body.replace(b"8.2", b"6.0"))
    )
    with pytest.raises(SourceMisset, match=r"the ERP is Tryton 6.0, this adapter is for 8.2"):
        await adapter.health(CALL)


async def test_a_sale_is_found_by_number_and_by_reference_and_a_return_is_no_order(
    erp: Stage, adapter: Adapter
) -> None:
    desk = hands(erp).hands
    code = desk.code()
    order = await desk.place([2], reference=code)
    number = (await desk.order(order))["number"]
    back = await desk.sell(f"{code}-R1", [("MUG", "7.50", -1)], origin=order)
    for wanted, ids in ((code, (order,)), (f" {number} ", (order,)), (f"{code}-R1", ()), (code.lower(), ())):
        answer = await adapter.ask(CALL, Question(name="order.find", facts={"identifier": wanted}))
        assert answer.ids == ids
    found = await adapter.read(CALL, Kind.RETURN, [back, order])
    assert [type(one) for one in found.values()] == [Found, Missing]
    assert isinstance((await adapter.read(CALL, Kind.ORDER, [back]))[back], Missing)


async def test_two_sales_with_one_typed_reference_are_both_told(erp: Stage, adapter: Adapter) -> None:
    desk = hands(erp).hands
    both = [await desk.place([1], reference="PO-4711"), await desk.place([1], reference="PO-4711")]
    answer = await adapter.ask(CALL, Question(name="order.find", facts={"identifier": "PO-4711"}))
    assert list(answer.ids) == both


async def test_a_shipment_reads_as_the_kind_that_was_asked_for_first(erp: Stage, adapter: Adapter) -> None:
    order = await erp.place(2)
    await erp.ship(order)
    (shipment,) = (await erp.truth(order)).parcels
    for kind, other in ((Kind.SHIPMENT, Kind.FULFILLMENT_ORDER), (Kind.FULFILLMENT_ORDER, Kind.SHIPMENT)):
        found = (await adapter.read(CALL, kind, [shipment]))[shipment]
        assert isinstance(found, Found)
        assert [seen.kind for seen in found.seen] == [kind, other]


async def test_stock_is_read_by_position_and_a_strange_one_is_missing(adapter: Adapter) -> None:
    ids = ["4-1", "4-999", "999-1", "x"]
    pages = [page async for page in adapter.changes(CALL, Kind.INVENTORY, "stock", None)]
    real = pages[0].found[0].source_id
    found = await adapter.read(CALL, Kind.INVENTORY, [real, *ids[1:]])
    assert [type(one) for one in found.values()] == [Found, Missing, Missing, Missing]


async def test_a_part_of_a_quotation_is_refused_and_nothing_is_sent(erp: Stage, adapter: Adapter) -> None:
    bench, order = Bench(erp), await erp.place(4)
    (line,) = (await bench.content(adapter, order)).lines
    outcome = await adapter.execute(CALL, bench.intent(order, [(line.id, 1)]))
    assert outcome.state is OutcomeState.REFUSED
    assert outcome.words == "the ERP cancels a sale as a whole, not some of its units"
    assert bench.requests(erp.effect) == 0


async def test_a_sale_confirmed_in_between_is_taken_back_by_its_papers(erp: Stage, adapter: Adapter) -> None:
    bench, order = Bench(erp), await erp.place(1)
    intent = await bench.cancel(adapter, order)
    was, is_ = b'"state": "processing"', b'"state": "draft"'
    await hands(erp).hands.process(order)
    erp.proxy.order(Order(trouble=Trouble.SPOIL, holding=erp.reading, change=lambda body: body.replace(was, is_)))
    outcome = await adapter.execute(CALL, intent)
    assert outcome.state is OutcomeState.DONE
    sale = await hands(erp).hands.order(order)
    papers = [one["state"] for one in (*sale["shipments"], *sale["invoices"])]
    assert (sale["state"], papers) == ("done", ["cancelled", "cancelled"])


async def test_a_button_that_does_nothing_and_says_nothing_is_a_refusal(erp: Stage, adapter: Adapter) -> None:
    bench, order = Bench(erp), await erp.place(1)
    intent = await bench.cancel(adapter, order)
    erp.proxy.order(Order(trouble=Trouble.FAIL, holding=erp.effect, headers={"content-type": "application/json"},
                          change=lambda _: b'{"id": 1, "state": "quotation"}'))  # fmt: skip
    outcome = await adapter.execute(CALL, intent)
    assert (outcome.state, outcome.words) == (OutcomeState.REFUSED, "the source said yes, and did nothing")


async def test_a_row_that_is_locked_is_busy_and_nothing_was_done(erp: Stage, adapter: Adapter) -> None:
    bench, order = Bench(erp), await erp.place(1)
    intent = await bench.cancel(adapter, order)
    erp.proxy.order(Order(trouble=Trouble.FAIL, holding=erp.effect, status=503, headers={"content-type": "text/html"},
                          change=lambda _: b"<h1>could not obtain lock on row</h1>"))  # fmt: skip
    with pytest.raises(SourceBusy, match="did nothing"):
        await adapter.execute(CALL, intent)
    assert (await adapter.execute(CALL, intent)).state is OutcomeState.DONE


async def test_a_sale_that_is_not_there_is_refused(adapter: Adapter, erp: Stage) -> None:
    with pytest.raises(SourceRefused, match="no such sale"):
        await adapter.resolve(CALL, Bench(erp).intent("9000000", [("1", 1)]))


async def test_other_actions_kinds_and_sweeps_are_not_offered(adapter: Adapter, erp: Stage) -> None:
    intent = replace(Bench(erp).intent("1", [("1", 1)]), kind=Kind.SHIPMENT)
    with pytest.raises(NotOffered, match=r"order\.cancel on SHIPMENT"):
        await adapter.resolve(CALL, intent)
    with pytest.raises(NotOffered, match="reads no PAYMENT"):
        await adapter.read(CALL, Kind.PAYMENT, ["1"])
    with pytest.raises(NotOffered, match="no sweep open of SHIPMENT"):
        adapter.changes(CALL, Kind.SHIPMENT, "open", None)


async def test_nobody_is_believed_who_says_that_tryton_sent_it(adapter: Adapter) -> None:
    delivery = WebhookDelivery(headers={}, body=b"{}")
    calls: list[Callable[[], object]] = [
        lambda: adapter.verify({}, b"{}"),
        lambda: adapter.parse(delivery),
        lambda: adapter.dedupe_key(delivery),
    ]
    for call in calls:
        with pytest.raises(Denied, match="takes no deliveries"):
            call()
