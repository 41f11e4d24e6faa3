"""JSON-RPC of Tryton: a login, what it teaches, and the questions that REST does not answer."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from hub.errors import OutcomeUnknown, SourceBusy, SourceGarbled, SourceMisset, SourceRefused
from hub.ports import SourceCall
from hub.settings import Secret
from sources.kit.decoding import decoded
from sources.kit.http import Answer, Origin, Request
from sources.tryton_erp.catalog import OPTIONAL
from sources.tryton_erp.wire import TrytonAnswer

T = TypeVar("T")
LOCKED = 503
_LOCK = b"could not obtain lock"
_SENT = ("company", "companies", "employee")
"""What of the user's preferences goes with every question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What a login learned."""

    context: Mapping[str, Any]  # Any: JSON
    """Sent with every question: without the company its prices and limits read as null, silently."""
    currency: str
    zone: ZoneInfo
    lacking: Mapping[str, frozenset[str]]
    """Of each model the optional fields that this server has not."""


class TrytonRpc:
    """One session. Never shows its password in a message."""

    def __init__(self, origin: Origin, *, source: str, database: str, user: str, password: Secret) -> None:
        """Call *database* as *user*."""
        self._origin, self._source = origin, source
        self._path = f"/{quote(database, safe='')}/rpc/"
        self._user, self._password = user, password
        self._session: Secret | None = None

    async def login(self, call: SourceCall) -> Company:
        """Begin a new session and learn the company. Raises SourceMisset where the ERP does not know us."""
        given = {"password": self._password.reveal()}
        self._session = None
        answer = await self._post(call, "common.db.login", [self._user, given])
        uid, token, *_ = self._result(answer, tuple[int, str, Any])
        self._session = Secret(base64.b64encode(f"{self._user}:{uid}:{token}".encode()).decode())
        found = await self.ask(call, "model.res.user.get_preferences", [True, {}], dict[str, Any])
        if not isinstance(found.get("company"), int):
            message = "the user has no company in the ERP"
            raise SourceMisset(message, source=self._source)
        context = {name: found[name] for name in _SENT if found.get(name) is not None}
        wanted = [[["id", "=", context["company"]]], 0, 1, None, ["currency.code", "timezone"], context]
        rows = await self.ask(call, "model.company.company.search_read", wanted, list[dict[str, Any]])
        currency, zone = self._money_and_time(rows[0] if rows else {})
        lacking = {model: await self._lacking(call, model, context) for model in OPTIONAL}
        return Company(context=context, currency=currency, zone=zone, lacking=lacking)

    async def ask(self, call: SourceCall, method: str, params: Sequence[Any], kind: type[T]) -> T:  # Any: JSON
        """The result of a method without effect, as a *kind*. Raises SourceMisset, expired, without a session."""
        if self._session is None:
            message = "no session with the ERP yet"
            raise SourceMisset(message, source=self._source, expired=True)
        return self._result(await self._post(call, method, params), kind)

    async def wizard(
        self, call: SourceCall, name: str, state: str, forms: Mapping[str, Any], context: Mapping[str, Any]
    ) -> None:  # Any: JSON
        """Begin a wizard, bring it into the state that does it, and end it.

        Raises SourceRefused with the ERP's words, SourceBusy where it did nothing, OutcomeUnknown where it is unclear.
        """
        begun = await self.ask(call, f"wizard.{name}.create", [context], tuple[int, Any, Any])
        answer = await self._post(call, f"wizard.{name}.execute", [begun[0], forms, state, context], has_effect=True)
        if answer.status == LOCKED:
            locked(answer, source=self._source)
        try:
            said = decoded(answer.body, TrytonAnswer, source=self._source, at="$")
        except SourceGarbled as unreadable:
            message = "the ERP's answer to a wizard cannot be read"
            raise OutcomeUnknown(message, source=self._source) from unreadable
        if said.error is not None:
            self._refused(said.error)
        with suppress(SourceBusy, SourceGarbled):  # it ends by itself some day
            await self.ask(call, f"wizard.{name}.delete", [begun[0], context], Any)

    async def version(self, call: SourceCall) -> tuple[str, float | None]:
        """The server's series, and how many seconds its clock is ahead of ours; everybody may ask."""
        answer = await self._post(call, "common.server.version", [], path="/rpc/")
        return self._result(answer, str), answer.skew

    async def _lacking(self, call: SourceCall, model: str, context: Mapping[str, Any]) -> frozenset[str]:
        found = await self.ask(call, f"model.{model}.fields_get", [[], context], dict[str, Any])
        return frozenset(OPTIONAL[model]) - set(found)

    async def _post(
        self,
        call: SourceCall,
        method: str,
        params: Sequence[Any],  # Any: JSON
        *,
        path: str | None = None,
        has_effect: bool = False,
    ) -> Answer:
        headers = call.marks
        if self._session is not None:
            headers["authorization"] = f"Session {self._session.reveal()}"
        return await self._origin.send(
            Request(
                path=path or self._path,
                body=msgspec.json.encode({"id": 1, "method": method, "params": params}),
                headers=headers,
                patience=call.patience,
                turnstile=call.turnstile,
                has_effect=has_effect,
                readable=frozenset({LOCKED}) if has_effect else frozenset(),
            )
        )

    def _refused(self, error: Sequence[Any]) -> NoReturn:  # Any: JSON
        """An error comes with 200, and all of it was rolled back: words for people, or somebody was quicker."""
        name, said = error[0] if error else "", error[1] if len(error) > 1 else ""
        if _LOCK.decode() in str(error) or name == "ConcurrencyException":
            message = "the ERP had locked what was asked for, and did nothing"
            raise SourceBusy(message, source=self._source)
        parts = said if isinstance(said, list) else [name, said]
        told = parts[1:] if name == "UserWarning" else parts  # a warning's name comes first
        words = " ".join(part for part in told if isinstance(part, str) and part)
        raise SourceRefused(words or "the ERP refused without words", source=self._source)

    def _result(self, answer: Answer, kind: type[T]) -> T:
        said = decoded(answer.body, TrytonAnswer, source=self._source, at="$")
        if said.error is not None:  # errors come with 200; their words may hold anything
            message = "the ERP answered a question with an error"
            raise SourceGarbled(message, source=self._source)
        if not said.result:
            message = "the answer has no result"
            raise SourceGarbled(message, source=self._source, path="$.result")
        return decoded(said.result, kind, source=self._source, at="$.result")

    def _money_and_time(self, company: Mapping[str, Any]) -> tuple[str, ZoneInfo]:  # Any: JSON
        currency = company.get("currency.")
        code = currency.get("code") if isinstance(currency, Mapping) else None
        if not isinstance(code, str):
            message = "the company has no currency that we may read"
            raise SourceMisset(message, source=self._source)
        try:
            return code, ZoneInfo(str(company.get("timezone") or "UTC"))
        except (ZoneInfoNotFoundError, ValueError) as wrong:
            message = "the company's time zone is none that we know"
            raise SourceMisset(message, source=self._source) from wrong


def locked(answer: Answer, *, source: str) -> NoReturn:
    """503: Tryton's own says which lock it waited for, and that it rolled back; any other may be a gateway's."""
    if _LOCK in answer.body:
        message = "the ERP had locked what was asked for, and did nothing"
        raise SourceBusy(message, source=source, status=LOCKED)
    message = "the source failed after it had the request"
    raise OutcomeUnknown(message, source=source, status=LOCKED)
