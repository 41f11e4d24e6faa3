"""Cancelling through the hub, as a rep's client does it: again under the same key until it is answered."""

from __future__ import annotations

import asyncio

import httpx

from tests.kit.caller import Json
from tests.systems.hub import RunningHub
from tests.systems.patience import eventually
from tests.systems.vendure.desk import Placed

CANCEL = """mutation Cancel($input: OrderCancelInput!) {
  orderCancel(input: $input) {
    order { number }
    lines { lineNo requested cancelled pending refused }
    dryRun replayed correlationId
    userErrors { code message }
    consequences { system text reversible }
    operation { id state done } } }"""
FOLLOWED = """query Followed($id: ID!) {
  operation(id: $id) { state done perSystem { system source state number attempts error } } }"""
SEEN = """query Seen($code: String!) {
  order(by: {identifier: $code}) {
    number status systems { source rawStatus }
    lines { lineNo sku quantities { ordered cancelled shipped delivered } } } }"""
AGAIN = 0.05  # seconds until a client asks again


async def cancel(hub: RunningHub, order: Placed, key: str, **more: object) -> Json:
    """The payload of a cancel; where the hub dies before it answers, it is asked again under the same key."""
    given = {"order": {"identifier": order.code}, "reason": "CUSTOMER", **more}
    while True:
        try:
            answer = await hub.rep.ask(CANCEL, headers={"idempotency-key": key}, input=given)
        except httpx.TransportError:
            await asyncio.sleep(AGAIN)
        else:
            payload: Json = answer.data["orderCancel"]
            assert payload["userErrors"] == []
            return payload


async def applied(hub: RunningHub, payload: Json) -> Json:
    """The operation of an accepted cancel, as soon as it has been carried out."""
    found: list[Json] = []

    async def is_applied() -> bool:
        found[:] = [(await hub.rep.data(FOLLOWED, id=payload["operation"]["id"]))["operation"]]
        return bool(found[0]["state"] == "APPLIED")

    await eventually(is_applied, f"the cancel of {payload['order']['number']} is applied")
    return found[0]


async def seen(hub: RunningHub, order: Placed) -> Json:
    """The order in the graph, as soon as it is there."""
    found: list[Json] = []

    async def is_there() -> bool:
        found[:] = [(await hub.rep.data(SEEN, code=order.code))["order"]]
        return bool(found[0])

    await eventually(is_there, f"{order.code} is seen")
    return found[0]
