"""What is asked of Tryton."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from hub.model.vocabulary import Kind
from sources.tryton_wms.asks import (
    ALL_OF_THEM,
    CHILDREN,
    FIELDS,
    MODELS,
    by_ids,
    figures,
    newest,
    page_down,
    page_open,
    page_since,
    page_up,
    row_id,
    scope,
    written,
)
from sources.tryton_wms.manifest import MANIFEST

SINCE = datetime(2026, 11, 20, 9, 0, 0, 5, tzinfo=UTC)
STAMP = {
    "__class__": "datetime",
    "year": 2026,
    "month": 11,
    "day": 20,
    "hour": 9,
    "minute": 0,
    "second": 0,
    "microsecond": 5,
}


def test_every_kind_that_is_read_has_a_model_and_fields() -> None:
    assert set(MODELS) == set(FIELDS) == set(MANIFEST.reads)


def test_ids_are_searched_and_never_read() -> None:
    search = by_ids(Kind.SHIPMENT, [3, 4])
    assert (search.model, search.domain, search.limit) == ("stock.shipment.out", [["id", "in", [3, 4]]], 2)
    assert search.order == ("id", "ASC")
    assert search.context == ALL_OF_THEM


def test_pages_go_by_id_up_and_down() -> None:
    assert page_down(Kind.RETURN, None, 5).domain == []
    assert (page_down(Kind.RETURN, 9, 5).domain, page_down(Kind.RETURN, 9, 5).order) == (
        [["id", "<", 9]],
        ("id", "DESC"),
    )
    assert page_up(Kind.RETURN, None, 5).domain == []
    assert page_up(Kind.RETURN, 9, 5).domain == [["id", ">", 9]]


def test_what_hangs_on_a_shipment_leads_to_it() -> None:
    (any_of, place) = page_since(Kind.SHIPMENT, SINCE, 9, 5).domain
    names = [
        "create_date",
        "write_date",
        "moves.create_date",
        "moves.write_date",
        "packages.create_date",
        "packages.write_date",
    ]
    assert any_of == ["OR", *([name, ">=", STAMP] for name in names)]
    assert place == ["id", ">", 9]
    assert len(page_since(Kind.SHIPMENT, SINCE, None, 5).domain) == 1


def test_what_is_open_is_what_is_neither_done_nor_cancelled() -> None:
    assert page_open(7, 5).domain == [
        ["state", "in", ["draft", "waiting", "assigned", "picked", "packed"]],
        ["id", ">", 7],
    ]
    assert len(page_open(None, 5).domain) == 1


def test_items_without_a_code_and_services_are_none_of_ours() -> None:
    goods = [["type", "in", ["goods", "assets"]], ["code", "!=", None]]
    assert scope(Kind.PRODUCT) == scope(Kind.INVENTORY) == goods
    assert scope(Kind.WAREHOUSE) == [["type", "=", "warehouse"], ["code", "!=", None]]
    assert scope(Kind.SHIPMENT) == []


def test_the_newest_date_is_looked_for_at_heads_and_at_what_hangs_on_them() -> None:
    found = [(search.model, search.order) for search in newest(Kind.SHIPMENT)]
    models = ["stock.shipment.out", "stock.move", "stock.package"]
    assert found == [
        (model, order) for model in models for order in (("write_date", "DESC NULLS LAST"), ("id", "DESC"))
    ]
    assert all(search.limit == 1 for search in newest(Kind.SHIPMENT))
    assert set(CHILDREN) == {
        kind for kind, sweeps in MANIFEST.sweeps.items() for one in sweeps if one.name == "changed"
    }


def test_figures_are_asked_for_in_locations_and_below() -> None:
    search = figures([3], [["id", ">", 2]], 10, less_assigned=True)
    assert search.domain == [*scope(Kind.PRODUCT), ["id", ">", 2]]
    assert search.context == {"locations": [3], "with_childs": True, "stock_assign": True}
    assert figures([1, 2], [], 10).context == {"locations": [1, 2], "with_childs": True, "stock_assign": False}


def test_an_instant_is_written_naive_in_utc() -> None:
    assert written(SINCE.astimezone(timezone(timedelta(hours=2)))) == STAMP


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("7", 7),
        ("999999999", 999999999),
        ("9999999999", None),
        ("", None),
        ("-1", None),
        ("1e9", None),
        ("x", None),
        ("٣", None),
    ],
)
def test_only_a_small_whole_number_can_be_an_id(text: str, right: int | None) -> None:
    assert row_id(text) == right
