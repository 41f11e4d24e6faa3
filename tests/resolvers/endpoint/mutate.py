"""Broken versions of good messages: bytes flipped, cut, doubled, spliced, and pieces that break naive readers."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence

_PIECES = (
    b"null",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"9" * 70,
    b"\x00",
    b"\xff\xfe",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"\\u0000",
    b"\xef\xbb\xbf",
    b"[",
    b"]",
    b"{",
    b"}",
    b'"',
    b"\\",
    b",",
    b":",
    b"[" * 40,
    b'{"a":' * 40,
    b"<html><body>502 Bad Gateway</body></html>",
    b"...on Order{number}",
    b"@skip(if:true)",
    b"$n",
    b"\\n#",
    b'\\"\\"\\"',
    b"__schema{types{name}}",
    b"query",
    b"mutation",
    b"subscription",
    b"fragment F on Order{...F}",
)

_KEY = {"Authorization": "Bearer good-key"}
SUBSCRIBED: tuple[dict[str, object], ...] = (
    {"query": "{ hello }", "variables": {"name": "x"}, "operationName": None},
    {"query": "subscription { count { cursor value } }"},
    {"query": "mutation { bump }", "extensions": {"correlationId": "abcdefgh"}},
)
FRAMES = [
    *(
        json.dumps(message).encode()
        for message in (
            {"type": "connection_init", "payload": _KEY},
            {"type": "ping", "payload": {"a": [1, None]}},
            {"type": "pong"},
            {"id": "1", "type": "complete"},
        )
    ),
    *(
        json.dumps({"id": str(n), "type": "subscribe", "payload": payload}).encode()
        for n, payload in enumerate(SUBSCRIBED)
    ),
]
"""Good frames of a client."""


def mutated(seeds: Sequence[bytes], count: int, dice: random.Random) -> Iterator[bytes]:
    """*count* messages, each one to four steps away from one of *seeds*."""
    for _ in range(count):
        message = bytearray(dice.choice(seeds))
        for _ in range(dice.randint(1, 4)):
            _step(message, seeds, dice)
        yield bytes(message)


def mutated_documents(messages: Sequence[dict[str, object]], count: int, dice: random.Random) -> Iterator[bytes]:
    """*count* well-formed JSON requests whose documents are broken: these get past the first readers."""
    for _ in range(count):
        message = dice.choice(messages)
        (broken,) = mutated([str(message["query"]).encode()], 1, dice)
        yield json.dumps({**message, "query": broken.decode("utf-8", "replace")}).encode()


def _step(message: bytearray, seeds: Sequence[bytes], dice: random.Random) -> None:
    start = dice.randrange(len(message) + 1)
    end = min(len(message), start + dice.choice((1, 2, 5, 20)))
    kind = dice.randrange(6)
    if kind == 0 and message:
        message[min(start, len(message) - 1)] = dice.randrange(256)
    elif kind == 1:
        del message[start:end]
    elif kind == 2:
        message[start:start] = message[start:end] * dice.choice((1, 3, 30))
    elif kind == 3:
        message[start:end] = dice.choice(_PIECES)
    elif kind == 4:
        del message[start:]
    else:
        other = dice.choice(seeds)
        cut = dice.randrange(len(other) + 1)
        message[start:] = other[cut:]
