"""Cursors."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.errors import CursorExpired
from sources.kit.cursors import moment
from sources.tryton_erp.sweeps import (
    ListCursor,
    TimeCursor,
    advanced,
    list_cursor,
    newest,
    refuse_future,
    spelt,
    text,
    time_cursor,
    written_since,
)
from tests.sources.tryton_erp.made import MADE_AT, WRITTEN, WRITTEN_AT, done, line, sale

MINUTE = timedelta(seconds=60)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_first_run_asks_for_everything_and_a_later_one_reaches_back_a_minute() -> None:
    assert time_cursor(None, MINUTE) == TimeCursor(seen="1970-01-01T00:00:00.000000Z")
    again = time_cursor({"seen": text(NOON)}, MINUTE)
    assert again == TimeCursor(seen=text(NOON), since="2026-11-20T11:59:00.000000Z")


def test_a_run_that_was_left_goes_on() -> None:
    left = {"seen": text(NOON), "since": text(NOON - MINUTE), "top": text(NOON), "at": 7}
    assert time_cursor(left, MINUTE) == TimeCursor(**left)  # type: ignore[arg-type]  # fields of the cursor
    assert list_cursor({"at": 7}) == ListCursor(at=7)
    assert list_cursor(None) == list_cursor({}) == ListCursor()


@pytest.mark.parametrize("garbage", [{}, {"seen": 7}, {"seen": "yesterday"}, {"seen": text(NOON), "x": 1}, {"at": 5}])
def test_garbage_expires(garbage: dict[str, object]) -> None:
    with pytest.raises(CursorExpired):
        time_cursor(garbage, MINUTE)
    with pytest.raises(CursorExpired):
        list_cursor({**garbage, "at": "x"})


def test_the_next_run_begins_at_the_newest_time_of_the_first_page() -> None:
    first = advanced(TimeCursor(seen=text(MADE_AT)), [9, 8], NOON, is_last=False)
    assert (first.top, first.at) == (text(NOON), 8)
    second = advanced(first, [7], NOON + MINUTE, is_last=True)
    assert second == TimeCursor(seen=text(NOON))


def test_what_was_seen_never_goes_back() -> None:
    assert advanced(TimeCursor(seen=text(NOON)), [1], MADE_AT, is_last=True) == TimeCursor(seen=text(NOON))
    assert advanced(TimeCursor(seen=text(NOON)), [], None, is_last=True) == TimeCursor(seen=text(NOON))


def test_a_cursor_ahead_of_the_erps_clock_expires() -> None:
    cursor = TimeCursor(seen=text(NOON))
    refuse_future(cursor, None)
    refuse_future(cursor, NOON - timedelta(minutes=9))
    with pytest.raises(CursorExpired, match="future"):
        refuse_future(cursor, NOON - timedelta(minutes=11))


def test_records_are_asked_for_by_all_their_times() -> None:
    when = {"__class__": "datetime", "year": 2026, "month": 11, "day": 20, "hour": 12, "minute": 0, "second": 0,
            "microsecond": 0}  # fmt: skip
    assert spelt(NOON) == when
    assert written_since(("write_date", "lines.write_date"), text(NOON)) == [
        "OR", ["write_date", ">=", when], ["lines.write_date", ">=", when],
    ]  # fmt: skip


def test_the_newest_time_is_that_of_the_record_or_of_a_child() -> None:
    given = sale()
    assert newest(given) == WRITTEN_AT
    given.write_date = None
    assert newest(given) == MADE_AT
    part = line()
    part.moves = [done("1.0")]
    part.moves[0].write_date = WRITTEN
    assert newest(sale("processing", part)) == WRITTEN_AT


def test_an_instant_survives_the_cursor() -> None:
    assert moment(text(MADE_AT)) == MADE_AT
