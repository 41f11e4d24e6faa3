"""Small values that entities are made of: money, addresses, identifiers; and the mark of a field group."""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.model.vocabulary import FieldGroup, IdentifierScheme, Kind, SystemKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in one currency."""

    amount: Decimal
    """Exact, as the source gave it; never a float."""
    currency_code: str
    """ISO 4217."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address as it stood when the document was made."""

    name: str | None = None
    """Person or company."""
    lines: tuple[str, ...] = ()
    """Street lines in order."""
    city: str | None = None
    """Town."""
    postcode: str | None = None
    """Postal code as written."""
    region: str | None = None
    """State or province."""
    country: str = "ZZ"
    """ISO 3166-1 alpha-2; `ZZ` where the source does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """One thing people may type to find an entity. Not unique."""

    scheme: IdentifierScheme
    """What sort of identifier it is."""
    value: str
    """As the source writes it."""
    source: str | None = None
    """The source that uses it; null for the hub's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemTotal:
    """What one system says an order costs."""

    system: SystemKind
    """Role of the source."""
    source: str
    """The source that says so."""
    net: Money | None = None
    """Before tax."""
    tax: Money | None = None
    """Tax alone."""
    gross: Money | None = None
    """With tax. Rounds per line in one system and per document in another (systems.md 5.19)."""
    differs: bool = False
    """Whether net differs from that of the system that speaks for it, or gross by more than a cent a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictValue:
    """One source's side of a conflict."""

    source: str
    """Who says it."""
    value: str | None
    """What it says, as text."""
    observed_at: datetime
    """Since when the source is known to say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldConflict:
    """Two systems disagree about a field after everything in flight has settled (rule Own-1)."""

    path: str
    """The field, such as `lines.2.quantities.cancelled`."""
    group: FieldGroup
    """The group the field belongs to."""
    chosen: str
    """The source whose value is shown."""
    values: tuple[ConflictValue, ...]
    """Every source's value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """The record that a group of an assembled document was taken from; several where the group is derived (D3)."""

    group: FieldGroup
    """The group."""
    source: str
    """The source that speaks."""
    kind: Kind
    """Kind of the record."""
    source_id: str
    """The source's own id of the object."""
    birth: str = ""
    """Creation stamp where the source re-uses ids."""


def group(which: FieldGroup) -> Any:  # Any: dataclasses.field is typed as its value
    """A field that holds a field group, absent until a source tells it."""
    return field(default=None, metadata={"group": which})


def internal(default: Any) -> Any:  # Any: as above
    """A field that is stored and never shown."""
    return field(default=default, metadata={"internal": True})


def group_of(spec: Field[Any]) -> FieldGroup | None:
    """Which field group a dataclass field holds, if any."""
    return spec.metadata.get("group")


def group_fields(kind: type[Any]) -> dict[str, FieldGroup]:
    """Name of each field of *kind* that holds a group, and which group it is, in order of declaration."""
    return {spec.name: which for spec in fields(kind) if (which := group_of(spec)) is not None}
