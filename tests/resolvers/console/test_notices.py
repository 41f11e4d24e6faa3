"""Notices through the graph: what was told, and what customers want."""

from __future__ import annotations

import pytest

from hub.merge.work import Work
from hub.model.ids import global_id
from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.entering import customer
from tests.kit.graph import REP, Graph, graph_over
from tests.kit.merging import CALL, SHOP, landscape, manifest, seen
from tests.kit.partners import rows
from tests.kit.telling import to_be_told, to_tell

SET = """mutation($customer: ID!, $wants: [NoticeMilestone!]!) {
  noticePreferenceSet(input: {customerId: $customer, channel: EMAIL, wants: $wants, language: "de"})
  @idempotent(key: "k") { preferences { channel wants language actor } userErrors { code field } } }"""
WANTED = "query($customer: ID!) { noticePreferences(customerId: $customer) { channel wants } }"
TOLD = "query($order: ID!) { notices(orderId: $order) { milestone channel state attempts } }"


@pytest.fixture
def graph(store: Store, serving: Store, tailing: Store) -> Graph:
    return graph_over((store, serving, tailing), landscape({SHOP: manifest(SHOP)}))


async def test_a_customer_that_is_not_there_wants_nothing(graph: Graph) -> None:
    nobody = {"customer": global_id("Customer", "nobody"), "wants": ["SHIPPED"]}
    said = (await graph.data(SET, REP, variables=nobody))["noticePreferenceSet"]
    assert said == {"preferences": [], "userErrors": [{"code": "NOT_FOUND", "field": ["customerId"]}]}


async def test_what_a_customer_wants_is_kept_and_shown(graph: Graph, store: Store) -> None:
    await graph.writer.write(CALL, Work(observations=(seen((SHOP, Kind.CUSTOMER, "1"), customer()),)))
    ((local,),) = await rows(store, "select id from entity where kind = 'CUSTOMER'")
    who = {"customer": global_id("Customer", local)}
    said = (await graph.data(SET, REP, variables=who | {"wants": ["SHIPPED", "DELAYED"]}))["noticePreferenceSet"]
    wants = ["DELAYED", "SHIPPED"]
    assert said == {
        "preferences": [{"channel": "EMAIL", "wants": wants, "language": "de", "actor": "rep"}],
        "userErrors": [],
    }
    shown = await graph.data(WANTED, REP, variables=who)
    assert shown["noticePreferences"] == [{"channel": "EMAIL", "wants": wants}]


async def test_what_was_told_of_an_order_is_listed(graph: Graph, store: Store) -> None:
    await to_be_told(store, to_tell())
    said = await graph.data(TOLD, REP, variables={"order": global_id("Order", "o1")})
    assert said["notices"] == [{"milestone": "ORDER_ACCEPTED", "channel": "EMAIL", "state": "PENDING", "attempts": 0}]
