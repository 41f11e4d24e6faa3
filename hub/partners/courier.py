"""Carries what is queued to the endpoints: in order per root, several roots at once, bounded (at least once).

What was taken but could not be noted, because the process was killed in between, is sent again under the same
`webhook-id`: receivers drop repeats by it.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta

from hub.errors import StoreBusy
from hub.partners.attempts import Attempts, Ended, Means
from hub.store.webhook_queue import Due, claim, expire, give_up_old, settle
from hub.store.webhooks import EndpointRow, disable_endpoint, endpoint_failed, endpoint_took, endpoints_with_work
from hub.telemetry import logger

log = logger(__name__)

IDLE = 0.5  # seconds between looks where nothing is due
SWEEP = 60.0  # seconds between looks for what is old enough to go
SPARE = 15.0  # seconds that a claim outlasts the longest call
CHUNK = 5_000
PROBED_AFTER = 20  # failures in a row after which an endpoint gets one call at a time


class Courier:
    """Delivers; several processes may at once."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._settings = means.settings
        self._attempts = Attempts(means)
        self._under_way: dict[asyncio.Task[None], str] = {}
        self._ended: list[Ended] = []
        self._failures: Counter[str] = Counter()
        self._stirred = asyncio.Event()
        self._swept = float("-inf")

    def stir(self) -> None:
        """Say that there is something to do."""
        self._stirred.set()

    async def run(self) -> None:
        """Deliver until cancelled; what has ended by then is noted."""
        try:
            while True:
                try:
                    await self.turn()
                except StoreBusy as away:
                    log.warning("webhooks.store_away", error=away.message)
                await self._rest()
        finally:
            await self._stop()

    async def turn(self) -> int:
        """Note what has ended and begin what may begin; how many calls are under way."""
        self._stirred.clear()
        await self._note()
        await self._sweep()
        room = self._settings.at_once - len(self._under_way)
        if room > 0:
            await self._begin(room)
        return len(self._under_way)

    async def _begin(self, room: int) -> None:
        busy = Counter(self._under_way.values())
        async with self._means.store.survey() as tx:
            endpoints = await endpoints_with_work(tx)
        lease = timedelta(seconds=self._settings.timeout_seconds + SPARE)
        for endpoint in endpoints:
            most = 1 if self._failures[endpoint.id] >= PROBED_AFTER else self._settings.at_once_each
            size = min(room, most - busy[endpoint.id])
            if size <= 0:
                continue
            asked_at = self._means.clock.monotonic()
            async with self._means.store.across() as tx:
                found = await claim(tx, endpoint.tenant, endpoint.id, size, lease)
            room -= len(found)
            for due in found:
                task = asyncio.create_task(self._deliver(endpoint, due, asked_at + SPARE / 3))
                self._under_way[task] = endpoint.id
                task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.pop(task, None)
        self._stirred.set()
        if not task.cancelled() and (fault := task.exception()) is not None:  # it is tried again once its claim is over
            log.error("webhooks.broke", error=repr(fault))

    async def _deliver(self, endpoint: EndpointRow, due: Due, latest: float) -> None:
        ended = await self._attempts.make(endpoint, due, latest)
        self._ended.append(ended)  # looked up after the call: meanwhile it has become another list

    async def _note(self) -> None:
        ended, self._ended = self._ended, []
        if not ended:
            return
        by_tenant: dict[str, list[Ended]] = defaultdict(list)
        for one in ended:
            by_tenant[one.endpoint.tenant].append(one)
        try:
            async with self._means.store.across() as tx:
                for tenant, some in sorted(by_tenant.items()):
                    await settle(tx, tenant, [one.tried for one in some])
        except StoreBusy:
            self._ended = ended + self._ended
            raise
        await self._note_endpoints(ended)

    async def _note_endpoints(self, ended: Sequence[Ended]) -> None:
        by_endpoint: dict[tuple[str, str], list[Ended]] = defaultdict(list)
        for one in ended:
            by_endpoint[one.endpoint.tenant, one.endpoint.id].append(one)
        for (tenant, endpoint_id), some in sorted(by_endpoint.items()):
            is_taken = any(one.tried.error is None for one in some)
            self._failures[endpoint_id] = 0 if is_taken else self._failures[endpoint_id] + len(some)
            because = next((one.disable for one in some if one.disable is not None), None)
            was_failing = some[0].endpoint.failing_since is not None
            if is_taken and not was_failing and because is None:
                continue
            async with self._means.store.across() as tx:
                if is_taken:
                    await endpoint_took(tx, tenant, endpoint_id)
                elif await endpoint_failed(tx, tenant, endpoint_id) > self._patience:
                    because = because or f"it has taken nothing for {self._settings.disable_after_hours:g} hours"
                if because is not None:
                    await disable_endpoint(tx, tenant, endpoint_id, because)
                    log.warning("webhooks.disabled", tenant=tenant, error=because)

    @property
    def _patience(self) -> timedelta:
        return timedelta(hours=self._settings.disable_after_hours)

    async def _sweep(self) -> None:
        now = self._means.clock.monotonic()
        if now - self._swept < SWEEP:
            return
        self._swept = now
        keep = timedelta(days=self._settings.keep_days)
        async with self._means.store.across() as tx:
            await expire(tx, keep, CHUNK)
            given_up = await give_up_old(tx, keep, CHUNK)
        if given_up:
            log.warning("webhooks.given_up", count=given_up)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(IDLE):
                await self._stirred.wait()
        except TimeoutError:
            return

    async def _stop(self) -> None:
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            await self._note()
        except StoreBusy as away:  # then they are sent again, under the same ids
            log.warning("webhooks.store_away", error=away.message)
        await self._means.poster.close()
