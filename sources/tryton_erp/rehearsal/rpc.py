"""JSON-RPC of the rehearsed ERP: what the adapter asks, and the searches and buttons that people's tools use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sources.tryton_erp.rehearsal.desk import Desk
from sources.tryton_erp.rehearsal.door import Door
from sources.tryton_erp.rehearsal.erp import Erp
from sources.tryton_erp.rehearsal.query import Query, Unknown, fields_of, kind_of
from sources.tryton_erp.rehearsal.records import Sale

VERSION = "8.2"
SELECTIONS = {
    (Sale.model, "state"): ("draft", "quotation", "confirmed", "processing", "done", "cancelled"),
    (Sale.model, "shipment_state"): ("none", "waiting", "partially shipped", "sent", "exception"),
    (Sale.model, "invoice_state"): ("none", "pending", "awaiting payment", "partially paid", "paid", "exception"),
    ("stock.shipment.out", "state"): (
        "draft", "waiting", "assigned", "picked", "packed", "shipped", "done", "cancelled",
    ),
    ("stock.shipment.out.return", "state"): ("draft", "received", "done", "cancelled"),
    ("stock.shipment.internal", "state"): (
        "request", "draft", "waiting", "assigned", "packed", "shipped", "done", "cancelled",
    ),
    ("account.invoice", "state"): ("draft", "validated", "posted", "paid", "cancelled"),
}  # fmt: skip
Params = Sequence[Any]  # Any: JSON, decoded


class Rpc:
    """Answers one call at a time; the last parameter of every method of a model is the context."""

    def __init__(self, erp: Erp, door: Door, desk: Desk) -> None:
        self._erp, self._door, self._desk = erp, door, desk
        selling = erp.selling
        self._wizards: dict[str, tuple[str, Callable[[Any, Any], object]]] = {  # Any: an active record, forms
            "account.invoice.credit": ("credit", lambda bill, _: erp.money.credit(bill)),
            "sale.handle.shipment.exception": (
                "handle", lambda sale, forms: selling.ignore_moves(sale, forms["ask"]["ignore_moves"]),
            ),
            "sale.handle.invoice.exception": (
                "handle", lambda sale, forms: selling.ignore_invoices(sale, forms["ask"]["ignore_invoices"]),
            ),
            "stock.shipment.assign": ("ignore", lambda shipment, _: erp.goods.assign_ignore(shipment)),
        }  # fmt: skip

    def call(self, method: str, params: Params) -> Any:  # Any: JSON
        """The result of *method*. Raises Unknown for what is not there."""
        kind, _, rest = method.partition(".")
        model, _, verb = rest.rpartition(".")
        if kind == "wizard" and model in self._wizards:
            return self._wizard(model, verb, params)
        if kind != "model" or not model:
            raise Unknown(method)
        if not params or not isinstance(params[-1], dict):
            message = "Missing context argument"
            raise ValueError(message)
        verbs: dict[str, Callable[[str, Params], Any]] = {
            "get_preferences": self._preferences,
            "search": self._search,
            "search_count": self._count,
            "search_read": self._search_read,
            "fields_get": self._fields,
        }
        return verbs[verb](model, params) if verb in verbs else self._press(model, verb, params)

    def _wizard(self, name: str, verb: str, params: Params) -> Any:  # Any: JSON
        """A wizard in three calls: made, gone through state by state, deleted; only its last state does anything."""
        if verb == "create":
            return [1, "start", "end"]
        state, act = self._wizards[name]
        if verb == "execute" and params[2] == state:
            context = params[-1]
            act(self._erp.books.tables[context["active_model"]][context["active_id"]], params[1])
        return {}

    def _preferences(self, _model: str, _params: Params) -> Any:  # Any: JSON
        return {"company": 1, "companies": [1], "employee": 1, "employees": [1], "language": "en"}

    def _search(self, model: str, params: Params) -> Any:  # Any: JSON
        domain, offset, limit, order = [*params[:-1], 0, None, None][:4]
        found = self._query(params).search(model, domain, order, None if limit is None else offset + limit)
        return [record.id for record in found[offset:]]

    def _count(self, model: str, params: Params) -> Any:  # Any: JSON
        return len(self._query(params).search(model, params[0]))

    def _search_read(self, model: str, params: Params) -> Any:  # Any: JSON
        domain, offset, limit, order, names = params[:5]
        query = self._query(params)
        found = query.search(model, domain, order, None if limit is None else offset + limit)[offset:]
        return [_dotted(row) for row in query.shown(model, found, names)]

    def _fields(self, model: str, params: Params) -> Any:  # Any: JSON
        names = params[0] or fields_of(kind_of(model))
        return {
            name: {"selection": [[word, word.title()] for word in SELECTIONS.get((model, name), ())]} for name in names
        }

    def _press(self, model: str, verb: str, params: Params) -> Any:  # Any: JSON
        if not self._desk.offers(model, verb):
            raise Unknown(verb)
        for one in params[0]:
            self._desk.act(model, verb, one)
        return None

    def _query(self, params: Params) -> Query:
        return Query(self._erp.books, self._erp.goods, params[-1])


def _dotted(row: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
    """As JSON-RPC shows what lies beneath a field: beside its id, under its name with a dot."""
    shown: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            shown[name], shown[f"{name}."] = value["id"], _dotted(value)
        elif name != "__name__":
            shown[name] = value
    return shown
