"""What the hub holds back for an order, and in which warehouse: decided once under locked stock, then kept. Pure.

A unit of a line is in exactly one figure: it waits for supply, or the hub has reserved it, or a system's own figures
contain it. A reservation ends when the order needs it no more, or with the figures that contain what it held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from hub.flow.cycle.capture import MANAGED
from hub.flow.facts import Allocation, CaseWanted, KeptReservation, Picture, Placed, RootFacts, Supply
from hub.flow.lapsing import lapses_at, limited, without_lapsed
from hub.flow.routing import Candidate, LineUnits, Routing, decide, kept_for_others
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.effects import CREATE_ORDER, RequestFulfilment
from hub.model.intents import DeliveryState
from hub.model.inventory import ReservationState
from hub.model.manifest import ChannelRules
from hub.model.order import Order, OrderLine, OrderStatus, PartialPolicy
from hub.model.policy import VersionedRouting
from hub.model.routing import RoutedUnits, RouteOutcome, RouteRule, RouteVerdict, RoutingDecision
from hub.model.values import Address
from hub.model.vocabulary import Kind, SystemKind

ONE_WAREHOUSE = "order.split"
"""A capability: an ERP that lacks it books one warehouse per order."""
OVER = frozenset({OrderStatus.COMPLETED, OrderStatus.CANCELLED, OrderStatus.REJECTED})
ZERO = Decimal(0)
NOWHERE = ""
"""The warehouse of what waits for supply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated:
    """What follows for an order now."""

    allocation: Allocation | None = None
    """For the cycle; None: the hub routes no orders of this channel."""
    decision: RoutingDecision | None = None
    """Another one than is kept; None leaves it."""
    reservations: tuple[KeptReservation, ...] = ()
    """New ones, and those that stand otherwise."""
    asks_stock: frozenset[str] = frozenset()
    cases: tuple[CaseWanted, ...] = ()
    wake_at: datetime | None = None


def allocate(
    order: Order, facts: RootFacts, picture: Picture, *, may_begin: bool, held_since: datetime | None = None
) -> Allocated:
    """Decide what needs a warehouse, where that *may_begin*, and let what is held back follow.

    What is held back for an order that has been held too long, *held_since*, lapses while nobody else has the order.
    Nothing for an order that the hub does not manage, or of a channel for which no routing policy is in force.
    """
    by = _policy(order, facts)
    if facts.managed_by != MANAGED or (by is None and facts.decision is None):
        return Allocated()
    decision, asks = without_lapsed(facts), frozenset[str]()
    wanted = _unplaced(order, decision, facts) if by is not None and may_begin and order.status not in OVER else ()
    if by is not None and wanted and not _is_refused(decision):
        items = frozenset(line.sku for line in wanted)
        if facts.supply is None or not items <= facts.supply.skus:
            asks = items
        else:
            decision = _decided(order, facts, facts.supply, wanted, by)
    lacking = _unplaced(order, decision, facts) if decision is not None else ()
    until = lapses_at(facts, by, held_since)
    looks = by is not None and bool(lacking) and may_begin and not _is_refused(decision)
    return Allocated(
        allocation=_for_the_cycle(decision, facts),
        decision=None if decision == facts.decision else decision,
        reservations=tuple(_held(order, decision, facts, picture, until)) if decision is not None else (),
        asks_stock=asks,
        cases=tuple(_short(order, decision, lacking)) if may_begin else (),
        wake_at=facts.now + by.policy.recheck if looks and by is not None else until,
    )


def channel_of(order: Order, facts: RootFacts) -> tuple[str | None, ChannelRules]:
    """The sales channel of an order, by name, and what it may sell: as the order says, else that of its shop."""
    known = facts.landscape.channels
    head = order.groups.commercial
    if head is not None and head.channel is not None and head.channel in known:
        return head.channel, known[head.channel]
    sources = {record.source for record in facts.records if record.kind is Kind.ORDER}
    for name in sorted(known):
        if known[name].source in sources:
            return name, known[name]
    return (head.channel if head is not None else None), ChannelRules()


# -- the decision


def _policy(order: Order, facts: RootFacts) -> VersionedRouting | None:
    """The policy that the order was routed by first, else the one in force for its channel."""
    if facts.decision is not None:
        pinned = (facts.decision.policy, facts.decision.policy_version)
        return next((one for one in facts.routings if (one.name, one.version) == pinned), None)
    channel, _ = channel_of(order, facts)
    active = [one for one in facts.routings if one.is_active]
    named = [one for one in active if channel is not None and channel in one.policy.channels]
    return next(iter(named or [one for one in active if not one.policy.channels]), None)


def _open(line: OrderLine) -> Decimal:
    told = line.quantities
    return max(told.ordered - told.cancelled - told.rejected, ZERO)


