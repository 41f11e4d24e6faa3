"""Webhooks out: endpoints and what is on its way to them, set and looked after by partners and by staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import strawberry

from hub.errors import InvalidInput
from hub.model.command import UserError, UserErrorCode
from hub.model.partners import WebhookDelivery, WebhookDeliveryState, WebhookEndpoint
from hub.model.vocabulary import Kind
from hub.partners.desk import (
    DeliveryDiscard,
    DeliveryReplay,
    EndpointDisable,
    EndpointEnable,
    EndpointRemove,
    EndpointSet,
    Made,
    SecretRotate,
)
from hub.read.reader import own_id
from hub.write.console import Decided, Effect
from hub.write.desk import Asking
from resolvers.console.answer import asking_of, local_ids, told
from resolvers.context import Context, Info
from resolvers.derive import input_type
from resolvers.lists import USUAL_PAGE
from resolvers.pages import PageInfo, checked, given, info_of
from resolvers.partners import wrong_document
from resolvers.writes import MutationPayload

DELIVERY = "WebhookDelivery"


@input_type
class WebhookEndpointSetInput:
    """Say where to call, of what, and what goes along."""

    name: str
    """Unique in the tenant; an endpoint of that name is set anew, and called again if it was disabled."""
    url: str
    """Begins with https:// and leads to a public address."""
    kinds: list[Kind]
    """Kinds of entity to hear of."""
    events: list[str] | None = None
    """Only these events, such as `order.shipped`; left out for all of the kinds."""
    customer_id: strawberry.ID | None = None
    """Only what belongs to this customer."""
    document: str | None = None
    """A query such as `query($id: ID!) { node(id: $id) { ... on Order { number } } }`; its answer goes along."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class WebhookSecretRotateInput:
    """Sign with a fresh secret."""

    endpoint: str
    """Its name."""
    keep_hours: int | None = 24
    """How long the former secret stays valid: both sign until then."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class WebhookEndpointRemoveInput:
    """Forget an endpoint, and what waits for it."""

    endpoint: str
    """Its name."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class WebhookEndpointDisableInput:
    """Call an endpoint no more; what it asked for waits for it, as long as deliveries are kept."""

    endpoint: str
    """Its name."""
    reason: str
    """Why; shown with it."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class WebhookEndpointEnableInput:
    """Call an endpoint again, beginning with what waits for it."""

    endpoint: str
    """Its name."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class WebhookDeliveryReplayInput:
    """Send again what has ended; what fits any of these."""

    endpoint: str
    """Its name."""
    delivery_ids: list[strawberry.ID] | None = None
    """These."""
    since: datetime | None = None
    """All that were queued from then on, taken or not."""
    dead: bool | None = False
    """All that are dead."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class WebhookDeliveryDiscardInput:
    """Give up what was not taken, so that what follows goes on."""

    endpoint: str
    """Its name."""
    delivery_ids: list[strawberry.ID]
    """Which."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointSetArguments:
    """Arguments of `webhookEndpointSet`."""

    input: WebhookEndpointSetInput
    """Where, of what, and in which shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSecretRotateArguments:
    """Arguments of `webhookSecretRotate`."""

    input: WebhookSecretRotateInput
    """Whose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointRemoveArguments:
    """Arguments of `webhookEndpointRemove`."""

    input: WebhookEndpointRemoveInput
    """Which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointDisableArguments:
    """Arguments of `webhookEndpointDisable`."""

    input: WebhookEndpointDisableInput
    """Which, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointEnableArguments:
    """Arguments of `webhookEndpointEnable`."""

    input: WebhookEndpointEnableInput
    """Which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDeliveryReplayArguments:
    """Arguments of `webhookDeliveryReplay`."""

    input: WebhookDeliveryReplayInput
    """Which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDeliveryDiscardArguments:
    """Arguments of `webhookDeliveryDiscard`."""

    input: WebhookDeliveryDiscardInput
    """Which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDeliveriesArguments:
    """Arguments of `webhookDeliveries`."""

    endpoint: str
    """Name of the endpoint."""
    state: WebhookDeliveryState | None = None
    """Only those that are so far."""
    first: int | None = USUAL_PAGE
    """At most so many, up to 100."""
    after: str | None = None
    """Only what follows this cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointSetPayload(MutationPayload):
    """What became of an endpoint that was set."""

    endpoint: WebhookEndpoint | None = None
    """The endpoint as it stands now."""
    secret: str | None = None
    """Of a new endpoint: what signatures are checked with. Shown once, here; `webhookSecretRotate` makes another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSecretRotatePayload(MutationPayload):
    """What became of a secret."""

    endpoint: WebhookEndpoint | None = None
    """The endpoint."""
    secret: str | None = None
    """The fresh one. Shown once, here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointRemovePayload(MutationPayload):
    """What became of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointDisablePayload(MutationPayload):
    """What became of it."""

    endpoint: WebhookEndpoint | None = None
    """The endpoint as it stands now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointEnablePayload(MutationPayload):
    """What became of it."""

    endpoint: WebhookEndpoint | None = None
    """The endpoint as it stands now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDeliveryReplayPayload(MutationPayload):
    """What became of it."""

    scheduled: int = 0
    """Deliveries that go out again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDeliveryDiscardPayload(MutationPayload):
    """What became of it."""

    discarded: int = 0
    """Deliveries that were given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDeliveryConnection:
    """A page of deliveries, the newest first."""

    nodes: tuple[WebhookDelivery, ...]
    """The deliveries."""
    page_info: PageInfo
    """Where the page lies."""


