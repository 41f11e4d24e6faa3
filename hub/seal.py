"""Opaque, signed tokens for clients to hold: cursors of lists and of the change log.

A seal is bound to whom and to what it was given: opened by somebody else, or for another filter, it is refused. What a
vault keeps is not readable either: the secrets of others that the store must hold.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TypeVar

import msgspec
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from hub.errors import CursorInvalid, Misconfigured
from hub.settings.secret import Secret

T = TypeVar("T")

_MAC = 16  # bytes of HMAC-SHA256 kept: 128 bits


def peek(token: str, kind: type[T]) -> T:
    """What a token holds, whoever it was given to: for an operator, who has the store anyway. Raises CursorInvalid."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw[_MAC:], type=kind)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as wrong:
        message = "this cursor is not one of the hub's"
        raise CursorInvalid(message) from wrong


class Seal:
    """Seals and opens tokens under one secret, which every process of the hub shares."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def close(self, binding: str, value: object) -> str:
        """*value* as an opaque token that only opens for the same *binding*."""
        body = msgspec.json.encode(value)
        return base64.urlsafe_b64encode(self._mac(binding, body) + body).decode().rstrip("=")

    def open(self, binding: str, token: str, kind: type[T]) -> T:
        """What was sealed. Raises CursorInvalid where the token is forged, foreign or for another binding."""
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
            mac, body = raw[:_MAC], raw[_MAC:]
            if hmac.compare_digest(mac, self._mac(binding, body)):
                return msgspec.json.decode(body, type=kind)
        except (binascii.Error, ValueError, msgspec.MsgspecError) as wrong:
            message = "this cursor is not one of the hub's"
            raise CursorInvalid(message) from wrong
        message = "this cursor was given to somebody else or for another filter"
        raise CursorInvalid(message)

    def _mac(self, binding: str, body: bytes) -> bytes:
        return hmac.digest(self._secret, binding.encode() + b"\x00" + body, "sha256")[:_MAC]


class Vault:
    """Keeps secrets of others, encrypted (AES-256-GCM) under a key made of *secret*."""

    def __init__(self, secret: bytes) -> None:
        self._key = OctKey.import_key(hashlib.sha256(b"opshub vault\x00" + secret).digest())

    def close(self, secret: Secret) -> str:
        """*secret* as a text that may be stored."""
        header = {"alg": "dir", "enc": "A256GCM"}
        return jwe.encrypt_compact(header, secret.reveal().encode(), self._key)

    def open(self, kept: str) -> Secret:
        """What was kept. Raises Misconfigured where the key is another one by now."""
        try:
            return Secret((jwe.decrypt_compact(kept, self._key).plaintext or b"").decode())
        except (JoseError, ValueError) as wrong:
            message = "a secret was sealed with another key: set webhooks.key as it was, or rotate the secret"
            raise Misconfigured(message) from wrong
