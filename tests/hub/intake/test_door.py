"""The door keeps what is signed, once, before it says so; anything else is a clear 4xx and leaves nothing (S26)."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.routing import Route

from hub.clock import SystemClock
from hub.intake.door import Door, Hook
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import SystemKind
from hub.store.store import Store
from hub.store.tables import inbox
from tests.kit.recorder import ListRecorder
from tests.kit.shop import hook_body, signed, unreachable_shop

CAP = 4096
Post = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def recorder() -> ListRecorder:
    return ListRecorder()


@pytest.fixture
async def post(store: Store, recorder: ListRecorder) -> AsyncIterator[Post]:
    hook = Hook(tenant="acme", source="shop", system=SystemKind.COMMERCE, adapter=unreachable_shop())
    door = Door({"unguessable": hook}, store, recorder, SystemClock(), cap=CAP)
    app = Starlette(routes=[Route("/hooks/{name}", door.take, methods=["POST"])])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://hub") as http:

        async def send(body: bytes, headers: dict[str, str], name: str = "unguessable") -> httpx.Response:
            return await http.post(f"/hooks/{name}", content=body, headers=headers)

        yield send


async def kept(store: Store) -> list[tuple[str, str, bytes]]:
    async with store.across() as tx:
        rows = await tx.execute(select(inbox.c.tenant, inbox.c.delivery_id, inbox.c.body).order_by(inbox.c.received_at))
        return [(row.tenant, row.delivery_id, row.body) for row in rows]


async def test_a_signed_delivery_is_kept_and_acknowledged(post: Post, store: Store, recorder: ListRecorder) -> None:
    body = hook_body("event-1", 7)
    assert (await post(body, signed(body))).status_code == 202
    assert await kept(store) == [("acme", "event-1", body)]
    assert [(hop.kind, hop.outcome, hop.source) for hop in recorder.hops] == [
        (HopKind.WEBHOOK_IN, HopOutcome.OK, "shop")
    ]


async def test_a_repeated_delivery_has_no_second_row(post: Post, store: Store) -> None:
    body = hook_body("event-1", 7)
    assert [(await post(body, signed(body))).status_code for _ in range(3)] == [202, 200, 200]
    assert len(await kept(store)) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"x-vendure-signature": "sha256=00"}, 401),
        ({"x-vendure-signature": ""}, 401),
        (signed(b"another body"), 401),
        (signed(hook_body("event-1", 7), secret="guessed"), 401),
    ],
)
async def test_a_wrong_signature_leaves_nothing(post: Post, store: Store, headers: dict[str, str], status: int) -> None:
    assert (await post(hook_body("event-1", 7), headers)).status_code == status
    assert await kept(store) == []


@pytest.mark.parametrize("body", [b"", b'{"id": "event', b"<html>502</html>", b"null", b"[]", b'"text"', b"\xff\xfe"])
async def test_a_signed_body_that_is_no_event_is_the_senders_fault(post: Post, store: Store, body: bytes) -> None:
    assert (await post(body, signed(body))).status_code == 400
    assert await kept(store) == []


async def test_an_unknown_name_says_nothing_more(post: Post) -> None:
    body = hook_body("event-1", 7)
    assert (await post(body, signed(body), "guess")).status_code == 404


async def test_a_body_over_the_cap_is_refused_unread(post: Post, store: Store) -> None:
    body = b" " * (CAP + 1)
    assert (await post(body, signed(body))).status_code == 413
    assert await kept(store) == []


async def test_mutated_deliveries_are_refused_and_never_break_the_door(post: Post, store: Store) -> None:
    dice = random.Random(7)
    body = hook_body("event-1", 7)
    headers = signed(body)
    for _ in range(300):
        spot = dice.randrange(len(body))
        mutated = body[:spot] + bytes([(body[spot] + dice.randrange(1, 256)) % 256]) + body[spot + 1 :]
        assert (await post(mutated, headers)).status_code == 401
    assert await kept(store) == []
