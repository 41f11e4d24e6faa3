"""Returns that people ask for, before the one writer has seen them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from hub.errors import Denied
from hub.model.observation import NaturalKey
from hub.model.returning import ReturnCloseCommand
from hub.model.schemes import ORDER_CODE, RETURN_CODE
from hub.store.return_codes import OrderNamed
from hub.write.returning import begun, operation_of, require_staff
from tests.kit.graph import REP
from tests.kit.merging import START
from tests.kit.returned import ask, close

NAMED = OrderNamed(now=START, number="C0", code="C0", own="shop.ORDER.id 1", taken=(), is_claimed=False)


@pytest.mark.parametrize(
    ("named", "reference", "order"),
    [
        (NAMED, "C0-R1", NaturalKey(scheme=ORDER_CODE, value="C0")),
        (replace(NAMED, taken=("C0-R1", "C0-R12", "C0-Rx")), "C0-R13", NaturalKey(scheme=ORDER_CODE, value="C0")),
        (replace(NAMED, number="SO-9", code=None), "SO-9-R1", NaturalKey(scheme="shop.ORDER.id", value="1")),
    ],
)
def test_a_return_begins_under_the_next_name_of_its_order(named: OrderNamed, reference: str, order: NaturalKey) -> None:
    content = begun(named)
    assert content.bears == (NaturalKey(scheme=RETURN_CODE, value=reference),)
    assert content.refers == (order,)
    assert re.fullmatch("RMA-H[0-9A-Z]{8}", content.number or "")


def test_a_portal_asks_and_decides_nothing() -> None:
    portal = replace(REP, account="acme")
    require_staff(portal, ask(1, authorize=False))
    require_staff(REP, close())
    for command in (ask(1), close()):
        with pytest.raises(Denied):
            require_staff(portal, command)
    assert operation_of(ReturnCloseCommand(order_id="o", return_id="r")) == "returnClose"
