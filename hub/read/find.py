"""From what a person typed to what it names: exact beats normalised beats what only begins so (domain.md 3.2). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from hub.errors import Ambiguous
from hub.model.entities import ENTITIES
from hub.model.finding import Lookup
from hub.model.ids import global_id
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.search.port import SearchFacet
from hub.store.finding import ALIKE, EXACT, NORMALISED, FoundIdentifier

NAMES_NO_ORDER = frozenset(
    {
        IdentifierScheme.EMAIL,
        IdentifierScheme.PHONE,
        IdentifierScheme.ACCOUNT,
        IdentifierScheme.SKU,
        IdentifierScheme.GTIN,
    }
)
"""Schemes that give hits, never "the" order."""
BEARS_NO_ORDER = frozenset({Kind.CUSTOMER, Kind.PRODUCT, Kind.WAREHOUSE, Kind.TRANSFER, Kind.PRICE_REFERENCE})

MOST_CANDIDATES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing that a search found."""

    kind: Kind
    id: str
    orders: tuple[str, ...]
    matched: FoundIdentifier
    score: float
    """1 exact, 0.9 normalised, else by how much of the identifier was typed, at most 0.5 for what is merely alike.

    Hits come in this order.
    """

    @property
    def exact(self) -> bool:
        """Whether the identifier was typed as the source writes it."""
        return self.matched.how == EXACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found, and whether that may be less than there is."""

    hits: tuple[Hit, ...]
    facets: tuple[SearchFacet, ...] = ()
    degraded: bool = False
    """The search engine did not answer."""


def the_order(lookup: Lookup, found: Sequence[FoundIdentifier]) -> str | None:
    """The one order that *found* leads to, None where there is none.

    Identifiers that fit exactly are asked first, then normalised ones. Raises Ambiguous, with the candidates, where
    more than one order fits.
    """
    return _the_one(lookup, Kind.ORDER, [(one, one.orders) for one in found if leads_to_orders(one)])


def the_entity(lookup: Lookup, kind: Kind, found: Sequence[FoundIdentifier]) -> str | None:
    """The one entity of *kind* that bears an identifier of *found*: as `the_order`, for every other kind."""
    return _the_one(lookup, kind, [(one, (one.id,)) for one in found if one.kind is kind])


def leads_to_orders(one: FoundIdentifier) -> bool:
    """Whether an identifier names orders rather than somebody who has some."""
    return one.scheme not in NAMES_NO_ORDER and one.kind not in BEARS_NO_ORDER


def _the_one(lookup: Lookup, kind: Kind, leading: Sequence[tuple[FoundIdentifier, Sequence[str]]]) -> str | None:
    for how in (EXACT, NORMALISED):
        fitting = dict.fromkeys(each for one, ids in leading if one.how == how for each in ids)
        if len(fitting) > 1:
            message = f"{lookup.text!r} fits {len(fitting)} {kind.value.replace('_', ' ').lower()}s; say which"
            raise Ambiguous(message, candidates=_candidates(kind, leading, how))
        if fitting:
            return next(iter(fitting))
    return None


def _candidates(
    kind: Kind, leading: Sequence[tuple[FoundIdentifier, Sequence[str]]], how: int
) -> list[dict[str, str | None]]:
    """What the caller may choose from: the id and by what it was found."""
    named: dict[str, dict[str, str | None]] = {}
    for one, ids in leading:
        for each in ids if one.how == how else ():
            said = {"scheme": one.scheme.value, "value": one.value, "source": one.source}
            named.setdefault(each, {"id": global_id(ENTITIES[kind].__name__, each), **said})
    return list(named.values())[:MOST_CANDIDATES]


def hits(text: str, found: Sequence[FoundIdentifier], size: int) -> tuple[Hit, ...]:
    """At most *size* things, best first; each thing once, by its best identifier."""
    by_thing = sorted(found, key=lambda one: (one.kind.value, one.id, -_score(text, one), one.scheme.value))
    best = [next(group) for _, group in groupby(by_thing, key=lambda one: (one.kind, one.id))]
    ranked = sorted(best, key=lambda one: (-_score(text, one), one.kind is not Kind.ORDER, one.kind.value, one.id))
    return tuple(
        Hit(kind=one.kind, id=one.id, orders=one.orders, matched=one, score=_score(text, one)) for one in ranked[:size]
    )


def _score(text: str, one: FoundIdentifier) -> float:
    if one.how == EXACT:
        return 1.0
    if one.how == NORMALISED:
        return 0.9
    if one.how == ALIKE:
        return round(0.5 * one.relevance, 3)
    return round(0.8 * min(1.0, len(text.strip()) / max(1, len(one.value))), 3)
