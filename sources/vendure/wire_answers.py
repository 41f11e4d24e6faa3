"""What Vendure answers around its payloads: envelopes, refusals, look-ups, and the results of what was changed."""

from __future__ import annotations

from typing import Any

import msgspec

from hub.errors import OutcomeCause

_LACKS_STOCK = frozenset({"INSUFFICIENT_STOCK_ERROR", "INSUFFICIENT_STOCK_ON_HAND_ERROR"})
_INSUFFICIENT = "due to insufficient stock"


class _Wire(msgspec.Struct, rename="camel"):
    pass


class GraphQLError(_Wire, kw_only=True):
    """One entry of `errors`."""

    message: str = ""
    extensions: dict[str, Any] = {}  # Any: each server puts there what it likes

    @property
    def code(self) -> str:
        """`extensions.code`, empty where a raw database message came through (systems.md 5.11)."""
        code = self.extensions.get("code")
        return code if isinstance(code, str) else ""


class GraphQLAnswer(_Wire, kw_only=True):
    """The envelope: each root field stays raw until it is known whether all is well."""

    data: dict[str, msgspec.Raw] | None = None
    errors: list[GraphQLError] = []


class RowPage(_Wire, kw_only=True):
    """A list; each row raw, so that a broken one does not hide the others."""

    total_items: int
    items: list[msgspec.Raw]


class Result(_Wire, kw_only=True):
    """A union that may be an ErrorResult."""

    typename: str = msgspec.field(name="__typename")
    error_code: str | None = None
    message: str | None = None
    transition_error: str | None = None

    @property
    def words(self) -> str:
        """Vendure's own words for a refusal."""
        return self.transition_error or self.message or self.error_code or self.typename

    @property
    def cause(self) -> OutcomeCause | None:
        """What Vendure says no to; a transition that lacks stock has no code of its own, only words."""
        lacks = (self.error_code or "") in _LACKS_STOCK or _INSUFFICIENT in (self.transition_error or "")
        return OutcomeCause.STOCK if lacks else None


class OnlyId(_Wire, kw_only=True):
    """A hit of a look-up."""

    id: str


class FoundOrders(_Wire, kw_only=True):
    """OrderList with ids alone."""

    total_items: int
    items: list[OnlyId]


class OrderProcessState(_Wire, kw_only=True):
    """One state of the shop's own order process."""

    name: str


class ServerConfig(_Wire, kw_only=True):
    """What the shop says of itself."""

    money_strategy_precision: int
    order_process: list[OrderProcessState]


class ServerSettings(_Wire, kw_only=True):
    """GlobalSettings."""

    server_config: ServerConfig


class FoundCustomers(_Wire, kw_only=True):
    """CustomerList with ids alone."""

    items: list[OnlyId]


class ShippingQuote(_Wire, kw_only=True):
    """ShippingMethodQuote: a way that a draft may go."""

    id: str
    code: str
    name: str


class DraftBegun(_Wire, kw_only=True):
    """A draft order that was just made."""

    id: str
    currency_code: str
