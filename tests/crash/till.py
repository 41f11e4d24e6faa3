"""The shop's desk for what comes back: which requests give goods or money back, and every refund that was promised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sources.vendure.rehearsal.shop import Shop
from sources.vendure.rehearsal.state import Line, Order, Refund
from tests.crash.judge.returned import Bought, Payback

RETURNED = "return "
"""How the reason begins by which goods are taken off an order that have come back."""
NAMED = re.compile(r"\[([^\]]+)\]$")
"""The hub's name of a refund, at the end of its reason."""
OUT = ("Shipped", "Delivered")


def is_back(asked: Mapping[str, Any]) -> bool:  # Any: JSON
    """Whether a request gives goods or money back."""
    query = str(asked.get("query", ""))
    if "refundOrder(" in query or "settleRefund(" in query:
        return True
    return "cancelOrder(" in query and str(asked["variables"]["input"].get("reason")).startswith(RETURNED)


def back_of(order: Order, line: Line) -> int:
    """Units of a line that left and were taken off since."""
    return max(0, order.units(line.id, OUT) - line.quantity)


@dataclass(slots=True)
class Till:
    """Writes down each refund as it is promised, and whether it might be."""

    shop: Shop
    is_credited: Callable[[str], bool] = lambda _: True
    """Whether the ERP has posted a credit memo of the return of that reference."""
    _credited: dict[int, bool] = field(default_factory=dict)
    """By id of the refund: so it was when it was promised."""
    _back: int = 0

    @property
    def done(self) -> int:
        """How often goods or money went back."""
        return self._back

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While one request is carried out."""
        before = self._standing()
        yield
        for _, refund in self._refunds():
            if refund.id not in self._credited:
                self._credited[refund.id] = self.is_credited(reference_of(refund))
        self._back += self._standing() != before

    def paybacks(self, tenant: str) -> Iterator[Payback]:
        """Every refund as the shop has it at the end."""
        for order, refund in self._refunds():
            yield Payback(
                tenant=tenant, code=order.code, name=name_of(refund), cents=refund.total, state=refund.state,
                is_credited=self._credited.get(refund.id, False),
            )  # fmt: skip

    def bought(self, tenant: str) -> Iterator[Bought]:
        """Every order that has left, with what was paid for it."""
        for order in self.shop.orders.values():
            back = tuple(sorted((line.variant.sku, units) for line in order.lines if (units := back_of(order, line))))
            paid = sum(one.amount for one in order.payments if one.state == "Settled")
            if any(one.state in OUT for one in order.parcels):
                yield Bought(tenant=tenant, code=order.code, cents=paid, back=back)

    def _refunds(self) -> Iterator[tuple[Order, Refund]]:
        for order in self.shop.orders.values():
            for payment in order.payments:
                for refund in payment.refunds:
                    yield order, refund

    def _standing(self) -> tuple[object, ...]:
        money = tuple((refund.id, refund.state) for _, refund in self._refunds())
        return money, tuple(line.quantity for order in self.shop.orders.values() for line in order.lines)


def name_of(refund: Refund) -> str:
    """What the hub calls a refund; empty where it is not the hub's."""
    found = NAMED.search(refund.reason or "")
    return refund.transaction or ("" if found is None else found[1])


def reference_of(refund: Refund) -> str:
    """The return that a refund is for."""
    return name_of(refund).rpartition("/")[0]
