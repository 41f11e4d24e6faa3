"""Reads what is selected under entities before it is asked for, level by level: their fields are then answered at once.

What is missing here is still read, by the loaders of `resolvers.context`: nothing depends on being foreseen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.model.entities import ENTITIES
from hub.model.order import Order, OrderLine
from hub.model.vocabulary import Kind
from resolvers.context import Context, Key
from resolvers.derive import camel, told_names
from resolvers.edges import EDGES, By, Edge, beyond, targets
from resolvers.selection import Chosen

_FROM: Mapping[type, Mapping[str, Edge]] = {
    start: {camel(edge.name): edge for edge in EDGES if edge.of is start and edge.by is not By.BUYER}
    for start in {edge.of for edge in EDGES}
}
"""Edges without arguments, by the type they start from and their name in the graph."""
_STORED = told_names(Order) | {camel(edge.name) for edge in EDGES if edge.of is Order} | {"__typename"}
"""Fields of an order that its document and its edges answer: no record, no delivery, no milestone is needed."""

_UNDER = tuple(name for name, edge in _FROM[Order].items() if edge.by is By.WHOLE)
_EVIDENCE = frozenset({"systems", "provenance"})


@dataclass(frozen=True, slots=True)
class _Step:
    """An edge that is selected under some parents."""

    edge: Edge
    parents: Sequence[Any]
    chosen: Chosen
    """What is selected beyond it."""


def needs_whole(chosen: Chosen) -> bool:
    """Whether something of what is selected under an order is only known when all about it is read."""
    return not _STORED.issuperset(chosen) or any(_tells_evidence(chosen.under(name)) for name in _UNDER)


def _tells_evidence(chosen: Chosen) -> bool:
    """Whether it is asked where members exist and who said what of them: that is known with their order."""
    return not _EVIDENCE.isdisjoint(chosen) or any(_tells_evidence(under) for under in chosen.values())


async def read_ahead(context: Context, kind: Kind, entities: Sequence[Any], chosen: Chosen) -> None:
    """Read what *chosen* selects under *entities*; at most two statements a level, however many they are."""
    context.know(kind, entities)
    level = [(ENTITIES[kind], entities, chosen)]
    while level:
        await _read_whole(context, level)
        steps = [step for part in level for step in _steps(*part)]
        await _read_edges(context, steps)
        level = [
            (step.edge.to, beyond(step.edge, step.parents, context), step.chosen)
            for step in steps
            if _leads_on(step.edge.to, step.chosen)
        ]


def _leads_on(of: type, chosen: Chosen) -> bool:
    if of is Order and (needs_whole(chosen) or _leads_on(OrderLine, chosen.under("lines"))):
        return True
    return not _FROM.get(of, {}).keys().isdisjoint(chosen)


def _steps(of: type, parents: Sequence[Any], chosen: Chosen) -> Iterator[_Step]:
    for name, edge in _FROM.get(of, {}).items():
        if name in chosen:
            yield _Step(edge, parents, chosen[name])
    if of is Order and _leads_on(OrderLine, chosen.under("lines")):
        yield from _steps(OrderLine, [line for order in parents for line in order.lines], chosen["lines"])


async def _read_whole(context: Context, level: Sequence[tuple[type, Sequence[Any], Chosen]]) -> None:
    asked = {one.id for of, parents, chosen in level if of is Order and needs_whole(chosen) for one in parents}
    if asked:
        await context.wholes(sorted(asked))


async def _read_edges(context: Context, steps: Sequence[_Step]) -> None:
    keys: list[Key] = []
    orders: set[str] = set()
    kinds: set[Kind] = set()
    for step in steps:
        if step.edge.by is By.WHOLE:
            orders |= {parent.id for parent in step.parents}
            kinds.add(step.edge.kind)
        else:
            keys += [(step.edge.kind, one) for parent in step.parents for one in targets(step.edge, parent)]
    await asyncio.gather(context.fetch(keys), context.fetch_members(sorted(orders), sorted(kinds)))
