"""The plot: orders in every stage, whatever their number, each with steps that its stage has."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from hub.demo.masters import Buyer, Masters
from hub.demo.plot import BESIDES, CART, LADDER, STAGES, Plot

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SOMEBODY = Buyer(email="a@b.example", first_name="A", last_name="B")
STAFF = Buyer(email="c@acme.example", first_name="C", last_name="D", party="ACME", company="Acme")
MASTERS = Masters(skus=tuple("ABCDEFGH"), people=(SOMEBODY,), employees=(STAFF,))


def plot() -> Plot:
    """One that always invents the same."""
    return Plot(MASTERS, random.Random(3), NOW)


def test_shares_are_of_a_thousand_and_steps_are_known() -> None:
    assert sum(stage.share for stage in STAGES) == 1000
    assert {step for stage in STAGES for step in stage.steps} <= {*LADDER, *BESIDES}


@pytest.mark.parametrize("orders", [100, 959])
def test_a_crowd_has_every_stage_and_carts_besides_oldest_first(orders: int) -> None:
    cues = plot().crowd(orders)
    carts = [cue for cue in cues if cue.stage is CART]
    assert (len(cues) - len(carts), len(carts)) == (orders, orders // 50)
    assert {cue.stage.name for cue in cues} == {stage.name for stage in STAGES} | {"cart"}
    assert [cue.at for cue in cues] == sorted(cue.at for cue in cues)
    assert all(NOW - timedelta(days=31) < cue.at < NOW for cue in cues)


def test_blocked_orders_want_what_only_the_shop_has() -> None:
    assert {cue.play.lines[0][0] for cue in plot().blocked(5)} == {"FLOUR-25KG"}


def test_a_fresh_order_may_be_a_companys() -> None:
    assert plot().fresh("ACME").buyer == STAFF


def test_no_crowd_is_no_order() -> None:
    assert plot().crowd(0) == []
