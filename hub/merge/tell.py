"""Step 7, first half: which entities differ, their new versions, and the facts that are told of them (D5)."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, replace
from typing import Any

from hub.merge.announce import announce
from hub.merge.keys import BELOW_ORDERS, RecordKey
from hub.merge.places import Places
from hub.merge.shelf import Shelf
from hub.merge.telling import Telling, Told
from hub.merge.turn import Turned


def tell(
    before: Shelf, shelf: Shelf, places: Places[RecordKey], turned: Mapping[str, Turned], telling: Telling
) -> Told:
    """Move the versions of what differs on *shelf* and say so: one fact per changed entity and root it concerns."""
    told = Told()
    for root, one in turned.items():
        _documents(before, shelf, root, one, told)
        _commands(shelf, root, one)
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
    announce(before, shelf, places, told, telling)
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


def _commands(shelf: Shelf, root: str, one: Turned) -> None:
    for name, row in shelf.commands.items():
        remains = one.result.remains.get(name)
        if row.root_id == root and row.remains is not remains:
            shelf.commands[name] = replace(row, remains=remains)


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
