"""`invoice.post`: the ERP's draft of an invoice or of a credit note is posted, if it comes to what it should."""

from __future__ import annotations

from hub.model.effects import PostInvoice
from hub.model.intents import Intent, Outcome, OutcomeState
from hub.ports import SourceCall
from sources.kit.deed import content_of
from sources.kit.values import exact
from sources.tryton_erp.client import TrytonClient
from sources.tryton_erp.deed import Plan, Press, Step, Tried, perform
from sources.tryton_erp.forms import DraftBill
from sources.tryton_erp.reader import one_of
from sources.tryton_erp.wire import paths

INVOICE = "account.invoice"
_POSTED = frozenset({"posted", "paid"})
_DRAFT = frozenset({"draft", "validated"})


class Billing:
    """Reads the invoice, and posts it."""

    def __init__(self, client: TrytonClient, *, source: str) -> None:
        self._client, self._source = client, source

    async def look(self, call: SourceCall, intent: Intent, tried: Tried) -> Plan:
        """The invoice with its total."""
        row = await one_of(self._client, call, (INVOICE, intent.source_id), paths(DraftBill), source=self._source)
        return planned(row.read_as(DraftBill), content_of(intent, PostInvoice))

    async def act(self, call: SourceCall, intent: Intent, step: Step) -> None:
        """Post it: Tryton dates it today and numbers it."""
        await perform(self._client, call, step)


def planned(bill: DraftBill, content: PostInvoice) -> Plan:
    """What is next. Another total than the one that is expected is not posted."""

    def told(state: OutcomeState, words: str | None = None) -> Outcome:
        return Outcome(state=state, reference=bill.number, source_id=str(bill.id), words=words)

    if bill.state in _POSTED:
        return Plan(outcome=told(OutcomeState.DONE))
    if bill.state not in _DRAFT or bill.type != "out":
        return Plan(outcome=told(OutcomeState.REFUSED, f"the invoice is {bill.state} in the ERP"))
    total, wanted = exact(bill.total_amount.decimal), content.total
    # a credit note is an invoice of a negative total, and its amount is told without the sign
    if wanted is not None and (abs(wanted.amount), wanted.currency_code) != (abs(total), bill.currency.code):
        words = (
            f"the invoice comes to {total} {bill.currency.code} in the ERP, "
            f"not to {wanted.amount} {wanted.currency_code}"
        )
        return Plan(outcome=told(OutcomeState.REFUSED, words))
    step: Step = Press(model=INVOICE, one=bill.id, button="post")
    return Plan(outcome=told(OutcomeState.ABSENT), step=step, is_last=True)
