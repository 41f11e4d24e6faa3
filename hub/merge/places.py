"""Which root an entity lies under, and which orders it serves (Id-4). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.merge.keys import BELOW_ORDERS, FAMILY, RecordKey, kind_of_own
from hub.merge.shelf import Target
from hub.model.observation import NaturalKey
from hub.model.vocabulary import Kind


class Places:
    """References of what lies below orders, followed to the orders."""

    def __init__(
        self,
        records: Mapping[str, Sequence[RecordKey]],
        links: Mapping[RecordKey, Mapping[NaturalKey, Target]],
    ) -> None:
        """*records*: those of each entity; *links*: what each record refers to, and where that leads."""
        self._records, self._links = records, links

    def orders(self, entity: str) -> frozenset[str]:
        """The orders that an entity below orders is linked to, directly or through others."""
        return frozenset(self._orders(entity, frozenset()))

    def references(self, entity: str) -> frozenset[NaturalKey]:
        """The references by which it names orders, known or not: counted, so that it moves once."""
        return frozenset(self._references(entity, frozenset()))

    def root(self, entity: str, kind: Kind) -> str:
        """With one reference, and that to a known order, it lies under that order; else it is a root of its own."""
        if kind not in BELOW_ORDERS:
            return entity
        orders = self.orders(entity)
        return next(iter(orders)) if len(orders) == 1 and len(self.references(entity)) == 1 else entity

    def _structural(self, entity: str) -> list[tuple[NaturalKey, Target]]:
        """References within the family of orders; a customer or a warehouse is only mentioned."""
        found = {}
        for record in self._records.get(entity, ()):
            for key, target in self._links.get(record, {}).items():
                kind = target.kind or kind_of_own(key)
                if kind is None or kind in FAMILY:
                    found[key] = target
        return sorted(found.items())

    def _orders(self, entity: str, seen: frozenset[str]) -> set[str]:
        found: set[str] = set()
        for _, target in self._structural(entity):
            if target.kind is Kind.ORDER and target.entity is not None:
                found.add(target.entity)
            elif target.entity is not None and target.entity not in seen | {entity}:
                found |= self._orders(target.entity, seen | {entity})
        return found

    def _references(self, entity: str, seen: frozenset[str]) -> set[NaturalKey]:
        found: set[NaturalKey] = set()
        for key, target in self._structural(entity):
            through = target.entity is not None and target.kind is not Kind.ORDER
            if through and target.entity not in seen | {entity}:
                found |= self._references(target.entity or "", seen | {entity})
            else:
                found.add(key)
        return found
