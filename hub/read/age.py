"""How old what is known is, and whether that is recent enough (design D3). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hub.flow.facts import KeptRecord
from hub.flow.staleness import allowed, swept_as
from hub.model.vocabulary import FieldGroup, Freshness
from hub.read.evidence import Evidence


def as_of(known: Evidence, record: KeptRecord) -> datetime:
    """What the record says was true at this instant or later: when it was asked, or when all of its kind was seen.

    A record that was only ever pushed counts from its arrival.
    """
    asked = record.started or record.finished
    binding = known.landscape.sources.get(record.source)
    kind = record.kind if binding is None else swept_as(binding, record.kind)
    through = known.coverage.get((record.source, kind))
    return asked if through is None else max(asked, through)


def is_stale(known: Evidence, record: KeptRecord, group: FieldGroup | None = None) -> bool:
    """Older than its target, in doubt, unreadable now, or of a source that is retired or no longer configured."""
    if record.source == "hub":
        return False
    binding = known.landscape.sources.get(record.source)
    if record.in_doubt or binding is None or binding.is_retired:
        return True
    return known.now - as_of(known, record) > allowed(binding, record.kind, group)


def freshness_of(known: Evidence, records: Iterable[KeptRecord], group: FieldGroup | None = None) -> Freshness:
    """STALE where any of the records is; UNAVAILABLE where there is none."""
    found = list(records)
    if not found:
        return Freshness.UNAVAILABLE
    return Freshness.STALE if any(is_stale(known, record, group) for record in found) else Freshness.FRESH


def seconds(since: datetime, now: datetime) -> int:
    """Whole seconds between, never negative: clocks of sources run ahead."""
    return max(0, int((now - since).total_seconds()))


def clock_time(moment: datetime, now: datetime) -> str:
    """An instant as a person says it: the time where it is the same day, else with the date. UTC."""
    there = moment.astimezone(UTC)
    same_day = there.date() == now.astimezone(UTC).date()
    return f"{there:%H:%M} UTC" if same_day else f"{there:%d %b %H:%M} UTC"


def how_long(span: timedelta) -> str:
    """A length of time as a person says it: `40 s`, `4 min`, `3 h`, `2 days`."""
    total = max(0, int(span.total_seconds()))
    for size, unit, least in ((86_400, "days", 2 * 86_400), (3_600, "h", 3_600), (60, "min", 60)):
        if total >= least:
            return f"{total // size} {unit}"
    return f"{total} s"
