"""Calls of Tryton's JSON-RPC: what is sent, and what each way of failing means (systems.md 3.2, 5.10, 5.27, 5.28)."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn, TypeVar

import msgspec

from hub.errors import OutcomeUnknown, SourceBusy, SourceGarbled, SourceMisset, SourceRefused
from hub.ports import SourceCall
from hub.settings import Secret
from sources.kit.decoding import brief, decoded
from sources.kit.http import Answer, Origin, Request
from sources.tryton_wms.wire import Preferences, RpcAnswer

T = TypeVar("T")
OVERTAKEN = "ConcurrencyException"
"""Why a call is refused whose context bears the `_timestamp` of a row that was written since."""
MOST_DOUBTS = 5
"""Warnings that one effect may raise, each once."""
_LOCKED = ("could not obtain lock", "could not serialize access")
_REFUSALS = frozenset({"UserError", "UserWarning"})
_NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One `search_read`: which rows, in which order, with which fields."""

    model: str
    domain: Sequence[Any]  # Any: clauses, nested
    fields: Sequence[str]
    limit: int
    order: tuple[str, str] = ("id", "ASC")
    context: Mapping[str, Any] = field(default_factory=dict)  # Any: JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of an answer, each still raw."""

    items: list[msgspec.Raw]
    clock: datetime | None
    """The source's own clock when it answered."""


