"""Webhooks out through the graph: a secret is shown once, others' endpoints are not there, what is wrong is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hub.partners.signing import PREFIX
from hub.store.store import Store
from tests.kit.changes import make_line
from tests.kit.graph import REP, Graph, graph_over
from tests.kit.merging import SHOP, landscape, manifest
from tests.kit.partners import queued, rows

PARTNER = replace(REP, actor="portal", account="acme/west", scopes=REP.scopes | {"webhooks:manage"})
STAFF = replace(REP, actor="ops", scopes=REP.scopes | {"webhooks:manage"})
SET = """mutation($input: WebhookEndpointSetInput!, $key: String!) {
  webhookEndpointSet(input: $input) @idempotent(key: $key) {
    endpoint { name url kinds events state account customerId version } secret replayed dryRun
    userErrors { code field message }
  }
}"""
ROTATE = """mutation { webhookSecretRotate(input: {endpoint: "mine", keepHours: 2}) @idempotent(key: "r") {
  secret replayed endpoint { name } userErrors { code field } } }"""
LIST = "{ webhookEndpoints { name actor } }"
DELIVERIES = """query($after: String) { webhookDeliveries(endpoint: "mine", first: 1, after: $after) {
  nodes { id event eventId state attempts log { number } } pageInfo { hasNextPage endCursor } } }"""
DISCARD = """mutation($ids: [ID!]!) {
  webhookDeliveryDiscard(input: {endpoint: "mine", deliveryIds: $ids}) @idempotent(key: "d") {
    discarded userErrors { code } } }"""
REPLAY = """mutation($dead: Boolean, $since: DateTime) {
  webhookDeliveryReplay(input: {endpoint: "mine", dead: $dead, since: $since}) @idempotent(key: "p") {
    scheduled userErrors { code field } } }"""
REMOVE = """mutation { webhookEndpointRemove(input: {endpoint: "mine"}) @idempotent(key: "x") {
  userErrors { code field } } }"""
SWITCH = """mutation {
  webhookEndpointDisable(input: {endpoint: "mine", reason: "we move"}) @idempotent(key: "off") {
    endpoint { state disabledBecause version } userErrors { code } } }"""
BACK_ON = """mutation { webhookEndpointEnable(input: {endpoint: "mine"}) @idempotent(key: "on") {
  endpoint { state disabledBecause version } userErrors { code } } }"""
GIVEN = {"name": "mine", "url": "https://hooks.example.com/a", "kinds": ["ORDER"], "events": ["order.shipped"]}


@pytest.fixture
def graph(store: Store, serving: Store, tailing: Store) -> Graph:
    return graph_over((store, serving, tailing), landscape({SHOP: manifest(SHOP)}))


async def set_endpoint(graph: Graph, key: str = "k", call: Any = PARTNER, **said: Any) -> dict[str, Any]:  # Any: JSON
    variables = {"input": GIVEN | said, "key": key}
    found: dict[str, Any] = (await graph.data(SET, call, variables=variables))["webhookEndpointSet"]
    return found


async def test_an_endpoint_is_set_and_its_secret_shown_once(graph: Graph) -> None:
    dry = await set_endpoint(graph, dryRun=True)
    assert (dry["secret"], dry["endpoint"], dry["userErrors"]) == (None, None, [])
    first, again = await set_endpoint(graph), await set_endpoint(graph)
    assert first["secret"].startswith(PREFIX)
    assert first["endpoint"] == GIVEN | {"state": "ACTIVE", "account": "acme/west", "customerId": None, "version": 1}
    assert (again["secret"], again["replayed"], again["endpoint"]) == (None, True, first["endpoint"])
    changed = await set_endpoint(graph, "other key", events=[])
    assert (changed["secret"], changed["endpoint"]["version"]) == (None, 2)


async def test_a_secret_is_kept_nowhere_as_it_is(graph: Graph, store: Store) -> None:
    secret = (await set_endpoint(graph))["secret"].removeprefix(PREFIX)
    fresh = (await graph.data(ROTATE, PARTNER))["webhookSecretRotate"]["secret"].removeprefix(PREFIX)
    kept = str(await rows(store, "select e::text from webhook_endpoint e"))
    kept += str(await rows(store, "select c::text from command c"))
    assert secret not in kept
    assert fresh not in kept
    assert (await graph.data(ROTATE, PARTNER))["webhookSecretRotate"]["secret"] is None


async def test_others_endpoints_are_not_there(graph: Graph) -> None:
    await set_endpoint(graph)
    await set_endpoint(graph, "k2", call=STAFF, name="ours")
    stranger = replace(PARTNER, account="gamma", actor="gamma")
    assert (await graph.data(LIST, PARTNER))["webhookEndpoints"] == [{"name": "mine", "actor": "portal"}]
    assert (await graph.data(LIST, stranger))["webhookEndpoints"] == []
    assert [one["name"] for one in (await graph.data(LIST, STAFF))["webhookEndpoints"]] == ["mine", "ours"]
    for call in (stranger, STAFF):
        taken = await set_endpoint(graph, "k3", call=call)
        assert [one["code"] for one in taken["userErrors"]] == ["CONFLICT"]
    assert (await graph.data(REMOVE, stranger))["webhookEndpointRemove"]["userErrors"] == [
        {"code": "NOT_FOUND", "field": ["endpoint"]}
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"url": "https://169.254.169.254/latest"}, "url"),
        ({"url": "http://hooks.example.com/"}, "url"),
        ({"name": " "}, "name"),
        ({"kinds": []}, "kinds"),
        ({"events": ["invoice.posted"]}, "events"),
        ({"document": "query { viewer { actor } }"}, "document"),
        ({"customerId": "nonsense"}, "customerId"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_is_kept(graph: Graph, said: dict[str, Any], field: str) -> None:
    found = await set_endpoint(graph, **said)
    assert (found["endpoint"], found["secret"]) == (None, None)
    assert field in [one["field"][0] for one in found["userErrors"]]
    assert (await graph.data(LIST, PARTNER))["webhookEndpoints"] == []


async def test_it_takes_a_scope_of_its_own(graph: Graph) -> None:
    said = await graph.answer(LIST, REP)
    assert said.errors is not None
    assert "webhooks:manage" in str(said.errors[0].message)


async def test_deliveries_are_listed_given_up_and_sent_again(graph: Graph, store: Store) -> None:
    await set_endpoint(graph, call=STAFF, events=[])
    await rows(store, "update webhook_endpoint set created_at = '2026-01-01' returning 1")
    lines = [make_line(1), make_line(2)]
    await queued(store, *lines)
    page = (await graph.data(DELIVERIES, STAFF))["webhookDeliveries"]
    rest = (await graph.data(DELIVERIES, STAFF, variables={"after": page["pageInfo"]["endCursor"]}))[
        "webhookDeliveries"
    ]
    assert [one["eventId"] for one in page["nodes"] + rest["nodes"]] == [
        lines[1].change.event_id,
        lines[0].change.event_id,
    ]
    assert (page["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    ids = [page["nodes"][0]["id"]]
    assert (await graph.data(DISCARD, STAFF, variables={"ids": ids}))["webhookDeliveryDiscard"]["discarded"] == 1
    none = (await graph.data(REPLAY, STAFF, variables={}))["webhookDeliveryReplay"]
    assert none["userErrors"] == [{"code": "REQUIRED", "field": ["deliveryIds"]}]
    again = await graph.data(REPLAY, STAFF, variables={"since": "2026-01-01T00:00:00Z"})
    assert again["webhookDeliveryReplay"]["scheduled"] == 1


async def test_an_endpoint_is_called_no_more_and_again_as_its_partner_says(graph: Graph) -> None:
    await set_endpoint(graph)
    off = (await graph.data(SWITCH, PARTNER))["webhookEndpointDisable"]
    assert off["endpoint"] == {"state": "DISABLED", "disabledBecause": "portal: we move", "version": 2}
    on = (await graph.data(BACK_ON, PARTNER))["webhookEndpointEnable"]
    assert on["endpoint"] == {"state": "ACTIVE", "disabledBecause": None, "version": 3}
    stranger = replace(PARTNER, actor="other", account="acme/east")
    assert (await graph.data(SWITCH, stranger))["webhookEndpointDisable"]["userErrors"] == [{"code": "NOT_FOUND"}]
