"""The follower of the change log that finds milestones: each is queued once per channel, whatever is read twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from hub.call import worker_call
from hub.changes.follow import Following, Holding, follow
from hub.model.changes import Change, Origin
from hub.model.ids import mint
from hub.model.shipment import Shipment
from hub.model.vocabulary import Kind
from hub.notices.milestones import milestones_of
from hub.notices.words import Documents
from hub.settings import NoticeSettings
from hub.store.changelog import LoggedChange
from hub.store.notices import ToTell, of_order, put_notices

NAME = "notices"
"""Of the follower."""
MANY = 2
"""Orders of one shipment, from which on each is told by itself."""
KINDS = frozenset({Kind.ORDER, Kind.SHIPMENT, Kind.RETURN})


class NoticeWatch:
    """Follows for the tenants whose customers are told anything; one process of a shard does."""

    def __init__(self, following: Following, reader: Documents, tenants: Mapping[str, NoticeSettings]) -> None:
        self._following = following
        self._reader = reader
        self._tenants = tenants

    async def run(self) -> None:
        """Watch until cancelled."""
        await follow(self._following, self.queue)

    async def queue(self, page: Sequence[LoggedChange], held: Holding) -> None:
        """Queue the milestones of a page. Raises StoreBusy, Overtaken."""
        held.check()
        lines: dict[str, list[LoggedChange]] = defaultdict(list)
        for line in page:
            if line.tenant in self._tenants and line.change.kind in KINDS and self._is_news(line):
                lines[line.tenant].append(line)
        for tenant, some in sorted(lines.items()):
            shipments = {(Kind.SHIPMENT, one.change.entity_id) for one in some if one.change.kind is Kind.SHIPMENT}
            found: Mapping[tuple[Kind, str], Any] = {}
            if shipments:
                found = await self._reader.documents(worker_call(tenant), sorted(shipments))
            rows = [row for line in some for row in self._rows(line, found)]
            async with self._following.store.across() as tx:
                await put_notices(tx, tenant, rows)

    def _is_news(self, line: LoggedChange) -> bool:
        age = self._following.clock.now() - line.change.recorded_at
        is_fresh = age <= timedelta(hours=self._tenants[line.tenant].max_age_hours)
        return is_fresh and line.change.origin is Origin.LIVE

    def _rows(self, line: LoggedChange, found: Mapping[tuple[Kind, str], Any]) -> list[ToTell]:  # Any: a document
        change, settings = line.change, self._tenants[line.tenant]
        entity = found.get((change.kind, change.entity_id))
        return [
            ToTell(
                id=mint(),
                milestone=milestone.value,
                kind=change.kind.value,
                entity_id=told_under,
                root_id=root_id,
                channel=channel,
                customer_id=change.customer_id if told_under == change.entity_id else None,
                correlation_id=change.correlation_id,
            )
            for milestone in milestones_of(change, entity)
            for told_under, root_id in _subjects(change, entity)
            for channel in settings.channels
        ]


def _subjects(change: Change, entity: Any) -> list[tuple[str, str]]:  # Any: a document
    """What is told, and under which root: of a shipment that bears several orders each of them."""
    orders = entity.order_ids if isinstance(entity, Shipment) else ()
    if len(orders) < MANY:
        return [(change.entity_id, change.root_id)]
    return [(of_order(change.entity_id, order), order) for order in orders]
