"""Sales: quoted, confirmed and processed, by Tryton's rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from sources.tryton_erp.rehearsal.books import Books
from sources.tryton_erp.rehearsal.goods import SMALLEST, Goods
from sources.tryton_erp.rehearsal.money import Money
from sources.tryton_erp.rehearsal.records import ZERO, Invoice, Move, Sale, SaleLine
from sources.tryton_erp.rehearsal.refusal import Refusal

_SETTLED = frozenset({"paid", "cancelled"})


class Selling:
    """What customers ordered."""

    def __init__(self, books: Books, goods: Goods, money: Money) -> None:
        self._books, self._goods, self._money = books, goods, money
        goods.process = self.process
        money.process = self.process

    def add(self, head: Mapping[str, object], lines: Sequence[Mapping[str, object]]) -> Sale:
        """A draft: it has no number yet (trap 17)."""
        sale = self._books.add(Sale, **head)
        self._books.index(sale, "reference", sale.reference)
        for line in lines:
            sale.lines.append(self._books.add(SaleLine, sale=sale, **line))
        return sale

    def rewrite(
        self, sale: Sale, head: Mapping[str, object], lines: tuple[Collection[int], Sequence[Mapping[str, object]]]
    ) -> None:
        """A draft made anew: *lines* are the ids of those that go, and those that come."""
        for name, value in head.items():
            setattr(sale, name, value)
        gone, made = lines
        sale.lines = [line for line in sale.lines if line.id not in gone]
        sale.lines += [self._books.add(SaleLine, sale=sale, **line) for line in made]
        self._books.wrote(sale)

    def quote(self, sale: Sale) -> None:
        """Number it. With `shipment_cost_method` set, a line for the carrier's cost is added (trap 16)."""
        _must(sale, "quote", "draft")
        if not sale.lines:
            message = f'The sale "{sale.id}" has no lines.'
            raise Refusal(message)
        if sale.shipment_cost_method == "order" and sale.carrier is not None:
            self._carry(sale)
        if sale.number is None:
            sale.number = self._books.sequences.sale.take()
            self._books.index(sale, "number", sale.number)
        sale.quotation_date = self._books.today()
        self._enter(sale, "quotation")

    def draft(self, sale: Sale) -> None:
        """Back to the desk; the number stays."""
        _must(sale, "draft", "quotation", "confirmed", "cancelled")
        self._enter(sale, "draft")

    def cancel(self, sale: Sale) -> None:
        """Only what is not confirmed yet."""
        _must(sale, "cancel", "draft", "quotation")
        self._enter(sale, "cancelled")

    def confirm(self, sale: Sale) -> None:
        """Confirm and, as Tryton does without a worker, process in the same breath (trap 13, 23)."""
        _must(sale, "confirm", "quotation")
        limit = sale.party.credit_limit_amount
        over = sale.party.credit_amount + sale.untaxed_amount - (limit or ZERO)
        if limit is not None and over > 0:
            message = f'The party "{sale.party.name}" will exceed their €{limit} credit limit by €{over:.2f}.'
            raise Refusal(message)
        sale.sale_date = self._books.today()
        self._enter(sale, "confirmed")
        self.process(sale)

    def process(self, sale: Sale) -> None:
        """Make what is missing, and recompute the three states; the header is written only where one of them moves."""
        if sale.state not in ("confirmed", "processing", "done"):
            return
        self._bill(sale)
        self._send(sale)
        before = (sale.state, sale.shipment_state, sale.invoice_state)
        sale.shipment_state, sale.invoice_state = _shipment_state(sale), _invoice_state(sale)
        is_done = sale.shipment_state in ("sent", "none") and sale.invoice_state in ("paid", "none")
        sale.state = "done" if is_done else "processing"
        if (sale.state, sale.shipment_state, sale.invoice_state) != before:
            self._books.wrote(sale)

    def ignore_moves(self, sale: Sale, ids: Collection[int] | None = None) -> None:
        """The wizard `handle.shipment.exception`: recreate nothing, ignore these that were cancelled; None: all."""
        for line in sale.lines:
            gone = [move for move in line.moves if move.state == "cancelled" and move not in line.moves_ignored]
            line.moves_ignored += [move for move in gone if ids is None or move.id in ids]
            self._books.wrote(line)
        self._books.note(sale)
        self.process(sale)

    def ignore_invoices(self, sale: Sale, ids: Collection[int]) -> None:
        """The wizard `handle.invoice.exception`: recreate nothing, ignore these that were cancelled."""
        gone = [bill for bill in sale.invoices if bill.state == "cancelled" and bill.id in ids]
        sale.invoices_ignored += [bill for bill in gone if bill not in sale.invoices_ignored]
        self._books.wrote(sale)
        self.process(sale)

    # ------------------------------------------------------------------ beneath

    def _carry(self, sale: Sale) -> None:
        cost = Decimal("5.00")
        line = self._books.add(
            SaleLine,
            sale=sale,
            description="Carrier cost",
            quantity=1.0,
            unit=sale.lines[0].unit,
            unit_price=cost,
            shipment_cost=cost,
        )
        sale.lines.append(line)

    def _bill(self, sale: Sale) -> None:
        """A draft for what is owed and on no invoice yet: all of it at once, or what has moved so far."""
        owed = [
            (line, (line.quantity or 0.0) if sale.invoice_method == "order" else _moved(line)) for line in sale.lines
        ]
        rest = [(line, units - _billed(sale, line)) for line, units in owed]
        if any(abs(units) > SMALLEST for _, units in rest):
            self._money.bill(
                sale, [(line, units) for line, units in rest if abs(units) > SMALLEST or line.type != "line"]
            )

    def _send(self, sale: Sale) -> None:
        missing = [(line, _missing(line)) for line in sale.lines]
        out = [(line, units) for line, units in missing if units > SMALLEST and (line.quantity or 0.0) > 0]
        back = [(line, -units) for line, units in missing if units < -SMALLEST and (line.quantity or 0.0) < 0]
        if out:
            self._goods.ship_out(sale, out)
        if back:
            self._goods.come_back(sale, back)

    def _enter(self, sale: Sale, state: str) -> None:
        sale.state = state
        self._books.wrote(sale)


