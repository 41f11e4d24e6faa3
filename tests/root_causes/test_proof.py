"""One trouble over three rehearsed systems, and what the table makes of worse ends; the rules are tested elsewhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from hub.model.cases import RootCause
from hub.store.cluster import Cluster
from tests.root_causes.__main__ import line, total
from tests.root_causes.proof import NOTHING, SCENARIOS, Findings, prove

CAUSE = RootCause.API_THROTTLING
RIGHT = Findings(orders=2, said=Counter({CAUSE.value: 2}), whole=2, crossed=2)


async def test_orders_that_an_erp_throttles_say_so_and_lack_no_crossing(cluster: Cluster) -> None:
    (scenario,) = (one for one in SCENARIOS if one.cause is CAUSE)
    found = await prove(cluster, scenario, 2)
    assert found.is_right(CAUSE), line(CAUSE, found)


def test_six_reasons_and_none_are_told_apart() -> None:
    causes = {one.cause for one in SCENARIOS}
    assert len(causes) == len(SCENARIOS) == 7
    assert causes - set(RootCause) == {NOTHING}


@pytest.mark.parametrize(
    "wrong",
    [
        replace(RIGHT, said=Counter({CAUSE.value: 1, "BACKLOG": 1})),
        replace(RIGHT, said=Counter({CAUSE.value: 1})),
        replace(RIGHT, whole=1),
        replace(RIGHT, crossed=1),
    ],
)
def test_one_that_says_something_else_or_lacks_a_crossing_breaks_it(wrong: Findings) -> None:
    assert RIGHT.is_right(CAUSE)
    assert total([(CAUSE, RIGHT)]) == [
        "classified right 2 of 2; mandatory hops whole 2 of 2, systems reached 2",
        "holds",
    ]
    assert not wrong.is_right(CAUSE)
    assert total([(CAUSE, RIGHT), (CAUSE, wrong)])[-1] == "BROKEN"
