"""What a person may change in what a dead delivery carries before it is sent again (domain.md 4.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.model.effects import CANCEL_ORDER, CREATE_ORDER, PUBLISH_STOCK, REQUEST_FULFILMENT, SHIP_GOODS

EDITABLE: Mapping[str, frozenset[str]] = {
    CANCEL_ORDER: frozenset({"note"}),
    CREATE_ORDER: frozenset(
        {"customer", "customer_name", "customer_email", "ship_to", "bill_to", "shipping_service", "note", "skus"}
    ),
    REQUEST_FULFILMENT: frozenset({"customer", "customer_name", "ship_to", "note", "skus"}),
    SHIP_GOODS: frozenset({"carrier", "service", "skus"}),
    PUBLISH_STOCK: frozenset({"location"}),
}
"""By action: who, where to, and codes of the source's own. Never references, quantities or money: those are facts."""
SKUS = "skus"
"""The source's item codes, by line of the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """One thing that a person wrote differently."""

    name: str
    """A field of the content, or the number of a line whose item code it is."""
    was: Any = None  # Any: JSON
    """What stood there: where the facts now say something else, the edit is void."""
    now: Any = None  # Any: JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a person wrote differently in what a delivery carries, kept as long as the delivery."""

    changes: tuple[Edited, ...]
    by: str
    at: datetime
    why: str


def changes_of(content: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[Edited]:
    """What *wanted* changes in a content: fields by name, and `skus` by line."""
    for name, value in sorted(wanted.items()):
        if name != SKUS:
            yield Edited(name=name, was=content.get(name), now=value)
            continue
        codes = {str(line["line_no"]): line["sku"] for line in content.get("lines", ())}
        yield from (Edited(name=number, was=codes.get(number), now=sku) for number, sku in sorted(value.items()))


def applied(content: Mapping[str, Any], edit: Edit | None) -> dict[str, Any]:
    """A content as a person wants it. What the facts say otherwise than when it was edited stays as they say."""
    made: dict[str, Any] = deepcopy(dict(content))
    for one in () if edit is None else edit.changes:
        if not one.name.isdecimal():
            if made.get(one.name) == one.was:
                made[one.name] = one.now
            continue
        for line in made.get("lines", ()):
            if str(line["line_no"]) == one.name and line["sku"] == one.was:
                line["sku"] = one.now
    return made


def united(old: Edit | None, new: Edit) -> Edit:
    """An edit on top of an earlier one: what stood before both is what stood at first."""
    before = {} if old is None else {one.name: one for one in old.changes}
    for one in new.changes:
        known = before.get(one.name)
        before[one.name] = one if known is None else Edited(name=one.name, was=known.was, now=one.now)
    return Edit(changes=tuple(before[name] for name in sorted(before)), by=new.by, at=new.at, why=new.why)
