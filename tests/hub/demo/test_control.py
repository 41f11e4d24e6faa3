"""`opshub demo break|heal`: it reaches the demo of the same folder, and says so where none is there."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from hub.clock import SystemClock
from hub.demo.control import NOTE, directed, new_token, tell
from hub.errors import Misconfigured
from hub.settings import Secret
from sources.kit.serve import serving
from sources.vendure.rehearsal.stand import Stand, controls, make_stand


@pytest.fixture(autouse=True)
def _empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    stand = make_stand(SystemClock(), user="hub", password=Secret("x"), seed=7)
    yield stand
    await stand.close()


async def status(url: str) -> int:
    async with httpx.AsyncClient(trust_env=False) as http:
        return (await http.post(f"{url}/admin-api", json={"query": "{ __typename }"})).status_code


async def test_a_source_is_broken_and_healed_by_its_name(stand: Stand) -> None:
    token = new_token()
    async with serving(stand.app) as url, serving(controls(stand, token)) as control:
        with directed({"shop": control}, token):
            assert stat.S_IMODE(NOTE.stat().st_mode) == 0o600
            assert await tell("break", "shop") == "shop is broken: it answers 503"
            assert await status(url) == 503
            assert await tell("heal", "shop") == "shop is well again"
            assert await status(url) != 503
            with pytest.raises(Misconfigured, match="the demo has no erp; it has shop"):
                await tell("break", "erp")
    assert not NOTE.exists()


async def test_where_no_demo_runs_it_is_said() -> None:
    with pytest.raises(Misconfigured, match="no demo runs in this folder: start it with `make demo`"):
        await tell("break", "shop")


async def test_a_demo_that_was_killed_or_replaced_is_said_to_be_gone(stand: Stand) -> None:
    async with serving(controls(stand, new_token())) as control:
        with directed({"shop": control}, Secret("of an earlier run")), pytest.raises(Misconfigured, match="is gone"):
            await tell("break", "shop")
    with directed({"shop": control}, new_token()), pytest.raises(Misconfigured, match="is gone"):
        await tell("break", "shop")


def test_every_run_has_a_token_of_its_own() -> None:
    assert len({new_token().reveal() for _ in range(3)}) == 3
