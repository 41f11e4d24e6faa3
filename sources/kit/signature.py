"""Signatures of deliveries: HMAC over the raw bytes, in constant time, two secrets at a time (connectors.md 3.3)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from hub.errors import Denied

BODY_LIMIT = 1024 * 1024
MOST_SECRETS = 2


def sign(body: bytes, secret: str) -> str:
    """HMAC-SHA256 of *body* in lower-case hex."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def check(body: bytes, given: str | None, secrets: Sequence[str], *, prefix: str = "") -> None:
    """Nothing, if *given* is *prefix* and the signature of exactly these bytes by an active secret. Raises Denied.

    An empty list of secrets accepts nothing: an unsigned sender is never believed.
    """
    if len(body) > BODY_LIMIT:
        message = "the delivery is too large"
        raise Denied(message, size=len(body))
    if given is None or not given.startswith(prefix) or not given.isascii():
        message = "the delivery is not signed"
        raise Denied(message)
    offered = given.removeprefix(prefix).lower().encode()
    # every secret is tried, so the time taken does not tell which one fits
    fits = [hmac.compare_digest(sign(body, secret).encode(), offered) for secret in secrets[:MOST_SECRETS] if secret]
    if not any(fits):
        message = "the signature is not ours"
        raise Denied(message)
