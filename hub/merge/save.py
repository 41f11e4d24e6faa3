"""Step 7, second half: what differs between two shelves, written table by table, the outbox last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hub.merge.columns import row_of
from hub.merge.keys import RecordKey
from hub.merge.shelf import Entity, Shelf
from hub.merge.telling import Told
from hub.model.finding import normalised
from hub.model.values import Identifier
from hub.store.accepted import PUT_COMMANDS
from hub.store.casework import PUT_CASES, PUT_HOLDS
from hub.store.console import MOVE_DECISIONS
from hub.store.deliveries import PUT_DELIVERIES
from hub.store.entities import (
    DROP_IDENTIFIERS,
    PUT_ENTITIES,
    PUT_IDENTIFIERS,
    PUT_ROOTS,
    REDIRECT_ENTITIES,
    IdentifierRow,
    Named,
    Redirect,
)
from hub.store.hints import CLOSE_HINTS, RAISE_HINTS, HintRow, HintServed
from hub.store.milestones import PUT_MILESTONES
from hub.store.outbox import PUT_OUTBOX
from hub.store.records import (
    MOVE_RECORDS,
    PUT_ABSENCES,
    PUT_RAW,
    PUT_RECORDS,
    RawRow,
    RecordMoved,
    RecordRow,
)
from hub.store.sameness import (
    DROP_IDENTITIES,
    DROP_LINKS,
    MERGE_IDENTITIES,
    PUT_IDENTITIES,
    PUT_LINKS,
    IdentityGone,
    LinkGone,
    LinkRow,
    Merged,
)
from hub.store.tx import Tx

Key = TypeVar("Key")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What is written beside the difference of the shelves."""

    merges: tuple[tuple[str, str], ...] = ()
    raws: Mapping[str, Any] = field(default_factory=dict)  # Any: the vendor's own JSON
    hints: tuple[HintRow, ...] = ()
    served: tuple[HintServed, ...] = ()


def differing(before: Mapping[Key, Row], after: Mapping[Key, Row]) -> list[tuple[Key, Row]]:
    """The rows of *after* that are new or other than before."""
    return [(key, row) for key, row in after.items() if (was := before.get(key)) is not row and was != row]


async def save(tx: Tx, tenant: str, shelves: tuple[Shelf, Shelf], told: Told, aside: Aside) -> None:
    """Write what differs between (before, after); nothing that does not. Outbox last of all."""
    before, after = shelves
    await _records(tx, tenant, before, after)
    await PUT_RAW.write(tx, tenant, [RawRow(ref=ref, body=body) for ref, body in sorted(aside.raws.items())])
    await _sameness(tx, tenant, before, after, aside)
    await PUT_MILESTONES.write(tx, tenant, _only(differing(before.milestones, after.milestones)))
    await _entities(tx, tenant, before, after, aside)
    await PUT_ROOTS.write(tx, tenant, _only(differing(before.roots, after.roots)))
    await PUT_COMMANDS.write(tx, tenant, _only(differing(before.commands, after.commands)))
    deliveries = _only(differing(before.deliveries, after.deliveries))
    await PUT_DELIVERIES.write(tx, tenant, [row for row in deliveries if "@" in row.key])  # frees the key first
    await PUT_DELIVERIES.write(tx, tenant, [row for row in deliveries if "@" not in row.key])
    cases = _only(differing(before.cases, after.cases))
    await PUT_CASES.write(tx, tenant, [row for row in cases if "@" in row.dedup_key])
    await PUT_CASES.write(tx, tenant, [row for row in cases if "@" not in row.dedup_key])
    await PUT_HOLDS.write(tx, tenant, _only(differing(before.holds, after.holds)))
    await RAISE_HINTS.write(tx, tenant, aside.hints)
    await CLOSE_HINTS.write(tx, tenant, aside.served)  # a hint raised above has moved its counter and stays open
    await PUT_OUTBOX.write(tx, tenant, told.facts)


def _only(pairs: Iterable[tuple[Key, Row]]) -> list[Row]:
    return [row for _, row in pairs]


