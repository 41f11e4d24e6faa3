"""The facts of a transaction: one per changed entity and order it belongs to, per merge, operation and case (D5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hub.flow.operation import standing
from hub.merge.gather import kept_delivery
from hub.merge.keys import BELOW_ORDERS, RecordKey
from hub.merge.naming import names, occurred_at, placed_at
from hub.merge.places import Places
from hub.merge.shelf import Entity, Shelf
from hub.merge.telling import Fact, Telling, Told, outgoing
from hub.merge.traits import traits_of
from hub.model.changes import ChangeKind, Traits
from hub.model.command import OperationState
from hub.model.events import UPDATED, prefix_of
from hub.model.vocabulary import Kind
from hub.store.accepted import CommandRow
from hub.store.casework import CaseRow

CASE_FIELDS = ("status", "severity", "title", "occurrences")
"""What of a case may differ, as `changedFields` says it."""


def announce(before: Shelf, shelf: Shelf, places: Places[RecordKey], told: Told, telling: Telling) -> None:
    """Add the facts to *told*: what merged comes first, so that who follows it hears the rest; operations come last."""
    told.facts += [outgoing(_merged(before, shelf, *merge), telling) for merge in sorted(telling.merges)]
    survivors = {survivor for survivor, _ in telling.merges}
    for entity in sorted(told.changed, key=lambda one: (shelf.entities[one].kind is not Kind.ORDER, one)):
        now = shelf.entities[entity]
        roots = {now.root_id}
        if now.kind in BELOW_ORDERS and now.root_id == entity:
            roots = set(places.orders(entity)) & told.roots or roots
        survivor = entity if entity in survivors else None
        facts = (replace(_moved(before, shelf, now, root, told), survivor=survivor) for root in sorted(roots))
        told.facts += [outgoing(fact, telling) for fact in facts]
    for name in sorted(shelf.commands):
        _operation(before, shelf, name, told, telling)


def announce_cases(was: Mapping[str, CaseRow], shelf: Shelf, told: Told, telling: Telling) -> None:
    """Add a fact for each case on *shelf* that is other than it *was*: opened, worked on, resolved, opened again."""
    for name, row in sorted(shelf.cases.items()):
        old = was.get(name)
        if old is not None and old.version == row.version:
            continue
        under, stands = shelf.roots.get(row.root_id), _traits_of_case(row)
        stood = None if old is None else _traits_of_case(old)
        fact = Fact(
            kind=Kind.EXCEPTION_CASE,
            id=name,
            root=row.root_id,
            version=row.version,
            root_version=0 if under is None else under.version,
            events=names(Kind.EXCEPTION_CASE, stood, stands),
            changed_fields=tuple(one for one in CASE_FIELDS if getattr(old, one, None) != getattr(row, one)),
            stands=stands,
            stood=stood,
        )
        told.facts.append(outgoing(fact, telling))


def _traits_of_case(row: CaseRow) -> Traits:
    return Traits(status=row.status, queue=row.queue, order_ids=(row.root_id,))


def _moved(before: Shelf, shelf: Shelf, now: Entity, root: str, told: Told) -> Fact:
    """What is told of a changed entity under *root*."""
    known = before.entities.get(now.id)
    was = None if known is None or known.doc is None else known
    events = names(now.kind, None if was is None else was.doc, now.doc)
    at = None if events == (prefix_of(now.kind) + UPDATED,) else occurred_at(events[-1], now.doc)
    under = shelf.roots.get(root)
    return Fact(
        kind=now.kind,
        id=now.id,
        root=root,
        version=now.version,
        root_version=0 if under is None else under.version,
        events=events,
        changed_fields=told.changed[now.id],
        stands=traits_of(now, root, shelf.entities),
        stood=None if was is None else traits_of(was, root, before.entities),
        occurred_at=at or (placed_at(now.doc) if was is None else None),
    )


def _merged(before: Shelf, shelf: Shelf, survivor: str, loser: str) -> Fact:
    """What is told of an entity that is another one from now on (Id-3)."""
    gone = before.entities[loser]
    under = shelf.roots.get(gone.root_id)
    stood = traits_of(gone, gone.root_id, before.entities)
    return Fact(
        kind=gone.kind,
        id=loser,
        root=gone.root_id,
        version=shelf.entities[survivor].version,
        root_version=0 if under is None else under.version,
        events=(),
        changed_fields=(),
        stands=stood,
        stood=stood,
        change=ChangeKind.DELETED,
        survivor=survivor,
    )


def _operation(before: Shelf, shelf: Shelf, name: str, told: Told, telling: Telling) -> None:
    """A command moves when a delivery that carries it out does, and when it does itself: somebody decided about it,
    or more or less of it is still to come.
    """
    command, was = shelf.commands[name], before.commands.get(name)
    mine = [key for key, row in shelf.deliveries.items() if row.command_id == name]
    has_moved = was is None or (was.approval, was.remains) != (command.approval, command.remains)
    if not has_moved and all(before.deliveries.get(key) == shelf.deliveries[key] for key in mine):
        return
    version = command.version if was is None else command.version + 1
    state, done = _standing(shelf, command)
    shelf.commands[name] = replace(command, version=version, state=state, is_done=done, moved_at=shelf.now)
    order = shelf.entities.get(command.root_id)
    account = None if order is None else order.account
    stands = Traits(account=account, status=state)
    stood = None if was is None else Traits(account=account, status=_standing(before, was)[0])
    cause = telling.cause_of(command.root_id)
    fact = Fact(
        kind=Kind.OPERATION,
        id=name,
        root=command.root_id,
        version=version,
        root_version=shelf.roots[command.root_id].version,
        events=names(Kind.OPERATION, stood, stands),
        changed_fields=("state",),
        stands=stands,
        stood=stood,
        cause=replace(
            cause,
            correlation_id=command.correlation_id,
            traceparent=cause.traceparent if cause.correlation_id == command.correlation_id else None,
        ),
    )
    told.facts.append(outgoing(fact, telling))


def _standing(shelf: Shelf, command: CommandRow) -> tuple[OperationState, bool]:
    """How an operation stands, as its caller sees it."""
    mine = (kept_delivery(row) for row in shelf.deliveries.values() if row.command_id == command.id)
    return standing(command.approval, mine, command.remains)
