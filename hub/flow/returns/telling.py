"""What every system should be told of a return that the hub carries (design Flow-1). Pure.

The hub carries a return once somebody has asked it for something about it, whoever manages the order (Flow-3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from hub.flow.facts import Document, KeptDelivery, KeptRecord, RootFacts
from hub.flow.returns.asked import OVER, offering
from hub.flow.returns.asserted import asked_in, own_of, records_of, reference_in, refund_name, terms_of
from hub.flow.returns.goods import (
    JUDGED,
    allowed_goods,
    back_in_all,
    came_goods,
    disposed_goods,
    lacks_goods,
    received_units,
    told_by_people,
    units_by_item,
)
from hub.flow.returns.replacing import currency_of, is_like_for_like
from hub.model.billing import CreditMemo, CreditMemoStatus
from hub.model.effects import (
    CREATE_RETURN,
    INSPECT_RETURN,
    POST_INVOICE,
    RECEIVE_RETURN,
    REFUND,
    TAKE_BACK,
    CreateReturn,
    Effect,
    GoodsLine,
    InspectReturn,
    PostInvoice,
    ReceiveReturn,
    Refund,
    TakeBack,
)
from hub.model.intents import DeliveryState, Intent, IntentOf
from hub.model.order import Order
from hub.model.returning import (
    AnyReturnCommand,
    ReturnAuthorizeCommand,
    ReturnInspectCommand,
    ReturnReceiveCommand,
    ReturnRequestCommand,
)
from hub.model.returns import RefundMethod, Return, ReturnReceipt, ReturnStatus
from hub.model.schemes import WAREHOUSE_CODE
from hub.model.values import Money
from hub.model.vocabulary import Kind, SystemKind

S = ReturnStatus
CONFIRM_WITHIN = timedelta(minutes=15)
"""How long a system may take to show what it was told."""
NOT_ALLOWED = frozenset({None, S.REQUESTED.value, S.IN_REVIEW.value, S.UNKNOWN.value})
"""What a source says of a return that it has only begun to take on."""
BEFORE_RECEIPT = NOT_ALLOWED | {S.AUTHORIZED.value, S.IN_TRANSIT.value, S.PARTIALLY_RECEIVED.value}
BEFORE_JUDGEMENT = BEFORE_RECEIPT | {S.RECEIVED.value}
ALLOWED = frozenset(S) - OVER - {S.REQUESTED, S.IN_REVIEW, S.UNKNOWN}
POSTED = frozenset({CreditMemoStatus.POSTED, CreditMemoStatus.APPLIED, CreditMemoStatus.REFUNDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One return that the hub carries, as it stands now."""

    found: Return
    order: Order
    facts: RootFacts
    documents: Mapping[str, Document]
    reference: str

    def at(self, source: str) -> KeptRecord | None:
        """The source's own return, where it has one that lives."""
        mine = self.papers(source)
        return mine[-1] if mine else None

    def papers(self, source: str) -> list[KeptRecord]:
        """All that live of what a source has of the return: goods that come in parcels come in on several."""
        return [one for one in records_of(self.facts, self.found.id) if one.source == source and one.lives]

    def orders_at(self, role: SystemKind) -> list[KeptRecord]:
        """The order's documents at sources of a role, in a fixed order."""
        mine = [
            one
            for one in self.facts.records
            if one.kind is Kind.ORDER
            and one.entity_id == self.order.id
            and one.lives
            and self.facts.landscape.role(one.source) is role
        ]
        return sorted(mine, key=lambda one: (one.source, one.birth, one.source_id))

    @property
    def receipt(self) -> ReturnReceipt | None:
        """What people have told the hub of where and when goods came."""
        own = own_of(self.facts, self.found.id)
        return own.content.return_.receipt if own is not None and own.content.return_ is not None else None

    def command(self, *sorts: type[AnyReturnCommand]) -> str | None:
        """The last command of some sorts about it."""
        mine = [one.id for one in self.facts.commands if isinstance(one.command, sorts)
                and getattr(one.command, "return_id", None) == self.found.id]  # fmt: skip
        return mine[-1] if mine else None


def carried_of(order: Order, facts: RootFacts, documents: Mapping[str, Document]) -> tuple[Carried, ...]:
    """The returns of an order that the hub carries, by id."""
    return tuple(
        Carried(found=found, order=order, facts=facts, documents=documents, reference=reference_in(facts, found))
        for _, found in sorted(documents.items())
        if isinstance(found, Return) and found.order_ids == (order.id,) and own_of(facts, found.id) is not None
    )


