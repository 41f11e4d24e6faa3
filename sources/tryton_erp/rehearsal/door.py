"""Who may come in: an application key for REST, a login with a session for JSON-RPC (systems.md 3.1)."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
import secrets

from hub.settings import Secret

MOST_FAILURES = 6
"""Wrong passwords before 429."""


class Door:
    """One user of one database."""

    def __init__(self, user: str, password: Secret, key: Secret) -> None:
        self.user, self.uid = user, 2
        self._password, self._keys = password, {key.reveal()}
        self._sessions: set[str] = set()
        self._failures = 0
        self.logins = 0

    def login(self, user: str, password: str) -> str | None:
        """A new session's token; None for a wrong password. Raises PermissionError after too many of them."""
        if self._failures >= MOST_FAILURES:
            raise PermissionError
        right = hmac.compare_digest(password.encode(), self._password.reveal().encode())
        if user != self.user or not right:
            self._failures += 1
            return None
        self._failures = 0
        self.logins += 1
        token = secrets.token_hex(32)
        self._sessions.add(token)
        return token

    def admits_session(self, header: str) -> bool:
        """Whether an `Authorization: Session` header is one of ours."""
        scheme, _, given = header.partition(" ")
        if scheme.lower() != "session":
            return False
        try:
            user, uid, token = base64.b64decode(given).decode().split(":", 2)
        except (binascii.Error, ValueError):
            return False
        return user == self.user and uid == str(self.uid) and token in self._sessions

    def admits_key(self, header: str) -> bool:
        """Whether an `Authorization: Bearer` header holds a validated key."""
        scheme, _, given = header.partition(" ")
        return scheme.lower() == "bearer" and given in self._keys

    def expire_all(self) -> None:
        """End every session; keys stay."""
        self._sessions.clear()

    def end(self, header: str) -> None:
        """Log out the session of an `Authorization` header."""
        given = header.partition(" ")[2]
        with contextlib.suppress(binascii.Error, ValueError):
            self._sessions.discard(base64.b64decode(given).decode().split(":", 2)[-1])

    def change_key(self, key: Secret) -> None:
        """Take every key back and admit another one."""
        self._keys = {key.reveal()}
