"""What the proof prints and when it holds."""

from __future__ import annotations

from tests.erp_dead.__main__ import lines
from tests.erp_dead.proof import Side
from tests.erp_dead.site import DEAD, LIVE


def side(tenant: str) -> Side:
    return Side(tenant=tenant, seconds=[0.01] * 99 + [0.02], numbers=["H1"] * 100, states={"DONE": 101})


def test_it_holds_where_all_were_accepted_and_are_there_once() -> None:
    assert side(LIVE).holds
    assert not Side(tenant=DEAD, failed=["503"], states={"DONE": 1}).holds
    assert not Side(tenant=DEAD, missing=1, states={"DONE": 1}).holds
    assert not Side(tenant=DEAD, doubled=1, states={"DONE": 1}).holds
    assert not Side(tenant=DEAD, states={"DONE": 1, "DEAD": 1}).holds


def test_the_table_compares_the_dead_with_the_live() -> None:
    live, dead = side(LIVE), side(DEAD)
    dead.seconds[-1], dead.backlog, dead.drained = 0.03, 100, 50.0
    told = lines({LIVE: live, DEAD: dead})
    assert told[3:5] == [
        "accept p99, dead ERP to live: 1.50 x",
        "back: 100 drained in 50.0 s, 2.0 orders/s, at most 0 requests at once (declared: 4 calls)",
    ]