async def webhook_endpoints(info: Info) -> tuple[WebhookEndpoint, ...] | None:
    """Endpoints that are called when something changes, by name: those of the caller's account."""
    return tuple(await info.context.doors.partners.endpoints(info.context.call))


async def webhook_deliveries(info: Info, asked: WebhookDeliveriesArguments) -> WebhookDeliveryConnection | None:
    """What is on its way to an endpoint or has come to its end, with its attempts, the newest first."""
    context, size = info.context, checked(given(asked.first, USUAL_PAGE))
    binding = f"webhooks\x1f{context.call.principal}\x1f{asked.endpoint}\x1f{asked.state}"
    before = None if asked.after is None else context.doors.seal.open(binding, asked.after, int)
    state = None if asked.state is None else asked.state.value
    rows = await context.doors.partners.deliveries(context.call, asked.endpoint, state, (size + 1, before))
    page = rows[:size]
    cursors = [context.doors.seal.close(binding, position) for position, _ in (*page[:1], *page[-1:])]
    return WebhookDeliveryConnection(
        nodes=tuple(delivery for _, delivery in page),
        page_info=info_of(cursors, has_more=len(rows) > size, has_before=asked.after is not None),
    )


async def webhook_endpoint_set(info: Info, asked: WebhookEndpointSetArguments) -> WebhookEndpointSetPayload | None:
    """Hear of changes by signed webhooks (Standard Webhooks), with the rights of the key that sets the endpoint."""
    context, given_ = info.context, asked.input
    asking = asking_of(info, dry_run=given_.dry_run)
    wrong = None if given_.document is None else wrong_document(info.schema._schema, given_.document)  # noqa: SLF001  Strawberry has no public name for it
    if wrong is not None:
        error = UserError(
            code=UserErrorCode.INVALID, message=f"the document cannot be asked: {wrong}", field=("document",)
        )
        return WebhookEndpointSetPayload(**_refused(context, asking, error))
    try:
        customer = None if given_.customer_id is None else own_id(given_.customer_id, Kind.CUSTOMER)
    except InvalidInput as strange:
        error = UserError(code=UserErrorCode.INVALID, message=strange.message, field=("customerId",))
        return WebhookEndpointSetPayload(**_refused(context, asking, error))
    command = EndpointSet(
        name=given_.name,
        url=given_.url,
        kinds=tuple(given_.kinds),
        events=tuple(given_.events or ()),
        customer_id=customer,
        document=given_.document,
    )
    made = await context.doors.partners.set(context.call, command, asking)
    return WebhookEndpointSetPayload(**await _made(context, "webhookEndpointSet", asking, made))


async def webhook_secret_rotate(info: Info, asked: WebhookSecretRotateArguments) -> WebhookSecretRotatePayload | None:
    """Sign with a fresh secret; the former one signs too for a while, so that no delivery is refused."""
    context, asking = info.context, asking_of(info, dry_run=asked.input.dry_run)
    hours = 24 if asked.input.keep_hours is None else asked.input.keep_hours
    command = SecretRotate(endpoint=asked.input.endpoint, keep_hours=hours)
    made = await context.doors.partners.rotate(context.call, command, asking)
    return WebhookSecretRotatePayload(**await _made(context, "webhookSecretRotate", asking, made))


