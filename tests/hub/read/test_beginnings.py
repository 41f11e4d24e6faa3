"""What streams of stock, sources and cases begin with, for whom."""

from __future__ import annotations

from dataclasses import replace

from hub.model.ids import position_id
from hub.read.beginnings import Beginnings
from hub.store.store import Store
from tests.kit.graph import REP
from tests.kit.merging import SHOP, WMS, Looking, landscape
from tests.kit.stock import MUG, WH, counted, stock_of

PORTAL = replace(REP, account="acme")


async def test_a_confined_caller_begins_with_nothing(store: Store, serving: Store) -> None:
    await Looking(store).write(counted(WMS, stock_of(on_hand=7)))
    beginnings = Beginnings(serving)
    assert await beginnings.positions(REP, {}) == {position_id(MUG, WH): 1}
    assert await beginnings.positions(PORTAL, {}) == {}
    assert await beginnings.cases(PORTAL, {}) == {}
    assert await beginnings.sources(PORTAL, landscape(), None) == {}


async def test_every_source_is_there_also_where_nothing_was_told_of_it(serving: Store) -> None:
    beginnings = Beginnings(serving)
    assert set(await beginnings.sources(REP, landscape(), None)) == set(landscape().sources)
    assert await beginnings.sources(REP, landscape(), frozenset({SHOP, "none"})) == {SHOP: 0}
