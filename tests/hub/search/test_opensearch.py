"""What the engine says is shown only where the store bears it out; without it the answer is said to be less."""

from __future__ import annotations

from typing import Any

import pytest

from hub.clock import SystemClock
from hub.errors import SearchAway
from hub.search.layout import Layout
from hub.search.opensearch import OpenSearch, Reach, query_of, scope_of, stories_query
from hub.search.port import Stories, Wanted
from hub.search.postgres import PostgresSearch
from hub.search.wire import Wire
from hub.store.finding import ALIKE, EXACT
from hub.store.store import Store
from tests.kit.engine import ListEngine
from tests.kit.graph import REP
from tests.kit.indexing import PREFIX
from tests.kit.searched import PORTAL, STRANGER, keep_things, told


class Silent:
    """Answers nobody."""

    asked = 0

    async def ask(self, method: str, path: str, body: object = None, *, patience: float | None = None) -> Any:
        """As `Wire` says."""
        self.asked += 1
        message = "away"
        raise SearchAway(message)

    async def close(self) -> None:
        """Nothing is open."""


def over(wire: Wire, serving: Store) -> OpenSearch:
    reach = Reach(wire=wire, layout=Layout(prefix=PREFIX), patience=30)
    return OpenSearch(PostgresSearch(serving), serving, reach, SystemClock())


def saying(*hits: tuple[str, str, float]) -> ListEngine:
    return ListEngine(
        aliases={f"{PREFIX}entity": set(), f"{PREFIX}hop": set()},
        hits=[
            {"_score": score, "_source": {"kind": kind, "id": one, "identifiers": ["SO-10051", "nothing"]}}
            for kind, one, score in hits
        ],
    )


async def test_hits_come_in_the_engines_order_by_an_identifier_of_the_store(store: Store, serving: Store) -> None:
    await keep_things(store)
    engine = saying(("CUSTOMER", "customer-4711", 8.0), ("ORDER", "order-SO-10051", 2.0))
    found = await over(engine, serving).find(REP, Wanted(text="SO-10059"))
    assert [(one.id, one.how, one.value, one.relevance, one.orders) for one in found.found] == [
        ("customer-4711", ALIKE, "4711", 1.0, ("order-SO-10051",)),
        ("order-SO-10051", ALIKE, "SO-10051", 0.25, ("order-SO-10051",)),
    ]


async def test_a_foreign_hit_is_dropped_whatever_the_index_says(store: Store, serving: Store) -> None:
    await keep_things(store)
    engine = saying(("ORDER", "order-SO-77777", 9.0), ("ORDER", "order-SO-20099", 8.0), ("ORDER", "nobody", 7.0))
    assert [one for one, _ in await told(over(engine, serving), REP, "SO-X")] == ["order-SO-20099"]
    assert await told(over(engine, serving), PORTAL, "SO-X") == []
    assert [one for one, _ in await told(over(engine, serving), STRANGER, "SO-X")] == ["order-SO-77777"]


async def test_where_an_identifier_fits_nothing_is_guessed(store: Store, serving: Store) -> None:
    await keep_things(store)
    engine = saying(("ORDER", "order-SO-20099", 9.0))
    assert await told(over(engine, serving), REP, "SO-10051") == [("order-SO-10051", EXACT)]
    assert engine.asked == []


async def test_without_an_answer_it_is_degraded_and_the_next_does_not_ask(store: Store, serving: Store) -> None:
    await keep_things(store)
    silent = Silent()
    search = over(silent, serving)
    found = await search.find(REP, Wanted(text="SO-1"))
    assert ([one.id for one in found.found], found.degraded) == (["order-SO-10051"], True)
    assert (await search.find(REP, Wanted(text="mug"))).degraded
    assert silent.asked == 1
    assert not (await search.find(REP, Wanted(text="SO-10051"))).degraded
    assert await search.stories(REP, "timeout") == Stories(roots=None, degraded=True)


async def test_without_an_index_it_is_degraded(serving: Store) -> None:
    assert (await over(ListEngine(), serving).find(REP, Wanted(text="mug"))).degraded


async def test_an_answer_for_a_part_of_the_index_is_none(store: Store, serving: Store) -> None:
    class Partial(Silent):
        async def ask(self, method: str, path: str, body: object = None, *, patience: float | None = None) -> Any:
            return {"_shards": {"total": 2, "failed": 1}, "hits": {"hits": []}}

    assert (await over(Partial(), serving).find(REP, Wanted(text="mug"))).degraded


@pytest.mark.parametrize("account", [None, "north"])
def test_every_question_is_confined_to_the_caller(account: str | None) -> None:
    call = PORTAL if account else REP
    scope = scope_of(call, None)
    assert scope[0] == {"term": {"tenant": "acme"}}
    assert len(scope) == (2 if account else 1)
    assert query_of(call, Wanted(text="mug"))["query"]["bool"]["filter"] == scope
    assert stories_query(call, "mug")["query"]["bool"]["filter"] == scope[:1]
