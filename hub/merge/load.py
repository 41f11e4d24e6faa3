"""Reads a shelf: JSON texts of the store into rows, everything around some objects and under some roots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from hub.codec import decode
from hub.merge.keys import BELOW_ORDERS, FAMILY, RecordKey, SlotKey
from hub.merge.shelf import Entity, IdentityKey, MilestoneKey, Shelf, Target
from hub.model.entities import ENTITIES
from hub.model.observation import NaturalKey
from hub.model.vocabulary import Kind
from hub.store import circle
from hub.store.accepted import CommandRow
from hub.store.casework import CaseRow, HoldRow
from hub.store.circle import Asked, KeyAsked, SlotAsked
from hub.store.deliveries import DeliveryRow
from hub.store.entities import RootRow
from hub.store.milestones import MilestoneRow
from hub.store.records import AbsenceRow, RecordRow
from hub.store.sameness import IdentityRow
from hub.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    source: str
    kind: Kind
    source_id: str
    birth: str
    scheme: str
    value: str
    entity_id: str
    target_id: str | None
    target_kind: Kind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entity:
    kind: Kind
    id: str
    root_id: str
    version: int
    root_version: int
    account: str | None
    doc: msgspec.Raw
    status: str | None
    missing_in: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coverage:
    source: str
    kind: Kind
    through: datetime


def asked(slots: Sequence[SlotKey], keys: Sequence[KeyAsked]) -> Asked:
    """The question to `hub.store.circle`, in a fixed order."""
    return Asked(
        slots=[SlotAsked(source=slot.source, kind=slot.kind, source_id=slot.source_id) for slot in sorted(set(slots))],
        keys=keys,
        family=sorted(FAMILY),
        below=sorted(BELOW_ORDERS),
    )


def records(texts: Sequence[str]) -> dict[RecordKey, RecordRow]:
    """Rows of `record` by their keys."""
    rows = [decode(said, RecordRow) for said in texts]
    return {RecordKey(row.source, row.kind, row.source_id, row.birth): row for row in rows}


async def locked_roots(tx: Tx, tenant: str, wanted: frozenset[str]) -> dict[str, RootRow]:
    """The roots, held until the transaction ends (step 1); those that do not exist are not there."""
    rows = [decode(said, RootRow) for said in await circle.lock_roots(tx, tenant, sorted(wanted))]
    return {row.id: row for row in rows}


async def shelf(tx: Tx, tenant: str, question: Asked, roots: dict[str, RootRow]) -> Shelf:
    """Everything around *question* and under *roots*, which are locked."""
    loaded = Shelf(now=await tx.now(), roots=dict(roots))
    found = list(await circle.around(tx, tenant, question, sorted(roots)))
    if question.slots or roots:
        found += await circle.under(tx, tenant, sorted(roots))
    for sort, said in found:
        _SORTS[sort](loaded, said)
    return loaded


def _record(loaded: Shelf, said: str) -> None:
    loaded.records |= records([said])


def _absence(loaded: Shelf, said: str) -> None:
    row = decode(said, AbsenceRow)
    loaded.absences[SlotKey(row.source, row.kind, row.source_id)] = row


def _link(loaded: Shelf, said: str) -> None:
    row = decode(said, _Link)
    key = NaturalKey(scheme=row.scheme, value=row.value)
    of = loaded.links.setdefault(RecordKey(row.source, row.kind, row.source_id, row.birth), {})
    of[key] = Target(row.target_id, row.target_kind)


def _identity(loaded: Shelf, said: str) -> None:
    row = decode(said, IdentityRow)
    key = NaturalKey(scheme=row.scheme, value=row.value)
    loaded.identities[IdentityKey(key, row.source, row.birth)] = row


def _entity(loaded: Shelf, said: str) -> None:
    row = decode(said, _Entity)
    doc: Any = decode(bytes(row.doc), ENTITIES[row.kind])
    loaded.entities[row.id] = Entity(
        kind=row.kind,
        id=row.id,
        root_id=row.root_id,
        version=row.version,
        root_version=row.root_version,
        account=row.account,
        missing_in=row.missing_in,
        doc=doc,
    )


def _milestone(loaded: Shelf, said: str) -> None:
    row = decode(said, MilestoneRow)
    record = RecordKey(row.source, row.kind, row.source_id, row.birth)
    loaded.milestones[MilestoneKey(record, row.part, row.milestone, row.occurred_at, row.reverses)] = row


def _delivery(loaded: Shelf, said: str) -> None:
    row = decode(said, DeliveryRow)
    loaded.deliveries[row.id] = row


def _command(loaded: Shelf, said: str) -> None:
    row = decode(said, CommandRow)
    loaded.commands[row.id] = row


def _case(loaded: Shelf, said: str) -> None:
    row = decode(said, CaseRow)
    loaded.cases[row.id] = row


def _hold(loaded: Shelf, said: str) -> None:
    row = decode(said, HoldRow)
    loaded.holds[row.id] = row


async def coverage(tx: Tx, tenant: str) -> dict[tuple[str, Kind], datetime]:
    """Through when everything was seen, by source and kind."""
    loaded = Shelf(now=await tx.now(), roots={})
    for sort, said in await circle.under(tx, tenant, []):
        _SORTS[sort](loaded, said)
    return loaded.coverage


def _coverage(loaded: Shelf, said: str) -> None:
    row = decode(said, _Coverage)
    loaded.coverage[row.source, row.kind] = row.through


_SORTS: dict[str, Callable[[Shelf, str], None]] = {
    "record": _record,
    "absence": _absence,
    "link": _link,
    "identity": _identity,
    "entity": _entity,
    "milestone": _milestone,
    "delivery": _delivery,
    "command": _command,
    "case": _case,
    "hold": _hold,
    "coverage": _coverage,
}
