"""From what a person typed to what it names: exact beats normalised beats what only begins so (domain.md 3.2). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from hub.errors import Ambiguous
from hub.model.finding import Lookup
from hub.model.ids import global_id
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.store.finding import EXACT, NORMALISED, FoundIdentifier

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
BEARS_NO_ORDER = frozenset({Kind.CUSTOMER, Kind.PRODUCT, Kind.WAREHOUSE})

MOST_CANDIDATES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing that a search found."""

    kind: Kind
    id: str
    orders: tuple[str, ...]
    matched: FoundIdentifier
    score: float
    """1 exact, 0.9 normalised, else by how much of the identifier was typed; hits come in this order."""

    @property
    def exact(self) -> bool:
        """Whether the identifier was typed as the source writes it."""
        return self.matched.how == EXACT


def the_order(lookup: Lookup, found: Sequence[FoundIdentifier]) -> str | None:
    """The one order that *found* leads to, None where there is none.

    Identifiers that fit exactly are asked first, then normalised ones. Raises Ambiguous, with the candidates, where
    more than one order fits.
    """
    leading = [one for one in found if one.scheme not in NAMES_NO_ORDER and one.kind not in BEARS_NO_ORDER]
    for how in (EXACT, NORMALISED):
        fitting = [one for one in leading if one.how == how]
        orders = dict.fromkeys(order for one in fitting for order in one.orders)
        if len(orders) > 1:
            message = f"{lookup.text!r} fits {len(orders)} orders; say which"
            raise Ambiguous(message, candidates=_candidates(fitting))
        if orders:
            return next(iter(orders))
    return None


def _candidates(fitting: Iterable[FoundIdentifier]) -> list[dict[str, str | None]]:
    """What the caller may choose from: the order's id and by what it was found."""
    named: dict[str, dict[str, str | None]] = {}
    for one in fitting:
        for order in one.orders:
            said = {"scheme": one.scheme.value, "value": one.value, "source": one.source}
            named.setdefault(order, {"id": global_id("Order", order), **said})
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
    return round(0.8 * min(1.0, len(text.strip()) / max(1, len(one.value))), 3)
