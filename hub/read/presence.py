"""In which systems an order or shipment exists, also where it does not: one row per system (domain.md 3.3, 2). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime

from hub.flow.facts import HUB, KeptDelivery, KeptRecord
from hub.flow.staleness import allowed
from hub.merge.presence import HELD_AS
from hub.model.intents import DeliveryState
from hub.model.manifest import SourceBinding
from hub.model.views import SystemPresence
from hub.model.vocabulary import Freshness, Kind, PresenceState, SystemKind
from hub.read.age import as_of, clock_time, freshness_of, how_long, seconds
from hub.read.evidence import Evidence

_C, _E, _W, _T = SystemKind.COMMERCE, SystemKind.ERP, SystemKind.WMS, SystemKind.CARRIER
ALWAYS: Mapping[Kind, tuple[SystemKind, ...]] = {
    Kind.ORDER: (_C, _E, _W),
    Kind.SHIPMENT: (_C, _E, _W, _T),
    Kind.FULFILLMENT_ORDER: (_E, _W),
    Kind.RETURN: (_E, _W),
    Kind.INVOICE: (_E,),
    Kind.CREDIT_MEMO: (_E,),
    Kind.CUSTOMER: (_C, _E),
    Kind.PRODUCT: (_C, _E, _W),
    Kind.WAREHOUSE: (_E, _W),
    Kind.TRANSFER: (_E, _W),
    Kind.PRICE_REFERENCE: (_E,),
}
"""Systems that have a row even where none is connected: they are where such a thing is usually held."""
NO_FEED = "no CARRIER is connected: of the way after the warehouse only what the others tell is known"
NOBODY = "(none)"
"""Name of the source in the row of a system that is not connected."""

UNDER_WAY = frozenset(
    {DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.ACCEPTED, DeliveryState.UNKNOWN, DeliveryState.REVIEW}
)


def presence(known: Evidence, entity_id: str, kind: Kind) -> tuple[SystemPresence, ...]:
    """One row per configured source that knows *kind*, then one per expected system without a source.

    A source that knows the entity as several objects has a row for each.
    """
    is_order = kind is Kind.ORDER
    expected = _expected(known) if is_order else frozenset()
    rows: list[SystemPresence] = []
    for binding in _in_order(known):
        held_as = HELD_AS.get(binding.system, (kind,)) if is_order else (kind,)
        if set(held_as) & _told_kinds(binding):
            records = _held(known, binding, (entity_id, kind), held_as)
            rows += [_known(known, binding, record) for record in records]
            if not records:
                row = _unknown(known, binding, held_as)
                rows.append(_awaiting(known, binding, row, expected) if is_order else row)
    rows += [_left_over(known, one) for one in _strangers(known, entity_id)]
    connected = {binding.system for binding in known.landscape.sources.values()}
    absent = [system for system in (*ALWAYS.get(kind, ()), *expected) if system not in connected]
    return (*rows, *(_absent(system, expected) for system in dict.fromkeys(absent)))


def _told_kinds(binding: SourceBinding) -> AbstractSet[Kind]:
    """Kinds that a source can be read for, or posts."""
    manifest = binding.manifest
    return manifest.groups.keys() if manifest.pushes_only else manifest.reads.keys()


def _in_order(known: Evidence) -> Sequence[SourceBinding]:
    order = list(SystemKind)
    return sorted(known.landscape.sources.values(), key=lambda one: (order.index(one.system), one.source))


def _strangers(known: Evidence, entity_id: str) -> list[KeptRecord]:
    """Records of sources that are no longer configured, but for the hub's own."""
    ours = {HUB, *known.landscape.sources}
    return [one for one in known.records if one.entity_id == entity_id and one.source not in ours]


def _expected(known: Evidence) -> frozenset[SystemKind]:
    """Systems that should mirror the order: by the channels that hold it, and by what coverage proved missing."""
    names = {one.source for one in known.records if one.kind is Kind.ORDER and one.lives}
    wanted = {system for name in names if (found := known.landscape.sources.get(name)) for system in found.expects}
    return frozenset(wanted | {SystemKind(name) for name in known.missing_in})


def _held(
    known: Evidence, binding: SourceBinding, subject: tuple[str, Kind], held_as: Sequence[Kind]
) -> list[KeptRecord]:
    """Its records of the entity; where it holds an order as shipments and their requests, each object once."""
    entity_id, kind = subject
    mine = [one for one in known.records if one.source == binding.source and one.kind in held_as]
    if kind in held_as:
        return [one for one in mine if one.entity_id == entity_id]
    objects: dict[tuple[str, str], KeptRecord] = {}
    for one in sorted(mine, key=lambda record: held_as.index(record.kind)):
        objects.setdefault((one.source_id, one.birth), one)
    return [one for one in mine if objects[one.source_id, one.birth] is one]


def _known(known: Evidence, binding: SourceBinding, record: KeptRecord) -> SystemPresence:
    observed = as_of(known, record)
    row = SystemPresence(
        system=binding.system,
        source=binding.source,
        state=PresenceState.PRESENT,
        freshness=freshness_of(known, [record]),
        number=record.content.number,
        raw_status=record.content.raw_status,
        url=record.content.url,
        last_seen_at=observed,
        age_seconds=seconds(observed, known.now),
    )
    state, message = _judged(known, binding, record)
    return replace(row, state=state, message=message or doubt_text(known, binding, record, row.freshness))


def _judged(known: Evidence, binding: SourceBinding, record: KeptRecord) -> tuple[PresenceState, str | None]:
    if not record.lives:
        return PresenceState.MISSING, f"gone there, seen at {clock_time(record.finished, known.now)}"
    mine = [one for one in known.conflicts if binding.source in {value.source for value in one.values}]
    if mine:
        return PresenceState.CONFLICT, f"disagrees about {mine[0].path}"
    _, message = _awaited(known, binding.source)
    return PresenceState.PRESENT, message


