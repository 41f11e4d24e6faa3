"""Each source is told in its own units."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hub.model.effects import (
    CancelOrder,
    CancelReason,
    CancelTarget,
    CreateOrder,
    Effect,
    GoodsLine,
    PublishStock,
    cancel_in,
)
from hub.model.intents import Intent, IntentOf, LineGrant, Outcome, OutcomeState
from hub.model.values import Money
from hub.model.vocabulary import Kind
from hub.write.packs import in_packs, in_units

BAGS = CancelTarget(line="a", line_no=1, cancelled=Decimal(50), factor=Decimal(25))
INTENT: Intent = IntentOf(
    source="shop",
    kind=Kind.ORDER,
    source_id="1",
    action="order.cancel",
    key="k",
    content=CancelOrder(lines=(BAGS,), reason=CancelReason.OTHER),
)
ANSWER = Outcome(state=OutcomeState.DONE, grants=(LineGrant(line_no=1, cancelled=Decimal(2)),))


def test_fifty_kilos_are_two_bags_and_two_granted_bags_are_fifty_kilos() -> None:
    assert cancel_in(in_packs(INTENT).content).lines[0].cancelled == 2
    assert in_units(ANSWER, INTENT).grants[0].cancelled == 50


def test_where_units_are_the_same_nothing_changes() -> None:
    plain = replace(INTENT, content=replace(cancel_in(INTENT.content), lines=(replace(BAGS, factor=Decimal(1)),)))
    assert in_packs(plain) is plain
    assert in_units(ANSWER, plain) is ANSWER


def test_a_bag_is_ordered_for_the_price_of_what_is_in_it() -> None:
    kilo = Money(amount=Decimal("1.20"), currency_code="EUR")
    flour = GoodsLine(line_no=1, sku="FLOUR-25KG", quantity=Decimal(50), unit="BG", unit_price=kilo, factor=Decimal(25))
    wanted = replace(INTENT, content=CreateOrder(reference="r", lines=(flour,), currency_code="EUR"))
    (told,) = created(in_packs(wanted).content).lines
    assert (told.quantity, told.unit_price) == (Decimal(2), Money(amount=Decimal("30.00"), currency_code="EUR"))


def test_only_whole_bags_are_published() -> None:
    some = PublishStock(sku="FLOUR-25KG", location="WH", quantity=Decimal(74), factor=Decimal(25))
    assert in_packs(replace(INTENT, content=some)).content == replace(some, quantity=Decimal(2))


def created(content: Effect) -> CreateOrder:
    assert isinstance(content, CreateOrder)
    return content
