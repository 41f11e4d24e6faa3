"""Logs hold declared fields, the correlation id, and no secrets."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from hub.call import worker_call
from hub.settings import LogSettings, Secret
from hub.telemetry import FIELDS, bound, configure, declared, hidden, logger


class Noon:
    """A clock that stands."""

    def now(self) -> datetime:
        """Noon."""
        return datetime(2026, 3, 1, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        """No time passes."""
        return 0.0


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure(LogSettings(), Noon(), stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_is_json_with_time_logger_and_correlation_id(out: io.StringIO) -> None:
    with bound(worker_call("acme", correlation="abcdefgh")):
        logger("hub.read").info("read.answered", found=3)
    assert json.loads(out.getvalue()) == {
        "event": "read.answered",
        "found": 3,
        "level": "info",
        "logger": "hub.read",
        "timestamp": "2026-03-01T12:00:00.000+00:00",
        "correlation_id": "abcdefgh",
        "tenant": "acme",
        "actor": "work",
    }


def test_an_undeclared_field_is_withheld_and_named(out: io.StringIO) -> None:
    logger("hub.read").warning("read.answered", body={"email": "joe@example.org"})
    line = json.loads(out.getvalue())
    assert line["withheld"] == ["body"]
    assert "joe" not in out.getvalue()


def test_a_line_of_a_library_goes_through_the_same_filter(out: io.StringIO) -> None:
    logging.getLogger("a.library").error("login with %s", "password=hunter2")
    assert json.loads(out.getvalue())["event"] == "login with password=••••"


def test_an_error_shows_its_class_and_path_and_never_a_second_line(out: io.StringIO) -> None:
    def fail() -> None:
        message = "duplicate key\nDETAIL: Key (email)=(joe@example.org)"
        raise ValueError(message)

    try:
        fail()
    except ValueError:
        logger("hub.work").exception("loop.failed", loop="digest")
    line = json.loads(out.getvalue())
    assert line["error"] == "ValueError: duplicate key"
    assert line["frames"].startswith("fail:")
    assert "joe" not in out.getvalue()


def test_a_quiet_level_is_not_written(out: io.StringIO) -> None:
    logger("hub.read").debug("read.asked")
    assert out.getvalue() == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc.def", "Authorization: Bearer ••••"),
        ("postgresql://hub:pw@127.0.0.1:5432/hub", "postgresql://••••@127.0.0.1:5432/hub"),
        ("asked by joe.doe@example.org", "asked by ••••@••••"),
        ("token=abc next", "token=•••• next"),
        ("f" * 64, "••••"),
        ("order SO-1001 shipped", "order SO-1001 shipped"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, shown: str) -> None:
    assert hidden(text) == shown


@given(st.dictionaries(st.text(max_size=8) | st.sampled_from(sorted(FIELDS)), st.integers() | st.text(), max_size=6))
def test_only_declared_fields_ever_pass(event: dict[str, object]) -> None:
    assert set(declared(None, "", dict(event))) <= FIELDS | {"event", "withheld"}


def test_a_secret_in_a_declared_field_is_dots() -> None:
    assert declared(None, "", {"event": "x", "key": Secret("hunter2")})["key"] == "••••••"
