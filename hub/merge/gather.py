"""The facts of a root, out of a shelf: what assemble, derive and flow are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from hub.flow.cycle.capture import MANAGED
from hub.flow.facts import (
    KeptCommand,
    KeptDelivery,
    KeptLink,
    KeptMilestone,
    KeptRecord,
    RootFacts,
)
from hub.merge.keys import BELOW_ORDERS, RecordKey
from hub.merge.meanings import translated
from hub.merge.places import Places
from hub.merge.shelf import Shelf, Target
from hub.model.manifest import Landscape
from hub.model.observation import NaturalKey
from hub.model.order import Order
from hub.model.routing import RoutingDecision
from hub.store.accepted import CommandRow, command_in
from hub.store.casework import HoldRow
from hub.store.deliveries import DeliveryRow, effect_in
from hub.store.milestones import MilestoneRow
from hub.store.records import RecordRow

Row = TypeVar("Row", DeliveryRow, CommandRow, HoldRow)
R = TypeVar("R")
K = TypeVar("K")

MOST_EARLIER = 20
"""Routing decisions of one order that are remembered once another one holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A shelf's rows by entity and by root."""

    records: dict[str, list[RecordKey]]
    """Entity -> its records; grows by the hub's own."""
    milestones: Mapping[str, Sequence[MilestoneRow]]
    under: Mapping[str, Sequence[str]]
    """Root -> entities under it."""
    linked: Mapping[str, Sequence[str]]
    """Root of an order -> entities of other roots that serve it."""
    kept: dict[int, tuple[object, Any]] = field(default_factory=dict)  # Any: KeptRecord, KeptDelivery, KeptCommand
    """What was made of a row, by the row's identity, beside the row: rows are replaced, never altered."""


def index(shelf: Shelf, places: Places[RecordKey]) -> Index:
    """The shelf, indexed; made anew whenever entities or roots moved."""
    milestones: dict[str, list[MilestoneRow]] = {}
    for _, row in sorted(shelf.milestones.items(), key=lambda item: (item[1].first_seen_at, item[1].milestone)):
        milestones.setdefault(row.entity_id, []).append(row)
    under: dict[str, list[str]] = {}
    linked: dict[str, list[str]] = {}
    for entity in sorted(shelf.entities):
        stored = shelf.entities[entity]
        under.setdefault(stored.root_id, []).append(entity)
        for order in sorted(places.orders(entity)) if stored.kind in BELOW_ORDERS else ():
            if order != stored.root_id:
                linked.setdefault(order, []).append(entity)
    return Index(records=shelf.records_by_entity(), milestones=milestones, under=under, linked=linked)


def facts_of(shelf: Shelf, where: Index, root: str, landscape: Landscape) -> RootFacts:
    """Everything known under *root*, and of what is linked to it."""
    row = shelf.roots[root]
    own = where.under.get(root, ())
    concerned = [*own, *where.linked.get(root, ())]
    entities = {entity: shelf.entities[entity].kind for entity in own}
    facts = RootFacts(
        tenant=landscape.tenant,
        root_id=root,
        kind=row.kind,
        landscape=landscape,
        now=shelf.now,
        entities=entities,
        members=frozenset(entities),
        records=tuple(
            _made(where, shelf.records[key], partial(_told, shelf, key))
            for entity in concerned
            for key in where.records.get(entity, ())
        ),
        milestones=tuple(_milestone(one) for entity in concerned for one in where.milestones.get(entity, ())),
        deliveries=tuple(
            _made(where, one, kept_delivery)
            for one in sorted(_under(shelf.deliveries, root), key=lambda one: (one.created_at, one.id))
        ),
        commands=tuple(
            _made(where, one, _command)
            for one in sorted(_under(shelf.commands, root), key=lambda one: (one.accepted_at, one.id))
        ),
        holds=tuple(
            one.doc for one in sorted(_under(shelf.holds, root), key=lambda one: one.id) if one.released_at is None
        ),
        documents={entity: shelf.entities[entity].doc for entity in own if shelf.entities[entity].doc is not None},
        line_numbers=row.line_numbers,
        managed_by=row.managed_by,
        flow_version=row.flow_version,
        is_baseline=row.is_baseline,
        coverage=shelf.coverage,
        items=shelf.meanings.known,
        codes=shelf.meanings.codes,
        decision=_decision(shelf, root),
        earlier_decisions=earlier_decisions(shelf, root),
        goods=shelf.goods.get(root),
    )
    return _with_stock(facts, shelf)


