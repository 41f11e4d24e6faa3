"""Orders as the store holds them, written row by row: what readers are tested on, whatever the writer makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, insert

from hub.call import worker_call
from hub.codec import digest, plain
from hub.flow.facts import KeptCommand, KeptDelivery, KeptMilestone, KeptRecord
from hub.merge.columns import row_of
from hub.merge.shelf import Entity
from hub.model.cases import ExceptionCase, Hold
from hub.model.finding import normalised
from hub.model.manifest import Delta, Idempotency, Landscape, Manifest, Read, SourceBinding, Sweep, Tells, Write
from hub.model.observation import Content
from hub.model.order import LineQuantities, Order, OrderCommercial, OrderGroups, OrderLine, OrderStatus
from hub.model.party import Customer, CustomerGroups, CustomerProfile
from hub.model.shipment import Package, Shipment, ShipmentMilestone
from hub.model.values import Identifier, Money, Speaker
from hub.model.vocabulary import FieldGroup, IdentifierScheme, Kind, SystemKind
from hub.store import tables
from hub.store.entities import EntityRow
from hub.store.store import Store
from hub.store.tx import Tx

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TENANT = "acme"


USUAL_HEAD = OrderCommercial(
    channel="web", placed_at=NOON, currency_code="EUR", total=Money(amount=Decimal("24.20"), currency_code="EUR")
)


def make_line(line_no: int = 1, sku: str = "MUG", **quantities: int) -> OrderLine:
    """A line; quantities by name, 12 ordered unless said."""
    told = {"ordered": 12} | quantities
    return OrderLine(
        id=f"line-{line_no}",
        line_no=line_no,
        sku=sku,
        quantities=LineQuantities(**{name: Decimal(value) for name, value in told.items()}),
    )


def make_order(number: str = "R7K2", **said: Any) -> Order:  # Any: any field of an order
    """An accepted order of one line, told by the shop."""
    commercial = said.pop("commercial", USUAL_HEAD)
    usual: dict[str, Any] = {
        "id": f"order-{number}",
        "version": 1,
        "number": number,
        "status": OrderStatus.ACCEPTED,
        "groups": OrderGroups(commercial=commercial),
        "lines": (make_line(),),
        "identifiers": (Identifier(scheme=IdentifierScheme.CHANNEL_ORDER, value=number, source="shop"),),
        "speakers": (Speaker(group=FieldGroup.COMMERCIAL, source="shop", kind=Kind.ORDER, source_id=f"shop-{number}"),),
        "status_since": NOON,
    }
    return Order(**(usual | said))


def make_record(source: str = "shop", number: str = "R7K2", **said: Any) -> KeptRecord:  # Any: any field of a record
    """What a source last said of an order."""
    content = said.pop("content", None) or Content(number=number, raw_status="PaymentSettled", url="https://shop/o/1")
    usual: dict[str, Any] = {
        "source": source,
        "kind": Kind.ORDER,
        "source_id": f"{source}-{number}",
        "birth": "",
        "entity_id": f"order-{number}",
        "content": content,
        "started": NOON,
        "finished": NOON + timedelta(seconds=1),
        "version": None,
        "lives": True,
        "in_doubt": False,
        "first_seen_at": NOON,
    }
    return KeptRecord(**(usual | said))


def make_shipment(number: str = "317", **said: Any) -> Shipment:  # Any: any field of a shipment
    """A parcel with a tracking number."""
    usual: dict[str, Any] = {
        "id": f"shipment-{number}",
        "version": 1,
        "status": ShipmentMilestone.SHIPPED,
        "number": number,
        "packages": (Package(id="1", tracking_number="1Z999AA10123456784", status=ShipmentMilestone.SHIPPED),),
        "identifiers": (
            Identifier(scheme=IdentifierScheme.WMS_SHIPMENT, value=number, source="wms"),
            Identifier(scheme=IdentifierScheme.TRACKING, value="1Z999AA10123456784", source="wms"),
        ),
    }
    return Shipment(**(usual | said))


def make_customer(number: str = "ACME", name: str = "ACME Corp", **said: Any) -> Customer:  # Any: any field
    """A customer with an e-mail address."""
    usual: dict[str, Any] = {
        "id": f"customer-{number}",
        "version": 1,
        "number": number,
        "groups": CustomerGroups(profile=CustomerProfile(name=name, email="buyer@acme.test")),
        "identifiers": (
            Identifier(scheme=IdentifierScheme.ACCOUNT, value=number, source="shop"),
            Identifier(scheme=IdentifierScheme.EMAIL, value="buyer@acme.test", source="shop"),
        ),
    }
    return Customer(**(usual | said))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One root and everything under it."""

    order: Order
    tenant: str = TENANT
    account: str | None = None
    members: Mapping[Kind, Sequence[Any]] = field(default_factory=dict)  # Any: documents of the kind
    records: Sequence[KeptRecord] = ()
    milestones: Sequence[KeptMilestone] = ()
    deliveries: Sequence[KeptDelivery] = ()
    commands: Sequence[KeptCommand] = ()
    holds: Sequence[Hold] = ()
    cases: Sequence[ExceptionCase] = ()
    missing_in: Sequence[str] = ()
    updated_at: datetime = NOON


