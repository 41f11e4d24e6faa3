"""A tiny client of Vendure's GraphQL APIs, standard library only, independent of the adapter it helps to judge."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

CALL_SECONDS = 30


class VendureSaidNo(RuntimeError):
    """Vendure answered with errors or with an error result; the message holds its words."""


class VendureApi:
    """One session with the Admin or the Shop API of a server."""

    def __init__(self, url: str) -> None:
        """Talk to *url*, such as http://127.0.0.1:3000/admin-api."""
        self._url = url
        self.token: str | None = None

    def ask(self, document: str, **variables: object) -> Any:
        """Send *document* and give its `data`; GraphQL errors raise VendureSaidNo."""
        headers = {"content-type": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        body = json.dumps({"query": document, "variables": variables}).encode()
        request = urllib.request.Request(self._url, data=body, headers=headers)  # noqa: S310 - an address of our own
        try:
            with urllib.request.urlopen(request, timeout=CALL_SECONDS) as answer:  # noqa: S310 - see above
                self.token = answer.headers.get("vendure-auth-token") or self.token
                out = json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            message = f"{refused.code}: {refused.read()[:600]!r}"
            raise VendureSaidNo(message) from refused
        if out.get("errors"):
            raise VendureSaidNo(json.dumps(out["errors"])[:2000])
        return out["data"]

    def do(self, document: str, **variables: object) -> Any:
        """Send a document with one root field and give its value; an error result raises VendureSaidNo."""
        data = self.ask(document, **variables)
        value = next(iter(data.values()))
        if isinstance(value, dict) and value.get("errorCode"):
            message = f"{value['errorCode']}: {value.get('message')}"
            raise VendureSaidNo(message)
        return value

    def login(self, user: str, password: str) -> VendureApi:
        """Begin a session as *user*."""
        document = (
            "mutation($u:String!,$p:String!){login(username:$u,password:$p)"
            "{__typename ...on CurrentUser{id} ...on ErrorResult{errorCode message}}}"
        )
        self.do(document, u=user, p=password)
        return self
