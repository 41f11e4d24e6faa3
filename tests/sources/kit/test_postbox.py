"""Takes webhooks for the suite."""

import httpx
import pytest

from sources.kit.postbox import Postbox


async def test_a_letter_is_kept_with_its_very_bytes() -> None:
    async with Postbox().standing() as box, httpx.AsyncClient() as client:
        answer = await client.post(box.url, content=b'{ "a":1}', headers={"x-signature": "s"})
        letter = await box.wait(lambda letter: b'"a"' in letter.body)
    assert answer.status_code == 202
    assert (letter.body, letter.headers["x-signature"]) == (b'{ "a":1}', "s")


async def test_waiting_for_what_never_comes_ends() -> None:
    async with Postbox().standing() as box:
        with pytest.raises(TimeoutError):
            await box.wait(lambda _: True, seconds=0.01)