async def keep_order(store: Store, kept: Kept) -> None:
    """Write a root. `store` is of role WORK."""
    root = kept.order.id
    async with store.shard(worker_call(kept.tenant)) as tx:
        await _put(tx, tables.root, [{"tenant": kept.tenant, "id": root, "kind": "ORDER", "version": 1}])
        place = {"tenant": kept.tenant, "root_id": root, "account": kept.account}
        await _keep(tx, place, Kind.ORDER, kept.order)
        columns = {"updated_at": kept.updated_at, "missing_in": list(kept.missing_in)}
        await tx.execute(tables.entity.update().where(tables.entity.c.id == root).values(columns))
        for kind, documents in kept.members.items():
            for document in documents:
                await _keep(tx, place, kind, document)
        await _put(tx, tables.record, [_record(kept.tenant, one) for one in kept.records])
        await _put(tx, tables.milestone, [_milestone(kept.tenant, one) for one in kept.milestones])
        await _put(tx, tables.delivery, [_delivery(kept.tenant, root, one) for one in kept.deliveries])
        await _put(tx, tables.command, [_command(kept.tenant, root, one) for one in kept.commands])
        await _put(tx, tables.hold, [_hold(kept.tenant, root, one) for one in kept.holds])
        await _put(tx, tables.exception_case, [_case(kept.tenant, root, one) for one in kept.cases])


async def keep_alone(store: Store, kind: Kind, document: Any, **said: Any) -> None:  # Any: account, tenant
    """Write an entity that is a root of its own."""
    place = {"tenant": TENANT, "root_id": document.id, "account": None} | said
    async with store.shard(worker_call(place["tenant"])) as tx:
        await _put(tx, tables.root, [{"tenant": place["tenant"], "id": document.id, "kind": kind.value, "version": 1}])
        await _keep(tx, place, kind, document)


async def _keep(tx: Tx, place: Mapping[str, Any], kind: Kind, document: Any) -> None:
    row = dict(place) | {"kind": kind.value}
    await _put(tx, tables.entity, [row | _columns(kind, document)])
    named = [
        {
            "scheme": one.scheme.value,
            "source": one.source or "",
            "value": one.value,
            "normalised": normalised(one.value),
        }
        for one in document.identifiers
    ]
    await _put(tx, tables.identifier, [row | {"entity_id": document.id} | one for one in named])


async def keep_rows(store: Store, table: Table, *rows: Mapping[str, Any], tenant: str = TENANT) -> None:
    """Write rows as they are."""
    async with store.shard(worker_call(tenant)) as tx:
        await _put(tx, table, [{"tenant": tenant, **row} for row in rows])


def aged(record: KeptRecord, minutes: int) -> KeptRecord:
    """The record as if it had been asked so long before."""
    earlier = timedelta(minutes=minutes)
    started = None if record.started is None else record.started - earlier
    return replace(record, started=started, finished=record.finished - earlier)


