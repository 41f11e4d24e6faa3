"""Takes hops to the index: by id, with a window in which they are looked for again.

A hop's id is given when it is recorded and its row appears when it is committed, so a lower id may show up after a
higher one. Each turn looks a little behind where it stands, and now and then far behind; what it has written within
that window it remembers, as far as memory is allowed to. What it forgets is written again, which changes nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import timedelta

from hub.errors import SearchAway
from hub.search.documents import hop_action
from hub.search.ids import floor_of, minted_at
from hub.search.layout import MONTH
from hub.search.means import Means
from hub.store.indexing import IndexedHop, hop_ids_after, hops_by_ids, tenants_of_hops

NEAR = timedelta(seconds=15)
"""How far behind every turn looks."""
FAR = timedelta(minutes=15)
"""How far behind it looks now and then: longer than any hop waits to be written while the store answers."""
OFTEN = 60.0  # seconds between far looks
LOT = 5_000  # ids looked at in one statement
PAGE = 1_000  # hops read at once
REMEMBERED = 200_000  # ids; the oldest are forgotten first


class Hops:
    """Reads hops and writes documents; knows how far it is in one generation."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._written: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._generation: str | None = None
        self._through = 0
        self._looked_far = float("-inf")

    async def turn(self, generation: str) -> int:
        """Write what is new; how many hops that were. Raises SearchAway, StoreBusy: then nothing is forgotten."""
        if generation != self._generation:
            self._written.clear()
            self._through = await self._means.generations.place(generation)
            self._generation, self._looked_far = generation, float("-inf")
        now = self._means.clock.monotonic()
        is_far = now - self._looked_far >= OFTEN
        behind = FAR if is_far else NEAR
        count, through = 0, self._through
        for tenant in await self._tenants():
            written, last = await self._tenant(tenant, floor_of(self._through - int(behind.total_seconds() * 1000)))
            count, through = count + written, max(through, last)
        if through > self._through:
            await self._means.generations.keep_place(generation, through)
            self._through = through
        if is_far:
            self._looked_far = now
        return count

    async def _tenants(self) -> Sequence[str]:
        async with self._means.store.survey() as tx:
            return await tenants_of_hops(tx)

    async def _tenant(self, tenant: str, after: str) -> tuple[int, int]:
        """Write what of a tenant is not yet written; how many, and the latest millisecond seen."""
        count, last = 0, 0
        while True:
            async with self._means.store.survey() as tx:
                ids = await hop_ids_after(tx, tenant, after, LOT)
            new = [one for one in ids if (tenant, one) not in self._written]
            for first in range(0, len(new), PAGE):
                await self._write(tenant, new[first : first + PAGE])
            if not ids:
                return count, last
            count, last, after = count + len(new), max(last, minted_at(ids[-1])), ids[-1]

    async def _write(self, tenant: str, ids: Sequence[str]) -> None:
        async with self._means.store.survey() as tx:
            hops = await hops_by_ids(tx, tenant, ids)
        await write_hops(self._means, hops)
        for one in ids:
            self._written[tenant, one] = None
        while len(self._written) > REMEMBERED:
            self._written.popitem(last=False)


async def write_hops(means: Means, hops: Sequence[IndexedHop]) -> None:
    """Write hops that are not too old into what readers see; a month that begins is made. Raises SearchAway."""
    layout = means.generations.layout
    kept = [one for one in hops if one.started_at >= means.oldest]
    written = await means.bulk.write([hop_action(one, layout.hops_of(one.started_at.strftime(MONTH))) for one in kept])
    if written.homeless:
        generation = await means.generations.expected()
        for began in {one.started_at.strftime(MONTH): one.started_at for one in kept}.values():
            await means.generations.month(began, generation, is_read=True)
        if (await means.bulk.write(written.homeless)).homeless:
            message = "OpenSearch: the index of a month is not there"
            raise SearchAway(message)
