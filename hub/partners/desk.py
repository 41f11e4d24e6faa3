"""What partners, and those who look after them, decide about endpoints: idempotent, shown once where it is secret."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.call import Call
from hub.errors import InvalidInput
from hub.model.command import UserError, UserErrorCode
from hub.model.events import MERGED
from hub.model.ids import global_id, mint
from hub.model.partners import WebhookDelivery, WebhookEndpoint, WebhookEndpointState
from hub.model.vocabulary import Kind
from hub.partners.addresses import Addresses
from hub.partners.signing import new_secret
from hub.scopes import Scope
from hub.seal import Vault
from hub.settings import Secret
from hub.store.console import CONSOLE
from hub.store.store import Store
from hub.store.tx import Tx
from hub.store.webhook_queue import Chosen, deliveries, give_up, send_again
from hub.store.webhooks import (
    EndpointRow,
    Wanted,
    disable_endpoint,
    drop_endpoint,
    enable_endpoint,
    endpoint_named,
    endpoints_of,
    put_endpoint,
    rotate_secret,
)
from hub.write.console import Decided, Effect, decide, wrong_text
from hub.write.desk import Asking
from hub.write.policy import require
from subscriptions.topics import within

CUSTOMER = "Customer"
MOST = 100
"""Endpoints of one tenant."""
MOST_EVENTS = 50
"""Names of events of one endpoint."""
LONGEST_NAME = 80
LONGEST_REASON = 400
LONGEST_KEEP = 30 * 24
"""Hours that a former secret stays valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSet:
    """Say where to call, of what, and what goes along."""

    name: str
    url: str
    kinds: tuple[Kind, ...]
    events: tuple[str, ...] = ()
    customer_id: str | None = None
    document: str | None = None
    """Checked by whoever asks: `resolvers.partners`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRotate:
    """Sign with a fresh secret."""

    endpoint: str
    keep_hours: int = 24
    """How long the former one stays valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRemove:
    """Forget an endpoint and what waits for it."""

    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointDisable:
    """Call an endpoint no more; what it asked for waits for it."""

    endpoint: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointEnable:
    """Call an endpoint again."""

    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReplay:
    """Send deliveries again that have ended."""

    endpoint: str
    delivery_ids: tuple[str, ...] = ()
    since: datetime | None = None
    dead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDiscard:
    """Give deliveries up that were not taken."""

    endpoint: str
    delivery_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of an endpoint that was set."""

    decided: Decided
    secret: Secret | None = None
    """Of a new one, or a fresh one; known here and now and never again."""


Command = SecretRotate | EndpointRemove | EndpointDisable | EndpointEnable | DeliveryReplay | DeliveryDiscard
Outcome = dict[str, Any]  # Any: JSON; what is kept with the claim
Act = Callable[[Tx, EndpointRow], Awaitable[Outcome]]


class Partners:
    """Takes such decisions, and shows what stands. `store` is of role WORK."""

    def __init__(self, store: Store, vault: Vault, addresses: Addresses) -> None:
        self._store = store
        self._vault = vault
        self._addresses = addresses

    async def endpoints(self, call: Call) -> Sequence[WebhookEndpoint]:
        """The endpoints that the caller may see, by name. Raises Denied."""
        require(call, Scope.WEBHOOKS)
        async with self._store.shard(call) as tx:
            return [shown(row) for row in await endpoints_of(tx, call.tenant) if within(row.account, call.account)]

    async def deliveries(
        self, call: Call, endpoint: str, state: str | None, edge: tuple[int, int | None]
    ) -> Sequence[tuple[int, WebhookDelivery]]:
        """Deliveries of the endpoint of a name, the newest first; none where there is no such. Raises Denied."""
        require(call, Scope.WEBHOOKS)
        async with self._store.shard(call) as tx:
            row = await _visible(tx, call, endpoint)
            return [] if row is None else await deliveries(tx, call.tenant, row.id, state, edge)

    async def set(self, call: Call, command: EndpointSet, asking: Asking) -> Made:
        """Set an endpoint under its name. Raises Denied, KeyRequired, KeyReused, StoreBusy."""
        require(call, Scope.WEBHOOKS)
        wrong = tuple(self._mistakes(command))
        if wrong:
            return Made(decided=Decided(effect=Effect(user_errors=wrong)))
        secret = new_secret()
        fresh: list[Secret] = []

        async def act(tx: Tx) -> Effect:
            all_there = {row.name: row for row in await endpoints_of(tx, call.tenant)}
            found = all_there.get(command.name)
            if found is not None and found.account != call.account:
                return _refused(UserErrorCode.CONFLICT, "the name is taken: choose another", "name").effect
            if found is None and len(all_there) >= MOST:
                return _refused(UserErrorCode.LIMIT_EXCEEDED, f"a tenant has at most {MOST} endpoints", "name").effect
            fresh[:] = [] if found else [secret]
            await put_endpoint(tx, call.tenant, self._wanted(call, command, secret))
            return Effect(outcome={"endpoint": command.name})

        decided = await decide(self._store, call, ("webhookEndpointSet", command, CONSOLE), asking, act)
        return _told(decided, fresh[0] if fresh else None, asking)

    async def rotate(self, call: Call, command: SecretRotate, asking: Asking) -> Made:
        """Sign with a fresh secret; the former one is valid for a while. Raises as `set` does."""
        require(call, Scope.WEBHOOKS)
        if not 0 <= command.keep_hours <= LONGEST_KEEP:
            message = f"keepHours is between 0 and {LONGEST_KEEP}"
            return Made(decided=_refused(UserErrorCode.INVALID, message, "keepHours"))
        secret = new_secret()

        async def act(tx: Tx, row: EndpointRow) -> Outcome:
            keep = timedelta(hours=command.keep_hours)
            await rotate_secret(tx, (call.tenant, row.id), self._vault.close(secret), keep)
            return {"endpoint": row.name}

        decided = await self._about(call, ("webhookSecretRotate", command), asking, act)
        return _told(decided, secret, asking)

    async def remove(self, call: Call, command: EndpointRemove, asking: Asking) -> Decided:
        """Forget an endpoint. Raises as `set` does."""

        async def act(tx: Tx, row: EndpointRow) -> Outcome:
            await drop_endpoint(tx, call.tenant, row.id)
            return {"endpoint": row.name}

        return await self._about(call, ("webhookEndpointRemove", command), asking, act)

    async def disable(self, call: Call, command: EndpointDisable, asking: Asking) -> Made:
        """Call it no more. Raises as `set` does."""
        require(call, Scope.WEBHOOKS)
        wrong = wrong_text("reason", command.reason, longest=LONGEST_REASON)
        if wrong is not None:
            return Made(decided=Decided(effect=Effect(user_errors=(wrong,))))

        async def act(tx: Tx, row: EndpointRow) -> Outcome:
            await disable_endpoint(tx, call.tenant, row.id, f"{call.actor}: {command.reason}")
            return {"endpoint": row.name}

        return Made(decided=await self._about(call, ("webhookEndpointDisable", command), asking, act))

    async def enable(self, call: Call, command: EndpointEnable, asking: Asking) -> Made:
        """Call it again, beginning with what waits. Raises as `set` does."""

        async def act(tx: Tx, row: EndpointRow) -> Outcome:
            await enable_endpoint(tx, call.tenant, row.id)
            return {"endpoint": row.name}

        return Made(decided=await self._about(call, ("webhookEndpointEnable", command), asking, act))

    async def replay(self, call: Call, command: DeliveryReplay, asking: Asking) -> Decided:
        """Send again; `scheduled` tells how many. Raises as `set` does."""
        require(call, Scope.WEBHOOKS)
        chosen = Chosen(ids=command.delivery_ids, since=command.since, dead=command.dead)
        if chosen == Chosen():
            return _refused(UserErrorCode.REQUIRED, "say which: deliveryIds, since or dead", "deliveryIds")

        async def act(tx: Tx, row: EndpointRow) -> Outcome:
            return {"scheduled": await send_again(tx, call.tenant, row.id, chosen)}

        return await self._about(call, ("webhookDeliveryReplay", command), asking, act)

    async def discard(self, call: Call, command: DeliveryDiscard, asking: Asking) -> Decided:
        """Give up; `discarded` tells how many. Raises as `set` does."""

        async def act(tx: Tx, row: EndpointRow) -> Outcome:
            return {"discarded": await give_up(tx, call.tenant, row.id, command.delivery_ids)}

        return await self._about(call, ("webhookDeliveryDiscard", command), asking, act)

    async def _about(self, call: Call, named: tuple[str, Command], asking: Asking, act: Act) -> Decided:
        require(call, Scope.WEBHOOKS)
        mutation, command = named

        async def with_it(tx: Tx) -> Effect:
            row = await _visible(tx, call, command.endpoint)
            if row is None:
                error = UserError(
                    code=UserErrorCode.NOT_FOUND, message="there is no such endpoint", field=("endpoint",)
                )
                return Effect(user_errors=(error,))
            return Effect(outcome=await act(tx, row))

        return await decide(self._store, call, (mutation, command, CONSOLE), asking, with_it)

    def _wanted(self, call: Call, command: EndpointSet, secret: Secret) -> Wanted:
        return Wanted(
            id=mint(),
            name=command.name,
            url=command.url,
            kinds=tuple(sorted({kind.value for kind in command.kinds})),
            events=tuple(sorted(set(command.events))),
            customer_id=command.customer_id,
            document=command.document,
            actor=call.actor,
            account=call.account,
            secret=self._vault.close(secret),
        )

    def _mistakes(self, command: EndpointSet) -> Iterator[UserError]:
        wrong = wrong_text("name", command.name, longest=LONGEST_NAME)
        if wrong is not None:
            yield wrong
        if not command.kinds:
            yield UserError(code=UserErrorCode.REQUIRED, message="say which kinds", field=("kinds",))
        strange = [one for one in command.events if one.partition(".")[0] not in _heads(command.kinds)]
        if strange or len(command.events) > MOST_EVENTS:
            message = f"events are of the kinds asked for, such as order.shipped, and at most {MOST_EVENTS}"
            yield UserError(code=UserErrorCode.INVALID, message=message, field=("events",))
        try:
            self._addresses.goal(command.url)
        except InvalidInput as refused:
            yield UserError(code=UserErrorCode.INVALID, message=refused.message, field=("url",))


def shown(row: EndpointRow) -> WebhookEndpoint:
    """An endpoint as callers see it: without its secrets."""
    return WebhookEndpoint(
        id=row.id,
        name=row.name,
        url=row.url,
        state=WebhookEndpointState(row.state),
        kinds=tuple(Kind(one) for one in row.kinds),
        events=row.events,
        customer_id=None if row.customer_id is None else global_id(CUSTOMER, row.customer_id),
        document=row.document,
        actor=row.actor,
        account=row.account,
        failing_since=row.failing_since,
        disabled_because=row.disabled_because,
        version=row.version,
        created_at=row.created_at,
    )


async def _visible(tx: Tx, call: Call, name: str) -> EndpointRow | None:
    row = await endpoint_named(tx, call.tenant, name)
    return row if row is not None and within(row.account, call.account) else None


def _heads(kinds: Sequence[Kind]) -> set[str]:
    """What the names of their events begin with."""
    return {kind.value.lower() for kind in kinds} | {MERGED.partition(".")[0]}


def _refused(code: UserErrorCode, message: str, name: str) -> Decided:
    return Decided(effect=Effect(user_errors=(UserError(code=code, message=message, field=(name,)),)))


def _told(decided: Decided, secret: Secret | None, asking: Asking) -> Made:
    """The secret goes out with the request that made it, not with one that repeats it or only tries."""
    is_shown = not asking.dry_run and not decided.replayed and not decided.effect.user_errors
    return Made(decided=decided, secret=secret if is_shown else None)
