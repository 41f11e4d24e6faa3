"""Every mutation with input that cannot be right: a typed answer, and not one row more in any table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hub.model.ids import global_id
from hub.store.store import Store
from hub.store.tables import metadata
from hub.write.desk import Asking
from resolvers.errors import shown
from tests.kit.entering import REP as CLERK
from tests.kit.entering import desk_of, opened, sources, submission
from tests.kit.graph import CORE, OPS, Graph, graph_over
from tests.kit.merging import Looking

BOSS = replace(OPS, scopes=OPS.scopes | {"orders:approve", "webhooks:manage"})
ORDER = {"order": {"identifier": "PO-1"}}
NOBODY = {"order": {"identifier": "NOBODY-KNOWS"}}
NOTHING = {"return": {"identifier": "NOBODY-KNOWS"}}
PARTNER = {"name": "partner", "url": "https://partner.example/hook", "kinds": ["ORDER"]}
UNKNOWN = {"endpoint": "nobody"}
HOME = {"name": "ACME", "lines": ["Rue Haute 1"], "city": "Brussels", "country": "BE"}
SOUND = {"channel": "CS", "customer": {"identifier": "ACME"}, "currencyCode": "EUR", "shipTo": HOME}
KINDS = ("ExceptionCase", "DeadLetter", "Operation", "Customer")
CASE, LETTER, OPERATION, CUSTOMER = (global_id(kind, "nothing") for kind in KINDS)


def lines(*changes: dict[str, Any]) -> list[dict[str, Any]]:  # Any: fields of a line
    return [{"lineRef": str(at), "sku": "MUG", "quantity": "1"} | one for at, one in enumerate(changes or ({},))]


def bought(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:  # Any: fields of the input
    return SOUND | {"lines": lines(*changes)} | more


MANY = [{"lineRef": str(at), "sku": "MUG", "quantity": "1"} for at in range(10_000)]
DOLLARS = {"unitPrice": {"amount": "1", "currencyCode": "USD"}}
BACK = {"lineNo": 1, "quantity": "1", "reason": "DEFECTIVE"}
CAME = {"lineNo": 1, "quantity": "1", "condition": "DEFECTIVE"}
JUDGED = {"lineNo": 1, "quantity": "1", "dispositionTaken": "SCRAP"}
EUROS = {"unitPrice": {"amount": "1", "currencyCode": "EUR"}}


def swap(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:  # Any: fields of a line, and of the input
    """A mug for other mugs."""
    out = [{"sku": "MUG", "quantity": "1"} | one for one in changes]
    return {"lines": [BACK], "type": "EXCHANGE", "exchangeLines": out} | more


MORE = {"lines": [{"lineNo": 1, "quantity": "13"}]}
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("orderSubmit", bought(currencyCode="USD"), "CURRENCY_MISMATCH"),
    ("orderSubmit", bought(DOLLARS), "CURRENCY_MISMATCH"),
    ("orderSubmit", bought({"quantity": "-1"}), "QUANTITY_INVALID"),
    ("orderSubmit", bought({"quantity": "1.5"}), "QUANTITY_INVALID"),
    ("orderSubmit", bought({"quantity": "0"}), "QUANTITY_INVALID"),
    ("orderSubmit", bought({"sku": "NEVER-HEARD"}), "UNKNOWN_SKU"),
    ("orderSubmit", bought({"sku": "RELIC"}), "UNKNOWN_SKU"),
    ("orderSubmit", bought(customer={"identifier": "BETA"}), "CUSTOMER_BLOCKED"),
    ("orderSubmit", bought(customer={"identifier": "NOBODY"}), "NOT_FOUND"),
    ("orderSubmit", bought({}, {"lineRef": "0"}), "DUPLICATE_LINE"),
    ("orderSubmit", bought() | {"lines": MANY}, "LIMIT_EXCEEDED"),
    ("orderSubmit", bought() | {"lines": MANY[:501]}, "LIMIT_EXCEEDED"),
    ("orderSubmit", bought(requestedDeliveryDate="2020-01-01"), "INVALID"),
    ("orderSubmit", bought(channel="moon"), "NOT_FOUND"),
    ("orderCancel", NOBODY | {"reason": "CUSTOMER"}, "NOT_FOUND"),
    ("orderCancel", ORDER | {"reason": "CUSTOMER", "lines": [{"lineNo": 9, "quantity": "1"}]}, "NOT_FOUND"),
    ("orderCancel", ORDER | {"reason": "CUSTOMER", "lines": [{"lineNo": 1, "quantity": "-1"}]}, "QUANTITY_INVALID"),
    ("orderCancel", ORDER | {"reason": "CUSTOMER", "lines": [{"lineNo": 1, "quantity": "0.5"}]}, "QUANTITY_INVALID"),
    ("orderCancel", ORDER | {"reason": "CUSTOMER"} | MORE, "QUANTITY_INVALID"),
    ("orderCancel", ORDER | {"reason": "CUSTOMER", "lines": [{"lineNo": 1, "quantity": "1"}] * 2}, "DUPLICATE_LINE"),
    ("orderCancel", ORDER | {"reason": "CUSTOMER", "expectedVersion": 99}, "CONFLICT"),
    ("orderAmend", NOBODY | {"shipTo": HOME}, "NOT_FOUND"),
    ("orderAmend", ORDER | MORE, "QUANTITY_INVALID"),
    ("orderAmend", ORDER | {"add": lines({"quantity": "-1"})}, "QUANTITY_INVALID"),
    ("orderAmend", ORDER | {"add": lines({"sku": "NEVER-HEARD"})}, "UNKNOWN_SKU"),
    ("orderAmend", ORDER | {"add": lines(DOLLARS)}, "CURRENCY_MISMATCH"),
    ("orderAmend", ORDER | {"add": lines({}, {"lineRef": "0"})}, "DUPLICATE_LINE"),
    ("orderAmend", ORDER | {"add": MANY}, "LIMIT_EXCEEDED"),
    ("orderAmend", ORDER | {"requestedDeliveryDate": "2020-01-01"}, "INVALID"),
    ("orderAmend", ORDER | {"shipTo": HOME | {"lines": []}}, "REQUIRED"),
    ("orderAmend", ORDER | {"shipTo": HOME, "expectedVersion": 99}, "CONFLICT"),
    ("orderReleaseToWarehouse", NOBODY, "NOT_FOUND"),
    ("orderReleaseToWarehouse", ORDER | {"expectedVersion": 99}, "CONFLICT"),
    ("skuMappingSet", {"source": "moon", "externalSku": "X", "sku": "MUG"}, "NOT_FOUND"),
    ("skuMappingSet", {"source": "shop", "externalSku": "X", "sku": "NEVER-HEARD"}, "UNKNOWN_SKU"),
    ("skuMappingSet", {"source": "shop", "externalSku": "X", "sku": "MUG", "packFactor": "-1"}, "QUANTITY_INVALID"),
    ("exceptionCaseAssign", {"ids": [CASE], "assignee": "anna"}, "NOT_FOUND"),
    ("exceptionCaseAssign", {"ids": [], "assignee": "anna"}, "LIMIT_EXCEEDED"),
    ("exceptionCaseResolve", {"ids": [CASE]}, "NOT_FOUND"),
    ("deadLetterReplay", {"select": {"ids": [LETTER]}, "reason": "mended"}, "NOT_FOUND"),
    ("deadLetterDiscard", {"select": {"ids": [LETTER]}, "reason": ""}, "REQUIRED"),
    ("deadLetterResolve", {"select": {"ids": [LETTER]}, "outcome": "DONE", "reason": "seen"}, "NOT_FOUND"),
    ("operationApprove", {"operation": OPERATION}, "NOT_FOUND"),
    ("operationRefuse", {"operation": OPERATION, "reason": "no"}, "NOT_FOUND"),
    ("orderHoldPlace", NOBODY | {"type": "MANUAL_CS"}, "NOT_FOUND"),
    ("orderHoldPlace", ORDER | {"type": "MANUAL_CS", "expectedVersion": 99}, "CONFLICT"),
    ("orderHoldRelease", ORDER | {"holdIds": [CASE]}, "NOT_FOUND"),
    ("orderNoteAdd", NOBODY | {"text": "hello"}, "NOT_FOUND"),
    ("orderNoteAdd", ORDER | {"text": " "}, "REQUIRED"),
    ("returnRequest", NOBODY | {"lines": [BACK]}, "NOT_FOUND"),
    ("returnRequest", ORDER | {"lines": []}, "REQUIRED"),
    ("returnRequest", ORDER | {"lines": [BACK]}, "EXCEEDS_RETURNABLE"),
    ("returnRequest", ORDER | {"lines": [BACK | {"quantity": "-1"}]}, "QUANTITY_INVALID"),
    ("returnRequest", ORDER | {"lines": [BACK | {"quantity": "0.5"}]}, "QUANTITY_INVALID"),
    ("returnRequest", ORDER | {"lines": [BACK, BACK]}, "DUPLICATE_LINE"),
    ("returnRequest", ORDER | {"lines": [BACK | {"lineNo": 9}]}, "NOT_FOUND"),
    ("returnRequest", ORDER | {"lines": [BACK | {"dispositionRequested": "UNKNOWN"}]}, "INVALID"),
    ("returnRequest", ORDER | {"lines": [BACK], "type": "REPAIR"}, "CAPABILITY_ABSENT"),
    ("returnRequest", ORDER | {"lines": [BACK], "type": "EXCHANGE"}, "REQUIRED"),
    ("returnRequest", ORDER | {"lines": [BACK], "type": "EXCHANGE", "exchangeLines": []}, "REQUIRED"),
    ("returnRequest", ORDER | swap({}, type="REFUND"), "INVALID"),
    ("returnRequest", ORDER | swap({}, type="REPLACEMENT"), "INVALID"),
    ("returnRequest", ORDER | swap({"sku": "NEVER-HEARD"}), "UNKNOWN_SKU"),
    ("returnRequest", ORDER | swap({"sku": "RELIC"}), "UNKNOWN_SKU"),
    ("returnRequest", ORDER | swap({"sku": ""}), "UNKNOWN_SKU"),
    ("returnRequest", ORDER | swap({"quantity": "-1"}), "QUANTITY_INVALID"),
    ("returnRequest", ORDER | swap({"quantity": "0.5"}), "QUANTITY_INVALID"),
    ("returnRequest", ORDER | swap({"quantity": "9999999"}), "QUANTITY_INVALID"),
    ("returnRequest", ORDER | swap({"unit": "LTR"}), "UNIT_INVALID"),
    ("returnRequest", ORDER | swap(DOLLARS), "CURRENCY_MISMATCH"),
    ("returnRequest", ORDER | swap({"unitPrice": {"amount": "-1", "currencyCode": "EUR"}}), "INVALID"),
    ("returnRequest", ORDER | swap({}), "REQUIRED"),
    ("returnRequest", ORDER | swap(*[{}] * 501), "LIMIT_EXCEEDED"),
    ("returnRequest", ORDER | swap(EUROS), "EXCEEDS_RETURNABLE"),
    ("returnCancel", NOTHING, "NOT_FOUND"),
    ("returnAuthorize", NOTHING, "NOT_FOUND"),
    ("returnDecline", NOTHING, "NOT_FOUND"),
    ("returnReceive", NOTHING | {"warehouse": "WH", "lines": [CAME]}, "NOT_FOUND"),
    ("returnInspect", NOTHING | {"lines": [JUDGED]}, "NOT_FOUND"),
    ("returnRefund", NOTHING, "NOT_FOUND"),
    ("returnClose", NOTHING, "NOT_FOUND"),
    ("webhookEndpointSet", PARTNER | {"url": "ftp://partner.example"}, "INVALID"),
    ("webhookEndpointSet", PARTNER | {"url": "http://127.0.0.1/hook"}, "INVALID"),
    ("webhookEndpointSet", PARTNER | {"kinds": []}, "REQUIRED"),
    ("webhookEndpointSet", PARTNER | {"document": "{ nothing }"}, "INVALID"),
    ("webhookSecretRotate", UNKNOWN, "NOT_FOUND"),
    ("webhookEndpointRemove", UNKNOWN, "NOT_FOUND"),
    ("webhookEndpointDisable", UNKNOWN | {"reason": "moved"}, "NOT_FOUND"),
    ("webhookEndpointDisable", UNKNOWN | {"reason": " "}, "REQUIRED"),
    ("webhookEndpointEnable", UNKNOWN, "NOT_FOUND"),
    ("webhookDeliveryReplay", UNKNOWN | {"dead": True}, "NOT_FOUND"),
    ("webhookDeliveryDiscard", UNKNOWN | {"deliveryIds": [LETTER]}, "NOT_FOUND"),
    ("noticePreferenceSet", {"customerId": CUSTOMER, "channel": "EMAIL", "wants": []}, "NOT_FOUND"),
    ("noticeResend", {"noticeIds": [LETTER]}, "NOT_FOUND"),
    ("noticeResend", {"noticeIds": []}, "REQUIRED"),
]


@pytest.fixture
async def looking(store: Store) -> Looking:
    """A hub through which one order came."""
    looking = await opened(store)
    await desk_of(looking).submit(CLERK, await submission(looking, po_number="PO-1"), Asking(key="first"))
    return looking


@pytest.fixture
def graph(store: Store, serving: Store, tailing: Store, looking: Looking) -> Graph:
    return graph_over((store, serving, tailing), sources())


async def counts(looking: Looking) -> dict[str, int]:
    """Rows of every table."""
    return {name: await looking.count(name) for name in sorted(metadata.tables)}


async def codes(graph: Graph, mutation: str, given: dict[str, Any], key: str) -> list[str]:
    """How a mutation refuses its input: by errors of the user's, or of the request."""
    kind = mutation[0].upper() + mutation[1:]
    text = f"""mutation Q($input: {kind}Input!, $key: String!) {{
      {mutation}(input: $input) @idempotent(key: $key) {{ userErrors {{ code message }} }} }}"""
    said = await graph.answer(text, BOSS, variables={"input": given, "key": key})
    if said.errors:
        return [shown(one.original_error).code if one.original_error else str(one) for one in said.errors]
    assert said.data is not None
    return [one["code"] for one in said.data[mutation]["userErrors"]]


