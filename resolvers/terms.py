"""What a caller's filter means: its fields as the terms of a listing, one way for every kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from strawberry.types.unset import UNSET

from hub.model.vocabulary import Kind
from hub.store.listing import EVERYTHING, Where
from resolvers.context import Context
from resolvers.inputs import LookupInput, lookup_of

BOUNDS = {"gte": "from", "lt": "before", "lte": "to"}
"""Which term a bound of a span asks of: `placed_at: {gte}` is `placed_at_from`."""


async def where_of(context: Context, given: Any) -> Where:  # Any: a filter input of any kind
    """The terms of a filter; a look-up in it means everything that it names."""
    if given is None or given is UNSET:
        return EVERYTHING
    found: dict[str, Any] = {}
    for spec in fields(given):
        value = getattr(given, spec.name)
        if isinstance(value, LookupInput):
            kind = Kind[spec.name.upper()]
            found[spec.name] = await context.reader.find_all(context.call, lookup_of(value), kind)
        elif value is not None and value is not UNSET:
            found |= dict(_terms(spec.name, value))
    return found


def _terms(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not is_dataclass(value):
        yield name, tuple(value) if isinstance(value, list) else value
        return
    said = {spec.name: getattr(value, spec.name) for spec in fields(value)}
    given = {key: one for key, one in said.items() if one is not None and one is not UNSET}
    if given.get("not_in") or given.keys() & {"eq", "in_"}:
        yield name, _fitting(given)
    yield from ((f"{name}_{BOUNDS[key]}", _instant(one)) for key, one in given.items() if key in BOUNDS)


def _fitting(given: dict[str, Any]) -> tuple[Any, ...]:
    """What `eq`, `in` and `notIn` leave: all must hold. `notIn` is the rest of the closed list: an index finds that."""
    without = given.get("not_in", ())
    everything = type(without[0]) if without else ()
    wanted = given.get("in_", (given["eq"],) if "eq" in given else everything)
    return tuple(one for one in wanted if one not in without and given.get("eq", one) == one)


def _instant(value: Any) -> Any:
    """A day as the instant at which it begins, UTC; anything else as it is."""
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return datetime.combine(value, time(), tzinfo=UTC) if is_day else value
