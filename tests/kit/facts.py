"""Facts of a root, made by hand: what a test of the pure rooms starts from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hub.flow.facts import (
    KeptCommand,
    KeptDelivery,
    KeptLink,
    KeptMilestone,
    KeptRecord,
    RootFacts,
)
from hub.model.command import CancelCommand, LineQuantity
from hub.model.effects import CancelOrder, CancelReason, CancelTarget
from hub.model.intents import DeliveryState, LineGrant
from hub.model.manifest import Idempotency, Landscape, Manifest, SourceBinding, Tells, Write
from hub.model.observation import Content, NaturalKey, SourceLine, SourceQuantities
from hub.model.order import OrderCommercial, OrderGroups
from hub.model.shipment import ShipmentMilestone
from hub.model.values import Money
from hub.model.vocabulary import Kind, SystemKind

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
SHOP, ERP, WMS, CARRIER = "shop", "erp", "wms", "carrier"
ROLES = {SHOP: SystemKind.COMMERCE, ERP: SystemKind.ERP, WMS: SystemKind.WMS, CARRIER: SystemKind.CARRIER}
CANCEL = {"order.cancel": Write(idempotency=Idempotency.LOOKUP, longest_call=timedelta(seconds=30))}


def at(seconds: float) -> datetime:
    """An instant, counted from the start of the story."""
    return START + timedelta(seconds=seconds)


def d(value: int | str) -> Decimal:
    """A quantity or an amount."""
    return Decimal(value)


def eur(amount: int | str) -> Money:
    """Euros."""
    return Money(amount=d(amount), currency_code="EUR")


def binding(source: str, **changes: Any) -> SourceBinding:
    """A source that offers to cancel orders, unless *changes* say otherwise."""
    manifest = Manifest(
        adapter=source,
        title=source.upper(),
        contract_version="1",
        tells=Tells.EVENTS if source == CARRIER else Tells.STATE,
        reads={},
        writes=changes.pop("writes", CANCEL),
        groups=changes.pop("groups", {}),
        absent=changes.pop("absent", {}),
    )
    system = changes.pop("system", ROLES.get(source, SystemKind.OTHER))
    return SourceBinding(source=source, tenant="acme", system=system, manifest=manifest, **changes)


def landscape(*bindings: SourceBinding) -> Landscape:
    """The sources of the tenant; the shop alone where none is named."""
    known = bindings or (binding(SHOP),)
    return Landscape(tenant="acme", sources={one.source: one for one in known})


ALL = landscape(*(binding(name) for name in ROLES))


def line(name: str, ordered: int | str = 1, sku: str = "MUG", price: int | None = None, **more: Any) -> SourceLine:
    """A line of a document; counters go by name."""
    counters = {key: d(value) for key, value in more.items() if key in SourceQuantities.__slots__}
    rest = {key: value for key, value in more.items() if key not in counters}
    return SourceLine(
        id=name,
        sku=sku,
        unit_price=None if price is None else eur(price),
        quantities=SourceQuantities(ordered=d(ordered), **counters),
        **rest,
    )


def content(*lines: SourceLine, **more: Any) -> Content:
    """An order's content."""
    more.setdefault("order", OrderGroups(commercial=OrderCommercial(placed_at=START)))
    return Content(lines=lines, **more)


def order_record(source: str, said: Content, seen: tuple[float, float] = (0, 1), **more: Any) -> KeptRecord:
    """A kept order of a source, under the entity `o1`."""
    return record(source, Kind.ORDER, said, seen, **{"entity_id": "o1", "source_id": f"{source}-1", **more})


def shipment_record(source: str, said: Content, seen: tuple[float, float] = (0, 1), **more: Any) -> KeptRecord:
    """A kept shipment of the order `o1`, under the entity `s1`."""
    more.setdefault("links", (link("o1", Kind.ORDER),))
    return record(source, Kind.SHIPMENT, said, seen, **{"entity_id": "s1", "source_id": f"{source}-9", **more})


def link(entity: str | None, kind: Kind | None = None) -> KeptLink:
    """A reference that leads to an entity, or nowhere yet."""
    return KeptLink(key=NaturalKey(scheme="any", value=entity or "unseen"), entity_id=entity, kind=kind)


def record(source: str, kind: Kind, said: Content, seen: tuple[float, float], **more: Any) -> KeptRecord:
    """A kept record."""
    return replace(
        KeptRecord(
            source=source,
            kind=kind,
            source_id="1",
            birth="",
            entity_id="o1",
            content=said,
            started=at(seen[0]),
            finished=at(seen[1]),
            version=None,
            lives=True,
            in_doubt=False,
            first_seen_at=at(seen[1]),
        ),
        **more,
    )


def event(milestone: ShipmentMilestone, occurred: float | None, source: str = CARRIER, **more: Any) -> KeptMilestone:
    """A milestone that a source told of the shipment `s1`."""
    return replace(
        KeptMilestone(
            source=source,
            kind=Kind.SHIPMENT,
            source_id=f"{source}-9",
            birth="",
            entity_id="s1",
            part="",
            milestone=milestone,
            occurred_at=None if occurred is None else at(occurred),
            reverses=False,
            first_seen_at=at(occurred or 0),
        ),
        **more,
    )


def facts(*records: KeptRecord, **more: Any) -> RootFacts:
    """Everything known under the root `o1`, one hour after the start."""
    more.setdefault("landscape", ALL)
    return RootFacts(tenant="acme", root_id="o1", kind=Kind.ORDER, **{"now": at(3600), **more}, records=records)


def cancel(lines: Mapping[int, int | str] | None = None, **more: Any) -> CancelCommand:
    """A command to cancel the order or some units of it."""
    named = None if lines is None else tuple(LineQuantity(line_no=no, quantity=d(q)) for no, q in lines.items())
    return CancelCommand(order_id="o1", reason=CancelReason.CUSTOMER, lines=named, **more)


def kept_command(command: CancelCommand, name: str = "k1", accepted: float = 100) -> KeptCommand:
    """An accepted command."""
    return KeptCommand(id=name, operation="orderCancel", actor="rep", command=command, accepted_at=at(accepted))


def delivery(
    source: str,
    state: DeliveryState,
    targets: Iterable[tuple[str, int, int | str]] = (),
    grants: Mapping[int, int | str] | None = None,
    **more: Any,
) -> KeptDelivery:
    """A delivery of the command `k1`; targets are (source line, lineNo, cancelled in all)."""
    lines = tuple(CancelTarget(line=name, line_no=no, cancelled=d(units)) for name, no, units in targets)
    return replace(
        KeptDelivery(
            id=f"d-{source}",
            source=source,
            kind=Kind.ORDER,
            source_id=f"{source}-1",
            action="order.cancel",
            key=f"{source}/cancel:k1",
            state=state,
            content=CancelOrder(lines=lines, reason=CancelReason.CUSTOMER),
            attempts=1,
            has_begun=False,
            command_id="k1",
            claimed_at=at(110),
            settled_at=None,
            grants=tuple(LineGrant(line_no=no, cancelled=d(units)) for no, units in (grants or {}).items()),
            error=None,
        ),
        **more,
    )
