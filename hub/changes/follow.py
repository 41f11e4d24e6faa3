"""The one loop by which followers read the change log: a saved place, then pages, each judged (section 11 rule 3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from hub.errors import StoreBusy
from hub.failpoint import reached
from hub.store.changelog import LoggedChange, Place, end_of_log, read_after, save_place, saved_place
from hub.store.store import Store
from hub.telemetry import logger

log = logger(__name__)

PAGE = 500
BUSY = 0.02  # seconds between reads while there is something to read
IDLE = 0.25  # seconds between reads when there is nothing


async def last_place(store: Store) -> Place:
    """The end of the log; waits for the first leadership ever."""
    while True:
        async with store.across() as tx:
            place = await end_of_log(tx)
        if place is not None:
            return place
        await asyncio.sleep(IDLE)


async def page_after(store: Store, place: Place, size: int = PAGE) -> list[LoggedChange]:
    """The next lines after *place*. Raises CursorExpired where it no longer means what it did."""
    async with store.across() as tx:
        page = await read_after(tx, place, size)
    if page:
        reached("p1")
    return page


async def tail(store: Store, place: Place) -> AsyncIterator[Sequence[LoggedChange]]:
    """Pages after *place*, for ever; a store that is away is waited for. Raises CursorExpired."""
    while True:
        try:
            page = await page_after(store, place)
        except StoreBusy as away:
            log.warning("follow.store_away", error=away.message)
            await asyncio.sleep(IDLE)
            continue
        if page:
            place = page[-1].place
            yield page
        await asyncio.sleep(BUSY if page else IDLE)


async def follow(store: Store, name: str, apply: Callable[[Sequence[LoggedChange]], Awaitable[None]]) -> None:
    """Give every page after the saved place to *apply*, then save: at least once, in order, for ever.

    A new follower begins at the first line that is kept. `store` is of role WORK, which may save places.
    """
    async with store.across() as tx:
        saved = await saved_place(tx, name)
    place = saved if saved is not None else Place(term=(await last_place(store)).term, position=0)
    async for page in tail(store, place):
        await apply(page)
        reached("p3")
        async with store.across() as tx:
            await save_place(tx, name, page[-1].place)
        reached("p4")
