"""In which systems an order or shipment exists, also where it does not: one row per system (domain.md 3.3, 2). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.flow.facts import HUB, KeptDelivery, KeptRecord
from hub.merge.presence import HELD_AS
from hub.model.intents import DeliveryState
from hub.model.manifest import SourceBinding
from hub.model.views import SystemPresence
from hub.model.vocabulary import Freshness, Kind, PresenceState, SystemKind
from hub.read.age import as_of, clock_time, freshness_of, how_long, seconds, target_of
from hub.read.whole import Whole

ALWAYS: tuple[SystemKind, ...] = (SystemKind.COMMERCE, SystemKind.ERP, SystemKind.WMS)
"""Systems that have a row even where none is connected."""
NOBODY = "(none)"
"""Name of the source in the row of a system that is not connected."""

UNDER_WAY = frozenset(
    {DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.ACCEPTED, DeliveryState.UNKNOWN, DeliveryState.REVIEW}
)


def presence(whole: Whole, entity_id: str, kind: Kind) -> tuple[SystemPresence, ...]:
    """One row per configured source that knows *kind*, then one per expected system without a source.

    A source that knows the entity twice has a row for each of its records.
    """
    rows: list[SystemPresence] = []
    for binding in _in_order(whole):
        held_as = _held_as(binding, kind)
        if held_as & set(binding.manifest.reads) or binding.manifest.pushes_only:
            rows += _rows(whole, binding, entity_id, held_as)
    rows += [_left_over(whole, one) for one in _strangers(whole, entity_id)]
    connected = {row.system for row in rows}
    absent = [system for system in (*ALWAYS, *_expected(whole)) if system not in connected]
    return (*rows, *(_absent(whole, system) for system in dict.fromkeys(absent)))


def _held_as(binding: SourceBinding, kind: Kind) -> frozenset[Kind]:
    """As what a source holds a thing of *kind*: a warehouse holds an order as its shipments."""
    return frozenset(HELD_AS.get(binding.system, (kind,)) if kind is Kind.ORDER else (kind,))


def _in_order(whole: Whole) -> Sequence[SourceBinding]:
    order = list(SystemKind)
    return sorted(whole.landscape.sources.values(), key=lambda one: (order.index(one.system), one.source))


def _strangers(whole: Whole, entity_id: str) -> list[KeptRecord]:
    """Records of sources that are no longer configured, but for the hub's own."""
    known = {HUB, *whole.landscape.sources}
    return [one for one in whole.stored.records if one.entity_id == entity_id and one.source not in known]


def _expected(whole: Whole) -> set[SystemKind]:
    """Systems that should mirror the order: by the channels that hold it, and by what coverage proved missing."""
    names = {one.source for one in whole.stored.records if one.kind is Kind.ORDER and one.lives}
    wanted = {system for name in names if (found := whole.landscape.sources.get(name)) for system in found.expects}
    return wanted | {SystemKind(name) for name in whole.stored.missing_in}


def _rows(whole: Whole, binding: SourceBinding, entity_id: str, held_as: frozenset[Kind]) -> list[SystemPresence]:
    mine = [one for one in whole.stored.records if one.source == binding.source and one.kind in held_as]
    is_order = entity_id == whole.order.id
    records = [one for one in mine if one.entity_id == entity_id or (is_order and one.kind is not Kind.ORDER)]
    if not records:
        return [_unknown(whole, binding, held_as, is_order=is_order)]
    return [_known(whole, binding, record) for record in records]


def _known(whole: Whole, binding: SourceBinding, record: KeptRecord) -> SystemPresence:
    observed = as_of(whole, record)
    row = SystemPresence(
        system=binding.system,
        source=binding.source,
        state=PresenceState.PRESENT,
        freshness=freshness_of(whole, [record]),
        number=record.content.number,
        raw_status=record.content.raw_status,
        url=record.content.url,
        last_seen_at=observed,
        age_seconds=seconds(observed, whole.now),
    )
    state, message = _judged(whole, binding, record)
    return replace(row, state=state, message=message or _beside(whole, binding, record, row.freshness))


def _judged(whole: Whole, binding: SourceBinding, record: KeptRecord) -> tuple[PresenceState, str | None]:
    if not record.lives:
        return PresenceState.MISSING, f"gone there, seen at {clock_time(record.finished, whole.now)}"
    mine = [one for one in whole.order.conflicts if binding.source in {value.source for value in one.values}]
    if mine:
        return PresenceState.CONFLICT, f"disagrees about {mine[0].path}"
    _, message = _awaited(whole, binding.source)
    return PresenceState.PRESENT, message


