"""PostgreSQL alone does what every search must, and not what its limits say."""

from __future__ import annotations

import pytest

from hub.search.postgres import PostgresSearch
from hub.store.store import Store
from tests.kit.graph import REP
from tests.kit.searched import CONTRACT, Check, keep_things, told


@pytest.mark.parametrize("check", CONTRACT, ids=lambda check: check.__name__)
async def test_it_keeps_the_contract(store: Store, serving: Store, check: Check) -> None:
    await keep_things(store)
    await check(PostgresSearch(serving), store)


@pytest.mark.parametrize("text", ["SO-10052", "Northwind", "enamel mug"])
async def test_what_was_mistyped_and_words_are_beyond_its_limits(store: Store, serving: Store, text: str) -> None:
    await keep_things(store)
    assert await told(PostgresSearch(serving), REP, text) == []
