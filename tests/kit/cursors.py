"""What cursors of streams hold. No client may look; a judge may."""

from __future__ import annotations

import base64
import json

MAC = 16  # bytes before a cursor's own words


def position_of(cursor: str) -> int:
    """Where in the log a cursor stands."""
    whole = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    return int(json.loads(whole[MAC:])["position"])
