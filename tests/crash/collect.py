"""From the final database to values the judge understands."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.flow.facts import HUB
from tests.crash.admin import Admin
from tests.crash.judge.evidence import CommandRow, DeliveryRow, EntityRow, LogRow, ShopOrder, Units

Row = Mapping[str, Any]  # Any: column values

_TABLES = {
    name: f"select * from hub.{name}"  # noqa: S608 - the names stand here
    for name in ("command", "delivery", "change_log", "entity", "record", "root", "lease", "sequencer_term")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """The final database."""

    commands: tuple[CommandRow, ...]
    deliveries: tuple[DeliveryRow, ...]
    log: tuple[LogRow, ...]
    entities: tuple[EntityRow, ...]
    epochs: int
    """Take-overs of sources, all together."""
    terms: int
    """Leaderships of the relay."""


async def final(admin: Admin, shop: Sequence[ShopOrder], skus: Mapping[tuple[str, str], str]) -> Final:
    """Everything; *skus*: (tenant, the shop's line id) -> sku."""
    rows = {table: [dict(row.items()) for row in await admin.rows(query) or ()] for table, query in _TABLES.items()}
    raw = {
        (row["tenant"], row["entity_id"]): json.loads(row["content"]).get("raw_status")
        for row in rows["record"]
        if row["kind"] == "ORDER" and row["source"] != HUB
    }
    entities = [_entity(row, raw.get((row["tenant"], row["id"]))) for row in rows["entity"]]
    entities += [_versioned(row, "OPERATION", row["id"]) for row in rows["command"]]
    entities += [
        _versioned(row, "SOURCE", row["id"].partition(":")[2]) for row in rows["root"] if row["kind"] == "SOURCE"
    ]
    positions = [
        row for row in rows["root"] if row["kind"] == "INVENTORY" and row["version"]
    ]  # told once it has figures
    entities += [_versioned(row, "INVENTORY", row["id"]) for row in positions]
    numbers = {(order.tenant, order.source_id): order.code for order in shop}
    docs = {(row["tenant"], row["id"]): json.loads(row["doc"]) for row in rows["entity"] if row["kind"] == "ORDER"}
    return Final(
        commands=tuple(_command(row, docs) for row in rows["command"]),
        deliveries=tuple(_delivery(row, numbers, skus) for row in rows["delivery"]),
        log=tuple(_line(row) for row in rows["change_log"]),
        entities=tuple(entities),
        epochs=sum(row["epoch"] for row in rows["lease"]),
        terms=len(rows["sequencer_term"]),
    )


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
        live=payload.get("origin", "LIVE") == "LIVE",
    )


def _entity(row: Row, raw_status: str | None) -> EntityRow:
    lines = json.loads(row["doc"]).get("lines", ()) if row["kind"] == "ORDER" else ()
    return EntityRow(
        tenant=row["tenant"],
        kind=row["kind"],
        id=row["id"],
        version=row["version"],
        number=row["number"],
        raw_status=raw_status,
        lines={
            line["sku"]: (_whole(line["quantities"]["ordered"]), _whole(line["quantities"]["cancelled"]))
            for line in lines
        },
    )


def _versioned(row: Row, kind: str, name: str) -> EntityRow:
    return EntityRow(tenant=row["tenant"], kind=kind, id=name, version=row["version"])


def _whole(quantity: Any) -> int:  # Any: a number or its text
    return int(float(quantity))
