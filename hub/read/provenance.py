"""Who said each group of an order, and how old that is (design D3). Pure."""

from __future__ import annotations

from hub.flow.facts import KeptRecord
from hub.merge.authority import system_of
from hub.model.values import Speaker
from hub.model.views import FieldProvenance
from hub.model.vocabulary import FieldGroup
from hub.read.age import as_of, freshness_of, seconds
from hub.read.whole import Whole


def provenance(whole: Whole) -> tuple[FieldProvenance, ...]:
    """One row per group of the order that somebody told, in the groups' own order.

    A group derived from several records is as old as the oldest of them, and that one is named.
    """
    records = {(one.source, one.kind.value, one.source_id, one.birth): one for one in whole.stored.records}
    told: dict[FieldGroup, list[KeptRecord]] = {}
    for speaker in whole.order.speakers:
        record = records.get(_key(speaker))
        if record is not None:
            told.setdefault(speaker.group, []).append(record)
    return tuple(_row(whole, group, told[group]) for group in FieldGroup if group in told)


def _key(speaker: Speaker) -> tuple[str, str, str, str]:
    return speaker.source, speaker.kind.value, speaker.source_id, speaker.birth


def _row(whole: Whole, group: FieldGroup, records: list[KeptRecord]) -> FieldProvenance:
    oldest = min(records, key=lambda record: as_of(whole, record))
    observed = as_of(whole, oldest)
    return FieldProvenance(
        group=group,
        system=system_of(oldest.source, whole.landscape),
        source=oldest.source,
        observed_at=observed,
        age_seconds=seconds(observed, whole.now),
        freshness=freshness_of(whole, records, group),
        in_conflict=any(conflict.group is group for conflict in whole.order.conflicts),
    )
