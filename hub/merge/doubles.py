"""A source that has one thing twice: a person says which one holds (Id-3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hub.flow.facts import CaseWanted
from hub.merge.authority import muted, stands
from hub.merge.ground import Ground
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.vocabulary import Kind

_TOLD: Mapping[Kind, tuple[ExceptionCode, str, Severity, CaseQueue]] = {
    Kind.ORDER: (ExceptionCode.DUPLICATE_ORDER, "order", Severity.S1, CaseQueue.CS),
    Kind.SHIPMENT: (ExceptionCode.DUPLICATE_ORDER, "shipment", Severity.S1, CaseQueue.WAREHOUSE),
    Kind.RETURN: (ExceptionCode.DUPLICATE_ORDER, "return", Severity.S2, CaseQueue.CS),
    Kind.PRODUCT: (ExceptionCode.SKU_MAPPING_MISSING, "item", Severity.S3, CaseQueue.MASTER_DATA),
}
"""Kinds in which a repetition does harm; a request is one object with its shipment and is told with it."""


def double_cases(ground: Ground) -> Iterator[CaseWanted]:
    """A case for each source that has one of the wanted things twice."""
    for kind, (code, word, severity, queue) in _TOLD.items():
        for entity in ground.wanted(kind):
            records = ground.records[entity]
            for source in sorted(muted(records, ground.landscape)):
                numbers = sorted(r.content.number or r.source_id for r in records if r.source == source and stands(r))
                yield CaseWanted(
                    code=code,
                    dedup_key=f"{code}|{entity}|{source}",
                    title=f"{source} has this {word} {len(numbers)} times: {', '.join(numbers)}",
                    severity=severity,
                    queue=queue,
                    root_cause=RootCause.CONCURRENCY,
                    source=source,
                    suggested=("orderCancel",) if kind is Kind.ORDER else (),
                )
