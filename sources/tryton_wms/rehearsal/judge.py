"""What is wrong with a request, by what the server says of its own models (`fields_get`)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

from sources.tryton_wms.rehearsal.query import STAMP
from sources.tryton_wms.rehearsal.state import ADDRESS, MOVE, OUT, RETURN, WARNING

Described = Mapping[str, Mapping[str, Any]]  # Any: JSON: fields of a model
OPERATORS = frozenset({"=", "!=", ">", ">=", "<", "<=", "in", "not in", "like", "not like", "ilike", "child_of"})
SEARCHING = {"search": 4, "search_read": 5, "search_count": 1}
"""Methods that search, and how many parameters they take before the context."""
_PLAIN = {"get_preferences": 1, "fields_get": 1}
_ON_RETURNS = frozenset((RETURN, verb) for verb in ("create", "write", "receive", "done", "cancel"))
EFFECTS = _ON_RETURNS | {
    (OUT, "create"), (OUT, "wait"), (OUT, "cancel"), (ADDRESS, "create"), (WARNING, "create"), (MOVE, "create"),
    (MOVE, "do"),
}  # fmt: skip
"""All that the adapter changes."""
_LEADING = ("many2one", "one2many", "reference")


class _Fault(Exception):
    """What is wrong, in words."""


class Judge:
    """Judges requests of the adapter: reading ones, the login, and the few that change something."""

    def __init__(self, describe: Callable[[str], Awaitable[Described | None]]) -> None:
        """*describe* tells the fields of a model, None where there is no such model."""
        self._describe = describe
        self._known: dict[str, Described] = {}

    async def fault_of(self, request: bytes) -> str | None:
        """What is wrong with a request; None if nothing."""
        try:
            asked = json.loads(request)
        except ValueError as wrong:
            return f"not JSON: {wrong}"
        if not isinstance(asked, dict) or set(asked) != {"id", "method", "params"}:
            return "not exactly id, method and params"
        try:
            await self._judge(str(asked["method"]), asked["params"])
        except _Fault as fault:
            return str(fault)
        return None

    async def _judge(self, method: str, params: Any) -> None:  # Any: JSON
        _demand(isinstance(params, list), "params are no list")
        if method == "common.db.login":
            is_login = len(params) == 2 and isinstance(params[0], str) and set(params[1]) == {"password"}
            _demand(is_login, "a login takes a user and a password")
            return
        kind, _, rest = method.partition(".")
        model, _, verb = rest.rpartition(".")
        is_known = verb in {**SEARCHING, **_PLAIN} or (model, verb) in EFFECTS
        _demand(kind == "model" and is_known, f"there is no {method} for an adapter")
        _demand(bool(params) and isinstance(params[-1], dict), "the last parameter is no context")
        if (model, verb) in EFFECTS:
            await self._effect(model, verb, params[:-1])
            return
        _demand(len(params) - 1 == {**SEARCHING, **_PLAIN}[verb], f"{verb} takes other parameters than {len(params)}")
        if verb in SEARCHING:
            await self._searching(model, params[:-1])

    async def _searching(self, model: str, params: Sequence[Any]) -> None:  # Any: JSON
        usual: list[Any] = [[], 0, None, None, None]  # Any: JSON
        domain, offset, limit, order, names = [*params, *usual[len(params) :]]
        _demand(isinstance(offset, int) and isinstance(limit, int | None), "offset or limit is no number")
        _demand(isinstance(domain, list), "the domain is no list")
        for clause in _clauses(domain):
            _demand(clause[1] in OPERATORS, f"there is no operator {clause[1]}")
            await self._path(model, clause[0])
        for field, direction in order or ():
            await self._path(model, field)
            _demand(str(direction).split()[0] in ("ASC", "DESC"), f"there is no order {direction}")
        for name in names or ():
            await self._path(model, name)

    async def _effect(self, model: str, verb: str, params: Sequence[Any]) -> None:  # Any: JSON
        takes = 2 if verb == "write" else 1
        _demand(len(params) == takes and isinstance(params[0], list), f"{verb} takes a list, and nothing beside it")
        if verb != "create":
            _demand(params[0] and all(isinstance(one, int) for one in params[0]), f"{verb} takes ids")
            for values in params[1:]:
                await self._values(model, values)
            return
        for values in params[0]:
            await self._values(model, values)

    async def _values(self, model: str, values: Any) -> None:  # Any: JSON
        """Every name must be a field, and what is made below it too."""
        _demand(isinstance(values, dict), f"{values!r} is no row of {model}")
        fields = await self._fields(model)
        for name, value in values.items():
            _demand(name in fields, f"{model} has no field {name}")
            for verb, *below in value if fields[name]["type"] == "one2many" else ():
                _demand(verb in ("create", "write"), f"an adapter does not {verb} {name}")
                for row in below[0] if verb == "create" else below[1:]:
                    await self._values(fields[name]["relation"], row)

    async def _path(self, model: str, path: str) -> None:
        """Every name of a dotted path must be a field of what the one before leads to; a row's mark is on no list."""
        if path == STAMP:
            return
        there: str | None = model
        for name in path.split("."):
            _demand(there is not None, f"{path} of {model} leads nowhere")
            fields = await self._fields(there or "")
            _demand(name in fields, f"{there} has no field {name}")
            there = fields[name].get("relation") if fields[name]["type"] in _LEADING else None

    async def _fields(self, model: str) -> Described:
        if model not in self._known:
            found = await self._describe(model)
            if found is None:
                message = f"there is no model {model}"
                raise _Fault(message)
            self._known[model] = found
        return self._known[model]


def _clauses(domain: Sequence[Any]) -> Iterator[Sequence[Any]]:  # Any: JSON
    """Every clause of a domain. Raises _Fault for what is neither clause nor list of them."""
    if not domain:
        return
    if isinstance(domain[0], str) and domain[0] not in ("AND", "OR"):
        _demand(len(domain) > 2 and isinstance(domain[1], str), f"{domain} is no clause")
        yield domain
        return
    for part in domain[1:] if domain[0] in ("AND", "OR") else domain:
        _demand(isinstance(part, list), f"{part!r} is no clause")
        yield from _clauses(part)


def _demand(holds: object, words: str) -> None:
    if not holds:
        raise _Fault(words)
