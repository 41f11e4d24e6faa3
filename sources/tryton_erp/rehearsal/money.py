"""Invoices and credit notes, by Tryton's rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sources.tryton_erp.rehearsal.books import Books
from sources.tryton_erp.rehearsal.records import ZERO, Invoice, InvoiceLine, Sale, SaleLine
from sources.tryton_erp.rehearsal.refusal import Refusal


@dataclass(slots=True, kw_only=True)
class Money:
    """What customers owe."""

    books: Books
    process: Callable[[Sale], None] | None = None
    """Told of every sale whose invoices moved."""

    def bill(self, sale: Sale, lines: Sequence[tuple[SaleLine, float]]) -> Invoice:
        """A draft invoice for so many units of these lines; with negative quantities it is a credit note."""
        invoice = self.books.add(
            Invoice,
            party=sale.party,
            invoice_address=sale.invoice_address,
            currency=sale.currency,
            payment_term=sale.payment_term,
            reference=sale.reference,
            sales=[sale],
        )
        for line, units in lines:
            self._line(invoice, line, units)
        sale.invoices.append(invoice)
        return invoice

    def post(self, invoice: Invoice) -> None:
        """Post it: now it has a number."""
        _must(invoice, "post", "draft", "validated")
        sequences = self.books.sequences
        is_credit = invoice.untaxed_amount < ZERO
        invoice.number = (sequences.credit_note if is_credit else sequences.invoice).take()
        self.books.index(invoice, "number", invoice.number)
        invoice.invoice_date = self.books.today()
        self._owes(invoice, 1)
        self._enter(invoice, "posted")

    def cancel(self, invoice: Invoice) -> None:
        """Cancel a draft: it never gets a number, and its sale waits for somebody to say what now."""
        _must(invoice, "cancel", "draft", "validated")
        self._enter(invoice, "cancelled")

    def pay(self, invoice: Invoice) -> None:
        """All of it was paid."""
        _must(invoice, "pay", "posted")
        self._owes(invoice, -1)
        invoice.paid = invoice.total_amount
        self._enter(invoice, "paid")

    def credit(self, invoice: Invoice) -> Invoice:
        """Turn it round with a refund: a posted credit note, and the first one is cancelled (trap 13)."""
        if invoice.state not in ("posted", "paid"):
            message = f'You cannot refund invoice "{invoice.number or invoice.id}" because it is not posted.'
            raise Refusal(message)
        if invoice.state == "posted":
            self._owes(invoice, -1)
        note = self.books.add(
            Invoice,
            party=invoice.party,
            invoice_address=invoice.invoice_address,
            currency=invoice.currency,
            payment_term=invoice.payment_term,
            reference=invoice.reference,
            origin_invoices=[invoice],
        )
        for line in invoice.lines:
            self._line(note, line, -(line.quantity or 0.0))
        note.number = self.books.sequences.credit_note.take()
        self.books.index(note, "number", note.number)
        note.invoice_date = self.books.today()
        note.paid = note.total_amount
        note.state = "paid"
        self.books.wrote(note)
        self._enter(invoice, "cancelled")
        return note

    def _line(self, invoice: Invoice, origin: SaleLine | InvoiceLine, quantity: float) -> None:
        invoice.lines.append(
            self.books.add(
                InvoiceLine,
                invoice=invoice,
                type=origin.type,
                product=origin.product,
                description=origin.description,
                quantity=quantity,
                unit=origin.unit,
                unit_price=origin.unit_price,
                origin=origin,
            )
        )

    def _owes(self, invoice: Invoice, sign: int) -> None:
        invoice.party.credit_amount += sign * invoice.total_amount
        self.books.note(invoice.party)

    def _enter(self, invoice: Invoice, state: str) -> None:
        invoice.state = state
        self.books.wrote(invoice)
        if self.process is not None:
            for sale in invoice.sales:
                self.process(sale)


def _must(invoice: Invoice, button: str, *states: str) -> None:
    if invoice.state not in states:
        message = f'You can not call "{button}" on "{invoice.number or invoice.id}" of "Account Invoice".'
        raise Refusal(message)
