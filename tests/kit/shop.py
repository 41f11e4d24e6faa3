"""A configured Vendure source without a server behind it: enough for what an adapter does purely."""

from __future__ import annotations

import hashlib
import hmac
import json

from hub.clock import SystemClock
from hub.settings import Secret
from sources.vendure.adapter import VendureAdapter, VendureSettings, connect

WEBHOOK_SECRET = "a secret shared with the plugin"


def unreachable_shop(source: str = "shop") -> VendureAdapter:
    """An adapter whose server nobody started."""
    settings = VendureSettings(user="hub", password=Secret("unused"), webhook_secret=Secret(WEBHOOK_SECRET))
    return connect(settings, url="http://127.0.0.1:9", source=source, clock=SystemClock())


def hook_body(event: str, order: int, **said: object) -> bytes:
    """What the plugin posts when an order moves."""
    usual = {
        "id": event,
        "type": "order.state",
        "at": "2026-11-21T12:00:00.000Z",
        "orderId": order,
        "code": f"CODE{order:012}",
        "state": "PaymentSettled",
    }
    return json.dumps(usual | said).encode()


def signed(body: bytes, secret: str = WEBHOOK_SECRET) -> dict[str, str]:
    """The plugin's headers."""
    mac = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"content-type": "application/json", "x-vendure-signature": f"sha256={mac}"}
