"""Step 7, first half: which entities differ, their new versions, and the facts that are told of them (D5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from hub.merge.keys import BELOW_ORDERS, RecordKey
from hub.merge.places import Places
from hub.merge.shelf import Entity, Shelf
from hub.merge.turn import Turned
from hub.model.changes import Change, ChangeKind, Origin
from hub.model.vocabulary import Kind
from hub.store.outbox import OutboxRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a root was looked at."""

    correlation_id: str
    causation_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What every fact of a transaction bears."""

    now: datetime
    origin: Origin
    mint: Callable[[], str]
    causes: Mapping[str, Cause]
    """By root; the cause of the whole work where a root has none of its own."""
    cause: Cause
    merges: tuple[tuple[str, str], ...] = ()

    def cause_of(self, root: str) -> Cause:
        """Why *root* was looked at."""
        return self.causes.get(root, self.cause)


@dataclass(slots=True, kw_only=True)
class Told:
    """What differs: entities with their changed fields, roots that moved, facts for the outbox."""

    changed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    roots: set[str] = field(default_factory=set)
    facts: list[OutboxRow] = field(default_factory=list)


def tell(
    before: Shelf, shelf: Shelf, places: Places[RecordKey], turned: Mapping[str, Turned], telling: Telling
) -> Told:
    """Move the versions of what differs on *shelf* and say so: one fact per changed entity and root it concerns."""
    told = Told()
    for root, one in turned.items():
        _documents(before, shelf, root, one, told)
    labels = _labels(before, shelf, places, turned.keys(), told)
    for survivor, _ in telling.merges:
        labels.setdefault(shelf.entities[survivor].root_id, []).append("identifiers")
        told.changed.setdefault(survivor, ("identifiers",))
    for root, names in labels.items():
        head = shelf.entities.get(root)
        if head is not None and head.doc is not None and head.root_id == root:
            told.changed[root] = tuple(dict.fromkeys((*told.changed.get(root, ()), *names)))
    told.roots = labels.keys() | {shelf.entities[entity].root_id for entity in told.changed}
    _move_versions(shelf, told)
    _facts(before, shelf, places, told, telling)
    _operations(before, shelf, told, telling)
    return told


def changed_fields(old: Any, new: Any) -> tuple[str, ...]:  # Any: documents of one kind
    """Names of the fields that differ, field groups by their own names; `version` is none."""
    if old is None:
        return tuple(spec.name for spec in fields(new) if spec.name not in ("id", "version"))
    names = []
    for spec in fields(new):
        was, now = getattr(old, spec.name), getattr(new, spec.name)
        if spec.name == "groups":
            names += [part.name for part in fields(now) if getattr(was, part.name) != getattr(now, part.name)]
        elif spec.name != "version" and was != now:
            names.append(spec.name)
    return tuple(names)


def _documents(before: Shelf, shelf: Shelf, root: str, one: Turned, told: Told) -> None:
    for entity, doc in one.picture.documents.items():
        stored = shelf.entities[entity]
        fresh = replace(
            stored,
            doc=doc,
            account=one.picture.accounts.get(entity),
            missing_in=one.picture.missing_in.get(entity, ()),
        )
        was = before.entities.get(entity)
        names = changed_fields(None if was is None else was.doc, doc)
        if was is not None and was.root_id != root:
            names = (*names, "order_ids")
        if was is not None and (fresh.account, fresh.missing_in) != (was.account, was.missing_in):
            names = (*names, "systems")
        shelf.entities[entity] = fresh
        if names:
            told.changed[entity] = names


def _labels(
    before: Shelf, shelf: Shelf, places: Places[RecordKey], roots: AbstractSet[str], told: Told
) -> dict[str, list[str]]:
    """What moved under each root beside its head: names of lists for `changed_fields`."""
    found: dict[str, list[str]] = {}
    for entity in told.changed:
        kind = shelf.entities[entity].kind
        own = shelf.entities[entity].root_id
        for root in {own, *(places.orders(entity) if kind in BELOW_ORDERS else ())} & roots:
            if root != entity:
                found.setdefault(root, []).append(f"{kind.value.lower()}s")
    for entity, was in before.entities.items():
        now = shelf.entities.get(entity)
        if now is not None and now.root_id != was.root_id and was.root_id in shelf.roots:
            found.setdefault(was.root_id, []).append(f"{was.kind.value.lower()}s")
    for name, old, new in (
        ("operations", before.deliveries, shelf.deliveries),
        ("operations", before.commands, shelf.commands),
        ("exceptions", before.cases, shelf.cases),
        ("holds", before.holds, shelf.holds),
    ):
        for root in _differing_roots(old, new):
            found.setdefault(root, []).append(name)
    return found


def _differing_roots(old: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    return {row.root_id for key, row in new.items() if old.get(key) is not row and old.get(key) != row}


def _move_versions(shelf: Shelf, told: Told) -> None:
    for root in told.roots & shelf.roots.keys():
        shelf.roots[root] = replace(shelf.roots[root], version=shelf.roots[root].version + 1)
    for entity in told.changed:
        stored = shelf.entities[entity]
        version = stored.version + 1
        under = shelf.roots.get(stored.root_id)
        shelf.entities[entity] = replace(
            stored,
            version=version,
            root_version=stored.root_version if under is None else under.version,
            doc=replace(stored.doc, version=version),
        )


def _facts(before: Shelf, shelf: Shelf, places: Places[RecordKey], told: Told, telling: Telling) -> None:
    survivors = {survivor for survivor, _ in telling.merges}
    for entity in sorted(told.changed, key=lambda one: (shelf.entities[one].kind is not Kind.ORDER, one)):
        now = shelf.entities[entity]
        survivor = entity if entity in survivors else None
        news = _News(
            entity=now,
            event=_event(before.entities.get(entity), now, survivor),
            changed_fields=told.changed[entity],
            survivor=survivor,
        )
        roots = {now.root_id}
        if now.kind in BELOW_ORDERS and now.root_id == entity:
            roots = set(places.orders(entity)) & told.roots or roots
        told.facts += [_fact(shelf, news, root, telling) for root in sorted(roots)]
    for survivor, loser in sorted(telling.merges):
        gone = replace(before.entities[loser], version=shelf.entities[survivor].version)
        news = _News(entity=gone, event="entity.merged", changed_fields=(), survivor=survivor)
        told.facts.append(_fact(shelf, news, gone.root_id, telling))


@dataclass(frozen=True, slots=True, kw_only=True)
class _News:
    """What is told of one entity."""

    entity: Entity
    event: str
    changed_fields: tuple[str, ...]
    survivor: str | None


def _event(was: Entity | None, now: Entity, survivor: str | None) -> str:
    kind = now.kind.value.lower()
    if survivor is not None:
        return "entity.merged"
    if was is None or was.doc is None:
        return f"{kind}.created"
    if getattr(now.doc, "status", None) == "CANCELLED" and getattr(was.doc, "status", None) != "CANCELLED":
        return f"{kind}.cancelled"
    return f"{kind}.updated"


def _fact(shelf: Shelf, news: _News, root: str, telling: Telling) -> OutboxRow:
    now, event = news.entity, news.event
    row = shelf.roots.get(root)
    created = event.endswith(".created")
    cause = telling.cause_of(root)
    change = Change(
        event_id=telling.mint(),
        event=event,
        change=ChangeKind.CREATED if created else ChangeKind.UPDATED,
        kind=now.kind,
        entity_id=now.id,
        root_id=root,
        version=now.version,
        root_version=0 if row is None else row.version,
        changed_fields=news.changed_fields,
        occurred_at=_placed_at(now.doc) or telling.now if created else telling.now,
        recorded_at=telling.now,
        correlation_id=cause.correlation_id,
        causation_id=cause.causation_id,
        account=now.account,
        origin=telling.origin,
        status=getattr(now.doc, "status", None),
        customer_id=getattr(now.doc, "customer_id", None),
        survivor_id=news.survivor,
    )
    return row_of(change)


def row_of(change: Change) -> OutboxRow:
    """The outbox row of a change."""
    return OutboxRow(
        root_id=change.root_id,
        account=change.account,
        event_id=change.event_id,
        aggregatetype=change.kind.value.lower(),
        aggregateid=change.entity_id,
        type=change.event,
        entity_version=change.version,
        headers={"correlation_id": change.correlation_id},
        payload=change,
    )


def _placed_at(doc: Any) -> datetime | None:  # Any: a document of any kind
    commercial = getattr(getattr(doc, "groups", None), "commercial", None)
    placed: datetime | None = getattr(commercial, "placed_at", None)
    return placed


def _operations(before: Shelf, shelf: Shelf, told: Told, telling: Telling) -> None:
    """A command moves when a delivery that carries it out does."""
    moved = {row.command_id for key, row in shelf.deliveries.items() if before.deliveries.get(key) != row}
    for name, command in sorted(shelf.commands.items()):
        is_new = name not in before.commands
        if not is_new and name not in moved:
            continue
        version = command.version if is_new else command.version + 1
        shelf.commands[name] = replace(command, version=version)
        root, order = shelf.roots[command.root_id], shelf.entities.get(command.root_id)
        change = Change(
            event_id=telling.mint(),
            event="operation.created" if is_new else "operation.updated",
            change=ChangeKind.CREATED if is_new else ChangeKind.UPDATED,
            kind=Kind.OPERATION,
            entity_id=name,
            root_id=command.root_id,
            version=version,
            root_version=root.version,
            changed_fields=("state",),
            occurred_at=telling.now,
            recorded_at=telling.now,
            correlation_id=command.correlation_id,
            causation_id=telling.cause_of(command.root_id).causation_id,
            account=None if order is None else order.account,
            origin=telling.origin,
        )
        told.facts.append(row_of(change))
