"""Which warehouse ships what of an order: pure, and the same for the same facts (domain.md 5.2).

The least number of warehouses that has everything wins; among those the best rank; what is left open, the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from itertools import combinations

from hub.model.order import PartialPolicy
from hub.model.policy import Shortage, VersionedRouting
from hub.model.routing import (
    MissingUnits,
    RankBy,
    RoutedUnits,
    RouteOption,
    RouteOutcome,
    RouteRule,
    RouteScore,
    RouteVerdict,
    RoutingDecision,
)
from hub.model.values import Address

NOTHING = Decimal(0)
MOST_COMBINED = 12
"""Of the best ranked warehouses, how many are combined with each other."""

Units = tuple["LineUnits", ...]
Stock = dict[tuple[str, str], Decimal]
"""What is left, by (warehouse code, item)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUnits:
    """Units of a line that need a warehouse."""

    line_no: int
    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A warehouse as routing sees it."""

    warehouse: str
    """Its code."""
    atp: Mapping[str, Decimal] = field(default_factory=dict)
    """What may be promised there now, by item; signed."""
    told_by: Mapping[str, str] = field(default_factory=dict)
    """The source whose figures those are, by item."""
    excluded: tuple[RouteRule, str] | None = None
    """Why it cannot be chosen, whatever lies there."""
    priority: int | None = None
    """Which is asked first by the warehouse's own word; the least."""
    distance: Decimal | None = None
    """From where the order goes."""
    address: Address | None = None
    """Where it is."""
    capacity: int | None = None
    """Orders that it takes today besides those it has; None: not known."""
    warehouse_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """What is to be decided."""

    lines: Units
    candidates: tuple[Candidate, ...]
    partial: PartialPolicy = PartialPolicy.ALLOW
    """What the customer wants where not everything is there."""
    most_splits: int | None = None
    """How often the order may be split at most, whatever the policy allows; None: the policy alone says."""
    already: tuple[RoutedUnits, ...] = ()
    """What was decided before and stands: those warehouses count as chosen."""

    @property
    def is_known(self) -> bool:
        """Whether it is known what lies where: nothing is given up for figures that are missing or too old."""
        silent = (one.excluded is not None and one.excluded[0] is RouteRule.FEED for one in self.candidates)
        return bool(self.candidates) and not any(silent)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    chosen: tuple[RoutedUnits, ...]
    missing: tuple[MissingUnits, ...]

    @property
    def units(self) -> Decimal:
        return sum((one.quantity for one in self.chosen), NOTHING)


def decide(routing: Routing, by: VersionedRouting, now: datetime) -> RoutingDecision:
    """Which warehouse ships what. Never more of an item than a warehouse may promise."""
    ranked, others = _judged(routing, by)
    plan = _whole(routing, ranked, _splits(routing, by))
    short = plan is None
    lacks: tuple[MissingUnits, ...] = ()
    if plan is None:
        takes = by.policy.shortage is Shortage.BACKORDER and routing.partial is PartialPolicy.ALLOW
        most = _most(routing, ranked, _splits(routing, by))
        plan, lacks = most if takes else _planned(routing, ()), most.missing
    outcome = _outcome(routing, (*routing.already, *plan.chosen), short=short)
    chosen = () if outcome is RouteOutcome.REFUSED else _together((*routing.already, *plan.chosen))
    return RoutingDecision(
        policy=by.name,
        policy_version=by.version,
        outcome=outcome,
        explanation=_explained(outcome, chosen, lacks, by),
        decided_at=now,
        chosen=chosen,
        missing=plan.missing,
        is_backordered=short and by.policy.shortage is Shortage.BACKORDER and routing.partial is PartialPolicy.ALLOW,
        options=(*(_passed(one, at, routing, by) for at, one in enumerate(ranked, 1)), *others),
    )


