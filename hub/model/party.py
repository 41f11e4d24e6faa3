"""Customers, products, warehouses: the master data an order refers to (domain.md 2.2.1-2.2.3)."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.values import Identifier, group
from hub.model.vocabulary import FieldGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerProfile:
    """Who the customer is: owned by the ERP, by the shop for web buyers."""

    name: str | None = None
    """Company or person."""
    email: str | None = None
    """Lower case; proposes a match, never decides sameness."""
    phone: str | None = None
    """As written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerGroups:
    """What a source can tell about a customer."""

    profile: CustomerProfile | None = group(FieldGroup.CUSTOMER)
    """Who the customer is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer account or a web buyer."""

    id: str
    """Stable, opaque."""
    version: int
    """Moves whenever the customer moves."""
    number: str
    """That of the system where the customer was born."""
    groups: CustomerGroups = CustomerGroups()
    """The head, group by group."""
    identifiers: tuple[Identifier, ...] = ()
    """Everything a caller may read out for it."""