async def _put(tx: Tx, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        await tx.execute(insert(table), rows)


def _columns(kind: Kind, document: Any) -> dict[str, Any]:  # Any: a document of the kind
    """What stands beside a document, as the one writer has it."""
    entity = Entity(kind=kind, id=document.id, root_id=document.id, version=document.version, doc=document)
    row = row_of(entity, NOON)
    told = {name: getattr(row, name) for name in EntityRow.__dataclass_fields__ if name not in ("root_id", "account")}
    return told | {"kind": kind.value, "doc": plain(document), "root_version": 1}


def _record(tenant: str, one: KeptRecord) -> dict[str, Any]:
    return {
        "tenant": tenant, "source": one.source, "kind": one.kind.value, "source_id": one.source_id,
        "birth": one.birth, "entity_id": one.entity_id, "content": plain(one.content), "hash": digest(one.content),
        "source_version": one.version, "pushed": one.started is None, "started": one.started or one.finished,
        "finished": one.finished, "gone_at": None if one.lives else one.finished, "in_doubt": one.in_doubt,
        "first_seen_at": one.first_seen_at,
    }  # fmt: skip


def _milestone(tenant: str, one: KeptMilestone) -> dict[str, Any]:
    told = {} if one.occurred_at is None else {"occurred_at": one.occurred_at}
    return told | {
        "tenant": tenant, "source": one.source, "kind": one.kind.value, "source_id": one.source_id,
        "birth": one.birth, "entity_id": one.entity_id, "part": one.part, "milestone": one.milestone.value,
        "reverses": one.reverses, "first_seen_at": one.first_seen_at, "started": one.first_seen_at,
        "finished": one.first_seen_at,
    }  # fmt: skip


def _delivery(tenant: str, root: str, one: KeptDelivery) -> dict[str, Any]:
    row = plain(one) | {
        "tenant": tenant, "root_id": root, "hash": digest(one.content), "correlation_id": "correlation-1",
        "content": plain(one.content), "grants": plain(one.grants),
    }  # fmt: skip
    instants = ("claimed_at", "settled_at", "next_attempt_at", "hold_until", "confirm_by", "created_at")
    row |= {name: getattr(one, name) for name in instants if name in row}
    row["next_attempt_at"] = one.next_attempt_at or NOON
    row["kind"], row["state"] = one.kind.value, one.state.value
    return {name: value for name, value in row.items() if name in tables.delivery.c}


def _command(tenant: str, root: str, one: KeptCommand) -> dict[str, Any]:
    return {
        "tenant": tenant, "id": one.id, "client": one.actor, "operation": one.operation, "key": f"key-{one.id}",
        "hash": digest(one.command), "input": plain(one.command), "root_id": root,
        "correlation_id": one.correlation_id, "version": one.version, "accepted_at": one.accepted_at,
    }  # fmt: skip


def _hold(tenant: str, root: str, one: Hold) -> dict[str, Any]:
    return {"tenant": tenant, "id": one.id, "root_id": root, "dedup_key": one.id, "doc": plain(one)}


def _case(tenant: str, root: str, one: ExceptionCase) -> dict[str, Any]:
    return {
        "tenant": tenant, "id": one.id, "root_id": root, "code": one.code.value, "dedup_key": one.id,
        "status": one.status.value, "severity": one.severity.value, "queue": one.queue.value, "title": one.title,
        "root_cause": one.root_cause.value, "suggested": list(one.suggested), "version": one.version,
        "occurrences": one.occurrences, "first_seen_at": one.first_seen_at, "sla_due_at": one.sla_due_at,
    }  # fmt: skip


SHOP = Manifest(
    adapter="shop",
    title="The shop",
    contract_version="1",
    tells=Tells.STATE,
    reads={Kind.ORDER: Read(batch=10), Kind.SHIPMENT: Read(batch=10)},
    sweeps={Kind.ORDER: (Sweep(name="changed", strategy=Delta.TIMESTAMP, every=timedelta(minutes=1)),)},
    writes={"order.cancel": Write(idempotency=Idempotency.LOOKUP, longest_call=timedelta(seconds=30))},
    questions=("order.find",),
    staleness={FieldGroup.COMMERCIAL: timedelta(minutes=5), FieldGroup.FULFILLMENT: timedelta(minutes=10)},
    absent={"order.amend": "the shop cannot change an order"},
)
ERP = Manifest(
    adapter="erp",
    title="The ERP",
    contract_version="1",
    tells=Tells.STATE,
    reads={Kind.ORDER: Read(batch=10)},
    staleness={FieldGroup.COMMERCIAL: timedelta(minutes=5)},
)


def landscape(*, erp: bool = False, expects: tuple[SystemKind, ...] = (), tenant: str = TENANT) -> Landscape:
    """A shop, and an ERP beside it if there is one."""
    bindings = [SourceBinding(source="shop", tenant=tenant, system=SystemKind.COMMERCE, manifest=SHOP, expects=expects)]
    if erp:
        bindings.append(SourceBinding(source="erp", tenant=tenant, system=SystemKind.ERP, manifest=ERP))
    return Landscape(tenant=tenant, sources={one.source: one for one in bindings})
