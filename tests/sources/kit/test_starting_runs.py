"""What the template writes works as it is, against a small REST system: paging with ties, resuming, what is broken."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from hub.clock import SystemClock
from hub.errors import CursorExpired, NotOffered, SourceMisset
from hub.model.vocabulary import Kind
from hub.ports import Adapter, ChangePage, Failed, Found, Missing, SourceCall
from hub.settings import convert
from sources.kit.serve import serving
from sources.kit.starting import start
from sources.registry import AdapterFolder, load
from tests.sources.test_registry import brought

TOKEN = "the office admits this"
CALL = SourceCall(tenant="acme", source="office", correlation_id="c", patience=5.0)


@dataclass
class Office:
    """The system that the template describes."""

    orders: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def place(self, number: int, changed_at: str, **said: Any) -> None:  # Any: fields of the wire
        known = {"id": str(number), "number": f"A-{number}", "status": "open", "currency": "EUR", "total": "1.00",
                 "placed_at": changed_at, "changed_at": changed_at,
                 "lines": [{"id": "1", "sku": "SALT", "quantity": "1", "price": "1.00"}]}  # fmt: skip
        self.orders.append(known | said)

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:  # Any: ASGI
        path, query = scope["path"], parse_qs(scope["query_string"].decode())
        self.asked.append(path)
        headers = dict(scope["headers"])
        status, body = 200, self.answer(path, query)
        if headers.get(b"authorization") != f"Bearer {TOKEN}".encode():
            status = 401
        elif body is None:
            status = 404
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]}
        )
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    def answer(self, path: str, query: Mapping[str, list[str]]) -> Any:  # Any: JSON
        if path == "/orders":
            since = query["changed_since"][0].replace("+00:00", "Z")
            found = sorted(
                (one for one in self.orders if one["changed_at"] >= since), key=lambda one: one["changed_at"]
            )
            return {"orders": found[: int(query["limit"][0])]}
        return next((one for one in self.orders if path == f"/orders/{one['id']}"), None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdapterFolder]:
    """The adapter as the template writes it, found by its entry point."""
    place: Path = tmp_path_factory.mktemp("project")
    brought(place, "acme_rest", package="acme_rest")
    made = start("acme_rest", (), place)
    sys.path[:0] = [str(place), str(made.project)]
    yield load("acme_rest")
    sys.path[:2] = []
    for name in [name for name in sys.modules if name.split(".")[0] == "acme_rest"]:
        del sys.modules[name]


@dataclass(frozen=True)
class Desk:
    """An office and an adapter to it."""

    office: Office
    adapter: Adapter

    async def walk(self, cursor: Mapping[str, Any] | None = None) -> list[ChangePage]:
        return [page async for page in self.adapter.changes(CALL, Kind.ORDER, "changed", cursor)]


@pytest.fixture
async def desk(folder: AdapterFolder) -> AsyncIterator[Desk]:
    office = Office()
    async with serving(office) as url:
        settings = convert(folder.settings, {"token": TOKEN, "page": "3"}, "sources.office")
        adapter = folder.connect(settings, url=url, source="office", clock=SystemClock())
        yield Desk(office, adapter)
        await adapter.close()


def ids(pages: list[ChangePage]) -> set[str]:
    return {seen.source_id for page in pages for seen in page.found}


async def test_every_order_comes_also_where_many_changed_in_one_instant(desk: Desk) -> None:
    for number in range(10):
        desk.office.place(number, "2026-11-02T08:15:00Z" if number > 2 else f"2026-11-01T0{number}:00:00Z")
    pages = await desk.walk()
    assert ids(pages) == {str(number) for number in range(10)}
    assert [page.is_last for page in pages] == [False] * (len(pages) - 1) + [True]
    for place, page in enumerate(pages[:-1]):
        assert ids(pages[: place + 1]) | ids(await desk.walk(page.cursor)) == ids(pages)


async def test_a_later_run_sees_what_changed_and_a_quiet_one_stands_still(desk: Desk) -> None:
    desk.office.place(1, "2026-11-02T08:15:00Z")
    first = (await desk.walk())[-1].cursor
    assert (await desk.walk(first))[-1].cursor == first
    desk.office.place(2, "2026-11-02T08:14:30Z")  # shown late
    desk.office.place(3, "2026-11-03T08:00:00Z")
    pages = await desk.walk(first)
    assert {"2", "3"} <= ids(pages)
    assert pages[-1].cursor != first


@pytest.mark.parametrize("cursor", [{}, {"x": 1}, {"seen": 7}, {"seen": "yesterday"}, {"seen": "2026-01-01T00:00:00"}])
async def test_a_strange_cursor_begins_again(desk: Desk, cursor: dict[str, Any]) -> None:
    with pytest.raises(CursorExpired):
        await desk.walk(cursor)


async def test_what_is_there_is_found_what_is_not_is_missing_and_what_is_broken_fails_alone(desk: Desk) -> None:
    desk.office.place(1, "2026-11-02T08:15:00Z", status="cancelled")
    desk.office.place(2, "2026-11-02T08:16:00Z", total="a lot")
    answers = await desk.adapter.read(CALL, Kind.ORDER, ["1", "2", "3", "../orders"])
    assert [type(answers[one]) for one in ("1", "2", "3", "../orders")] == [Found, Failed, Missing, Missing]
    (page,) = await desk.walk()
    assert (ids([page]), list(page.failed)) == ({"1"}, ["2"])
    assert page.found[0].content is not None
    assert (page.found[0].content.status, page.found[0].content.raw_status) == ("UNKNOWN", "cancelled")
    await desk.adapter.health(CALL)


async def test_a_wrong_token_is_the_operators_and_the_rest_is_not_offered(desk: Desk, folder: AdapterFolder) -> None:
    with pytest.raises(NotOffered, match="does not offer read SHIPMENT"):
        await desk.adapter.read(CALL, Kind.SHIPMENT, ["1"])
    async with serving(desk.office) as url:
        settings = convert(folder.settings, {"token": "guessed"}, "sources.office")
        stranger = folder.connect(settings, url=url, source="office", clock=SystemClock())
        with pytest.raises(SourceMisset):
            await stranger.health(CALL)
        await stranger.close()