def _awaited(known: Evidence, source: str) -> tuple[PresenceState | None, str | None]:
    """What the newest open delivery to a source makes of it: PENDING or FAILED, and in words."""
    mine = [one for one in known.deliveries if one.source == source]
    for delivery in reversed(mine):
        if delivery.state is DeliveryState.DEAD:
            return PresenceState.FAILED, f"{delivery.action} failed: {delivery.error or 'no reason given'}"
        if delivery.state in UNDER_WAY:
            return PresenceState.PENDING, waiting_text(known, delivery)
    return None, None


def waiting_text(known: Evidence, delivery: KeptDelivery) -> str:
    """What a delivery waits for, as a clause: `order.cancel queued, next try at 14:05 UTC (2 made)`."""
    match delivery.state:
        case DeliveryState.CLAIMED:
            return f"{delivery.action} is being sent"
        case DeliveryState.ACCEPTED:
            return f"{delivery.action} accepted, not yet seen done"
        case DeliveryState.UNKNOWN:
            return f"the answer to {delivery.action} was lost, being looked up"
        case DeliveryState.REVIEW:
            return f"{delivery.action} waits for a person: {delivery.error or 'its outcome is unknown'}"
        case _:
            tries = f" ({delivery.attempts} made)" if delivery.attempts else ""
            due = delivery.next_attempt_at
            if due is None or due <= known.now:
                return f"{delivery.action} queued{tries}"
            return f"{delivery.action} queued, next try at {clock_time(due, known.now)}{tries}"


def doubt_text(known: Evidence, binding: SourceBinding, record: KeptRecord, freshness: Freshness) -> str | None:
    """Why a record may not be how things stand, as a clause; None where nothing speaks against it."""
    if binding.is_retired:
        return "this source is retired: what it said last is shown"
    if record.in_doubt:
        return "its last answers differ or cannot be read: being read again"
    if down := _down_text(known, binding.source):
        return down
    if freshness is Freshness.FRESH:
        return None
    age = how_long(known.now - as_of(known, record))
    return f"last confirmed {age} ago, expected every {how_long(allowed(binding, record.kind))}"


def _down_text(known: Evidence, source: str) -> str | None:
    """Why a source is not asked now, if it is not."""
    said = known.states.get(source)
    if said is None or (said.breaker == "CLOSED" and not said.is_paused):
        return None
    if said.is_paused:
        return f"not asked: {said.last_error or 'its settings or credentials are wrong'}"
    since = said.last_success_at or said.breaker_since
    when = f" since {clock_time(since, known.now)}" if since else ""
    return f"no answer{when}: breaker {'open' if said.breaker == 'OPEN' else 'half open'}"


def _unknown(known: Evidence, binding: SourceBinding, held_as: Sequence[Kind]) -> SystemPresence:
    """A configured source that does not know the entity."""
    row = SystemPresence(
        system=binding.system,
        source=binding.source,
        state=PresenceState.NOT_EXPECTED,
        freshness=Freshness.UNAVAILABLE,
    )
    through = _through(known, binding.source, held_as)
    if binding.manifest.pushes_only:
        return replace(row, message="it has told nothing of this yet")
    if through is None:
        return row
    late = known.now - through > allowed(binding, held_as[0]) or binding.is_retired
    return replace(row, freshness=Freshness.STALE if late else Freshness.FRESH)


def _awaiting(
    known: Evidence, binding: SourceBinding, row: SystemPresence, expected: AbstractSet[SystemKind]
) -> SystemPresence:
    """The row of a source that does not know an order: whether it should, and what is being done about it."""
    awaited, message = _awaited(known, binding.source)
    if awaited is not None:
        return replace(row, state=awaited, message=message)
    if binding.is_retired or binding.system not in expected:
        return row
    down = _down_text(known, binding.source)
    after = f"; {down}" if down else ""
    if binding.system.value not in known.missing_in:
        return replace(row, state=PresenceState.PENDING, message=f"expected there, not seen yet{after}")
    through = _through(known, binding.source, HELD_AS.get(binding.system, (Kind.ORDER,)))
    seen = f" as of {clock_time(through, known.now)}" if through else ""
    return replace(row, state=PresenceState.MISSING, message=f"not found there{seen}{after}")


def _through(known: Evidence, source: str, kinds: Sequence[Kind]) -> datetime | None:
    return max((at for (name, kind), at in known.coverage.items() if name == source and kind in kinds), default=None)


def _absent(system: SystemKind, expected: AbstractSet[SystemKind]) -> SystemPresence:
    """A system that no source plays."""
    missing = NO_FEED if system is _T else f"no {system.value} is connected"
    return SystemPresence(
        system=system,
        source=NOBODY,
        state=PresenceState.MISSING if system in expected else PresenceState.NOT_EXPECTED,
        freshness=Freshness.UNAVAILABLE,
        message=f"expected there, but {missing}" if system in expected else missing,
    )


def _left_over(known: Evidence, record: KeptRecord) -> SystemPresence:
    """A record of a source that is no longer configured."""
    observed = as_of(known, record)
    return SystemPresence(
        system=SystemKind.OTHER,
        source=record.source,
        state=PresenceState.PRESENT if record.lives else PresenceState.MISSING,
        freshness=Freshness.STALE,
        number=record.content.number,
        raw_status=record.content.raw_status,
        url=record.content.url,
        last_seen_at=observed,
        age_seconds=seconds(observed, known.now),
        message="this source is no longer configured: what it said last is shown",
    )
