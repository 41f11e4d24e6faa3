"""What a subscriber wants to hear of, and the index that finds the subscribers of a change without a scan.

A filter is about how things stand after a change *or before it*: whoever listened for what was hears that it left, as
DELETED, whether the entity is gone, no longer fits the filter, or belongs to an account that may not be seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from hub.codec import digest
from hub.model.changes import Change, ChangeKind, Traits
from hub.model.vocabulary import Kind

S = TypeVar("S", bound=Hashable)
Key = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Which changes of one kind of entity; what is None does not matter."""

    tenant: str
    kind: Kind
    also: frozenset[Kind] = frozenset()
    """Changes of these kinds, too."""
    roots: frozenset[str] | None = None
    """Only what hangs under one of these."""
    account: str | None = None
    """Only what belongs to this account path or lies below it: what a caller may not see is decided here."""
    ids: frozenset[str] | None = None
    customer_id: str | None = None
    order_ids: frozenset[str] | None = None
    tracking_numbers: frozenset[str] | None = None
    warehouses: frozenset[str] | None = None
    """By id; of stock by code."""
    skus: frozenset[str] | None = None
    queues: frozenset[str] | None = None
    statuses: frozenset[str] | None = None
    not_statuses: frozenset[str] = frozenset()
    events: frozenset[str] | None = None
    """Only where one of these happened, on the way or at the end of a step."""
    asked: str = ""
    """The filter as it was asked, in short: cursors are bound to it, not to the ids that it means today."""

    def wants(self, tenant: str, change: Change) -> bool:
        """Whether *change* of *tenant* is meant and may be seen."""
        return self.sees(tenant, change) is not None

    def sees(self, tenant: str, change: Change) -> ChangeKind | None:
        """What *change* is to this subscriber; None: nothing.

        DELETED where it takes something out of what he asked for: it is gone, fits no longer or may not be seen now.
        """
        if tenant != self.tenant or (change.kind is not self.kind and change.kind not in self.also):
            return None
        if self.roots is not None and change.root_id not in self.roots:
            return None
        if self.ids is not None and change.entity_id not in self.ids:
            return None
        if self.events is not None and self.events.isdisjoint(change.events):
            return None
        if self._fits(change):
            return change.change
        return ChangeKind.DELETED if change.was is not None and self._fits(change.was) else None

    def _fits(self, at: Traits | Change) -> bool:
        return (
            within(at.account, self.account)
            and (self.customer_id is None or at.customer_id == self.customer_id)
            and (self.statuses is None or at.status in self.statuses)
            and at.status not in self.not_statuses
            and (self.order_ids is None or not self.order_ids.isdisjoint(at.order_ids))
            and (self.tracking_numbers is None or not self.tracking_numbers.isdisjoint(at.tracking_numbers))
            and (self.warehouses is None or at.warehouse in self.warehouses)
            and (self.skus is None or at.sku in self.skus)
            and (self.queues is None or at.queue in self.queues)
        )

    @property
    def filter_asked(self) -> str:
        """What cursors are bound to beside the principal; empty: to the topic as it is."""
        return digest((self.tenant, self.kind, self.account, self.asked)) if self.asked else ""

    @property
    def coalesce_by(self) -> str | None:
        """The field of a change that says what it is about, where the newest may stand for older ones; None: never.

        Orders, shipments, returns, operations, sources and cases never coalesce: each of their events is told.
        """
        return "entity_id" if self.kind is Kind.INVENTORY else None

    def following(self, change: Change) -> Topic:
        """The topic once *change* has happened: who follows an entity by its id follows what it merged into."""
        survivor = change.survivor_id
        if survivor is None or survivor == change.entity_id:
            return self
        followed: dict[str, Any] = {  # Any: fields of the topic
            name: known | {survivor}
            for name, known in (("ids", self.ids), ("roots", self.roots))
            if known is not None and change.entity_id in known and survivor not in known
        }
        return replace(self, **followed) if followed else self

    def filed_under(self) -> Iterator[Key]:
        """Where the index files it: by its narrowest condition, for each of its kinds."""
        for kind in (self.kind, *self.also):
            yield from self._filed_as((self.tenant, kind))

    def _filed_as(self, here: Key) -> Iterator[Key]:
        for name, values in (
            ("id", self.ids),
            ("root", self.roots),
            ("order", self.order_ids),
            ("tracking", self.tracking_numbers),
            ("customer", None if self.customer_id is None else (self.customer_id,)),
            ("sku", self.skus),
            ("account", None if self.account is None else (self.account,)),
        ):
            if values is not None:
                yield from ((*here, name, one) for one in values)
                return
        yield here


def within(account: str | None, confined_to: str | None) -> bool:
    """Whether something of *account* may be seen by somebody confined to an account path, his own or below."""
    return confined_to is None or (
        account is not None and (account == confined_to or account.startswith(confined_to + "/"))
    )


def keys_of(tenant: str, change: Change) -> set[Key]:
    """Everything that a topic which wants *change* may be filed under."""
    here = (tenant, change.kind)
    found: set[Key] = {here, (*here, "id", change.entity_id), (*here, "root", change.root_id)}
    for at in (change, change.was):
        if at is not None:
            found |= {(*here, "order", one) for one in at.order_ids}
            found |= {(*here, "tracking", one) for one in at.tracking_numbers}
            found |= {(*here, "customer", at.customer_id), (*here, "sku", at.sku)}
            found |= {(*here, "account", one) for one in _above(at.account)}
    return found


def _above(account: str | None) -> Iterator[str]:
    """The account path and every path above it."""
    path = account
    while path:
        yield path
        path = path.rpartition("/")[0]


class Index(Generic[S]):
    """Subscribers by the narrowest condition of their topic."""

    def __init__(self) -> None:
        self._filed: defaultdict[Key, dict[S, Topic]] = defaultdict(dict)

    def add(self, subscriber: S, topic: Topic) -> None:
        """File a subscriber."""
        for key in topic.filed_under():
            self._filed[key][subscriber] = topic

    def remove(self, subscriber: S, topic: Topic) -> None:
        """Take a subscriber out; once is enough, twice does no harm."""
        for key in topic.filed_under():
            self._filed[key].pop(subscriber, None)
            if not self._filed[key]:
                del self._filed[key]

    def of(self, tenant: str, change: Change) -> list[S]:
        """Everybody who wants *change*, once each."""
        found = {
            one: topic
            for key in keys_of(tenant, change)
            if (filed := self._filed.get(key))
            for one, topic in filed.items()
        }
        return [one for one, topic in found.items() if topic.wants(tenant, change)]
