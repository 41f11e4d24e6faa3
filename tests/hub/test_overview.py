"""What an operator reads of his sources, on a wide and on a narrow terminal."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pytest
from rich.console import Console

from hub.overview import backlog, first_load, shown

SHOP: Mapping[str, Any] = {
    "source": "shop",
    "system": "COMMERCE",
    "name": "Vendure",
    "state": "DOWN",
    "stateText": "No answer since 12:00 UTC (timed out). Check that it runs and can be reached.",
    "breaker": "OPEN",
    "lagSeconds": 1300,
    "lastError": "timed out",
    "pendingDeliveries": 3,
    "openHints": 12,
    "openDeadLetters": 0,
    "sweeps": [{"kind": "ORDER", "lagSeconds": 1300, "initialLoadPercent": 100}],
}
ERP: Mapping[str, Any] = {
    **SHOP,
    "source": "erp-main",
    "system": "ERP",
    "state": "NEVER_SYNCED",
    "stateText": "The first load is under way: order 43 %.",
    "lagSeconds": None,
    "pendingDeliveries": 0,
    "openHints": 0,
    "sweeps": [{"kind": "ORDER", "initialLoadPercent": 43}, {"kind": "PRODUCT", "initialLoadPercent": 100}],
}


def printed(*told: Mapping[str, Any], width: int) -> list[str]:
    out = Console(file=io.StringIO(), width=width)
    for part in shown(told, width):
        out.print(part)
    assert isinstance(out.file, io.StringIO)
    return [line.rstrip() for line in out.file.getvalue().splitlines()]


def test_a_wide_terminal_has_a_row_for_each_source() -> None:
    head, shop, erp = printed(SHOP, ERP, width=220)
    assert head.split() == ["source", "system", "state", "lag", "breaker", "backlog", "first", "load", "in", "words"]
    assert shop.split("  ")[0].strip() == "shop"
    assert "21 min" in shop
    assert "3 deliveries, 12 to read" in shop
    assert shop.endswith("No answer since 12:00 UTC (timed out). Check that it runs and can be reached.")
    assert "████░░░░░░ 43 %" in erp
    assert " nothing " in erp


def test_a_narrow_terminal_has_a_paragraph_for_each_source_and_loses_no_word() -> None:
    said = printed(SHOP, ERP, width=60)
    assert all(len(line) <= 60 for line in said)
    assert said[0] == "shop  COMMERCE  DOWN  Vendure"
    whole = " ".join(" ".join(said).split())
    assert "lag 21 min · breaker OPEN · backlog 3 deliveries, 12 to read · first load done" in whole
    assert "No answer since 12:00 UTC (timed out). Check that it runs and can be reached." in whole
    assert "erp-main ERP NEVER_SYNCED Vendure lag - · breaker OPEN · backlog nothing" in whole


@pytest.mark.parametrize(
    ("percents", "words"),
    [
        ([100, 100], "done"),
        ([100, 0], "░░░░░░░░░░ 0 %"),
        ([99, 100], "█████████░ 99 %"),
        ([100, None, 5], "1 of 3 kinds"),
        ([], "none needed"),
    ],
)
def test_the_first_load_is_told_by_the_kind_that_is_furthest_behind(percents: list[int | None], words: str) -> None:
    assert first_load({"sweeps": [{"initialLoadPercent": one} for one in percents]}) == words


def test_a_backlog_names_only_what_there_is() -> None:
    assert backlog(SHOP) == "3 deliveries, 12 to read"
    assert backlog({"pendingDeliveries": 0, "openHints": 0, "openDeadLetters": 2}) == "2 dead"


def test_no_source_is_said_so() -> None:
    assert printed(width=80) == ["No source is configured for this tenant."]
