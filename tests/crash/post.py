"""The post between shops and hub: webhooks as signed, some lost, doubled or late, the rest brought for certain."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from tests.crash import wire
from tests.crash.asgi import Receive, Scope, Send, answer, whole_body
from tests.crash.plan import HookFault, HookTrouble

TRIES = 150
CLIENT_ERROR = 4  # hundred
PAUSE = 0.1  # seconds between two tries
KEPT = ("content-type", "x-vendure-signature")


class Post:
    """Takes each webhook from the shop at once and brings it to the hub however often that takes."""

    def __init__(self, targets: dict[str, str], faults: Sequence[HookFault]) -> None:
        """*targets*: tenant -> the hub's URL for its shop."""
        self._targets = targets
        self._faults = list(faults)
        self._going: set[asyncio.Task[None]] = set()
        self.taken: Counter[str] = Counter()
        """Webhooks taken from each tenant's shop."""
        self.lost = 0
        self.refused: list[int] = []
        """Statuses by which the hub refused a webhook for good."""

    @property
    def is_idle(self) -> bool:
        """Nothing is on its way."""
        return not self._going

    async def close(self) -> None:
        """Stop bringing."""
        for task in tuple(self._going):
            task.cancel()
        await asyncio.gather(*self._going, return_exceptions=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The letter box, as ASGI: `/{tenant}`."""
        tenant = scope["path"].strip("/")
        body = await whole_body(receive)
        headers = {name.decode(): value.decode() for name, value in scope["headers"] if name.decode() in KEPT}
        self.taken[tenant] += 1
        for wait in self._waits(tenant):
            task = asyncio.create_task(self._bring(self._targets[tenant], body, headers, wait))
            self._going.add(task)
            task.add_done_callback(self._going.discard)
        await answer(send, 200, b"", {})

    def _waits(self, tenant: str) -> list[float]:
        """How long each copy is held back; none for a lost one."""
        for fault in self._faults:
            if (fault.tenant, fault.nth) == (tenant, self.taken[tenant]):
                if fault.trouble is HookTrouble.LOST:
                    self.lost += 1
                    return []
                return [0.0, fault.seconds] if fault.trouble is HookTrouble.TWICE else [fault.seconds]
        return [0.0]

    async def _bring(self, url: str, body: bytes, headers: dict[str, str], wait: float) -> None:
        await asyncio.sleep(wait)
        for _ in range(TRIES):
            try:
                said = await wire.send(url, body, headers)
            except wire.NoAnswer:
                await asyncio.sleep(PAUSE)
                continue
            if said.is_success:
                return
            if said.status // 100 == CLIENT_ERROR:
                self.refused.append(said.status)
                return
            await asyncio.sleep(PAUSE)
