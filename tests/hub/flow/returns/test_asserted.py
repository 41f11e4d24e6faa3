"""The hub's own record of a return."""

from __future__ import annotations

from hub.flow.returns.asserted import asked_in, disposed, opened, own_of, reference_in, refund_name, terms_of
from hub.model.returns import DisposedUnits, Disposition, ReturnTerms
from tests.kit.facts import ERP, d
from tests.kit.flows import order_of, seen
from tests.kit.returned import BACK, REFERENCE, after, ask, at_source, came, looked, pay, returned, shipped


def test_a_return_that_began_elsewhere_is_opened_with_its_lines() -> None:
    known = seen(shipped(), at_source(ERP, "AUTHORIZED", {"MUG": (3, 0), "CUP": (1, 0)}))
    content = opened(returned(known), order_of(known), known)
    assert [(line.id, line.sku, line.quantities.return_requested) for line in content.lines] == [
        ("1", "MUG", d(3)), ("2", "CUP", d(1)),
    ]  # fmt: skip
    assert own_of(known, BACK) is None
    assert (reference_in(known, returned(known)), terms_of(returned(known))) == (REFERENCE, ReturnTerms())


def test_refunds_are_kept_in_the_order_in_which_they_were_asked() -> None:
    known = after(ask(3), came(3), looked(3), pay("1.00"), pay("2.00"))
    assert [(one.number, str(one.amount.amount)) for one in asked_in(known, BACK)] == [(1, "1.00"), (2, "2.00")]
    assert refund_name(REFERENCE, 2) == "T4D7-R1/2"


def test_units_of_one_disposition_add_up() -> None:
    first = DisposedUnits(disposition=Disposition.SCRAP, quantity=d(1))
    other = DisposedUnits(disposition=Disposition.RESTOCK, quantity=d(2))
    assert disposed((first, other), first) == (DisposedUnits(disposition=Disposition.SCRAP, quantity=d(2)), other)
