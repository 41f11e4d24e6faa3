"""Lists as the graph shows them: connection, edge, arguments and sort of each kind, made of what the kind declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, make_dataclass
from enum import StrEnum
from functools import cache
from types import new_class
from typing import Any

import strawberry

from hub.model.command import Operation
from hub.model.entities import ENTITIES
from hub.model.vocabulary import Kind
from hub.read.pages import Page, PageWanted
from hub.store.listing import Sort
from resolvers.ahead import read_ahead
from resolvers.context import Info
from resolvers.derive import Resolver, hidden, input_type
from resolvers.inputs import SortDirection
from resolvers.pages import PageInfo, given
from resolvers.selection import Chosen, chosen
from resolvers.terms import where_of

USUAL_PAGE = 20
_OTHERS: Mapping[Kind, type] = {Kind.OPERATION: Operation}
"""What can be listed and is no entity."""
_FROZEN: Mapping[str, bool] = {"frozen": True, "slots": True, "kw_only": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Something and its place in the list."""

    cursor: str
    """Its place; only good for the same caller, filter and sort."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A page of a list."""

    page_info: PageInfo
    """Where the page lies."""
    wanted: PageWanted = hidden()
    """What was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageArguments:
    """Which part of a list."""

    first: int | None = USUAL_PAGE
    """At most so many, up to 100."""
    after: str | None = None
    """Only what follows this cursor."""
    last: int | None = None
    """Instead of `first`: so many from the end."""
    before: str | None = None
    """Only what stands before this cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """The types that the list of one kind is made of."""

    edge: Any  # Any: dataclasses made here
    connection: Any
    arguments: type


@cache
def shapes_of(kind: Kind, filter_input: type) -> Shapes:
    """The types of the list of *kind*, narrowed by *filter_input*."""
    of: Any = _OTHERS[kind] if kind in _OTHERS else ENTITIES[kind]
    plural = plural_of(kind)
    edge = _made(f"{of.__name__}Edge", Row, {"node": (of, "It.")}, f"One of the {plural}, and its place in the list.")
    parts = {
        "nodes": (_many(of), "What fits."),
        "edges": (_many(edge), "What fits, with its places."),
    }
    connection = _made(f"{of.__name__}Connection", Connection, parts, f"A page of {plural}.")
    sort = sort_input(of, PageWanted(kind=kind).listing)
    asked = {
        "filter": (filter_input | None, f"Which {plural}; else all."),
        "sort": (sort | None, "In which order; else the newest first, or by what they are called."),
    }
    arguments = _made(f"{of.__name__}sArguments", PageArguments, asked, f"Arguments of the list of {plural}.")
    return Shapes(edge=edge, connection=connection, arguments=arguments)


def _many(of: Any) -> Any:  # Any: a class as a value
    return tuple[of, ...]


def plural_of(kind: Kind) -> str:
    """What several of a kind are called, for people."""
    return kind.value.replace("_", " ").lower() + "s"


def sort_input(of: type, listing: Any) -> type:
    """The input by which a list is sorted."""
    by: type[StrEnum] = type(listing.usual.field)

    def body(namespace: dict[str, Any]) -> None:
        namespace.update(
            __module__=__name__,
            __doc__="In which order.",
            __annotations__={"field": by, "direction": SortDirection | None},
            direction=SortDirection.ASC,
            __told__={
                "field": "What to sort by; what lacks it comes last.",
                "direction": "Which end comes first.",
            },
        )

    return input_type(new_class(f"{of.__name__}SortInput", exec_body=body))


def _made(name: str, above: type, parts: Mapping[str, tuple[Any, str]], said: str) -> Any:
    """A dataclass on top of *above*; parts whose type allows it may be left out."""
    specs: list[Any] = [
        (part, hint, field(default=None)) if type(None) in getattr(hint, "__args__", ()) else (part, hint)
        for part, (hint, _) in parts.items()
    ]
    told = {part: words for part, (_, words) in parts.items()}
    return make_dataclass(name, specs, bases=(above,), namespace={"__told__": told, "__doc__": said}, **_FROZEN)


def list_resolver(kind: Kind, filter_input: type) -> Resolver:
    """The resolver of the list of *kind*."""
    shapes = shapes_of(kind, filter_input)

    async def resolve(info: Any, asked: Any) -> Any:
        context = info.context
        wanted = PageWanted(
            kind=kind,
            where=await where_of(context, asked.filter),
            sort=sort_of(asked.sort),
            size=given(asked.first, USUAL_PAGE) if asked.last is None else asked.last,
            cursor=asked.after if asked.last is None else asked.before,
            backward=asked.last is not None,
        )
        page = await context.reader.lists.page(context.call, wanted)
        wished = chosen(info)
        under = wished.under("nodes").take(wished.under("edges").under("node"))
        if kind not in _OTHERS:
            await read_ahead(context, kind, page.entities, under)
        return connection_of(shapes, page, wished)

    resolve.__annotations__ = {"info": Info, "asked": shapes.arguments, "return": shapes.connection | None}
    resolve.__doc__ = f"The {plural_of(kind)} that fit, page by page; a page stays right while they come and go."
    resolve.__name__ = plural_of(kind).replace(" ", "_")
    return resolve


def sort_of(asked: Any) -> Sort | None:
    """What a caller's sort means; None: the kind's usual one."""
    return None if asked is None else Sort(field=asked.field, descending=asked.direction is SortDirection.DESC)


def connection_of(shapes: Shapes, page: Page, wished: Chosen) -> Any:
    """A page as the graph shows it, with the cursors that are asked for."""
    start, end = page.ends if "pageInfo" in wished else (None, None)
    info = PageInfo(
        has_next_page=page.has_next, has_previous_page=page.has_previous, start_cursor=start, end_cursor=end
    )
    edges = tuple(shapes.edge(node=one, cursor=cursor) for one, cursor in page.rows) if "edges" in wished else ()
    return shapes.connection(nodes=page.entities, edges=edges, page_info=info, wanted=page.wanted)


async def total_count(parent: strawberry.Parent[Any], info: Info) -> int | None:
    """How many fit in all; counted only where it is selected."""
    return await info.context.reader.lists.count(info.context.call, parent.wanted)