def returns_told(order: Order, facts: RootFacts, documents: Mapping[str, Document]) -> Iterator[Intent]:
    """Everything that systems should be told of the returns of an order."""
    for one in carried_of(order, facts, documents):
        if one.found.status in ALLOWED:
            yield from _booked(one)
        elif one.found.status is S.CLOSED and _came(one):  # who was asked before it ended is told the rest
            yield from (intent for intent in _booked(one) if intent.source in _asked(one))
        yield from _credited(one)
        yield from _refunded(one)


def _booked(one: Carried) -> Iterator[Intent]:
    """What every system should have of the goods."""
    yield from _created(one)
    yield from _at_warehouse(one)
    yield from _at_erp(one)
    yield from _at_channel(one)


def _asked(one: Carried) -> set[str]:
    """The sources that were ever to be told something of the return."""
    told = (CreateReturn, ReceiveReturn, InspectReturn, TakeBack)
    return {
        row.source
        for row in one.facts.deliveries
        if isinstance(row.content, told) and row.content.reference == one.reference
    }


def _created(one: Carried) -> Iterator[Intent]:
    """The ERP that has the order, and the warehouse system that its goods left, should have the return."""
    by = one.command(ReturnAuthorizeCommand, ReturnRequestCommand)
    erps = {record.source: record for record in one.orders_at(SystemKind.ERP)}
    for binding in offering(one.facts, SystemKind.ERP, CREATE_RETURN):
        if binding.source in erps and _lacks(one, binding.source):
            yield _intent(one, binding.source, "return", (Kind.RETURN, None, _create(one, erps[binding.source])), by)
    warehouses = [binding.source for binding in offering(one.facts, SystemKind.WMS, CREATE_RETURN)]
    sent = {
        record.source for record in one.facts.records if record.kind is Kind.SHIPMENT and record.source in warehouses
    }
    chosen = sorted(sent) or warehouses
    if chosen and not any(one.at(source) for source in warehouses if source != chosen[0]) and _lacks(one, chosen[0]):
        yield _intent(one, chosen[0], "return", (Kind.RETURN, None, _create(one, None, source=chosen[0])), by)


def _lacks(one: Carried, source: str) -> bool:
    """Whether a source does not have the return, or has not taken it on."""
    record = one.at(source)
    return record is None or record.content.status in NOT_ALLOWED


def _create(one: Carried, record: KeptRecord | None, *, source: str = "") -> CreateReturn:
    name = record.source if record is not None else source
    asked, parties = one.found.groups.request, one.order.groups.parties
    prices = (line.unit_price.currency_code for line in one.order.lines if line.unit_price is not None)
    head = one.order.groups.commercial
    return CreateReturn(
        reference=one.reference,
        order=record.source_id if record is not None else None,
        lines=_worth_nothing(one, allowed_goods(one.found, one.order, one.facts, name)),
        currency_code=(head.currency_code if head is not None else None) or next(prices, ""),
        customer=_customer(one.facts, name),
        customer_name=parties.customer_name if parties is not None else None,
        warehouse=_warehouse(one.facts),
        reason=asked.reason if asked is not None else None,
        note=asked.note if asked is not None else None,
    )


def _worth_nothing(one: Carried, lines: tuple[GoodsLine, ...]) -> tuple[GoodsLine, ...]:
    """What the same goods go out for, the ERP credits at no price: else the customer had both."""
    if not is_like_for_like(one.found, one.facts):
        return lines
    free = Money(amount=Decimal(0), currency_code=currency_of(one.order) or "")
    return tuple(replace(line, unit_price=free) for line in lines)


def _at_warehouse(one: Carried) -> Iterator[Intent]:
    """What people have told the hub is told to the warehouse system that has not said so itself."""
    for binding in one.facts.landscape.of(SystemKind.WMS):
        record = one.at(binding.source)
        if record is not None and record.content.status not in NOT_ALLOWED and not binding.is_retired:
            if RECEIVE_RETURN in binding.manifest.writes and told_by_people(one.found, one.facts):
                yield from _received(one, record)
            if INSPECT_RETURN in binding.manifest.writes and one.found.status in JUDGED:
                yield from _judged(one, record)


