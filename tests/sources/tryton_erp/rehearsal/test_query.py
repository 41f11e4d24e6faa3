"""The query language."""

from datetime import timedelta
from typing import Any

import pytest

from sources.tryton_erp.rehearsal.erp import Erp
from sources.tryton_erp.rehearsal.query import Query, Unknown, fields_of, kind_of
from sources.tryton_erp.rehearsal.records import Sale
from tests.kit.clock import StoppedClock

COMPANY = {"company": 1}


def asked(
    erp: Erp, model: str, domain: list[Any], order: list[Any] | None = None, limit: int | None = None
) -> list[int]:
    return [one.id for one in Query(erp.books, erp.goods, COMPANY).search(model, domain, order, limit)]


@pytest.fixture
def two(erp: Erp) -> tuple[Sale, Sale]:
    return erp.process(erp.sell("A", [("MUG", 2, "7.50")])), erp.sell("B", [("LAPTOP", 1, "899")], party="ACME")


@pytest.mark.parametrize(
    ("domain", "ids"),
    [
        ([], [1, 2]),
        ([["state", "=", "draft"]], [2]),
        ([["state", "!=", "draft"]], [1]),
        ([["state", "in", ["draft", "done"]]], [2]),
        ([["state", "not in", ["draft"]]], [1]),
        ([["number", "=", None]], [2]),
        ([["number", "!=", None]], [1]),
        ([["reference", "=", "B"]], [2]),
        ([["reference", "like", "A%"]], [1]),
        ([["reference", "ilike", "b"]], [2]),
        ([["party.code", "=", "ACME"], ["state", "=", "draft"]], [2]),
        ([["lines.product.code", "=", "MUG"]], [1]),
        ([["lines.quantity", ">", 1], ["lines.quantity", "<=", 2]], [1]),
        ([["OR", ["reference", "=", "A"], ["reference", "=", "B"]], ["id", "<", 2]], [1]),
        (["OR", ["reference", "=", "A"], [["state", "=", "draft"], ["number", "=", None]]], [1, 2]),
        ([["id", "in", [2, 9]]], [2]),
    ],
)
@pytest.mark.usefixtures("two")
def test_a_domain_chooses(erp: Erp, domain: list[Any], ids: list[int]) -> None:
    assert asked(erp, "sale.sale", domain) == ids


@pytest.mark.usefixtures("two")
def test_answers_come_in_order_and_no_more_than_wanted(erp: Erp) -> None:
    assert asked(erp, "sale.sale", [], [["id", "DESC"]], 1) == [2]
    assert asked(erp, "sale.sale", [], [["number", "DESC"]]) == [1, 2]
    assert asked(erp, "sale.sale", [["id", "<", 3]], [["id", "DESC"]]) == [2, 1]


def test_what_was_written_since_is_found_by_its_children_too(
    erp: Erp, two: tuple[Sale, Sale], clock: StoppedClock
) -> None:
    clock.move(60)
    since = erp.books.now()
    erp.goods.assign_try(two[0].shipments[0])
    header, children = ["write_date", ">=", since], ["lines.moves.write_date", ">=", since]
    assert asked(erp, "sale.sale", [["OR", header, ["create_date", ">=", since]]]) == []
    assert asked(erp, "sale.sale", [["OR", header, children]]) == []  # the moves of the line wait at the door
    assert asked(erp, "stock.shipment.out", [["OR", header, ["moves.write_date", ">=", since]]]) == [1]
    assert asked(erp, "sale.sale", ["OR", ["write_date", ">=", since - timedelta(minutes=2)]]) == [1]


def test_references_are_text_and_lead_on_only_where_the_model_is_named(erp: Erp, two: tuple[Sale, Sale]) -> None:
    assert asked(erp, "stock.move", [["origin.sale.id", "=", 1, "sale.line"]]) == [1]
    assert asked(erp, "stock.move", [["shipment", "like", "stock.shipment.out,%"]]) == [1, 2]
    read = Query(erp.books, erp.goods, COMPANY).read(two[0].shipments[0].moves[0], ["origin", "sale.reference"])
    assert (read["origin"], read["sale"]["reference"]) == ("sale.line,1", "A")
    with pytest.raises(Unknown):
        Query(erp.books, erp.goods, COMPANY).read(two[0].shipments[0].moves[0], ["origin.id"])


def test_fields_nest_and_bring_their_ids(erp: Erp, two: tuple[Sale, Sale]) -> None:
    query = Query(erp.books, erp.goods, COMPANY)
    assert query.read(two[0], ["number", "party.code", "lines", "shipments.state", "warehouse"]) == {
        "id": 1, "__name__": "sale.sale", "number": "SO-10051", "lines": [1], "warehouse": two[0].warehouse.id,
        "party": {"id": two[0].party.id, "__name__": "party.party", "code": "WEB"},
        "shipments": [{"id": 1, "__name__": "stock.shipment.out", "state": "waiting"}],
    }  # fmt: skip
    assert query.read(two[0], ["rec_name"])["rec_name"] == "sale.sale,1"


def test_without_a_company_what_is_the_companys_reads_null(erp: Erp) -> None:
    acme = erp.parties["ACME"]
    shown = [Query(erp.books, erp.goods, context).read(acme, ["credit_limit_amount"])["credit_limit_amount"]
             for context in ({}, COMPANY)]  # fmt: skip
    assert shown == [None, acme.credit_limit_amount]


def test_stock_is_that_of_the_places_in_the_context(erp: Erp) -> None:
    context = {"locations": [erp.warehouses["WH-EAST"].id]}
    read = Query(erp.books, erp.goods, context).read(erp.products["LAPTOP"], ["quantity", "forecast_quantity"])
    assert (read["quantity"], read["forecast_quantity"]) == (2.0, 2.0)
    storage = erp.warehouses["WH"].storage_location
    assert storage is not None
    erp.process(erp.sell("A", [("MUG", 2, "7.50")]))
    inside = [["from_location", "child_of", [erp.warehouses["WH"].id], "parent"]]
    assert asked(erp, "stock.move", inside) == [1, 2]


@pytest.mark.parametrize(
    "domain", [[["status", "=", "x"]], [["state", "equals", "x"]], [["OR", ["lines.sku", "=", "x"]]]]
)
@pytest.mark.usefixtures("two")
def test_what_is_not_there_is_unknown(erp: Erp, domain: list[Any]) -> None:
    with pytest.raises(Unknown):
        asked(erp, "sale.sale", domain)


def test_unknown_models_orders_and_fields_are_unknown_without_any_record(erp: Erp) -> None:
    with pytest.raises(Unknown):
        asked(erp, "sale.order", [])
    with pytest.raises(Unknown):
        asked(erp, "sale.sale", [], [["placed", "ASC"]])
    with pytest.raises(Unknown):
        Query(erp.books, erp.goods, COMPANY).shown("sale.sale", [], ["nope"])
    assert "untaxed_amount" in fields_of(kind_of("sale.sale"))


def test_what_is_assigned_is_deducted_only_where_the_context_says_so(erp: Erp) -> None:
    sale = erp.process(erp.sell("A", [("LAPTOP", 2, "899")]))
    erp.goods.assign_try(sale.shipments[0])
    here = {"locations": [erp.warehouses["WH"].id]}
    shown = [Query(erp.books, erp.goods, context).read(erp.products["LAPTOP"], ["quantity"])["quantity"]
             for context in (here, {**here, "stock_assign": True})]  # fmt: skip
    assert shown == [3.0, 1.0]
