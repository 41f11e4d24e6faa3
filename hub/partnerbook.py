"""`opshub endpoints`: partners that are called when something changes, looked after over the hub's own graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Column, Table

from hub.asking import Where, ask
from hub.casebook import decided

_LIST = "{ webhookEndpoints { name url state kinds events account failingSince disabledBecause } }"
_ROTATE = """
mutation Rotate($endpoint: String!, $hours: Int!, $key: String!) {
  done: webhookSecretRotate(input: {endpoint: $endpoint, keepHours: $hours}) @idempotent(key: $key) {
    secret userErrors { message }
  }
}
"""
_DISABLE = """
mutation Disable($endpoint: String!, $reason: String!, $key: String!) {
  done: webhookEndpointDisable(input: {endpoint: $endpoint, reason: $reason}) @idempotent(key: $key) {
    endpoint { state } userErrors { message }
  }
}
"""
_ENABLE = """
mutation Enable($endpoint: String!, $key: String!) {
  done: webhookEndpointEnable(input: {endpoint: $endpoint}) @idempotent(key: $key) {
    endpoint { state } userErrors { message }
  }
}
"""
_REPLAY = """
mutation Replay($endpoint: String!, $ids: [ID!], $since: DateTime, $dead: Boolean!, $dry: Boolean!, $key: String!) {
  done: webhookDeliveryReplay(
    input: {endpoint: $endpoint, deliveryIds: $ids, since: $since, dead: $dead, dryRun: $dry}
  ) @idempotent(key: $key) {
    scheduled dryRun userErrors { message }
  }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What to deliver again."""

    ids: Sequence[str] | None = None
    since: str | None = None
    """Queued at this instant or later."""
    dead: bool = False
    dry_run: bool = False


async def endpoints(hub: Where, out: Console) -> None:
    """Print the endpoints, and what is the matter with them."""
    found: Sequence[Mapping[str, Any]] = (await ask(hub, _LIST, {}))["webhookEndpoints"] or []
    table = Table(
        Column("name", no_wrap=True), "state", "hears of", "account", Column("url", overflow="fold"), "", box=None
    )
    for one in found:
        failing = f"takes nothing since {one['failingSince']}" if one["failingSince"] else ""
        hears = ", ".join(one["events"] or one["kinds"])
        why = one["disabledBecause"] or failing
        table.add_row(one["name"], one["state"], hears, one["account"] or "", one["url"], why)
    out.print(table if found else "No partner wants to hear of anything.", markup=False)


async def rotate(hub: Where, endpoint: str, hours: int, out: Console) -> None:
    """Sign with a fresh secret, and print it: this once."""
    done = await decided(hub, _ROTATE, {"endpoint": endpoint, "hours": hours})
    said = f"The secret of {endpoint}, shown once: {done['secret']}"
    out.print(said, markup=False, highlight=False, soft_wrap=True)
    out.print(f"The former one signs too for {hours} hours.", markup=False)


async def disable(hub: Where, endpoint: str, reason: str, out: Console) -> None:
    """Call an endpoint no more."""
    await decided(hub, _DISABLE, {"endpoint": endpoint, "reason": reason})
    out.print(f"{endpoint} is called no more; what it asked for waits for it.", markup=False)


async def enable(hub: Where, endpoint: str, out: Console) -> None:
    """Call an endpoint again."""
    await decided(hub, _ENABLE, {"endpoint": endpoint})
    out.print(f"{endpoint} is called again, beginning with what waits for it.", markup=False)


async def replay(hub: Where, endpoint: str, again: Again, out: Console) -> None:
    """Deliver again what has ended, or say how much that would be."""
    given = {"ids": again.ids, "since": again.since, "dead": again.dead, "dry": again.dry_run}
    done = await decided(hub, _REPLAY, {"endpoint": endpoint, **given})
    verb = "would go out again" if done["dryRun"] else "go out again, under their webhook-id"
    out.print(f"{done['scheduled']} {verb}.", markup=False)