def _unplaced(order: Order, decision: RoutingDecision | None, facts: RootFacts) -> tuple[LineUnits, ...]:
    """Units of each line for which neither routing nor any system has found stock."""
    stands, tells = _standing(decision, facts), _is_planned(facts) and not _refusing(facts)
    found = []
    for line in order.lines:
        placed = sum((one.quantity for one in stands if one.line_no == line.line_no), ZERO)
        told = line.quantities.allocated if tells else ZERO
        rest = _open(line) - max(placed, told)
        if rest > ZERO:
            found.append(LineUnits(line_no=line.line_no, sku=line.sku, quantity=rest))
    return tuple(found)


def _is_planned(facts: RootFacts) -> bool:
    """Whether an ERP or a warehouse has the order: what a shop counts as allocated when it is paid is no warehouse."""
    planners = (SystemKind.ERP, SystemKind.WMS)
    return any(record.lives and facts.landscape.role(record.source) in planners for record in facts.records)


def _standing(decision: RoutingDecision | None, facts: RootFacts) -> tuple[RoutedUnits, ...]:
    """What was chosen, without warehouses that have refused since."""
    refusing = _refusing(facts)
    return tuple(one for one in (decision.chosen if decision is not None else ()) if one.warehouse not in refusing)


def _refusing(facts: RootFacts) -> frozenset[str]:
    """Warehouses that have refused the order; none where an ERP says where it leaves from."""
    if any(CREATE_ORDER in one.manifest.writes for one in facts.landscape.of(SystemKind.ERP) if not one.is_retired):
        return frozenset()
    return frozenset(
        row.content.warehouse
        for row in facts.deliveries
        if row.state is DeliveryState.REFUSED and isinstance(row.content, RequestFulfilment)
    )


def _is_refused(decision: RoutingDecision | None) -> bool:
    """Whether all was wanted at once and was not there: that is final, whatever comes later."""
    return decision is not None and decision.outcome is RouteOutcome.REFUSED


def _decided(
    order: Order, facts: RootFacts, supply: Supply, wanted: tuple[LineUnits, ...], by: VersionedRouting
) -> RoutingDecision:
    shipping, parties = order.groups.shipping, order.groups.parties
    _, rules = channel_of(order, facts)
    refusing = _refusing(facts)
    items = {line.sku for line in wanted}
    target = parties.ship_to if parties is not None else None
    seen = tuple(
        _placed_for(one, target, rules, refusing)
        for one in supply.candidates
        if not items.isdisjoint(one.atp) or one.excluded is not None
    )
    if by.policy.keeps_age:
        seen = kept_for_others(seen, {sku: units for sku, units in supply.waiting.items() if sku in items})
    routing = Routing(
        lines=wanted,
        candidates=seen,
        partial=(shipping.partial_policy if shipping is not None else None) or PartialPolicy.ALLOW,
        most_splits=_most_splits(facts),
        already=_standing(facts.decision, facts),
    )
    found = decide(routing, by, facts.now)
    kept = facts.decision
    if kept is not None and _gist(found) == _gist(kept):
        return kept
    return found


def _gist(decision: RoutingDecision) -> tuple[object, ...]:
    return decision.policy, decision.policy_version, decision.outcome, decision.chosen, decision.missing


def _placed_for(one: Candidate, target: Address | None, rules: ChannelRules, refusing: frozenset[str]) -> Candidate:
    """The candidate as this order sees it: whether it serves the channel, has refused, and how far it is."""
    if not rules.is_served_by(one.warehouse):
        return replace(one, excluded=(RouteRule.NETWORK, f"{one.warehouse} does not serve the channel"))
    if one.warehouse in refusing:
        return replace(one, excluded=(RouteRule.REFUSED, f"{one.warehouse} has refused the order"))
    return replace(one, distance=_distance(one.address, target))


def _distance(here: Address | None, there: Address | None) -> Decimal | None:
    """0 in the same region of a country, 1 in the same country, 2 elsewhere; None where either is not known."""
    if here is None or there is None or "ZZ" in (here.country, there.country):
        return None
    if here.country != there.country:
        return Decimal(2)
    return ZERO if here.region is not None and here.region == there.region else Decimal(1)


def _most_splits(facts: RootFacts) -> int | None:
    """None: no ERP keeps an order in one warehouse."""
    erps = [one for one in facts.landscape.of(SystemKind.ERP) if not one.is_retired]
    return 0 if any(ONE_WAREHOUSE in one.manifest.absent for one in erps) else None


# -- what is held back


def _held(
    order: Order, decision: RoutingDecision, facts: RootFacts, picture: Picture, until: datetime | None
) -> Iterator[KeptReservation]:
    """The reservations that are new or other than they are kept."""
    wanted = _wanted(order, decision, facts)
    queued = _queued(order, decision, facts)
    stands = {(row.line_no, row.warehouse) for row in facts.reservations if row.state is ReservationState.ACTIVE}
    items = {line.line_no: line.sku for line in order.lines}
    before = {row.id: row for row in facts.reservations}
    taken = _taken(order, decision, wanted, picture)
    for line_no, warehouse in sorted(wanted.keys() | queued | stands):
        mine = [row for row in facts.reservations if (row.line_no, row.warehouse) == (line_no, warehouse)]
        place = f"{facts.root_id}/{line_no}/{warehouse}"
        new = KeptReservation(
            id=place if not mine else f"{place}/{len(mine)}",
            line_no=line_no,
            sku=items.get(line_no, ""),
            warehouse=warehouse,
            quantity=ZERO,
        )
        if (line_no, warehouse) in queued:
            yield from () if any(row.state is ReservationState.ACTIVE for row in mine) else (new,)
            continue
        for row in _following(mine, new, wanted.get((line_no, warehouse), ZERO)):
            told = row.state is ReservationState.ACTIVE and (line_no, warehouse) in taken
            row = replace(row, acknowledged_at=facts.now) if told and row.acknowledged_at is None else row
            row = limited(row, until, facts.now)
            if before.get(row.id) != row:
                yield row


