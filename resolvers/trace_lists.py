"""`traces`: the stories that an operator looks for, by how they stand and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import strawberry

from hub.model.cases import RootCause
from hub.model.letters import ErrorClass
from hub.model.trace import Trace, TraceFilter, TraceState
from hub.trace.listing import TracesWanted
from resolvers.context import Info
from resolvers.derive import hidden, input_type
from resolvers.inputs import DateTimeFilterInput, LookupInput, StringFilterInput, lookup_of, texts_of
from resolvers.lists import USUAL_PAGE
from resolvers.pages import PageInfo, checked, given, info_of
from resolvers.selection import chosen
from resolvers.traces import led_by, traces_of

T = TypeVar("T")


@input_type
class TraceFilterInput:
    """Which traces; everything given must hold."""

    id: LookupInput | None = None
    """Of the orders that this leads to: an id of anything that took part, or a correlation id."""
    state: list[TraceState] | None = None
    """In one of these states."""
    source: StringFilterInput | None = None
    """That something was, is or should be sent to one of these, or whose open case names one."""
    error_class: list[ErrorClass] | None = None
    """Where something on its way, or stopped, last failed of one of these."""
    root_cause: list[RootCause] | None = None
    """Where an open case says one of these."""
    standing_since_before: datetime | None = None
    """That have waited for something since before then."""
    moved_at: DateTimeFilterInput | None = None
    """When the hub last saw anything of it change."""
    text: str | None = None
    """Words that a crossing bears, in its operation or its error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TracesArguments:
    """Arguments of `traces`."""

    filter: TraceFilterInput | None = None
    """Which traces; else every order's."""
    first: int | None = USUAL_PAGE
    """At most so many, up to 100."""
    after: str | None = None
    """Only what follows this cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceEdge:
    """A trace and its place in the list."""

    cursor: str
    """Its place; only good for the same caller and filter."""
    node: Trace
    """The trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceConnection:
    """A page of traces: the one that moved last first."""

    nodes: tuple[Trace, ...]
    """The traces."""
    edges: tuple[TraceEdge, ...]
    """The traces with their places."""
    page_info: PageInfo
    """Where the page lies."""
    degraded: bool
    """The search engine did not answer: a text was looked for as it is written, no typing error forgiven."""
    wanted: TracesWanted = hidden()
    """What was asked for."""


async def traces(info: Info, asked: TracesArguments) -> TraceConnection | None:
    """Stories of orders, the one that moved last first. Of hops nothing is read that is not selected."""
    context = info.context
    wanted = TracesWanted(
        filter=await _meant(info, asked.filter), size=checked(given(asked.first, USUAL_PAGE)), after=asked.after
    )
    page = await context.doors.traces.page(context.call, wanted)
    wished = chosen(info)
    selection = frozenset(wished.under("nodes").take(wished.under("edges").under("node")))
    told = await traces_of(info, [row.root_id for row, _ in page.rows], selection=selection)
    cursors = {row.root_id: cursor for row, cursor in page.rows}
    return TraceConnection(
        nodes=tuple(told.values()),
        edges=tuple(TraceEdge(node=one, cursor=cursors[root]) for root, one in told.items()),
        page_info=info_of(list(cursors.values()), has_more=page.has_more, has_before=asked.after is not None),
        degraded=page.degraded,
        wanted=wanted,
    )


async def count_of_traces(parent: strawberry.Parent[TraceConnection], info: Info) -> int | None:
    """How many fit in all; counted only where it is selected."""
    return await info.context.doors.traces.count(info.context.call, parent.wanted)


async def _meant(info: Info, asked: TraceFilterInput | None) -> TraceFilter:
    if asked is None:
        return TraceFilter()
    moved = asked.moved_at or DateTimeFilterInput()
    return TraceFilter(
        roots=None if asked.id is None else (await led_by(info, lookup_of(asked.id))).roots,
        state=_all(asked.state),
        source=texts_of(asked.source),
        error_class=_all(asked.error_class),
        root_cause=_all(asked.root_cause),
        standing_since_before=asked.standing_since_before,
        moved_from=moved.gte,
        moved_before=moved.lt,
        text=asked.text or None,
    )


def _all(values: list[T] | None) -> tuple[T, ...] | None:
    return None if values is None else tuple(values)