def _at_erp(one: Carried) -> Iterator[Intent]:
    """The ERP books what came once all of it has been looked at: what it credits follows from that."""
    for binding in one.facts.landscape.of(SystemKind.ERP):
        record = one.at(binding.source)
        if record is None or binding.is_retired or one.found.status not in JUDGED or not _came(one):
            continue
        if RECEIVE_RETURN in binding.manifest.writes and record.content.status not in NOT_ALLOWED:
            yield from _received(one, record)
        if INSPECT_RETURN in binding.manifest.writes and record.content.status not in NOT_ALLOWED:
            yield from _judged(one, record)


def _received(one: Carried, record: KeptRecord) -> Iterator[Intent]:
    """What came in all; a dock that has taken a parcel in is told of the next one."""
    is_dock = one.facts.landscape.role(record.source) is SystemKind.WMS
    if record.content.status in BEFORE_RECEIPT or (is_dock and lacks_goods(one.found, one.papers(record.source))):
        by = one.command(ReturnReceiveCommand, ReturnInspectCommand) if is_dock else one.command(ReturnInspectCommand)
        at = (Kind.RETURN, record.source_id, _receipt(one, record))
        yield _intent(one, record.source, "receive", at, by)


def _receipt(one: Carried, record: KeptRecord) -> ReceiveReturn:
    receipt = one.receipt
    return ReceiveReturn(
        reference=one.reference,
        lines=came_goods(one.found, one.order, one.facts, record),
        warehouse=(receipt.warehouse if receipt is not None else None) or _warehouse(one.facts),
        received_at=receipt.received_at if receipt is not None else None,
    )


def _judged(one: Carried, record: KeptRecord) -> Iterator[Intent]:
    lines = disposed_goods(one.found, one.facts, record)
    if record.content.status in BEFORE_JUDGEMENT and lines and _is_in(one, record):
        receipt = one.receipt
        where = (receipt.warehouse if receipt is not None else None) or _warehouse(one.facts)
        content = InspectReturn(reference=one.reference, lines=lines, warehouse=where)
        at = (Kind.RETURN, record.source_id, content)
        yield _intent(one, record.source, "inspect", at, one.command(ReturnInspectCommand))


def _is_in(one: Carried, record: KeptRecord) -> bool:
    """Whether the source knows all that came: by itself, or because it was told and has taken it in."""
    if record.content.status not in BEFORE_RECEIPT and not lacks_goods(one.found, one.papers(record.source)):
        return True
    rows = [
        row
        for row in one.facts.deliveries
        if (row.source, row.action) == (record.source, RECEIVE_RETURN)
        and isinstance(row.content, ReceiveReturn)
        and row.content.reference == one.reference
    ]
    return bool(rows) and rows[-1].state is DeliveryState.DONE and _still(rows[-1], _receipt(one, record))


def _at_channel(one: Carried) -> Iterator[Intent]:
    """The shop that holds the order shows what has come back of it."""
    if one.found.status not in JUDGED or not _came(one):
        return
    takes = {binding.source for binding in offering(one.facts, SystemKind.COMMERCE, TAKE_BACK)}
    for record in one.orders_at(SystemKind.COMMERCE):
        lines = back_in_all(one.order, one.documents, one.facts, record)
        if record.source in takes and lines:
            asked = one.found.groups.request
            content = TakeBack(reference=one.reference, lines=lines, reason=asked.reason if asked is not None else None)
            by = one.command(ReturnInspectCommand)
            yield _intent(one, record.source, "return", (Kind.ORDER, record.source_id, content), by)


def _credited(one: Carried) -> Iterator[Intent]:
    """The ERP's draft is posted once everything that it credits has come and been looked at."""
    takes = {binding.source for binding in offering(one.facts, SystemKind.ERP, POST_INVOICE)}
    if one.found.status not in JUDGED:
        return
    came = received_units(one.found)
    for memo in memos_of(one):
        units = units_by_item((line.sku, line.quantity) for line in memo.lines if line.sku is not None)
        if memo.status is not CreditMemoStatus.DRAFT or any(came.get(sku, 0) < n for sku, n in units.items()):
            continue
        for record in one.facts.records:
            if record.entity_id == memo.id and record.lives and record.source in takes:
                told = memo.groups.facts
                content = PostInvoice(total=told.total if told is not None else None)
                key = f"{record.source}/credit:{record.source_id}"
                yield _plain(one, key, (record.source, Kind.CREDIT_MEMO, record.source_id), content, None)