def _under(rows: Mapping[str, Row], root: str) -> list[Row]:
    return [one for one in rows.values() if one.root_id == root]


def _decision(shelf: Shelf, root: str) -> RoutingDecision | None:
    """What routing has decided for an order: in this transaction, else before."""
    if shelf.claims is not None and root in shelf.claims.decisions:
        return shelf.claims.decisions[root]
    stored = shelf.entities.get(root)
    return stored.doc.routing_decision if stored is not None and isinstance(stored.doc, Order) else None


def earlier_decisions(shelf: Shelf, root: str) -> tuple[RoutingDecision, ...]:
    """What the routing decision of an order has replaced, this transaction's included: the last of them."""
    stored = shelf.entities.get(root)
    if stored is None or not isinstance(stored.doc, Order):
        return ()
    was, earlier = stored.doc.routing_decision, stored.doc.earlier_decisions
    if was is None or _decision(shelf, root) == was:
        return earlier
    return (*earlier, replace(was, options=()))[-MOST_EARLIER:]


def _with_stock(facts: RootFacts, shelf: Shelf) -> RootFacts:
    """The facts with what routing needs to know of an order that the hub manages."""
    claims = shelf.claims
    if claims is None or facts.managed_by != MANAGED:
        return facts
    return replace(
        facts,
        routings=claims.routings,
        reservations=claims.reservations(facts.root_id),
        supply=claims.supply(facts.root_id, (facts.landscape, facts.now, facts.coverage)),
    )


def _made(where: Index, row: R, make: Callable[[R], K]) -> K:
    """What *make* makes of a row, once; the row is held, so that no other one comes to have its identity."""
    known: tuple[object, K] | None = where.kept.get(id(row))
    if known is None:
        known = where.kept[id(row)] = (row, make(row))
    return known[1]


def _told(shelf: Shelf, key: RecordKey, row: RecordRow) -> KeptRecord:
    return translated(_record(key, row, shelf.links.get(key, {})), shelf.meanings)


def _command(row: CommandRow) -> KeptCommand:
    return KeptCommand(
        id=row.id,
        operation=row.operation,
        actor=row.client,
        command=command_in(row.operation, row.input),
        accepted_at=row.accepted_at,
        correlation_id=row.correlation_id,
        version=row.version,
        approval=row.approval,
        remains=row.remains,
        is_done=row.is_done,
    )


def _record(key: RecordKey, row: RecordRow, links: Mapping[NaturalKey, Target]) -> KeptRecord:
    return KeptRecord(
        source=key.source,
        kind=key.kind,
        source_id=key.source_id,
        birth=key.birth,
        entity_id=row.entity_id,
        content=row.content,
        started=row.started,
        finished=row.finished,
        version=row.version,
        lives=row.gone_at is None,
        in_doubt=row.in_doubt,
        links=tuple(KeptLink(key=ref, entity_id=at.entity, kind=at.kind) for ref, at in sorted(links.items())),
        first_seen_at=row.first_seen_at,
    )


def _milestone(row: MilestoneRow) -> KeptMilestone:
    return KeptMilestone(
        source=row.source,
        kind=row.kind,
        source_id=row.source_id,
        birth=row.birth,
        entity_id=row.entity_id,
        part=row.part,
        milestone=row.milestone,
        occurred_at=row.occurred_at,
        reverses=row.reverses,
        first_seen_at=row.first_seen_at,
    )


def kept_delivery(row: DeliveryRow) -> KeptDelivery:
    """A delivery as flow sees it. Raises HubFault for an action of a later release."""
    return KeptDelivery(
        id=row.id,
        source=row.source,
        kind=row.kind,
        source_id=row.source_id,
        action=row.action,
        key=row.key,
        state=row.state,
        content=effect_in(row.action, row.content),
        attempts=row.attempts,
        has_begun=row.has_begun,
        command_id=row.command_id,
        claimed_at=row.claimed_at,
        settled_at=row.settled_at,
        grants=row.grants,
        error=row.error,
        error_class=row.error_class,
        reference=row.reference,
        next_attempt_at=row.next_attempt_at,
        hold_until=row.hold_until,
        confirm_by=row.confirm_by,
        withdrawn_because=row.withdrawn_because,
    )
