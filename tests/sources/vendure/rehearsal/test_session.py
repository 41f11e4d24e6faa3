"""Sessions."""

from datetime import UTC, datetime

import pytest
from graphql import GraphQLError

from hub.settings import Secret
from sources.vendure.rehearsal.session import Door, Visit
from sources.vendure.rehearsal.state import Order

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_the_right_password_alone_opens() -> None:
    door = Door("hub", Secret("right"))
    visit = Visit(token=None)
    assert not door.admit(visit, "hub", "wrong")
    assert visit.handed_out is None
    assert door.admit(visit, "hub", "right")
    door.require(Visit(token=visit.handed_out))
    assert door.logins == 2


def test_an_expired_session_is_forbidden() -> None:
    door, visit = Door("hub", Secret("right")), Visit(token=None)
    door.admit(visit, "hub", "right")
    door.expire_all()
    with pytest.raises(GraphQLError, match="not currently authorized"):
        door.require(Visit(token=visit.handed_out))


def test_a_strangers_logout_ends_nothing() -> None:
    door, visit = Door("hub", Secret("right")), Visit(token=None)
    door.admit(visit, "hub", "right")
    door.dismiss(Visit(token="not ours"))
    door.require(Visit(token=visit.handed_out))


def test_a_cart_is_kept_by_its_token_until_it_is_placed() -> None:
    door, visit = Door("hub", Secret("right")), Visit(token=None)
    order = Order(id=1, code="C", created=NOW, updated=NOW)
    door.keep_cart(visit, order)
    again = Visit(token=visit.handed_out)
    assert door.cart(again) is order
    assert door.cart(Visit(token=None)) is None
    order.active = False
    assert door.cart(again) is None