async def test_every_mutation_refuses_in_kind_what_cannot_be_right_and_writes_nothing(
    graph: Graph, looking: Looking
) -> None:
    before, wrong = await counts(looking), []
    for number, (mutation, given, code) in enumerate(BAD):
        said = await codes(graph, mutation, given, f"k{number}")
        after = await counts(looking)
        if code not in said or after != before:
            told = {name: value for name, value in given.items() if value is not MANY}
            wrong.append((mutation, told, said, {n: (before[n], after[n]) for n in after if before[n] != after[n]}))
            before = after
    assert wrong == []


def test_every_mutation_is_tried() -> None:
    mutations = CORE.mutation_type
    assert mutations is not None
    assert {mutation for mutation, _, _ in BAD} == set(mutations.fields)


async def test_five_hundred_lines_are_taken_and_one_more_is_not(graph: Graph, looking: Looking) -> None:
    assert await codes(graph, "orderSubmit", bought() | {"lines": MANY[:500]}, "most") == []
    assert await codes(graph, "orderSubmit", bought() | {"lines": MANY[:501]}, "more") == ["LIMIT_EXCEEDED"]
    rows = await looking.rows("select jsonb_array_length(doc -> 'lines') from entity where kind = 'ORDER' order by 1")
    assert [row[0] for row in rows] == [1, 500]
