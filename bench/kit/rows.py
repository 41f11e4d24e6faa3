"""What the peers read: stored documents, row security on, one statement per level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from hub.call import Call
from hub.store.store import Store

Doc = dict[str, Any]  # Any: JSON

_ORDER = text("select doc::text from entity where tenant = :tenant and kind = 'ORDER' and id = :id")
_PAGE = text("""
select doc::text from entity where tenant = :tenant and kind = 'ORDER' and redirect_to is null
order by placed_at desc, id desc limit :size
""")
_STATUS = text("""
select doc::text from entity where tenant = :tenant and kind = 'ORDER' and redirect_to is null and status = :status
order by placed_at desc, id desc limit :size
""")
_PARCELS = text("""
select root_id, doc::text as doc from entity
where tenant = :tenant and kind = 'SHIPMENT' and redirect_to is null and root_id = any(:ids) order by id
""").bindparams(bindparam("ids", type_=ARRAY(Text)))
_BUYERS = text(
    "select doc::text from entity where tenant = :tenant and kind = 'CUSTOMER' and id = any(:ids)"
).bindparams(bindparam("ids", type_=ARRAY(Text)))


class Rows:
    """The documents of one tenant."""

    def __init__(self, store: Store, call: Call) -> None:
        self._store, self._call = store, call

    async def order(self, id_: str) -> list[Doc]:
        """The order of an id, if there is one."""
        return await self._docs(_ORDER, id=id_)

    async def page(self, size: int) -> list[Doc]:
        """The newest orders."""
        return await self._docs(_PAGE, size=size)

    async def in_status(self, status: str, size: int) -> list[Doc]:
        """The newest orders of a status."""
        return await self._docs(_STATUS, status=status, size=size)

    async def parcels(self, orders: Sequence[str]) -> list[list[Doc]]:
        """The shipments of each order."""
        found: defaultdict[str, list[Doc]] = defaultdict(list)
        async with self._store.glance(self._call) as tx:
            for row in await tx.execute(_PARCELS, {"tenant": self._call.tenant, "ids": list(orders)}):
                found[row.root_id].append(orjson.loads(row.doc))
        return [found[order] for order in orders]

    async def buyers(self, customers: Sequence[str]) -> list[Doc | None]:
        """The customer of each id."""
        found = {doc["id"]: doc for doc in await self._docs(_BUYERS, ids=list(customers))}
        return [found.get(customer) for customer in customers]

    async def _docs(self, statement: Any, **terms: object) -> list[Doc]:  # Any: a statement
        async with self._store.glance(self._call) as tx:
            return [orjson.loads(doc) for doc in await tx.scalars(statement, {"tenant": self._call.tenant, **terms})]
