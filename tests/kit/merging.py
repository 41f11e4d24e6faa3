"""What tests of the one writer are made of: a landscape, observations at chosen instants, a look at the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hub.call import worker_call
from hub.merge.work import Applied, Work
from hub.merge.writer import Writer
from hub.model.manifest import Idempotency, Landscape, Manifest, Read, SourceBinding, Tells, WebhookTrust, Write
from hub.model.observation import Content, MilestoneClaim, NaturalKey, Observation, Seen, SourceLine, SourceQuantities
from hub.model.order import OrderCommercial, OrderGroups
from hub.model.shipment import ShipmentExecution, ShipmentGroups, ShipmentMilestone
from hub.model.values import Identifier, Money
from hub.model.vocabulary import FieldGroup, IdentifierScheme, Kind, SystemKind
from hub.store.store import Store

TENANT = "acme"
START = datetime(2026, 11, 1, 12, tzinfo=UTC)
CALL = worker_call(TENANT, correlation="correlation-1")
SHOP, ERP, WMS, CARRIER = "shop", "erp", "wms", "carrier"
SYSTEMS = {SHOP: SystemKind.COMMERCE, ERP: SystemKind.ERP, WMS: SystemKind.WMS, CARRIER: SystemKind.CARRIER}


def at(seconds: float) -> datetime:
    """The instant *seconds* after START."""
    return START + timedelta(seconds=seconds)


def manifest(
    name: str, *, versions: bool = False, pushes_only: bool = False, tells: Tells = Tells.STATE,
    webhook: WebhookTrust = WebhookTrust.HINT,
) -> Manifest:  # fmt: skip
    """A manifest that offers to cancel orders."""
    return Manifest(
        adapter=name,
        title=name,
        contract_version="1",
        tells=tells,
        reads={} if pushes_only else {Kind.ORDER: Read(batch=100), Kind.SHIPMENT: Read(batch=100)},
        writes={
            "order.cancel": Write(
                idempotency=Idempotency.LOOKUP, longest_call=timedelta(seconds=30), settle=timedelta(seconds=2)
            )
        },
        groups={Kind.ORDER: (FieldGroup.COMMERCIAL, FieldGroup.LIFECYCLE), Kind.SHIPMENT: (FieldGroup.FULFILLMENT,)},
        unique_schemes=(f"{name}.code",),
        versions=versions,
        pushes_only=pushes_only,
        webhook=webhook,
    )


def landscape(manifests: Mapping[str, Manifest] | None = None) -> Landscape:
    """Sources by their names; plain ones in the four roles where none are given."""
    made = manifests or {name: manifest(name) for name in SYSTEMS}
    return Landscape(
        tenant=TENANT,
        sources={
            name: SourceBinding(source=name, tenant=TENANT, system=SYSTEMS.get(name, SystemKind.OTHER), manifest=one)
            for name, one in made.items()
        },
    )


def key(scheme: str, value: str) -> NaturalKey:
    """A key of sameness."""
    return NaturalKey(scheme=scheme, value=value)


def own(source: str, kind: Kind, value: str) -> NaturalKey:
    """The key of an object by its source's own id."""
    return NaturalKey(scheme=f"{source}.{kind.value}.id", value=value)


def line(number: str = "1", quantity: int = 1, sku: str = "A", **said: int) -> SourceLine:
    """A line of a document."""
    counted = {name: Decimal(value) for name, value in said.items()}
    return SourceLine(
        id=number, sku=sku, quantities=SourceQuantities(ordered=Decimal(quantity), **counted),
        unit_price=Money(amount=Decimal(10), currency_code="EUR"),
    )  # fmt: skip


def order(number: str = "C0", *lines: SourceLine, **also: Any) -> Content:  # Any: fields of Content
    """What a shop says of an order."""
    said: dict[str, Any] = {
        "order": OrderGroups(
            commercial=OrderCommercial(
                placed_at=START, currency_code="EUR", total=Money(amount=Decimal(10), currency_code="EUR")
            )
        ),
        "number": number,
        "status": "ACCEPTED",
        "raw_status": "PaymentSettled",
        "bears": (key("shop.code", number),),
        "identifiers": (Identifier(scheme=IdentifierScheme.ORDER_NUMBER, value=number, source=SHOP),),
        "lines": lines or (line(),),
    }
    return Content(**said | also)


def shipment(*refers: NaturalKey, milestone: ShipmentMilestone = ShipmentMilestone.SHIPPED, **also: Any) -> Content:
    """What a warehouse says of a shipment."""  # Any: fields of Content
    said: dict[str, Any] = {
        "shipment": ShipmentGroups(execution=ShipmentExecution(carrier="DHL")),
        "status": milestone.value,
        "raw_status": milestone.value.lower(),
        "refers": refers,
        "lines": (line(shipped=1),),
        "milestones": (MilestoneClaim(milestone=milestone),),
    }
    return Content(**said | also)


def seen(
    slot: tuple[str, Kind, str], content: Content | None, started: float = 0, finished: float | None = None, **also: Any
) -> Observation:  # Any: fields of Seen, or `pushed`
    """An observation whose interval is given in seconds after START."""
    source, kind, source_id = slot
    pushed = also.pop("pushed", False)
    return Observation(
        source=source,
        seen=Seen(kind=kind, source_id=source_id, content=content, **also),
        started=at(started),
        finished=at(started + 1 if finished is None else finished),
        pushed=pushed,
        correlation_id="correlation-1",
    )


class Looking:
    """A writer over a store, and questions to the tables it wrote."""

    def __init__(self, store: Store, sources: Landscape | None = None) -> None:
        self.store = store
        self.landscape = sources or landscape()
        self.writer = Writer(store, {TENANT: self.landscape})

    async def write(self, *observations: Observation, **also: Any) -> Applied:  # Any: fields of Work
        """Apply observations as one work."""
        return await self.writer.write(CALL, Work(observations=observations, **also))

    async def each(self, *observations: Observation) -> None:
        """Apply observations one by one."""
        for one in observations:
            await self.write(one)

    async def rows(self, sql: str, **named: object) -> list[Any]:  # Any: rows
        """The rows of a question; the tenant is `:tenant`."""
        async with self.store.glance(CALL) as tx:
            return list((await tx.execute(text(sql), {"tenant": TENANT} | named)).all())

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        found: int = (await self.rows(f"select count(*) from {table}"))[0][0]  # noqa: S608 (a name of ours)
        return found
