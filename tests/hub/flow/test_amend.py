"""Changing an order before a warehouse has it (domain.md 2.4.3)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hub.flow.amend import judge_amend, refusal_to_amend
from hub.flow.cancel import Verdict
from hub.flow.facts import HUB, RootFacts
from hub.model.command import AmendCommand, LineQuantity, LineWanted
from hub.model.order import OrderCommercial, OrderGroups, OrderParties
from hub.model.values import Address, Money
from tests.kit.entering import HOME
from tests.kit.facts import ERP, SHOP, START, binding, content, d, facts, landscape, line, order_record
from tests.kit.flows import order_of, pictured

GROUPS = OrderGroups(
    commercial=OrderCommercial(placed_at=START, currency_code="EUR"), parties=OrderParties(ship_to=HOME)
)
BORN = content(line("1", 5), line("2", 2, "CUP"), order=GROUPS, number="H1", status="ACCEPTED")
LAND = landscape(binding(ERP), binding(SHOP))
MORE = LineWanted(line_ref="3", sku="JUG", quantity=Decimal(1), unit="C62")
ELSEWHERE = Address(name="ACME", lines=("Dock 2",), city="Ghent", country="BE")


def known(*records: Any, managed_by: str = "HUB") -> RootFacts:  # Any: records beside the hub's own
    own = order_record(HUB, BORN, source_id="o1")
    return pictured(replace(facts(own, *records, landscape=LAND), managed_by=managed_by))


def judged(facts: RootFacts, **changes: Any) -> Verdict:  # Any: fields of the command
    return judge_amend(order_of(facts), facts, AmendCommand(order_id="o1", **changes), "k1")


def codes(facts: RootFacts, **changes: Any) -> list[tuple[str, str]]:  # Any: as above
    return [(one.code.value, ".".join(one.field or ())) for one in judged(facts, **changes).user_errors]


def units(number: int, quantity: str) -> tuple[LineQuantity, ...]:
    return (LineQuantity(line_no=number, quantity=Decimal(quantity)),)


def test_before_an_erp_has_it_everything_may_be_changed() -> None:
    said = judged(known(), ship_to=ELSEWHERE, requested_delivery_on=START.date(), lines=units(1, "3"), added=(MORE,))
    assert said.user_errors == ()
    told = said.hub_content
    assert told is not None
    assert told.order is not None
    assert told.order.parties is not None
    assert told.order.parties.ship_to == ELSEWHERE
    assert [(one.id, one.quantities.ordered, one.quantities.cancelled) for one in told.lines] == [
        ("1", d(5), d(2)),
        ("2", d(2), None),
        ("k1:1", d(2), d(2)),
        ("3", d(1), None),
    ]


def test_once_an_erp_has_it_only_fewer_units_can_be_asked_for() -> None:
    there = known(order_record(ERP, content(line("1", 5), line("2", 2, "CUP"), status="VALIDATED")))
    assert codes(there, ship_to=ELSEWHERE, requested_delivery_on=START.date(), added=(MORE,)) == [
        ("CAPABILITY_ABSENT", "shipTo"),
        ("CAPABILITY_ABSENT", "requestedDeliveryDate"),
        ("CAPABILITY_ABSENT", "add"),
    ]
    fewer = judged(there, lines=units(1, "3"))
    assert [one.text for one in fewer.consequences] == ["erp cancels 2 of line 1."]
    assert refusal_to_amend(order_of(there), there) is None


def test_an_order_that_is_only_mirrored_is_changed_where_it_is_managed() -> None:
    assert codes(known(managed_by="EXTERNAL"), ship_to=ELSEWHERE) == [("CAPABILITY_ABSENT", "shipTo")]


def test_nothing_is_changed_once_a_warehouse_works_on_it() -> None:
    there = known(order_record(ERP, content(line("1", 5, released=1), line("2", 2, "CUP"), status="VALIDATED")))
    assert codes(there, lines=units(1, "3")) == [("NOT_ALLOWED_IN_STATUS", "order")]
    assert refusal_to_amend(order_of(there), there) is not None


@pytest.mark.parametrize("quantity", ["5", "6", "-1", "1.5", "NaN"])
def test_a_line_can_only_have_fewer_whole_units(quantity: str) -> None:
    assert {code for code, _ in codes(known(), lines=units(1, quantity))} == {"QUANTITY_INVALID"}


def test_everything_that_is_wrong_is_said_at_once() -> None:
    changes: dict[str, Any] = {
        "ship_to": replace(HOME, city=""),
        "lines": (*units(1, "1"), *units(1, "2"), *units(7, "1")),
        "added": (replace(MORE, line_ref="1", unit_price=Money(amount=d(1), currency_code="USD")),),
    }
    assert codes(known(), **changes) == [
        ("REQUIRED", "shipTo.city"),
        ("DUPLICATE_LINE", "lines.1.lineNo"),
        ("NOT_FOUND", "lines.2.lineNo"),
        ("CURRENCY_MISMATCH", "add.0.unitPrice.currencyCode"),
        ("DUPLICATE_LINE", "add.0.lineRef"),
    ]
    assert codes(known()) == [("REQUIRED", "order")]
    assert codes(known(), expected_version=9) == [("CONFLICT", "expectedVersion")]
