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
from hub.read.evidence import Evidence


def provenance(
    known: Evidence, speakers: Sequence[Speaker], conflicts: Sequence[FieldConflict]
) -> tuple[FieldProvenance, ...]:
    """One row per group that somebody told, in the groups' own order; *speakers* are of a document it is about.

    A group derived from several records is as old as the oldest of them, and that one is named.
    """
    records = {(one.source, one.kind.value, one.source_id, one.birth): one for one in known.records}
    told: dict[FieldGroup, list[KeptRecord]] = {}
    for speaker in speakers:
        record = records.get(_key(speaker))
        if record is not None:
            told.setdefault(speaker.group, []).append(record)
    disputed = {conflict.group for conflict in conflicts}
    rows = (_row(known, group, told[group]) for group in FieldGroup if group in told)
    return tuple(replace(row, in_conflict=row.group in disputed) for row in rows)


def _key(speaker: Speaker) -> tuple[str, str, str, str]:
    return speaker.source, speaker.kind.value, speaker.source_id, speaker.birth


def _row(known: Evidence, group: FieldGroup, records: list[KeptRecord]) -> FieldProvenance:
    oldest = min(records, key=lambda record: as_of(known, record))
    observed = as_of(known, oldest)
    return FieldProvenance(
        group=group,
        system=system_of(oldest.source, known.landscape),
        source=oldest.source,
        observed_at=observed,
        age_seconds=seconds(observed, known.now),
        freshness=freshness_of(known, records, group),
    )
