"""What a check needs around an adapter: a server of its vendor behind our proxy, and hands that act at the source.

A check never learns which server it talks to: rehearsed and real ones are driven by the same code (design D10).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from hub.model.vocabulary import Kind
from hub.ports import Adapter, SourceCall
from sources.kit.chaos import Chaos
from sources.kit.postbox import Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTruth:
    """One line, read at the source by other means than the adapter's."""

    ordered: int
    left: int
    """Units still on the line: ordered less cancelled and returned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One object, read at the source by other means than the adapter's; None and nothing where it has no such thing."""

    number: str
    status: str
    """In the source's words."""
    lines: Mapping[str, LineTruth]
    parcels: Mapping[str, str]
    """Status of each parcel, in the source's words."""
    gross: Decimal | None = None
    currency: str | None = None
    placed_at: str | None = None
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canaries:
    """What must never be seen in an error or a log."""

    secrets: tuple[str, ...]
    personal: tuple[str, ...]


class Stage(Protocol):
    """One source, ready to be acted on. What is said of orders holds of whatever `kind` the source is about."""

    source: str
    kind: Kind
    """What the suite places, reads and sweeps: orders at a shop, shipments in a warehouse."""
    proxy: Chaos
    canaries: Canaries
    effect: bytes
    """What every request with an effect holds in its first line or body."""
    reading: bytes
    """What every request that reads orders holds in its first line or body."""
    login: bytes
    """What every login holds in its first line or body."""
    envelope: bytes
    """The key of an answer that all the rest lies under, with its quotes."""
    nothing: bytes
    """An empty answer's first key and value: put before an answer's own, they are repeated by it."""

    def connect(self, *, page: int | None = None, secrets: Sequence[str] = (), skew: float = 0) -> Adapter:
        """A fresh adapter through the proxy, not logged in; it takes webhooks signed with *secrets* (newest first).

        Its clock is *skew* seconds ahead.
        """
        ...

    def call(self, *, patience: float = 20.0) -> SourceCall:
        """A call of this source."""
        ...

    async def place(self, *units: int) -> str:
        """Place an order as a customer would, one line for each number of units; its source id."""
        ...

    async def unfinished(self) -> str | None:
        """Begin an order and leave it: the source id of what is not an order yet; None where there is no such thing."""
        ...

    async def ship(self, order_id: str) -> None:
        """Let what is open of an order leave in a parcel."""
        ...

    async def deliver(self, order_id: str) -> None:
        """Let what has left arrive."""
        ...

    async def take_off(self, order_id: str, line: str, units: int) -> None:
        """Cancel units as a person at the source would; the whole order where the source cancels no less."""
        ...

    async def truth(self, order_id: str) -> Truth:
        """How the order stands, read at the source by other means than the adapter's."""
        ...

    async def revoke(self) -> None:
        """Make every credential that the proxy has seen worthless."""
        ...

    async def statuses(self) -> Sequence[str]:
        """The closed list of order statuses, from the source itself."""
        ...

    async def fault_of(self, request: bytes) -> str | None:
        """What is wrong with a request (`Exchange.said`) by the source's own contract; None if nothing."""
        ...

    def broken(self) -> Sequence[bytes]:
        """At least ten requests that the contract forbids, in the form of `Exchange.said` or bodies alone."""
        ...

    async def send(self, request: bytes) -> bool:
        """Send a request as an adapter with a good credential would; whether the source accepted it."""
        ...

    async def letter(self, order_id: str, secret: str) -> Letter:
        """Make something happen to the order; the webhook that the source sent about it, signed with *secret*."""
        ...

    def respelled(self, body: bytes, status: str, new: str) -> bytes:
        """An answer in which an order's *status* reads *new*."""
        ...
