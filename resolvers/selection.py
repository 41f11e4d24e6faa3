"""What a caller selected under a field, fragments written out: so that what nobody reads is not fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from strawberry.types.nodes import FragmentSpread, InlineFragment, SelectedField, Selection

from resolvers.context import Info


def selected(info: Info) -> frozenset[str]:
    """Names of the fields selected directly under the field that *info* is about."""
    return frozenset(name for field in info.selected_fields for name in _names(_inner(field)))


def _inner(field: Selection) -> Iterable[Selection]:
    return field.selections


def _names(selections: Iterable[Selection]) -> Iterator[str]:
    for one in selections:
        if isinstance(one, SelectedField):
            yield one.name
        elif isinstance(one, FragmentSpread | InlineFragment):
            yield from _names(one.selections)