def _moved(line: SaleLine) -> float:
    """Units that went to the customer, less those that came back."""
    done = [move for move in line.moves if move.state == "done"]
    return sum(move.quantity if move.to_location.type == "customer" else -move.quantity for move in done)


def _billed(sale: Sale, line: SaleLine) -> float:
    return sum(one.quantity or 0.0 for bill in sale.invoices for one in bill.lines if one.origin is line)


def _missing(line: SaleLine) -> float:
    """Units that no move stands for; negative for a return."""
    if line.product is None or line.product.type != "goods":
        return 0.0
    wanted = line.quantity or 0.0
    planned = sum(move.quantity for move in line.moves)  # what was cancelled waits for a person (`exception`)
    return wanted - planned if wanted > 0 else wanted + planned


def _shipment_state(sale: Sale) -> str:
    moving = [line for line in sale.lines if line.moves]
    if any(_is_open_exception(line) for line in moving):
        return "exception"
    if not any(move.state != "cancelled" for line in moving for move in line.moves):
        return "none"
    shares = [_share(line) for line in moving]
    if all(share >= 1.0 for share in shares):
        return "sent"
    return "partially shipped" if any(shares) else "waiting"


def _is_open_exception(line: SaleLine) -> bool:
    return any(move.state == "cancelled" and move not in line.moves_ignored for move in line.moves)


def _share(line: SaleLine) -> float:
    def settled(move: Move) -> bool:
        return move.state == "done" or move in line.moves_ignored

    return sum(move.quantity for move in line.moves if settled(move)) / abs(line.quantity or 1.0)


def _invoice_state(sale: Sale) -> str:
    """A draft that was cancelled is an exception until somebody says what now; what was credited is paid."""
    bills = [bill for bill in sale.invoices if bill not in sale.invoices_ignored]
    paid = [bill for bill in bills if bill.state in _SETTLED and bill.number is not None]
    if not bills:
        return "none"
    if any(bill.state == "cancelled" and bill.number is None for bill in bills):
        return "exception"
    if paid:
        return "paid" if paid == bills else "partially paid"
    return "awaiting payment" if any(bill.state == "posted" for bill in bills) else "pending"


def _must(sale: Sale, button: str, *states: str) -> None:
    if sale.state not in states:
        message = f'You can not call "{button}" on "{sale.number or sale.id} [{sale.reference}]" of "Sale".'
        raise Refusal(message)


def open_invoices(sale: Sale) -> list[Invoice]:
    """Invoices of a sale that are not settled."""
    return [invoice for invoice in sale.invoices if invoice.state not in _SETTLED and invoice.total_amount != ZERO]
