"""What a caller selected under a field, fragments written out: so that what nobody reads is not fetched."""

from __future__ import annotations

from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLResolveInfo,
    GraphQLSkipDirective,
    SelectionNode,
    SelectionSetNode,
    get_directive_values,
)

from resolvers.context import Info


class Chosen(dict[str, "Chosen"]):
    """Fields selected, by name, and what is selected under each, whatever its alias."""

    def under(self, name: str) -> Chosen:
        """What is selected under the field *name*; nothing where it is not selected itself."""
        return self.get(name) or Chosen()

    def take(self, other: Chosen) -> Chosen:
        """Itself, with what *other* holds as well."""
        for name, under in other.items():
            self.setdefault(name, Chosen()).take(under)
        return self


def chosen(info: Info) -> Chosen:
    """What is selected under the field that *info* is about."""
    raw = info._raw_info  # noqa: SLF001  Strawberry's own view of it reads every argument: ten times as dear
    found = Chosen()
    for node in raw.field_nodes:
        _gather(found, node.selection_set, raw)
    return found


def selected(info: Info) -> frozenset[str]:
    """Names of the fields selected directly under the field that *info* is about."""
    return frozenset(chosen(info))


def _gather(into: Chosen, selection: SelectionSetNode | None, info: GraphQLResolveInfo[Any]) -> None:
    for one in selection.selections if selection is not None else ():
        if one.directives and _is_left_out(one, info):
            continue
        if isinstance(one, FieldNode):
            under = into.setdefault(one.name.value, Chosen())
            if one.selection_set is not None:
                _gather(under, one.selection_set, info)
        elif isinstance(one, FragmentSpreadNode):
            _gather(into, info.fragments[one.name.value].selection_set, info)
        else:
            _gather(into, getattr(one, "selection_set", None), info)


def _is_left_out(one: SelectionNode, info: GraphQLResolveInfo[Any]) -> bool:
    skip = get_directive_values(GraphQLSkipDirective, one, info.variable_values) or {}
    include = get_directive_values(GraphQLIncludeDirective, one, info.variable_values) or {}
    return skip.get("if") is True or include.get("if") is False