def _wanted(order: Order, decision: RoutingDecision, facts: RootFacts) -> dict[tuple[int, str], Decimal]:
    """Units to hold back, by line and warehouse, what is consumed included; those without a supply by no warehouse."""
    found: dict[tuple[int, str], Decimal] = {}
    for line in order.lines:
        left = line.quantities.shipped if order.status in OVER else _open(line)
        for one in _standing(decision, facts):
            if one.line_no == line.line_no and left > ZERO:
                found[line.line_no, one.warehouse] = min(one.quantity, left)
                left -= found[line.line_no, one.warehouse]
    if decision.is_backordered:
        found |= {(one.line_no, NOWHERE): one.quantity for one in _unplaced(order, decision, facts)}
    return found


def _queued(order: Order, decision: RoutingDecision, facts: RootFacts) -> set[tuple[int, str]]:
    """Lines of an order that takes nothing until all is there: a place in the queue for stock, which keeps no unit."""
    if decision.is_backordered or order.status in OVER or _is_refused(decision):
        return set()
    short = {one.line_no for one in decision.missing}
    return {(one.line_no, NOWHERE) for one in _unplaced(order, decision, facts) if one.line_no in short}


def _following(rows: list[KeptReservation], new: KeptReservation, wanted: Decimal) -> Iterator[KeptReservation]:
    """The active rows of one line in one warehouse, so that they come to what is wanted: released where less is."""
    gone = sum((row.quantity for row in rows if row.state is ReservationState.CONSUMED), ZERO)
    active = [row for row in rows if row.state is ReservationState.ACTIVE]
    rest = max(wanted - gone, ZERO)
    for row in active:
        if rest <= ZERO:
            yield replace(row, state=ReservationState.RELEASED)
            continue
        grows = row is active[-1] and row.acknowledged_at is None
        units = rest if grows else min(row.quantity, rest)
        rest -= units
        yield replace(row, quantity=units)
    if rest > ZERO:
        yield replace(new, quantity=rest)


def _taken(
    order: Order, decision: RoutingDecision, wanted: Mapping[tuple[int, str], Decimal], picture: Picture
) -> set[tuple[int, str]]:
    """Lines and warehouses whose source says that it has taken all that was chosen there from its stock."""
    found: set[tuple[int, str]] = set()
    for line in order.lines:
        by_source: dict[str | None, list[RoutedUnits]] = {}
        for one in decision.chosen:
            if one.line_no == line.line_no:
                by_source.setdefault(one.told_by, []).append(one)
        for source, chosen in by_source.items():
            units = sum((wanted.get((line.line_no, one.warehouse), ZERO) for one in chosen), ZERO)
            told = picture.taken.get((order.id, line.line_no, source or ""), ZERO)
            if units > ZERO and max(told, line.quantities.shipped) >= units:
                found |= {(line.line_no, one.warehouse) for one in chosen}
    return found


# -- what others are told


def _for_the_cycle(decision: RoutingDecision | None, facts: RootFacts) -> Allocation:
    if decision is None:
        return Allocation(waits_because="no warehouse has been chosen yet")
    stands = _standing(decision, facts)
    used = {one.warehouse for one in stands}
    return Allocation(
        placed=tuple(
            Placed(
                line_no=one.line_no,
                warehouse=one.warehouse,
                quantity=one.quantity,
                source=one.told_by if facts.landscape.role(one.told_by or "") is SystemKind.WMS else None,
            )
            for one in stands
        ),
        others=tuple(
            one.warehouse for one in decision.options if one.verdict is RouteVerdict.PASS and one.warehouse not in used
        ),
        waits_because=None if stands else decision.explanation,
    )


def _short(order: Order, decision: RoutingDecision | None, lacking: Iterable[LineUnits]) -> Iterator[CaseWanted]:
    missing = ", ".join(f"{one.quantity.normalize():f} of {one.sku}" for one in lacking)
    if decision is None or not missing or order.status in OVER:
        return
    yield CaseWanted(
        code=ExceptionCode.STOCKOUT,
        dedup_key=f"{ExceptionCode.STOCKOUT}|{order.id}",
        title=f"order {order.number} lacks {missing}",
        severity=Severity.S2,
        queue=CaseQueue.WAREHOUSE,
        root_cause=RootCause.UNKNOWN,
        suggested=("orderAmend", "orderCancel"),
    )
