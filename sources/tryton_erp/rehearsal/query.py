"""Tryton's query language: domains, orders and dotted fields over the rehearsed records."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from sources.tryton_erp.rehearsal.books import Books
from sources.tryton_erp.rehearsal.goods import Goods
from sources.tryton_erp.rehearsal.records import Location, Product, Record

Domain = Sequence[Any]  # Any: JSON, decoded
REFERENCES = frozenset(
    {
        ("stock.move", "shipment"),
        ("stock.move", "origin"),
        ("stock.package", "shipment"),
        ("sale.sale", "origin"),
        ("account.invoice.line", "origin"),
    }
)
"""Fields that may name a record of several models."""
UNSEARCHED = frozenset({"outgoing_moves", "inventory_moves", "incoming_moves"})
"""Fields that are worked out: they can be read, and no domain may name them."""
OF_COMPANY = frozenset(
    {
        ("party.party", "credit_limit_amount"),
        ("party.party", "credit_amount"),
        ("party.party", "customer_payment_term"),
        ("party.party", "sale_price_list"),
        ("product.product", "list_price"),
    }
)
"""Fields that read null, silently, unless the context names a company."""
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_STAMPS = ("write_date", "create_date")
_INDEXED = frozenset({("sale.sale", "reference"), ("sale.sale", "number"), ("party.party", "code")})


class Unknown(Exception):
    """A model or field that is not there: Tryton answers 500 with its name."""


_FIELDS: dict[type[Record], frozenset[str]] = {}


def fields_of(kind: type[Record]) -> frozenset[str]:
    """The field names of a model."""
    if kind not in _FIELDS:
        own = {spec.name for spec in fields(kind)}
        worked_out = {name for name in dir(kind) if isinstance(getattr(kind, name), property)}
        _FIELDS[kind] = frozenset(own | worked_out | {"rec_name"})
    return _FIELDS[kind]


def kind_of(model: str) -> type[Record]:
    """The records of a model. Raises Unknown."""
    kinds = [Record]
    for kind in kinds:
        if kind.model == model:
            return kind
        kinds.extend(kind.__subclasses__())
    raise Unknown(model)


class Query:
    """Answers questions about one company's books, in one context."""

    def __init__(self, books: Books, goods: Goods, context: Mapping[str, Any]) -> None:  # Any: JSON
        self._books, self._goods, self._context = books, goods, context

    def search(
        self, model: str, domain: Domain, order: Domain | None = None, limit: int | None = None
    ) -> list[Any]:  # Any: records
        """The first that fit, in order."""
        _known(model, [*_named(domain), *(term[0] for term in order or ())])
        table, wanted = self._books.tables[model], self._candidates(model, domain)
        ids = table.keys() if wanted is None else wanted
        terms = order or [["id", "ASC"]]
        if terms[0][0] == "id":
            is_down = terms[0][1].upper().startswith("DESC")
            walk = _walk(ids, is_down=is_down)
            return list(islice((table[one] for one in walk if one in table and self._fits(table[one], domain)), limit))
        found = [table[one] for one in ids if one in table and self._fits(table[one], domain)]
        for name, direction in reversed(terms):
            path = str(name)
            found.sort(key=partial(self._sortable, path=path), reverse=direction.upper().startswith("DESC"))
        return found[:limit]

    def shown(self, model: str, records: Sequence[Record], names: Sequence[str]) -> list[dict[str, Any]]:  # Any: JSON
        """The records with the fields asked for. Raises Unknown for a field that is not there, records or none."""
        _known(model, names)
        return [self.read(record, names) for record in records]

    def read(self, record: Record, names: Iterable[str]) -> dict[str, Any]:  # Any: JSON
        """The record with the fields asked for, dotted ones nested."""
        return self._read(record, _tree(names))

    # ------------------------------------------------------------------ domains

    def _fits(self, record: Record, domain: Domain) -> bool:
        if not domain:
            return True
        first = domain[0]
        if isinstance(first, str) and first not in ("AND", "OR"):
            return self._clause(record, domain)
        parts = domain[1:] if isinstance(first, str) else domain
        if first == "OR":
            return any(self._fits(record, part) for part in parts)
        return all(self._fits(record, part) for part in parts)

    def _clause(self, record: Record, clause: Domain) -> bool:
        path, sign, wanted = clause[0], clause[1], clause[2]
        if not UNSEARCHED.isdisjoint(path.split(".")):
            raise Unknown(path)
        target = clause[3] if len(clause) > 3 else None
        found = [value for value in self._values(record, path.split("."), target) if value is not None]
        if sign in _COMPARE:
            return wanted is not None and any(_COMPARE[sign](value, wanted) for value in found)
        return self._equals(found, sign, wanted)

    def _equals(self, found: Sequence[Any], sign: str, wanted: Any) -> bool:  # Any: field values
        match sign:
            case "=" | "!=":
                is_equal = not found if wanted is None else wanted in found
                return is_equal == (sign == "=")
            case "in" | "not in":
                return any(value in wanted for value in found) == (sign == "in")
            case "like" | "ilike":
                pattern = re.compile(
                    re.escape(wanted).replace("%", ".*").replace("_", "."), re.IGNORECASE if sign == "ilike" else 0
                )
                return any(pattern.fullmatch(str(value)) for value in found)
            case "child_of":
                inside = {place for one in wanted for place in self._inside(one)}
                return any(value in inside for value in found)
        raise Unknown(sign)

    def _inside(self, place: int) -> set[int]:
        table = self._books.tables[Location.model]
        return {one.id for one in self._goods.within(table[place])} if place in table else set()

    def _values(self, record: Record, path: Sequence[str], target: str | None) -> Iterator[Any]:  # Any: field values
        value = self._value(record, path[0])
        for one in value if isinstance(value, list) else [value]:
            if len(path) == 1:
                is_reference = (record.model, path[0]) in REFERENCES
                yield (one.reference_value if is_reference else one.id) if isinstance(one, Record) else one
            elif isinstance(one, Record) and ((record.model, path[0]) not in REFERENCES or one.model == target):
                yield from self._values(one, path[1:], target)

    def _value(self, record: Record, name: str) -> Any:  # Any: a field's value
        if isinstance(record, Product) and name in ("quantity", "forecast_quantity"):
            return self._stock(record, name)
        if name == "__name__":
            return record.model
        if name not in fields_of(type(record)):
            raise Unknown(name)
        if (record.model, name) in OF_COMPANY and not self._context.get("company"):
            return None
        return f"{record.model},{record.id}" if name == "rec_name" else getattr(record, name)

    def _stock(self, product: Product, name: str) -> float:
        table = self._books.tables[Location.model]
        places = [table[one] for one in self._context.get("locations") or () if one in table]
        if name == "forecast_quantity":
            return self._goods.forecast(product, places)
        return self._goods.quantity(product, places, assign=bool(self._context.get("stock_assign")))

    def _sortable(self, record: Record, *, path: str) -> tuple[bool, Any]:  # Any: comparable
        value = next(self._values(record, path.split("."), None), None)
        return (value is not None, value if value is not None else 0)

    # ------------------------------------------------------------------ quick ways

    def _candidates(self, model: str, domain: Domain) -> Collection[int] | None:
        """Ids among which everything lies that can fit; None: all. The domain itself still decides."""
        clauses = [domain] if domain and isinstance(domain[0], str) else [*domain]
        if clauses and clauses[0] == "OR":
            return None if not _is_about_time(domain) else self._books.since(model, _earliest(domain))
        found = [ids for clause in clauses if (ids := self._narrowed(model, clause)) is not None]
        return min(found, key=len) if found else None

    def _narrowed(self, model: str, clause: Domain) -> Collection[int] | None:
        if not isinstance(clause, list) or not clause:
            return None
        if clause[0] == "id" and clause[1] == "in":
            return [one for one in clause[2] if isinstance(one, int)]
        if clause[0] == "id" and clause[1] == "<":
            return range(1, int(clause[2]))
        if clause[1] == "=" and (model, clause[0]) in _INDEXED and isinstance(clause[2], str):
            return self._books.found(model, clause[0], clause[2])
        return self._books.since(model, _earliest(clause)) if _is_about_time(clause) else None

    # ------------------------------------------------------------------ fields

    def _read(self, record: Record, tree: Mapping[str, Any]) -> dict[str, Any]:  # Any: trees, JSON
        shown: dict[str, Any] = {"id": record.id, "__name__": record.model}
        for name, beneath in tree.items():
            if name not in shown:
                shown[name] = self._shown(record, name, beneath)
        return shown

    def _shown(self, record: Record, name: str, beneath: Mapping[str, Any]) -> Any:  # Any: trees, JSON
        value = self._value(record, name)
        if beneath and (record.model, name) in REFERENCES:
            raise Unknown(name)
        if isinstance(value, list):
            return [self._read(one, beneath) if beneath else one.id for one in value]
        if not isinstance(value, Record):
            return value
        if (record.model, name) in REFERENCES:
            return value.reference_value
        return self._read(value, beneath) if beneath else value.id


