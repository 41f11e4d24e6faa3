"""Makes signed deliveries, as a carrier or an aggregator would."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sources.kit.postbox import Letter
from sources.kit.signature import sign
from sources.tracking.adapter import SIGNATURE_HEADER


def letter(secret: str, **said: object) -> Letter:
    """A delivery of one event, signed with *secret*; *said* by the wire's own names."""
    return signed(json.dumps(said, ensure_ascii=False).encode(), secret)


def signed(body: bytes, secret: str) -> Letter:
    """A delivery of any body."""
    headers: Mapping[str, str] = {
        "content-type": "application/json",
        SIGNATURE_HEADER: f"sha256={sign(body, secret)}",
    }
    return Letter(headers=dict(headers), body=body)
