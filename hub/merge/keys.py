"""Names of what the one writer holds apart: records, keys of sameness, locks (Id-1)."""

from __future__ import annotations

from typing import NamedTuple

from hub.model.observation import NaturalKey
from hub.model.schemes import KIND_OF
from hub.model.vocabulary import Kind

BELOW_ORDERS = frozenset(
    {
        Kind.FULFILLMENT_ORDER,
        Kind.SHIPMENT,
        Kind.RETURN,
        Kind.INVOICE,
        Kind.CREDIT_MEMO,
        Kind.PAYMENT,
    }
)
"""Kinds that live under the one order they refer to (Id-4)."""
FAMILY = BELOW_ORDERS | {Kind.ORDER}


class RecordKey(NamedTuple):
    """Which record: a slot (source, kind, source id) and a birth."""

    source: str
    kind: Kind
    source_id: str
    birth: str = ""

    @property
    def slot(self) -> SlotKey:
        """The slot it is a birth of."""
        return SlotKey(self.source, self.kind, self.source_id)


class SlotKey(NamedTuple):
    """Which object of which source."""

    source: str
    kind: Kind
    source_id: str

    @property
    def own(self) -> NaturalKey:
        """The key that every record of the slot bears: the source's own id."""
        return NaturalKey(scheme=f"{self.source}.{self.kind.value}.id", value=self.source_id)


_OWN_ENDS = {f".{kind.value}.id": kind for kind in Kind}


def kind_of_own(key: NaturalKey) -> Kind | None:
    """The kind that an own-id key names; None where the key is of another scheme."""
    return _OWN_ENDS.get("." + ".".join(key.scheme.rsplit(".", 2)[1:]))


def kind_named(key: NaturalKey) -> Kind | None:
    """The kind of what bears a key, as far as its scheme tells."""
    return kind_of_own(key) or KIND_OF.get(key.scheme)


def lock_name(key: NaturalKey) -> str:
    """The name under which a key is locked."""
    return f"{key.scheme}\x1f{key.value}"
