import random
from datetime import timedelta
from decimal import Decimal

import pytest

from hub.call import Call
from hub.model.order import OrderCommercial
from hub.model.values import Money
from hub.model.vocabulary import Kind
from hub.store.listing import EVERYTHING, Listed, Slice, Sort, Where, count_entities, list_entities, versions_of
from hub.store.lists import LISTINGS, OrderSortField
from hub.store.store import Store
from tests.kit.orders import NOON, Kept, keep_order, make_order

CALL = Call(actor="rep", tenant="acme", correlation_id="correlation-1")
SCOPE = ("acme", None)
ORDERS = LISTINGS[Kind.ORDER]


async def listed(serving: Store, sort: Sort, part: Slice) -> list[Listed]:
    async with serving.glance(CALL) as tx:
        return list(await list_entities(tx, SCOPE, ORDERS, (EVERYTHING, sort), part))


@pytest.fixture
async def many(store: Store) -> None:
    """Forty orders with equal and missing values."""
    chance = random.Random(7)
    for number in range(40):
        total = Money(amount=Decimal(chance.randrange(3)), currency_code="EUR") if chance.random() < 0.8 else None
        placed = NOON + timedelta(days=chance.randrange(4)) if chance.random() < 0.8 else None
        head = OrderCommercial(placed_at=placed, promised_ship_at=placed, total=total)
        await keep_order(store, Kept(order=make_order(f"N{number:02}", commercial=head, status_since=placed)))


@pytest.mark.usefixtures("many")
async def test_slices_of_any_size_from_either_end_make_up_the_list(serving: Store) -> None:
    for field in OrderSortField:
        for descending in (True, False):
            sort = Sort(field=field, descending=descending)
            whole = await listed(serving, sort, Slice(size=100))
            values = [one.edge.value for one in whole]
            assert None not in values[: len(values) - values.count(None)]  # those without a value stand last
            for at in (0, 1, 19, 33, 38, 39):
                forward = await listed(serving, sort, Slice(size=7, edge=whole[at].edge))
                assert forward == whole[at + 1 : at + 8]
                back = await listed(serving, sort, Slice(size=7, edge=whole[at].edge, backward=True))
                assert back == whole[max(0, at - 7) : at]
            assert await listed(serving, sort, Slice(size=7, backward=True)) == whole[-7:]


@pytest.mark.usefixtures("many")
async def test_counts_and_versions_are_of_what_fits(serving: Store) -> None:
    some: Where = {"id": ("order-N01", "order-N02", "nobody")}
    async with serving.glance(CALL) as tx:
        assert await count_entities(tx, SCOPE, ORDERS, EVERYTHING) == 40
        assert await count_entities(tx, ("acme", "nobody"), ORDERS, EVERYTHING) == 0
        assert await versions_of(tx, SCOPE, ORDERS, some, 10) == {"order-N01": 1, "order-N02": 1}
        assert len(await versions_of(tx, SCOPE, ORDERS, EVERYTHING, 3)) == 3
