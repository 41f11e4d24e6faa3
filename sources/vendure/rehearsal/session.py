"""Sessions: a bearer token in the header `vendure-auth-token`, for the Admin API by login, for the Shop API by cart."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from hub.settings import Secret
from sources.vendure.rehearsal.state import Order


@dataclass(slots=True, kw_only=True)
class Visit:
    """One request: the token it came with, and the one its answer hands out."""

    token: str | None
    handed_out: str | None = None


Fields = Mapping[str, Callable[[Visit, dict[str, Any]], Any]]  # Any: GraphQL input and answer
"""Root fields of an API: the visit and the arguments in, a view or an awaitable of one out."""


class Door:
    """Who is in."""

    def __init__(self, user: str, password: Secret) -> None:
        """Admit *user* with *password* alone."""
        self.user = user
        self._password = password
        self._admins: set[str] = set()
        self._carts: dict[str, Order] = {}
        self.logins = 0

    def admit(self, visit: Visit, user: str, password: str) -> bool:
        """Begin an administrator's session, if the credentials are right."""
        self.logins += 1
        is_right = user == self.user and hmac.compare_digest(password.encode(), self._password.reveal().encode())
        if is_right:
            visit.handed_out = secrets.token_hex(32)
            self._admins.add(visit.handed_out)
        return is_right

    def dismiss(self, visit: Visit) -> None:
        """End the visitor's session, and with it every other session of the same user."""
        if visit.token in self._admins:
            self.expire_all()

    def expire_all(self) -> None:
        """End every administrator's session."""
        self._admins.clear()

    def require(self, visit: Visit) -> None:
        """Raise FORBIDDEN unless the visit has a session."""
        if visit.token not in self._admins:
            message = "You are not currently authorized to perform this action"
            raise GraphQLError(message, extensions={"code": "FORBIDDEN"})

    def cart(self, visit: Visit) -> Order | None:
        """The visitor's cart, until it is placed."""
        order = self._carts.get(visit.token or "")
        return order if order is not None and order.active else None

    def keep_cart(self, visit: Visit, order: Order) -> None:
        """Remember a cart under a new token."""
        visit.handed_out = secrets.token_hex(32)
        self._carts[visit.handed_out] = order
