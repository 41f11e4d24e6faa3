"""A POST ends within its time, follows no redirect, reads no endless answer, and goes nowhere that may not be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.partners.addresses import Addresses
from hub.partners.posting import MOST_READ, Poster, Reply
from sources.kit.serve import serving as receiving_raw
from tests.kit.receiver import HANG, Receiver, receiving

ALLOWED = Addresses(["127.0.0.0/8"], plain=True)


@asynccontextmanager
async def posting(addresses: Addresses = ALLOWED, seconds: float = 30.0) -> AsyncIterator[Poster]:
    poster = Poster(addresses, seconds)
    try:
        yield poster
    finally:
        await poster.close()


async def reply_to(receiver: Receiver, *, seconds: float = 30.0) -> Reply:
    async with receiving(receiver) as url, posting(seconds=seconds) as poster:
        return await poster.post(url, {"webhook-id": "e1"}, b"{}")


async def test_what_is_taken_is_taken_under_its_own_host() -> None:
    receiver = Receiver()
    async with receiving(receiver) as url, posting() as poster:
        reply = await poster.post(url.replace("127.0.0.1", "localhost"), {"webhook-id": "e1"}, b"{}")
    assert reply == Reply(status=204)
    assert receiver.came[0].headers["host"].startswith("localhost:")
    assert (receiver.came[0].path, receiver.came[0].body, receiver.came[0].id) == ("/hook", b"{}", "e1")


async def test_a_redirect_is_not_followed() -> None:
    other = Receiver()
    async with receiving(other) as elsewhere:
        receiver = Receiver(lambda number, event_id: 307)
        receiver.elsewhere = elsewhere
        reply = await reply_to(receiver)
    assert reply == Reply(status=307, error="it answered 307: redirects are not followed")
    assert other.came == []


async def test_an_endpoint_that_fails_or_hangs_has_not_taken_it() -> None:
    assert await reply_to(Receiver(lambda number, event_id: 500)) == Reply(status=500, error="it answered 500")
    hung = await reply_to(Receiver(lambda number, event_id: HANG), seconds=0.1)
    assert hung == Reply(error="no answer within 0.1 s")


async def test_what_may_not_be_called_is_not_called() -> None:
    receiver = Receiver()
    async with receiving(receiver) as url, posting(Addresses(plain=True)) as poster:
        direct = await poster.post(url, {}, b"{}")
        named = await poster.post(url.replace("127.0.0.1", "localhost"), {}, b"{}")
    assert direct.error == "the URL cannot be called: its address is not a public one"
    assert named.error == "the URL cannot be called: its host has an address that is not a public one"
    assert receiver.came == []


async def test_nobody_listening_is_told_in_words() -> None:
    async with posting() as poster:
        reply = await poster.post("http://127.0.0.1:1/", {}, b"{}")
    assert reply == Reply(error="the call failed: ConnectError")


async def test_an_answer_without_end_is_cut() -> None:
    async def endless(scope: object, receive: object, send: object) -> None:
        assert callable(send)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(8):
            await send({"type": "http.response.body", "body": b"x" * MOST_READ, "more_body": True})
        await asyncio.sleep(60)

    async with receiving_raw(endless) as url, posting() as poster:
        assert await poster.post(url, {}, b"{}") == Reply(status=200)


async def test_an_endpoint_may_ask_for_time() -> None:
    async def busy(scope: object, receive: object, send: object) -> None:
        assert callable(send)
        await send({"type": "http.response.start", "status": 503, "headers": [(b"retry-after", b"7")]})
        await send({"type": "http.response.body", "body": b""})

    async with receiving_raw(busy) as url, posting() as poster:
        assert await poster.post(url, {}, b"{}") == Reply(status=503, error="it answered 503", retry_after=7.0)


async def test_who_posts_nothing_reads_no_authorities() -> None:
    async with receiving(Receiver()) as url, posting() as poster:
        before = "_trust" in vars(poster)
        await poster.post(url, {"webhook-id": "e1"}, b"{}")
        assert (before, "_trust" in vars(poster)) == (False, True)
