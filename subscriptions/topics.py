"""What a subscriber wants to hear of, and the index that finds the subscribers of a change without a scan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from hub.model.changes import Change
from hub.model.vocabulary import Kind

S = TypeVar("S", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Which changes of one kind of entity; what is None does not matter."""

    tenant: str
    kind: Kind
    account: str | None = None
    """Only what belongs to this account path or lies below it: what a caller may not see is decided here."""
    ids: frozenset[str] | None = None
    customer_id: str | None = None
    statuses: frozenset[str] | None = None
    not_statuses: frozenset[str] = frozenset()
    events: frozenset[str] | None = None

    def wants(self, tenant: str, change: Change) -> bool:
        """Whether *change* of *tenant* is meant and may be seen."""
        return (
            tenant == self.tenant
            and change.kind is self.kind
            and within(change.account, self.account)
            and (self.ids is None or change.entity_id in self.ids)
            and (self.customer_id is None or change.customer_id == self.customer_id)
            and (self.statuses is None or change.status in self.statuses)
            and change.status not in self.not_statuses
            and (self.events is None or change.event in self.events)
        )

    @property
    def coalesce_by(self) -> str | None:
        """The field of a change that says what it is about, where the newest may stand for older ones; None: never.

        Orders, shipments, returns and operations never coalesce: each of their events is told.
        """
        return "entity_id" if self.kind is Kind.INVENTORY else None

    def filed_under(self) -> Iterator[tuple[Hashable, ...]]:
        """Where the index files it: by its narrowest condition."""
        if self.ids is not None:
            yield from ((self.tenant, self.kind, "id", one) for one in self.ids)
        elif self.customer_id is not None:
            yield (self.tenant, self.kind, "customer", self.customer_id)
        else:
            yield (self.tenant, self.kind)


def within(account: str | None, confined_to: str | None) -> bool:
    """Whether something of *account* may be seen by somebody confined to an account path, his own or below."""
    return confined_to is None or (
        account is not None and (account == confined_to or account.startswith(confined_to + "/"))
    )


class Index(Generic[S]):
    """Subscribers by the narrowest condition of their topic."""

    def __init__(self) -> None:
        self._filed: defaultdict[tuple[Hashable, ...], dict[S, Topic]] = defaultdict(dict)

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
        """Everybody who wants *change*."""
        keys = (
            (tenant, change.kind),
            (tenant, change.kind, "id", change.entity_id),
            (tenant, change.kind, "customer", change.customer_id),
        )
        return [one for key in keys for one, topic in self._filed.get(key, {}).items() if topic.wants(tenant, change)]
