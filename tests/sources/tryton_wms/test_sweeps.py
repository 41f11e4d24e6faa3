"""Cursors: ours or expired, and how far they reach."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from hub.errors import CursorExpired
from sources.kit.cursors import moment
from sources.tryton_wms.sweeps import (
    EPOCH,
    ChangedCursor,
    ListCursor,
    StockCursor,
    changed_cursor,
    list_cursor,
    refuse_future,
    spelt,
    stock_cursor,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SEEN = "2026-11-20T09:00:00.000000+00:00"


def test_a_cursor_survives_the_hub() -> None:
    changed = ChangedCursor(seen=SEEN, until=SEEN, down=True, at=7, total=9)
    assert changed_cursor(msgspec.to_builtins(changed)) == changed
    listed = ListCursor(was=[1, 2], now=[2], at=2, left=[1])
    assert list_cursor(msgspec.to_builtins(listed)) == listed
    stock = StockCursor(warehouse=5, after=9)
    assert stock_cursor(msgspec.to_builtins(stock)) == stock


def test_an_empty_cursor_begins_a_list_and_never_a_delta() -> None:
    assert (list_cursor(None), list_cursor({})) == (ListCursor(), ListCursor())
    assert (stock_cursor(None), stock_cursor({})) == (StockCursor(), StockCursor())
    with pytest.raises(CursorExpired):
        changed_cursor({})


@pytest.mark.parametrize(
    "given",
    [
        {"seen": 7},
        {"seen": "yesterday"},
        {"seen": SEEN, "until": "x"},
        {"seen": SEEN, "x": 1},
        {"seen": SEEN, "at": "9"},
    ],
)
def test_garbage_expires(given: dict[str, Any]) -> None:
    with pytest.raises(CursorExpired):
        changed_cursor(given)


@pytest.mark.parametrize("given", [{"was": "1,2"}, {"now": ["1"]}, {"at": []}, {"page": 3}])
def test_garbage_of_a_list_expires(given: dict[str, Any]) -> None:
    with pytest.raises(CursorExpired):
        list_cursor(given)


def test_a_run_reaches_a_minute_behind_what_was_seen_and_never_before_time() -> None:
    assert ChangedCursor(seen=SEEN).since() == NOW - timedelta(seconds=60)
    assert ChangedCursor(seen=spelt(EPOCH)).since() == EPOCH


def test_a_cursor_ahead_of_the_sources_clock_expires() -> None:
    refuse_future(ChangedCursor(seen=SEEN), NOW - timedelta(minutes=9))
    refuse_future(ChangedCursor(seen=SEEN), None)
    for cursor in (ChangedCursor(seen=SEEN), ChangedCursor(seen=spelt(EPOCH), until=SEEN)):
        with pytest.raises(CursorExpired, match="future"):
            refuse_future(cursor, NOW - timedelta(minutes=11))


def test_instants_keep_their_microseconds() -> None:
    exact = NOW.replace(microsecond=123456)
    assert moment(spelt(exact)) == exact
