"""Looking back into the log."""

from __future__ import annotations

from hub.changes.relay import Relay
from hub.model.vocabulary import Kind
from hub.store.changelog import Place
from hub.store.history import bounds, logged_at, numbers_of, place_at, tenants
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from tests.kit.merging import SHOP, TENANT, Looking, order, seen
from tests.kit.recorder import ListRecorder


async def test_a_place_is_named_by_its_position_while_it_is_kept(store: Store, database: RoleUrls) -> None:
    async with store.across() as tx:
        assert await bounds(tx) is None
        assert await place_at(tx, 0) is None
    await Looking(store).write(seen((SHOP, Kind.ORDER, "1"), order("C1")))
    async with open_store(database, Role.WORK, size=1) as own:
        await Relay(own, "test", ListRecorder()).turn()
    async with store.across() as tx:
        assert await bounds(tx) == (0, 1)
        place = await place_at(tx, 1)
        assert place is not None
        assert await place_at(tx, 0) == Place(term=place.term, position=0)
        assert await place_at(tx, 2) is None
        assert await logged_at(tx, 1) is not None
        assert await logged_at(tx, 2) is None


async def test_things_are_called_by_their_numbers(store: Store) -> None:
    hub = Looking(store)
    await hub.write(seen((SHOP, Kind.ORDER, "1"), order("C1")))
    ((entity,),) = await hub.rows("select id from entity")
    async with store.across() as tx:
        known, unknown = (TENANT, "ORDER", entity), (TENANT, "ORDER", "none")
        assert await numbers_of(tx, {known, unknown}) == {known: "C1"}
        assert await tenants(tx) == []
