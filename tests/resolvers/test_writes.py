from dataclasses import replace
from typing import Any

import pytest

from hub.errors import InvalidInput, KeyRequired, KeyReused
from hub.model.command import CancelCommand
from hub.model.effects import CancelReason
from hub.model.ids import global_id
from hub.model.values import Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.store.store import Store
from resolvers.inputs import LookupInput
from resolvers.writes import OrderCancelInput, command_of
from tests.kit.graph import REP, Graph, graph_over
from tests.kit.merging import SHOP, Looking, line, manifest, order, seen
from tests.kit.merging import landscape as sources

FIELDS = """
  order {number version} lines {lineNo requested cancelled pending refused} replayed dryRun correlationId
  userErrors {code field message retryable} consequences {system source text reversible}
  operation {id action state done perSystem {system source state attempts}}
"""
CANCEL = f"""mutation Q($input: OrderCancelInput!, $key: String!) {{
  orderCancel(input: $input) @idempotent(key: $key) {{{FIELDS}}}
}}"""
BARE = f"mutation Q($input: OrderCancelInput!) {{orderCancel(input: $input) {{{FIELDS}}}}}"


@pytest.fixture
def graph(store: Store, serving: Store, tailing: Store) -> Graph:
    return graph_over((store, serving, tailing), sources({SHOP: manifest(SHOP)}))


@pytest.fixture
async def looking(store: Store) -> Looking:
    """One order of two lines, and one of another account."""
    looking = Looking(store, sources({SHOP: manifest(SHOP)}))
    await looking.write(
        seen((SHOP, Kind.ORDER, "1"), order("R7K2", line("1", 3), line("2", 5), account="acme")),
        seen((SHOP, Kind.ORDER, "2"), order("Q9ZZ", account="beta")),
    )
    return looking


def wish(**said: Any) -> dict[str, Any]:  # Any: fields of the input
    return {"order": {"identifier": "R7K2"}, "reason": "CUSTOMER"} | said


async def cancel(graph: Graph, key: str = "k1", **said: Any) -> dict[str, Any]:  # Any: as above
    answer: dict[str, Any] = (await graph.data(CANCEL, variables={"input": wish(**said), "key": key}))["orderCancel"]
    return answer


async def test_a_dry_run_needs_no_key_and_writes_nothing(graph: Graph, looking: Looking) -> None:
    said = (await graph.data(BARE, variables={"input": wish(dryRun=True)}))["orderCancel"]
    assert (said["dryRun"], said["operation"], said["replayed"], said["userErrors"]) == (True, None, False, [])
    assert [(one["lineNo"], one["pending"]) for one in said["lines"]] == [(1, "3"), (2, "5")]
    assert [one["source"] for one in said["consequences"]] == ["shop"]
    assert await looking.count("command") == await looking.count("delivery") == 0


async def test_a_real_run_needs_a_key_on_the_field_or_in_the_header(graph: Graph, looking: Looking) -> None:
    refused = await graph.answer(BARE, variables={"input": wish()})
    assert refused.errors is not None
    assert isinstance(refused.errors[0].original_error, KeyRequired)
    by_header = await graph.data(BARE, variables={"input": wish()}, key="k1")
    by_field = await cancel(graph, "k1")
    assert by_header["orderCancel"]["replayed"] is False
    assert by_field["replayed"] is True
    assert by_field["operation"]["id"] == by_header["orderCancel"]["operation"]["id"]
    assert await looking.count("delivery") == 1


async def test_units_of_a_line_are_cancelled_and_the_rest_left(graph: Graph, looking: Looking) -> None:
    said = await cancel(graph, lines=[{"lineNo": 2, "quantity": "2"}])
    assert said["lines"] == [{"lineNo": 2, "requested": "2", "cancelled": "0", "pending": "2", "refused": "0"}]
    assert said["operation"]["perSystem"] == [
        {"system": "COMMERCE", "source": "shop", "state": "QUEUED", "attempts": 0}
    ]
    assert (said["operation"]["done"], said["correlationId"]) == (False, "correlation-rep")


