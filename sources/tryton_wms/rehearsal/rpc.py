"""The calls that Tryton 6.0 answers, as far as they are rehearsed; errors are data, with status 200."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sources.tryton_wms.rehearsal.depot import Depot
from sources.tryton_wms.rehearsal.fields import MODELS, Context, described
from sources.tryton_wms.rehearsal.making import Making
from sources.tryton_wms.rehearsal.query import Query, spelt, stamped
from sources.tryton_wms.rehearsal.saying import USER_WARNING, Refused, modified, user_error
from sources.tryton_wms.rehearsal.state import (
    INTERNAL,
    MOVE,
    OUT,
    PACKAGE,
    RETURN,
    SHIPMENTS,
    USER,
    WARNING,
    Move,
    Record,
    Shipment,
    Warned,
)
from sources.tryton_wms.rehearsal.work import TRANSITIONS, PackageMismatch, Work

STEPS: Mapping[str, tuple[str, ...]] = {
    OUT: ("draft", "wait", "assign_try", "assign_force", "pick", "pack", "done", "cancel"),
    RETURN: ("draft", "receive", "done", "cancel"),
    INTERNAL: ("draft", "wait", "assign_try", "ship", "done", "cancel"),
}
"""Transitions by their names in the API."""
LEADS_TO = {
    "draft": "draft", "wait": "waiting", "assign_try": "assigned", "assign_force": "assigned", "pick": "picked",
    "pack": "packed", "done": "done", "cancel": "cancelled", "receive": "received", "ship": "shipped",
}  # fmt: skip
"""The state that each step leads to."""
DOUBTED = ((OUT, "pack"), (OUT, "done"), (RETURN, "receive"))
"""Steps that somebody may doubt: goods cross the border of the house."""
WRITABLE: Mapping[str, frozenset[str]] = {
    OUT: frozenset({"reference"}),
    RETURN: frozenset({"reference", "incoming_moves"}),
    MOVE: frozenset({"quantity"}),
    PACKAGE: frozenset({"shipping_reference"}),
}


PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")


class Forbidden(Exception):
    """No such method: Tryton answers 403."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call of a model's method."""

    model: str
    method: str
    params: Sequence[Any]  # Any: JSON
    context: Context
    user: int


def decoded(value: Mapping[str, Any]) -> Any:  # Any: JSON
    """A typed value out of Tryton's JSON, for `object_hook`."""
    match value.get("__class__"):
        case "datetime":
            return datetime(*(value[part] for part in PARTS))  # noqa: DTZ001 - Tryton's are naive
        case "date":
            return date(value["year"], value["month"], value["day"])
        case "Decimal":
            return Decimal(value["decimal"])
    return dict(value)


def encoded(value: Any, field: str = "") -> Any:  # Any: JSON
    """Plain JSON of a value that a field holds: quantities are floats, references text."""
    if isinstance(value, datetime):
        return {"__class__": "datetime", **{part: getattr(value, part) for part in PARTS}}
    if isinstance(value, date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, tuple):
        return spelt(value)
    if isinstance(value, dict):
        return {name: encoded(one, name) for name, one in value.items()}
    return [encoded(one) for one in value] if isinstance(value, list) else value


