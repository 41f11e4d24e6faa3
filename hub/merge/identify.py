"""Step 3 of the one writer: which records are one entity (Id-1 to Id-3). Pure.

A `Circle` holds the records that the observed ones can meet, complete in this sense: every record that bears or refers
to a key of an observed record, and every member of their entities. It is loaded under the locks of those keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from hub.flow.facts import HUB
from hub.merge.keys import RecordKey, kind_of_own
from hub.model.observation import NaturalKey
from hub.model.schemes import POINTING, SHARED
from hub.model.vocabulary import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A record as identification sees it."""

    key: RecordKey
    bears: frozenset[NaturalKey]
    """Without the source's own id, which every record bears."""
    refers: frozenset[NaturalKey]
    entity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """What became of the circle."""

    homes: Mapping[RecordKey, str]
    """Record -> entity, for every record of the circle that has one."""
    minted: Mapping[str, Kind] = field(default_factory=dict)
    merges: tuple[tuple[str, str], ...] = ()
    """(survivor, loser), in the order in which they were made."""
    departures: tuple[tuple[RecordKey, str], ...] = ()
    """Records that nothing tied to their entity any more, and the entity they left."""
    waiting: frozenset[str] = frozenset()
    """Entities of a merge or a departure that waits for a delivery in flight (Id-3)."""


