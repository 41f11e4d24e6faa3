"""Every table of a shard (design section 8). SQLAlchemy Core, PostgreSQL only, tenant first in every key."""

from __future__ import annotations

from sqlalchemy import Table

from hub.store.tables.columns import metadata
from hub.store.tables.doing import command, delivery, exception_case, hold
from hub.store.tables.intake import bus_place, coverage, cursor, hint, inbox, lease, source_state, staged, staged_key
from hub.store.tables.log import change_log, follower, hop, hop_root, outbox, parked, sequencer, sequencer_term
from hub.store.tables.partners import notice, notice_choice, webhook_delivery, webhook_endpoint
from hub.store.tables.policy import policy
from hub.store.tables.stock import movement, reservation, stock
from hub.store.tables.truth import absence, entity, identifier, identity, link, milestone, raw_answer, record, root

TENANT_TABLES: tuple[Table, ...] = tuple(table for table in metadata.sorted_tables if "tenant" in table.c)
"""Tables under row security, each by its `tenant` column."""

__all__ = [
    "TENANT_TABLES",
    "absence",
    "bus_place",
    "change_log",
    "command",
    "coverage",
    "cursor",
    "delivery",
    "entity",
    "exception_case",
    "follower",
    "hint",
    "hold",
    "hop",
    "hop_root",
    "identifier",
    "identity",
    "inbox",
    "lease",
    "link",
    "metadata",
    "milestone",
    "movement",
    "notice",
    "notice_choice",
    "outbox",
    "parked",
    "policy",
    "raw_answer",
    "record",
    "reservation",
    "root",
    "sequencer",
    "sequencer_term",
    "source_state",
    "staged",
    "staged_key",
    "stock",
    "webhook_delivery",
    "webhook_endpoint",
]