def kept_for_others(candidates: Sequence[Candidate], waiting: Mapping[str, Decimal]) -> tuple[Candidate, ...]:
    """The candidates without what is *waiting* to be taken by others, by item: off the greatest stock first."""
    left = {one.warehouse: dict(one.atp) for one in candidates}
    able = [one for one in candidates if one.excluded is None]
    for sku, wanted in sorted(waiting.items()):
        rest = wanted
        for one in sorted(able, key=lambda one: (-one.atp.get(sku, NOTHING), one.warehouse)):
            taken = min(max(one.atp.get(sku, NOTHING), NOTHING), rest)
            if taken > NOTHING:
                left[one.warehouse][sku] -= taken
                rest -= taken
    return tuple(replace(one, atp=left[one.warehouse]) for one in candidates)


# -- which can be chosen, and in which order


def _judged(routing: Routing, by: VersionedRouting) -> tuple[list[Candidate], list[RouteOption]]:
    """Those that can be chosen, the best first, and why the others cannot, by code."""
    passing, others = [], []
    for one in sorted(routing.candidates, key=lambda one: one.warehouse):
        why = one.excluded or _excluded(one, routing)
        if why is None:
            passing.append(one)
        else:
            option = RouteOption(warehouse=one.warehouse, verdict=RouteVerdict.EXCLUDED, rule=why[0], reason=why[1])
            others.append(option)
    return sorted(passing, key=lambda one: (_place(one, routing, by), one.warehouse)), others


def _excluded(one: Candidate, routing: Routing) -> tuple[RouteRule, str] | None:
    used = any(one.warehouse == routed.warehouse for routed in routing.already)
    if one.capacity is not None and one.capacity < 1 and not used:
        return RouteRule.CAPACITY, f"{one.warehouse} takes no more orders today"
    if routing.lines and _depth(one, routing) <= NOTHING:
        return RouteRule.STOCK, f"{one.warehouse} has nothing left of what is wanted"
    return None


def _place(one: Candidate, routing: Routing, by: VersionedRouting) -> tuple[tuple[bool, Decimal], ...]:
    """Sorts: what is known before what is not, then the least."""
    found = []
    for score in _scores(one, routing, by):
        value = NOTHING if score.value is None else score.value
        found.append((score.value is None, -value if score.by is RankBy.STOCK_DEPTH else value))
    return tuple(found)


def _scores(one: Candidate, routing: Routing, by: VersionedRouting) -> tuple[RouteScore, ...]:
    listed = by.policy.priority
    places = {code: Decimal(at) for at, code in enumerate(listed, 1)}
    own = None if one.priority is None else Decimal(len(listed) + one.priority)
    values: Mapping[RankBy, Decimal | None] = {
        RankBy.PRIORITY: places.get(one.warehouse, own),
        RankBy.STOCK_DEPTH: _depth(one, routing),
        RankBy.DISTANCE: one.distance,
    }
    return tuple(RouteScore(by=rank, value=values[rank]) for rank in by.policy.rank)


def _depth(one: Candidate, routing: Routing) -> Decimal:
    """Units of the order that it has."""
    return _planned(routing, (one,)).units


def _passed(one: Candidate, rank: int, routing: Routing, by: VersionedRouting) -> RouteOption:
    scores = _scores(one, routing, by)
    return RouteOption(warehouse=one.warehouse, verdict=RouteVerdict.PASS, rank=rank, scores=scores)


# -- which are chosen


def _splits(routing: Routing, by: VersionedRouting) -> int:
    return by.policy.max_splits if routing.most_splits is None else min(by.policy.max_splits, routing.most_splits)


