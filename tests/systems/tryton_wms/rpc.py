"""A small client of Tryton 6.0's JSON-RPC, for seeding: independent of the adapter and of its hands."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any

CALL_SECONDS = 60
PLENTY = 1000


class SaidNo(RuntimeError):
    """The server answered with an error; the message holds its words."""


def exact(text: str) -> dict[str, str]:
    """A Decimal as Tryton writes it."""
    return {"__class__": "Decimal", "decimal": text}


@dataclass(slots=True)
class Rpc:
    """One person's session with one database."""

    url: str
    """With the database's path."""
    user: str
    password: str = field(repr=False)
    context: dict[str, Any] = field(default_factory=dict)  # Any: JSON
    _session: str = ""

    def login(self) -> None:
        """Begin a session; again, once the user has a company."""
        self._session, self.context = "", {}
        user, token, *_ = self._post("common.db.login", [self.user, {"password": self.password}])
        self._session = base64.b64encode(f"{self.user}:{user}:{token}".encode()).decode()
        self.context = self._post("model.res.user.get_preferences", [True, {}])

    def call(self, model: str, method: str, *params: object) -> Any:  # Any: JSON
        """The result of a model's method."""
        return self._post(f"model.{model}.{method}", [*params, self.context])

    def create(self, model: str, **values: object) -> int:
        """The id of a new row."""
        (made,) = self.call(model, "create", [values])
        return int(made)

    def one(self, model: str, *domain: object) -> int:
        """The id of the only row that fits. Raises SaidNo."""
        found = self.call(model, "search", list(domain), 0, 2, None)
        if len(found) != 1:
            message = f"{len(found)} rows of {model} fit {domain}"
            raise SaidNo(message)
        return int(found[0])

    def rows(self, model: str, domain: list[Any], *names: str) -> list[dict[str, Any]]:  # Any: JSON
        """All rows that fit."""
        found: list[dict[str, Any]] = self.call(model, "search_read", domain, 0, PLENTY, None, list(names))
        return found

    def _post(self, method: str, params: list[Any]) -> Any:  # Any: JSON
        body = json.dumps({"id": 1, "method": method, "params": params}).encode()
        headers = {"content-type": "application/json"}
        if self._session:
            headers["authorization"] = f"Session {self._session}"
        request = urllib.request.Request(self.url, body, headers)  # noqa: S310 - an address of our own
        try:
            with urllib.request.urlopen(request, timeout=CALL_SECONDS) as answer:  # noqa: S310 - as above
                said = json.loads(answer.read())
        except urllib.error.HTTPError as wrong:
            message = f"{method}: status {wrong.code}"
            raise SaidNo(message) from wrong
        if "error" in said:
            message = f"{method}: {json.dumps(said['error'])[:1000]}"
            raise SaidNo(message)
        return said["result"]
