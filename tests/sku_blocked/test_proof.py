"""A few orders that one unmapped item blocks, on three rehearsed systems; and what the table makes of worse ends."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from hub.store.cluster import Cluster
from tests.sku_blocked.__main__ import lines
from tests.sku_blocked.proof import Findings, block

RIGHT = Findings(
    orders=3, blocked=3, cases_before=3, scheduled=3, sales=Counter({1: 3}), requests=Counter({1: 3}),
    states={"DONE": 6},
)  # fmt: skip


async def test_what_one_item_blocked_goes_on_once_each_as_soon_as_it_is_mapped(cluster: Cluster) -> None:
    found = await block(cluster, 5)
    assert found.holds_true, lines(found)
    assert found.states == {"DONE": 10}


@pytest.mark.parametrize(
    "wrong",
    [
        replace(RIGHT, blocked=2),
        replace(RIGHT, scheduled=2),
        replace(RIGHT, sales=Counter({1: 2, 2: 1})),
        replace(RIGHT, requests=Counter({1: 2, 0: 1})),
        replace(RIGHT, cases=1),
        replace(RIGHT, letters=1),
        replace(RIGHT, states={"DONE": 5, "DEAD": 1}),
    ],
)
def test_one_left_behind_or_delivered_twice_breaks_it(wrong: Findings) -> None:
    assert RIGHT.holds_true
    assert not wrong.holds_true
    assert lines(wrong)[-1] == "BROKEN"
