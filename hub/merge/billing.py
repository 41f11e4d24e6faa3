"""Documents of invoices, credit memos and payments, from the systems that post them (domain.md 2.2.8)."""

from __future__ import annotations

from collections.abc import Mapping

from hub.merge.ground import Ground
from hub.merge.groups import assembled_groups, identifiers_of, speakers_of
from hub.merge.heads import number_told, status_told, target_told, version_of
from hub.merge.loads import lines_told, units_in
from hub.model.billing import (
    BillingLine,
    CreditMemo,
    CreditMemoGroups,
    CreditMemoStatus,
    Invoice,
    InvoiceGroups,
    InvoiceStatus,
    Payment,
    PaymentGroups,
    PaymentKind,
    PaymentStatus,
)
from hub.model.vocabulary import FieldGroup, Kind

LineIds = Mapping[tuple[str, str], str]
"""(document, its line) -> id of the order line it is about."""


def assembled_invoice(ground: Ground, entity: str, line_ids: LineIds) -> Invoice:
    """The document of one invoice."""
    records = ground.records[entity]
    return Invoice(
        id=entity,
        version=version_of(ground, entity),
        status=status_told(ground, records, FieldGroup.INVOICING, InvoiceStatus),
        number=number_told(ground, records, FieldGroup.INVOICING),
        groups=assembled_groups(ground, records, InvoiceGroups),
        lines=billed(ground, entity, line_ids),
        identifiers=identifiers_of(ground, records),
        order_ids=ground.orders_of(entity),
        customer_id=target_told(ground, records, FieldGroup.INVOICING, Kind.CUSTOMER),
        speakers=speakers_of(ground, records, InvoiceGroups),
    )


def assembled_credit_memo(ground: Ground, entity: str, line_ids: LineIds) -> CreditMemo:
    """The document of one credit memo."""
    records = ground.records[entity]
    return CreditMemo(
        id=entity,
        version=version_of(ground, entity),
        status=status_told(ground, records, FieldGroup.INVOICING, CreditMemoStatus),
        number=number_told(ground, records, FieldGroup.INVOICING),
        groups=assembled_groups(ground, records, CreditMemoGroups),
        lines=billed(ground, entity, line_ids),
        identifiers=identifiers_of(ground, records),
        order_ids=ground.orders_of(entity),
        invoice_id=target_told(ground, records, FieldGroup.INVOICING, Kind.INVOICE),
        return_id=target_told(ground, records, FieldGroup.INVOICING, Kind.RETURN),
        speakers=speakers_of(ground, records, CreditMemoGroups),
    )


def assembled_payment(ground: Ground, entity: str) -> Payment:
    """The document of one payment; one whose source does not say what it does is a capture."""
    records = ground.records[entity]
    groups = assembled_groups(ground, records, PaymentGroups)
    kind = groups.facts.kind if groups.facts else None
    return Payment(
        id=entity,
        version=version_of(ground, entity),
        kind=kind or PaymentKind.CAPTURE,
        status=status_told(ground, records, FieldGroup.PAYMENT, PaymentStatus),
        groups=groups,
        identifiers=identifiers_of(ground, records),
        order_ids=ground.orders_of(entity),
        return_id=target_told(ground, records, FieldGroup.PAYMENT, Kind.RETURN),
        speakers=speakers_of(ground, records, PaymentGroups),
    )


def billed(ground: Ground, entity: str, line_ids: LineIds) -> tuple[BillingLine, ...]:
    """The lines of an invoice or credit memo as whoever posts it tells them."""
    return tuple(
        BillingLine(
            sku=line.sku or None,
            description=line.description,
            quantity=units_in(line),
            unit_price=line.unit_price,
            tax=line.tax,
            total=line.total,
            order_line_id=line_ids.get((entity, line.id)),
        )
        for line in lines_told(ground, entity)
    )