class Models:
    """The models' methods."""

    def __init__(self, depot: Depot, work: Work) -> None:
        """Answer from *depot* and let *work* be done."""
        self._depot, self._work = depot, work
        self._query = Query(depot)
        self._making = Making(depot, work)

    def answer(self, asked: Asked) -> Any:  # Any: JSON
        """The result of a call. Raises Forbidden for an unknown method, Refused for what Tryton tells as an error."""
        if asked.model not in MODELS:
            raise Refused(repr(asked.model))
        method = self._method(asked)
        try:
            return encoded(method(asked))
        except KeyError as unknown:
            raise Refused(str(unknown)) from unknown
        except (TypeError, ValueError, AttributeError, IndexError) as wrong:
            raise Refused(str(wrong)) from wrong
        except PackageMismatch as mismatch:
            message = f"Shipment {mismatch} must have all its moves in packages."
            raise user_error(message) from None

    def _method(self, asked: Asked) -> Callable[[Asked], Any]:  # Any: JSON
        known: dict[str, Callable[[Asked], Any]] = {  # Any: JSON
            "search": self._search,
            "search_count": lambda one: len(self._search(one)),
            "search_read": self._search_read,
            "read": self._read,
            "create": self._create,
            "write": self._write,
            "delete": self._delete,
            "fields_get": lambda one: described(one.model, one.params[0] if one.params else None),
        }
        if asked.model == MOVE:
            known |= {"do": self._carry, "cancel": self._carry}
        if asked.model == USER:
            known["get_preferences"] = self._preferences
        if asked.method in STEPS.get(asked.model, ()):
            return self._step
        if asked.method not in known:
            raise Forbidden(asked.method)
        return known[asked.method]

    def _preferences(self, asked: Asked) -> dict[str, Any]:  # Any: JSON
        return {"language": "en", "company": 1, "employee": 1, "locale": {"date": "%m/%d/%Y"}}

    # ------------------------------------------------------------------ asking

    def _search(self, asked: Asked) -> list[int]:
        domain, offset, limit, order = (*asked.params, *((), 0, None, None)[len(asked.params) :])[:4]
        if len(asked.params) > 4:
            message = f"search() takes from 2 to 6 positional arguments but {len(asked.params) + 1} were given"
            raise TypeError(message)
        if not isinstance(domain, list) or not isinstance(offset, int) or not isinstance(limit, int | None):
            message = f"invalid search of {asked.model}"
            raise TypeError(message)
        return self._query.search(asked.model, domain, (offset, limit), order, asked.context)

    def _search_read(self, asked: Asked) -> list[dict[str, Any]]:  # Any: values of fields
        names = asked.params[4] if len(asked.params) > 4 else None
        if len(asked.params) > 5 or not isinstance(names, list | None):
            message = "search_read() takes from 2 to 6 positional arguments"
            raise TypeError(message)
        found = self._search(
            Asked(model=asked.model, method="search", params=asked.params[:4], context=asked.context, user=asked.user)
        )
        return self._query.read(asked.model, found, names or ["id"], asked.context)

    def _read(self, asked: Asked) -> list[dict[str, Any]]:  # Any: values of fields
        ids, names = asked.params
        rows = self._depot.tables.of(asked.model).rows
        if any(one not in rows for one in ids):
            words = f'You are not allowed to read records "{", ".join(map(str, ids))}" of "{asked.model}".'
            raise user_error(words)
        return self._query.read(asked.model, ids, names, asked.context)

    # ------------------------------------------------------------------ doing

    def _step(self, asked: Asked) -> Any:  # Any: JSON
        (ids,) = asked.params
        told: Any = None  # Any: what a transition answers
        for one in ids:
            shipment = self._depot.get(asked.model, one, Shipment)
            self._doubt(asked, shipment)
            self._compare(asked, shipment)
            told = getattr(self._work, asked.method)(shipment)
        return told

    def _carry(self, asked: Asked) -> None:
        (ids,) = asked.params
        for one in ids:
            self._work.carry(self._depot.get(MOVE, one, Move), {"do": "done", "cancel": "cancelled"}[asked.method])

    def _doubt(self, asked: Asked, shipment: Shipment) -> None:
        """Goods without an origin that leave or come back, and parcels without a carrier, need a yes each, used up."""
        doubts = {}
        is_doubted = (shipment.model, asked.method) in DOUBTED
        if is_doubted and (shipment.state, LEADS_TO[asked.method]) in TRANSITIONS[shipment.model]:
            doubts[f"{shipment.model},{shipment.id}.done"] = "Stock moves have no origin."
            if asked.method == "pack" and not shipment.carrier:
                name = f"shipment_out_no_carrier_{shipment.model},{shipment.id}"
                doubts[name] = f'The shipment "{shipment.number}" does not have a carrier set.'
        said = {known.name: known for known in self._depot.all(WARNING, Warned) if known.user == asked.user}
        for name, words in doubts.items():
            if name not in said:
                raise Refused(USER_WARNING, name, words, "")
        for name in doubts:
            if not said[name].always:
                self._depot.tables.of(WARNING).drop(said[name].id)

    def _compare(self, asked: Asked, shipment: Shipment) -> None:
        """Nothing is done to a row written after the caller's `_timestamp`; what is skipped is not compared."""
        mark = (asked.context.get("_timestamp") or {}).get(f"{shipment.model},{shipment.id}")
        goes_on = (shipment.state, LEADS_TO.get(asked.method)) in TRANSITIONS[shipment.model]
        if mark is not None and goes_on and Decimal(stamped(shipment)) > Decimal(mark):
            raise modified()

    def _create(self, asked: Asked) -> list[int]:
        (values,) = asked.params
        return self._making.create(asked.model, values)

    def _write(self, asked: Asked) -> None:
        ids, values = asked.params
        if not set(values) <= WRITABLE.get(asked.model, frozenset()):
            message = f'You are not allowed to modify the field of "{asked.model}".'
            raise user_error(message)
        for one in ids:
            row = self._depot.get(asked.model, one, Record)
            if isinstance(row, Move) and row.state != "draft":
                message = f'You cannot modify the move "{row.id}".'
                raise user_error(message)
            for name, value in values.items():
                if name == "incoming_moves" and isinstance(row, Shipment):
                    self._making.rewrite(row, value)
                    continue
                setattr(row, name, Decimal(str(value)) if name == "quantity" else value)
            self._depot.tables.write(asked.model, row)

    def _delete(self, asked: Asked) -> None:
        (ids,) = asked.params
        if asked.model not in SHIPMENTS:
            message = f'You are not allowed to delete records of "{asked.model}".'
            raise user_error(message)
        for one in ids:
            shipment = self._depot.get(asked.model, one, Shipment)
            self._work.cancel(shipment)
            if shipment.state != "cancelled":
                words = f'To delete shipment "{shipment.number}" you must cancel it.'
                raise user_error(words)
            for move in self._work.moves(shipment):
                self._depot.drop(move)
            self._depot.tables.of(asked.model).drop(one)
