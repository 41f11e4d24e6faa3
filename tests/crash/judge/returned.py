"""What a seed leaves behind of goods that come back: values only, as the client, the hub and the sources have it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)
Units = tuple[tuple[str, int], ...]
"""(sku, units), sorted, as in `evidence`."""
Judged = tuple[tuple[str, str, int], ...]
"""(sku, what became of them, units), sorted."""


class Deed(StrEnum):
    """What is asked about a return, by the name of its mutation."""

    REQUEST = "returnRequest"
    AUTHORIZE = "returnAuthorize"
    RECEIVE = "returnReceive"
    INSPECT = "returnInspect"
    REFUND = "returnRefund"
    CLOSE = "returnClose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicked:
    """One mutation about a return as its client saw it."""

    tenant: str
    client: str
    key: str
    deed: Deed
    note: str
    """The same for all requests that want the same thing."""
    code: str
    """The shop's number of the order."""
    began: float = 0.0
    ended: float = 0.0
    is_open: bool = False
    """No answer said whether it was done."""
    is_refused: bool = False
    operation: str | None = None
    number: str | None = None
    """The return's."""
    replayed: bool = False
    codes: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """The client was told that it will be done."""
        return not self.is_open and not self.is_refused


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickRow:
    """A row of `command` about a return."""

    tenant: str
    id: str
    client: str
    key: str
    deed: Deed
    note: str
    return_id: str
    units: Units = ()
    """What came, by what was said."""
    judged: Judged = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLineRow:
    """A line of a return in the hub."""

    sku: str
    authorized: int
    received: int
    restocked: int
    quarantined: int
    scrapped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow:
    """A return in the hub."""

    tenant: str
    id: str
    code: str
    """The number of its order."""
    reference: str
    status: str
    lines: tuple[ReturnLineRow, ...]
    suggested: Decimal | None = None
    cases: tuple[str, ...] = ()
    """Codes of what is open of it."""
    waiting: tuple[str, ...] = ()
    """Deliveries of it that have not ended."""
    stopped: tuple[str, ...] = ()
    """Deliveries of it that the hub has given up: a person must look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A return in the books of ERP or warehouse: a sale of negative quantities, or a shipment that comes in."""

    tenant: str
    role: str
    reference: str
    source_id: str
    state: str
    came: Units = ()
    aside: Units = ()
    """Of that, what went elsewhere than on the shelf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """A credit memo in the ERP's books, its figures turned to be positive."""

    tenant: str
    reference: str
    source_id: str
    state: str
    units: Units
    net: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Payback:
    """A refund in the shop's books."""

    tenant: str
    code: str
    name: str
    """What the hub calls it: `CODE-R1/1`."""
    cents: int
    state: str
    is_credited: bool
    """The ERP had posted a credit memo of the return when it was promised."""

    @property
    def reference(self) -> str:
        """The return that it is for."""
        return self.name.rpartition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """An order in the shop's books: what was paid for it, and what it shows as come back."""

    tenant: str
    code: str
    cents: int
    back: Units


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Everything recorded of the returns of one seed."""

    clicked: tuple[Clicked, ...] = ()
    rows: tuple[ClickRow, ...] = ()
    returns: tuple[ReturnRow, ...] = ()
    slips: tuple[Slip, ...] = ()
    memos: tuple[Memo, ...] = ()
    paybacks: tuple[Payback, ...] = ()
    bought: tuple[Bought, ...] = ()
    price: Decimal = ZERO
    """Net, of one unit of anything, in the ERP."""


NO_RETURNS = Returned()
"""Nothing came back."""
