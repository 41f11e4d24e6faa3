"""Searching and reading in Tryton's manner: domains, orders, dotted names."""

from __future__ import annotations

import operator
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sources.tryton_wms.rehearsal.depot import Depot
from sources.tryton_wms.rehearsal.fields import MODELS, Context, Field
from sources.tryton_wms.rehearsal.state import Record, Reference

Domain = Sequence[Any]  # Any: JSON: names, operators and values, nested
STAMP = "_timestamp"
"""A name that every row answers to and no model lists."""
_STAMPS = ("write_date", "create_date")
_RELATED = ("many2one", "one2many", "reference")


def _like(value: Any, pattern: Any, flags: re.RegexFlag = re.NOFLAG) -> bool:  # Any: JSON
    parts = re.split("([%_])", str(pattern))
    spelt = "".join({"%": ".*", "_": "."}.get(part, re.escape(part)) for part in parts)
    return value is not None and re.fullmatch(spelt, str(value), flags | re.DOTALL) is not None


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:  # Any: JSON
    return lambda value, wanted: value is not None and wanted is not None and compare(value, wanted)


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {  # Any: JSON
    "=": operator.eq,
    "!=": operator.ne,
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    "in": lambda value, wanted: value in wanted,
    "not in": lambda value, wanted: value not in wanted,
    "like": _like,
    "not like": lambda value, wanted: not _like(value, wanted),
    "ilike": lambda value, wanted: _like(value, wanted, re.IGNORECASE),
}


class Query:
    """Questions to the tables of one depot. Raises KeyError for names that do not exist, as Tryton does."""

    def __init__(self, depot: Depot) -> None:
        self._depot = depot

    def search(
        self, model: str, domain: Domain, window: tuple[int, int | None], order: Domain | None, context: Context
    ) -> list[int]:
        """Ids of the rows that fit, in order, from an offset up to a limit."""
        self._check(model, domain)
        offset, limit = window
        if "active" in MODELS[model] and context.get("active_test", True) and not _names(domain, "active"):
            domain = [["active", "=", True], domain]
        found = self._fitting(model, domain, order, context)
        if limit is None:
            return list(found)[offset:]
        taken: list[int] = []
        for one in found:
            taken.append(one)
            if len(taken) >= offset + limit:
                break
        return taken[offset:]

    def read(
        self, model: str, ids: Iterable[int], names: Iterable[str], context: Context
    ) -> list[dict[str, Any]]:  # Any: values of fields
        """The rows with these fields; `a.b` comes as the row or rows of `a.`."""
        plain, nested = _split(names)
        fields = MODELS[model]
        for name in (*plain, *nested):
            if name != STAMP:
                fields[name]
        table = self._depot.tables.of(model)
        return [self._row(model, table.rows[one], plain, nested, context) for one in ids]

    def value(self, field: str, model: str, record: Record, context: Context) -> Any:  # Any: value of a field
        """What a field of a row holds."""
        spec = MODELS[model][field]
        return getattr(record, field) if spec.get is None else spec.get(self._depot, record, context)

    def _row(
        self, model: str, record: Record, plain: Iterable[str], nested: dict[str, list[str]], context: Context
    ) -> dict[str, Any]:  # Any: values of fields
        row: dict[str, Any] = {"id": record.id}  # Any: values of fields
        for name in plain:
            row[name] = stamped(record) if name == STAMP else self.value(name, model, record, context)
        for name, below in nested.items():
            field = MODELS[model][name]
            value = self.value(name, model, record, context)
            row.setdefault(name, value)
            targets = list(_targets(field, value))
            rows = [found for there, one in targets for found in self.read(there, [one], below, context)]
            row[f"{name}."] = rows if field.type == "one2many" else next(iter(rows), None)
        return row

    # ------------------------------------------------------------------ fitting

    def _fitting(self, model: str, domain: Domain, order: Domain | None, context: Context) -> Iterator[int]:
        table = self._depot.tables.of(model)
        if not order:
            order = [["id", "ASC"]]
        field, direction = str(order[0][0]), str(order[0][1])
        if field in _STAMPS and not domain and direction.startswith("DESC"):
            newest = table.newest()
            return iter(() if newest is None else (newest,))
        candidates = self._candidates(model, domain)
        down = direction.upper().startswith("DESC")
        if field != "id":
            ranked = [one for one in candidates if self._fits(model, table.rows[one], domain, context)]
            ranked.sort(key=lambda one: _rank(self.value(field, model, table.rows[one], context)), reverse=down)
            return iter(ranked)
        walk = reversed(candidates) if down else iter(candidates)
        return (one for one in walk if self._fits(model, table.rows[one], domain, context))

    def _candidates(self, model: str, domain: Domain) -> Sequence[int]:
        """Ids among which all that fit are, ascending: quick where ids or dates are named."""
        table = self._depot.tables.of(model)
        since = _since(domain)
        ids: Sequence[int] = list(table.since(since)) if since is not None else table.ids
        for name, sign, wanted in _clauses_of_all(domain):
            if name == "id" and sign in ("in", "="):
                among = set(wanted if sign == "in" else [wanted])
                ids = [one for one in sorted(among) if one in table.rows]
            elif name == "id" and sign == ">":
                ids = ids[bisect_right(ids, wanted) :]
            elif name == "id" and sign == "<":
                ids = ids[: bisect_left(ids, wanted)]
        return ids

    def _fits(self, model: str, record: Record, domain: Domain, context: Context) -> bool:
        if not domain:
            return True
        if _is_clause(domain):
            return self._holds(model, record, domain, context)
        any_of = domain[0] == "OR"
        parts = domain[1:] if domain[0] in ("OR", "AND") else domain
        fits = (self._fits(model, record, part, context) for part in parts)
        return any(fits) if any_of else all(fits)

    def _holds(self, model: str, record: Record, clause: Domain, context: Context) -> bool:
        name, sign, wanted = clause[:3]
        head, _, rest = name.partition(".")
        value = self.value(head, model, record, context)
        field = MODELS[model][head]
        if not rest:
            if field.type == "reference":
                value = spelt(value)
            return OPERATORS[sign](value, wanted)
        there = (
            (target, self._depot.tables.of(target).rows[one])
            for target, one in _targets(field, value)
            if len(clause) < 4 or target == clause[3]
        )
        return any(self._holds(target, row, [rest, sign, wanted], context) for target, row in there)

    def _check(self, model: str, domain: Domain) -> None:
        """Raise KeyError for a name or an operator that does not exist, whether a row is asked or not."""
        if not domain:
            return
        if _is_clause(domain):
            OPERATORS[domain[1]]
            target: str | None = model
            for name in str(domain[0]).split("."):
                if target is None:
                    break
                target = MODELS[target][name].relation
            return
        for part in domain[1:] if domain[0] in ("OR", "AND") else domain:
            if isinstance(part, str) or not isinstance(part, Sequence):
                message = f"Invalid clause {part!r}"
                raise KeyError(message)
            self._check(model, part)


