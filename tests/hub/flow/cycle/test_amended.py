"""What people have changed about an order: the last word holds."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hub.flow.cycle.amended import amended, is_let_go, is_readdressed, lowered
from hub.flow.facts import KeptCommand, RootFacts
from hub.model.command import AmendCommand, LineQuantity, ReleaseCommand
from hub.model.values import Address
from tests.kit.facts import at, d
from tests.kit.flows import order_of
from tests.kit.managed import managed

HERE, THERE = Address(city="Ghent", country="BE"), Address(city="Liege", country="BE")


def after(*commands: AmendCommand | ReleaseCommand) -> RootFacts:
    kept = [
        KeptCommand(id=f"k{place}", operation="any", actor="rep", command=one, accepted_at=at(place))
        for place, one in enumerate(commands)
    ]
    return managed(commands=tuple(kept))


def test_where_it_goes_and_when_is_what_was_said_last() -> None:
    known = after(
        AmendCommand(order_id="o1", ship_to=HERE),
        AmendCommand(order_id="o1", ship_to=THERE, requested_delivery_on=date(2026, 12, 1)),
        AmendCommand(order_id="o1", requested_delivery_on=date(2026, 12, 2)),
    )
    groups = amended(order_of(known), known).groups
    assert groups.parties is not None
    assert groups.parties.ship_to == THERE
    assert groups.parties.customer_email == "ann@example.com"
    assert groups.commercial is not None
    assert groups.commercial.requested_delivery_at == datetime(2026, 12, 2, tzinfo=UTC)
    assert is_readdressed(known)


def test_what_nobody_amends_stays_as_it_is() -> None:
    known = after()
    assert amended(order_of(known), known) == order_of(known)
    assert (lowered(known), is_let_go(known), is_readdressed(known)) == ({}, False, False)


def test_a_line_has_at_most_what_was_said_last_and_a_release_lets_it_go() -> None:
    first = AmendCommand(order_id="o1", lines=(LineQuantity(line_no=1, quantity=d(5)),))
    second = AmendCommand(order_id="o1", lines=(LineQuantity(line_no=1, quantity=d(2)),))
    known = after(first, second, ReleaseCommand(order_id="o1"))
    assert lowered(known) == {1: d(2)}
    assert is_let_go(known)
