"""A trace as it is drawn: side by side where there is room, one below the other where not, and as a picture."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, parse, validate
from rich.console import Console
from starlette.responses import JSONResponse

from hub.asking import Where
from hub.errors import InvalidInput
from hub.waterfall import TRACE, Scale, bar, drawn, show, span_of, trace
from resolvers.schema import sdl
from sources.kit.serve import serving
from tests.hub.test_asking import graph

Json = Mapping[str, Any]  # Any: JSON
START = datetime(2026, 11, 21, 12, tzinfo=UTC)


def hop(at: float, **said: object) -> Json:
    known = {
        "depth": 0, "kind": "API_IN", "system": "HUB", "source": None, "operation": "orderCancel", "outcome": "OK",
        "attempt": None, "durationMs": 40, "waitingMs": 0, "error": None,
    }  # fmt: skip
    return {**known, "startedAt": (START + timedelta(seconds=at)).isoformat(), **said}


DELIVERED: Json = {
    "depth": 1, "kind": "DELIVERY", "operation": "order.cancel", "source": "shop", "outcome": "RETRY", "attempt": 2,
    "durationMs": 800, "waitingMs": 60_000, "error": "503",
}  # fmt: skip
BLOCKER: Json = {
    "rootCause": "SOURCE_OUTAGE", "source": "shop", "text": "the shop is away", "since": "2026-11-21T12:00:00Z",
    "attempt": 2, "nextAttemptAt": "2026-11-21T13:00:00Z",
    "exceptionCase": {"id": "c1", "code": "ORDER_STUCK", "status": "ASSIGNED", "assignee": "kim"},
}  # fmt: skip
TOLD: Json = {
    "state": "WAITING", "durationMs": 62_000, "waitingMs": 60_000, "missing": ["PUSH order.updated"],
    "correlationIds": ["c-1", "c-2"], "identifiers": [{"scheme": "ORDER_NUMBER", "value": "317", "source": "shop"}],
    "blocker": BLOCKER,
    "slowest": {"kind": "DELIVERY", "operation": "order.cancel", "source": "shop", "durationMs": 800},
    "hops": [hop(0), hop(61, **DELIVERED)],
}  # fmt: skip
SAID = [
    "WAITING in 1 min, waiting 1 min.",
    "Slowest: DELIVERY order.cancel at shop, 800 ms.",
    "Waits for SOURCE_OUTAGE: the shop is away",
    "since 2026-11-21 12:00:00 UTC; attempt 2 made; next at 2026-11-21 13:00:00 UTC; case ORDER_STUCK ASSIGNED, kim "
    "has it: opshub cases show c1",
    "Left no hop: PUSH order.updated",
    "Correlation ids: c-1 c-2",
]


def printed(told: Json, width: int) -> list[str]:
    out = Console(file=io.StringIO(), width=width)
    show(told, out)
    assert isinstance(out.file, io.StringIO)
    return [" ".join(line.split()) for line in out.file.getvalue().splitlines()]


def test_where_there_is_room_name_and_bar_stand_side_by_side() -> None:
    first, head, entered, delivered, failed, *rest = printed(TOLD, 180)
    assert (first, head) == ("ORDER_NUMBER 317", "crossing at outcome ms waited")
    assert entered.startswith("API_IN orderCancel HUB OK 40 █")
    assert delivered.startswith("DELIVERY order.cancel #2 shop RETRY 800 60000 ░")
    assert delivered.endswith("█")
    assert failed == "503"
    assert rest == SAID


def test_on_a_narrow_terminal_the_bar_stands_below_the_name_and_nothing_is_wider() -> None:
    out = Console(file=io.StringIO(), width=40)
    show(TOLD, out)
    assert isinstance(out.file, io.StringIO)
    lines = out.file.getvalue().splitlines()
    assert max(map(len, lines)) <= 40
    assert lines[1].startswith("API_IN orderCancel HUB OK 40 ms")
    assert lines[2].startswith("█")


def test_a_story_without_hops_is_told_in_words() -> None:
    told = {**TOLD, "hops": [], "blocker": None, "slowest": None, "missing": [], "identifiers": [], "durationMs": 0}
    assert printed(told, 180) == ["WAITING in 0 ms, waiting 1 min.", "Correlation ids: c-1 c-2"]


def test_a_bar_shows_the_wait_before_the_work_and_a_week_hides_no_call() -> None:
    week = 7 * 86_400
    hops = [hop(0), hop(week, durationMs=20, waitingMs=1_000 * week)]
    scale = Scale(hops)
    assert bar(hops[0], scale, 60).plain.startswith("█")
    assert bar(hops[1], scale, 60).plain.count("█") > 1
    assert bar(hops[1], scale, 60).plain.count("░") > 10
    assert len(bar(hops[1], scale, 60)) == 60


def test_one_hop_that_took_no_time_is_a_point() -> None:
    alone = hop(0, durationMs=None)
    assert bar(alone, Scale([alone]), 20).plain == "█"
    assert len(set(span_of(alone))) == 1


@pytest.mark.parametrize("suffix", [".svg", ".html"])
def test_a_picture_says_the_same_and_loads_nothing(suffix: str) -> None:
    text = drawn({**TOLD, "hops": [hop(0, operation="<script>alert(1)</script>")]}, "<i>317", suffix)
    assert "orderCancel" not in text
    assert "<script" not in text
    assert "<i>317" not in text
    assert "url(http" not in text
    assert "@font-face" not in text
    assert "@import" not in text
    assert "SOURCE_OUTAGE" in text


async def test_the_command_draws_into_the_file_that_it_is_given(tmp_path: Path) -> None:
    out = Console(file=io.StringIO(), width=200)
    async with serving(graph(lambda _: JSONResponse({"data": {"trace": TOLD}}))) as url:
        hub = Where(url=url, key="k")
        await trace(hub, "317", out, tmp_path / "317.svg")
        with pytest.raises(InvalidInput, match=r"317\.png is neither"):
            await trace(hub, "317", out, tmp_path / "317.png")
    assert (tmp_path / "317.svg").read_text().startswith("<svg")


async def test_a_trace_of_nothing_says_so() -> None:
    out = Console(file=io.StringIO(), width=200)
    async with serving(graph(lambda _: JSONResponse({"data": {"trace": None}}))) as url:
        await trace(Where(url=url, key="k"), "317", out)
    assert isinstance(out.file, io.StringIO)
    assert out.file.getvalue().strip() == "Nothing is known by 317."


def test_what_it_asks_is_a_question_of_the_graph() -> None:
    assert validate(build_schema(sdl()), parse(TRACE)) == []
