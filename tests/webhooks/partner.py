"""A partner that fails, hangs, redirects and loses its answers, at random, and remembers what it took."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hub.partners.signing import signature
from hub.settings import Secret

SHARES = {"fails": 0.05, "redirects": 0.03, "hangs": 0.01, "loses": 0.01}
"""Of all calls; `loses`: takes it, and the answer says no."""


@dataclass(slots=True, kw_only=True)
class Partner:
    """An ASGI application: one endpoint, and a trap that redirects lead to."""

    secret: Secret
    rnd: Random
    calls: int = 0
    trapped: int = 0
    """Calls that followed a redirect."""
    unsigned: int = 0
    bare: int = 0
    """Bodies without the answer of the document."""
    taken: list[str] = field(default_factory=list)
    """Ids in the order in which they were taken, repeats too."""
    troubles: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SHARES, 0))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # Any: ASGI
        """Answer one call."""
        body, more = b"", True
        while more:
            part = await receive()
            if part["type"] == "http.disconnect":
                return None  # whoever called was killed before it had said all
            body, more = body + part.get("body", b""), part.get("more_body", False)
        if scope["path"] != "/hook":
            self.trapped += 1
            return await _answer(send, 204)
        self.calls += 1
        headers = {key.decode(): value.decode() for key, value in scope["headers"]}
        trouble = self._trouble()
        if trouble is not None:
            self.troubles[trouble] += 1
        if trouble == "hangs":
            return await asyncio.sleep(30)
        if trouble == "redirects":
            return await _answer(send, 307)
        if trouble == "fails":
            return await _answer(send, 503)
        self._take(headers, body)
        return await _answer(send, 500 if trouble == "loses" else 204)

    def _trouble(self) -> str | None:
        drawn = self.rnd.random()
        for name, share in SHARES.items():
            if drawn < share:
                return name
            drawn -= share
        return None

    def _take(self, headers: dict[str, str], body: bytes) -> None:
        event_id, at = headers["webhook-id"], int(headers["webhook-timestamp"])
        self.unsigned += headers["webhook-signature"] != signature(self.secret, event_id, at, body)
        self.bare += json.loads(body)["data"]["node"] is None
        self.taken.append(event_id)


async def _answer(send: Any, status: int) -> None:  # Any: ASGI
    headers = [(b"location", b"/trap")] if status == 307 else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
