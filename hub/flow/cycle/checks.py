"""What is examined before an ERP is asked to take an order on (domain.md 2.4.3, row 4): as data. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hub.flow.cycle.scene import Scene
from hub.flow.facts import HUB
from hub.model.cases import Hold, HoldType
from hub.model.order import Order, PaymentState
from hub.model.values import Speaker
from hub.model.vocabulary import FieldGroup, SystemKind

PAID = frozenset({PaymentState.AUTHORIZED, PaymentState.PAID, PaymentState.NOT_REQUIRED})
UNPAID = frozenset(
    {
        PaymentState.PENDING,
        PaymentState.PARTIALLY_PAID,
        PaymentState.FAILED,
        PaymentState.EXPIRED,
        PaymentState.VOIDED,
    }
)


class CheckName(StrEnum):
    """What is examined."""

    CUSTOMER = "CUSTOMER"
    CREDIT = "CREDIT"
    PRICE = "PRICE"
    PAYMENT = "PAYMENT"
    SKU_MAPPING = "SKU_MAPPING"
    ADDRESS = "ADDRESS"


class CheckState(StrEnum):
    """PASS: seen to be right. FAIL: the order waits. WAIVED: nobody here tells; the ERP judges it by itself."""

    PASS = "PASS"  # noqa: S105  a verdict, no secret
    FAIL = "FAIL"
    WAIVED = "WAIVED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One verdict."""

    name: CheckName
    state: CheckState
    source: str
    """Whose word it rests on; `hub` where nobody tells."""
    words: str | None = None
    """Why it failed or was waived."""


HOLD_OF = {CheckName.PAYMENT: HoldType.PAYMENT_PENDING, CheckName.ADDRESS: HoldType.ADDRESS}
"""Holds that failed checks place, and release when they pass."""


def checks_of(scene: Scene) -> tuple[Check, ...]:
    """Every verdict, in the order of the vocabulary."""
    return (_customer(scene), _credit(scene), _price(scene), _payment(scene), _items(scene), _address(scene))


def failed(checks: tuple[Check, ...]) -> Check | None:
    """The first check that the order did not pass."""
    return next((one for one in checks if one.state is CheckState.FAIL), None)


def holds_by(checks: tuple[Check, ...]) -> Iterator[tuple[HoldType, str]]:
    """(type, words) of each hold that a failed check places."""
    for one in checks:
        if one.state is CheckState.FAIL and one.name in HOLD_OF:
            yield HOLD_OF[one.name], one.words or one.name.value


def _customer(scene: Scene) -> Check:
    who = _speaker(scene.order, FieldGroup.CUSTOMER)
    if scene.order.customer_id is not None:
        return Check(name=CheckName.CUSTOMER, state=CheckState.PASS, source=who)
    words = "no customer is named: the ERP books it on whom its settings name"
    return Check(name=CheckName.CUSTOMER, state=CheckState.WAIVED, source=HUB, words=words)


def _credit(scene: Scene) -> Check:
    hold = next((one for one in scene.holds if one.type is HoldType.CREDIT), None)
    if hold is not None:
        return _failed(CheckName.CREDIT, hold.placed_by, _because(hold))
    words = "the ERP judges it when it takes the order on"
    return Check(name=CheckName.CREDIT, state=CheckState.WAIVED, source=HUB, words=words)


def _price(scene: Scene) -> Check:
    who = _speaker(scene.order, FieldGroup.COMMERCIAL)
    head = scene.order.groups.commercial
    currency = head.currency_code if head is not None else None
    prices = [line.unit_price for line in scene.order.lines]
    other = next((one for one in prices if one is not None and currency not in (None, one.currency_code)), None)
    if other is not None:
        return _failed(CheckName.PRICE, who, f"a line is priced in {other.currency_code}, the order in {currency}")
    if any(one is None for one in prices):
        words = "not every line has a price: the ERP's own holds"
        return Check(name=CheckName.PRICE, state=CheckState.WAIVED, source=HUB, words=words)
    return Check(name=CheckName.PRICE, state=CheckState.PASS, source=who)


def _payment(scene: Scene) -> Check:
    who, state = _speaker(scene.order, FieldGroup.PAYMENT), scene.order.facets.payment
    if state in UNPAID and scene.facts.landscape.role(who) is not SystemKind.ERP:
        return _failed(CheckName.PAYMENT, who, f"{who} says that the payment is {state.lower().replace('_', ' ')}")
    if state in PAID:
        return Check(name=CheckName.PAYMENT, state=CheckState.PASS, source=who)
    words = "nobody tells of a payment: it is bought on account"
    return Check(name=CheckName.PAYMENT, state=CheckState.WAIVED, source=HUB, words=words)


def _items(scene: Scene) -> Check:
    if scene.unknown_items:
        source, sku = scene.unknown_items[0]
        return _failed(CheckName.SKU_MAPPING, source, f"no ERP knows {sku} of {source}")
    if all(scene.facts.items.get(line.sku) for line in scene.order.lines):
        return Check(name=CheckName.SKU_MAPPING, state=CheckState.PASS, source=HUB)
    words = "not every ERP has told its items yet: it says itself what it does not know"
    return Check(name=CheckName.SKU_MAPPING, state=CheckState.WAIVED, source=HUB, words=words)


def _address(scene: Scene) -> Check:
    who = _speaker(scene.order, FieldGroup.CUSTOMER)
    parties = scene.order.groups.parties
    ship_to = parties.ship_to if parties is not None else None
    if ship_to is None:
        words = "no address is told: the ERP sends it where its customer is"
        return Check(name=CheckName.ADDRESS, state=CheckState.WAIVED, source=HUB, words=words)
    if not ship_to.lines and not ship_to.city and not ship_to.postcode:
        return _failed(CheckName.ADDRESS, who, "the address has neither street nor town")
    return Check(name=CheckName.ADDRESS, state=CheckState.PASS, source=who)


def _failed(name: CheckName, source: str, words: str) -> Check:
    return Check(name=name, state=CheckState.FAIL, source=source, words=words)


def _because(hold: Hold) -> str:
    return hold.reason or f"held for {hold.type.lower().replace('_', ' ')}"


def _speaker(order: Order, group: FieldGroup) -> str:
    found: Speaker | None = next((one for one in order.speakers if one.group is group), None)
    return HUB if found is None else found.source
