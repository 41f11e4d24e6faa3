from hub.call import Call
from hub.store.commands import roots_of_commands
from hub.store.store import Store
from tests.kit.orders import Kept, keep_order, make_order
from tests.kit.wholes import make_accepted

CALL = Call(actor="rep", tenant="acme", correlation_id="correlation-1")


async def test_commands_lead_to_their_roots(store: Store, serving: Store) -> None:
    await keep_order(store, Kept(order=make_order(), commands=[make_accepted()]))
    async with serving.glance(CALL) as tx:
        assert await roots_of_commands(tx, "acme", ["c1", "nobody"]) == {"c1": "order-R7K2"}


async def test_another_tenants_are_not_there(store: Store, serving: Store) -> None:
    await keep_order(store, Kept(order=make_order(), tenant="beta", commands=[make_accepted()]))
    async with serving.glance(CALL) as tx:
        assert await roots_of_commands(tx, "beta", ["c1"]) == {}  # row security, whatever the statement asks