def _named(domain: Domain) -> Iterator[str]:
    if domain and isinstance(domain[0], str) and domain[0] not in ("AND", "OR"):
        yield str(domain[0])
        return
    for part in domain:
        if isinstance(part, list):
            yield from _named(part)


def _known(model: str, paths: Iterable[str]) -> None:
    own = fields_of(kind_of(model)) | {"quantity", "forecast_quantity"}
    for path in paths:
        if path.split(".")[0] not in own:
            raise Unknown(path)


def _walk(ids: Collection[int], *, is_down: bool) -> Iterable[int]:
    if isinstance(ids, range):
        return reversed(ids) if is_down else ids
    return sorted(ids, reverse=is_down)


def _tree(names: Iterable[str]) -> dict[str, Any]:  # Any: trees
    root: dict[str, Any] = {}
    for name in names:
        at = root
        for part in name.split("."):
            at = at.setdefault(part, {})
    return root


def _is_about_time(domain: Domain) -> bool:
    """Whether it is a choice of nothing but "written since"."""
    if not domain or domain[0] != "OR":
        return False
    return all(
        isinstance(clause, list)
        and len(clause) == 3
        and str(clause[0]).split(".")[-1] in _STAMPS
        and clause[1] == ">="
        and isinstance(clause[2], datetime)
        for clause in domain[1:]
    )


def _earliest(domain: Domain) -> datetime:
    stamps: list[datetime] = [clause[2] for clause in domain[1:]]
    return min(stamps)
