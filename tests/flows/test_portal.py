"""Portal: a caller confined to an account sees all of its own, and of the rest not even that it is there."""

from __future__ import annotations

import pytest

from sources.vendure.rehearsal.state import Order
from tests.kit.caller import Json
from tests.kit.hub import Running, Shop
from tests.kit.surface import document

CANCEL = """mutation Cancel($input: OrderCancelInput!) {
  orderCancel(input: $input) { operation { id } userErrors { code } } }"""


def of_group(shop: Shop, group: str) -> list[Order]:
    """Orders of a customer group, which is the account."""
    return [order for order in shop.orders if order.customer is not None and order.customer.group == group]


@pytest.fixture
def foreign(shop: Shop) -> Order:
    """An order of another account, with a parcel."""
    return next(order for order in of_group(shop, "GAMMA") if order.parcels)


async def test_every_order_of_the_account_is_there_and_no_other(running: Running, shop: Shop) -> None:
    said = await running.portal.data("{ orders(first: 100) { nodes { number } totalCount } viewer { tenant } }")
    own = {order.code for order in of_group(shop, "ACME")}
    assert {node["number"] for node in said["orders"]["nodes"]} == own
    assert (said["orders"]["totalCount"], said["viewer"]) == (len(own), {"tenant": "acme"})


async def test_no_identifier_of_another_account_leads_anywhere(running: Running, foreign: Order) -> None:
    assert foreign.customer is not None
    numbers = (foreign.code, foreign.customer.email, foreign.parcels[0].tracking, foreign.payments[0].transaction)
    for text in (*numbers, foreign.code[:6]):
        assert (await running.portal.data(document("Find"), text=text))["search"]["hits"] == []
        assert await running.portal.data(document("Order360"), by={"identifier": text}) == {"order": None}
    ours = "query($of: LookupInput!) { orders(filter: {customer: $of}) { nodes { number } totalCount } }"
    of = {"identifier": foreign.customer.email}
    assert await running.portal.data(ours, of=of) == {"orders": {"nodes": [], "totalCount": 0}}


async def test_no_id_of_another_account_leads_anywhere(running: Running, shop: Shop) -> None:
    order = shop.some("PaymentSettled", group="GAMMA")
    given = {"order": {"identifier": order.code}, "reason": "CUSTOMER"}
    said = await running.rep.ask(CANCEL, headers={"idempotency-key": f"portal-{order.code}"}, input=given)
    operation = said.data["orderCancel"]["operation"]["id"]
    seen = await running.seen(order)
    look = """query Look($order: ID!, $operation: ID!) {
      nodes(ids: [$order, $operation]) { id } operation(id: $operation) { id } }"""
    ids = {"order": seen["id"], "operation": operation}
    assert await running.portal.data(look, **ids) == {"nodes": [None, None], "operation": None}
    for feed in (
        f'orderChanged(includeInitial: true, filter: {{id: {{eq: "{seen["id"]}"}}}}) {{ cursor kind }}',
        f'operationChanged(ids: ["{operation}"]) {{ cursor kind }}',
    ):
        async with running.portal.ws(f"subscription {{ {feed} }}") as heard:
            await heard.started()
        assert [one["kind"] for one in heard.events] == ["SNAPSHOT_END"]


async def test_what_is_for_staff_is_not_for_the_portal(running: Running, shop: Shop) -> None:
    order = of_group(shop, "ACME")[0]
    mine: Json = (await running.portal.data(document("Order360"), by={"identifier": order.code}))["order"]
    assert mine["number"] == order.code
    assert (mine["exceptionCases"], mine["trace"]) == (None, None)
    given = {"order": {"identifier": order.code}, "reason": "CUSTOMER"}
    refused = await running.portal.ask(CANCEL, headers={"idempotency-key": "portal"}, input=given)
    assert refused.codes == ["FORBIDDEN"]