class TrytonClient:
    """One session with one database. Holds its token, never its password in a message."""

    def __init__(self, origin: Origin, *, source: str, database: str, credentials: tuple[str, Secret]) -> None:
        """Talk to *database* at *origin* with these credentials: user and password."""
        self._origin = origin
        self._source = source
        self._path = f"/{database}/"
        self._user, self._password = credentials
        self._session: Secret | None = None
        self._user_id = 0
        self._context: dict[str, Any] = {}  # Any: JSON

    async def login(self, call: SourceCall) -> None:
        """Begin a new session. Raises SourceMisset where Tryton does not know us: it says so by a page, not by JSON."""
        params = [self._user, {"password": self._password.reveal()}]
        try:
            raw = await self._call(call, "common.db.login", params, session=None)
            user, token, *_ = msgspec.json.decode(raw.body, type=list[Any])
        except SourceMisset as unknown:
            message = "the warehouse refuses our login, or has no such database"
            raise SourceMisset(message, source=self._source, **_kept(unknown)) from None
        except (SourceGarbled, ValueError):
            message = "the warehouse answers our login with something that is no session"
            raise SourceMisset(message, source=self._source) from None
        session = base64.b64encode(f"{self._user}:{user}:{token}".encode()).decode()
        self._session, self._context, self._user_id = Secret(session), {}, int(user)
        found = await self.ask(call, "model.res.user.get_preferences", [True], Preferences)
        self._context = {name: value for name, value in msgspec.to_builtins(found).items() if value is not None}

    async def ask(self, call: SourceCall, method: str, params: Sequence[Any], kind: type[T]) -> T:  # Any: JSON
        """The result of a method without effect, as a *kind*."""
        answer = await self._asked(call, method, [*params, self._context])
        return decoded(answer.body, kind, source=self._source, at="$.result")

    async def search(self, call: SourceCall, search: Search) -> Rows:
        """Rows that fit. What is not there is not in the answer: `read` by ids would fail for all (systems.md 5.27)."""
        params = [search.domain, 0, search.limit, [list(search.order)], list(search.fields)]
        context = {**self._context, **search.context}
        answer = await self._asked(call, f"model.{search.model}.search_read", [*params, context])
        items = decoded(answer.body, list[msgspec.Raw], source=self._source, at="$.result")
        return Rows(items=items, clock=answer.clock)

    async def count(self, call: SourceCall, model: str, domain: Sequence[Any], context: Mapping[str, Any]) -> int:
        """How many rows fit."""
        answer = await self._asked(call, f"model.{model}.search_count", [domain, {**self._context, **context}])
        return decoded(answer.body, int, source=self._source, at="$.result")

    async def act(
        self, call: SourceCall, method: str, params: Sequence[Any], kind: type[T], stamps: Mapping[str, str] = _NONE
    ) -> T:  # Any: JSON
        """The result of a method with an effect. Each warning is answered with a yes by its name (systems.md 3.2).

        With *stamps* (`_timestamp` by `model,id`) it happens only if nobody has written these rows since: SourceBusy
        with reason OVERTAKEN.
        """
        context = {**self._context, "_timestamp": dict(stamps)} if stamps else self._context
        for _ in range(MOST_DOUBTS):
            try:
                return self._told(await self._asked(call, method, [*params, context], has_effect=True), kind)
            except SourceRefused as doubt:
                name = doubt.facts.get("warning")
                if name is None:
                    raise
            yes = [{"user": self._user_id, "name": name, "always": False}]
            await self._asked(call, "model.res.user.warning.create", [yes, self._context], has_effect=True)
        message = "the warehouse has more doubts than can be answered"
        raise SourceRefused(message, source=self._source)

    async def health(self, call: SourceCall) -> float | None:
        """A cheap call; seconds that the source's clock is ahead of ours."""
        answer = await self._asked(call, "model.res.user.get_preferences", [True, self._context])
        return answer.skew

    async def close(self) -> None:
        """Give connections back."""
        await self._origin.close()

    async def _asked(
        self, call: SourceCall, method: str, params: Sequence[Any], *, has_effect: bool = False
    ) -> Answer:  # Any: JSON
        if self._session is None:
            message = "no session with the warehouse yet"
            raise SourceMisset(message, source=self._source, expired=True)
        return await self._call(call, method, params, session=self._session, has_effect=has_effect)

    async def _call(
        self, call: SourceCall, method: str, params: Sequence[Any], *, session: Secret | None, has_effect: bool = False
    ) -> Answer:  # Any: JSON
        """The answer, its body the bare result."""
        headers = call.marks
        if session is not None:
            headers["authorization"] = f"Session {session.reveal()}"
        body = msgspec.json.encode({"id": 1, "method": method, "params": params})
        request = Request(
            path=self._path,
            body=body,
            headers=headers,
            patience=call.patience,
            turnstile=call.turnstile,
            has_effect=has_effect,
        )
        answer = await self._origin.send(request)
        try:
            result = self._result(answer.body)
        except _NoAnswer as broken:
            kind = OutcomeUnknown if has_effect else SourceGarbled
            raise kind(str(broken), source=self._source, path="$.result") from None
        return Answer(headers=answer.headers, body=result, clock=answer.clock, skew=answer.skew)

    def _told(self, answer: Answer, kind: type[T]) -> T:
        """The result of an effect, as a *kind*. Raises OutcomeUnknown for another: it has happened, or it has not."""
        try:
            return decoded(answer.body, kind, source=self._source, at="$.result")
        except SourceGarbled as strange:
            raise OutcomeUnknown(strange.message, source=self._source) from None

    def _result(self, body: bytes) -> bytes:
        try:
            envelope = msgspec.json.decode(body, type=RpcAnswer)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as wrong:
            message = f"the answer is not JSON-RPC: {brief(wrong)}"
            raise _NoAnswer(message) from None
        if isinstance(envelope.error, list):
            self._raise(envelope.error)
        if not isinstance(envelope.result, msgspec.Raw):
            message = "the answer has no result"
            raise _NoAnswer(message)
        return bytes(envelope.result)

    def _raise(self, error: list[Any]) -> NoReturn:  # Any: words, nested
        """Errors come with status 200: a class name and words, or the text of any exception."""
        kind = str(error[0]) if error else ""
        words = error[1] if len(error) > 1 else ""
        if kind in _REFUSALS and isinstance(words, list) and words:
            is_doubt = kind == "UserWarning" and len(words) > 1
            said = str(words[is_doubt])[:500]
            if is_doubt:
                raise SourceRefused(said, source=self._source, code=kind, warning=str(words[0]))
            raise SourceRefused(said, source=self._source, code=kind)
        if kind == OVERTAKEN or any(words in kind for words in _LOCKED):
            message = "somebody else is writing the same rows"
            raise SourceBusy(message, source=self._source, reason=kind[:40])
        if kind == "LoginException":
            message = "the warehouse asks for more than a password"
            raise SourceMisset(message, source=self._source, code=kind)
        message = "the warehouse answered with an error instead of data"
        raise SourceGarbled(message, source=self._source)


class _NoAnswer(Exception):
    """The body is no answer at all."""


def _kept(unknown: SourceMisset) -> dict[str, object]:
    """What a refused login may say on: never `expired`, or the gate would log in for ever."""
    return {name: value for name, value in unknown.facts.items() if name not in ("expired", "source")}
