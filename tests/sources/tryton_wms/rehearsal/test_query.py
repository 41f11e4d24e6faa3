"""Domains, orders and dotted names, in Tryton's manner."""

from typing import Any

import pytest

from sources.tryton_wms.rehearsal.query import Query, spelt
from sources.tryton_wms.rehearsal.stand import Stand
from sources.tryton_wms.rehearsal.state import LOCATION, MOVE, OUT, PRODUCT, Product
from tests.sources.tryton_wms.made import Json


@pytest.fixture
def query(stand: Stand) -> Query:
    for number in (1, 2, 3):
        one = stand.scene.take_in(f"C/{number}", [("MUG", number)])
        stand.scene.carry(one, ("waiting", "picked", "done")[number - 1], tracking=f"T{number}")
    return Query(stand.depot)


def search(query: Query, domain: list[Any], model: str = OUT, **more: Any) -> list[int]:
    window, order = more.get("window", (0, None)), more.get("order")
    return query.search(model, domain, window, order, more.get("context", {}))


@pytest.mark.parametrize(
    ("domain", "right"),
    [
        ([], [1, 2, 3]),
        ([["id", "in", [3, 1, 99]]], [1, 3]),
        ([["id", ">", 1], ["id", "<", 3]], [2]),
        ([["id", "=", 2]], [2]),
        ([["state", "=", "done"]], [3]),
        (["OR", ["state", "=", "done"], ["state", "=", "waiting"]], [1, 3]),
        (["AND", ["state", "!=", "done"], ["id", ">", 1]], [2]),
        ([["state", "in", ["done", "picked"]], ["reference", "not in", ["C/3"]]], [2]),
        ([["reference", "like", "C/%"]], [1, 2, 3]),
        ([["reference", "not like", "C/_"]], []),
        ([["reference", "ilike", "c/2"]], [2]),
        ([["warehouse.code", "=", "WH"], ["moves.quantity", ">=", 3]], [3]),
        ([["packages.shipping_reference", "=", "T3"]], [3]),
        ([["carrier", "=", None]], [1, 2, 3]),
        ([["moves.product.code", "=", "LAPTOP"]], []),
    ],
)
def test_domains_find_what_they_say(query: Query, domain: list[Any], right: list[int]) -> None:
    assert search(query, domain) == right


def test_a_reference_is_compared_as_it_is_spelt(query: Query) -> None:
    assert search(query, [["shipment", "=", f"{OUT},1"]], MOVE) == search(
        query, [["shipment.reference", "=", "C/1", OUT]], MOVE
    )
    assert search(query, [["shipment.reference", "=", "C/1", "stock.package"]], MOVE) == []
    assert spelt(("a", 1)) == "a,1"
    assert spelt(None) is None


def test_windows_and_orders(query: Query) -> None:
    assert search(query, [], window=(1, 1)) == [2]
    assert search(query, [], order=[["id", "DESC"]], window=(0, 2)) == [3, 2]
    assert search(query, [], order=[["state", "ASC"]]) == [3, 2, 1]
    assert search(query, [], order=[["effective_date", "DESC NULLS LAST"]])[0] == 3
    assert search(query, [], order=[["write_date", "DESC NULLS LAST"]], window=(0, 1)) == [3]


def test_what_is_switched_off_is_found_only_if_asked_for(query: Query, stand: Stand) -> None:
    stand.depot.get(PRODUCT, 2, Product).active = False
    assert search(query, [], PRODUCT) == [1, 3, 4]
    assert search(query, [], PRODUCT, context={"active_test": False}) == [1, 2, 3, 4]
    assert search(query, [["active", "=", False]], PRODUCT) == [2]


@pytest.mark.parametrize(
    ("model", "domain"),
    [
        (OUT, [["nope", "=", 1]]),
        (OUT, [["moves.nope", "=", 1]]),
        (OUT, [["id", "~", 1]]),
        (OUT, [["id", "="]]),
        (OUT, ["OR", 7]),
        ("stock.nope", [["id", "=", 1]]),
    ],
)
def test_what_does_not_exist_is_a_key_error_with_rows_or_without(query: Query, model: str, domain: list[Any]) -> None:
    with pytest.raises(KeyError):
        search(query, domain, model)


def test_dotted_names_bring_the_rows_they_lead_to(query: Query, stand: Stand) -> None:
    names = ["state", "warehouse.code", "moves.product.code", "moves.quantity", "packages.code", "carrier.party.name"]
    (row,) = query.read(OUT, [3], names, {})
    assert (row["id"], row["state"], row["warehouse."]) == (
        3,
        "done",
        {"id": stand.depot.by_code(LOCATION, "WH"), "code": "WH"},
    )
    assert row["carrier."] is None
    assert [move["product."]["code"] for move in row["moves."]] == ["MUG", "MUG"]
    assert [move["id"] for move in row["moves."]] == sorted((move["id"] for move in row["moves."]), reverse=True)
    assert row["packages."] == [{"id": 1, "code": "1"}]
    origins = query.read(MOVE, [row["moves."][0]["id"]], ["origin.quantity"], {})
    assert origins[0]["origin."]["quantity"] == 3


@pytest.mark.parametrize("name", ["nope", "code.nope", "moves.nope", "state.nope"])
def test_a_name_that_leads_nowhere_is_a_key_error(query: Query, name: str) -> None:
    with pytest.raises(KeyError):
        query.read(OUT, [1], [name], {})


@pytest.mark.parametrize(
    ("context", "right"),
    [
        ({}, 0),
        ({"locations": []}, 0),
        ({"locations": ["STO"]}, 494),
        ({"locations": ["STO"], "with_childs": False}, 0),
        ({"locations": ["OUT", "STO"]}, 3),
        ({"locations": ["OUT", "STO"], "with_childs": True}, 497),
        ({"locations": ["BIN-A1"], "stock_assign": True}, 494),
    ],
)
def test_quantities_are_those_of_the_places_asked_for(query: Query, stand: Stand, context: Json, right: int) -> None:
    stand.scene.carry(stand.scene.find("C/1"), "assigned" if "stock_assign" in context else "picked")
    places = {"locations": [stand.depot.by_code(LOCATION, code) for code in context.get("locations", [])]}
    (row,) = query.read(PRODUCT, [2], ["quantity"], {**context, **places} if "locations" in context else context)
    assert row["quantity"] == right
