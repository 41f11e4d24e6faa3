"""Whatever is sent to the console's mutations is answered in kind, and what is refused writes nothing."""

from __future__ import annotations

import random
from typing import Any

import pytest

from hub.model.ids import global_id
from hub.model.vocabulary import Kind
from hub.store.store import Store
from resolvers.errors import shown
from tests.kit.graph import OPS, Graph, graph_over
from tests.kit.merging import SHOP, Looking, landscape, manifest, order, seen

ODD: tuple[Any, ...] = (
    "", " ", "\0", "\ud83d\ude00" * 40, "x" * 5000, "'; drop table policy; --", "shop", "-1", "NaN", "1e999", "0", None,
    global_id("Order", "nothing"), global_id("Hold", "a\0b"), [], [""] * 101, 7, 2**40, -1, True, {"id": "x"}, {},
)  # fmt: skip
INPUTS = {
    "skuMappingSet": ("SkuMappingSetInput", ("source", "externalSku", "sku", "packFactor", "replayBlocked")),
    "deadLetterReplay": ("DeadLetterReplayInput", ("select", "reason", "edit")),
    "deadLetterDiscard": ("DeadLetterDiscardInput", ("select", "reason")),
    "deadLetterResolve": ("DeadLetterResolveInput", ("select", "outcome", "reason")),
    "exceptionCaseAssign": ("ExceptionCaseAssignInput", ("ids", "assignee", "note")),
    "exceptionCaseResolve": ("ExceptionCaseResolveInput", ("ids", "note")),
    "orderHoldPlace": ("OrderHoldPlaceInput", ("order", "type", "reason", "expectedVersion")),
    "orderHoldRelease": ("OrderHoldReleaseInput", ("order", "holdIds", "reason", "expectedVersion")),
    "orderNoteAdd": ("OrderNoteAddInput", ("order", "text")),
    "operationApprove": ("OperationApproveInput", ("operation", "reason", "expectedVersion")),
    "operationRefuse": ("OperationRefuseInput", ("operation", "reason", "expectedVersion")),
}
SOUND: dict[str, Any] = {
    "source": "shop", "externalSku": "CUP", "sku": "MUG", "packFactor": "1", "replayBlocked": True, "reason": "a test",
    "edit": {"note": "n"}, "select": {"source": "shop"}, "outcome": "DONE",
    "ids": [global_id("ExceptionCase", "x")], "assignee": "kim",
    "note": "a note", "order": {"identifier": "nothing"}, "type": "MANUAL_CS", "holdIds": [global_id("Hold", "x")],
    "expectedVersion": 1, "text": "a note", "operation": global_id("Operation", "x"),
}  # fmt: skip
ROWS = "select (select count(*) from policy), (select count(*) from hold), (select count(*) from command)"


@pytest.fixture
async def looking(store: Store) -> Looking:
    looking = Looking(store, landscape({SHOP: manifest(SHOP)}))
    await looking.write(seen((SHOP, Kind.ORDER, "1"), order("C1")))
    return looking


@pytest.fixture
def graph(store: Store, serving: Store, tailing: Store, looking: Looking) -> Graph:
    return graph_over((store, serving, tailing), looking.landscape)


@pytest.mark.parametrize("mutation", INPUTS)
async def test_odd_input_is_refused_in_kind_and_writes_nothing(graph: Graph, looking: Looking, mutation: str) -> None:
    kind, names = INPUTS[mutation]
    text = (
        f'mutation($input: {kind}!) {{ {mutation}(input: $input) @idempotent(key: "k") {{ userErrors {{ code }} }} }}'
    )
    chance, before = random.Random(mutation), await looking.rows(ROWS)
    for _ in range(40):
        odd = chance.choice(names)
        given = {name: SOUND[name] for name in names} | {odd: chance.choice(ODD)}
        said = await graph.answer(text, OPS, variables={"input": given})
        ran = [one for one in said.errors or () if one.path]  # the others are refused before anything runs
        codes = {shown(one.original_error).code for one in ran if one.original_error is not None}
        assert "INTERNAL" not in codes, (given, said.errors)
        if said.errors or said.data is None or said.data[mutation]["userErrors"]:
            assert await looking.rows(ROWS) == before, given
        before = await looking.rows(ROWS)
