"""Global ids: opaque to clients, stable across source migrations (graphql.md 4 item 2)."""

from __future__ import annotations

import base64
import binascii
import os
import time
import uuid
from urllib.parse import quote, unquote

from hub.errors import InvalidInput
from hub.model.vocabulary import Kind

OWN_NUMBER = "H[0-9A-HJKMNP-TV-Z]{8}"
"""Regular expression of the numbers that the hub gives: no letter is taken for a digit when one is read out."""
_SPOKEN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def mint() -> str:
    """A new entity id: UUIDv7, so ids sort by age and the lowest survives a merge (Id-3)."""
    millis = time.time_ns() // 1_000_000
    value = (millis << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))


def spoken_number() -> str:
    """A number that the hub gives an order: short, and no letter of it is taken for a digit (`OWN_NUMBER`).

    One in 10^12: whoever uses it makes sure that nobody else does.
    """
    value = int.from_bytes(os.urandom(5), "big")
    return "H" + "".join(_SPOKEN[value >> shift & 31] for shift in range(35, -5, -5))


def global_id(kind: str, local: str) -> str:
    """The id that clients hold: format version, kind and hub id, opaque."""
    return base64.urlsafe_b64encode(f"1:{kind}:{local}".encode()).decode().rstrip("=")


def from_global(value: str) -> tuple[str, str]:
    """(kind, hub id) of a global id. Raises InvalidInput where it is none of ours."""
    try:
        raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True).decode()
        version, kind, local = raw.split(":", 2)
    except (binascii.Error, UnicodeDecodeError, ValueError) as wrong:
        message = "this is not an id of the hub"
        raise InvalidInput(message) from wrong
    if version != "1" or not local:
        message = "this is not an id of the hub"
        raise InvalidInput(message)
    return kind, local


def source_root(source: str) -> str:
    """Root id of a source: a source is a root of its own (design section 5)."""
    return f"{Kind.SOURCE.value.lower()}:{source}"


def position_id(sku: str, warehouse: str) -> str:
    """Id, and root id, of the stock of an item in a warehouse, by the code that its systems share."""
    return f"{Kind.INVENTORY.value.lower()}:{quote(warehouse, safe='')}:{sku}"


def place_of_position(position: str) -> tuple[str, str] | None:
    """(sku, warehouse code) of a position's id; None where it is none."""
    kind, _, rest = position.partition(":")
    warehouse, colon, sku = rest.partition(":")
    return (sku, unquote(warehouse)) if colon and sku and kind == Kind.INVENTORY.value.lower() else None