def _used(routing: Routing, ranked: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Of those that can be chosen: what the order uses already, and the others."""
    used = {one.warehouse for one in routing.already}
    return [one for one in ranked if one.warehouse in used], [one for one in ranked if one.warehouse not in used]


def _room(routing: Routing, splits: int) -> int:
    """How many warehouses may come to those that the order uses already."""
    return max(0, splits + 1 - len({one.warehouse for one in routing.already}))


def _whole(routing: Routing, ranked: Sequence[Candidate], splits: int) -> _Plan | None:
    """The plan that has everything with the fewest more warehouses, the best ranked of those; None: there is none."""
    used, fresh = _used(routing, ranked)
    for size in range(_room(routing, splits) + 1):
        for more in combinations(fresh[:MOST_COMBINED], size):
            plan = _planned(routing, [*used, *more])
            if not plan.missing:
                return plan
    return None


def _most(routing: Routing, ranked: Sequence[Candidate], splits: int) -> _Plan:
    """The plan that has the most: warehouse by warehouse the one that adds most, the best ranked of those."""
    taken, left = _used(routing, ranked)
    for _ in range(_room(routing, splits)):
        plans = [(_planned(routing, [*taken, one]).units, -at) for at, one in enumerate(left)]
        if not plans or max(plans)[0] <= _planned(routing, taken).units:
            break
        taken.append(left.pop(-max(plans)[1]))
    return _planned(routing, taken)


def _planned(routing: Routing, sites: Sequence[Candidate]) -> _Plan:
    """Every line from the *sites* in their order, as far as they go."""
    left: Stock = {(one.warehouse, sku): max(NOTHING, atp) for one in sites for sku, atp in one.atp.items()}
    chosen, missing = [], []
    for line in sorted(routing.lines, key=lambda line: line.line_no):
        rest = line.quantity
        for one in sites:
            units = _units(left.get((one.warehouse, line.sku), NOTHING), rest)
            if units <= NOTHING:
                continue
            left[one.warehouse, line.sku] -= units
            rest -= units
            chosen.append(
                RoutedUnits(
                    line_no=line.line_no,
                    sku=line.sku,
                    warehouse=one.warehouse,
                    quantity=units,
                    warehouse_id=one.warehouse_id,
                    told_by=one.told_by.get(line.sku),
                )
            )
        if rest > NOTHING:
            missing.append(MissingUnits(line_no=line.line_no, sku=line.sku, quantity=rest))
    return _Plan(chosen=tuple(chosen), missing=tuple(missing))


def _units(left: Decimal, wanted: Decimal) -> Decimal:
    """As many as there are; of what is wanted in whole units whole ones."""
    units = min(left, wanted)
    return units if wanted % 1 else units.to_integral_value(ROUND_FLOOR)


# -- what came of it


def _together(chosen: Iterable[RoutedUnits]) -> tuple[RoutedUnits, ...]:
    """Units of one line in one warehouse as one, by line and warehouse."""
    found: dict[tuple[int, str], RoutedUnits] = {}
    for one in chosen:
        known = found.get((one.line_no, one.warehouse))
        more = one if known is None else replace(one, quantity=known.quantity + one.quantity)
        found[one.line_no, one.warehouse] = more
    return tuple(found[at] for at in sorted(found))


def _outcome(routing: Routing, chosen: Sequence[RoutedUnits], *, short: bool) -> RouteOutcome:
    if not short:
        return RouteOutcome.COMPLETE
    if routing.partial is PartialPolicy.FILL_OR_KILL and routing.is_known:
        return RouteOutcome.REFUSED
    return RouteOutcome.PARTIAL if chosen else RouteOutcome.WAITING


def _explained(
    outcome: RouteOutcome, chosen: Sequence[RoutedUnits], missing: Sequence[MissingUnits], by: VersionedRouting
) -> str:
    where = " and ".join(sorted({one.warehouse for one in chosen})) or "no warehouse"
    policy = f"by {by.name} version {by.version}"
    lacks = _listed(missing)
    match outcome:
        case RouteOutcome.COMPLETE:
            return f"{where} has everything, {policy}"
        case RouteOutcome.PARTIAL:
            return f"{where} has what there is and {lacks} is missing, {policy}"
        case RouteOutcome.WAITING:
            return f"{lacks} is missing, so the order waits, {policy}"
        case RouteOutcome.REFUSED:
            return f"{lacks} is missing, and all was wanted or nothing, {policy}"


def _listed(missing: Iterable[MissingUnits]) -> str:
    return ", ".join(f"{one.quantity.normalize():f} of {one.sku}" for one in missing) or "nothing"
