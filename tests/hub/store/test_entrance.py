"""What is known of a customer and of item codes, in one statement."""

from __future__ import annotations

from hub.store.entrance import Known, known_of
from hub.store.store import Store
from tests.kit.entering import REP, opened, submission
from tests.kit.merging import CALL, Looking

CLAIM = ("rep", "orderSubmit", "k")


async def known(hub: Looking, customer: str, *skus: str, account: str | None = None) -> Known:
    async with hub.store.glance(CALL) as tx:
        return await known_of(tx, (REP.tenant, account), customer, skus, CLAIM)


async def test_a_customer_is_known_with_its_account_and_its_ids_at_sources(store: Store) -> None:
    hub = await opened(store)
    customer = (await submission(hub)).customer_id
    found = await known(hub, customer, "MUG", "NONE")
    assert (found.account, found.customer_keys) == ("acme", ("erp.CUSTOMER.id 1",))
    assert (found.knows_products, found.is_claimed) == (True, False)
    assert '"MUG"' in found.products
    assert "NONE" not in found.products
    assert (await known(hub, customer, account="beta")).customer is None


async def test_of_nothing_nothing_is_known(store: Store) -> None:
    found = await known(Looking(store), "nobody", "MUG")
    assert (found.customer, found.products, found.knows_products, found.customer_keys) == (None, "[]", False, ())
