"""One POST to a partner: to a checked address, without redirects, within a time, its answer read up to a size."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import httpx

from hub.errors import InvalidInput
from hub.partners.addresses import Addresses, Goal

MOST_READ = 16 * 1024  # bytes of an answer that are read; nothing is done with them
CONNECT = 5.0  # seconds
LONGEST_WAIT = 3600.0  # seconds that an endpoint may ask for
AGENT = "opshub-webhooks/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What became of one POST."""

    status: int | None = None
    """None where no answer came."""
    error: str | None = None
    """Why it does not count as taken, in words; None where it was taken."""
    retry_after: float = 0.0
    """Seconds that the endpoint asked to wait."""

    @property
    def is_taken(self) -> bool:
        """Whether the endpoint said that it has it."""
        return self.error is None


class Poster:
    """Posts, each time within *seconds*; connections of one host are never used for another."""

    def __init__(self, addresses: Addresses, seconds: float) -> None:
        self._addresses = addresses
        self._seconds = seconds
        self._clients: dict[Goal, httpx.AsyncClient] = {}

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """What *url* answers. Never raises but for cancellation."""
        try:
            async with asyncio.timeout(self._seconds):
                goal = self._addresses.goal(url)
                address = await self._addresses.resolved(goal)
                client = self._client(goal)
                return await _sent(client, _request(client, (url, goal, address), headers, body))
        except InvalidInput as refused:
            return Reply(error=refused.message)
        except TimeoutError:
            return Reply(error=f"no answer within {self._seconds:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as failed:
            return Reply(error=f"the call failed: {type(failed).__name__}")

    async def close(self) -> None:
        """Close every connection."""
        while self._clients:
            _, client = self._clients.popitem()
            await client.aclose()

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """Reading all authorities takes a while, and most processes never post."""
        return ssl.create_default_context()

    def _client(self, goal: Goal) -> httpx.AsyncClient:
        if goal not in self._clients:
            timeout = httpx.Timeout(self._seconds, connect=CONNECT)
            self._clients[goal] = httpx.AsyncClient(verify=self._trust, timeout=timeout, trust_env=False)
        return self._clients[goal]


def _request(
    client: httpx.AsyncClient, where: tuple[str, Goal, str], headers: Mapping[str, str], body: bytes
) -> httpx.Request:
    """To the address that was checked; the name goes where TLS and HTTP look for it."""
    url, goal, address = where
    asked = httpx.URL(url)
    told = {"host": asked.netloc.decode(), "user-agent": AGENT, "accept-encoding": "identity", **headers}
    return client.build_request(
        "POST", asked.copy_with(host=address), headers=told, content=body, extensions={"sni_hostname": goal.host}
    )


async def _sent(client: httpx.AsyncClient, request: httpx.Request) -> Reply:
    answer = await client.send(request, stream=True, follow_redirects=False)
    try:
        read = 0
        async for chunk in answer.aiter_raw():
            read += len(chunk)
            if read > MOST_READ:
                break
    finally:
        await answer.aclose()
    return _judged(answer)


def _judged(answer: httpx.Response) -> Reply:
    status = answer.status_code
    if 200 <= status < 300:
        return Reply(status=status)
    if 300 <= status < 400:
        return Reply(status=status, error=f"it answered {status}: redirects are not followed")
    asked = answer.headers.get("retry-after", "")
    wait = min(float(asked), LONGEST_WAIT) if asked.isdecimal() else 0.0
    return Reply(status=status, error=f"it answered {status}", retry_after=wait)
