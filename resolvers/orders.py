"""Orders: the root fields, and what depends on the present, spliced in beside the stored document (design D3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from hub.model.cases import ExceptionCase, Hold
from hub.model.command import Operation
from hub.model.order import Order
from hub.model.trace import Trace
from hub.model.views import AllowedAction, FieldProvenance, SystemPresence
from hub.model.vocabulary import Kind
from hub.read.doing import allowed_actions, operations_of
from hub.read.presence import presence
from hub.read.provenance import provenance
from hub.read.reader import own_id
from hub.read.timeline import timeline
from hub.read.whole import Whole
from hub.read.wording import is_late, status_text
from resolvers.ahead import needs_whole, read_ahead
from resolvers.context import Context, Info
from resolvers.entities import FreshLookupArguments, found_id
from resolvers.inputs import lookup_of
from resolvers.pages import given
from resolvers.selection import chosen, selected
from resolvers.timelines import TimelineConnection, page_of
from resolvers.traces import WITHOUT_HOPS, story_of, summary_of
from resolvers.wholes import Parent, of_whole, whole_of

USUAL_TIMELINE = 50
Found = TypeVar("Found")


async def order(info: Info, asked: FreshLookupArguments) -> Order | None:
    """One order, by whatever names it; null where there is none that the caller may see.

    More than one fitting order is the error `AMBIGUOUS_IDENTIFIER`, with the candidates in its extensions.
    """
    context, under, most = info.context, chosen(info), asked.max_staleness_seconds
    if most is not None or needs_whole(under):
        whole = await _read(context, asked, context.whole)
        found = None if whole is None else await _fresh(context, whole, most)
    else:
        found = await _read(context, asked, lambda local: context.entity((Kind.ORDER, local)))
    if found is not None:
        await read_ahead(context, Kind.ORDER, [found], under)
    return found


async def _read(
    context: Context, asked: FreshLookupArguments, read: Callable[[str], Awaitable[Found | None]]
) -> Found | None:
    """What *read* gives for the order asked for. By its id that is all; one that is not there may be merged away."""
    lookup = lookup_of(asked.by)
    if lookup.id is not None and (found := await read(own_id(lookup.id, Kind.ORDER))) is not None:
        return found
    local = await found_id(context, Kind.ORDER, lookup, asked.max_staleness_seconds)
    return None if local is None else await read(local)


async def _fresh(context: Context, whole: Whole, most: int | None) -> Order:
    """The order, not older than *most* seconds if that can be."""
    if most is None or not await context.reader.freshened(context.call, whole, timedelta(seconds=max(0, most))):
        return whole.order
    context.forget()
    return (await context.whole(whole.order.id) or whole).order


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineArguments:
    """Arguments of `Order.timeline`."""

    first: int | None = USUAL_TIMELINE
    """At most so many, up to 100."""
    after: str | None = None
    """Only what follows this cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsArguments:
    """Arguments of `Order.operations`."""

    pending: bool | None = None
    """True: only those that are still under way; false: only those that are done."""


@of_whole
def status_sentence(whole: Whole, context: Context) -> str:
    """One sentence a representative can read out: accepted; cancel at COMMERCE (shop) not confirmed for 4 min."""
    del context
    return status_text(whole)


@of_whole
def lateness(whole: Whole, context: Context) -> bool | None:
    """Promised to leave before now, and still here; null where nothing was promised."""
    del context
    return is_late(whole)


@of_whole
def systems(whole: Whole, context: Context) -> tuple[SystemPresence, ...]:
    """Where the order exists: one row per system that should know it, also where it does not."""
    del context
    return presence(whole, whole.order.id, Kind.ORDER)


@of_whole
def told_by(whole: Whole, context: Context) -> tuple[FieldProvenance, ...]:
    """Which system said each group of fields, and how old that is."""
    del context
    return provenance(whole, whole.order.speakers, whole.order.conflicts)


@of_whole
def actions(whole: Whole, context: Context) -> tuple[AllowedAction, ...]:
    """What the caller may do to it now; what he may not says why."""
    return allowed_actions(whole, context.call)


@of_whole
def holds(whole: Whole, context: Context) -> tuple[Hold, ...]:
    """What keeps it from going on."""
    del context
    return whole.stored.holds


@of_whole
def exception_cases(whole: Whole, context: Context) -> tuple[ExceptionCase, ...] | None:
    """What people must look at, open cases only; null for callers confined to an account."""
    return None if context.is_confined else whole.stored.cases


@of_whole
def operations(whole: Whole, context: Context, asked: OperationsArguments) -> tuple[Operation, ...] | None:
    """What callers asked to be done to it, oldest first."""
    del context
    found = operations_of(whole)
    return tuple(one for one in found if asked.pending is None or asked.pending is not one.done)


@of_whole
def happenings(whole: Whole, context: Context, asked: TimelineArguments) -> TimelineConnection | None:
    """What happened to it in all systems, oldest first; null for callers confined to an account."""
    if context.is_confined:
        return None
    binding = f"timeline\x1f{context.call.principal}\x1f{whole.order.id}"
    size = given(asked.first, USUAL_TIMELINE)
    return page_of(timeline(whole), size, asked.after, context.doors.seal, binding)


async def trace_of(parent: Parent, info: Info) -> Trace | None:
    """Every boundary crossed on its behalf, and what it waits for; null for callers confined to an account."""
    if info.context.is_confined:
        return None
    whole = await whole_of(parent.id, info.context)
    return summary_of(whole) if selected(info) <= WITHOUT_HOPS else await story_of(info, whole)
