"""A change as CloudEvents in binary mode: attributes are headers, the value is the plain JSON of the change."""

from __future__ import annotations

from hub.call import passed_on
from hub.changes.bus import Record
from hub.changes.topics import STREAM_OF
from hub.codec import encode
from hub.store.changelog import LoggedChange

TYPES = "opshub"
"""What every event type begins with."""
SCHEMA = "1"
"""Moves when what a change says is said otherwise; additions do not move it."""


def key_of(line: LoggedChange) -> str:
    """What keeps its order: the tenant's root."""
    return f"{line.tenant}/{line.change.root_id}"


def record_of(line: LoggedChange, prefix: str) -> Record:
    """The record of a line. The same line gives the same record, so a repetition is known by `ce_id`."""
    change, key = line.change, key_of(line)
    headers = {
        "ce_specversion": "1.0",
        "ce_id": change.event_id,
        "ce_source": f"/opshub/{line.tenant}",
        "ce_type": f"{TYPES}.{change.event}.v{SCHEMA}",
        "ce_subject": f"{change.kind.value.lower()}/{change.entity_id}",
        "ce_time": change.recorded_at.isoformat(),
        "content-type": "application/json",
        "ce_partitionkey": key,
        "ce_correlationid": change.correlation_id,
        **passed_on(change.correlation_id, change.event_id, change.traceparent),
        "ce_tenantid": line.tenant,
        "ce_entityversion": str(change.version),
        "ce_schemaversion": SCHEMA,
        "ce_origin": change.origin.value,
        "ce_position": str(line.place.position),
        "ce_term": line.place.term,
    }
    if change.causation_id is not None:
        headers["ce_causationid"] = change.causation_id
    return Record(topic=prefix + STREAM_OF[change.kind], key=key.encode(), value=encode(change), headers=headers)