def _refunded(one: Carried) -> Iterator[Intent]:
    """Money goes back by the shop that took it, and never before the ERP has credited it, unless that was agreed."""
    asked = [ask for ask in asked_in(one.facts, one.found.id) if ask.method is RefundMethod.ORIGINAL_PAYMENT]
    if not asked or not (terms_of(one.found).pays_ahead or is_credited(one)):
        return
    payers = {
        binding.source
        for role in (SystemKind.PAYMENT, SystemKind.COMMERCE)
        for binding in offering(one.facts, role, REFUND)
    }
    held = [*one.orders_at(SystemKind.PAYMENT), *one.orders_at(SystemKind.COMMERCE)]
    record = next((each for each in held if each.source in payers), None)
    if record is None:
        return
    for ask in asked:
        content = Refund(reference=refund_name(one.reference, ask.number), amount=ask.amount, reason="return")
        key = f"{record.source}/refund:{content.reference}"
        yield _plain(one, key, (record.source, Kind.ORDER, record.source_id), content, ask.command_id)


def is_credited(one: Carried) -> bool:
    """Whether the ERP has posted what it credits for the return; true where no ERP has the order."""
    if any(memo.status in POSTED for memo in memos_of(one)):
        return True
    if not one.orders_at(SystemKind.ERP):
        return True
    erp = [each for each in records_of(one.facts, one.found.id)
           if one.facts.landscape.role(each.source) is SystemKind.ERP]  # fmt: skip
    return any(each.content.status in (S.CREDITED.value, S.CLOSED.value) for each in erp if each.lives)


def memos_of(one: Carried) -> list[CreditMemo]:
    """The credit memos of the return."""
    memos = (each for each in one.documents.values() if isinstance(each, CreditMemo))
    return sorted((each for each in memos if each.return_id == one.found.id), key=lambda each: each.id)


def _came(one: Carried) -> bool:
    return any(line.received > 0 for line in one.found.lines)


def _intent(one: Carried, source: str, deed: str, what: tuple[Kind, str | None, Effect], by: str | None) -> Intent:
    kind, source_id, content = what
    key = _key(one.facts, f"{source}/{deed}:{one.reference}", content)
    return _plain(one, key, (source, kind, source_id), content, by)


def _plain(one: Carried, key: str, at: tuple[str, Kind, str | None], content: Effect, by: str | None) -> Intent:
    source, kind, source_id = at
    row = next((each for each in one.facts.deliveries if each.key == key), None)
    due = row.confirm_by if row is not None and row.confirm_by is not None else one.facts.now + CONFIRM_WITHIN
    return IntentOf(
        source=source,
        kind=kind,
        source_id=source_id,
        action=ACTIONS[type(content)],
        key=key,
        content=content,
        priority=4,
        command_id=by if row is None else row.command_id,
        confirm_by=due,
    )


def _key(facts: RootFacts, base: str, content: Effect) -> str:
    """The key of what is still the same, or not sent yet; one more where another total was settled before."""
    rows = [row for row in facts.deliveries if row.key == base or row.key.startswith(f"{base}:")]
    last = rows[-1] if rows else None
    if last is None or _still(last, content):
        return base if last is None else last.key
    return f"{base}:{len(rows) + 1}"


def _still(row: KeptDelivery, content: Effect) -> bool:
    if row.state in (DeliveryState.DONE, DeliveryState.REFUSED):
        return _totals(row.content) == _totals(content)
    return True


def _totals(content: Effect) -> list[tuple[object, ...]]:
    """What decides whether two effects are one: how many of what; not when, where from or in which words."""
    if isinstance(content, CreateReturn | ReceiveReturn | TakeBack):
        return [(line.line_no, line.quantity) for line in content.lines]
    if isinstance(content, InspectReturn):
        return [(line.line_no, line.disposition, line.quantity) for line in content.lines]
    return []


def _customer(facts: RootFacts, source: str) -> str | None:
    scheme = f"{source}.{Kind.CUSTOMER.value}.id"
    return min((x.key.value for r in facts.records for x in r.links if x.key.scheme == scheme), default=None)


def _warehouse(facts: RootFacts) -> str | None:
    """Code of the warehouse that the goods left from, where systems agree on one."""
    codes = {
        key.value
        for record in facts.records
        if record.kind is Kind.SHIPMENT and record.lives
        for key in record.content.refers
        if key.scheme == WAREHOUSE_CODE
    }
    return next(iter(codes)) if len(codes) == 1 else None


ACTIONS: Mapping[type, str] = {
    CreateReturn: CREATE_RETURN,
    ReceiveReturn: RECEIVE_RETURN,
    InspectReturn: INSPECT_RETURN,
    TakeBack: TAKE_BACK,
    PostInvoice: POST_INVOICE,
    Refund: REFUND,
}
"""The action of each effect on a return."""
