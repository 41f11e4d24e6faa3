"""Whether an order may enter through the hub: everything that is wrong with it at once, each with its place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from hub.flow.entering import (
    LONGEST_NOTE,
    LONGEST_TEXT,
    MOST_LINES,
    MOST_MONEY,
    MOST_PLACES,
    MOST_STREETS,
    MOST_UNITS,
    PIECE,
    Entrance,
)
from hub.model.command import LineWanted, SubmitCommand, UserError, UserErrorCode
from hub.model.party import CustomerStatus
from hub.model.product import ProductStatus
from hub.model.values import Address, Money

Where = tuple[str, ...]

CLOSED_TO_ORDERS = frozenset({CustomerStatus.BLOCKED, CustomerStatus.CLOSED})
"""Customers that one may not sell to. One on hold may order: what it orders waits."""
NOT_SOLD = frozenset({ProductStatus.DRAFT, ProductStatus.BLOCKED, ProductStatus.ARCHIVED})
"""Items that nobody may order."""
EARLIEST_DAY = timedelta(hours=12)
"""Behind UTC, a day lasts so much longer somewhere."""

_CURRENCY = re.compile("[A-Z]{3}")
_COUNTRY = re.compile("[A-Z]{2}")
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_CONTROL_IN_NOTE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def refusals(command: SubmitCommand, known: Entrance) -> Iterator[UserError]:
    """Why the order may not enter; nothing where it may."""
    yield from _customer(command, known)
    yield from _channel(command, known)
    yield from _texts(command)
    yield from address_errors(command.ship_to, ("shipTo",))
    if command.bill_to is not None:
        yield from address_errors(command.bill_to, ("billTo",))
    yield from day_errors(command.requested_delivery_on, known, "requestedDeliveryDate")
    if not command.lines:
        yield _error(UserErrorCode.REQUIRED, "an order has at least one line", ("lines",))
    yield from line_errors(command.lines, command.currency_code, known, "lines")


def line_errors(lines: Sequence[LineWanted], currency: str | None, known: Entrance, field: str) -> Iterator[UserError]:
    """What is wrong with lines that are wanted; *currency*: the order's, None where nobody has said."""
    if len(lines) > MOST_LINES:
        message = f"an order has at most {MOST_LINES} lines, not {len(lines)}: send several orders"
        yield _error(UserErrorCode.LIMIT_EXCEEDED, message, (field,))
        return
    seen: set[str] = set()
    for at, line in enumerate(lines):
        where = (field, str(at))
        if line.line_ref in seen:
            yield _error(UserErrorCode.DUPLICATE_LINE, "another line has this lineRef", (*where, "lineRef"))
        seen.add(line.line_ref)
        yield from text_errors(line.line_ref, (*where, "lineRef"), needed=True)
        yield from _item_errors(line, known, where)
        yield from _price_errors(line.unit_price, currency, (*where, "unitPrice"))


def address_errors(address: Address, where: Where) -> Iterator[UserError]:
    """What an address lacks for a parcel to arrive there."""
    yield from text_errors(address.name, (*where, "name"), needed=True)
    yield from text_errors(address.city, (*where, "city"), needed=True)
    yield from text_errors(address.postcode, (*where, "postcode"))
    yield from text_errors(address.region, (*where, "region"))
    if not any(line.strip() for line in address.lines):
        yield _error(UserErrorCode.REQUIRED, "a street line is needed", (*where, "lines"))
    if len(address.lines) > MOST_STREETS:
        message = f"an address has at most {MOST_STREETS} street lines"
        yield _error(UserErrorCode.LIMIT_EXCEEDED, message, (*where, "lines"))
    for at, line in enumerate(address.lines[:MOST_STREETS]):
        yield from text_errors(line, (*where, "lines", str(at)))
    if not _COUNTRY.fullmatch(address.country) or address.country == "ZZ":
        yield _error(UserErrorCode.INVALID, "a country is two capital letters, ISO 3166-1", (*where, "country"))


def day_errors(day: date | None, known: Entrance, field: str) -> Iterator[UserError]:
    """Whether a day that is wanted is over everywhere."""
    if day is not None and day < (known.now - EARLIEST_DAY).date():
        yield _error(UserErrorCode.INVALID, f"{day} is over", (field,))


def text_errors(
    text: str | None, where: Where, *, needed: bool = False, most: int = LONGEST_TEXT
) -> Iterator[UserError]:
    """Whether a text can be stored and read out."""
    if text is None or not text.strip():
        if needed:
            yield _error(UserErrorCode.REQUIRED, "this must not be empty", where)
        return
    if len(text) > most:
        yield _error(UserErrorCode.LIMIT_EXCEEDED, f"at most {most} characters", where)
    elif (_CONTROL_IN_NOTE if most == LONGEST_NOTE else _CONTROL).search(text):
        yield _error(UserErrorCode.INVALID, "control characters cannot be kept", where)


def note_errors(note: str | None) -> Iterator[UserError]:
    """Whether a note can be stored and read out."""
    yield from text_errors(note, ("note",), most=LONGEST_NOTE)