async def test_the_same_key_with_another_input_is_refused(graph: Graph, looking: Looking) -> None:
    await cancel(graph)
    said = await graph.answer(CANCEL, variables={"input": wish(reason="FRAUD"), "key": "k1"})
    assert said.errors is not None
    assert isinstance(said.errors[0].original_error, KeyReused)


async def test_a_dry_run_and_waiting_are_no_part_of_what_the_key_stands_for(graph: Graph, looking: Looking) -> None:
    assert (await cancel(graph, dryRun=True))["dryRun"] is True
    first = await cancel(graph)
    again = await cancel(graph, waitFor={"systems": ["COMMERCE"], "seconds": 0})
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert again["consequences"] == first["consequences"] != []


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"order": {"identifier": "nothing"}}, ("NOT_FOUND", ["order"])),
        ({"order": {"id": "rubbish"}}, ("INVALID", ["order"])),
        ({"expectedVersion": 99}, ("CONFLICT", ["expectedVersion"])),
        ({"lines": []}, ("REQUIRED", ["lines"])),
        ({"lines": [{"lineNo": 9, "quantity": "1"}]}, ("NOT_FOUND", ["lines", "0", "lineNo"])),
        ({"lines": [{"lineNo": 1, "quantity": "9"}]}, ("QUANTITY_INVALID", ["lines", "0", "quantity"])),
        ({"lines": [{"lineNo": 1, "quantity": "0"}]}, ("QUANTITY_INVALID", ["lines", "0", "quantity"])),
    ],
)
@pytest.mark.parametrize("dry", [True, False])
async def test_what_the_caller_can_fix_is_said_in_the_payload(
    graph: Graph, looking: Looking, said: dict[str, Any], error: tuple[str, list[str]], *, dry: bool
) -> None:
    answer = await cancel(graph, dryRun=dry, **said)
    assert [(one["code"], one["field"]) for one in answer["userErrors"]] == [error]
    assert (answer["operation"], answer["lines"], answer["dryRun"]) == (None, [], dry)
    assert await looking.count("command") == 0


async def test_what_fits_two_orders_is_an_error_of_the_input(graph: Graph, looking: Looking) -> None:
    po = Identifier(scheme=IdentifierScheme.PO_NUMBER, value="PO-7", source=SHOP)
    for number in ("3", "4"):
        await looking.write(seen((SHOP, Kind.ORDER, number), order(f"N{number}", identifiers=(po,))))
    said = await cancel(graph, order={"identifier": "PO-7"})
    assert [one["code"] for one in said["userErrors"]] == ["AMBIGUOUS_IDENTIFIER"]


async def test_someone_elses_order_is_missing(graph: Graph, looking: Looking) -> None:
    portal = replace(REP, actor="portal", account="acme")
    said = await graph.data(CANCEL, portal, variables={"input": wish(order={"identifier": "Q9ZZ"}), "key": "k1"})
    assert [one["code"] for one in said["orderCancel"]["userErrors"]] == ["NOT_FOUND"]


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_has_a_sane_length(graph: Graph, looking: Looking, key: str) -> None:
    said = await graph.answer(CANCEL, variables={"input": wish(), "key": key})
    assert said.errors is not None
    assert isinstance(said.errors[0].original_error, InvalidInput)


async def test_the_order_can_be_pointed_at_by_id(graph: Graph, looking: Looking) -> None:
    root = (await looking.rows("select id from entity where number = 'R7K2'"))[0][0]
    said = await cancel(graph, order={"id": global_id("Order", root)})
    assert said["order"]["number"] == "R7K2"


def test_null_means_the_default() -> None:
    given = OrderCancelInput(
        order=LookupInput(identifier="x"), reason=CancelReason.FRAUD, refund=None, notify_customer=False
    )
    assert command_of(given, "o") == CancelCommand(
        order_id="o", reason=CancelReason.FRAUD, refund=True, notify_customer=False
    )
