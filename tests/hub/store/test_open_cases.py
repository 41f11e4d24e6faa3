"""Cases that several roots have."""

from __future__ import annotations

from hub.call import worker_call
from hub.store.open_cases import roots_of_case
from hub.store.store import Store
from hub.store.tables import exception_case
from tests.kit.orders import keep_rows

CALL = worker_call("acme")


def case(name: str, root: str, **said: object) -> dict[str, object]:
    known = {"code": "SKU_MAPPING_MISSING", "severity": "S2", "queue": "MASTER_DATA", "title": name}
    return {"id": name, "root_id": root, "dedup_key": "KEY", **known, **said}


async def test_only_roots_that_have_it_open_are_named_each_once(store: Store) -> None:
    await keep_rows(store, exception_case, case("1", "b"), case("2", "a"))
    await keep_rows(store, exception_case, case("3", "c") | {"dedup_key": "OTHER"})
    async with store.glance(CALL) as tx:
        assert await roots_of_case(tx, "acme", "KEY") == ["a", "b"]
        assert await roots_of_case(tx, "beta", "KEY") == []
