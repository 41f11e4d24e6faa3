"""Step 3 on a shelf: entities minted, joined and merged, references resolved, roots found (Id-1 to Id-4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from hub.flow.cycle.capture import MANAGED, MIRRORED
from hub.merge.identify import Circle, Identified, Member
from hub.merge.keys import BELOW_ORDERS, FAMILY, RecordKey, SlotKey, kind_of_own
from hub.merge.places import Places
from hub.merge.settle import IN_FLIGHT
from hub.merge.shelf import Entity, IdentityKey, Shelf, Target
from hub.merge.unite import unite_cases, unite_deliveries, unite_holds
from hub.model.observation import NaturalKey
from hub.model.schemes import POINTING
from hub.model.vocabulary import Kind
from hub.store.circle import PAGE
from hub.store.deliveries import DeliveryRow
from hub.store.entities import RootRow
from hub.store.records import RecordRow
from hub.store.sameness import IdentityRow


@dataclass(slots=True, kw_only=True)
class Joined:
    """What step 3 changed, beside the rows."""

    touched: set[str] = field(default_factory=set)
    """Entities to look at again: of observed records, of references that now lead elsewhere, of merges."""
    merges: tuple[tuple[str, str], ...] = ()
    departures: tuple[tuple[RecordKey, str], ...] = ()
    waiting: frozenset[str] = frozenset()
    doubled: list[tuple[str, DeliveryRow, DeliveryRow]] = field(default_factory=list)
    """(survivor, its delivery, the loser's): one key, and both may have had their effect."""
    moved_keys: frozenset[NaturalKey] = frozenset()
    """Keys of records whose entity is another now: what refers to them must have been loaded."""
    named_by_more: set[str] = field(default_factory=set)
    """Entities that more things name than were looked at: the next page is for another transaction."""


def join(
    before: Shelf, shelf: Shelf, subjects: Iterable[RecordKey], changed: frozenset[NaturalKey], mint: Callable[[], str]
) -> Joined:
    """Identify *subjects*, the records that were touched; *changed*: keys whose bearer may be another now."""
    observed = set(subjects)
    looked = set(observed)
    looked |= {
        key
        for key, row in shelf.records.items()
        if not (changed.isdisjoint(row.content.refers) and changed.isdisjoint(row.content.bears))
    }
    circle = Circle([*_members(shelf), *_stubs(before, shelf)], _busy(shelf), mint)
    found = circle.identify(key for key in looked if key in shelf.records)
    joined = Joined(merges=found.merges, departures=found.departures, waiting=found.waiting)
    joined.touched |= {entity for key in looked & before.records.keys() for entity in [before.records[key].entity_id]}
    moved = _settle_homes(shelf, found)
    joined.touched |= {shelf.records[key].entity_id for key in looked & shelf.records.keys()}
    joined.moved_keys = frozenset(
        key for record in moved if record in before.records for key in _borne(record, before.records[record])
    )
    _merge(shelf, joined)
    _identities(before, shelf, looked | moved)
    led = _link(shelf, circle, (observed, looked), changed | joined.moved_keys)
    joined.touched |= {shelf.records[record].entity_id for record, _ in led}
    joined.named_by_more = _named_by_more(shelf, led)
    joined.touched |= {survivor for survivor, _ in found.merges}
    return joined


def place(shelf: Shelf, touched: Iterable[str]) -> tuple[Places[RecordKey], set[str]]:
    """Id-4: move what lies below orders under the root it belongs to; the roots that *touched* concern, old and new."""
    places = Places(shelf.records_by_entity(), shelf.links)
    concerned = set(touched)
    for entity in sorted(shelf.entities):
        if shelf.entities[entity].kind in BELOW_ORDERS and places.orders(entity) & concerned:
            concerned |= {entity} if _stands_elsewhere(shelf, places, entity) else set()
    roots: set[str] = set()
    for entity in sorted(concerned & shelf.entities.keys()):
        stored = shelf.entities[entity]
        root = places.root(entity, stored.kind)
        roots |= {stored.root_id, root, *(places.orders(entity) if stored.kind in BELOW_ORDERS else ())}
        if root != stored.root_id:
            shelf.entities[entity] = replace(stored, root_id=root)
            roots -= {entity} if stored.version == 0 else set()
    return places, roots


def _stands_elsewhere(shelf: Shelf, places: Places[RecordKey], entity: str) -> bool:
    return places.root(entity, shelf.entities[entity].kind) != shelf.entities[entity].root_id


def new_root(root: str, kind: Kind, *, is_baseline: bool = False) -> RootRow:
    """The row of a root that nobody has seen yet."""
    return RootRow(
        id=root,
        kind=kind,
        version=0,
        flow_version=1,
        managed_by="EXTERNAL",
        wake_at=None,
        line_numbers={},
        is_baseline=is_baseline,
    )


def _members(shelf: Shelf) -> list[Member]:
    return [
        Member(
            key=key,
            bears=frozenset(row.content.bears) - {key.slot.own},
            refers=frozenset(row.content.refers) - {key.slot.own},
            entity=row.entity_id or None,
        )
        for key, row in shelf.records.items()
    ]


def _stubs(before: Shelf, shelf: Shelf) -> list[Member]:
    """Keys that entities bear without a record at hand: mentioned only, or registered for a delivery (Id-1)."""
    borne = {(key, record.source) for record, row in before.records.items() for key in _borne(record, row)}
    found = []
    for at, row in sorted(shelf.identities.items()):
        if (at.key, at.source) in borne:
            continue
        own = kind_of_own(at.key) is not None
        slot = SlotKey(at.source, row.kind, at.key.value if own else f"?{at.key.scheme}={at.key.value}")
        found.append(
            Member(
                key=RecordKey(*slot, at.birth),
                bears=frozenset() if own else frozenset({at.key}),
                refers=frozenset(),
                entity=row.entity_id,
            )
        )
    return found


def _borne(record: RecordKey, row: RecordRow) -> set[NaturalKey]:
    return {record.slot.own, *row.content.bears}


def _busy(shelf: Shelf) -> frozenset[str]:
    return frozenset(row.root_id for row in shelf.deliveries.values() if row.state in IN_FLIGHT)


def _settle_homes(shelf: Shelf, found: Identified) -> set[RecordKey]:
    """Write every record's entity on the shelf; the records whose entity is another now."""
    for entity, kind in found.minted.items():
        shelf.entities[entity] = Entity(kind=kind, id=entity, root_id=entity)
    moved = set()
    for key, row in shelf.records.items():
        home = found.homes.get(key, row.entity_id)
        if home != row.entity_id:
            shelf.records[key] = replace(row, entity_id=home)
            moved.add(key)
    for at, milestone in shelf.milestones.items():
        record = shelf.records.get(at.record)
        if record is not None and record.entity_id != milestone.entity_id:
            shelf.milestones[at] = replace(milestone, entity_id=record.entity_id)
    return moved


def _merge(shelf: Shelf, joined: Joined) -> None:
    """Id-3: everything of the loser goes to the survivor, whose version goes on from the greater."""
    known = [(s, lost) for s, lost in joined.merges if shelf.entities.get(lost) is not None]
    went = {lost: survivor for survivor, lost in known}
    joined.merges = tuple((_end(went, lost), lost) for _, lost in known if shelf.entities[lost].version > 0)
    for survivor, loser in known:
        winner, lost = shelf.entities[survivor], shelf.entities.pop(loser)
        shelf.entities[survivor] = replace(winner, version=max(winner.version, lost.version))
        joined.touched |= _lead_on(shelf, survivor, loser)
        if lost.root_id == loser:
            _unite_roots(shelf, joined, winner.root_id, loser)


def _end(went: Mapping[str, str], entity: str) -> str:
    """Where an entity leads after every merge of the transaction."""
    while entity in went:
        entity = went[entity]
    return entity


def _unite_roots(shelf: Shelf, joined: Joined, survivor: str, loser: str) -> None:
    """What stood under the loser's own root goes on under the root that the survivor lies under."""
    united = unite_deliveries(survivor, loser, shelf.deliveries.values(), shelf.now)
    shelf.deliveries |= united.deliveries
    joined.doubled += [(survivor, kept, other) for kept, other in united.doubled]
    shelf.cases |= unite_cases(survivor, loser, shelf.cases.values(), shelf.now)
    shelf.holds |= unite_holds(survivor, loser, shelf.holds.values(), shelf.now)
    for command in [row for row in shelf.commands.values() if row.root_id == loser]:
        shelf.commands[command.id] = replace(command, root_id=survivor)
    if survivor in shelf.roots and loser in shelf.roots:
        greater = max(shelf.roots[survivor].version, shelf.roots[loser].version)
        is_baseline = shelf.roots[survivor].is_baseline and shelf.roots[loser].is_baseline
        managed = MANAGED in (shelf.roots[survivor].managed_by, shelf.roots[loser].managed_by)
        shelf.roots[survivor] = replace(
            shelf.roots[survivor],
            version=greater,
            is_baseline=is_baseline,
            managed_by=MANAGED if managed else MIRRORED,
        )


def _lead_on(shelf: Shelf, survivor: str, loser: str) -> set[str]:
    """Let what refers to the loser refer to the survivor; the entities whose records do."""
    found = set()
    for record, refs in shelf.links.items():
        led = {key: Target(survivor, at.kind) if at.entity == loser else at for key, at in refs.items()}
        if led != refs:
            shelf.links[record] = led
            found.add(shelf.records[record].entity_id)
    return found


def _identities(before: Shelf, shelf: Shelf, records: set[RecordKey]) -> None:
    """Who bears which key now, for every key that *records* bore or bear."""
    bearers: dict[IdentityKey, RecordKey] = {}
    for record, row in sorted(shelf.records.items()):
        for key in _borne(record, row):
            bearers[_at(key, record)] = record
    for record in records:
        for rows in (before.records, shelf.records):
            said = rows.get(record)
            for key in () if said is None else _borne(record, said):
                _identity(shelf, _at(key, record), bearers.get(_at(key, record)))


def _at(key: NaturalKey, record: RecordKey) -> IdentityKey:
    """The row of a key: only a source's own ids come back with another birth."""
    return IdentityKey(key, record.source, record.birth if kind_of_own(key) is not None else "")


def _identity(shelf: Shelf, at: IdentityKey, bearer: RecordKey | None) -> None:
    if bearer is None:
        shelf.identities.pop(at, None)
        return
    entity = shelf.records[bearer].entity_id
    known = shelf.identities.get(at)
    if known is None or known.entity_id != entity:
        shelf.identities[at] = IdentityRow(
            scheme=at.key.scheme,
            source=at.source,
            value=at.key.value,
            birth=at.birth,
            kind=bearer.kind,
            entity_id=entity,
        )


def _link(
    shelf: Shelf, circle: Circle, touched: tuple[set[RecordKey], set[RecordKey]], changed: frozenset[NaturalKey]
) -> set[tuple[RecordKey, NaturalKey]]:
    """Resolve the references of observed records, and of others those by *changed* keys; those that lead elsewhere.

    *touched*: (observed, looked at). Who bears another key of one that was only looked at was not asked for.
    """
    moved = set()
    observed, looked = touched
    for key, row in shelf.records.items():
        refers = set(row.content.refers) - {key.slot.own}
        known = shelf.links.get(key, {})
        if key not in looked and changed.isdisjoint(refers):
            continue
        links = {}
        for ref in refers:
            stale = key in observed or ref in changed or ref not in known
            stale = stale or (key in looked and ref.scheme in POINTING)
            links[ref] = _resolved(shelf, circle, ref, key) if stale else known[ref]
        if links != known:
            shelf.links[key] = links
            moved |= {(key, ref) for ref in links.keys() | known.keys() if links.get(ref) != known.get(ref)}
    return moved


def _named_by_more(shelf: Shelf, led: set[tuple[RecordKey, NaturalKey]]) -> set[str]:
    """What a whole page of references has just come to lead to."""
    counts = Counter(
        target.entity
        for record, ref in led
        if (target := shelf.links[record].get(ref)) is not None and target.kind not in FAMILY
    )
    return {entity for entity, count in counts.items() if entity is not None and count >= PAGE}


def _resolved(shelf: Shelf, circle: Circle, ref: NaturalKey, referrer: RecordKey) -> Target:
    found = {(circle.home(key), key.kind) for key in circle.leads_to(ref, referrer)}
    if len(found) != 1:
        return Target(None, None)
    entity, kind = found.pop()
    return Target(entity, kind)
