"""Signatures as Standard Webhooks wants them: HMAC-SHA256 over `id.timestamp.body`, one for each valid secret."""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Sequence
from datetime import datetime

from hub.settings import Secret

PREFIX = "whsec_"
BYTES = 32


def new_secret() -> Secret:
    """A fresh secret, as its receiver configures it."""
    return Secret(PREFIX + base64.b64encode(os.urandom(BYTES)).decode())


def signature(secret: Secret, event_id: str, at: int, body: bytes) -> str:
    """`v1,` and the signature of one secret; *at* in seconds since 1970."""
    key = base64.b64decode(secret.reveal().removeprefix(PREFIX))
    signed = b".".join((event_id.encode(), str(at).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def headers_of(secrets: Sequence[Secret], event_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers that go with *body*: a receiver takes it if any of the signatures is right."""
    seconds = int(at.timestamp())
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(signature(one, event_id, seconds, body) for one in secrets),
    }
