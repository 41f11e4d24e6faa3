"""How streams of what is no document begin, for one caller: stock, sources and cases are for staff alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.call import Call
from hub.errors import InvalidInput
from hub.model.ids import source_root
from hub.model.manifest import Landscape
from hub.read.pages import MOST_IN_SNAPSHOT
from hub.store.beginnings import versions_of_cases, versions_of_positions, versions_of_roots, warehouses_coded
from hub.store.listing import Where
from hub.store.store import Store


class Beginnings:
    """Ids and versions. `store` is of role SERVE: row security on. Each one statement."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def positions(self, call: Call, where: Where) -> Mapping[str, int]:
        """Positions that fit. Raises InvalidInput where they are too many for one snapshot."""
        if call.account is not None:
            return {}
        async with self._store.glance(call) as tx:
            return _few(await versions_of_positions(tx, call.tenant, where, MOST_IN_SNAPSHOT + 1))

    async def cases(self, call: Call, where: Where) -> Mapping[str, int]:
        """Open cases that fit. Raises InvalidInput where they are too many for one snapshot."""
        if call.account is not None:
            return {}
        async with self._store.glance(call) as tx:
            return _few(await versions_of_cases(tx, call.tenant, where, MOST_IN_SNAPSHOT + 1))

    async def sources(self, call: Call, landscape: Landscape, named: frozenset[str] | None) -> Mapping[str, int]:
        """The sources of the tenant that are *named*; None: all."""
        names = [one for one in sorted(landscape.sources) if named is None or one in named]
        if call.account is not None:
            return {}
        async with self._store.glance(call) as tx:
            known = await versions_of_roots(tx, call.tenant, [source_root(one) for one in names])
        return {one: known.get(source_root(one), 0) for one in names}

    async def warehouses(self, call: Call, codes: Sequence[str]) -> frozenset[str]:
        """Ids of the warehouses of these codes: names in a filter, whoever may see them."""
        async with self._store.glance(call) as tx:
            return await warehouses_coded(tx, call.tenant, codes)


def _few(found: Mapping[str, int]) -> Mapping[str, int]:
    if len(found) > MOST_IN_SNAPSHOT:
        message = f"more than {MOST_IN_SNAPSHOT} fit: narrow the filter, or leave includeInitial out"
        raise InvalidInput(message)
    return found
