"""From the final database to values the judge understands."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hub.flow.facts import HUB
from hub.model.effects import CANCEL_ORDER, CREATE_ORDER, REQUEST_FULFILMENT
from hub.model.ids import place_of_position
from tests.crash.admin import Admin
from tests.crash.comeback import click_rows, return_rows
from tests.crash.judge.evidence import (
    CommandRow,
    CreateRow,
    DeliveryRow,
    Entered,
    EntityRow,
    Figure,
    LogRow,
    RecordRow,
    Reserved,
    ShopOrder,
    Units,
)
from tests.crash.judge.returned import NO_RETURNS, Returned
from tests.crash.plan import SHOP

Row = Mapping[str, Any]  # Any: column values

CANCEL, SUBMIT = "orderCancel", "orderSubmit"
MAKING = (CREATE_ORDER, REQUEST_FULFILMENT)
TRIES, AGAIN = 300, 0.05  # looks, seconds
_WAITING = "select id from hub.outbox limit 1"
_TABLES = {
    name: f"select * from hub.{name}"  # noqa: S608 - the names stand here
    for name in (
        "command",
        "delivery",
        "change_log",
        "entity",
        "record",
        "root",
        "lease",
        "sequencer_term",
        "stock",
        "movement",
        "exception_case",
        "reservation",
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """The final database."""

    commands: tuple[CommandRow, ...]
    """Those that are about an order that was there."""
    deliveries: tuple[DeliveryRow, ...]
    log: tuple[LogRow, ...]
    entities: tuple[EntityRow, ...]
    epochs: int
    """Take-overs of sources, all together."""
    terms: int
    """Leaderships of the relay."""
    records: tuple[RecordRow, ...]
    stock: tuple[Figure, ...]
    moved: tuple[Figure, ...]
    entered: tuple[Entered, ...] = ()
    creates: tuple[CreateRow, ...] = ()
    reserved: tuple[Reserved, ...] = ()
    returned: Returned = NO_RETURNS
    is_still: bool = False
    """At that instant no fact waited to be told."""


NOTHING = Final(
    commands=(), deliveries=(), log=(), entities=(), epochs=0, terms=0, records=(), stock=(), moved=()
)  # fmt: skip


async def final(admin: Admin, shop: Sequence[ShopOrder], skus: Mapping[tuple[str, str], str]) -> Final:
    """Everything; *skus*: (tenant, the shop's line id) -> sku."""
    rows = await _snapshot(admin)
    raw = {
        (row["tenant"], row["entity_id"]): json.loads(row["content"]).get("raw_status")
        for row in rows["record"]
        if row["kind"] == "ORDER" and row["source"].startswith(SHOP)
    }
    entities = [_entity(row, raw.get((row["tenant"], row["id"]))) for row in rows["entity"]]
    entities += [_versioned(row, "OPERATION", row["id"]) for row in rows["command"]]
    entities += [
        _versioned(row, "SOURCE", row["id"].partition(":")[2]) for row in rows["root"] if row["kind"] == "SOURCE"
    ]
    entities += [_versioned(row, "EXCEPTION_CASE", row["id"]) for row in rows["exception_case"] if row["version"]]
    positions = [
        row for row in rows["root"] if row["kind"] == "INVENTORY" and row["version"]
    ]  # told once it has figures
    entities += [_versioned(row, "INVENTORY", row["id"]) for row in positions]
    numbers = {(order.tenant, order.source_id): order.code for order in shop}
    docs = {(row["tenant"], row["id"]): json.loads(row["doc"]) for row in rows["entity"] if row["kind"] == "ORDER"}
    return Final(
        commands=tuple(_command(row, docs) for row in rows["command"] if row["operation"] == CANCEL),
        deliveries=tuple(_delivery(row, numbers, skus) for row in rows["delivery"] if row["action"] == CANCEL_ORDER),
        entered=tuple(_entered(row, rows["entity"]) for row in rows["command"] if row["operation"] == SUBMIT),
        creates=tuple(_create(row) for row in rows["delivery"] if row["action"] in MAKING),
        log=tuple(_line(row) for row in rows["change_log"]),
        entities=tuple(entities),
        epochs=sum(row["epoch"] for row in rows["lease"]),
        terms=len(rows["sequencer_term"]),
        records=tuple(_record(row) for row in rows["record"] if row["source"] != HUB),
        stock=tuple(_figure(row, row["sku"], row["warehouse"], row["value"]) for row in rows["stock"]),
        moved=tuple(_moved(row) for row in rows["movement"]),
        reserved=tuple(_reserved(row) for row in rows["reservation"]),
        returned=Returned(rows=click_rows(rows), returns=return_rows(rows)),
        is_still=bool(rows["lease"]),
    )


async def _snapshot(admin: Admin) -> Mapping[str, list[Row]]:
    """All tables at one instant at which no fact waits: owners go on telling of their sources."""
    for _ in range(TRIES):
        found = await admin.at_once(_WAITING, *_TABLES.values())
        if found is not None and not found[0]:
            return {table: [dict(row.items()) for row in rows] for table, rows in zip(_TABLES, found[1:], strict=True)}
        await asyncio.sleep(AGAIN)
    return {table: [] for table in _TABLES}


def _command(row: Row, docs: Mapping[tuple[str, str], Row]) -> CommandRow:
    given = json.loads(row["input"])
    doc = docs.get((row["tenant"], row["root_id"]), {})
    skus = {line["line_no"]: line["sku"] for line in doc.get("lines", ())}
    lines = given.get("lines")
    units: Units | None = None
    if lines is not None:
        units = tuple(sorted((str(skus.get(one["line_no"])), _whole(one["quantity"])) for one in lines))
    return CommandRow(
        tenant=row["tenant"],
        id=row["id"],
        client=row["client"],
        key=row["key"],
        note=str(given.get("note")),
        units=units,
        correlation_id=row["correlation_id"],
    )


def _entered(row: Row, entities: Sequence[Row]) -> Entered:
    given = json.loads(row["input"])
    order = next((one for one in entities if (one["tenant"], one["id"]) == (row["tenant"], given["order_id"])), None)
    return Entered(
        tenant=row["tenant"],
        id=row["id"],
        client=row["client"],
        key=row["key"],
        note=str(given.get("note")),
        units=tuple(sorted((one["sku"], _whole(one["quantity"])) for one in given["lines"])),
        entity=given["order_id"],
        order="" if order is None else str(order["number"]),
    )


def _create(row: Row) -> CreateRow:
    content = json.loads(row["content"])
    return CreateRow(
        tenant=row["tenant"],
        id=row["id"],
        role=_role(row),
        command_id=row["command_id"],
        reference=content["reference"],
        state=row["state"],
        attempts=row["attempts"],
        units=tuple(sorted((one["sku"], _whole(one["quantity"])) for one in content["lines"])),
    )


def _delivery(row: Row, numbers: Mapping[tuple[str, str], str], skus: Mapping[tuple[str, str], str]) -> DeliveryRow:
    content = json.loads(row["content"])
    targets = tuple(
        sorted(
            (skus.get((row["tenant"], one["line"]), one["line"]), _whole(one["cancelled"])) for one in content["lines"]
        )
    )
    return DeliveryRow(
        tenant=row["tenant"],
        id=row["id"],
        code=numbers.get((row["tenant"], str(row["source_id"])), str(row["source_id"])),
        state=row["state"],
        attempts=row["attempts"],
        targets=targets,
        whole=bool(content.get("whole")),
        command_id=row["command_id"],
    )


def _line(row: Row) -> LogRow:
    payload = json.loads(row["payload"])
    return LogRow(
        position=row["position"],
        tenant=row["tenant"],
        event_id=str(row["event_id"]),
        kind=row["aggregatetype"].upper(),
        entity_id=row["aggregateid"],
        version=row["entity_version"],
        event=row["type"],
        root_id=row["root_id"],
        live=payload.get("origin", "LIVE") == "LIVE",
    )


def _record(row: Row) -> RecordRow:
    return RecordRow(
        tenant=row["tenant"],
        role=_role(row),
        kind=row["kind"],
        source_id=row["source_id"],
        entity_id=row["entity_id"],
        hash="" if row["gone_at"] else row["hash"],
    )


def _moved(row: Row) -> Figure:
    sku, warehouse = place_of_position(row["root_id"]) or ("", "")
    return _figure(row, sku, warehouse, row["delta"])


def _figure(row: Row, sku: str, warehouse: str, value: Decimal) -> Figure:
    return Figure(
        tenant=row["tenant"], role=_role(row), sku=sku, warehouse=warehouse, name=row["name"], value=value.normalize()
    )


def _reserved(row: Row) -> Reserved:
    return Reserved(
        tenant=row["tenant"],
        order=row["root_id"],
        line=int(row["line"].partition("/")[0]),
        sku=row["sku"],
        warehouse=row["warehouse"],
        units=row["quantity"],
        state=row["state"],
    )


def _role(row: Row) -> str:
    return str(row["source"]).partition("-")[0]


def _entity(row: Row, raw_status: str | None) -> EntityRow:
    lines = json.loads(row["doc"]).get("lines", ()) if row["kind"] == "ORDER" else ()
    return EntityRow(
        tenant=row["tenant"],
        kind=row["kind"],
        id=row["id"],
        version=row["version"],
        number=row["number"],
        raw_status=raw_status,
        redirect_to=row["redirect_to"],
        lines={
            line["sku"]: (_whole(line["quantities"]["ordered"]), _whole(line["quantities"]["cancelled"]))
            for line in lines
        },
    )


def _versioned(row: Row, kind: str, name: str) -> EntityRow:
    return EntityRow(tenant=row["tenant"], kind=kind, id=name, version=row["version"])


def _whole(quantity: Any) -> int:  # Any: a number or its text
    return int(float(quantity))