async def webhook_endpoint_remove(
    info: Info, asked: WebhookEndpointRemoveArguments
) -> WebhookEndpointRemovePayload | None:
    """Forget an endpoint, and what waits for it."""
    context, asking = info.context, asking_of(info, dry_run=asked.input.dry_run)
    decided = await context.doors.partners.remove(context.call, EndpointRemove(endpoint=asked.input.endpoint), asking)
    return WebhookEndpointRemovePayload(**told(context, "webhookEndpointRemove", asking, decided))


async def webhook_endpoint_disable(
    info: Info, asked: WebhookEndpointDisableArguments
) -> WebhookEndpointDisablePayload | None:
    """Call an endpoint no more, until `webhookEndpointEnable` or until it is set anew."""
    context, asking = info.context, asking_of(info, dry_run=asked.input.dry_run)
    command = EndpointDisable(endpoint=asked.input.endpoint, reason=asked.input.reason)
    made = await context.doors.partners.disable(context.call, command, asking)
    return WebhookEndpointDisablePayload(**await _stands(context, "webhookEndpointDisable", asking, made))


async def webhook_endpoint_enable(
    info: Info, asked: WebhookEndpointEnableArguments
) -> WebhookEndpointEnablePayload | None:
    """Call an endpoint again that was disabled, beginning with what waits for it."""
    context, asking = info.context, asking_of(info, dry_run=asked.input.dry_run)
    command = EndpointEnable(endpoint=asked.input.endpoint)
    made = await context.doors.partners.enable(context.call, command, asking)
    return WebhookEndpointEnablePayload(**await _stands(context, "webhookEndpointEnable", asking, made))


async def webhook_delivery_replay(
    info: Info, asked: WebhookDeliveryReplayArguments
) -> WebhookDeliveryReplayPayload | None:
    """Send deliveries again that have ended, in their order and under their `webhook-id`."""
    context, asking = info.context, asking_of(info, dry_run=asked.input.dry_run)
    command = DeliveryReplay(
        endpoint=asked.input.endpoint,
        delivery_ids=local_ids(asked.input.delivery_ids or (), DELIVERY),
        since=asked.input.since,
        dead=bool(asked.input.dead),
    )
    decided = await context.doors.partners.replay(context.call, command, asking)
    scheduled = decided.effect.outcome.get("scheduled", 0)
    return WebhookDeliveryReplayPayload(scheduled=scheduled, **told(context, "webhookDeliveryReplay", asking, decided))


async def webhook_delivery_discard(
    info: Info, asked: WebhookDeliveryDiscardArguments
) -> WebhookDeliveryDiscardPayload | None:
    """Give up deliveries that were not taken, so that what follows of the same order goes on."""
    context, asking = info.context, asking_of(info, dry_run=asked.input.dry_run)
    ids = local_ids(asked.input.delivery_ids, DELIVERY)
    command = DeliveryDiscard(endpoint=asked.input.endpoint, delivery_ids=ids)
    decided = await context.doors.partners.discard(context.call, command, asking)
    discarded = decided.effect.outcome.get("discarded", 0)
    return WebhookDeliveryDiscardPayload(
        discarded=discarded, **told(context, "webhookDeliveryDiscard", asking, decided)
    )


def _refused(context: Context, asking: Asking, error: UserError) -> dict[str, Any]:
    return told(context, "", asking, Decided(effect=Effect(user_errors=(error,))))


async def _made(context: Context, action: str, asking: Asking, made: Made) -> dict[str, Any]:
    """A payload with the endpoint as it stands now, and the secret where it is to be shown."""
    secret = None if made.secret is None else made.secret.reveal()
    return await _stands(context, action, asking, made) | {"secret": secret}


async def _stands(context: Context, action: str, asking: Asking, made: Made) -> dict[str, Any]:
    named = made.decided.effect.outcome.get("endpoint")
    there = {one.name: one for one in await context.doors.partners.endpoints(context.call)} if named else {}
    return told(context, action, asking, made.decided) | {"endpoint": there.get(named or "")}
