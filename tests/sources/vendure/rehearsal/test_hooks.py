"""The plugin's manners."""

from collections.abc import AsyncIterator

import pytest

from hub.clock import SystemClock
from hub.settings import Secret
from sources.kit.postbox import Postbox
from sources.kit.signature import check
from sources.vendure.rehearsal.hooks import Hooks, Listener
from sources.vendure.rehearsal.state import Event


@pytest.fixture
async def hooks() -> AsyncIterator[Hooks]:
    made = Hooks(SystemClock())
    yield made
    await made.close()


async def test_an_event_is_posted_signed_to_every_listener(hooks: Hooks) -> None:
    async with Postbox().standing() as one, Postbox().standing() as other:
        hooks.listeners.extend([Listener(url=one.url, secret=Secret("a")), Listener(url=other.url, secret=Secret("b"))])
        hooks.post(Event(type="order.placed", facts={"orderId": 7}))
        for box, secret in ((one, "a"), (other, "b")):
            letter = await box.wait(lambda letter: b'"orderId": 7' in letter.body)
            check(letter.body, letter.headers["x-vendure-signature"], [secret], prefix="sha256=")


async def test_nobody_listening_is_no_trouble(hooks: Hooks) -> None:
    hooks.post(Event(type="order.placed", facts={}))
    assert hooks.dropped == 0


async def test_what_waits_at_the_end_is_forgotten() -> None:
    hooks = Hooks(SystemClock())
    hooks.listeners.append(Listener(url="http://127.0.0.1:9", secret=Secret("a")))
    hooks.post(Event(type="order.placed", facts={}))
    await hooks.close()
    assert hooks.dropped == 0
