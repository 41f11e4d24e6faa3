"""API keys: a bearer token is looked up by its hash and becomes a `Call` (threat S3)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime

from hub.call import Call, correlation_id
from hub.clock import Clock
from hub.errors import Unauthenticated
from hub.settings import KeySettings

PREFIX = "hub_"


def new_key() -> tuple[str, str]:
    """A fresh key with 256 random bits, shown once, and the hash to configure."""
    key = PREFIX + secrets.token_urlsafe(32)
    return key, hash_of(key)


def hash_of(key: str) -> str:
    """SHA-256 in hex. A fast hash is right for a random key: there is nothing to guess."""
    return hashlib.sha256(key.encode()).hexdigest()


class Keys:
    """The keys of `opshub.toml`."""

    def __init__(self, keys: Mapping[str, KeySettings], clock: Clock) -> None:
        self._by_hash = {settings.hash: (name, settings) for name, settings in keys.items()}
        self._clock = clock

    def call(self, authorization: str | None, correlation: str | None = None, parent: str | None = None) -> Call:
        """The call of whoever bears `Bearer KEY`. Raises Unauthenticated: no key, an unknown or an expired one."""
        scheme, _, key = (authorization or "").partition(" ")
        found = self._by_hash.get(hash_of(key.strip())) if scheme.lower() == "bearer" else None
        if found is None:
            message = "send an API key: Authorization: Bearer KEY"
            raise Unauthenticated(message)
        name, settings = found
        if settings.expires is not None and settings.expires <= self._clock.now():
            message = "this API key has expired"
            raise Unauthenticated(message)
        return Call(
            actor=settings.actor or name,
            tenant=settings.tenant,
            scopes=settings.scopes,
            account=settings.account,
            correlation_id=correlation_id(correlation, parent),
            traceparent=parent,
        )

    def standing(self, tenant: str, actor: str, account: str | None) -> Call | None:
        """The call of a key that stands now, for what goes on after its bearer has left; None where there is none."""
        for name, settings in self._by_hash.values():
            is_meant = (settings.tenant, settings.actor or name, settings.account) == (tenant, actor, account)
            if is_meant and (settings.expires is None or settings.expires > self._clock.now()):
                return Call(
                    actor=actor,
                    tenant=tenant,
                    scopes=settings.scopes,
                    account=account,
                    correlation_id=correlation_id(),
                )
        return None

    def ends(self, authorization: str | None) -> datetime | None:
        """When the key expires, for streams that must end with it; None for one that does not."""
        found = self._by_hash.get(hash_of((authorization or "").partition(" ")[2].strip()))
        return None if found is None else found[1].expires
