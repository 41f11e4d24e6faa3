"""The head of an assembled entity: each group from the record that speaks for it, and everything it can be found by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from hub.flow.facts import KeptRecord
from hub.merge.authority import roles, speaking
from hub.merge.ground import Ground
from hub.model.entities import content_field
from hub.model.observation import Content
from hub.model.values import Identifier, Speaker, group_fields
from hub.model.vocabulary import FieldGroup, IdentifierScheme, Kind, SystemKind

G = TypeVar("G")

NUMBER_SCHEMES: Mapping[tuple[Kind, SystemKind], IdentifierScheme] = {
    (Kind.ORDER, SystemKind.COMMERCE): IdentifierScheme.CHANNEL_ORDER,
    (Kind.ORDER, SystemKind.ERP): IdentifierScheme.ERP_ORDER,
    (Kind.ORDER, SystemKind.HUB): IdentifierScheme.ORDER_NUMBER,
    (Kind.SHIPMENT, SystemKind.WMS): IdentifierScheme.WMS_SHIPMENT,
    (Kind.SHIPMENT, SystemKind.ERP): IdentifierScheme.ERP_SHIPMENT,
    (Kind.FULFILLMENT_ORDER, SystemKind.WMS): IdentifierScheme.WMS_SHIPMENT,
    (Kind.FULFILLMENT_ORDER, SystemKind.ERP): IdentifierScheme.ERP_SHIPMENT,
    (Kind.RETURN, SystemKind.ERP): IdentifierScheme.RMA,
    (Kind.RETURN, SystemKind.RETURNS): IdentifierScheme.RMA,
    (Kind.RETURN, SystemKind.HUB): IdentifierScheme.RMA,
    (Kind.INVOICE, SystemKind.ERP): IdentifierScheme.INVOICE,
    (Kind.CREDIT_MEMO, SystemKind.ERP): IdentifierScheme.CREDIT_MEMO,
    (Kind.PAYMENT, SystemKind.COMMERCE): IdentifierScheme.PAYMENT_REF,
    (Kind.PAYMENT, SystemKind.PAYMENT): IdentifierScheme.PAYMENT_REF,
    (Kind.CUSTOMER, SystemKind.ERP): IdentifierScheme.ACCOUNT,
    (Kind.PRODUCT, SystemKind.COMMERCE): IdentifierScheme.SKU,
    (Kind.PRODUCT, SystemKind.ERP): IdentifierScheme.SKU,
    (Kind.PRODUCT, SystemKind.WMS): IdentifierScheme.SKU,
}
"""What sort of identifier a document's number is; OTHER where it is not listed."""


def assembled_groups(ground: Ground, records: Sequence[KeptRecord], kind: type[G], *, accepted: bool = True) -> G:
    """A *kind* (an entity's `groups`) with each group as its owner tells it; what it leaves null, the next one tells.

    A group that nobody tells stays absent.
    """
    found = {}
    for name, which in group_fields(kind).items():
        told = [part for _, part in _tellers(ground, records, name, which, accepted=accepted)]
        if told:
            found[name] = _filled(told)
    return kind(**found)


def speakers_of(
    ground: Ground, records: Sequence[KeptRecord], kind: type[Any], *, accepted: bool = True
) -> tuple[Speaker, ...]:
    """Which record each group of an entity was taken from."""
    found = []
    for name, which in group_fields(kind).items():
        tellers = _tellers(ground, records, name, which, accepted=accepted)
        if tellers:
            found.append(speaker(which, tellers[0][0]))
    return tuple(found)


def speaker(which: FieldGroup, record: KeptRecord) -> Speaker:
    """That a record speaks for a group."""
    return Speaker(group=which, source=record.source, kind=record.kind, source_id=record.source_id, birth=record.birth)


def identifiers_of(ground: Ground, records: Iterable[KeptRecord]) -> tuple[Identifier, ...]:
    """What sources say their objects can be found by, and their numbers; each once."""
    found: dict[Identifier, None] = {}
    for record in records:
        content = record.content
        found.update(dict.fromkeys(content.identifiers))
        if content.number:
            scheme = NUMBER_SCHEMES.get((record.kind, ground.system(record.source)), IdentifierScheme.OTHER)
            found[Identifier(scheme=scheme, value=content.number, source=record.source)] = None
    return tuple(found)


def account_of(ground: Ground, records: Sequence[KeptRecord], *, accepted: bool = True) -> str | None:
    """The account path of an entity: that of the record that speaks for what was agreed, else the next one's."""
    if not records:
        return None
    order = roles(FieldGroup.COMMERCIAL, records[0].kind, accepted=accepted)
    return next((r.content.account for r in speaking(records, order, ground.landscape) if r.content.account), None)


def _tellers(
    ground: Ground, records: Sequence[KeptRecord], name: str, which: FieldGroup, *, accepted: bool
) -> list[tuple[KeptRecord, Any]]:
    if not records:
        return []
    order = roles(which, records[0].kind, accepted=accepted)
    told = [(r, _part(r.content, r.kind, name)) for r in speaking(records, order, ground.landscape)]
    return [(record, part) for record, part in told if part is not None]


def _part(content: Content, kind: Kind, name: str) -> Any:  # Any: one of the group classes
    groups = getattr(content, content_field(kind))
    return None if groups is None else getattr(groups, name)


def _filled(told: Sequence[Any]) -> Any:
    """The first group with its nulls filled from the later ones."""
    first = told[0]
    for other in told[1:]:
        holes = {spec.name: getattr(other, spec.name) for spec in fields(first) if getattr(first, spec.name) is None}
        if holes:
            first = replace(first, **holes)
    return first
