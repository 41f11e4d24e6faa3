"""One HTTP client for every adapter: bounded, bound to one origin, and it says what an error means (design D10).

It never retries, never follows a redirect, never sends a credential anywhere but to its origin.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.util import find_spec
from typing import NoReturn

import httpx

from hub.clock import Clock
from hub.errors import OutcomeUnknown, SourceBusy, SourceGarbled, SourceMisset
from hub.ports import FreePass, Turnstile

if "sniffio" not in sys.modules and find_spec("sniffio") is None:
    # httpcore asks for it thrice a request, and each time Python would search every folder for what is not there
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # the documented sign of what cannot be imported

BODY_LIMIT = 16 * 1024 * 1024
"""Bytes of an answer; a longer one is not read to its end."""
CONNECT_SECONDS = 5.0
LONGEST_PAUSE = timedelta(hours=1)
"""No `Retry-After` is believed beyond this."""

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request to the origin, with a body of JSON or none."""

    path: str
    headers: Mapping[str, str]
    patience: float
    """Seconds from the first byte out to the last byte in."""
    turnstile: Turnstile = field(default_factory=FreePass)
    """Asked directly before the request is written."""
    body: bytes = b""
    method: str = "POST"
    has_effect: bool = False
    """Whether the source may change something: then a lost answer is an unknown outcome, never a failure."""
    readable: frozenset[int] = frozenset()
    """Statuses whose body, of any form, the adapter reads itself: 200 among them where the source answers no JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A complete answer: JSON with status 200, or anything with a status that the request calls readable."""

    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    clock: datetime | None
    """The source's own clock, from its `Date` header."""
    skew: float | None
    """Seconds that the source's clock is ahead of ours; a `Date` has whole seconds only."""
    status: int = 200


