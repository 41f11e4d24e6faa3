"""Processes of the hub from start to end, as real ones: they find their database, say where they are, and end well."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from hub.clock import SystemClock
from hub.errors import Misconfigured
from hub.guard.keys import hash_of
from hub.processes import listening, looping, signalled, until_told
from hub.settings import HttpSettings, Settings
from hub.store.roles import RoleUrls
from hub.store.store import Store
from hub.tending import Sources, Tools
from hub.wiring import open_hub
from hub.work import Part
from tests.kit.caller import Caller
from tests.kit.commands import Ended, Folder, end, roomy
from tests.kit.recorder import ListRecorder
from tests.kit.scripted_shop import Fault, ScriptedAdapter, ScriptedShop, scripted_binding, scripted_manifest
from tests.kit.station import Station
from tests.kit.wait import until, until_so

KEY = {
    "HUB__KEYS__REP__HASH": hash_of("rep"),
    "HUB__KEYS__REP__TENANT": "acme",
    "HUB__KEYS__REP__SCOPES": "orders:read",
}
ANY_PORT = {"HUB__HTTP__PORT": "0", "HUB__LOG__LEVEL": "warning"}
FEED = "subscription { orderChanged(includeInitial: true) { kind cursor } }"


@pytest.fixture
def folder(tmp_path: Path, database: RoleUrls) -> Folder:
    """A folder in which a database runs."""
    folder = Folder(path=tmp_path, environ=KEY | ANY_PORT)
    folder.finds(database)
    return folder


async def test_processes_share_a_shard_and_each_ends_well_alone(folder: Folder, store: Store) -> None:
    async def is_led() -> bool:
        async with store.across() as tx:
            return bool(await tx.scalar(text("select until > clock_timestamp() from sequencer")))

    async with folder.running("work") as working, folder.running("serve") as process:
        url = await folder.url(process)
        await until_so(is_led)
        async with httpx.AsyncClient(trust_env=False) as http, Caller(url=url, key="rep", http=http).sse(FEED) as heard:
            await heard.started()
            assert await end(process) == Ended(code=0, out="", err=""), "streams are told to resume elsewhere"
            await until(lambda: heard.is_over)
        assert heard.errors == []
        assert not folder.note.exists()
        assert await end(working, signal.SIGINT) == Ended(code=0, out="", err="")
    assert not await is_led(), "the lead is left to others"


async def test_a_taken_port_is_refused_before_anything_else(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = Settings(http=HttpSettings(port=port))
        with pytest.raises(Misconfigured, match=f"127.0.0.1:{port} cannot be listened to: Address already in use"):
            listening(settings)
        refused = await Folder(path=tmp_path, environ={"HUB__HTTP__PORT": str(port)}).run("up")
    said = f"127.0.0.1:{port} cannot be listened to: Address already in use\n"
    assert refused == Ended(code=1, out="", err=said)
    assert not (tmp_path / ".opshub").exists()


async def test_up_makes_everything_from_nothing_and_takes_it_down_again(home: Path) -> None:
    folder = Folder(path=roomy(home), environ=KEY | ANY_PORT)
    async with folder.running("up") as process:
        url = await folder.url(process)
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await Caller(url=url, key="rep", http=http).ask('{ search(text: "317") { hits { kind } } }')
        assert answer.data == {"search": {"hits": []}}
        asked = await folder.run("search", "317", "--key", "rep")
        assert asked == Ended(code=0, out="Nothing is known by 317.\n", err="")
        first = await end(process)
        assert (first.code, first.out) == (0, "")
    assert await folder.run("migrate") == Ended(code=1, out="", err="the database is away, restarting or overloaded\n")


async def test_told_to_end_while_it_starts_it_ends_as_well(home: Path) -> None:
    folder = Folder(path=roomy(home), environ=KEY | ANY_PORT)
    async with folder.running("up") as process:
        await until((home / ".opshub" / "owner.lock").exists)
        assert await end(process) == Ended(code=0, out="", err="")
    assert not folder.note.exists()


async def test_a_process_that_ends_by_itself_is_not_waited_for_and_its_refusal_is_heard() -> None:
    async def refuse() -> None:
        message = "it may not"
        raise Misconfigured(message)

    with pytest.raises(Misconfigured, match="it may not"):
        await until_told(refuse())
    await until_told(asyncio.sleep(0))


def test_any_free_port_is_listened_to_and_who_comes_early_waits() -> None:
    with listening(Settings(http=HttpSettings(port=0))) as listener:
        host, port = listener.getsockname()
        assert (host, port > 0) == ("127.0.0.1", True)
        socket.create_connection((host, port)).close()


async def test_what_is_sent_is_not_held_back_until_the_caller_has_acknowledged_what_came_before() -> None:
    nagles = asyncio.get_running_loop().create_future()

    class Connected(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            held: socket.socket = transport.get_extra_info("socket")
            nagles.set_result(not held.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    with listening(Settings(http=HttpSettings(port=0))) as listener:
        server = await asyncio.get_running_loop().create_server(Connected, sock=listener)
        with socket.create_connection(listener.getsockname()):
            assert not await nagles
        server.close()


async def test_both_signals_are_heard_while_the_block_runs() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        async with signalled() as told:
            assert not told.is_set()
            os.kill(os.getpid(), number)
            await told.wait()
        assert signal.getsignal(number) == before


async def test_what_is_under_way_at_a_source_may_end_before_the_process_does(database: RoleUrls, store: Store) -> None:
    shop = ScriptedShop()
    shop.place("o1")
    looking = Station(store=store, shop=shop)
    manifest = scripted_manifest(longest_call=timedelta(seconds=30))
    binding = scripted_binding(manifest)
    tools = Tools(
        store=store, writer=looking.writer, recorder=ListRecorder(), clock=SystemClock(), holder="w1",
        lease=timedelta(minutes=1),
    )  # fmt: skip
    async with open_hub(Settings(), database) as hub:
        hub = replace(hub, sources=Sources(tools, [(binding, ScriptedAdapter(shop, manifest))]))
        async with looping(hub, frozenset({Part.WORK})):
            await until_so(lambda: _is_known(looking))
            answer = asyncio.Event()
            shop.fail(Fault(verb="execute", until=answer))
            await looking.cancel("o1")
            await until(lambda: "execute" in shop.requests)
            asyncio.get_running_loop().call_later(0.3, answer.set)  # after the loops were told to end
    kept = await looking.delivery()
    assert (kept["state"], kept["error"]) == ("DONE", None)


async def _is_known(looking: Station) -> bool:
    return bool(await looking.rows("select 1 from entity"))
