"""JSON for canonical values, one way for all: stored documents, events, inputs and cursors.

Strict about types, deaf to unknown fields: an older reader meets a newer document (design D1).
"""

from __future__ import annotations

import hashlib
from typing import Any, TypeVar

import msgspec

from hub.errors import HubFault

T = TypeVar("T")

_encoder = msgspec.json.Encoder(decimal_format="string", uuid_format="canonical", order="sorted")
_writer = msgspec.json.Encoder(decimal_format="string", uuid_format="canonical")


def encode(value: object) -> bytes:
    """The value as JSON bytes: decimals as strings, instants RFC 3339, keys of mappings sorted."""
    return _encoder.encode(value)


def written(value: object) -> str:
    """The same as text in no fixed order: for the database, which takes the values out of it."""
    return _writer.encode(value).decode()


def decode(data: bytes | str, kind: type[T]) -> T:
    """A *kind* out of JSON. Raises HubFault, naming the path, where the data breaks the type."""
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as wrong:
        message = f"stored {kind.__name__} is not readable: {wrong}"
        raise HubFault(message) from wrong


def plain(value: object) -> Any:  # Any: the shape is JSON's, for JSONB columns
    """The value as dicts, lists, strings, numbers and None, ready for a JSONB column."""
    return msgspec.to_builtins(value, str_keys=True)


def typed(value: object, kind: type[T]) -> T:
    """A *kind* out of what a JSONB column gave. Raises HubFault where it breaks the type."""
    try:
        return msgspec.convert(value, type=kind)
    except msgspec.ValidationError as wrong:
        message = f"stored {kind.__name__} is not readable: {wrong}"
        raise HubFault(message) from wrong


def digest(value: object) -> str:
    """A fixed order and identity of contents: 64 hex digits of SHA-256 over the sorted JSON."""
    return hashlib.sha256(encode(value)).hexdigest()
