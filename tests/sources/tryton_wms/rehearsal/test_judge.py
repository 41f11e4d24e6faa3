"""What is wrong with a request, by the server's own description."""

import json
from typing import Any

import pytest

from sources.tryton_wms.rehearsal.judge import Judge
from sources.tryton_wms.rehearsal.state import OUT
from tests.sources.tryton_wms.made import Json

MODELS: dict[str, dict[str, Json]] = {
    "box": {"id": {"type": "integer"}, "code": {"type": "char"}, "inner": {"type": "many2one", "relation": "inner"}},
    OUT: {
        "id": {"type": "integer"},
        "reference": {"type": "char"},
        "boxes": {"type": "one2many", "relation": "box"},
    },
    "inner": {"id": {"type": "integer"}, "name": {"type": "char"}},
}
GOOD = [
    [["OR", ["code", "=", "x"], ["inner.name", "like", "y%"]], ["id", ">", 1]],
    0,
    5,
    [["id", "DESC NULLS LAST"]],
    ["code"],
    {},
]


@pytest.fixture
def judge() -> Judge:
    async def describe(model: str) -> dict[str, Json] | None:
        return MODELS.get(model)

    return Judge(describe)


def body(method: str, params: Any) -> bytes:  # Any: JSON
    return json.dumps({"id": 1, "method": method, "params": params}).encode()


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("common.db.login", ["hub", {"password": "x"}]),
        ("model.res.user.get_preferences", [True, {}]),
        ("model.box.search_read", GOOD),
        ("model.box.search_read", [[], 0, None, None, ["inner.name"], {}]),
        ("model.box.search", [[], 0, 1, None, {}]),
        ("model.box.search_count", [[], {}]),
        ("model.box.search_read", [[], 0, 1, None, ["_timestamp"], {}]),
        (f"model.{OUT}.create", [[{"reference": "C/1", "boxes": [["create", [{"code": "x"}]]]}], {}]),
        (f"model.{OUT}.wait", [[1], {}]),
        (f"model.{OUT}.cancel", [[1], {"_timestamp": {f"{OUT},1": "1.0"}}]),
    ],
)
async def test_what_the_contract_allows_has_no_fault(judge: Judge, method: str, params: list[Any]) -> None:
    assert await judge.fault_of(body(method, params)) is None


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("common.db.login", ["hub"], "a login takes a user and a password"),
        ("model.box.write", [[1], {}, {}], "there is no model.box.write for an adapter"),
        ("model.box.create", [[{}], {}], "there is no model.box.create for an adapter"),
        (f"model.{OUT}.wait", [1, {}], "wait takes a list, and nothing beside it"),
        (f"model.{OUT}.cancel", [[], {}], "cancel takes ids"),
        (f"model.{OUT}.create", [[7], {}], f"7 is no row of {OUT}"),
        (f"model.{OUT}.create", [[{"nope": 1}], {}], f"{OUT} has no field nope"),
        (f"model.{OUT}.create", [[{"boxes": [["create", [{"nope": 1}]]]}], {}], "box has no field nope"),
        (f"model.{OUT}.create", [[{"boxes": [["delete", [1]]]}], {}], "an adapter does not delete boxes"),
        ("model.box.search_count", [[]], "the last parameter is no context"),
        ("model.box.search_count", [[], 0, {}], "search_count takes other parameters than 3"),
        ("model.box.search_count", {}, "params are no list"),
        ("model.cup.search_read", GOOD, "there is no model cup"),
        ("model.box.search_read", [[["nope", "=", 1]], *GOOD[1:]], "box has no field nope"),
        ("model.box.search_read", [[["code.x", "=", 1]], *GOOD[1:]], "code.x of box leads nowhere"),
        ("model.box.search_read", [[["id", "~", 1]], *GOOD[1:]], "there is no operator ~"),
        ("model.box.search_read", [[["id", "="]], *GOOD[1:]], "['id', '='] is no clause"),
        ("model.box.search_read", [["OR", 7], *GOOD[1:]], "7 is no clause"),
        ("model.box.search_read", ["x", *GOOD[1:]], "the domain is no list"),
        ("model.box.search_read", [[], "0", *GOOD[2:]], "offset or limit is no number"),
        ("model.box.search_read", [[], 0, 1, [["nope", "ASC"]], ["id"], {}], "box has no field nope"),
        ("model.box.search_read", [[], 0, 1, [["id", "UP"]], ["id"], {}], "there is no order UP"),
        ("model.box.search_read", [[], 0, 1, None, ["inner.nope"], {}], "inner has no field nope"),
    ],
)
async def test_each_fault_is_named(judge: Judge, method: str, params: Any, words: str) -> None:
    assert await judge.fault_of(body(method, params)) == words


async def test_what_is_no_call_is_a_fault(judge: Judge) -> None:
    assert (await judge.fault_of(b"{") or "").startswith("not JSON")
    assert await judge.fault_of(b'{"id":1,"method":"x"}') == "not exactly id, method and params"
