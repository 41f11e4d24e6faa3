"""What the owner of a source says of it: a source is a root of its own (design section 5)."""

from __future__ import annotations

from dataclasses import replace

from hub.flow.facts import CaseWanted
from hub.merge.bench import Bench
from hub.merge.casework import differing_cases
from hub.merge.tell import Telling, Told, row_of
from hub.merge.work import SourceNews
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.changes import Change, ChangeKind
from hub.model.ids import source_root
from hub.model.vocabulary import Kind

OPEN = "OPEN"


def tell_news(bench: Bench, news: SourceNews, told: Told, telling: Telling) -> None:
    """Open or resolve the case of the source's breaker, move its version, and say so."""
    shelf, root = bench.shelf, source_root(news.source)
    wanted = [_case(news)] if news.breaker == OPEN else []
    known = [row for row in shelf.cases.values() if row.root_id == root]
    for case in differing_cases(root, wanted, known, shelf.now, telling.mint):
        shelf.cases[case.id] = case
    row = replace(shelf.roots[root], version=shelf.roots[root].version + 1)
    shelf.roots[root] = row
    told.roots.add(root)
    cause = telling.cause_of(root)
    change = Change(
        event_id=telling.mint(),
        event="source.updated",
        change=ChangeKind.UPDATED,
        kind=Kind.SOURCE,
        entity_id=news.source,
        root_id=root,
        version=row.version,
        root_version=row.version,
        changed_fields=("breaker",),
        occurred_at=telling.now,
        recorded_at=telling.now,
        correlation_id=cause.correlation_id,
        origin=telling.origin,
        status=news.breaker,
    )
    told.facts.append(row_of(change))


def _case(news: SourceNews) -> CaseWanted:
    why = f": {news.error}" if news.error else ""
    return CaseWanted(
        code=ExceptionCode.ADAPTER_BREAKER_OPEN,
        dedup_key=f"{ExceptionCode.ADAPTER_BREAKER_OPEN.value}:{news.source}",
        title=f"{news.source} is not answering{why}",
        severity=Severity.S2,
        queue=CaseQueue.INTEGRATION,
        root_cause=RootCause.SOURCE_OUTAGE,
        source=news.source,
    )
