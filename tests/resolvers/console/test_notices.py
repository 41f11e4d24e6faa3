"""Notices through the graph: what was told, and what customers want."""

from __future__ import annotations

import pytest
from sqlalchemy import text

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
AGAIN = """mutation($ids: [ID!]!, $dry: Boolean) {
  noticeResend(input: {noticeIds: $ids, dryRun: $dry}) @idempotent(key: "again") {
    scheduled dryRun replayed userErrors { code field } } }"""
STATES = "select state, error, settled_at is null, attempts from notice order by entity_id"
TOLD = "query($order: ID!) { notices(orderId: $order) { id milestone channel state attempts } }"


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
    ((local,),) = await rows(store, "select id from notice")
    said = await graph.data(TOLD, REP, variables={"order": global_id("Order", "o1")})
    assert said["notices"] == [
        {"id": global_id("Notice", local), "milestone": "ORDER_ACCEPTED", "channel": "EMAIL", "state": "PENDING",
         "attempts": 0},
    ]  # fmt: skip


async def test_what_may_not_have_arrived_is_told_once_more_where_a_person_says_so(graph: Graph, store: Store) -> None:
    await to_be_told(store, to_tell("o1"), to_tell("o2"))
    end = "update notice set state = 'UNKNOWN', error = 'cut off', settled_at = now(), attempts = 3"
    async with store.across() as tx:
        await tx.execute(text(end))
    found = [row[0] for row in await rows(store, "select id from notice order by entity_id")]
    ids = [global_id("Notice", one) for one in found]
    dry = (await graph.data(AGAIN, REP, variables={"ids": ids[:1], "dry": True}))["noticeResend"]
    assert (dry["scheduled"], dry["dryRun"], (await rows(store, STATES))[0][0]) == (1, True, "UNKNOWN")
    first, again = [
        (await graph.data(AGAIN, REP, variables={"ids": ids[:1], "dry": False}))["noticeResend"] for _ in range(2)
    ]
    assert (first["scheduled"], first["userErrors"], first["replayed"], again["replayed"]) == (1, [], False, True)
    assert await rows(store, STATES) == [("PENDING", None, True, 3), ("UNKNOWN", "cut off", False, 3)]


async def test_what_was_sent_is_not_told_once_more_and_nothing_beside_it(graph: Graph, store: Store) -> None:
    await to_be_told(store, to_tell("o1"), to_tell("o2"))
    async with store.across() as tx:
        await tx.execute(text("update notice set state = case entity_id when 'o1' then 'FAILED' else 'SENT' end"))
    found = [row[0] for row in await rows(store, "select id from notice order by entity_id")]
    ids = [global_id("Notice", one) for one in (*found, "nobody's")]
    said = (await graph.data(AGAIN, REP, variables={"ids": ids}))["noticeResend"]
    assert said["userErrors"] == [
        {"code": "NOT_ALLOWED_IN_STATUS", "field": ["noticeIds", "1"]},
        {"code": "NOT_FOUND", "field": ["noticeIds", "2"]},
    ]
    assert [row[0] for row in await rows(store, STATES)] == ["FAILED", "SENT"]
