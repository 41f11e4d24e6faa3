"""I5 sees what is sold twice, held back by halves, or sent without being held back."""

from __future__ import annotations

from decimal import Decimal

from tests.crash.judge.entering import no_lost_order
from tests.crash.judge.evidence import CreateRow, Entered, Evidence, Reserved
from tests.crash.judge.reserving import most_of, no_oversell

PLACE = ("acme", "MUG", "WH")
ORDER = Entered(
    tenant="acme", id="c1", client="rep", key="k1", note="n1", units=(("MUG", 2),), entity="e1", order="SO-1"
)
HELD = Reserved(tenant="acme", order="e1", line=1, sku="MUG", warehouse="WH", units=Decimal(2), state="ACTIVE")
QUEUED = Reserved(tenant="acme", order="e1", line=1, sku="MUG", warehouse="", units=Decimal(0), state="ACTIVE")
MADE = CreateRow(
    tenant="acme", id="d1", role="erp", command_id="c1", reference="SO-1", state="DONE", attempts=1, units=(("MUG", 2),)
)


def test_what_is_there_may_be_given_once() -> None:
    seen = Evidence(lay={PLACE: 2}, most={PLACE: Decimal(2)}, reserved=(HELD,), entered=(ORDER,), creates=(MADE,))
    assert list(no_oversell(seen)) == []


def test_more_than_lay_there_at_one_instant_is_oversold() -> None:
    seen = Evidence(lay={PLACE: 2}, most={PLACE: Decimal(3)})
    assert list(no_oversell(seen)) == ["MUG at WH: orders had 3 units at once, 2 lay there"]


def test_an_order_has_all_of_a_line_or_nothing() -> None:
    half = Reserved(tenant="acme", order="e1", line=1, sku="MUG", warehouse="WH", units=Decimal(1), state="CONSUMED")
    seen = Evidence(reserved=(half,), entered=(ORDER,))
    assert list(no_oversell(seen)) == ["n1 asked for 2 of MUG, 1 are held back"]


def test_what_was_released_is_held_back_no_more_when_the_source_is_told() -> None:
    freed = Reserved(tenant="acme", order="e1", line=1, sku="MUG", warehouse="WH", units=Decimal(2), state="RELEASED")
    seen = Evidence(reserved=(freed,), entered=(ORDER,), creates=(MADE,))
    assert list(no_oversell(seen)) == ["n1 was made at a source, and no MUG is held back for it"]


def test_nothing_is_held_back_below_zero() -> None:
    less = Reserved(tenant="acme", order="e1", line=1, sku="MUG", warehouse="WH", units=Decimal(-1), state="RELEASED")
    assert list(no_oversell(Evidence(reserved=(less,)))) == ["e1 line 1: -1 units are held back"]


def test_an_order_that_waits_for_supply_is_not_lost() -> None:
    assert list(no_lost_order(Evidence(entered=(ORDER,)))) == ["n1 was never meant for the ERP"]
    assert list(no_lost_order(Evidence(entered=(ORDER,), reserved=(QUEUED,)))) == []


def test_of_all_looks_the_greatest_is_kept() -> None:
    seen = {PLACE: Decimal(2)}
    most_of(seen, {PLACE: Decimal(1), ("acme", "CUP", "WH"): Decimal(3)})
    assert seen == {PLACE: Decimal(2), ("acme", "CUP", "WH"): Decimal(3)}
