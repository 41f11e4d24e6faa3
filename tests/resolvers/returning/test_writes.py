"""The seven mutations of returns over a store; the surface's own documents as they stand."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.model.effects import CREATE_RETURN, INSPECT_RETURN, POST_INVOICE, RECEIVE_RETURN, REFUND, TAKE_BACK
from hub.model.manifest import Idempotency, Landscape, Manifest, Read, Write
from hub.model.observation import Content, NaturalKey
from hub.model.order import OrderCommercial, OrderGroups
from hub.model.place import WarehouseGroups
from hub.model.returns import ReturnGroups
from hub.model.schemes import ORDER_CODE, RETURN_CODE, WAREHOUSE_CODE
from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.graph import REP, Graph, graph_over
from tests.kit.merging import ERP, SHOP, START, WMS, Looking, landscape, line, manifest, order, own, seen
from tests.kit.surface import document
from tests.kit.things import euros

CODE, RMA = "SO-10051", "RMA-0007"
FIELDS = """return {number status physicalState financialState suggestedRefund {amount} refunded {amount}
    suggestedRefundParts {kind lineNo amount {amount}}
    lines {lineNo sku requested authorized received inspected missing extra dispositionTaken}
    allowedActions {action enabled reasonCode} systems {system state}}
  userErrors {code field message} operation {action state done} replayed dryRun consequences {system source}"""
REQUEST = f"""mutation Q($input: ReturnRequestInput!, $key: String = "k") {{
  returnRequest(input: $input) @idempotent(key: $key) {{{FIELDS}}} }}"""
WRITE = Write(idempotency=Idempotency.LOOKUP, longest_call=timedelta(seconds=30))


def act(name: str) -> str:
    """A mutation of a return that stands."""
    kind = name[0].upper() + name[1:]
    return f"""mutation Q($input: {kind}Input!, $key: String = "k") {{
  {name}(input: $input) @idempotent(key: $key) {{{FIELDS}}} }}"""


def offering(name: str, *actions: str) -> Manifest:
    """A source that takes these actions."""
    made = manifest(name)
    reads = {kind: Read(batch=100) for kind in (Kind.ORDER, Kind.RETURN, Kind.CREDIT_MEMO)}
    return replace(made, writes={**made.writes, **dict.fromkeys(actions, WRITE)}, reads={**made.reads, **reads})


def places() -> Landscape:
    """A shop, an ERP and a warehouse that carry returns."""
    erp = offering(ERP, CREATE_RETURN, RECEIVE_RETURN, INSPECT_RETURN, POST_INVOICE)
    wms = offering(WMS, CREATE_RETURN, RECEIVE_RETURN, INSPECT_RETURN)
    return landscape({SHOP: offering(SHOP, TAKE_BACK, REFUND), ERP: erp, WMS: wms})


def sold(source: str, **more: Any) -> Content:  # Any: fields of Content
    head = OrderCommercial(
        placed_at=START, currency_code="EUR", total=euros("193.60"), net=euros("160.00"), tax=euros("33.60")
    )
    lines = (line("1", 12, "MUG", shipped=12), line("2", 4, "TSHIRT-M", shipped=4))
    return order(CODE, *lines, order=OrderGroups(commercial=head), status="SHIPPED", bears=(), **more)


def allowed(source: str) -> Content:
    code = NaturalKey(scheme=RETURN_CODE, value=RMA)
    named = own(ERP, Kind.ORDER, "7")
    return Content(
        return_=ReturnGroups(),
        number=RMA if source == ERP else "71",
        status="AUTHORIZED",
        bears=(code,) if source == ERP else (),
        refers=(named,) if source == ERP else (code,),
        lines=(replace(line("1", 3, "MUG", returned=0)),),
    )


@pytest.fixture
async def looking(store: Store) -> Looking:
    """The order of the demo's story, shipped, of which three mugs may come back; and one of another account."""
    looking = Looking(store, places())
    code = NaturalKey(scheme=ORDER_CODE, value=CODE)
    place = Content(warehouse=WarehouseGroups(), number="WH", bears=(NaturalKey(scheme=WAREHOUSE_CODE, value="WH"),))
    await looking.write(
        seen((WMS, Kind.WAREHOUSE, "1"), place),
        seen((SHOP, Kind.ORDER, "1"), replace(sold(SHOP, account="acme"), bears=(code,))),
        seen((ERP, Kind.ORDER, "7"), replace(sold(ERP, refers=(code,)), number="317", status="VALIDATED")),
        seen((ERP, Kind.RETURN, "9"), allowed(ERP)),
        seen((WMS, Kind.RETURN, "71"), allowed(WMS)),
        seen((SHOP, Kind.ORDER, "2"), order("Q9ZZ", line("1", 3, shipped=3), account="beta")),
    )
    return looking


@pytest.fixture
def graph(store: Store, serving: Store, tailing: Store) -> Graph:
    return graph_over((store, serving, tailing), places())


