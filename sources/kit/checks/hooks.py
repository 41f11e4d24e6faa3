"""C13: a delivery is believed only if every byte of it was signed with an active secret."""

from __future__ import annotations

import json
from functools import partial

from hub.errors import Denied
from hub.ports import WebhookDelivery
from sources.kit.checks.bench import Bench, expect, refused
from sources.kit.postbox import Letter

NOW, BEFORE, NEVER = "hook-secret-now", "hook-secret-before", "hook-secret-never"


async def deliveries_are_verified(bench: Bench) -> None:
    """Good and rotated signatures are accepted; tampered, re-serialised, unsigned, empty, doubled ones are refused."""
    order = await bench.stage.place(2)
    letter = await bench.stage.letter(order, NOW)
    header = _signature_header(bench, letter)
    body, signed = letter.body, letter.headers[header]
    async with (
        bench.adapter(secrets=(NOW,)) as adapter,
        bench.adapter(secrets=("hook-secret-next", NOW)) as rotating,
        bench.adapter(secrets=(NEVER,)) as stranger,
        bench.adapter() as deaf,
    ):
        delivery = adapter.verify(letter.headers, body)
        expect(delivery.body == body, "verify changes the body")
        expect(
            rotating.verify(letter.headers, body).body == body, "the secret before is not accepted while it is changed"
        )
        loud = {name.upper(): value for name, value in letter.headers.items()}
        expect(adapter.verify(loud, body).body == body, "header names are compared with their case")
        parsed = adapter.parse(delivery)
        about = [(one.kind, one.source_id) for one in parsed]
        expect((bench.kind, order) in about, f"the delivery about {order} gives {parsed}")
        again = WebhookDelivery(headers=dict(letter.headers), body=body)
        expect(adapter.dedupe_key(delivery) == adapter.dedupe_key(again), "a repeated delivery has another key")
        bad = {
            "one byte changed": (letter.headers, body[:-2] + b" }"),
            "re-serialised": (letter.headers, json.dumps(json.loads(body), indent=1).encode()),
            "an empty body": (letter.headers, b""),
            "an added line": (letter.headers, body + b"\n"),
            "other letters, same look": (letter.headers, body.replace(b"o", "о".encode(), 1)),  # noqa: RUF001 - the point
            "unsigned": ({name: value for name, value in letter.headers.items() if name != header}, body),
            "an empty signature": ({**letter.headers, header: ""}, body),
            "the signature twice": ({**letter.headers, header: f"{signed}, {signed}"}, body),
            "another signature": ({**letter.headers, header: signed[:-4] + "0000"}, body),
            "a signature that is no ASCII": ({**letter.headers, header: "sha256=é"}, body),
            "too large": (letter.headers, body + b" " * (2 * 1024 * 1024)),
        }
        for name, (headers, changed) in bad.items():
            refused(partial(adapter.verify, headers, changed), Denied, name)
        refused(lambda: stranger.verify(letter.headers, body), Denied, "a wrong secret")
        refused(lambda: deaf.verify(letter.headers, body), Denied, "no secret at all")


def _signature_header(bench: Bench, letter: Letter) -> str:
    named = [name for name in letter.headers if "signature" in name or "hmac" in name]
    expect(len(named) == 1, f"the delivery of {bench.stage.source} has {len(named)} signature headers")
    return named[0]
