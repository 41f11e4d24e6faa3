"""The follower of the change log that gives every change to the endpoints which want it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from hub.changes.follow import Following, Holding, follow
from hub.errors import StoreBusy
from hub.model.changes import Origin
from hub.model.ids import mint
from hub.model.vocabulary import Kind
from hub.store.changelog import LoggedChange
from hub.store.webhook_queue import Queued, queue
from hub.store.webhooks import EndpointRow, all_endpoints, any_endpoint
from hub.telemetry import logger
from subscriptions.topics import Topic

log = logger(__name__)

NAME = "webhooks"
"""Of the follower."""
LOOK = 1.0  # seconds between looks while nobody wants to hear of anything


class Wishes:
    """What endpoints want to hear of."""

    def __init__(self, endpoints: Sequence[EndpointRow]) -> None:
        self._topics: dict[tuple[str, Kind], list[tuple[str, datetime, Topic]]] = defaultdict(list)
        for one in endpoints:
            for kind in one.kinds:
                self._topics[one.tenant, Kind(kind)].append((one.id, one.created_at, topic_of(one, Kind(kind))))

    def of(self, line: LoggedChange) -> list[Queued]:
        """What *line* is to each endpoint that wants it; nothing of before it was set, and no first loads."""
        change, found = line.change, []
        if change.origin is not Origin.LIVE:
            return []
        for endpoint_id, since, topic in self._topics.get((line.tenant, change.kind), ()):
            seen_as = topic.sees(line.tenant, change) if change.recorded_at >= since else None
            if seen_as is not None:
                found.append(
                    Queued(
                        id=mint(),
                        endpoint_id=endpoint_id,
                        root_id=change.root_id,
                        position=line.place.position,
                        event_id=change.event_id,
                        event=change.event,
                        seen_as=seen_as.value,
                        change=change,
                    )
                )
        return found


class WebhookWatch:
    """Queues what endpoints want to hear of, whenever this process holds the seat; *told* once there is more."""

    def __init__(self, following: Following, told: Callable[[], None]) -> None:
        self._following = following
        self._told = told

    async def run(self) -> None:
        """Watch until cancelled; the log is not read before anybody wants to hear of anything."""
        while True:
            if await self._is_wanted():
                await follow(self._following, self.queue)
            await asyncio.sleep(LOOK)

    async def queue(self, page: Sequence[LoggedChange], held: Holding) -> None:
        """Queue what is wanted of a page. Raises StoreBusy, Overtaken."""
        held.check()
        async with self._following.store.across() as tx:
            wishes = Wishes(await all_endpoints(tx))
            wanted: dict[str, list[Queued]] = defaultdict(list)
            for line in page:
                wanted[line.tenant] += wishes.of(line)
            for tenant, rows in sorted(wanted.items()):
                await queue(tx, tenant, rows)
        if any(wanted.values()):
            self._told()

    async def _is_wanted(self) -> bool:
        try:
            async with self._following.store.survey() as tx:
                return await any_endpoint(tx)
        except StoreBusy as away:
            log.warning("webhooks.store_away", error=away.message)
            return False


def topic_of(endpoint: EndpointRow, kind: Kind) -> Topic:
    """What an endpoint wants to hear of one kind, within what its key may see."""
    return Topic(
        tenant=endpoint.tenant,
        kind=kind,
        account=endpoint.account,
        customer_id=endpoint.customer_id,
        events=frozenset(endpoint.events) or None,
    )
