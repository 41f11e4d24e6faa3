"""What goes out for a return, and when: of an exchange what was asked for, else the same goods at no price."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.flow.facts import RootFacts
from hub.flow.returns.replacing import channel_of, number_of, out_lines
from hub.model.effects import SendOut
from hub.model.manifest import ChannelRules
from hub.model.order import OrderType
from hub.model.policy import NamedReturns, ReturnPolicy
from hub.model.returns import (
    ReturnCondition,
    ReturnGroups,
    ReturnRequestFacts,
    ReturnStatus,
    ReturnTerms,
    ReturnType,
    SendsAt,
)
from tests.kit.facts import ERP, SHOP, d, eur
from tests.kit.flows import delivery_of, order_of, seen
from tests.kit.returned import (
    HOME,
    PLACES,
    REFERENCE,
    after,
    ask,
    at_source,
    came,
    exchange,
    looked,
    returned,
    shipped,
    told,
)

SEND = f"hub/return.send:{REFERENCE}"


def keys(known: RootFacts) -> set[str]:
    return {row.key for row in known.deliveries if row.source == "hub"}


def going(known: RootFacts) -> SendOut:
    found = delivery_of(known, SEND).content
    assert isinstance(found, SendOut)
    return found


def test_an_exchange_goes_out_once_what_came_was_looked_at() -> None:
    known = after(exchange(3))
    assert keys(known) == set()
    known = after(came(3), known=known)
    assert keys(known) == set()
    known = after(looked(3), known=known)
    found = going(known)
    assert (found.number, found.type, found.channel) == (number_of(REFERENCE), OrderType.EXCHANGE, SHOP)
    assert [(one.sku, one.quantity, one.unit_price) for one in found.lines] == [("CUP", d(2), eur("12.00"))]
    assert (found.customer, found.ship_to, found.order_id, found.return_id) == ("c9", HOME, "o1", "r1")


def test_a_policy_may_send_what_goes_out_as_soon_as_all_has_come() -> None:
    early = NamedReturns(policy=ReturnPolicy(terms=ReturnTerms(sends_at=SendsAt.RECEIVED)))
    known = told(shipped(), exchange(3), early)
    assert keys(after(came(2), known=known)) == set()
    assert keys(after(came(3), known=known)) == {SEND}


@pytest.mark.parametrize(("units", "goes"), [(3, 3), (2, 2), (4, 3)])
def test_a_replacement_is_of_what_came_and_was_allowed_at_no_price(units: int, goes: int) -> None:
    known = after(ask(3, type=ReturnType.REPLACEMENT), came(units), looked(units))
    (one,) = going(known).lines
    assert (one.sku, one.quantity, one.unit_price) == ("MUG", d(goes), eur("0"))


def test_an_advance_replacement_goes_out_as_the_return_is_allowed() -> None:
    asked = ask(3, type=ReturnType.ADVANCE_REPLACEMENT, authorize=False)
    assert keys(after(asked)) == set()
    known = after(replace(asked, authorize=True))
    assert [one.quantity for one in going(known).lines] == [d(3)]


def test_nothing_goes_out_for_another_item_than_was_to_come() -> None:
    known = after(exchange(3), came(3, ReturnCondition.WRONG_ITEM, sku="CUP"), looked(3, line_no=2))
    assert (keys(known), out_lines(returned(known), order_of(known), known)) == (set(), ())


def test_the_channel_is_the_order_s_own_else_that_of_the_shop_that_has_it() -> None:
    known = shipped()
    order = order_of(known)
    assert channel_of(order, known) == SHOP
    named = replace(PLACES, channels={"web": ChannelRules()})
    assert channel_of(order, replace(known, landscape=named)) == "web"
    served = replace(PLACES, channels={"b2c": ChannelRules(source=SHOP)})
    assert channel_of(order, replace(known, landscape=served)) == "b2c"


def test_what_a_source_was_asked_to_replace_it_sends_by_itself() -> None:
    told = ReturnGroups(request=ReturnRequestFacts(type=ReturnType.REPLACEMENT))
    theirs = at_source(ERP, "AUTHORIZED", {"MUG": (3, 0)})
    known = seen(shipped(), replace(theirs, content=replace(theirs.content, return_=told)))
    known = after(came(3), looked(3), known=known)
    assert (returned(known).status, keys(known)) == (ReturnStatus.INSPECTED, set())
