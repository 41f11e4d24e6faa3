"""Webhooks of the rehearsed shop, written and sent by hand: late, twice, out of order, torn."""

from __future__ import annotations

import json
import uuid

import httpx

from sources.kit.signature import sign
from sources.vendure.rehearsal.shop import facts_of, stamp
from sources.vendure.rehearsal.state import Order
from tests.kit.caller import PATIENCE
from tests.kit.hub import HOOK_SECRET, hook_of


def letter(order: Order, **facts: object) -> bytes:
    """The body of a webhook about an order as it stands now, each with an id of its own."""
    said = facts_of(order) | {"id": str(uuid.uuid4()), "type": "order.state", "at": stamp(order.updated)} | facts
    return json.dumps(said).encode()


def signature(body: bytes) -> dict[str, str]:
    """The headers that the shop sends with a body."""
    signed = "sha256=" + sign(body, HOOK_SECRET.reveal())
    return {"content-type": "application/json", "x-vendure-signature": signed}


async def send(url: str, body: bytes, headers: dict[str, str] | None = None, *, source: str = "shop") -> int:
    """Post a body at the hub as the shop does; the status of the answer."""
    async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as http:
        signed = signature(body) if headers is None else headers
        answer = await http.post(f"{url}/hooks/{hook_of(source)}", content=body, headers=signed)
    return answer.status_code
