"""The hub's own record of an order that entered, and what is told of its consequences."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hub.flow.entering import Entrance
from hub.flow.submitted import consequences_of, content_of
from hub.model.command import LineWanted, SubmitCommand
from hub.model.effects import CREATE_ORDER, REQUEST_FULFILMENT
from hub.model.manifest import Idempotency, Write
from hub.model.observation import NaturalKey
from hub.model.values import Money
from tests.kit.entering import HOME
from tests.kit.facts import ERP, SHOP, START, WMS, binding, landscape

TAKES = Write(idempotency=Idempotency.LOOKUP, longest_call=timedelta(seconds=30))
LAND = landscape(
    binding(SHOP, writes={CREATE_ORDER: TAKES}),
    binding(ERP, writes={CREATE_ORDER: TAKES}),
    binding(WMS, writes={REQUEST_FULFILMENT: TAKES}),
)
BUYER = NaturalKey(scheme="erp.CUSTOMER.id", value="1")
KNOWN = Entrance(landscape=LAND, now=START, account="acme", customer_keys=(BUYER,))
LINE = LineWanted(line_ref="a", sku="MUG", quantity=Decimal(3))
ORDER = SubmitCommand(
    order_id="o", channel=SHOP, customer_id="c", currency_code="EUR", lines=(LINE,), ship_to=HOME, channel_order_id="C7"
)


def test_an_order_bears_its_number_and_names_its_customer_and_its_channel_s_own_order() -> None:
    said = content_of(ORDER, KNOWN, "H1")
    assert [(key.scheme, key.value) for key in said.bears] == [("order.code", "H1"), ("channel.order", "shop/C7")]
    assert [(key.scheme, key.value) for key in said.refers] == [("order.code", "C7"), ("erp.CUSTOMER.id", "1")]
    assert (said.number, said.status, said.account) == ("H1", "ACCEPTED", "acme")


def test_an_order_has_a_total_once_every_line_has_a_price() -> None:
    price = Money(amount=Decimal("2.50"), currency_code="EUR")
    priced = replace(LINE, unit_price=price)
    for lines, total in (((priced,), Decimal("7.50")), ((priced, replace(LINE, line_ref="b")), None)):
        said = content_of(replace(ORDER, lines=lines), KNOWN, "H1").order
        assert said is not None
        assert said.commercial is not None
        assert (said.commercial.total.amount if said.commercial.total else None) == total


def test_a_day_that_is_asked_for_begins_at_midnight() -> None:
    said = content_of(replace(ORDER, requested_delivery_on=date(2026, 12, 24)), KNOWN, "H1").order
    assert said is not None
    assert said.commercial is not None
    assert str(said.commercial.requested_delivery_at) == "2026-12-24 00:00:00+00:00"


def test_the_caller_is_told_what_follows_in_the_order_in_which_it_does() -> None:
    assert [(one.source, one.text) for one in consequences_of(ORDER, KNOWN)] == [
        (ERP, "erp gets the order."),
        (WMS, "wms is asked to ship once the ERP has planned it."),
        (SHOP, "shop shows the order."),
    ]
    bare = replace(KNOWN, landscape=landscape(binding(ERP)))
    assert [one.text for one in consequences_of(ORDER, bare)] == ["erp takes no orders: somebody must enter it there."]
