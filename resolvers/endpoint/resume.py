"""`Last-Event-ID` becomes the argument `after` of a subscription.

The header wins over an `after` in the document: a browser that reconnects repeats its first request word for word and
adds the id of the last event it saw, so the header is the newer of the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    NameNode,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
)

from resolvers.endpoint.documents import Prepared
from resolvers.endpoint.refusal import refuse

_AFTER = "after"
_LONGEST = 1_024  # characters of a cursor


def resumed(prepared: Prepared, schema: GraphQLSchema, last_event_id: str | None) -> Prepared:
    """The same subscription, going on after *last_event_id*; unchanged where there is none or the field takes none."""
    root = schema.subscription_type
    if not last_event_id or root is None or prepared.kind != "subscription":
        return prepared
    if len(last_event_id) > _LONGEST:
        refuse("the header Last-Event-ID is no cursor of this hub", code="CURSOR_INVALID")
    fragments = {
        part.name.value: part for part in prepared.document.definitions if isinstance(part, FragmentDefinitionNode)
    }
    takes_after = frozenset(name for name, field in root.fields.items() if _AFTER in field.args)
    old = prepared.operation
    new = replace(old, selection_set=_rewritten(old.selection_set, fragments, takes_after, last_event_id))
    definitions = tuple(new if part is old else part for part in prepared.document.definitions)
    return replace(prepared, document=DocumentNode(definitions=definitions), operation=new)


def _rewritten(
    selections: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    takes_after: frozenset[str],
    cursor: str,
) -> SelectionSetNode:
    """Root fields with the argument; spreads are written out, because a fragment may be spread elsewhere too."""

    def one(selection: SelectionNode) -> SelectionNode:
        if isinstance(selection, FieldNode):
            return _after(selection, cursor) if selection.name.value in takes_after else selection
        if isinstance(selection, InlineFragmentNode):
            inner = _rewritten(selection.selection_set, fragments, takes_after, cursor)
            return replace(selection, selection_set=inner)
        if isinstance(selection, FragmentSpreadNode):
            definition = fragments[selection.name.value]
            inner = _rewritten(definition.selection_set, fragments, takes_after, cursor)
            return InlineFragmentNode(directives=selection.directives, selection_set=inner)
        return selection

    return SelectionSetNode(selections=tuple(one(selection) for selection in selections.selections))


def _after(field: FieldNode, cursor: str) -> FieldNode:
    others = tuple(argument for argument in field.arguments or () if argument.name.value != _AFTER)
    after = ArgumentNode(name=NameNode(value=_AFTER), value=StringValueNode(value=cursor))
    return replace(field, arguments=(*others, after))
