"""Traces: the same story from a shop order, a parcel, an invoice or a correlation id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.codec import plain
from hub.errors import InvalidInput
from hub.merge.authority import system_of
from hub.model.command import Operation
from hub.model.finding import Lookup
from hub.model.ids import from_global
from hub.model.trace import Trace
from hub.model.values import Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.read.reader import KIND_OF_TYPE
from hub.read.whole import Whole
from hub.store.finding import FoundIdentifier
from hub.store.stories import StoryRows
from hub.trace.story import tell
from resolvers.context import Context, Info
from resolvers.inputs import LookupInput, lookup_of

STANDING = frozenset({Kind.SHIPMENT, Kind.RETURN, Kind.INVOICE, Kind.CREDIT_MEMO, Kind.PAYMENT})
"""What may be a root of its own and have a story."""
WITHOUT_HOPS = frozenset({"state", "blocker", "identifiers"})
"""What of a trace is known without reading hops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceArguments:
    """Arguments of `trace`."""

    by: LookupInput
    """An id of anything that took part, or a correlation id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """What a look-up leads to."""

    roots: tuple[str, ...]
    named: tuple[Identifier, ...]
    """By which identifiers it does."""
    correlations: tuple[str, ...] = ()


async def trace(info: Info, asked: TraceArguments) -> Trace | None:
    """The story behind an identifier: every boundary crossed, what waits, what is missing; null where nothing is known.

    An identifier that fits several orders tells the story of all of them. Null for callers confined to an account.
    """
    context = info.context
    if context.is_confined:
        return None
    led = await led_by(info, lookup_of(asked.by))
    if not led.roots:
        return None
    return await context.doors.storyteller.of_roots(context.call, led.roots, led.named, led.correlations)


async def led_by(info: Info, lookup: Lookup) -> Led:
    """The roots that a look-up leads to: of orders, else of what stands by itself; none where nothing is known."""
    context = info.context
    if lookup.id is not None:
        orders = await _orders_of(context, lookup.id)
        wholes = await context.wholes(orders)
        known = tuple(dict.fromkeys(one for whole in wholes for one in whole.order.identifiers))
        return Led(roots=tuple(one.stored.root_id for one in wholes) or await _alone(context, lookup.id), named=known)
    identifiers = await context.reader.identifiers(context.call, lookup)
    best = [one for one in identifiers if one.how == min(each.how for each in identifiers)]
    orders = tuple(dict.fromkeys(order for one in best for order in one.orders))
    technical = await _technical_roots(info, lookup)
    return Led(
        roots=(*orders, *technical) or tuple(dict.fromkeys(one.id for one in best if one.kind in STANDING)),
        named=(*_named(best), *_correlation(lookup, technical)),
        correlations=(lookup.text,) if len(technical) > 1 else (),
    )


async def traces_of(info: Info, roots: Sequence[str], *, selection: frozenset[str] | None = None) -> dict[str, Trace]:
    """The traces of these orders by id, in this order; what is gone is left out. Hops are read only where selected."""
    context = info.context
    if context.is_confined:
        return {}
    wholes = await context.wholes(roots)
    if selection is not None and selection <= WITHOUT_HOPS:
        return {whole.stored.root_id: summary_of(whole) for whole in wholes}
    return {whole.stored.root_id: await story_of(info, whole) for whole in wholes}


async def story_of(info: Info, whole: Whole) -> Trace:
    """The whole story of an order, hops read."""
    context = info.context
    return await context.doors.storyteller.of_roots(context.call, [whole.stored.root_id], whole.order.identifiers)


def summary_of(whole: Whole) -> Trace:
    """What is known of an order's trace without reading hops: its state and what it waits for."""
    stored = whole.stored
    named = {one.source for one in stored.deliveries}
    rows = StoryRows(
        hops=(),
        commands=(),
        deliveries=[plain(one) for one in stored.deliveries],
        changes=(),
        cases=[plain(one) for one in stored.cases],
        holds=[plain(one) for one in stored.holds],
        sources=[plain(state) for name, state in whole.states.items() if name in named],
        now=whole.now,
    )
    systems = {name: system_of(name, whole.landscape) for name in named}
    return tell(rows, systems, whole.order.identifiers)


async def _orders_of(context: Context, given: str) -> tuple[str, ...]:
    """The orders of a global id: its own, that of an operation, those that an entity under orders serves."""
    named, local = from_global(given)
    if named == Operation.__name__:
        return tuple((await context.reader.orders_of_operations(context.call, [local])).values())
    kind = KIND_OF_TYPE.get(named, Kind.ORDER)
    found = await context.reader.find(context.call, Lookup(id=given), kind)
    if found is None or kind is Kind.ORDER:
        return () if found is None else (found,)
    return tuple(getattr(await context.entity((kind, found)), "order_ids", ()))


async def _alone(context: Context, given: str) -> tuple[str, ...]:
    """The root of what hangs under no order: a return that nobody asked for, a shipment before its order is known."""
    named, local = from_global(given)
    kind = KIND_OF_TYPE.get(named)
    return (local,) if kind in STANDING and await context.entity((kind, local)) is not None else ()


async def _technical_roots(info: Info, lookup: Lookup) -> tuple[str, ...]:
    """Roots that a correlation, operation or delivery id leads to; an operation's may be the one that callers see."""
    if lookup.scheme not in (None, IdentifierScheme.CORRELATION_ID):
        return ()
    return tuple(await info.context.doors.storyteller.roots(info.context.call, _local(lookup.text)))


def _local(given: str) -> str:
    """What a global id stands for; anything else as it is."""
    try:
        return from_global(given)[1]
    except InvalidInput:
        return given


def _named(found: Sequence[FoundIdentifier]) -> list[Identifier]:
    return [Identifier(scheme=one.scheme, value=one.value, source=one.source) for one in found]


def _correlation(lookup: Lookup, technical: tuple[str, ...]) -> list[Identifier]:
    return [Identifier(scheme=IdentifierScheme.CORRELATION_ID, value=lookup.text)] if technical else []
