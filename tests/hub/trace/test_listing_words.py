"""A text narrows the list to the stories that the search engine knows, or is left to the store, which says so."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from hub.call import Call
from hub.model.trace import TraceFilter
from hub.seal import Seal
from hub.search.port import Findings, Stories, Wanted
from hub.store.store import Store
from hub.trace.listing import Traces, TracesWanted
from tests.kit.graph import REP
from tests.kit.indexing import keep_hops, make_hop
from tests.kit.orders import Kept, keep_order, make_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowing:
    """Answers with stories that are known."""

    known: Stories

    async def find(self, call: Call, wanted: Wanted) -> Findings:
        """Nothing."""
        return Findings(found=())

    async def stories(self, call: Call, text: str) -> Stories:
        """Whatever the text."""
        return self.known


async def listed(serving: Store, known: Stories, roots: tuple[str, ...] | None = None) -> tuple[list[str], int, bool]:
    traces = Traces(serving, Seal(b"secret"), Knowing(known=known))
    wanted = TracesWanted(filter=TraceFilter(text="timd out", roots=roots))
    page = await traces.page(REP, wanted)
    return sorted(row.root_id for row, _ in page.rows), await traces.count(REP, wanted), page.degraded


@pytest.fixture
async def three(store: Store) -> None:
    for number in "ABC":
        await keep_order(store, Kept(order=make_order(number)))
    await keep_hops(store, [make_hop(9, roots=("order-C",), error="timd out, it says")])


async def test_stories_that_the_engine_knows_are_shown_as_the_store_has_them(three: None, serving: Store) -> None:
    known = Stories(roots=("order-B", "order-A", "order-of-a-stranger"))
    assert await listed(serving, known) == (["order-A", "order-B"], 2, False)
    assert await listed(serving, known, roots=("order-B", "order-C")) == (["order-B"], 1, False)
    assert await listed(serving, Stories(roots=())) == ([], 0, False)


async def test_without_the_engine_the_text_is_looked_for_as_written_and_that_is_said(
    three: None, serving: Store
) -> None:
    assert await listed(serving, Stories(roots=None, degraded=True)) == (["order-C"], 1, True)
    assert await listed(serving, Stories(roots=None)) == (["order-C"], 1, False)
