"""Steps 3 and 7 for what a retired source said and the hub is to forget for good (design D16)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from hub.flow.facts import HUB
from hub.merge.keys import RecordKey, SlotKey
from hub.merge.shelf import Entity, Shelf
from hub.merge.telling import Fact, Telling, Told, outgoing
from hub.merge.traits import traits_of
from hub.merge.work import Work
from hub.model.cases import CaseStatus
from hub.model.changes import ChangeKind
from hub.model.events import DELETED, prefix_of
from hub.model.observation import Observation, Seen
from hub.model.vocabulary import Kind
from hub.store.entities import DROP_IDENTIFIERS, Named
from hub.store.forgetting import FORGET_RECORDS, WITHDRAW_ENTITIES, EntityGone, RecordGone, forget_source
from hub.store.tx import Tx


@dataclass(slots=True, kw_only=True)
class Forgotten:
    """What goes for good."""

    records: set[RecordKey] = field(default_factory=set)
    beside: set[RecordKey] = field(default_factory=set)
    """Records that stay in the entities that those leave: what tied them may have gone."""
    homes: set[str] = field(default_factory=set)
    """Those entities."""
    withdrawn: dict[str, Entity] = field(default_factory=dict)
    """The entities that no record tells of any more, as they stood."""


def slots_of(work: Work) -> frozenset[SlotKey]:
    """What the work forgets, but for stock."""
    return frozenset(
        SlotKey(one.source, one.kind, one.source_id) for one in work.forget if one.kind is not Kind.INVENTORY
    )


def missed(work: Work, now: datetime) -> tuple[Observation, ...]:
    """Stock to be forgotten is first said to be gone: so its figures go, and whoever listens hears of it."""
    return tuple(
        Observation(
            source=one.source,
            seen=Seen(kind=one.kind, source_id=one.source_id, content=None),
            started=now,
            finished=now,
        )
        for one in work.forget
        if one.kind is Kind.INVENTORY
    )


def take_away(shelf: Shelf, slots: Iterable[SlotKey]) -> Forgotten:
    """Take the records of *slots* off the shelf, and with the last one of an entity what the hub itself said of it."""
    found = Forgotten()
    going = set(slots)
    found.records = {key for key in shelf.records if key.slot in going}
    found.homes = {shelf.records[key].entity_id for key in found.records}
    inside = shelf.records_by_entity()
    for entity in found.homes:
        left = {key for key in inside[entity] if key not in found.records}
        spoken = {key for key in left if key.source != HUB}
        found.beside |= spoken
        found.records |= set() if spoken else left
    for key in found.records:
        del shelf.records[key]
        shelf.links.pop(key, None)
        shelf.absences.pop(key.slot, None)
    for at in [at for at in shelf.milestones if at.record in found.records]:
        del shelf.milestones[at]
    return found


def withdraw(shelf: Shelf, found: Forgotten) -> None:
    """Take away the entities that no record tells of any more, and what was open under those that were roots."""
    inside = shelf.records_by_entity()
    for entity in sorted(found.homes):
        if entity in shelf.entities and not inside.get(entity):
            found.withdrawn[entity] = shelf.entities.pop(entity)
    for key, case in shelf.cases.items():
        if case.root_id in found.withdrawn and case.closed_at is None:
            shelf.cases[key] = replace(case, status=CaseStatus.RESOLVED, version=case.version + 1, closed_at=shelf.now)
    for name, hold in shelf.holds.items():
        if hold.root_id in found.withdrawn and hold.released_at is None:
            shelf.holds[name] = replace(hold, released_at=shelf.now)


def tell(before: Shelf, shelf: Shelf, found: Forgotten, told: Told, telling: Telling) -> None:
    """Say of each withdrawn entity that it is gone; its root moves, whether it is another's or its own."""
    for entity, was in sorted(found.withdrawn.items()):
        root = shelf.roots.get(was.root_id)
        if root is not None and was.root_id not in told.roots:
            wake_at = None if was.root_id == entity else root.wake_at
            root = shelf.roots[was.root_id] = replace(root, version=root.version + 1, wake_at=wake_at)
            told.roots.add(was.root_id)
        stood = traits_of(was, was.root_id, before.entities)
        fact = Fact(
            kind=was.kind,
            id=entity,
            root=was.root_id,
            version=was.version + 1,
            root_version=0 if root is None else root.version,
            events=(prefix_of(was.kind) + DELETED,),
            changed_fields=(),
            stands=stood,
            stood=stood,
            change=ChangeKind.DELETED,
        )
        told.facts.append(outgoing(fact, telling))


async def write(tx: Tx, tenant: str, work: Work, goods: Shelf | None, found: Forgotten) -> None:
    """Remove the rows; *goods*: the shelf of stock, where the work forgets some."""
    stock = {SlotKey(one.source, one.kind, one.source_id) for one in work.forget if one.kind is Kind.INVENTORY}
    counted = {key for key in goods.records if key.slot in stock} if goods is not None else set()
    gone = [
        RecordGone(source=key.source, kind=key.kind, source_id=key.source_id, birth=key.birth)
        for key in sorted(found.records | counted)
    ]
    await FORGET_RECORDS.write(tx, tenant, gone)
    ended = [EntityGone(kind=one.kind, id=one.id, version=one.version + 1) for one in found.withdrawn.values()]
    await WITHDRAW_ENTITIES.write(tx, tenant, ended)
    await DROP_IDENTIFIERS.write(tx, tenant, [Named(kind=one.kind, entity_id=one.id) for one in ended])
    for source in work.forget_sources:
        await forget_source(tx, tenant, source)
