"""Which root an entity lies under, and which orders it serves (Id-4). Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from hub.merge.keys import BELOW_ORDERS, FAMILY, kind_named
from hub.merge.shelf import Target
from hub.model.observation import NaturalKey
from hub.model.vocabulary import Kind

R = TypeVar("R", bound=Hashable)
Named = str | NaturalKey
"""An order by its entity, or by a key that nobody bears yet."""


class Places(Generic[R]):
    """References of what lies below orders, followed to the orders. Remembers what it was asked."""

    def __init__(self, records: Mapping[str, Sequence[R]], links: Mapping[R, Mapping[NaturalKey, Target]]) -> None:
        """*records*: those of each entity; *links*: what each record refers to, and where that leads."""
        self._records, self._links = records, links
        self._found: dict[str, frozenset[str]] = {}

    def orders(self, entity: str) -> frozenset[str]:
        """The orders that an entity below orders is linked to, directly or through others."""
        if entity not in self._found:
            self._found[entity] = frozenset(self._orders(entity, frozenset()))
        return self._found[entity]

    def references(self, entity: str) -> frozenset[Named]:
        """Of the orders that a record names in one scheme the most, known or not: counted, so that it moves once.

        Records of several sources name an order in their own ways, and one may name it in two: these do not add up.
        """
        return frozenset(self._references(entity, frozenset()))

    def root(self, entity: str, kind: Kind) -> str:
        """With one reference, and that to a known order, it lies under that order; else it is a root of its own."""
        if kind not in BELOW_ORDERS:
            return entity
        orders = self.orders(entity)
        return next(iter(orders)) if len(orders) == 1 and len(self.references(entity)) == 1 else entity

    def _structural(self, entity: str, record: R) -> Iterator[tuple[NaturalKey, Target]]:
        """References within the family of orders to other things; a customer or a warehouse is only mentioned."""
        for key, target in self._links.get(record, {}).items():
            kind = target.kind or kind_named(key)
            if (kind is None or kind in FAMILY) and target.entity != entity:
                yield key, target

    def _orders(self, entity: str, seen: frozenset[str]) -> set[str]:
        found: set[str] = set()
        for record in self._records.get(entity, ()):
            for _, target in self._structural(entity, record):
                if target.kind is Kind.ORDER and target.entity is not None:
                    found.add(target.entity)
                elif target.entity is not None and target.entity not in seen:
                    found |= self._orders(target.entity, seen | {entity})
        return found

    def _references(self, entity: str, seen: frozenset[str]) -> set[Named]:
        most: set[Named] = set()
        for record in self._records.get(entity, ()):
            by_scheme: dict[str, set[Named]] = {}
            for key, target in self._structural(entity, record):
                mine = by_scheme.setdefault(key.scheme, set())
                if target.entity is None:
                    mine |= {key} if kind_named(key) in (None, Kind.ORDER) else set()
                elif target.kind is Kind.ORDER:
                    mine.add(target.entity)
                elif target.entity not in seen:
                    mine |= self._references(target.entity, seen | {entity})
            most = max([most, *by_scheme.values()], key=len)
        return most
