"""`orderSubmit` over a real store: what it answers, to whom, and what it never does."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from hub.errors import KeyRequired
from hub.model.ids import global_id
from hub.store.store import Store
from resolvers.errors import shown
from tests.kit.entering import opened, sources
from tests.kit.graph import REP, Graph, graph_over
from tests.kit.merging import Looking

FIELDS = """
  order { number status statusText lines { lineNo sku quantities { ordered } } }
  userErrors { code field message } operation { state done perSystem { source } }
  consequences { source text } dryRun replayed correlationId
"""
SUBMIT = f"""mutation Q($input: OrderSubmitInput!, $key: String!) {{
  orderSubmit(input: $input) @idempotent(key: $key) {{{FIELDS}}}
}}"""
BARE = f"mutation Q($input: OrderSubmitInput!) {{orderSubmit(input: $input) {{{FIELDS}}}}}"
HOME = {"name": "ACME", "lines": ["Rue Haute 1"], "city": "Brussels", "country": "BE"}
SOUND: dict[str, Any] = {
    "channel": "CS",
    "channelOrderId": None,
    "poNumber": "PO-1",
    "customer": {"identifier": "ACME"},
    "currencyCode": "EUR",
    "lines": [{"lineRef": "1", "sku": "MUG", "quantity": "12"}],
    "shipTo": HOME,
    "billTo": HOME,
    "shippingService": "express",
    "requestedDeliveryDate": "2099-01-01",
    "partialPolicy": "ALLOW",
    "note": "a note",
}


@pytest.fixture
async def looking(store: Store) -> Looking:
    return await opened(store)


@pytest.fixture
def graph(store: Store, serving: Store, tailing: Store, looking: Looking) -> Graph:
    return graph_over((store, serving, tailing), sources())


async def submit(graph: Graph, key: str = "k", **said: Any) -> dict[str, Any]:  # Any: fields of the input
    answer: dict[str, Any] = await graph.data(SUBMIT, variables={"input": SOUND | said, "key": key})
    found: dict[str, Any] = answer["orderSubmit"]
    return found


async def test_an_order_is_answered_with_its_number_its_sentence_and_its_operation(
    graph: Graph, looking: Looking
) -> None:
    said = await submit(graph)
    assert said["userErrors"] == []
    assert said["order"]["number"].startswith("H")
    assert (said["order"]["status"], said["replayed"], said["dryRun"]) == ("ACCEPTED", False, False)
    assert said["order"]["statusText"] != ""
    assert said["order"]["lines"] == [{"lineNo": 1, "sku": "MUG", "quantities": {"ordered": "12"}}]
    assert said["operation"] is not None
    again = await submit(graph)
    assert (again["replayed"], again["order"]["number"]) == (True, said["order"]["number"])


async def test_a_dry_run_needs_no_key_and_leaves_the_key_free(graph: Graph, looking: Looking) -> None:
    dry = (await graph.data(BARE, variables={"input": SOUND | {"dryRun": True}}))["orderSubmit"]
    assert (dry["order"], dry["operation"], dry["dryRun"], dry["userErrors"]) == (None, None, True, [])
    real = await graph.answer(BARE, variables={"input": SOUND})
    assert real.errors is not None
    assert isinstance(real.errors[0].original_error, KeyRequired)
    assert (await submit(graph))["consequences"] == dry["consequences"]


async def test_the_order_that_it_is_already_is_shown(graph: Graph, looking: Looking) -> None:
    first = await submit(graph, channelOrderId="77")
    again = await submit(graph, "other", channelOrderId="77")
    assert [one["code"] for one in again["userErrors"]] == ["DUPLICATE_ORDER"]
    assert (again["order"]["number"], again["operation"]) == (first["order"]["number"], None)


async def test_a_portal_orders_for_itself_and_for_nobody_else(graph: Graph, looking: Looking) -> None:
    for account, codes in (("acme", []), ("beta", ["NOT_FOUND"])):
        portal = replace(REP, account=account, actor=account)
        said = (await graph.data(SUBMIT, portal, variables={"input": SOUND, "key": "k"}))["orderSubmit"]
        assert [one["code"] for one in said["userErrors"]] == codes
        assert (said["order"] is None) is bool(codes)


ODD: tuple[Any, ...] = (
    "", " ", "\0", "\ud83d\ude00" * 40, "x" * 5000, "'; drop table command; --", "-1", "NaN", "1e999", "0", None, "USD",
    global_id("Customer", "nothing"), [], [""] * 101, 7, 2**40, -1, True, {"id": "x"}, {}, "2020-01-01", "9999-12-31",
    {"identifier": "a\0b"}, {"exact": {"scheme": "EMAIL", "value": "\0"}}, {**HOME, "country": "belgium"},
    {**HOME, "lines": ["\0"]}, [{"lineRef": "1", "sku": "\0", "quantity": "1"}], [{"lineRef": "1", "sku": "MUG"}],
    [{"lineRef": "", "sku": "MUG", "quantity": "0.1"}], [{"lineRef": "a", "sku": "MUG", "quantity": "9" * 39}],
    [{"lineRef": "a", "sku": "MUG", "quantity": "1", "unitPrice": {"amount": "-1", "currencyCode": "\0"}}],
    [{"lineRef": "a", "sku": "MUG", "quantity": "1", "unit": "\0"}],
    [{"lineRef": "a", "sku": "MUG", "quantity": "1"}] * 3,
)  # fmt: skip
ROWS = "select (select count(*) from entity), (select count(*) from record), (select count(*) from command)"


async def test_odd_input_is_refused_in_kind_and_writes_nothing(graph: Graph, looking: Looking) -> None:
    chance, before = random.Random("orderSubmit"), await looking.rows(ROWS)
    for name in SOUND:
        for odd in chance.sample(ODD, 12):
            given = SOUND | {name: odd}
            said = await graph.answer(SUBMIT, variables={"input": given, "key": f"{name}{chance.random()}"})
            ran = [one for one in said.errors or () if one.path]  # the others are refused before anything runs
            codes = {shown(one.original_error).code for one in ran if one.original_error is not None}
            assert "INTERNAL" not in codes, (given, said.errors)
            if said.errors or said.data is None or said.data["orderSubmit"]["userErrors"]:
                assert await looking.rows(ROWS) == before, given
            before = await looking.rows(ROWS)
