"""Broken versions of good messages: bytes flipped, cut, doubled, spliced, and pieces that break naive readers."""

from __future__ import annotations

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


def mutated(seeds: Sequence[bytes], count: int, dice: random.Random) -> Iterator[bytes]:
    """*count* messages, each one to four steps away from one of *seeds*."""
    for _ in range(count):
        message = bytearray(dice.choice(seeds))
        for _ in range(dice.randint(1, 4)):
            _step(message, seeds, dice)
        yield bytes(message)


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
