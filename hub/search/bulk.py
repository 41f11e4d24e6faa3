"""Writing many documents: item by item answered, batches as large as the engine bears, a bad one set aside."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any

from prometheus_client import Counter

from hub.clock import around
from hub.codec import encode
from hub.errors import SearchAway
from hub.search.documents import Action, bare
from hub.search.wire import Wire
from hub.telemetry import logger

log = logger(__name__)

MOST, LEAST = 1_000, 50  # documents of one request
BYTES = 5 * 1024 * 1024  # of one request
GROWTH = 50  # documents more after each request that went well
TRIES = 6  # of one request by who comes again later, while the engine has too much to do
PATIENT = 24  # of who would lose what it has done until then: some minutes
NOWHERE = "no write index is defined"
"""What is said of an alias that names two indices: a month began amid a swap, and `tidy` ends that."""
SHORTEST, LONGEST = 0.2, 10.0  # seconds until the first of them, doubled each time

WRITTEN = Counter("opshub_search_documents_written_total", "Documents that the search engine has taken")
SET_ASIDE = Counter("opshub_search_documents_set_aside_total", "Documents that the search engine refuses as they are")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of them."""

    done: int = 0
    """Taken, or there already."""
    set_aside: int = 0
    """Refused as they are: only their keys were written, and why."""
    homeless: Sequence[Action] = ()
    """Their alias does not exist."""


class _Fate(Enum):
    DONE = auto()
    AGAIN = auto()
    HOMELESS = auto()
    REFUSED = auto()


@dataclass(slots=True, kw_only=True)
class _Tally:
    done: int = 0
    set_aside: int = 0
    homeless: list[Action] = field(default_factory=list)
    why: str = ""
    """What the engine last said of having too much to do."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """An action as it travels."""

    action: Action
    lines: bytes


class Bulk:
    """Writes to one engine; learns how much it bears. One writer at a time."""

    def __init__(self, wire: Wire, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._wire = wire
        self._sleep = sleep
        self.size = MOST
        """Documents of the next request, at most."""

    async def write(self, actions: Sequence[Action], most: int = TRIES) -> Written:
        """Write all, in order; repeating it changes nothing. Raises SearchAway where the engine does not take them.

        *most*: how many times in a row it may have too much to do.
        """
        tally, tries = _Tally(), 0
        waiting = [_sent(action) for action in actions]
        while waiting:
            batch = _first(waiting, self.size)
            busy, rest = await self._send(batch, tally)
            waiting[: len(batch)] = [*busy, *rest]
            if not busy:
                tries, self.size = 0, min(MOST, self.size + GROWTH)
                continue
            tries += 1
            if tries >= most:
                message = f"OpenSearch has too much to do: {tally.why}"
                raise SearchAway(message)
            self.size = max(LEAST, self.size // 2)
            await self._sleep(around(min(LONGEST, SHORTEST * 2 ** (tries - 1))))
        return Written(done=tally.done, set_aside=tally.set_aside, homeless=tuple(tally.homeless))

    async def _send(self, batch: Sequence[_Sent], tally: _Tally) -> tuple[list[_Sent], list[_Sent]]:
        """What met too much work, and the bare forms of what is refused: to be sent again."""
        try:
            answer = await self._wire.ask("POST", "/_bulk", b"".join(one.lines for one in batch))
        except SearchAway as away:
            if "status" not in away.facts:  # no answer at all: whoever asked waits longer
                raise
            tally.why = away.message
            return [*batch], []
        busy, rest = [], []
        for one, item in zip(batch, answer["items"], strict=True):
            (said,) = item.values()
            fate = _fate(one.action, said)
            if fate is _Fate.DONE:
                tally.done += 1
            elif fate is _Fate.AGAIN:
                busy.append(one)
                tally.why = _words(said)
            elif fate is _Fate.HOMELESS:
                tally.homeless.append(one.action)
            else:
                rest += _aside(one.action, said, tally)
        WRITTEN.inc(len(batch) - len(busy) - len(rest))
        return busy, rest


def _aside(action: Action, said: Mapping[str, Any], tally: _Tally) -> list[_Sent]:
    """The bare form of a document that is refused; none where that is refused as well."""
    why = _words(said)
    log.error("search.set_aside", key=action.id, status=said["status"], error=why)
    if action.document is None or "problem" in action.document:
        return []
    tally.set_aside += 1
    SET_ASIDE.inc()
    return [_sent(replace(action, document=bare(action.document, why)))]


def _words(said: Mapping[str, Any]) -> str:
    error = said.get("error") or {}
    return f"{error.get('type')}: {error.get('reason')}"[:300]


def _fate(action: Action, said: Mapping[str, Any]) -> _Fate:
    status = said["status"]
    error = said.get("error") or {}
    if status < 300 or status == 409:  # 409: a newer version, or the same hop, is there
        return _Fate.DONE
    if status in (429, 502, 503, 504):
        return _Fate.AGAIN
    if status == 404:
        is_there = error.get("type") != "index_not_found_exception"
        return _Fate.DONE if is_there and action.document is None else _Fate.HOMELESS
    return _Fate.HOMELESS if NOWHERE in error.get("reason", "") else _Fate.REFUSED


def _first(waiting: Sequence[_Sent], most: int) -> Sequence[_Sent]:
    """As many as one request bears; at least one."""
    taken = size = 0
    for one in waiting[:most]:
        size += len(one.lines)
        if taken and size > BYTES:
            break
        taken += 1
    return waiting[:taken]


def _sent(action: Action) -> _Sent:
    head: dict[str, Any] = {"_index": action.index, "_id": action.id}  # Any: JSON
    if action.version is not None:
        head |= {"version": action.version, "version_type": "external_gte"}
    if action.document is None:
        return _Sent(action, encode({"delete": head}) + b"\n")
    if not action.is_index:
        head["require_alias"] = True  # else the engine would make an index of that name
    return _Sent(action, encode({"index": head}) + b"\n" + encode(action.document) + b"\n")
