"""What the proof prints and when it holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tests.erp_dead.__main__ import lines
from tests.erp_dead.proof import Side
from tests.erp_dead.site import DEAD, LIVE


def side(tenant: str) -> Side:
    return Side(
        tenant=tenant, seconds=[0.01] * 99 + [0.02], numbers=["H1"] * 100, states={"DONE": 101},
        documents=Counter({1: 100}),
    )  # fmt: skip


def test_it_holds_where_all_were_accepted_and_are_there_once() -> None:
    assert side(LIVE).holds
    assert not replace(side(DEAD), failed=["503"]).holds
    assert not replace(side(DEAD), documents=Counter({1: 99, 0: 1})).holds
    assert not replace(side(DEAD), documents=Counter({1: 99, 2: 1})).holds
    assert not replace(side(DEAD), states={"DONE": 100, "DEAD": 1}).holds
    assert not Side(tenant=DEAD, states={"DONE": 1}).holds


def test_the_table_compares_the_dead_with_the_live() -> None:
    live, dead = side(LIVE), side(DEAD)
    dead.seconds[-1], dead.backlog, dead.rested, dead.drained, dead.requests = 0.03, 101, 10.0, 60.0, 700
    told = lines({LIVE: live, DEAD: dead})
    assert told[2].split() == ["dead", "100", "0", "10.0", "30.0", "101", "100", "of", "1"]
    assert told[3:6] == [
        "accept p99, dead ERP to live: 1.50 x",
        "back: asked again after 10.0 s (its breaker rested), all 101 there after 60.0 s: 2.0 orders/s",
        "back: 700 requests, 0 at once at most (declared: 4 at once)",
    ]
