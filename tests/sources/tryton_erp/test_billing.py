"""Posting an invoice, judged by how it stands; and at the rehearsed ERP."""

import pytest

from hub.errors import SourceRefused
from hub.model.effects import PostInvoice
from hub.model.intents import OutcomeState
from hub.model.vocabulary import Kind
from hub.ports import Adapter
from sources.kit.chaos import Order, Trouble
from sources.kit.stage import Stage
from sources.tryton_erp.billing import planned
from sources.tryton_erp.deed import Press
from sources.tryton_erp.forms import DraftBill
from sources.tryton_erp.rehearsal.stage import TrytonErpStage
from tests.sources.tryton_erp.conftest import CALL
from tests.sources.tryton_erp.made import EUR, money
from tests.sources.tryton_erp.written import eur, intent


def bill(state: str, total: str = "45.38", kind: str = "out") -> DraftBill:
    return DraftBill(id=21, number="1", type=kind, state=state, currency=EUR, total_amount=money(total))


@pytest.mark.parametrize("state", ["draft", "validated"])
def test_a_draft_that_comes_to_what_it_should_is_posted(state: str) -> None:
    for wanted in (eur("45.38"), eur("45.380"), None):
        plan = planned(bill(state), PostInvoice(total=wanted))
        assert (plan.outcome.state, plan.is_last) == (OutcomeState.ABSENT, True)
        assert plan.step == Press(model="account.invoice", one=21, button="post")


@pytest.mark.parametrize("state", ["posted", "paid"])
def test_what_is_posted_is_done(state: str) -> None:
    plan = planned(bill(state), PostInvoice(total=eur("1.00")))
    assert (plan.outcome.state, plan.outcome.reference, plan.step) == (OutcomeState.DONE, "1", None)


def test_another_total_is_refused_with_both_figures() -> None:
    plan = planned(bill("draft"), PostInvoice(total=eur("45.39")))
    assert (plan.outcome.state, plan.step) == (OutcomeState.REFUSED, None)
    assert plan.outcome.words == "the invoice comes to 45.38 EUR in the ERP, not to 45.39 EUR"


def test_a_cancelled_invoice_and_one_of_a_supplier_are_refused() -> None:
    assert planned(bill("cancelled"), PostInvoice()).outcome.words == "the invoice is cancelled in the ERP"
    assert planned(bill("draft", kind="in"), PostInvoice()).outcome.state is OutcomeState.REFUSED


async def test_a_closed_period_is_refused_in_the_erps_words(erp: Stage, adapter: Adapter) -> None:
    assert isinstance(erp, TrytonErpStage)
    sale = await erp.place(1)
    await erp.hands.process(sale)
    (invoice,) = (await erp.hands.order(sale))["invoices"]
    said = b'{"status": 400, "message": "No open period.", "description": "Open one."}'
    erp.proxy.order(Order(trouble=Trouble.FAIL, holding=b"/post?", status=400, change=lambda _: said,
                          headers={"content-type": "application/json"}))  # fmt: skip
    wanted = intent(PostInvoice(), kind=Kind.INVOICE, one=str(invoice["id"]))
    outcome = await adapter.execute(CALL, wanted)
    assert (outcome.state, outcome.words) == (OutcomeState.REFUSED, "No open period. Open one.")
    erp.proxy.heal()
    outcomes = [await adapter.execute(CALL, wanted) for _ in range(2)]
    assert [one.state for one in outcomes] == [OutcomeState.DONE] * 2


async def test_an_invoice_that_is_not_there_is_refused(adapter: Adapter) -> None:
    with pytest.raises(SourceRefused, match="no such invoice"):
        await adapter.resolve(CALL, intent(PostInvoice(), kind=Kind.INVOICE, one="9000000"))
