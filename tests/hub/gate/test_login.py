"""One login for everybody who found the credential expired (F23)."""

from __future__ import annotations

import asyncio

import pytest

from hub.errors import SourceMisset
from hub.gate.login import SingleLogin
from tests.kit.virtual import VirtualLoop


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


async def test_fifty_callers_share_one_login() -> None:
    login, made = SingleLogin(), list[int]()

    async def log_in() -> None:
        made.append(1)
        await asyncio.sleep(1)

    await asyncio.gather(*(login.renew(0, log_in) for _ in range(50)))
    await login.renew(0, log_in)  # came late: there is a newer one already
    assert (len(made), login.generation) == (1, 1)
    await login.renew(1, log_in)
    assert (len(made), login.generation) == (2, 2)


async def test_a_refused_login_is_told_to_all_and_may_be_tried_again() -> None:
    login, made = SingleLogin(), list[int]()

    async def log_in() -> None:
        made.append(1)
        await asyncio.sleep(1)
        if len(made) == 1:
            message = "wrong password"
            raise SourceMisset(message)

    told = await asyncio.gather(*(login.renew(0, log_in) for _ in range(5)), return_exceptions=True)
    assert [type(one) for one in told] == [SourceMisset] * 5
    assert (len(made), login.generation) == (1, 0)
    await login.renew(0, log_in)
    assert login.generation == 1


async def test_the_login_goes_on_when_the_first_caller_is_called_off() -> None:
    login, made = SingleLogin(), list[int]()

    async def log_in() -> None:
        made.append(1)
        await asyncio.sleep(1)

    callers = [asyncio.ensure_future(login.renew(0, log_in)) for _ in range(2)]
    await asyncio.sleep(0.5)
    callers[0].cancel()
    await callers[1]
    assert (len(made), login.generation) == (1, 1)