async def ask(graph: Graph, key: str = "k", **said: Any) -> dict[str, Any]:  # Any: fields of the input
    one = {"lineNo": 2, "quantity": "1", "reason": "DEFECTIVE"}
    given = {"order": {"identifier": CODE}, "lines": [one]} | said
    answer: dict[str, Any] = (await graph.data(REQUEST, variables={"input": given, "key": key}))["returnRequest"]
    return answer


async def on(graph: Graph, name: str, key: str, **said: Any) -> dict[str, Any]:  # Any: as above
    given = {"return": {"identifier": RMA}} | said
    answer: dict[str, Any] = (await graph.data(act(name), variables={"input": given, "key": key}))[name]
    return answer


async def rows(looking: Looking) -> tuple[int, ...]:
    """How many rows there are of what a command writes."""
    return tuple([await looking.count(table) for table in ("command", "delivery", "record", "entity", "outbox")])


async def test_the_surface_s_documents_carry_a_return_to_its_refund(graph: Graph, looking: Looking) -> None:
    asked = (await graph.data(document("RequestReturn")))["returnRequest"]
    assert (asked["userErrors"], asked["return"]["status"]) == ([], "AUTHORIZED")
    assert asked["return"]["number"].startswith("RMA-H")
    assert asked["return"]["suggestedRefund"] == {"amount": "12.10"}
    came = (await graph.data(document("ReceiveReturn")))["returnReceive"]
    assert came["userErrors"] == []
    assert came["return"] == {
        "status": "PARTIALLY_RECEIVED",
        "physicalState": "PARTIAL",
        "lines": [{"lineNo": 1, "authorized": "3", "received": "2"}],
    }
    looked = (await graph.data(document("InspectReturn")))["returnInspect"]
    assert (looked["return"]["status"], looked["return"]["suggestedRefund"]) == ("INSPECTED", {"amount": "24.20"})
    assert looked["return"]["lines"] == [{"dispositionRequested": None, "dispositionTaken": "SCRAP"}]
    before = await rows(looking)
    dry = (await graph.data(document("RefundReturn")))["returnRefund"]
    assert (dry["dryRun"], dry["userErrors"], await rows(looking)) == (True, [], before)
    paid = (await graph.data(document("RefundReturn"), variables={"dryRun": False}))["returnRefund"]
    assert (paid["userErrors"], paid["operation"]["state"], paid["operation"]["done"]) == ([], "QUEUED", False)
    again = await on(graph, "returnRefund", "other")
    assert [one["code"] for one in again["userErrors"]] == ["EXCEEDS_REFUNDABLE"]
    codes = await looking.rows("select code from exception_case where status not in ('RESOLVED', 'CLOSED')")
    assert codes == [("RETURN_DISCREPANCY",)]


async def test_what_people_say_is_told_to_every_system_that_must_know(graph: Graph, looking: Looking) -> None:
    await ask(graph, authorize=True)
    await graph.data(document("ReceiveReturn"))
    await graph.data(document("InspectReturn"))
    keys = [row[0] for row in await looking.rows("select key from delivery order by key")]
    assert keys == [
        "erp/receive:RMA-0007", "erp/return:SO-10051-R1", "shop/return:RMA-0007", "wms/receive:RMA-0007",
        "wms/return:SO-10051-R1",
    ]  # fmt: skip


async def test_the_same_key_answers_what_the_first_one_did(graph: Graph, looking: Looking) -> None:
    first = await ask(graph)
    before = await rows(looking)
    again = await ask(graph)
    assert (again["replayed"], again["return"]) == (True, first["return"])
    assert await rows(looking) == before
    other = await ask(graph, "k2")
    assert other["return"]["number"] != first["return"]["number"]
    known = await looking.rows("select value from identity where scheme = 'return.code' and source = 'hub' order by 1")
    assert known == [("SO-10051-R1",), ("SO-10051-R2",)]