async def _records(tx: Tx, tenant: str, before: Shelf, after: Shelf) -> None:
    put, moved = [], []
    for key, row in differing(before.records, after.records):
        was = before.records.get(key)
        if was is None or (was.hash, was.version) != (row.hash, row.version) or was.content is not row.content:
            put.append(row)
        else:
            moved.append(_moved(row))
    await PUT_RECORDS.write(tx, tenant, put)
    await MOVE_RECORDS.write(tx, tenant, moved)
    await PUT_ABSENCES.write(tx, tenant, _only(differing(before.absences, after.absences)))


def _moved(row: RecordRow) -> RecordMoved:
    return RecordMoved(
        source=row.source,
        kind=row.kind,
        source_id=row.source_id,
        birth=row.birth,
        entity_id=row.entity_id,
        started=row.started,
        finished=row.finished,
        rival=row.rival,
        gone_at=row.gone_at,
        in_doubt=row.in_doubt,
    )


async def _sameness(tx: Tx, tenant: str, before: Shelf, after: Shelf, aside: Aside) -> None:
    merged = [Merged(survivor=survivor, loser=loser) for survivor, loser in aside.merges]
    await MOVE_DECISIONS.write(tx, tenant, merged)
    await MERGE_IDENTITIES.write(tx, tenant, merged)
    gone = [
        IdentityGone(scheme=at.key.scheme, source=at.source, value=at.key.value, birth=at.birth)
        for at in before.identities.keys() - after.identities.keys()
    ]
    await DROP_IDENTITIES.write(tx, tenant, sorted(gone, key=lambda row: (row.scheme, row.value)))
    await PUT_IDENTITIES.write(tx, tenant, _only(differing(before.identities, after.identities)))
    links, dropped = [], []
    for key, row in after.records.items():
        is_moved = key in before.records and before.records[key].entity_id != row.entity_id
        was, now = before.links.get(key, {}), after.links.get(key, {})
        links += [
            LinkRow(**_named(key), scheme=ref.scheme, value=ref.value, entity_id=row.entity_id, target_id=target.entity)
            for ref, target in sorted(now.items())
            if is_moved or was.get(ref) != target
        ]
        dropped += [LinkGone(**_named(key), scheme=ref.scheme, value=ref.value) for ref in sorted(was.keys() - now)]
    await DROP_LINKS.write(tx, tenant, dropped)
    await PUT_LINKS.write(tx, tenant, links)


def _named(key: RecordKey) -> dict[str, Any]:
    return {"source": key.source, "kind": key.kind, "source_id": key.source_id, "birth": key.birth}


async def _entities(tx: Tx, tenant: str, before: Shelf, after: Shelf, aside: Aside) -> None:
    losers = [
        Redirect(
            kind=before.entities[loser].kind, id=loser, redirect_to=survivor, version=after.entities[survivor].version
        )
        for survivor, loser in aside.merges
    ]
    await REDIRECT_ENTITIES.write(tx, tenant, losers)
    changed = [now for _, now in differing(before.entities, after.entities) if now.doc is not None]
    await PUT_ENTITIES.write(tx, tenant, [row_of(now, after.now) for now in changed])
    named = [now for now in changed if _names(now) != _names(before.entities.get(now.id))]
    known = [Named(kind=now.kind, entity_id=now.id) for now in named if now.id in before.entities]
    known += [Named(kind=before.entities[loser].kind, entity_id=loser) for _, loser in aside.merges]
    await DROP_IDENTIFIERS.write(tx, tenant, known)
    await PUT_IDENTIFIERS.write(tx, tenant, [row for now in named for row in _identifiers(now)])


def _names(entity: Entity | None) -> object:
    """What the rows of `identifier` are made of."""
    return None if entity is None else (entity.root_id, entity.account, getattr(entity.doc, "identifiers", ()))


def _identifiers(entity: Entity) -> list[IdentifierRow]:
    given: tuple[Identifier, ...] = getattr(entity.doc, "identifiers", ())
    return [
        IdentifierRow(
            kind=entity.kind,
            entity_id=entity.id,
            scheme=one.scheme.value,
            source=one.source or "",
            value=one.value,
            normalised=normalised(one.value),
            root_id=entity.root_id,
            account=entity.account,
        )
        for one in given
    ]