class Origin:
    """The only place an adapter's requests and credentials go."""

    def __init__(self, url: str, *, source: str, clock: Clock, body_limit: int = BODY_LIMIT) -> None:
        """Talk to *url*; paths of requests are appended to it."""
        self._url = url.rstrip("/")
        self._source = source
        self._clock = clock
        self._body_limit = body_limit
        for chatty in ("httpx", "httpcore"):  # at DEBUG they write every header, credentials included
            logging.getLogger(chatty).setLevel(logging.WARNING)
        self._client = httpx.AsyncClient(
            verify=_trusted(),
            follow_redirects=False,
            trust_env=False,  # a proxy from the environment would see the credentials
            headers={
                "accept": "application/json",
                "accept-encoding": "identity",
            },  # nothing to unpack, nothing to explode
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=8),
        )

    async def send(self, request: Request) -> Answer:
        """The answer, if it is a 200, or readable, within patience and size.

        Raises SourceBusy where nothing can have happened and a later try may help, OutcomeUnknown where a request with
        effect was sent and its answer is not a whole 200 or a clean refusal, SourceMisset where the operator must act,
        SourceGarbled where the answer is not what the contract says.
        """
        await request.turnstile.admit(has_effect=request.has_effect)
        try:
            async with asyncio.timeout(request.patience):
                return await self._exchange(request)
        except TimeoutError as slow:
            message = "the source did not answer in time"
            self._lost(request, message, slow)
        except _NOT_SENT as unreachable:
            message = "the source cannot be reached"
            raise SourceBusy(message, source=self._source, reason=type(unreachable).__name__) from None
        except httpx.HTTPError as broken:
            message = "the connection broke before the answer was complete"
            self._lost(request, message, broken)

    async def post(self, request: Request) -> Answer:
        """As `send`."""
        return await self.send(request)

    async def close(self) -> None:
        """Give connections back."""
        await self._client.aclose()

    async def _exchange(self, request: Request) -> Answer:
        timeout = httpx.Timeout(request.patience, connect=min(CONNECT_SECONDS, request.patience))
        headers = {"content-type": "application/json", **request.headers}
        outgoing = self._client.build_request(
            request.method,
            self._url + request.path,
            content=request.body or None,
            headers=headers,
            timeout=timeout,
            extensions={"trace": _watch(request.turnstile)},
        )
        incoming = await self._client.send(outgoing, stream=True)
        try:
            self._judge(request, incoming)
            body = await self._collect(request, incoming)
            self._judge_packing(request, incoming, body)
        finally:
            await incoming.aclose()
        clock = _http_date(incoming.headers.get("date"))
        return Answer(
            headers={name.lower(): value for name, value in incoming.headers.items()},
            body=body,
            clock=clock,
            skew=None if clock is None else (clock - self._clock.now()).total_seconds(),
            status=incoming.status_code,
        )

    def _judge(self, request: Request, incoming: httpx.Response) -> None:
        status = incoming.status_code
        if status in request.readable:
            return None
        if status == httpx.codes.OK:
            return self._judge_form(request, incoming)
        source = self._source
        if status == httpx.codes.TOO_MANY_REQUESTS:
            message = "the source asks for fewer calls"
            raise SourceBusy(message, retry_at=self._retry_at(incoming), throttled=True, source=source, status=status)
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            if request.has_effect:  # a gateway may have lost an answer that stood for an effect
                message = "the source failed after it had the request"
                raise OutcomeUnknown(message, source=source, status=status)
            message = "the source failed"
            raise SourceBusy(message, retry_at=self._retry_at(incoming), source=source, status=status)
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            message = "the source does not accept our credentials"
            raise SourceMisset(message, expired=True, source=source, status=status)
        if httpx.codes.MULTIPLE_CHOICES <= status < httpx.codes.BAD_REQUEST or status == httpx.codes.NOT_FOUND:
            message = "the source's url does not lead to its API (redirects are never followed)"
            raise SourceMisset(message, source=source, status=status)
        message = "the source did not understand a request of this adapter"
        raise SourceGarbled(message, source=source, status=status)

    def _judge_form(self, request: Request, incoming: httpx.Response) -> None:
        form = incoming.headers.get("content-type", "").split(";")[0].strip().lower()
        if not form.endswith(("/json", "+json")):
            self._unreadable(request, f"the source answered {form or 'something'} where JSON was agreed")

    def _judge_packing(self, request: Request, incoming: httpx.Response, body: bytes) -> None:
        """Bytes are believed, not the header: Tryton 8.2 calls long answers packed to whoever asked for plain ones."""
        packed = incoming.headers.get("content-encoding", "identity").lower()
        if packed != "identity" and not body.lstrip().startswith((b"{", b"[")):
            self._unreadable(request, f"the source answered in {packed} where plain JSON was agreed")

    async def _collect(self, request: Request, incoming: httpx.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in incoming.aiter_raw():
            size += len(part)
            if size > self._body_limit:
                self._unreadable(request, f"the answer is larger than {self._body_limit} bytes")
            parts.append(part)
        return b"".join(parts)

    def _unreadable(self, request: Request, message: str) -> NoReturn:
        if request.has_effect:
            raise OutcomeUnknown(message, source=self._source)
        raise SourceGarbled(message, source=self._source)

    def _lost(self, request: Request, message: str, cause: Exception) -> NoReturn:
        reason = type(cause).__name__
        if request.has_effect:
            raise OutcomeUnknown(message, source=self._source, reason=reason) from None
        raise SourceBusy(message, source=self._source, reason=reason) from None

    def _retry_at(self, incoming: httpx.Response) -> datetime | None:
        given = incoming.headers.get("retry-after", "").strip()
        now = self._clock.now()
        if given.isascii() and given.isdigit():
            wanted = now + min(timedelta(seconds=min(int(given[:10]), 10**9)), LONGEST_PAUSE)
        else:
            named = _http_date(given)
            if named is None:
                return None
            wanted = min(named, now + LONGEST_PAUSE)
        return wanted if wanted > now else None


def _watch(turnstile: Turnstile) -> Callable[[str, object], Awaitable[None]]:
    async def watch(event: str, _facts: object) -> None:
        if event.endswith(".send_request_body.complete"):
            turnstile.written()

    return watch


def _http_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that are believed, read once for all sources: reading them is most of what a client costs."""
    return httpx.create_ssl_context(trust_env=False)
