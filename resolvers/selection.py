"""What a caller selected under a field, fragments written out: so that what nobody reads is not fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from strawberry.types.nodes import SelectedField, Selection

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
    found = Chosen()
    for field in info.selected_fields:
        _gather(found, field.selections)
    return found


def selected(info: Info) -> frozenset[str]:
    """Names of the fields selected directly under the field that *info* is about."""
    return frozenset(chosen(info))


def _gather(into: Chosen, selections: Iterable[Selection]) -> None:
    for field in _fields(selections):
        _gather(into.setdefault(field.name, Chosen()), field.selections)


def _fields(selections: Iterable[Selection]) -> Iterator[SelectedField]:
    for one in selections:
        if _is_left_out(one):
            continue
        if isinstance(one, SelectedField):
            yield one
        else:
            yield from _fields(one.selections)


def _is_left_out(one: Selection) -> bool:
    said = one.directives
    return said.get("skip", {}).get("if") is True or said.get("include", {}).get("if") is False
