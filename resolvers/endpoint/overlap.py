"""How often validation must compare fields that share a response name (fault F17).

Validation compares every pair, at every level where they meet. Three hundred repetitions of a field with children are
45,000 pairs a level and take a third of a second, while no client writes more than a few dozen. So the pairs are
counted first, over the merged tree, at the price of one walk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
)


class Overlaps:
    """Counts pairs, over one document."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], limit: int) -> None:
        self._fragments = fragments
        self._limit = limit
        self.reached: set[str] = set()
        """Fragments seen on the way: those left over need a count of their own."""
        self.pairs = 0

    def count(self, sets: Iterable[SelectionSetNode]) -> None:
        """Add the pairs that meet where *sets* are merged; stops early once the limit is passed."""
        if self.pairs > self._limit:
            return
        groups: dict[str, list[FieldNode]] = {}
        spreads: set[str] = set()
        for selection_set in sets:
            self._collect(selection_set, groups, spreads)
        self.pairs += _pairs(len(spreads)) + sum(_pairs(len(fields)) for fields in groups.values())
        for fields in groups.values():
            inner = [field.selection_set for field in fields if field.selection_set is not None]
            if inner:
                self.count(inner)

    def _collect(self, selection_set: SelectionSetNode, groups: dict[str, list[FieldNode]], spreads: set[str]) -> None:
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                name = selection.alias or selection.name
                groups.setdefault(name.value, []).append(selection)
            elif isinstance(selection, InlineFragmentNode):
                self._collect(selection.selection_set, groups, spreads)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in spreads:
                spreads.add(selection.name.value)
                self._spread(selection.name.value, groups, spreads)

    def _spread(self, name: str, groups: dict[str, list[FieldNode]], spreads: set[str]) -> None:
        definition = self._fragments.get(name)
        if definition is not None:
            self.reached.add(name)
            self._collect(definition.selection_set, groups, spreads)


def _pairs(count: int) -> int:
    return count * (count - 1) // 2
