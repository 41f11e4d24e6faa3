"""The one write, judged by how the sale stands."""

from decimal import Decimal

import pytest

from hub.model.effects import CancelOrder, CancelReason, CancelTarget
from hub.model.intents import LineGrant, OutcomeState
from sources.tryton_erp.cancel import standing
from tests.sources.tryton_erp.made import done, line, sale


def content(*targets: tuple[str, int]) -> CancelOrder:
    lines = tuple(
        CancelTarget(line=one, line_no=number, cancelled=Decimal(total))
        for number, (one, total) in enumerate(targets, start=1)
    )
    return CancelOrder(lines=lines, reason=CancelReason.CUSTOMER)


@pytest.mark.parametrize("state", ["draft", "quotation"])
def test_a_whole_sale_that_is_not_confirmed_may_be_cancelled(state: str) -> None:
    outcome = standing(sale(state), content(("7", 5)))
    assert (outcome.state, outcome.reference) == (OutcomeState.ABSENT, "317")
    assert outcome.grants == (LineGrant(line_no=1, cancelled=Decimal(0)),)


@pytest.mark.parametrize("state", ["confirmed", "processing", "done"])
def test_after_that_it_is_too_late(state: str) -> None:
    shipped = line()
    shipped.moves = [done("5.0")]
    outcome = standing(sale(state, shipped), content(("7", 5)))
    assert outcome.state is OutcomeState.REFUSED
    assert outcome.words == f"the sale is {state}: only a draft or a quotation can be cancelled in the ERP"


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