def stamped(record: Record) -> str:
    """The mark by which Tryton knows whether a row was written since: its last date, in seconds."""
    at = record.write_date or record.create_date
    return f"{at.replace(tzinfo=UTC).timestamp():.6f}"


def spelt(value: Reference | None) -> str | None:
    """A reference as Tryton writes it: `model,id`."""
    return None if value is None else f"{value[0]},{value[1]}"


def _is_clause(domain: Domain) -> bool:
    return len(domain) > 2 and isinstance(domain[1], str) and domain[0] not in ("OR", "AND")


def _split(names: Iterable[str]) -> tuple[list[str], dict[str, list[str]]]:
    plain: list[str] = []
    nested: dict[str, list[str]] = {}
    for name in names:
        head, _, rest = name.partition(".")
        if rest:
            nested.setdefault(head, []).append(rest)
        else:
            plain.append(name)
    return plain, nested


def _targets(field: Field, value: Any) -> Iterator[Reference]:  # Any: value of a field
    if field.type not in _RELATED:
        message = f"{field.type} leads nowhere"
        raise KeyError(message)
    if field.type == "reference":
        if value is not None:
            yield value
        return
    for one in value if isinstance(value, list) else [] if value is None else [value]:
        yield field.relation or "", one


def _clauses_of_all(domain: Domain) -> Iterator[tuple[str, str, Any]]:  # Any: JSON
    """Clauses that every row must meet."""
    if not domain or domain[0] == "OR":
        return
    if _is_clause(domain):
        yield domain[0], domain[1], domain[2]
        return
    for part in domain[1:] if domain[0] == "AND" else domain:
        yield from _clauses_of_all(part)


def _since(domain: Domain) -> datetime | None:
    """The instant at or after which a row, or what hangs on it, must have been written; None where none is named."""
    if not domain or _is_clause(domain):
        return None
    if domain[0] == "OR":
        named = [_stamp_of(part) for part in domain[1:]]
        known = [one for one in named if one is not None]
        return min(known) if known and len(known) == len(named) else None
    found = [one for part in domain if isinstance(part, Sequence) and (one := _since(part)) is not None]
    return max(found, default=None)


def _stamp_of(clause: Domain) -> datetime | None:
    is_stamp = _is_clause(clause) and clause[0].rpartition(".")[2] in _STAMPS and clause[1] in (">", ">=")
    return clause[2] if is_stamp and isinstance(clause[2], datetime) else None


def _names(domain: Domain, field: str) -> bool:
    if not domain:
        return False
    return (
        domain[0] == field
        if _is_clause(domain)
        else any(_names(part, field) for part in domain if not isinstance(part, str))
    )


def _rank(value: Any) -> tuple[bool, Any]:  # Any: value of a field; null is the least
    return value is not None, value if value is not None else 0
