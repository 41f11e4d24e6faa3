"""Calls of Vendure's Admin API: what is sent, and what each way of failing means (systems.md 5.10, 5.11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from hub.errors import OutcomeUnknown, SourceGarbled, SourceMisset, SourceRefused
from hub.ports import SourceCall
from hub.settings import Secret
from sources.kit.decoding import brief, decoded
from sources.kit.http import Answer, Origin, Request
from sources.vendure.documents import HEALTH, LOGIN, ORDERS
from sources.vendure.wire_answers import GraphQLAnswer, GraphQLError, Result, RowPage, ServerSettings

T = TypeVar("T")
TOKEN_HEADER = "vendure-auth-token"  # noqa: S105 - the name of a header
DUPLICATE = "DUPLICATE"
"""Our code of a refusal by the database itself: the value is there already."""
_REFUSALS = frozenset({"ENTITY_NOT_FOUND", "USER_INPUT_ERROR"})
_NOT_UNIQUE = ("violates unique constraint", "unique constraint failed", "duplicate entry")
"""How PostgreSQL, SQLite and MySQL say so; nothing of that statement stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsAnswered:
    """One page of a list, each row still raw."""

    total: int
    items: list[msgspec.Raw]
    clock: datetime | None
    """The source's own clock when it answered."""


class VendureClient:
    """One session with one shop. Holds its bearer token, never its password in a message."""

    def __init__(self, origin: Origin, *, source: str, user: str, password: Secret) -> None:
        """Talk to the Admin API at *origin* as *user*."""
        self._origin = origin
        self._source = source
        self._user = user
        self._password = password
        self._token: Secret | None = None

    async def login(self, call: SourceCall) -> None:
        """Begin a new session. Raises SourceMisset where the shop does not know us."""
        variables = {"user": self._user, "password": self._password.reveal()}
        answer = await self._send(call, LOGIN, variables, token=None)
        result = self._field(self._envelope(answer), "login", Result)
        token = answer.headers.get(TOKEN_HEADER)
        if result.typename != "CurrentUser" or not token:
            message = f"the shop refuses our login: {result.words}"
            raise SourceMisset(message, source=self._source, code=result.error_code)
        self._token = Secret(token)

    async def orders(self, call: SourceCall, options: Mapping[str, Any]) -> RowsAnswered:  # Any: GraphQL input
        """A page of the order list."""
        return await self.rows(call, ORDERS, "orders", options)

    async def rows(
        self, call: SourceCall, document: str, field: str, options: Mapping[str, Any]
    ) -> RowsAnswered:  # Any: GraphQL input
        """A page of the list that *document* asks for under *field*."""
        answer = await self._asked(call, document, {"options": options})
        page = self._field(self._envelope(answer), field, RowPage)
        return RowsAnswered(total=page.total_items, items=page.items, clock=answer.clock)

    async def settings(self, call: SourceCall) -> tuple[ServerSettings, float | None]:
        """What the shop says of itself, and how many seconds its clock is ahead of ours."""
        answer = await self._asked(call, HEALTH, {})
        return self._field(self._envelope(answer), "globalSettings", ServerSettings), answer.skew

    async def query(
        self, call: SourceCall, document: str, variables: Mapping[str, Any], field: str, kind: type[T]
    ) -> T:
        """One root field of a document without effect, as a *kind*."""
        return self._field(self._envelope(await self._asked(call, document, variables)), field, kind)

    async def act(
        self, call: SourceCall, document: str, variables: Mapping[str, Any], field: str
    ) -> None:  # Any: GraphQL input
        """Carry out one change, under *field* of the document.

        Raises SourceRefused with its words, `code` DUPLICATE where the database has such a value already, and
        OutcomeUnknown where the answer is unclear.
        """
        await self.make(call, document, variables, field, Result)

    async def make(
        self, call: SourceCall, document: str, variables: Mapping[str, Any], field: str, kind: type[T]
    ) -> T:  # Any: GraphQL input
        """As `act`, and what it answers, as a *kind*."""
        envelope = self._envelope(await self._asked(call, document, variables, has_effect=True), has_effect=True)
        try:
            result = self._field(envelope, field, Result)
            made = self._field(envelope, field, kind) if result.error_code is None else None
        except SourceGarbled as unreadable:
            message = "the shop's answer to a change cannot be read"
            raise OutcomeUnknown(message, source=self._source) from unreadable
        if made is None:
            raise SourceRefused(result.words, source=self._source, cause=result.cause, code=result.error_code)
        return made

    async def close(self) -> None:
        """Give connections back."""
        await self._origin.close()

    async def _asked(
        self, call: SourceCall, document: str, variables: Mapping[str, Any], *, has_effect: bool = False
    ) -> Answer:
        if self._token is None:
            message = "no session with the shop yet"
            raise SourceMisset(message, source=self._source, expired=True)
        return await self._send(call, document, variables, token=self._token, has_effect=has_effect)

    async def _send(
        self,
        call: SourceCall,
        document: str,
        variables: Mapping[str, Any],
        *,
        token: Secret | None,
        has_effect: bool = False,
    ) -> Answer:
        headers = call.marks
        if token is not None:
            headers["authorization"] = f"Bearer {token.reveal()}"
        body = msgspec.json.encode({"query": document, "variables": variables})
        request = Request(
            path="/admin-api",
            body=body,
            headers=headers,
            patience=call.patience,
            turnstile=call.turnstile,
            has_effect=has_effect,
        )
        return await self._origin.post(request)

    def _envelope(self, answer: Answer, *, has_effect: bool = False) -> GraphQLAnswer:
        try:
            envelope = msgspec.json.decode(answer.body, type=GraphQLAnswer)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as wrong:
            message = f"the answer is not GraphQL: {brief(wrong)}"
            if has_effect:
                raise OutcomeUnknown(message, source=self._source) from None
            raise SourceGarbled(message, source=self._source) from None
        if envelope.errors:
            self._raise(envelope.errors[0], has_effect=has_effect)
        return envelope

    def _raise(self, error: GraphQLError, *, has_effect: bool) -> None:
        """Errors beside partial data count as no data: half an answer is never applied."""
        if error.code == "FORBIDDEN":
            message = "the shop's session has ended, or our role lacks a permission"
            raise SourceMisset(message, source=self._source, code=error.code, expired=True)
        if error.code in _REFUSALS:
            raise SourceRefused(error.message, source=self._source, code=error.code)
        if not error.code and any(words in error.message.lower() for words in _NOT_UNIQUE):
            message = "the shop has this value already"
            raise SourceRefused(message, source=self._source, code=DUPLICATE)
        if has_effect:  # a raw database message: it may have been said after another statement had gone through
            message = "the shop failed while it carried out a request"
            raise OutcomeUnknown(message, source=self._source, code=error.code)
        message = "the shop answered with an error instead of data"
        raise SourceGarbled(message, source=self._source, code=error.code)

    def _field(self, envelope: GraphQLAnswer, name: str, kind: type[T]) -> T:
        raw = (envelope.data or {}).get(name)
        if raw is None:
            message = f"the answer has no {name}"
            raise SourceGarbled(message, source=self._source, path=f"$.data.{name}")
        return decoded(raw, kind, source=self._source, at=f"$.data.{name}")
