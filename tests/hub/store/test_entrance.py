"""What is known of everything that submitted orders name, in one statement."""

from __future__ import annotations

from hub.store.entrance import AllKnown, Asked, known_of
from hub.store.store import Store
from tests.kit.entering import REP, opened, submission
from tests.kit.merging import CALL, Looking


def named(customer: str, account: str | None = None) -> Asked:
    return Asked(customer=customer, account=account, client="rep", operation="orderSubmit", key="k")


async def known(hub: Looking, *asked: Asked, skus: tuple[str, ...] = ()) -> AllKnown:
    async with hub.store.glance(CALL) as tx:
        return await known_of(tx, REP.tenant, asked, skus)


async def test_a_customer_is_known_with_its_account_and_its_ids_at_sources(store: Store) -> None:
    hub = await opened(store)
    customer = (await submission(hub)).customer_id
    found = await known(hub, named(customer), skus=("MUG", "NONE"))
    (one,) = found.orders
    assert (one.account, one.customer_keys) == ("acme", ("erp.CUSTOMER.id 1",))
    assert (found.knows_products, one.is_claimed) == (True, False)
    assert '"MUG"' in found.products
    assert "NONE" not in found.products


async def test_each_order_is_looked_up_for_whom_it_is_asked_and_in_the_order_of_asking(store: Store) -> None:
    hub = await opened(store)
    acme, beta = (await submission(hub)).customer_id, (await submission(hub, "BETA")).customer_id
    found = await known(hub, named(beta), named(acme, account="beta"), named(acme), skus=("MUG",))
    assert [one.account for one in found.orders] == ["beta", None, "acme"]
    assert [one.customer is None for one in found.orders] == [False, True, False]
    assert found.products.count('"doc"') == 1


async def test_of_nothing_nothing_is_known(store: Store) -> None:
    found = await known(Looking(store), named("nobody"), skus=("MUG",))
    (one,) = found.orders
    assert (one.customer, found.products, found.knows_products, one.customer_keys) == (None, "[]", False, ())
