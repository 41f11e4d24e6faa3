"""Cursors that are read back."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from hub.errors import CursorExpired
from sources.kit.cursors import AHEAD, cursor_of, moment, refuse_ahead

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cursor of some adapter."""

    at: int | None = None


def test_what_was_kept_comes_back() -> None:
    assert cursor_of({"at": 7}, Place) == Place(at=7)
    assert cursor_of({}, Place) == Place()


@pytest.mark.parametrize("given", [{"at": "7"}, {"page": 2}])
def test_what_is_none_of_ours_has_expired(given: dict[str, object]) -> None:
    with pytest.raises(CursorExpired, match=r"^the cursor is not one of this adapter: "):
        cursor_of(given, Place)


def test_an_instant_is_utc_and_anything_else_has_expired() -> None:
    assert moment("2026-11-20T13:00:00+01:00") == NOON
    for text in ("yesterday", "2026-11-20T12:00:00", "0001-01-01T00:00:00+14:00"):
        with pytest.raises(CursorExpired, match=r"^the cursor holds no instant$"):
            moment(text)


def test_a_cursor_may_lie_a_little_ahead_of_the_sources_clock_and_not_further() -> None:
    refuse_ahead(NOON + AHEAD, NOON, "the shop's")
    refuse_ahead(NOON + AHEAD + timedelta(days=1), None, "the shop's")
    with pytest.raises(CursorExpired, match=r"^the cursor lies in the shop's future$"):
        refuse_ahead(NOON + AHEAD + timedelta(microseconds=1), NOON, "the shop's")
