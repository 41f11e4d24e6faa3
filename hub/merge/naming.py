"""What a change is called: the events that lead from a document to the next one, and when that happened. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from hub.model.events import AXES, CREATED, EXCEPTIONS, REOPENED, SET_BACK, UPDATED, Axis, prefix_of
from hub.model.shipment import Shipment
from hub.model.vocabulary import Kind

_TOLD_AT: dict[str, tuple[str, ...]] = {
    "return.requested": ("groups.request.requested_at",),
    "return.authorized": ("groups.authorization.authorized_at",),
    "return.received": ("groups.receipt.received_at",),
    "return.partially_received": ("groups.receipt.received_at",),
    "return.inspected": ("groups.receipt.inspected_at",),
    "payment.succeeded": ("groups.facts.occurred_at",),
    "payment.failed": ("groups.facts.occurred_at",),
}
"""Where a document says when a step happened at its source."""
_PLACED_AT = "groups.commercial.placed_at"


def names(kind: Kind, was: Any, now: Any) -> tuple[str, ...]:  # Any: documents of the kind
    """The events that lead from *was* (None: there was none) to *now*; the last one says most. Never empty."""
    *before, main = [list(steps(axis, was, now)) for axis in AXES.get(kind, ())] or [[]]
    found = [name for told in before for name in told] + _exceptions(kind, was, now)
    found += [CREATED] * (was is None) + main
    return tuple(dict.fromkeys(prefix_of(kind) + name for name in found or [UPDATED]))


def steps(axis: Axis, was: Any, now: Any) -> Iterator[str]:  # Any: as above
    """The steps of one axis, in their order."""
    old, new = (None if document is None else _at(document, axis.path) for document in (was, now))
    if old == new or new is None:
        return
    rungs = list(axis.ladder)
    if new not in axis.ladder:
        yield from (table[new] for table in (axis.aside, axis.ends) if new in table)
    elif old in axis.ends:
        yield REOPENED
    elif old is not None and old in axis.ladder and rungs.index(new) < rungs.index(old):
        yield SET_BACK
    else:
        yield from _climbed(axis, rungs, old if old in axis.ladder or was is None else new, new)


def occurred_at(event: str, now: Any) -> datetime | None:  # Any: a document
    """When what *event* tells happened at its source; None where no source says."""
    if isinstance(now, Shipment):
        told = (one.occurred_at for one in now.milestones if one.milestone is now.status and not one.is_suspect)
        return next((at for at in told if at is not None), None)
    found = (_at(now, path) for path in _TOLD_AT.get(event, ()))
    return next((at for at in found if isinstance(at, datetime)), None)


def placed_at(now: Any) -> datetime | None:  # Any: a document
    """When an order was placed."""
    found = _at(now, _PLACED_AT)
    return found if isinstance(found, datetime) else None


def _climbed(axis: Axis, rungs: list[str], old: Any, new: str) -> Iterator[str]:
    """From *old* (None: from nothing) up to *new*; from beside the ladder only the last step is sure."""
    begin = -1 if old is None else min(rungs.index(old), rungs.index(new) - 1)
    for rung in rungs[begin + 1 : rungs.index(new) + 1]:
        if axis.ladder[rung] and (rung == new or rung in axis.implied):
            yield axis.ladder[rung]


def _exceptions(kind: Kind, was: Any, now: Any) -> list[str]:
    if kind not in EXCEPTIONS:
        return []
    raised, cleared = EXCEPTIONS[kind]
    old, new = set(getattr(was, "exceptions", ())), set(getattr(now, "exceptions", ()))
    return [cleared] * bool(old - new) + [raised] * bool(new - old)


def _at(document: Any, path: str) -> Any:
    """What stands at a path; None where a group on the way is missing."""
    first, _, rest = path.partition(".")
    found = getattr(document, first, None)
    return _at(found, rest) if rest and found is not None else found
