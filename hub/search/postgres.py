"""The search that PostgreSQL does by itself.

It finds whatever bears an identifier that is exactly what was typed, the same but for case, spaces, dashes and leading
zeros, or, from three characters on, begins so: each by an index, so at any size. It does not find words of a name or a
description, nor what was mistyped. Facets count kinds only, among the identifiers looked at: four for each hit.
Of traces it finds a text as it is written, without regard to case, among the newest crossings that bear it, by reading
them: `hub.store.traces`.
"""

from __future__ import annotations

from collections import Counter

from hub.call import Call
from hub.search.port import Findings, SearchFacet, SearchFacetField, Stories, Wanted
from hub.store.finding import Wanted as Identifiers
from hub.store.finding import find_identifiers
from hub.store.store import Store

BEGINS_FROM = 3
"""Characters from which a search also finds what only begins with them."""
LOOKED_AT = 4
"""Identifiers for each thing that is wanted: a thing may bear several that fit."""


class PostgresSearch:
    """Searches the identifiers. `store` is of role SERVE: row security on."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, call: Call, wanted: Wanted) -> Findings:
        """As `Search` says. One statement."""
        asked = Identifiers(
            value=wanted.text,
            kinds=wanted.kinds,
            begins=len(wanted.text.strip()) >= BEGINS_FROM,
            size=LOOKED_AT * wanted.size,
        )
        async with self._store.glance(call) as tx:
            found = await find_identifiers(tx, call.tenant, call.account, asked)
        things = {(one.kind, one.id) for one in found}
        kinds = Counter(kind.value for kind, _ in things)
        facets = (
            SearchFacet(field=SearchFacetField.KIND, value=kind, count=count)
            for kind, count in sorted(kinds.items(), key=lambda one: (-one[1], one[0]))
        )
        return Findings(found=found, facets=tuple(facets))

    async def stories(self, call: Call, text: str) -> Stories:
        """As `Search` says: the statement that lists traces looks for itself."""
        del call, text
        return Stories(roots=None)
