"""The document of one fulfilment order."""

from __future__ import annotations

import pytest

from hub.flow.facts import KeptDelivery, KeptRecord
from hub.merge.ground import ground_of
from hub.merge.requests import assembled_request
from hub.model.effects import REQUEST_FULFILMENT, RequestFulfilment
from hub.model.intents import DeliveryState
from hub.model.observation import Content, NaturalKey
from hub.model.schemes import FULFILMENT_REQUEST
from hub.model.shipment import FulfillmentHandshake, FulfillmentOrder, FulfillmentOrderGroups, FulfillmentOrderLine
from hub.model.shipment import FulfillmentRequestStatus as Status
from hub.model.vocabulary import Kind
from tests.kit.facts import (
    ERP,
    SHOP,
    WMS,
    at,
    content,
    d,
    delivery,
    facts,
    line,
    link,
    order_record,
    record,
    shipment_record,
)

ORDER = order_record(SHOP, content(line("a", 3)))


def request(source: str, said: Content, source_id: str, **more: object) -> KeptRecord:
    links = (link("o1", Kind.ORDER), link("w1", Kind.WAREHOUSE))
    return record(
        source, Kind.FULFILLMENT_ORDER, said, (0, 1), entity_id="f1", source_id=source_id, links=links, **more
    )


def assembled(*records: KeptRecord) -> FulfillmentOrder:
    return assembled_request(ground_of(facts(ORDER, *records)), "f1", {("f1", "m"): "o1/1"})


def test_the_warehouse_answers_what_the_erp_asked() -> None:
    asked = request(ERP, Content(number="317", status="SUBMITTED", lines=(line("p", 3),)), "41")
    found = assembled(asked)
    assert (found.request_status, found.number, found.warehouse_id) == (Status.SUBMITTED, "317", "w1")
    answer = request(WMS, Content(number="9", status="ACCEPTED", lines=(line("m", 3, shipped=1),)), "9")
    found = assembled(asked, answer)
    assert (found.request_status, found.number, found.order_ids) == (Status.ACCEPTED, "9", ("o1",))
    assert found.lines == (
        FulfillmentOrderLine(sku="MUG", requested=d(3), accepted=d(3), filled=d(1), order_line_id="o1/1"),
    )
    silent = request(WMS, Content(number="9", status="ACCEPTED"), "9", lives=False)
    assert assembled(asked, silent).request_status is Status.SUBMITTED


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Content(status="REJECTED", lines=(line("m", 3),)), (0, 3)),
        (Content(status="ACCEPTED", lines=(line("m", 3, rejected=1),)), (2, 1)),
        (Content(status="SUBMITTED", lines=(line("m", 3, released=2),)), (2, 0)),
        (Content(status="SUBMITTED", lines=(line("m", 3),)), (0, 0)),
    ],
)
def test_what_is_not_told_line_by_line_follows_from_the_answer(said: Content, expected: tuple[int, int]) -> None:
    (found,) = assembled(request(WMS, said, "9")).lines
    assert (found.accepted, found.rejected) == tuple(map(d, expected))


ASKED = Content(
    number="317",
    status="SUBMITTED",
    lines=(line("p", 3),),
    bears=(NaturalKey(scheme=FULFILMENT_REQUEST, value="T4D7/317"),),
    fulfillment_order=FulfillmentOrderGroups(handshake=FulfillmentHandshake()),
)


def asking(state: DeliveryState, reference: str = "T4D7/317", source: str = WMS) -> KeptDelivery:
    content = RequestFulfilment(reference=reference, warehouse="WH", lines=())
    return delivery(source, state, action=REQUEST_FULFILMENT, content=content, confirm_by=at(900))


def judged(*rows: KeptDelivery, answer: Content | None = None) -> FulfillmentOrder:
    records = [request(ERP, ASKED, "41"), *([] if answer is None else [request(WMS, answer, "9")])]
    return assembled_request(ground_of(facts(ORDER, *records, deliveries=rows)), "f1", {})


@pytest.mark.parametrize("state", [DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.UNKNOWN])
def test_the_answer_is_due_when_the_hub_expects_it(state: DeliveryState) -> None:
    found = judged(asking(state))
    assert found.request_status is Status.SUBMITTED
    assert found.groups.handshake == FulfillmentHandshake(ack_due_at=at(900))


def test_nothing_is_due_of_another_request_or_once_a_warehouse_has_it() -> None:
    said = Content(status="ACCEPTED", fulfillment_order=FulfillmentOrderGroups(handshake=FulfillmentHandshake()))
    for found in (judged(asking(DeliveryState.PENDING, "T4D7/318")), judged(asking(DeliveryState.DONE), answer=said)):
        assert found.groups.handshake == FulfillmentHandshake()
        assert found.request_status is not Status.REJECTED


def test_it_is_rejected_once_every_warehouse_that_was_asked_has_said_no() -> None:
    refused, other = asking(DeliveryState.REFUSED), asking(DeliveryState.PENDING, source="wms2")
    assert judged(refused).request_status is Status.REJECTED
    assert [one.rejected for one in judged(refused).lines] == [d(3)]
    assert judged(refused, other).request_status is Status.SUBMITTED
    assert judged(refused, answer=Content(status="ACCEPTED")).request_status is Status.ACCEPTED


def test_shipments_that_are_one_object_with_it_answer_it() -> None:
    answer = request(WMS, Content(status="ACCEPTED"), "9")
    same, other = (shipment_record(WMS, Content(), source_id=name, entity_id=f"s{name}") for name in ("9", "10"))
    pointing = shipment_record(ERP, Content(), entity_id="s2", links=(link("f1", Kind.FULFILLMENT_ORDER),))
    assert assembled(answer, same, other, pointing).shipment_ids == ("s2", "s9")
