"""`opshub events`: the log of changes as it grows, for an operator beside the hub's store: every tenant, every kind."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from hub.asking import left_data_dir
from hub.changes.follow import last_place, page_after, tail
from hub.clock import SystemClock
from hub.codec import encode, plain
from hub.errors import CursorExpired, InvalidInput, NotFound
from hub.model.changes import Change, Origin
from hub.model.ids import from_global, place_of_position
from hub.model.vocabulary import Kind
from hub.seal import peek
from hub.settings import Settings, StoreSettings
from hub.store.access import found_shard
from hub.store.changelog import LoggedChange, Place
from hub.store.finding import Wanted, find_identifiers
from hub.store.history import bounds, logged_at, numbers_of, place_at, tenants
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from subscriptions.streams import Mark

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SPAN = re.compile(r"(\d+)\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
Line = tuple[LoggedChange, str]
"""A line, and what people call the thing it tells of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which lines of the log."""

    after: str | None = None
    """Behind this position, or this cursor of any stream."""
    since: str | None = None
    """From this instant on, or from so long ago: `15m 2h 3d`."""
    kinds: Collection[Kind] = ()
    order: str | None = None
    """Of this order and all below it: by id or whatever it is called."""
    baseline: bool = False
    """With what first loads told."""
    follow: bool = True
    """And then as they come, for ever."""


async def events(settings: Settings, wish: Wish) -> AsyncIterator[Line]:
    """The lines that *wish* asks for: from now on where it names no beginning, all that are kept where it ends.

    Raises CursorExpired, InvalidInput, NotFound.
    """
    async with open_store(_shard(settings.store), Role.WORK, size=2) as store:
        roots = None if wish.order is None else await _roots(store, wish.order)
        async for page in _pages(store, await _beginning(store, wish), follow=wish.follow):
            wanted = [line for line in page if _is_wanted(line.change, wish, roots)]
            for line, called in zip(wanted, await _called(store, wanted), strict=True):
                yield line, called


async def show(settings: Settings, wish: Wish, say: Callable[[str], None], *, as_json: bool = False) -> None:
    """Say each line, for people or as JSON, until nobody listens any more."""
    try:
        async for line, called in events(settings, wish):
            say(written(line) if as_json else spoken(line, called))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered goes nowhere


def spoken(line: LoggedChange, called: str) -> str:
    """A line for people: when, what, of which thing, which fields."""
    change = line.change
    moment = change.recorded_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    fields = f" ({', '.join(change.changed_fields)})" if change.changed_fields else ""
    load = "  first load" if change.origin is Origin.BASELINE else ""
    return f"{moment}  {line.place.position:>8}  {line.tenant}  {change.event} {called} v{change.version}{fields}{load}"


def written(line: LoggedChange) -> str:
    """A line as JSON, for programs."""
    where = {"position": line.place.position, "term": line.place.term, "tenant": line.tenant}
    return encode(where | plain(line.change)).decode()


def _shard(store: StoreSettings) -> RoleUrls:
    """The store of the settings, else of the hub that runs in this folder, as the demo does."""
    elsewhere = left_data_dir() if store.url is None else None
    return found_shard(store if elsewhere is None else replace(store, data_dir=elsewhere))


async def _beginning(store: Store, wish: Wish) -> Place:
    if wish.after is not None and wish.since is not None:
        message = "say --after or --since, not both"
        raise InvalidInput(message)
    if wish.after is not None:
        return await _behind(store, wish.after)
    end = await last_place(store)
    if wish.since is None and wish.follow:
        return end
    async with store.across() as tx:
        kept = await bounds(tx)
        position = kept[0] if kept is not None else 0
        if wish.since is not None:
            position = await _before(partial(logged_at, tx), _instant(wish.since), position, end.position)
        place = await place_at(tx, position)
    return place or end


async def _behind(store: Store, after: str) -> Place:
    """The place that a position or a cursor names."""
    if not after.isdigit():
        return peek(after, Mark).place
    async with store.across() as tx:
        place = await place_at(tx, int(after))
    if place is None:
        message = f"position {after} is not in the log: it was dropped, or is not given yet"
        raise CursorExpired(message)
    return place


async def _before(moment_of: Callable[[int], Awaitable[datetime | None]], since: datetime, low: int, high: int) -> int:
    """The last position of before *since*: positions and instants rise together."""
    while low < high:
        middle = (low + high + 1) // 2
        moment = await moment_of(middle)
        if moment is None or moment < since:
            low = middle
        else:
            high = middle - 1
    return low


def _instant(since: str) -> datetime:
    span = _SPAN.fullmatch(since.strip())
    if span is not None:
        return SystemClock().now() - timedelta(**{_UNITS[span[2]]: int(span[1])})
    try:
        moment = datetime.fromisoformat(since)
    except ValueError as wrong:
        message = f"{since!r} is neither an instant nor a span such as 15m, 2h, 3d"
        raise InvalidInput(message) from wrong
    return moment if moment.tzinfo is not None else moment.astimezone()


async def _pages(store: Store, place: Place, *, follow: bool) -> AsyncIterator[Sequence[LoggedChange]]:
    if follow:
        async for page in tail(store, place):
            yield page
    while not follow and (page := await page_after(store, place)):
        yield page
        place = page[-1].place


async def _roots(store: Store, order: str) -> frozenset[str]:
    """The orders that are meant, by id or by whatever leads to them."""
    try:
        return frozenset({from_global(order)[1]})
    except InvalidInput:
        found = {order}
    async with store.across() as tx:
        for tenant in await tenants(tx):
            named = await find_identifiers(tx, tenant, None, Wanted(value=order))
            found |= {one for each in named for one in each.orders}
    if len(found) == 1 and not _ID.fullmatch(order):
        message = f"nothing is called {order!r}"
        raise NotFound(message)
    return frozenset(found)


def _is_wanted(change: Change, wish: Wish, roots: frozenset[str] | None) -> bool:
    return (
        (wish.baseline or change.origin is Origin.LIVE)
        and (not wish.kinds or change.kind in wish.kinds)
        and (roots is None or change.root_id in roots or not roots.isdisjoint(change.order_ids))
    )


async def _called(store: Store, lines: Sequence[LoggedChange]) -> list[str]:
    keys = {(line.tenant, line.change.kind.value, line.change.entity_id) for line in lines}
    if not keys:
        return []
    async with store.across() as tx:
        numbers = await numbers_of(tx, keys)
    return list(_names(lines, numbers))


def _names(lines: Sequence[LoggedChange], numbers: Mapping[tuple[str, str, str], str]) -> Iterator[str]:
    for line in lines:
        change = line.change
        stock = place_of_position(change.entity_id)
        if stock is not None:
            yield "@".join(stock)
        else:
            yield numbers.get((line.tenant, change.kind.value, change.entity_id), change.entity_id)
