"""Cancelling a sale, judged by how it and its papers stand."""

from decimal import Decimal

import pytest

from hub.model.effects import CancelOrder, CancelReason, CancelTarget
from hub.model.intents import LineGrant, Outcome, OutcomeState
from sources.tryton_erp.cancel import planned
from sources.tryton_erp.deed import Plan, Press, Step, Wizard
from sources.tryton_erp.forms import OpenBill, Paper, SaleStand, ToldLine
from sources.tryton_erp.wire import Row, TrytonIgnoredMove, TrytonSale
from tests.sources.tryton_erp.made import done, line, money, sale

HANDLE = "sale.handle.{}.exception"


def content(*targets: tuple[str, int]) -> CancelOrder:
    lines = tuple(
        CancelTarget(line=one, line_no=number, cancelled=Decimal(total))
        for number, (one, total) in enumerate(targets, start=1)
    )
    return CancelOrder(lines=lines, reason=CancelReason.CUSTOMER)


def stand(
    *shipments: str, bills: tuple[OpenBill, ...] = (), moves: tuple[str, ...] = (), said: tuple[int, ...] = ()
) -> SaleStand:
    """Shipments 31.. and moves 71.. in these states; *said*: invoices of which people said what now."""
    told = ToldLine(
        id=7, moves=[Paper(id=one, state=state) for one, state in enumerate(moves, start=71)],
        moves_ignored=[], moves_recreated=[],
    )  # fmt: skip
    return SaleStand(
        id=12, shipments=[Paper(id=one, state=state) for one, state in enumerate(shipments, start=31)],
        invoices=list(bills), invoices_ignored=[Row(id=one) for one in said], invoices_recreated=[], lines=[told],
    )  # fmt: skip


def bill(state: str, owed: str = "45.38") -> OpenBill:
    return OpenBill(id=21, number="1", state=state, total_amount=money("45.38"), amount_to_pay=money(owed))


def standing(found: TrytonSale, wanted: CancelOrder, papers: SaleStand | None = None) -> Outcome:
    return planned(found, papers or stand(), wanted).outcome


def next_of(found: TrytonSale, papers: SaleStand) -> tuple[OutcomeState, Step | None, bool]:
    plan: Plan = planned(found, papers, content(("7", 5)))
    return plan.outcome.state, plan.step, plan.is_last


@pytest.mark.parametrize("state", ["draft", "quotation"])
def test_a_whole_sale_that_is_not_confirmed_may_be_cancelled(state: str) -> None:
    outcome = standing(sale(state), content(("7", 5)))
    assert (outcome.state, outcome.reference) == (OutcomeState.ABSENT, "317")
    assert outcome.grants == (LineGrant(line_no=1, cancelled=Decimal(0)),)


@pytest.mark.parametrize("state", ["processing", "done"])
def test_once_goods_have_left_it_is_too_late(state: str) -> None:
    shipped = line()
    shipped.moves = [done("5.0")]
    outcome = standing(sale(state, shipped), content(("7", 5)), stand("cancelled", "shipped"))
    assert outcome.state is OutcomeState.REFUSED
    assert outcome.words == f"the sale is {state}, and goods of it have left: the ERP cancels a sale as a whole"


def test_a_processed_sale_is_taken_back_paper_by_paper_and_hears_of_it_last() -> None:
    found = sale("processing")
    draft = (bill("draft"),)
    assert next_of(found, stand("waiting", bills=draft, moves=("draft",))) == (
        OutcomeState.ABSENT, Press(model="stock.shipment.out", one=31, button="cancel"), False,
    )  # fmt: skip
    assert next_of(found, stand("cancelled", bills=draft, moves=("cancelled",))) == (
        OutcomeState.PARTIAL, Press(model="account.invoice", one=21, button="cancel"), False,
    )  # fmt: skip
    found.invoice_state = "exception"
    off = (bill("cancelled"),)
    state, step, is_last = next_of(found, stand("cancelled", bills=off, moves=("cancelled",)))
    assert (state, is_last) == (OutcomeState.PARTIAL, False)
    assert isinstance(step, Wizard)
    assert (step.name, step.forms["ask"]["ignore_invoices"]) == (HANDLE.format("invoice"), [21])
    found.invoice_state = "none"
    _, last, is_last = next_of(found, stand("cancelled", bills=off, moves=("cancelled", "cancelled"), said=(21,)))
    assert isinstance(last, Wizard)
    assert (last.name, last.forms["ask"]["ignore_moves"], is_last) == (HANDLE.format("shipment"), [71, 72], True)


def test_a_posted_invoice_is_credited_and_one_for_which_money_came_is_left_to_people() -> None:
    found = sale("processing")
    _, step, _ = next_of(found, stand("cancelled", bills=(bill("posted"),), moves=("cancelled",)))
    assert isinstance(step, Wizard)
    assert (step.name, step.one, step.state) == ("account.invoice.credit", 21, "credit")
    for came in (bill("paid", "0"), bill("posted", "5.00")):
        plan = planned(found, stand("waiting", bills=(came,)), content(("7", 5)))
        assert (plan.outcome.state, plan.step) == (OutcomeState.REFUSED, None)
        assert plan.outcome.words == "money came for invoice 1: it is credited by people in the ERP"


def test_a_confirmed_sale_that_no_worker_has_processed_goes_back_to_the_desk_first() -> None:
    assert next_of(sale("confirmed"), stand())[1] == Press(model="sale.sale", one=12, button="draft")


def test_goods_that_are_off_are_not_all_while_money_is_asked_for() -> None:
    off = line()
    off.moves_ignored = [TrytonIgnoredMove(id=71, quantity=Decimal(5))]
    found = sale("processing", off)
    for units in (5, 9):
        assert standing(found, content(("7", units)), stand("cancelled")).state is OutcomeState.DONE
    asked = stand("cancelled", bills=(bill("draft"),))
    assert next_of(found, asked)[1] == Press(model="account.invoice", one=21, button="cancel")


def test_what_cannot_go_on_says_so() -> None:
    outcome = standing(sale("processing"), content(("7", 5)))
    assert (outcome.state, outcome.words) == (OutcomeState.REFUSED, "the ERP did not cancel the sale")


def test_a_part_is_refused_in_words() -> None:
    two = sale("quotation", line(7), line(8, "3.0"))
    for some in (content(("7", 4), ("8", 3)), content(("7", 5))):
        outcome = standing(two, some)
        assert outcome.state is OutcomeState.REFUSED
        assert outcome.words == "the ERP cancels a sale as a whole, not some of its units"


def test_what_is_cancelled_already_is_done_and_more_than_there_was_is_granted_as_far_as_it_goes() -> None:
    off, more = standing(sale("cancelled"), content(("7", 5))), standing(sale("cancelled"), content(("7", 9)))
    assert (off.state, more.state) == (OutcomeState.DONE, OutcomeState.DONE)
    assert [outcome.grants[0].cancelled for outcome in (off, more)] == [5, 5]
    assert standing(sale("quotation"), content(("7", 0))).state is OutcomeState.DONE


def test_a_line_of_another_sale_is_refused() -> None:
    assert standing(sale("quotation"), content(("99", 1))).words == "the sale has no such line"
