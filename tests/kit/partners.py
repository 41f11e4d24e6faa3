"""Builders around webhooks out: endpoints, couriers, and what waits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from hub.call import Call
from hub.clock import SystemClock
from hub.partners.addresses import Addresses
from hub.partners.attempts import Means
from hub.partners.courier import Courier
from hub.partners.payload import Render, Rendered
from hub.partners.posting import Poster
from hub.partners.watch import Wishes
from hub.seal import Vault
from hub.settings import Secret, WebhookSettings
from hub.store.changelog import LoggedChange
from hub.store.store import Store
from hub.store.webhook_queue import queue
from hub.store.webhooks import EndpointRow, Wanted, all_endpoints, put_endpoint
from tests.kit.recorder import ListRecorder
from tests.kit.wait import until_so

VAULT = Vault(b"tests")
SECRET = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
LOCAL = WebhookSettings(allow=("127.0.0.0/8",), plain_http=True, timeout_seconds=60.0, retry_seconds=(0.02, 0.02, 0.02))
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def wanted(url: str, **said: Any) -> Wanted:  # Any: any field
    """An endpoint of partner `portal` that wants every change of an order."""
    usual: dict[str, Any] = {
        "id": "e1", "name": "mine", "url": url, "kinds": ("ORDER",), "events": (), "customer_id": None,
        "document": None, "actor": "portal", "account": None, "secret": VAULT.close(SECRET),
    }  # fmt: skip
    return Wanted(**(usual | said))


async def set_up(store: Store, url: str, **said: Any) -> EndpointRow:  # Any: as above
    """Keep an endpoint that was set long ago."""
    async with store.across() as tx:
        await put_endpoint(tx, "acme", wanted(url, **said))
        await tx.execute(text("update webhook_endpoint set created_at = '2026-01-01'"))
        named = said.get("name", "mine")
        return next(one for one in await all_endpoints(tx) if one.name == named)


async def queued(store: Store, *lines: LoggedChange) -> None:
    """Queue for every endpoint what it wants of *lines*."""
    async with store.across() as tx:
        wishes = Wishes(await all_endpoints(tx))
        for line in lines:
            await queue(tx, line.tenant, wishes.of(line))


async def nothing_told(call: Call, document: str, entity_id: str) -> Rendered:
    """A document that answers who asked for what."""
    return Rendered(node=f'{{"actor":"{call.actor}","id":"{entity_id}"}}'.encode())


def standing(tenant: str, actor: str, account: str | None) -> Call | None:
    """Every key stands but the one called `gone`."""
    if actor == "gone":
        return None
    return Call(actor=actor, tenant=tenant, account=account, correlation_id="correlation-1")


def courier_of(
    store: Store,
    settings: WebhookSettings = LOCAL,
    *,
    render: Render = nothing_told,
    recorder: ListRecorder | None = None,
) -> Courier:
    """A courier over a store."""
    addresses = Addresses(settings.allow, plain=settings.plain_http)
    means = Means(
        store=store,
        clock=SystemClock(),
        recorder=recorder or ListRecorder(),
        poster=Poster(addresses, settings.timeout_seconds),
        vault=VAULT,
        render=render,
        standing=standing,
        settings=settings,
    )
    return Courier(means)


async def rows(store: Store, sql: str = "select event_id, state from webhook_delivery order by position") -> list[Any]:
    """Rows of a statement, as tuples."""
    async with store.across() as tx:
        return [tuple(row) for row in (await tx.execute(text(sql))).all()]


async def until_settled(store: Store) -> None:
    """Until nothing waits any more."""

    async def none_waits() -> bool:
        return not await rows(store, "select 1 from webhook_delivery where state = 'PENDING'")

    await until_so(none_waits)
