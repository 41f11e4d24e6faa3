"""How far a parcel is (rule Mark-1, domain.md 2.5.1): rank by rank the owner's word; history only grows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.flow.facts import KeptMilestone, KeptRecord
from hub.merge.authority import ROLES
from hub.model.manifest import Tells
from hub.model.shipment import Milestone, ShipmentMilestone
from hub.model.vocabulary import FieldGroup, SystemKind

RANKS: Mapping[ShipmentMilestone, int] = {
    ShipmentMilestone.CREATED: 0,
    ShipmentMilestone.PICK_STARTED: 10,
    ShipmentMilestone.PICKED: 20,
    ShipmentMilestone.PACKED: 30,
    ShipmentMilestone.LABELED: 40,
    ShipmentMilestone.MANIFESTED: 50,
    ShipmentMilestone.READY_FOR_PICKUP: 55,
    ShipmentMilestone.SHIPPED: 60,
    ShipmentMilestone.IN_TRANSIT: 70,
    ShipmentMilestone.OUT_FOR_DELIVERY: 80,
    ShipmentMilestone.AVAILABLE_FOR_COLLECTION: 85,
    ShipmentMilestone.DELIVERED: 90,
}
"""The ladder. What is not on it ends or turns a shipment."""

VOIDS = frozenset({ShipmentMilestone.VOIDED, ShipmentMilestone.CANCELLED})
"""Said by whoever packs; leaves any rank."""
TURNS = frozenset({ShipmentMilestone.RETURNING, ShipmentMilestone.RETURNED_TO_SENDER, ShipmentMilestone.LOST})
"""Said by whoever carries; leaves any rank until a typed reversal."""
IMPLIED = (ShipmentMilestone.PICKED, ShipmentMilestone.PACKED, ShipmentMilestone.SHIPPED)
"""What a later milestone implies: inserted as inferred where nobody told it."""

CLOCK_SLACK = timedelta(minutes=10)
STALE_DOMESTIC = timedelta(hours=48)
STALE_ABROAD = timedelta(hours=120)

_SHIPPED_RANK = RANKS[ShipmentMilestone.SHIPPED]
_SHIPPED_ROLES = (SystemKind.WMS, SystemKind.CARRIER, SystemKind.ERP, SystemKind.COMMERCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One record about a parcel, and how its source speaks."""

    record: KeptRecord
    system: SystemKind
    tells: Tells
    events: tuple[KeptMilestone, ...] = ()
    """Everything its source ever told about it; counts only where the source tells events."""
    tracks: bool = True
    """Whether its source says that it tells of the way after the warehouse."""
    is_parcel: bool = False
    """It is one parcel of the shipment, and speaks of no other."""

    def says(self, names: Collection[str] = ()) -> ShipmentMilestone | None:
        """Where it says the shipment stands, or the package of these names; None: it does not speak."""
        if self.tells is Tells.EVENTS:
            return standing(event for event in self.events if not names or event.part in ("", *names))
        return self._state_of(names)

    def _state_of(self, names: Collection[str]) -> ShipmentMilestone | None:
        packages = self.record.content.packages
        mine = [package for package in packages if package.id in names or package.tracking_number in names]
        for package in mine:
            if package.status is not ShipmentMilestone.UNKNOWN:
                return package.status
        if names and self.is_parcel and packages and not mine:
            return None
        told = mapped(self.record.content.status)
        if told is not None:
            return told
        claims = [c.milestone for c in self.record.content.milestones if not c.reverses and c.milestone in RANKS]
        return max(claims, key=RANKS.__getitem__, default=None)


def mapped(status: str | None) -> ShipmentMilestone | None:
    """A source's claim as a milestone; None where it makes none that could be mapped."""
    if status is None or status not in ShipmentMilestone.__members__:
        return None
    found = ShipmentMilestone(status)
    return None if found is ShipmentMilestone.UNKNOWN else found


def standing(events: Iterable[KeptMilestone]) -> ShipmentMilestone | None:
    """Where events leave a parcel: the highest that no later typed reversal of it, or of what it implies, follows.

    A turn (returning, lost) or a void stands above every rank until it is reversed. None: no event stands or none came.
    """
    told = list(events)
    left = [event for event in told if not event.reverses and not any(_takes_back(back, event) for back in told)]
    off = [event for event in left if event.milestone in TURNS | VOIDS]
    if off:
        return max(off, key=lambda event: (_when(event), event.milestone.value)).milestone
    ladder = [event.milestone for event in left if event.milestone in RANKS]
    if not ladder and told:
        return ShipmentMilestone.CREATED
    return max(ladder, key=RANKS.__getitem__, default=None)


def stands_at(voices: Sequence[Voice], names: Collection[str] = ()) -> ShipmentMilestone:
    """Status of a shipment, or of its package of these names, from everybody who speaks of it. UNKNOWN: nobody does."""
    said = [(voice, told) for voice in voices if (told := voice.says(names)) is not None]
    if not said:
        return ShipmentMilestone.UNKNOWN
    if len(said) == 1:
        return said[0][1]  # one voice is the owner of every rank
    for ending, group in ((VOIDS, FieldGroup.FULFILLMENT), (TURNS, FieldGroup.TRACKING)):
        owner = _first(_entitled(said, group), ROLES[group])
        if owner in ending:
            return owner
    tracking = _entitled(said, FieldGroup.TRACKING)
    reached = [
        milestone
        for milestone, rank in RANKS.items()
        if RANKS.get(_first(tracking if rank > _SHIPPED_RANK else said, roles_for(rank)), -1) >= rank
    ]
    return max(reached, key=RANKS.__getitem__, default=ShipmentMilestone.CREATED)


