"""The webhook plugin's manners: posted after the fact, signed, four tries, nothing kept (systems.md 5.4)."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass

import httpx

from hub.clock import Clock
from hub.settings import Secret
from sources.kit.signature import sign
from sources.vendure.rehearsal.shop import stamp
from sources.vendure.rehearsal.state import Event

TRIES = 4
FIRST_PAUSE = 0.2
CALL_SECONDS = 5.0
MOST_WAITING = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Where to post, and the secret to sign with."""

    url: str
    secret: Secret


class Hooks:
    """Posts events to the listeners. What waits when the process ends is lost."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(timeout=CALL_SECONDS, trust_env=False)
        self.listeners: list[Listener] = []
        self.dropped = 0

    def post(self, event: Event) -> None:
        """Post *event* to every listener, later and each by itself."""
        for listener in self.listeners:
            if len(self._waiting) >= MOST_WAITING:
                self.dropped += 1
                continue
            facts = {"id": str(uuid.uuid4()), "type": event.type, "at": stamp(self._clock.now()), **event.facts}
            task = asyncio.get_running_loop().create_task(self._deliver(listener, json.dumps(facts).encode()))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    async def close(self) -> None:
        """Forget what still waits."""
        for task in tuple(self._waiting):
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)
        await self._client.aclose()

    async def _deliver(self, listener: Listener, body: bytes) -> None:
        headers = {
            "content-type": "application/json",
            "x-vendure-signature": "sha256=" + sign(body, listener.secret.reveal()),
        }
        for attempt in range(TRIES):
            try:
                answer = await self._client.post(listener.url, content=body, headers=headers)
            except httpx.HTTPError:
                await asyncio.sleep(FIRST_PAUSE * 2**attempt)
                continue
            if answer.is_success:
                return
            await asyncio.sleep(FIRST_PAUSE * 2**attempt)
        self.dropped += 1