class Circle:
    """Records that may be one another, and the operations of Id-2 and Id-3 on them."""

    def __init__(self, members: Iterable[Member], busy: frozenset[str], mint: Callable[[], str]) -> None:
        """*busy*: entities whose root has a CLAIMED or UNKNOWN delivery."""
        self._members = {member.key: member for member in members}
        self._homes = {key: member.entity for key, member in self._members.items() if member.entity is not None}
        self._busy, self._mint = busy, mint
        self._bearers: dict[NaturalKey, list[RecordKey]] = {}
        self._referrers: dict[NaturalKey, list[RecordKey]] = {}
        for key, member in sorted(self._members.items()):
            for borne in {key.slot.own, *member.bears}:
                self._bearers.setdefault(borne, []).append(key)
            for ref in member.refers:
                self._referrers.setdefault(ref, []).append(key)
        self._minted: dict[str, Kind] = {}
        self._merges: list[tuple[str, str]] = []
        self._departures: list[tuple[RecordKey, str]] = []
        self._waiting: set[str] = set()

    def identify(self, subjects: Iterable[RecordKey]) -> Identified:
        """Mint, join, adopt or merge for each of *subjects*, the records that an observation touched.

        What is pointed at by a number comes last, once it is known whether all who point at it are one thing.
        """
        every = sorted(subjects)
        pointed = [key for key in every if self._is_pointed_at(key)]
        for key in pointed:
            if key in self._homes:
                self._leave(key)
        for key in (*(key for key in every if key not in pointed), *pointed):
            self._identify(key)
        return Identified(
            homes=dict(self._homes),
            minted={entity: kind for entity, kind in self._minted.items() if entity in set(self._homes.values())},
            merges=tuple(self._merges),
            departures=tuple(self._departures),
            waiting=frozenset(self._waiting),
        )

    def leads_to(self, ref: NaturalKey, referrer: RecordKey) -> tuple[RecordKey, ...]:
        """The records that bear a key. An id that comes back means the latest birth not after the referrer's own.

        A key that objects of two sources bear leads nowhere, unless its scheme is one that sources share: it does not
        say which one is meant.
        """
        found = sorted(key for key in self._bearers.get(ref, ()) if key != referrer)
        if ref.scheme in POINTING:
            return tuple(key for key in found if self._homes.get(key) == self._homes.get(referrer))
        if kind_of_own(ref) is None:
            return tuple(found) if ref.scheme in SHARED or len({key.source for key in found}) == 1 else ()
        if referrer.birth:
            return tuple([key for key in found if key.birth <= referrer.birth][-1:])
        return tuple(found) if len(found) == 1 else ()

    def home(self, key: RecordKey) -> str | None:
        """The entity of a record, as far as it has been identified."""
        return self._homes.get(key)

    def joined(self, key: RecordKey) -> set[RecordKey]:
        """The records that are the same thing as this one, by key or by reference in either direction."""
        own = self._members[key]
        refers = [ref for ref in own.refers if ref.scheme not in POINTING]
        same = {target for ref in refers for target in self.leads_to(ref, key) if _other(target, key)}
        for borne in own.bears:
            same |= {o for o in self._bearers[borne] if o.source == key.source or borne.scheme in SHARED}
        for borne in {key.slot.own, *own.bears}:
            same |= self._pointers(borne, key) if borne.scheme in POINTING else self._owned(borne, key)
        return {other for other in same if other.kind is key.kind and other != key}

    def _owned(self, borne: NaturalKey, key: RecordKey) -> set[RecordKey]:
        return {o for o in self._referrers.get(borne, ()) if _other(o, key) and key in self.leads_to(borne, o)}

    def _pointers(self, borne: NaturalKey, key: RecordKey) -> set[RecordKey]:
        """The records that point at this one, if they are all one thing."""
        found = {
            o for o in self._referrers.get(borne, ()) if _other(o, key) and o.kind is key.kind and o in self._homes
        }
        return found if len({self._homes[one] for one in found}) == 1 else set()

    def _is_pointed_at(self, key: RecordKey) -> bool:
        return any(borne.scheme in POINTING for borne in self._members[key].bears)

    def _identify(self, key: RecordKey) -> None:
        if key in self._homes and not self._leave(key):
            return
        homes = {self._homes[other] for other in self.joined(key) if other in self._homes}
        if key in self._homes:
            homes.add(self._homes[key])
        if not homes:
            homes = {self._new(key)}
        self._homes.setdefault(key, min(homes))
        self._unite(homes)

    def _leave(self, key: RecordKey) -> bool:
        """Let a record that nothing ties to its entity leave it, with what hangs on it; False: it must wait."""
        home = self._homes[key]
        every = {other for other, entity in self._homes.items() if entity == home}
        inside = {other for other in every if other.source != HUB}
        ours = every - inside  # what was born in the hub ties all that refer to it
        members = {other for other in inside if other == key or not self._is_pointed_at(other)}
        tied, todo = {key}, [key]
        while todo:
            more = (self.joined(todo.pop()) & (members | ours)) - tied
            tied |= more
            todo += more
        if tied >= members or tied & ours:
            return True
        if home in self._busy:
            self._waiting.add(home)
            return False
        fresh = self._new(key)
        hanging = {other for other in inside - members if self._points_from(other, inside) <= tied}
        for other in tied | hanging:
            self._homes[other] = fresh
        self._departures.append((key, home))
        return True

    def _points_from(self, key: RecordKey, inside: set[RecordKey]) -> set[RecordKey]:
        return {o for borne in self._members[key].bears for o in self._referrers.get(borne, ()) if o in inside}

    def _unite(self, homes: set[str]) -> None:
        """The lowest id survives; a delivery in flight makes the merge wait."""
        if len(homes) == 1:
            return
        if homes & self._busy:
            self._waiting |= homes
            return
        survivor, *losers = sorted(homes)
        for key, entity in self._homes.items():
            if entity in losers:
                self._homes[key] = survivor
        self._merges += [(survivor, loser) for loser in losers]

    def _new(self, key: RecordKey) -> str:
        """A new entity; what was born in the hub has its id already."""
        entity = key.source_id if key.source == HUB else self._mint()
        self._minted[entity] = key.kind
        return entity


def _other(one: RecordKey, other: RecordKey) -> bool:
    """Whether a reference between the two ties them: within one source it names another thing, a parent or the like."""
    return one.source != other.source