async def test_a_dry_run_asks_for_nothing_and_claims_no_key(graph: Graph, looking: Looking) -> None:
    before = await rows(looking)
    dry = await ask(graph, authorize=True, dryRun=True)
    assert (dry["return"], dry["operation"], dry["userErrors"], dry["dryRun"]) == (None, None, [], True)
    assert [one["source"] for one in dry["consequences"]] == ["erp", "wms"]
    assert await rows(looking) == before
    real = await ask(graph, authorize=True)
    assert (real["replayed"], real["consequences"]) == (False, dry["consequences"])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"lines": [{"lineNo": 2, "quantity": "5", "reason": "DEFECTIVE"}]}, "EXCEEDS_RETURNABLE"),
        ({"lines": [{"lineNo": 1, "quantity": "10", "reason": "DEFECTIVE"}]}, "EXCEEDS_RETURNABLE"),
        ({"lines": [{"lineNo": 2, "quantity": "0", "reason": "DEFECTIVE"}]}, "QUANTITY_INVALID"),
        ({"lines": [{"lineNo": 2, "quantity": "0.5", "reason": "DEFECTIVE"}]}, "QUANTITY_INVALID"),
        ({"lines": []}, "REQUIRED"),
        ({"order": {"identifier": "NOBODY"}}, "NOT_FOUND"),
        ({"type": "REPAIR"}, "CAPABILITY_ABSENT"),
        ({"type": "EXCHANGE"}, "REQUIRED"),
        ({"note": "\x00"}, "INVALID"),
    ],
)
async def test_what_cannot_be_asked_writes_nothing(
    graph: Graph, looking: Looking, said: dict[str, Any], code: str
) -> None:
    before = await rows(looking)
    answer = await ask(graph, **said)
    assert ([one["code"] for one in answer["userErrors"]], answer["return"]) == ([code], None)
    assert await rows(looking) == before


async def test_a_portal_asks_for_its_own_and_decides_nothing(graph: Graph, looking: Looking) -> None:
    portal = replace(REP, account="beta")
    before = await rows(looking)
    one = {"lineNo": 1, "quantity": "1", "reason": "DEFECTIVE"}
    given = {"order": {"identifier": CODE}, "lines": [one]}
    foreign = (await graph.data(REQUEST, portal, variables={"input": given}))["returnRequest"]
    assert [error["code"] for error in foreign["userErrors"]] == ["NOT_FOUND"]
    own_ = given | {"order": {"identifier": "Q9ZZ"}}
    refused = await graph.answer(REQUEST, portal, variables={"input": own_ | {"authorize": True}})
    assert refused.errors is not None
    assert await rows(looking) == before
    asked = (await graph.data(REQUEST, portal, variables={"input": own_}))["returnRequest"]
    assert (asked["return"]["status"], {one["reasonCode"] for one in asked["return"]["allowedActions"]}) == (
        "REQUESTED",
        {"FORBIDDEN"},
    )


async def test_goods_for_no_warehouse_and_a_closed_return_write_nothing(graph: Graph, looking: Looking) -> None:
    lines = [{"lineNo": 1, "quantity": "1", "condition": "NEW"}]
    before = await rows(looking)
    nowhere = await on(graph, "returnReceive", "k1", warehouse="ATLANTIS", lines=lines)
    assert [one["code"] for one in nowhere["userErrors"]] == ["NOT_FOUND"]
    assert await rows(looking) == before
    closed = await on(graph, "returnClose", "k2")
    assert closed["return"]["status"] == "CLOSED"
    before = await rows(looking)
    late = await on(graph, "returnReceive", "k3", warehouse="WH", lines=lines)
    assert [one["code"] for one in late["userErrors"]] == ["NOT_ALLOWED_IN_STATUS"]
    assert await rows(looking) == before


async def test_of_two_refunds_at_once_one_wins(graph: Graph, looking: Looking) -> None:
    await graph.data(document("ReceiveReturn"))
    await graph.data(document("InspectReturn"))
    both = await asyncio.gather(*(on(graph, "returnRefund", key) for key in ("k1", "k2")))
    codes = sorted(str([one["code"] for one in answer["userErrors"]]) for answer in both)
    assert codes == ["['EXCEEDS_REFUNDABLE']", "[]"]


async def test_asking_allowing_and_refusing(graph: Graph, looking: Looking) -> None:
    number = (await ask(graph))["return"]["number"]
    named = {"return": {"identifier": number}}
    allowed_ = await on(graph, "returnAuthorize", "k1", **named)
    assert (allowed_["return"]["status"], allowed_["operation"]["state"]) == ("AUTHORIZED", "QUEUED")
    late = await on(graph, "returnDecline", "k2", **named)
    assert [one["code"] for one in late["userErrors"]] == ["NOT_ALLOWED_IN_STATUS"]
    other = {"return": {"identifier": (await ask(graph, "other"))["return"]["number"]}}
    declined = await on(graph, "returnDecline", "k3", note="worn", **other)
    assert (declined["return"]["status"], declined["return"]["physicalState"]) == ("DECLINED", "NOT_EXPECTED")


async def test_the_order_counts_what_its_returns_ask_and_bring(graph: Graph, looking: Looking) -> None:
    await ask(graph, authorize=True)
    await graph.data(document("ReceiveReturn"))
    text = """{order(by: {identifier: "SO-10051"}) {facets {return} lines {sku quantities {returnRequested returned}}
      returns {status}}}"""
    said = (await graph.data(text))["order"]
    assert said["facets"]["return"] == "PARTIAL"
    assert said["lines"] == [
        {"sku": "MUG", "quantities": {"returnRequested": "3", "returned": "2"}},
        {"sku": "TSHIRT-M", "quantities": {"returnRequested": "1", "returned": "0"}},
    ]
