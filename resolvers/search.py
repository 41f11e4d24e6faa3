"""Search: one box for every identifier, and what may be missing from the answer (domain.md 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import strawberry

from hub.model.order import Order
from hub.model.values import Identifier
from hub.model.vocabulary import Kind
from hub.read.find import Hit
from hub.read.sources import Source, is_behind
from hub.search.port import SearchFacet
from hub.store.lists import LISTINGS
from resolvers.context import Info
from resolvers.derive import Node, hidden
from resolvers.pages import given

USUAL_HITS = 10
SHOWN = frozenset(LISTINGS)
"""Kinds of which things are found: all that are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """Something that fits what was typed."""

    kind: Kind
    """What it is."""
    node: Node
    """The thing itself."""
    matched: Identifier
    """The identifier that fits."""
    exact: bool
    """Whether it was typed as the source writes it."""
    score: float
    """1 for exact, 0.9 where case, spaces or dashes differ, less where only the beginning fits, or but for a letter."""
    leads_to: tuple[str, ...] = hidden()
    """Ids of its orders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What was found. `gaps` = sources not up to date, so 'not found' is never a lie."""

    hits: tuple[SearchHit, ...]
    """What fits, best first."""
    facets: tuple[SearchFacet, ...]
    """How many fit, by what they are and how they stand."""
    degraded: bool
    """The search engine did not answer: identifiers were searched, words and mistyped ones were not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchArguments:
    """Arguments of `search`."""

    text: str
    """Whatever somebody reads out."""
    kinds: list[Kind] | None = None
    """Only these kinds."""
    first: int | None = USUAL_HITS
    """At most so many, up to 100."""


async def search(info: Info, asked: SearchArguments) -> SearchResult | None:
    """Everything that an identifier may mean: exact fits first, then normalised ones, then beginnings.

    Where a search engine is configured and nothing fits exactly: also what was mistyped, and words of names and
    descriptions.
    """
    context = info.context
    kinds = SHOWN if asked.kinds is None else SHOWN & set(asked.kinds)
    found = await context.reader.search(context.call, asked.text, sorted(kinds), given(asked.first, USUAL_HITS))
    things = await context.entities_by_key([(hit.kind, hit.id) for hit in found.hits])
    return SearchResult(
        hits=tuple(_shown(hit, things[hit.kind, hit.id]) for hit in found.hits if (hit.kind, hit.id) in things),
        facets=found.facets,
        degraded=found.degraded,
    )


def _shown(hit: Hit, thing: Node) -> SearchHit:
    one = hit.matched
    matched = Identifier(scheme=one.scheme, value=one.value, source=one.source)
    return SearchHit(kind=hit.kind, node=thing, matched=matched, exact=hit.exact, score=hit.score, leads_to=hit.orders)


async def orders_of_hit(parent: strawberry.Parent[SearchHit], info: Info) -> Sequence[Order] | None:
    """The orders it leads to; the newest ten of a customer."""
    return await info.context.entities([(Kind.ORDER, one) for one in parent.leads_to])


async def gaps(parent: strawberry.Parent[SearchResult], info: Info) -> tuple[Source, ...]:
    """Sources that are not up to date: what was typed may stand there."""
    del parent
    return tuple(source for source in await info.context.sources() if is_behind(source))
