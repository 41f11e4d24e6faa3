"""C10, C11, C12, C16, C17: each trouble has its class, and no error tells a secret."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from hub.errors import HubError, OutcomeUnknown, SourceBusy, SourceError, SourceGarbled, SourceMisset
from hub.ports import Adapter, Found
from sources.kit.chaos import Order, Trouble
from sources.kit.checks.bench import ACTION, Bench, Sessions, everything_in, expect, in_time, raised

PARALLEL = 50
LONGEST = timedelta(hours=1, seconds=5)
HUGE = 24 * 1024 * 1024
DEEP = 100_000
HOSTILE_SECONDS = 15.0
HTML = {"content-type": "text/html"}


async def throttling_is_understood(bench: Bench) -> None:
    """429 with seconds, a date, nothing, nonsense: SourceBusy, throttled, with a retry instant that makes sense."""
    stage = bench.stage
    order = await stage.place(1)
    now = datetime.now(UTC)  # noqa: TID251 - compared with a date that the check itself writes
    given: dict[str, tuple[str | None, float | None]] = {
        "seconds": ("7", 7),
        "a date": (format_datetime(now + timedelta(seconds=90), usegmt=True), 90),
        "absent": (None, None),
        "absurd": ("999999999999", 3600),
        "negative": ("-5", None),
        "words": ("soon", None),
        "the past": (format_datetime(now - timedelta(days=1), usegmt=True), None),
    }
    async with bench.adapter() as adapter:
        for name, (header, seconds) in given.items():
            headers = {} if header is None else {"retry-after": header}
            stage.proxy.order(Order(trouble=Trouble.FAIL, holding=stage.reading, status=429, headers=headers))
            busy = await raised(
                adapter.read(bench.call, bench.kind, [order]), SourceBusy, f"429 with Retry-After {name}"
            )
            expect(busy.throttled, f"429 with Retry-After {name} is not said to be throttled")
            if seconds is None:
                expect(busy.retry_at is None, f"Retry-After {name} gives {busy.retry_at}")
            else:
                wait = (busy.retry_at - now).total_seconds() if busy.retry_at else -1.0
                expect(seconds - 3 <= wait <= seconds + 30, f"Retry-After {name}: {wait} s, not about {seconds} s")
                expect(wait <= LONGEST.total_seconds(), f"Retry-After {name} is believed beyond an hour")


async def one_login_for_all(bench: Bench) -> None:
    """A revoked session under 50 parallel reads: one login, and every read answers."""
    stage = bench.stage
    order = await stage.place(1)
    async with bench.adapter() as adapter:
        await bench.content(adapter, order)
        await stage.revoke()
        ended = await raised(adapter.read(bench.call, bench.kind, [order]), SourceMisset, "a revoked session")
        expect(ended.facts.get("expired"), "a revoked session is not marked `expired`, so nobody would log in again")
        stage.proxy.forget()
        sessions = Sessions(bench, adapter)
        reads = [sessions.through(lambda: adapter.read(bench.call, bench.kind, [order])) for _ in range(PARALLEL)]
        answers = await asyncio.gather(*reads)
    expect(all(isinstance(one[order], Found) for one in answers), "a read failed after the session was renewed")
    logins = bench.requests(stage.login)
    expect(logins == 1, f"{PARALLEL} parallel reads made {logins} logins")


async def broken_answers_have_a_class(bench: Bench) -> None:
    """Half a JSON, HTML, errors beside data, nothing, another shape: SourceGarbled; down, cut, hanging: SourceBusy."""
    stage = bench.stage
    order = await stage.place(1)
    errors = [{"message": "boom", "path": ["orders"]}]

    def with_errors(body: bytes) -> bytes:
        said = json.loads(body)
        return json.dumps({**(said if isinstance(said, dict) else {"data": said}), "errors": errors}).encode()

    garbled: dict[str, tuple[Callable[[bytes], bytes], dict[str, str]]] = {
        "half a JSON": (lambda body: body[: len(body) // 2], {}),
        "a page for people": (lambda _: b"<html>down for maintenance</html>", HTML),
        "200 with errors": (lambda _: json.dumps({"errors": errors, "data": None}).encode(), {}),
        "partial data with errors": (with_errors, {}),
        "an empty body": (lambda _: b"", {}),
        "another shape": (lambda body: b"{}" if body.lstrip().startswith(b"[") else b"[]", {}),
        "null": (lambda _: b"null", {}),
        "not UTF-8": (lambda _: b'{"data": "\xff\xfe"}', {}),
        "packed bytes": (gzip.compress, {"content-encoding": "gzip"}),
    }
    async with bench.adapter() as adapter:
        for name, (change, headers) in garbled.items():
            stage.proxy.order(Order(trouble=Trouble.SPOIL, holding=stage.reading, change=change, headers=headers))
            await raised(adapter.read(bench.call, bench.kind, [order]), SourceGarbled, name)
        for name, trouble in {"cut": Trouble.CUT, "hanging": Trouble.HANG, "lost": Trouble.LOSE}.items():
            stage.proxy.order(Order(trouble=trouble, holding=stage.reading))
            act = adapter.read(stage.call(patience=0.5), bench.kind, [order])
            await raised(act, SourceBusy, f"a connection that is {name}")
        for status in (500, 502, 503, 504):
            stage.proxy.order(Order(trouble=Trouble.FAIL, holding=stage.reading, status=status, headers=HTML))
            await raised(adapter.read(bench.call, bench.kind, [order]), SourceBusy, f"status {status}")
        for status in (301, 302, 307, 401, 403, 404):
            headers = {"location": "http://127.0.0.1:9/elsewhere"}
            stage.proxy.order(Order(trouble=Trouble.FAIL, holding=stage.reading, status=status, headers=headers))
            await raised(adapter.read(bench.call, bench.kind, [order]), SourceMisset, f"status {status}")
        await bench.content(adapter, order)


async def hostile_answers_are_bounded(bench: Bench) -> None:
    """24 MB, 100,000 levels, repeated keys, script in names: a typed answer, in bounded time."""
    stage = bench.stage
    order = await stage.place(1)
    bombs: dict[str, Callable[[bytes], bytes]] = {
        "24 MB": lambda body: body[:-1] + b" " * HUGE + body[-1:],
        "100,000 levels": lambda _: b'{"data":' * DEEP + b"1" + b"}" * DEEP,
        "100,000 lists": lambda body: _instead(body, b"[" * DEEP + b"]" * DEEP),
        "a number of 10,000 digits": lambda _: b'{"data":{"orders":{"totalItems":' + b"9" * 10_000 + b',"items":[]}}}',
    }
    async with bench.adapter() as adapter:
        for name, change in bombs.items():
            stage.proxy.order(Order(trouble=Trouble.SPOIL, holding=stage.reading, change=change))
            act = raised(adapter.read(bench.call, bench.kind, [order]), SourceGarbled, name)
            await in_time(act, HOSTILE_SECONDS, name)
        repeated = Order(
            trouble=Trouble.SPOIL,
            holding=stage.reading,
            change=lambda body: body.replace(b"{", b"{" + stage.nothing + b",", 1),
        )
        stage.proxy.order(repeated)
        await bench.content(adapter, order)
        script = b"<script>alert(1)</script>"
        stage.proxy.order(
            Order(trouble=Trouble.SPOIL, holding=stage.reading, change=lambda body: body.replace(b"Canary Row", script))
        )
        await bench.content(adapter, order)


async def nothing_secret_is_told(bench: Bench) -> None:
    """Passwords, tokens and personal data are in no error and no log line, not even at DEBUG."""
    stage = bench.stage
    order = await stage.place(3)
    email = (await stage.truth(order)).email
    told: list[str] = []
    ear = _Ear(told)
    root = logging.getLogger()
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        async with bench.adapter() as adapter:
            for trouble in _troubles(stage.reading, stage.envelope):
                stage.proxy.order(trouble)
                error = await _error_of(adapter, bench, order)
                told.append(everything_in(error))
            if ACTION in adapter.describe().writes:
                intent = await bench.cancel(adapter, order, 1)
                stage.proxy.order(Order(trouble=Trouble.LOSE, holding=stage.effect))
                told.append(everything_in(await raised(adapter.execute(bench.call, intent), OutcomeUnknown, "lost")))
            stage.proxy.order(Order(trouble=Trouble.FAIL, holding=stage.login, status=500))
            told.append(everything_in(await raised(adapter.login(bench.call), SourceError, "login down")))
            told.append(repr(adapter))
    finally:
        root.removeHandler(ear)
        root.setLevel(level)
    tokens = {one.headers.get("authorization", "").rpartition(" ")[2] for one in stage.proxy.exchanges}
    canaries = {*stage.canaries.secrets, *stage.canaries.personal, email, *tokens} - {""}
    text = "\n".join(told)
    leaks = [f"{canary[:6]}..." for canary in canaries if canary in text]
    expect(not leaks, f"told in an error or a log line: {', '.join(leaks)}")


def _instead(body: bytes, orders: bytes) -> bytes:
    """*orders* where an answer of this form holds its orders."""
    return orders if body.lstrip().startswith(b"[") else b'{"data":{"orders":' + orders + b"}}"


class _Ear(logging.Handler):
    def __init__(self, told: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(("uvicorn", "asyncio")):  # the rehearsal's and the check's own server
            self._told.append(record.getMessage())


def _troubles(reading: bytes, envelope: bytes) -> list[Order]:
    def spoil(change: Callable[[bytes], bytes], headers: dict[str, str] | None = None) -> Order:
        return Order(trouble=Trouble.SPOIL, holding=reading, change=change, headers=headers or {})

    return [
        spoil(lambda body: body[: len(body) // 2]),
        spoil(lambda body: body.replace(envelope, envelope[:-1] + b'z"')),
        spoil(lambda body: body, HTML),
        spoil(lambda body: b'{"errors":[{"message":' + json.dumps(body.decode()).encode() + b"}]}"),
        Order(trouble=Trouble.FAIL, holding=reading, status=401),
        Order(trouble=Trouble.FAIL, holding=reading, status=500),
        Order(trouble=Trouble.CUT, holding=reading),
    ]


async def _error_of(adapter: Adapter, bench: Bench, order: str) -> HubError:
    return await raised(adapter.read(bench.call, bench.kind, [order]), SourceError, "trouble")
