import pytest
import strawberry

from hub.model.finding import Lookup
from hub.model.order import OrderStatus
from hub.model.vocabulary import IdentifierScheme
from resolvers.inputs import (
    IdentifierInput,
    LookupInput,
    OrderStatusFilterInput,
    StringFilterInput,
    lookup_of,
    statuses_of,
    texts_of,
)


def test_each_way_of_pointing_keeps_its_meaning() -> None:
    exact = IdentifierInput(scheme=IdentifierScheme.TRACKING, value="1Z", source="ups")
    assert lookup_of(LookupInput(id=strawberry.ID("x"))) == Lookup(id="x")
    assert lookup_of(LookupInput(identifier="317")) == Lookup(identifier="317")
    assert lookup_of(LookupInput(exact=exact)) == Lookup(value="1Z", scheme=IdentifierScheme.TRACKING, source="ups")


@pytest.mark.parametrize(
    ("given", "fitting"),
    [
        (None, None),
        (StringFilterInput(), None),
        (StringFilterInput(eq="a"), ("a",)),
        (StringFilterInput(in_=["a", "b"]), ("a", "b")),
        (StringFilterInput(eq="a", in_=["a", "b"]), ("a",)),
        (StringFilterInput(eq="c", in_=["a", "b"]), ()),
        (StringFilterInput(in_=[]), ()),
    ],
)
def test_texts_that_fit(given: StringFilterInput | None, fitting: tuple[str, ...] | None) -> None:
    assert texts_of(given) == fitting


def test_statuses_that_fit() -> None:
    shipped, done = OrderStatus.SHIPPED, OrderStatus.COMPLETED
    assert statuses_of(None) is None
    assert statuses_of(OrderStatusFilterInput(not_in=[shipped])) is None
    assert statuses_of(OrderStatusFilterInput(eq=shipped)) == (shipped,)
    assert statuses_of(OrderStatusFilterInput(in_=[done, shipped], eq=done)) == (done,)
    assert statuses_of(OrderStatusFilterInput(in_=[done], eq=shipped)) == ()
