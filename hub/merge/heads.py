"""The plain parts of a document's head: its status, its number, what it refers to, from whoever speaks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from hub.flow.facts import KeptLink, KeptRecord
from hub.merge.authority import roles, speaking
from hub.merge.ground import Ground
from hub.model.billing import CreditMemoStatus, InvoiceStatus, PaymentStatus, PriceStatus
from hub.model.order import OrderStatus
from hub.model.returns import ReturnStatus
from hub.model.shipment import FulfillmentRequestStatus, ShipmentMilestone
from hub.model.transfer import TransferStatus
from hub.model.vocabulary import FieldGroup, Kind

S = TypeVar("S", bound=StrEnum)

STATUSES: Mapping[Kind, type[StrEnum]] = {
    Kind.ORDER: OrderStatus,
    Kind.FULFILLMENT_ORDER: FulfillmentRequestStatus,
    Kind.SHIPMENT: ShipmentMilestone,
    Kind.RETURN: ReturnStatus,
    Kind.INVOICE: InvoiceStatus,
    Kind.CREDIT_MEMO: CreditMemoStatus,
    Kind.PAYMENT: PaymentStatus,
    Kind.TRANSFER: TransferStatus,
    Kind.PRICE_REFERENCE: PriceStatus,
}
"""The words in which a source's claim on an object of a kind is told."""


def spoken(ground: Ground, records: Sequence[KeptRecord], group: FieldGroup) -> list[KeptRecord]:
    """One record per source, in the order in which they speak for a group of this kind."""
    return speaking(records, roles(group, records[0].kind), ground.landscape) if records else []


def claim(record: KeptRecord, words: type[S]) -> S | None:
    """A record's own word; None where it says none that the hub knows."""
    said = record.content.status
    return words(said) if said is not None and said in words.__members__ and said != "UNKNOWN" else None


def status_told(ground: Ground, records: Sequence[KeptRecord], group: FieldGroup, words: type[S]) -> S:
    """The word of whoever speaks first and says one that is mapped; UNKNOWN where nobody does."""
    told = (claim(record, words) for record in spoken(ground, records, group))
    return next((word for word in told if word is not None), words["UNKNOWN"])


def number_told(ground: Ground, records: Sequence[KeptRecord], group: FieldGroup) -> str | None:
    """What whoever speaks for a group calls the thing, else what the next one does."""
    return next((one.content.number for one in spoken(ground, records, group) if one.content.number), None)


def target_told(ground: Ground, records: Sequence[KeptRecord], group: FieldGroup, kind: Kind) -> str | None:
    """The entity of another kind that the thing refers to, by whoever speaks for a group and names one."""
    for record in spoken(ground, records, group):
        for link in record.links:
            if link.entity_id is not None and link.entity_id != record.entity_id and kind is _kind(ground, link):
                return link.entity_id
    return None


def _kind(ground: Ground, link: KeptLink) -> Kind | None:
    return link.kind or ground.kinds.get(link.entity_id or "")


def version_of(ground: Ground, entity: str) -> int:
    """The version of the document as stored: whoever writes it moves it where the rest differs."""
    stored = ground.facts.documents.get(entity)
    return 0 if stored is None else stored.version
