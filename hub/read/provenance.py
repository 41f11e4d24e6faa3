"""Who said each group of a document, and how old that is (design D3). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.flow.facts import KeptRecord
from hub.merge.authority import system_of
from hub.model.values import FieldConflict, Speaker
from hub.model.views import FieldProvenance
from hub.model.vocabulary import FieldGroup
from hub.read.age import as_of, freshness_of, seconds
from hub.read.whole import Whole


def provenance(
    whole: Whole, speakers: Sequence[Speaker], conflicts: Sequence[FieldConflict]
) -> tuple[FieldProvenance, ...]:
    """One row per group that somebody told, in the groups' own order; *speakers* are those of a document of *whole*.

    A group derived from several records is as old as the oldest of them, and that one is named.
    """
    records = {(one.source, one.kind.value, one.source_id, one.birth): one for one in whole.stored.records}
    told: dict[FieldGroup, list[KeptRecord]] = {}
    for speaker in speakers:
        record = records.get(_key(speaker))
        if record is not None:
            told.setdefault(speaker.group, []).append(record)
    disputed = {conflict.group for conflict in conflicts}
    rows = (_row(whole, group, told[group]) for group in FieldGroup if group in told)
    return tuple(replace(row, in_conflict=row.group in disputed) for row in rows)


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
    )
