"""Orders held for credit are a case as long as they are."""

from __future__ import annotations

from dataclasses import replace

from hub.flow.held import held_cases
from hub.model.cases import CaseQueue, ExceptionCode, Hold, HoldType
from tests.kit.facts import SHOP, at, content, facts, line, order_record
from tests.kit.flows import flowing, order_of, pictured

CREDIT = Hold(id="1", type=HoldType.CREDIT, placed_by="kim", placed_at=at(0), reason="over the limit")
KNOWN = pictured(facts(order_record(SHOP, content(line("a"), status="ACCEPTED", number="C0"))))


def test_a_person_s_hold_for_credit_is_a_case_of_finance() -> None:
    (case,) = held_cases(order_of(KNOWN), (), replace(KNOWN, holds=(CREDIT,)))
    assert (case.code, case.queue) == (ExceptionCode.CREDIT_HOLD, CaseQueue.FINANCE)
    assert case.title == "order C0 is held for credit: over the limit"


def test_so_is_a_system_s_and_it_goes_with_the_hold() -> None:
    said = content(line("a"), status="ACCEPTED", number="C0", holds=(HoldType.CREDIT,))
    held = pictured(facts(order_record(SHOP, said)))
    assert [case.code for case in flowing(held).cases] == [ExceptionCode.CREDIT_HOLD]
    stale = replace(CREDIT, placed_by="hub")
    assert flowing(replace(KNOWN, holds=(stale,))).cases == ()


def test_other_holds_are_none() -> None:
    assert not list(held_cases(order_of(KNOWN), (replace(CREDIT, type=HoldType.MANUAL_CS),), KNOWN))
