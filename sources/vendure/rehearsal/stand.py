"""One rehearsed shop, put together: state, web server, hooks, scene, and the controls of whoever directs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.applications import Starlette

from hub.clock import Clock
from hub.settings import Secret
from sources.kit.rehearsal.backdating import Backdating
from sources.kit.rehearsal.controls import directed, troubled
from sources.kit.rehearsal.faults import Faults
from sources.vendure.rehearsal.hooks import Hooks, Listener
from sources.vendure.rehearsal.scene import Scene
from sources.vendure.rehearsal.server import application
from sources.vendure.rehearsal.session import Door
from sources.vendure.rehearsal.shop import Shop


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A rehearsed shop and everything around it."""

    shop: Shop
    door: Door
    faults: Faults
    hooks: Hooks
    scene: Scene
    clock: Backdating
    """What the shop takes for the present: whoever lives through the past sets it."""
    app: Starlette
    """What the vendor's server answers."""

    async def close(self) -> None:
        """Stop posting."""
        await self.hooks.close()


def make_stand(clock: Clock, *, user: str, password: Secret, seed: int = 1) -> Stand:
    """An empty shop that admits *user*; `scene.seed` fills it, `hooks.listeners` says who hears of it."""
    dated = Backdating(clock)
    shop = Shop(dated, seed=seed)
    door, faults, hooks = Door(user, password), Faults(), Hooks(clock)
    shop.listeners.append(hooks.post)
    return Stand(
        shop=shop,
        door=door,
        faults=faults,
        hooks=hooks,
        scene=Scene(shop, dated, seed=seed),
        clock=dated,
        app=application(shop, door, faults),
    )


def controls(stand: Stand, token: Secret) -> Starlette:
    """The director's own server: break, heal, expire, move, listen, state. Requests bear *token*."""
    return directed(partial(_carry_out, stand), token)


def _carry_out(stand: Stand, action: str, body: dict[str, Any]) -> Mapping[str, Any]:  # Any: JSON
    match action:
        case "move":
            group = body.get("group")
            return {"code": stand.scene.step_of(str(group)) if group else stand.scene.step()}
        case "listen":
            stand.hooks.listeners.append(Listener(url=str(body["url"]), secret=Secret(str(body["secret"]))))
            return {"ok": True}
        case "state":
            placed = [order for order in stand.shop.orders.values() if order.placed_at]
            return {"orders": len(placed), "dropped": stand.hooks.dropped, "logins": stand.door.logins}
        case _:
            return troubled(stand, action, body)
