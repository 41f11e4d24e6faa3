"""What an operator reads and decides on a terminal, by a scripted graph."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from rich.console import Console
from starlette.responses import JSONResponse

from hub import casebook
from hub.asking import Where
from hub.errors import InvalidInput
from sources.kit.serve import serving
from tests.hub.test_asking import graph

Json = Mapping[str, Any]  # Any: JSON
CASE: Json = {
    "id": "c1", "code": "SKU_MAPPING_MISSING", "severity": "S2", "status": "NEW", "queue": "MASTER_DATA",
    "title": "shop sells CUP", "occurrences": 37, "slaDueAt": "2026-11-21T13:00:00Z", "assignee": None,
}  # fmt: skip
DONE: Json = {"exceptionCases": [{**CASE, "status": "ASSIGNED", "assignee": "kim"}], "userErrors": []}


async def printed(
    command: Callable[[Where, Console], Awaitable[None]], *answers: Json, width: int = 200
) -> tuple[list[str], list[Json]]:
    """What a command prints on a terminal of *width* columns, and the variables it asked with."""
    left, asked = list(answers), []

    def answer(body: Json) -> JSONResponse:
        asked.append(body["variables"])
        return JSONResponse({"data": left.pop(0)})

    out = Console(file=io.StringIO(), width=width)
    async with serving(graph(answer)) as url:
        await command(Where(url=url, key="k"), out)
    assert isinstance(out.file, io.StringIO)
    return [" ".join(line.split()) for line in out.file.getvalue().splitlines()], asked


async def test_the_queue_is_a_paragraph_a_case_and_mine_are_those_of_the_key() -> None:
    narrowed = casebook.Narrowed(queues=("MASTER_DATA",), mine=True)
    found = {"viewer": {"actor": "kim"}, "exceptionCases": {"nodes": [CASE], "totalCount": 4}}
    lines, (_, asked) = await printed(
        lambda hub, out: casebook.cases(hub, narrowed, out), {"viewer": {"actor": "kim"}}, found
    )
    assert lines == [
        "S2 SKU_MAPPING_MISSING MASTER_DATA seen 37 times due 2026-11-21 13:00 UTC",
        "shop sells CUP",
        "c1",
        "4 in all: narrow them by --queue and --severity.",
    ]
    assert asked == {"queue": ["MASTER_DATA"], "severity": None, "assignee": {"eq": "kim"}}


@pytest.mark.parametrize("width", [40, 80])
async def test_in_a_narrow_terminal_nothing_of_a_case_or_a_group_is_cut(width: int) -> None:
    title = "shop sells FLOUR-25KG, and no ERP knows such an item: say what it is"
    case = {**CASE, "id": "M" * 72, "title": title, "assignee": "kim"}
    found = {"exceptionCases": {"nodes": [case], "totalCount": 1}}
    lines, _ = await printed(lambda hub, out: casebook.cases(hub, casebook.Narrowed(), out), found, width=width)
    facts = "S2 SKU_MAPPING_MISSING MASTER_DATA seen 37 times due 2026-11-21 13:00 UTC with kim"
    assert " ".join(lines[:-1]) == f"{facts} {title}"
    assert lines[-1] == case["id"]
    cause, key = "the lorry is full of boxes and of a good many other things", "wms:shipment.ship:" + "k" * 80
    group = {
        "groupKey": key, "errorClass": "TRANSIENT", "cause": cause, "source": "wms", "operation": "shipment.ship",
        "count": 12, "oldestAt": "noon", "replayPolicy": "SAFE",
    }  # fmt: skip
    again, told = casebook.Again(), {"deadLetterGroups": [group]}
    lines, _ = await printed(lambda hub, out: casebook.replay(hub, again, out), told, width=width)
    assert " ".join(lines[:-1]) == f"12 wms shipment.ship TRANSIENT replay SAFE {cause}"
    assert lines[-1] == key


async def test_one_case_tells_its_orders_and_what_helps() -> None:
    orders = [{"number": f"SO-{n}", "statusText": "Accepted."} for n in range(7)]
    helps = [{"action": "skuMappingSet", "enabled": False, "reasonText": "your key lacks a scope"}]
    told = {**CASE, "firstSeenAt": "noon", "orders": orders, "suggestedActions": helps}
    lines, _ = await printed(lambda hub, out: casebook.show(hub, "c1", out), {"node": told})
    assert lines[:2] == [
        "S2 SKU_MAPPING_MISSING (MASTER_DATA, NEW): shop sells CUP",
        "Seen 37 times since noon; due 2026-11-21 13:00 UTC.",
    ]
    assert lines[-2:] == ["and 2 more orders", "Helps: skuMappingSet (your key lacks a scope)"]
    once = {**told, "occurrences": 1, "slaDueAt": None}
    lines, _ = await printed(lambda hub, out: casebook.show(hub, "c1", out), {"node": once})
    assert lines[1] == "Seen once since noon."
    with pytest.raises(InvalidInput):
        await printed(lambda hub, out: casebook.show(hub, "c1", out), {"node": None})


async def test_cases_are_given_and_settled() -> None:
    lines, (asked,) = await printed(lambda hub, out: casebook.assign(hub, ["c1"], "kim", None, out), {"done": DONE})
    assert lines == ["ASSIGNED, kim: shop sells CUP"]
    assert (asked["ids"], asked["assignee"]) == (["c1"], "kim")
    refused = {"done": {"exceptionCases": [], "userErrors": [{"message": "there is no such case"}]}}
    with pytest.raises(InvalidInput, match="no such case"):
        await printed(lambda hub, out: casebook.resolve(hub, ["c1"], "done", out), refused)


async def test_a_group_is_sent_again_and_without_a_choice_the_groups_are_listed() -> None:
    done = {
        "matched": 3,
        "scheduled": 2,
        "skipped": [{"reason": "moved", "count": 1}],
        "dryRun": True,
        "userErrors": [],
    }
    again = casebook.Again(group="shop:x", dry_run=True)
    lines, (asked,) = await printed(lambda hub, out: casebook.replay(hub, again, out), {"done": done})
    assert lines == ["2 of 3 would be sent again.", "1 not: moved"]
    assert (asked["select"], asked["dry"]) == ({"groupKey": "shop:x"}, True)
    nothing, _ = await printed(lambda hub, out: casebook.replay(hub, casebook.Again(), out), {"deadLetterGroups": []})
    assert nothing == ["No dead letter waits."]
    both = casebook.Again(group="a", source="b")
    with pytest.raises(InvalidInput):
        await printed(lambda hub, out: casebook.replay(hub, both, out))