def deciding(voices: Sequence[Voice]) -> tuple[KeptRecord, ...]:
    """Whose word the status is: the first who speaks for the warehouse, and the first for the way after it."""
    said = [(voice, told) for voice in voices if (told := voice.says()) is not None]
    if not said:
        return tuple(voice.record for voice in voices)
    groups = (FieldGroup.FULFILLMENT, FieldGroup.TRACKING)
    return tuple(dict.fromkeys(_speaks(_entitled(said, group), ROLES[group])[0].record for group in groups))


def roles_for(rank: int) -> tuple[SystemKind, ...]:
    """Who speaks for a rank: the warehouse until it left, the carrier from then on."""
    if rank < _SHIPPED_RANK:
        return ROLES[FieldGroup.FULFILLMENT]
    return _SHIPPED_ROLES if rank == _SHIPPED_RANK else ROLES[FieldGroup.TRACKING]


def lowest(statuses: Sequence[ShipmentMilestone]) -> ShipmentMilestone:
    """Status of a shipment with several packages: the lowest of those still on their way."""
    ladder = [status for status in statuses if status in RANKS]
    if ladder:
        return min(ladder, key=RANKS.__getitem__)
    return min(statuses, key=list(ShipmentMilestone).index, default=ShipmentMilestone.UNKNOWN)


def history(told: Iterable[KeptMilestone], status: ShipmentMilestone, speaker: str | None) -> tuple[Milestone, ...]:
    """Everything ever told, ranked: per milestone the earliest time, who else told it, gaps below inferred."""
    groups: dict[tuple[ShipmentMilestone, str], list[KeptMilestone]] = {}
    for event in told:
        if not event.reverses and event.milestone is not ShipmentMilestone.UNKNOWN:
            groups.setdefault((event.milestone, event.part), []).append(event)
    found = [_earliest(events) for events in groups.values()]
    names = {milestone.milestone for milestone in found}
    if status is not ShipmentMilestone.UNKNOWN and status not in names:
        found.append(Milestone(milestone=status, source=speaker))
    top = max((RANKS[name] for name in names | {status} if name in RANKS), default=0)
    found += [
        Milestone(milestone=name, is_inferred=True) for name in IMPLIED if RANKS[name] < top and name not in names
    ]
    return tuple(sorted(found, key=_rank_in_history))


def tracking_stale_at(last_scan: datetime, *, abroad: bool = False) -> datetime:
    """When silence of the carrier becomes TRACKING_STALE."""
    return last_scan + (STALE_ABROAD if abroad else STALE_DOMESTIC)


def _entitled(
    said: Sequence[tuple[Voice, ShipmentMilestone]], group: FieldGroup
) -> Sequence[tuple[Voice, ShipmentMilestone]]:
    """Of the way after the warehouse only those speak who say that they know it, if anybody does."""
    if group is not FieldGroup.TRACKING:
        return said
    return [one for one in said if one[0].tracks] or said


def _first(said: Sequence[tuple[Voice, ShipmentMilestone]], roles: tuple[SystemKind, ...]) -> ShipmentMilestone:
    """The word of the role that speaks."""
    return _speaks(said, roles)[1]


def _speaks(
    said: Sequence[tuple[Voice, ShipmentMilestone]], roles: tuple[SystemKind, ...]
) -> tuple[Voice, ShipmentMilestone]:
    """Who of the role speaks, and its word; between sources of one role the first by name."""
    named = {role: place for place, role in enumerate(roles)}

    def place(one: tuple[Voice, ShipmentMilestone]) -> tuple[bool, int, str, str, str]:
        voice = one[0]
        role = named.get(voice.system, len(named))
        return not voice.record.lives, role, voice.record.source, voice.record.birth, voice.record.source_id

    return min(said, key=place)


def _takes_back(back: KeptMilestone, event: KeptMilestone) -> bool:
    if not back.reverses or back.part not in ("", event.part) or _when(back) < _when(event):
        return False
    if back.milestone in RANKS and event.milestone in RANKS:
        return RANKS[event.milestone] >= RANKS[back.milestone]
    return back.milestone is event.milestone


def _when(event: KeptMilestone) -> datetime:
    return event.occurred_at or event.first_seen_at


def _is_suspect(event: KeptMilestone) -> bool:
    return event.occurred_at is not None and event.occurred_at > event.first_seen_at + CLOCK_SLACK


def _earliest(events: Sequence[KeptMilestone]) -> Milestone:
    def order(event: KeptMilestone) -> tuple[bool, bool, datetime, str]:
        return _is_suspect(event), event.occurred_at is None, _when(event), event.source

    first = min(events, key=order)
    return Milestone(
        milestone=first.milestone,
        occurred_at=first.occurred_at,
        source=first.source,
        part=first.part,
        also=tuple(sorted({event.source for event in events} - {first.source})),
        is_suspect=_is_suspect(first),
    )


def _rank_in_history(milestone: Milestone) -> tuple[int, int, str]:
    place = list(ShipmentMilestone).index(milestone.milestone)
    return RANKS.get(milestone.milestone, 100), place, milestone.part
