import json

from hub.call import Call
from hub.model.cases import CaseQueue, CaseStatus, ExceptionCase, ExceptionCode, RootCause, Severity
from hub.store.commands import cases_by_id, roots_of_commands
from hub.store.store import Store
from tests.kit.orders import NOON, Kept, keep_order, make_order
from tests.kit.wholes import make_accepted

CALL = Call(actor="rep", tenant="acme", correlation_id="correlation-1")
CASE = ExceptionCase(
    id="x", version=1, code=ExceptionCode.DEAD_LETTER, severity=Severity.S2, status=CaseStatus.NEW,
    queue=CaseQueue.CS, title="It failed", root_cause=RootCause.UNKNOWN, occurrences=1, first_seen_at=NOON,
)  # fmt: skip


async def test_commands_and_cases_lead_to_their_roots(store: Store, serving: Store) -> None:
    await keep_order(store, Kept(order=make_order(), commands=[make_accepted()], cases=[CASE]))
    async with serving.glance(CALL) as tx:
        assert await roots_of_commands(tx, "acme", ["c1", "nobody"]) == {"c1": "order-R7K2"}
        assert [json.loads(said)["root_id"] for said in await cases_by_id(tx, "acme", ["x", "y"])] == ["order-R7K2"]


async def test_another_tenants_are_not_there(store: Store, serving: Store) -> None:
    await keep_order(store, Kept(order=make_order(), tenant="beta", commands=[make_accepted()], cases=[CASE]))
    async with serving.glance(CALL) as tx:
        assert await roots_of_commands(tx, "beta", ["c1"]) == {}  # row security, whatever the statement asks
        assert list(await cases_by_id(tx, "beta", ["x"])) == []
