"""What the owner of a source says of it: a source is a root of its own (design section 5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hub.flow.facts import CaseWanted
from hub.merge.bench import Bench
from hub.merge.casework import differing_cases
from hub.merge.naming import names
from hub.merge.telling import Fact, Telling, Told, outgoing
from hub.merge.work import SourceNews
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.changes import Traits
from hub.model.ids import source_root
from hub.model.vocabulary import Kind

OPEN = "OPEN"


def tell_news(bench: Bench, news: SourceNews, told: Told, telling: Telling) -> None:
    """Open or resolve the cases of the source, move its version, and say so by its steps."""
    shelf, root = bench.shelf, source_root(news.source)
    wanted = tuple(_wanted(news))
    known = [row for row in shelf.cases.values() if row.root_id == root]
    for case in differing_cases(root, wanted, known, shelf.now, telling.mint):
        shelf.cases[case.id] = case
    row = replace(shelf.roots[root], version=shelf.roots[root].version + 1)
    shelf.roots[root] = row
    told.roots.add(root)
    stands = Traits(status=news.state)
    stood = Traits(status=news.state if news.was is None else news.was[0])
    moved = zip(("state", "breaker"), news.was or (None, None), (news.state, news.breaker), strict=True)
    fact = Fact(
        kind=Kind.SOURCE,
        id=news.source,
        root=root,
        version=row.version,
        root_version=row.version,
        events=names(Kind.SOURCE, stood, stands),
        changed_fields=tuple(name for name, old, now in moved if old != now),
        stands=stands,
        stood=stood,
    )
    told.facts.append(outgoing(fact, telling))


def _wanted(news: SourceNews) -> Iterator[CaseWanted]:
    if news.breaker == OPEN:
        why = f": {news.error}" if news.error else ""
        title = f"{news.source} is not answering{why}"
        yield _case(ExceptionCode.ADAPTER_BREAKER_OPEN, Severity.S1, RootCause.SOURCE_OUTAGE, news.source, title)
    if news.unread is not None:
        title = f"{news.source} says what cannot be read: {news.unread}"
        yield _case(ExceptionCode.SCHEMA_DRIFT, Severity.S3, RootCause.DATA_QUALITY, news.source, title)


def _case(code: ExceptionCode, severity: Severity, cause: RootCause, source: str, title: str) -> CaseWanted:
    return CaseWanted(
        code=code,
        dedup_key=f"{code.value}:{source}",
        title=title,
        severity=severity,
        queue=CaseQueue.INTEGRATION,
        root_cause=cause,
        source=source,
    )
