"""Tryton's JSON: decimals, dates and instants as objects with a `__class__`."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

_CLASSES = {"Decimal", "datetime", "date"}


def written(value: Any) -> bytes:  # Any: what goes into an answer
    """As Tryton's encoder writes it."""
    return json.dumps(value, default=_spelt).encode()


def read(text: bytes | str) -> Any:  # Any: JSON
    """As Tryton's decoder reads it. Raises ValueError."""
    return json.loads(text, object_hook=_meant)


def _spelt(value: object) -> dict[str, object]:
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    if isinstance(value, datetime):
        clock = {name: getattr(value, name) for name in ("hour", "minute", "second", "microsecond")}
        return {"__class__": "datetime", **_day(value), **clock}
    if isinstance(value, date):
        return {"__class__": "date", **_day(value)}
    message = f"not to be written: {value!r}"
    raise TypeError(message)


def _day(value: date) -> dict[str, object]:
    return {"year": value.year, "month": value.month, "day": value.day}


def _meant(given: dict[str, Any]) -> Any:  # Any: JSON
    kind = given.get("__class__")
    if kind not in _CLASSES:
        return given
    parts = {name: value for name, value in given.items() if name != "__class__"}
    if kind == "Decimal":
        return Decimal(parts["decimal"])
    return datetime(**parts) if kind == "datetime" else date(**parts)  # noqa: DTZ001 - Tryton's are naive