def _awaited(whole: Whole, source: str) -> tuple[PresenceState | None, str | None]:
    """What the newest open delivery to a source makes of it: PENDING or FAILED, and in words."""
    mine = [one for one in whole.stored.deliveries if one.source == source]
    for delivery in reversed(mine):
        if delivery.state is DeliveryState.DEAD:
            return PresenceState.FAILED, f"{delivery.action} failed: {delivery.error or 'no reason given'}"
        if delivery.state in UNDER_WAY:
            return PresenceState.PENDING, waiting_text(whole, delivery)
    return None, None


def waiting_text(whole: Whole, delivery: KeptDelivery) -> str:
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
            if due is None or due <= whole.now:
                return f"{delivery.action} queued{tries}"
            return f"{delivery.action} queued, next try at {clock_time(due, whole.now)}{tries}"


def _beside(whole: Whole, binding: SourceBinding, record: KeptRecord, freshness: Freshness) -> str | None:
    if binding.is_retired:
        return "this source is retired: what it said last is shown"
    if record.in_doubt:
        return "two answers of it differ: being read again"
    if down := _down_text(whole, binding.source):
        return down
    if freshness is Freshness.FRESH:
        return None
    age = how_long(whole.now - as_of(whole, record))
    return f"last confirmed {age} ago, expected every {how_long(target_of(binding))}"


def _down_text(whole: Whole, source: str) -> str | None:
    """Why a source is not asked now, if it is not."""
    said = whole.states.get(source)
    if said is None or (said.breaker == "CLOSED" and not said.is_paused):
        return None
    if said.is_paused:
        return f"not asked: {said.last_error or 'its settings or credentials are wrong'}"
    since = said.last_success_at or said.breaker_since
    when = f" since {clock_time(since, whole.now)}" if since else ""
    return f"no answer{when}: breaker {'open' if said.breaker == 'OPEN' else 'half open'}"


def _unknown(whole: Whole, binding: SourceBinding, held_as: frozenset[Kind], *, is_order: bool) -> SystemPresence:
    """A configured source that does not know the entity."""
    through = max(
        (at for (name, kind), at in whole.coverage.items() if name == binding.source and kind in held_as), default=None
    )
    row = SystemPresence(
        system=binding.system,
        source=binding.source,
        state=PresenceState.NOT_EXPECTED,
        freshness=Freshness.UNAVAILABLE,
    )
    if through is not None:
        late = whole.now - through > target_of(binding) or binding.is_retired
        row = replace(row, freshness=Freshness.STALE if late else Freshness.FRESH)
    awaited, message = _awaited(whole, binding.source) if is_order else (None, None)
    if awaited is not None:
        return replace(row, state=awaited, message=message)
    if not is_order or binding.is_retired or binding.system not in _expected(whole):
        return row
    down = _down_text(whole, binding.source)
    if binding.system.value in whole.stored.missing_in:
        seen = f"not found there as of {clock_time(through, whole.now)}" if through else "not found there"
        return replace(row, state=PresenceState.MISSING, message=seen + (f"; {down}" if down else ""))
    return replace(
        row, state=PresenceState.PENDING, message="expected there, not seen yet" + (f"; {down}" if down else "")
    )


def _absent(whole: Whole, system: SystemKind) -> SystemPresence:
    """A system that no source plays."""
    expected = system in _expected(whole)
    return SystemPresence(
        system=system,
        source=NOBODY,
        state=PresenceState.MISSING if expected else PresenceState.NOT_EXPECTED,
        freshness=Freshness.UNAVAILABLE,
        message=f"expected there, but no {system.value} is connected"
        if expected
        else f"no {system.value} is connected",
    )


def _left_over(whole: Whole, record: KeptRecord) -> SystemPresence:
    """A record of a source that is no longer configured."""
    observed = as_of(whole, record)
    return SystemPresence(
        system=SystemKind.OTHER,
        source=record.source,
        state=PresenceState.PRESENT if record.lives else PresenceState.MISSING,
        freshness=Freshness.STALE,
        number=record.content.number,
        raw_status=record.content.raw_status,
        url=record.content.url,
        last_seen_at=observed,
        age_seconds=seconds(observed, whole.now),
        message="this source is no longer configured: what it said last is shown",
    )
