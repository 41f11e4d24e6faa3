"""Numbers that point at what another system tells of: a shipment names its carrier's parcel by tracking number."""

from __future__ import annotations

from dataclasses import replace

from hub.merge.work import Work
from hub.model.observation import Content, NaturalKey, Observation
from hub.model.schemes import tracking_key
from hub.model.vocabulary import IdentifierScheme, Kind


def named(work: Work) -> Work:
    """The work, in which every shipment refers to its parcels by their tracking numbers, whatever its adapter told."""
    told = tuple(_named(one) for one in work.observations)
    return work if told == work.observations else replace(work, observations=told)


def parcels_of(content: Content) -> tuple[NaturalKey, ...]:
    """Keys of the parcels that a shipment says it has, but for those that it is itself."""
    numbers = [package.tracking_number for package in content.packages]
    numbers += [one.value for one in content.identifiers if one.scheme is IdentifierScheme.TRACKING]
    keys = dict.fromkeys(tracking_key(number) for number in numbers if number and number.strip())
    return tuple(key for key in keys if key not in content.bears)


def _named(one: Observation) -> Observation:
    content = one.seen.content
    if one.seen.kind is not Kind.SHIPMENT or content is None:
        return one
    new = tuple(key for key in parcels_of(content) if key not in content.refers)
    if not new:
        return one
    return replace(one, seen=replace(one.seen, content=replace(content, refers=(*content.refers, *new))))