def quantity_errors(quantity: Decimal, unit: str, where: Where) -> Iterator[UserError]:
    """Whether so much can be ordered at all, in the unit that the item is counted in."""
    if not quantity.is_finite() or quantity <= 0:
        yield _error(UserErrorCode.QUANTITY_INVALID, "the quantity must be greater than zero", where)
    elif quantity > MOST_UNITS:
        message = f"more than {MOST_UNITS:,} units of one line are not taken: is it a slip?"
        yield _error(UserErrorCode.QUANTITY_INVALID, message, where)
    elif unit == PIECE and quantity != quantity.to_integral_value():
        yield _error(UserErrorCode.QUANTITY_INVALID, "pieces are ordered whole", where)
    elif _has_more_places(quantity):
        message = f"a quantity has at most {MOST_PLACES} decimal places"
        yield _error(UserErrorCode.QUANTITY_INVALID, message, where)


def _customer(command: SubmitCommand, known: Entrance) -> Iterator[UserError]:
    if not _CURRENCY.fullmatch(command.currency_code):
        message = "a currency is three capital letters, ISO 4217"
        yield _error(UserErrorCode.INVALID, message, ("currencyCode",))
    if known.customer is None:
        yield _error(UserErrorCode.NOT_FOUND, "there is no such customer", ("customer",))
        return
    groups, number = known.customer.groups, known.customer.number
    status = groups.profile.status if groups.profile is not None else None
    if status in CLOSED_TO_ORDERS:
        message = f"customer {number} is {status.value.lower()}: it takes no orders"
        yield _error(UserErrorCode.CUSTOMER_BLOCKED, message, ("customer",))
    theirs = groups.terms.currency_code if groups.terms is not None else None
    if theirs is not None and theirs != command.currency_code:
        message = f"customer {number} buys in {theirs}"
        yield _error(UserErrorCode.CURRENCY_MISMATCH, message, ("currencyCode",))


def _channel(command: SubmitCommand, known: Entrance) -> Iterator[UserError]:
    if command.channel not in {*known.landscape.channels, *known.landscape.sources}:
        yield _error(UserErrorCode.NOT_FOUND, "there is no such channel", ("channel",))


def _texts(command: SubmitCommand) -> Iterator[UserError]:
    yield from text_errors(command.po_number, ("poNumber",))
    yield from text_errors(command.channel_order_id, ("channelOrderId",), needed=command.channel_order_id is not None)
    yield from text_errors(command.shipping_service, ("shippingService",))
    yield from note_errors(command.note)


def _item_errors(line: LineWanted, known: Entrance, where: Where) -> Iterator[UserError]:
    product = known.products.get(line.sku)
    item = product.groups.item if product is not None else None
    if known.knows_products and product is None:
        yield _error(UserErrorCode.UNKNOWN_SKU, "there is no item with this code", (*where, "sku"))
    elif item is not None and item.status in NOT_SOLD:
        yield _error(UserErrorCode.UNKNOWN_SKU, "the item is not for sale", (*where, "sku"))
    elif product is None:
        yield from text_errors(line.sku, (*where, "sku"), needed=True)
    factor, counted = known.factor(line.sku, line.unit), known.unit_of(line.sku)
    if factor is None:
        message = f"the item is counted in {counted}; it is not handled in this unit"
        yield _error(UserErrorCode.UNIT_INVALID, message, (*where, "unit"))
        return
    if line.unit is not None and not re.fullmatch("[A-Z0-9]{2,3}", line.unit):
        yield _error(UserErrorCode.UNIT_INVALID, "a unit is two or three characters, UN/ECE 20", (*where, "unit"))
        return
    units = line.quantity * factor if line.quantity.is_finite() else line.quantity
    wrong = list(quantity_errors(units, (line.unit or counted) if product is None else counted, (*where, "quantity")))
    yield from wrong
    multiple = item.order_multiple if item is not None else None
    if not wrong and multiple and units % multiple:
        message = f"the item is sold in multiples of {multiple.normalize():f}"
        yield _error(UserErrorCode.QUANTITY_INVALID, message, (*where, "quantity"))


def _price_errors(price: Money | None, currency: str | None, where: Where) -> Iterator[UserError]:
    if price is None:
        return
    if currency is not None and price.currency_code != currency:
        message = f"the order is in {currency}, this price is not"
        yield _error(UserErrorCode.CURRENCY_MISMATCH, message, (*where, "currencyCode"))
    if not price.amount.is_finite() or not 0 <= price.amount <= MOST_MONEY or _has_more_places(price.amount):
        message = f"a price is zero or more, with at most {MOST_PLACES} decimal places"
        yield _error(UserErrorCode.INVALID, message, (*where, "amount"))


def _has_more_places(number: Decimal) -> bool:
    exponent = number.normalize().as_tuple().exponent
    return isinstance(exponent, int) and -exponent > MOST_PLACES


def _error(code: UserErrorCode, message: str, field: Where) -> UserError:
    return UserError(code=code, message=message, field=field)
