"""Which subscriptions are alike: the same selection with the same values, asked by those who may see the same.

The arguments of the field itself do not count: they make the topic, or say where to begin. Cursors of nested lists
are sealed for whom they are given to, so a selection with one is shared by nobody else (design D11).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import orjson
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    print_ast,
    visit,
)

from hub.call import Call
from resolvers.endpoint.body import JsonObject
from resolvers.endpoint.documents import Prepared

_SEALED = frozenset({"cursor", "startCursor", "endCursor"})
_KEPT = 256  # operations whose selection is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """What a subscription selects of its events."""

    operation: OperationDefinitionNode
    text: str
    variables: frozenset[str]
    """Those that the selection uses."""
    is_personal: bool
    """Whether it holds a cursor of a nested list."""
    merged: tuple[str, ...]
    """Under which names it shows how many events were coalesced."""


class Alike:
    """Knows what operations select."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Selected] = OrderedDict()

    def selected(self, prepared: Prepared) -> Selected:
        """What *prepared* selects of its events."""
        key = id(prepared.operation)
        kept = self._kept.get(key)
        if kept is None or kept.operation is not prepared.operation:
            kept = self._kept[key] = _selected(prepared)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return kept


def alike(selected: Selected, variables: JsonObject, call: Call) -> tuple[object, ...]:
    """Equal for those who can be told the same bytes about the same topic."""
    used = {name: value for name, value in variables.items() if name in selected.variables}
    whom = call.principal if selected.is_personal else call.account
    return (selected.text, orjson.dumps(used, option=orjson.OPT_SORT_KEYS), call.tenant, whom, call.scopes)


def _selected(prepared: Prepared) -> Selected:
    parts = (part for part in prepared.document.definitions if isinstance(part, FragmentDefinitionNode))
    fragments = {part.name.value: part for part in parts}
    roots = list(_fields(prepared.operation.selection_set, fragments))
    look = _Look(fragments)
    texts: list[str] = []
    for root in roots:
        texts.append(f"{root.alias.value if root.alias else ''}:{root.name.value}")
        texts += [print_ast(directive) for directive in root.directives or ()]
        if root.selection_set is not None:
            look.at(root.selection_set)
            texts.append(print_ast(root.selection_set))
    declared = prepared.operation.variable_definitions or ()
    texts += [print_ast(one) for one in declared if one.variable.name.value in look.variables]
    texts += [print_ast(fragments[name]) for name in sorted(look.spread)]
    own = [field for root in roots if root.selection_set for field in _fields(root.selection_set, fragments)]
    shallow = sum(field.name.value in _SEALED for field in own)
    return Selected(
        operation=prepared.operation,
        text="\n".join(texts),
        variables=frozenset(look.variables),
        is_personal=look.sealed > shallow,
        merged=tuple(
            field.alias.value if field.alias else field.name.value for field in own if field.name.value == "merged"
        ),
    )


def _fields(selected: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    for one in selected.selections:
        if isinstance(one, FieldNode):
            yield one
        elif isinstance(one, FragmentSpreadNode):
            yield from _fields(fragments[one.name.value].selection_set, fragments)
        elif isinstance(one, InlineFragmentNode):
            yield from _fields(one.selection_set, fragments)


class _Look(Visitor):
    """Counts sealed fields, and notes variables and fragments, wherever a selection leads."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        super().__init__()
        self._fragments = fragments
        self.spread: set[str] = set()
        self.variables: set[str] = set()
        self.sealed = 0

    def at(self, node: Node) -> None:
        """Look at *node* and all below."""
        visit(node, self)

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """One field."""
        self.sealed += node.name.value in _SEALED

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        """One use of a variable."""
        self.variables.add(node.name.value)

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        """One spread: each time, so that a cursor in a fragment counts as often as it is written out."""
        self.spread.add(node.name.value)
        self.at(self._fragments[node.name.value].selection_set)
