"""Calls of Tryton's REST: what is sent, and what each way of failing means (systems.md 5.10)."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from hub.errors import OutcomeUnknown, SourceGarbled, SourceMisset, SourceRefused
from hub.ports import SourceCall
from hub.settings import Secret
from sources.kit.decoding import decoded
from sources.kit.http import Answer, Origin, Request
from sources.tryton_erp.catalog import Clause
from sources.tryton_erp.rpc import Company, TrytonRpc, locked
from sources.tryton_erp.wire import Row, TrytonRefusal

REFUSED, LOCKED = 400, 503
DONE_UNSEEN, FORBIDDEN = 204, 403
WITHHELD = frozenset({"assign_force"})
"""Buttons that an operator may keep from the hub's user: without them it is refused, not misset."""
_CONTEXT = "x-tryton-context"
_NONE: Mapping[str, Any] = {}  # Any: JSON
_SURE = {"_skip_warnings": True}
"""REST does not name a warning, so that one could not be answered alone (systems.md 3.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question about the records of a model."""

    model: str
    fields: Sequence[str]
    domain: Sequence[Clause] = ()
    order: Sequence[Sequence[str]] = (("id", "ASC"),)
    most: int = 100
    context: Mapping[str, Any] = field(default_factory=dict)  # Any: JSON

    def path(self, database: str) -> str:
        """Path and query: domain and order are base64 of their JSON."""
        query = [("d", coded(self.domain)), ("o", coded(self.order)), ("s", str(self.most))]
        query += [("f", name) for name in self.fields]
        return f"/{quote(database, safe='')}/rest/model/{self.model}?{urlencode(query)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What was answered, each record still raw."""

    items: list[msgspec.Raw]
    clock: datetime | None
    """The source's own clock when it answered."""


class TrytonClient:
    """One database of one server, by application key."""

    def __init__(self, origin: Origin, rpc: TrytonRpc, *, source: str, database: str, key: Secret) -> None:
        """Ask *origin* about *database*; *rpc* logs in and learns the company."""
        self._origin, self._rpc = origin, rpc
        self._source, self._database, self._key = source, database, key
        self._company: Company | None = None

    @property
    def company(self) -> Company:
        """What the login learned. Raises SourceMisset, expired, before one."""
        if self._company is None:
            message = "no login at the ERP yet"
            raise SourceMisset(message, source=self._source, expired=True)
        return self._company

    async def login(self, call: SourceCall) -> None:
        """Log in, and learn in which company questions are asked."""
        self._company = await self._rpc.login(call)

    async def version(self, call: SourceCall) -> tuple[str, float | None]:
        """The server's series, and how many seconds its clock is ahead of ours."""
        return await self._rpc.version(call)

    async def count(self, call: SourceCall, model: str, domain: Sequence[Clause]) -> int:
        """How many records there are: REST counts no further than ten pages, so this is asked by JSON-RPC."""
        return await self._rpc.ask(call, f"model.{model}.search_count", [domain, self.company.context], int)

    async def rows(self, call: SourceCall, ask: Ask) -> Rows:
        """Records that fit."""
        answer = await self._origin.send(
            Request(
                method="GET",
                path=ask.path(self._database),
                headers=self._headers(call, ask.context),
                patience=call.patience,
                turnstile=call.turnstile,
                readable=frozenset({REFUSED}),
            )
        )
        if answer.status == REFUSED:
            message = "the ERP refuses a question"
            raise SourceGarbled(message, source=self._source, model=ask.model)
        return Rows(items=decoded(answer.body, list[msgspec.Raw], source=self._source, at="$"), clock=answer.clock)

    async def press(self, call: SourceCall, model: str, one: int, button: str, *, is_sure: bool = False) -> None:
        """Press a button of a record; *is_sure* says yes to whatever it warns of.

        Raises SourceRefused with the ERP's words, OutcomeUnknown where it is unclear.
        """
        path = f"{model}/{one}/{button}?f=state"
        await self._act(call, "POST", path, {}, context=_SURE if is_sure else {})  # an empty body is refused

    async def put(self, call: SourceCall, model: str, one: int, values: Mapping[str, Any]) -> None:  # Any: JSON
        """Write fields of a record. Raises as `press`."""
        await self._act(call, "PUT", f"{model}/{one}?f=id", values)

    async def create(self, call: SourceCall, model: str, values: Mapping[str, Any]) -> int:  # Any: JSON
        """Make a record; its id. Raises as `press`."""
        return await self._act(call, "POST", f"{model}?f=id", values)

    async def wizard(
        self, call: SourceCall, name: str, record: tuple[str, int], state: str, forms: Mapping[str, Any]
    ) -> None:  # Any: JSON
        """Go through a wizard about a record: REST has none, so by JSON-RPC. Raises as `press`."""
        model, one = record
        active = {"active_model": model, "active_id": one, "active_ids": [one]}
        await self._rpc.wizard(call, name, state, forms, {**self.company.context, **active})

    async def close(self) -> None:
        """Give connections back."""
        await self._origin.close()

    def _headers(self, call: SourceCall, context: Mapping[str, Any]) -> dict[str, str]:  # Any: JSON
        return {
            "authorization": f"Bearer {self._key.reveal()}",
            **call.marks,
            _CONTEXT: coded({**self.company.context, **context}),
        }

    async def _act(
        self, call: SourceCall, method: str, path: str, values: Mapping[str, Any], *, context: Mapping[str, Any] = _NONE
    ) -> int:  # Any: JSON
        """Something with an effect; the id of the record that it was done to."""
        withheld = {FORBIDDEN} if path.partition("?")[0].rpartition("/")[2] in WITHHELD else set()
        answer = await self._origin.send(
            Request(
                method=method,
                path=f"/{quote(self._database, safe='')}/rest/model/{path}",
                body=msgspec.json.encode(values),
                headers=self._headers(call, context),
                patience=call.patience,
                turnstile=call.turnstile,
                has_effect=True,
                readable=frozenset({REFUSED, LOCKED, DONE_UNSEEN} | withheld),
            )
        )
        if answer.status == REFUSED:
            raise SourceRefused(_words(answer), source=self._source)
        if answer.status == FORBIDDEN:
            message = "the ERP does not let this user do that"
            raise SourceRefused(message, source=self._source)
        if answer.status == LOCKED:
            locked(answer, source=self._source)
        try:
            return decoded(answer.body, Row, source=self._source, at="$").id
        except SourceGarbled as unreadable:
            message = "the ERP's answer to an action cannot be read"
            raise OutcomeUnknown(message, source=self._source) from unreadable


def coded(value: Any) -> str:  # Any: JSON
    """As Tryton takes JSON in a query or a header."""
    return base64.urlsafe_b64encode(msgspec.json.encode(value)).decode()


def _words(answer: Answer) -> str:
    try:
        said = msgspec.json.decode(answer.body, type=TrytonRefusal)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return "the ERP refused without words"
    return " ".join(part for part in (said.message, said.description) if part) or "the ERP refused without words"
