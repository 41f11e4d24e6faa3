"""What the sales that bear a reference mean for the order that should be there."""

from decimal import Decimal

import pytest

from hub.model.effects import GoodsLine
from hub.model.intents import OutcomeState
from sources.tryton_erp.deed import Make, Plan, Press, Tried
from sources.tryton_erp.forms import FoundLine, FoundSale
from sources.tryton_erp.sold import is_same, planned, price_of, quantity_of
from sources.tryton_erp.wire import Coded
from tests.sources.tryton_erp.made import goods as product
from tests.sources.tryton_erp.made import money
from tests.sources.tryton_erp.written import goods, order


def sale(one: int, state: str, units: str = "5.0", price: str = "7.5000") -> FoundSale:
    sold = FoundLine(id=one, type="line", product=product(), quantity=Decimal(units), unit_price=money(price))
    note = FoundLine(id=one + 100, type="comment")
    return FoundSale(
        id=one, number=None if state == "draft" else str(300 + one), state=state, party=Coded(id=4, code="WEB"),
        warehouse=Coded(id=5, code="WH"), lines=[sold, note],
    )  # fmt: skip


def press(one: int, button: str) -> Press:
    return Press(model="sale.sale", one=one, button=button)


def plan(*sales: FoundSale, tried: Tried | None = None) -> Plan:
    return planned(sales, order(), tried or Tried())


def test_without_a_sale_of_the_reference_one_is_made() -> None:
    nothing = plan()
    assert (nothing.outcome.state, nothing.step) == (OutcomeState.ABSENT, Make())
    back = sale(7, "processing", "-5.0")
    assert plan(back).outcome.state is OutcomeState.ABSENT


@pytest.mark.parametrize(
    ("state", "button", "is_last"),
    [("draft", "quote", False), ("quotation", "confirm", True), ("confirmed", "process", True)],
)
def test_one_that_is_not_binding_yet_is_gone_on_with(state: str, button: str, *, is_last: bool) -> None:
    found = plan(sale(7, state))
    assert (found.outcome.state, found.step, found.is_last) == (OutcomeState.PARTIAL, press(7, button), is_last)
    assert found.outcome.source_id == "7"


@pytest.mark.parametrize("state", ["processing", "done"])
def test_one_that_is_binding_stands_for_the_order_whatever_it_holds(state: str) -> None:
    found = plan(sale(7, state, "1.0"))
    assert (found.outcome.state, found.outcome.reference, found.step) == (OutcomeState.DONE, "307", None)


def test_one_that_a_worker_will_process_is_binding() -> None:
    found = plan(sale(7, "confirmed"), tried=Tried([press(7, "process")]))
    assert (found.outcome.state, found.step) == (OutcomeState.DONE, None)


def test_of_several_the_oldest_that_is_binding_stands_and_the_words_say_so() -> None:
    found = plan(sale(9, "processing"), sale(8, "processing"), sale(7, "draft"))
    assert (found.outcome.state, found.outcome.source_id, found.step) == (OutcomeState.DONE, "8", None)
    assert found.outcome.words == "3 sales of this reference stand in the ERP: draft 7, 308, 309"
    assert plan(sale(9, "draft"), sale(8, "draft")).step == press(8, "quote")


def test_a_draft_of_another_order_under_the_reference_is_rewritten_at_the_desk() -> None:
    found = plan(sale(7, "quotation", "2000.0"))
    assert (found.outcome.state, found.step, found.is_last) == (OutcomeState.PARTIAL, press(7, "draft"), False)
    assert plan(sale(7, "draft", "2000.0")).step == Make(over=7, lines=(7, 107))


def test_what_somebody_cancelled_is_not_made_again() -> None:
    for units in ("5.0", "2.0"):
        found = plan(sale(7, "cancelled", units))
        assert (found.outcome.state, found.step) == (OutcomeState.REFUSED, None)
        assert found.outcome.words == "the sale was cancelled in the ERP"


def test_the_same_order_has_its_goods_prices_customer_and_warehouse() -> None:
    one = sale(7, "draft")
    assert is_same(one, order())
    assert is_same(one, order(goods(price=None)))
    assert is_same(one, order(customer="4"))
    for other in (
        order(goods(units="4")), order(goods(price="7.51")), order(goods("TSHIRT-M")), order(customer="5"),
        order(warehouse="WH-EAST"), order(goods(), goods(no=2)),
    ):  # fmt: skip
        assert not is_same(one, other)


def test_quantities_and_prices_are_turned_into_the_erps_own_unit() -> None:
    dozen: GoodsLine = goods(units="24", price="0.50", factor=Decimal(12))
    assert (quantity_of(dozen), price_of(dozen), price_of(goods(price=None))) == (Decimal(2), Decimal("6.00"), None)
