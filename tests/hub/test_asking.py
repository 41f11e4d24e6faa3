"""The command line's questions: whom it asks, what it prints, what it says where nobody answers."""

from __future__ import annotations

import io
import json
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from hub.asking import Where, ask, found_by_cli, left_data_dir, search, where
from hub.errors import CallerError, InvalidInput, Misconfigured, StoreBusy
from sources.kit.serve import serving

Json = Mapping[str, Any]  # Any: JSON
HIT: Json = {
    "kind": "ORDER",
    "exact": True,
    "matched": {"scheme": "ORDER_NUMBER", "value": "317", "source": "shop"},
    "orders": [{"number": "SO-1", "statusText": "Shipped", "customer": {"name": "Acme"}}],
}


def graph(answer: Callable[[Json], Response]) -> Starlette:
    """Something at `/graphql` that admits the key `k`."""

    async def answered(request: Request) -> Response:
        if request.headers["authorization"] != "Bearer k":
            return JSONResponse({"errors": [{"message": "send an API key"}]}, status_code=401)
        return answer(await request.json())

    return Starlette(routes=[Route("/graphql", answered, methods=["POST"])])


async def printed(
    command: Callable[[Where, str, Console], Any],  # Any: a coroutine
    data: Json,
    width: int = 200,
) -> list[str]:
    out = Console(file=io.StringIO(), width=width)
    async with serving(graph(lambda _: JSONResponse({"data": data}))) as url:
        await command(Where(url=url, key="k"), "317", out)
    assert isinstance(out.file, io.StringIO)
    return [" ".join(line.split()) for line in out.file.getvalue().splitlines()]


async def test_a_search_prints_each_order_and_what_is_not_up_to_date() -> None:
    alike = {**HIT, "exact": False, "orders": []}
    gaps = [{"source": "wms", "stateText": "away since noon"}]
    assert await printed(search, {"search": {"hits": [HIT, alike], "gaps": gaps}}) == [
        "ORDER ORDER_NUMBER 317 SO-1 Acme",
        "Shipped",
        "ORDER ORDER_NUMBER 317 (alike)",
        "Not up to date: wms: away since noon",
    ]


async def test_a_narrow_terminal_cuts_nothing_off() -> None:
    words = "With the warehouse; one parcel on its way, tracking 1Z999AA10123456784; 3 of LAPTOP short."
    hit = {**HIT, "orders": [{**HIT["orders"][0], "statusText": words}]}
    lines = await printed(search, {"search": {"hits": [hit], "gaps": []}}, width=40)
    assert lines[0] == "ORDER ORDER_NUMBER 317 SO-1 Acme"
    assert " ".join(lines[1:]) == words


async def test_nothing_found_is_said_together_with_what_could_not_be_asked() -> None:
    gaps = [{"source": "wms", "stateText": "away since noon"}]
    assert await printed(search, {"search": {"hits": [], "gaps": gaps}}) == [
        "Nothing is known by 317.",
        "Not up to date: wms: away since noon",
    ]
    assert await printed(search, {"search": None}) == ["Nothing is known by 317."]


async def test_a_question_and_its_variables_reach_the_graph() -> None:
    async with serving(graph(lambda body: JSONResponse({"data": body}))) as url:
        said = await ask(Where(url=url, key="k"), "query Q { a }", {"b": "c"})
    assert said == {"query": "query Q { a }", "variables": {"b": "c"}}


async def test_what_the_hub_refuses_is_said_in_its_words() -> None:
    async with serving(graph(lambda _: JSONResponse({"data": None}))) as url:
        with pytest.raises(InvalidInput, match="send an API key"):
            await ask(Where(url=url, key="wrong"), "{ a }", {})
        with pytest.raises(CallerError, match="the hub answered nothing"):
            await ask(Where(url=url, key="k"), "{ a }", {})


async def test_who_is_no_hub_and_who_is_not_there_are_no_hub() -> None:
    async with serving(graph(lambda _: HTMLResponse("<html>"))) as url:
        with pytest.raises(StoreBusy, match=f"no hub answers at {url}"):
            await ask(Where(url=url, key="k"), "{ a }", {})
    with pytest.raises(StoreBusy, match=f"no hub answers at {url}"):
        await ask(Where(url=url, key="k"), "{ a }", {})


def test_a_running_hub_is_found_by_its_note_which_only_its_user_reads_and_which_ends_with_it(tmp_path: Path) -> None:
    note = tmp_path / "deep" / "running.json"
    with found_by_cli("http://127.0.0.1:1/", "demo-rep", note, data_dir=Path("somewhere")):
        assert left_data_dir(note) == Path("somewhere")
        assert where(None, None, note) == Where(url="http://127.0.0.1:1", key="demo-rep")
        assert where("http://other", "mine", note) == Where(url="http://other", key="mine")
        assert stat.S_IMODE(note.stat().st_mode) == 0o600
        assert list(note.parent.iterdir()) == [note]
    assert not note.exists()


def test_who_is_not_told_says_what_to_do(tmp_path: Path) -> None:
    note = tmp_path / "running.json"
    with pytest.raises(Misconfigured, match="no hub runs in this folder: start `opshub up` or say --url"):
        where(None, "k", note)
    with found_by_cli("http://127.0.0.1:1", place=note), pytest.raises(Misconfigured, match="say --key, or set"):
        where(None, None, note)
    note.write_text("half a no")
    with pytest.raises(Misconfigured, match="says nothing: start the hub again, or say --url and --key"):
        where("http://127.0.0.1:1", "k", note)


def test_the_note_of_a_hub_that_came_later_stays(tmp_path: Path) -> None:
    note = tmp_path / "running.json"
    with found_by_cli("http://first", place=note):
        note.write_text(json.dumps({"url": "http://second"}))
    assert json.loads(note.read_text()) == {"url": "http://second"}


def test_where_no_note_can_be_left_the_hub_runs_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with found_by_cli("http://first", place=tmp_path / "file" / "running.json"):
        pass
