"""What the owner of a source says of it: a source is a root of its own (design section 5)."""

from __future__ import annotations

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
    """Open or resolve the case of the source's breaker, move its version, and say so by its steps."""
    shelf, root = bench.shelf, source_root(news.source)
    wanted = [_case(news)] if news.breaker == OPEN else []
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


def _case(news: SourceNews) -> CaseWanted:
    why = f": {news.error}" if news.error else ""
    return CaseWanted(
        code=ExceptionCode.ADAPTER_BREAKER_OPEN,
        dedup_key=f"{ExceptionCode.ADAPTER_BREAKER_OPEN.value}:{news.source}",
        title=f"{news.source} is not answering{why}",
        severity=Severity.S1,
        queue=CaseQueue.INTEGRATION,
        root_cause=RootCause.SOURCE_OUTAGE,
        source=news.source,
    )
