"""Sessions of the rehearsed warehouse: `Authorization: Session base64(user:id:token)`."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets

from hub.settings import Secret


class Door:
    """Who is in."""

    def __init__(self, user: str, password: Secret) -> None:
        """Admit *user* with *password* alone."""
        self.user = user
        self._password = password
        self._sessions: set[str] = set()
        self.logins = 0

    def admit(self, user: str, password: str) -> tuple[int, str] | None:
        """A new session: the user's id and a token. None where the credentials are wrong."""
        self.logins += 1
        if user != self.user or not hmac.compare_digest(password.encode(), self._password.reveal().encode()):
            return None
        token = secrets.token_hex(32)
        self._sessions.add(token)
        return 1, token

    def knows(self, header: str) -> int | None:
        """The id of the user whose session an `Authorization` header names; None for a stranger."""
        scheme, _, info = header.partition(" ")
        try:
            user, _, rest = base64.b64decode(info, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        _, _, token = rest.partition(":")
        return 1 if scheme.lower() == "session" and user == self.user and token in self._sessions else None

    def dismiss(self, header: str) -> None:
        """End the session that a header names."""
        info = base64.b64decode(header.partition(" ")[2]).decode()
        self._sessions.discard(info.rpartition(":")[2])

    def expire_all(self) -> None:
        """End every session."""
        self._sessions.clear()
