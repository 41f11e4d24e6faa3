from hub.model.cases import CaseQueue, CaseStatus, ExceptionCase, ExceptionCode, RootCause, Severity
from hub.store.store import Store
from tests.kit.graph import Graph
from tests.kit.orders import NOON, Kept, keep_order, make_order
from tests.kit.statements import counted

CASE = ExceptionCase(
    id="x", version=1, code=ExceptionCode.DEAD_LETTER, severity=Severity.S2, status=CaseStatus.NEW,
    queue=CaseQueue.CS, title="It failed", root_cause=RootCause.UNKNOWN, occurrences=1, first_seen_at=NOON,
    suggested=("orderCancel", "deadLetterReplay"),
)  # fmt: skip


async def test_a_case_names_its_orders_and_what_would_help(graph: Graph, store: Store) -> None:
    await keep_order(store, Kept(order=make_order(), cases=[CASE]))
    query = """{order(by: {identifier: "R7K2"}) {
      exceptionCases {title orders {number} suggestedActions {action enabled reasonCode reasonText}}
    }}"""
    with counted() as sent:
        (case,) = (await graph.data(query))["order"]["exceptionCases"]
    assert len(sent) == 2
    assert (case["title"], case["orders"]) == ("It failed", [{"number": "R7K2"}])
    cancel, replay = case["suggestedActions"]
    assert cancel["action"] == "orderCancel"
    assert replay == {
        "action": "deadLetterReplay",
        "enabled": False,
        "reasonCode": "FORBIDDEN",
        "reasonText": "your key lacks the scope hub:operate",
    }
