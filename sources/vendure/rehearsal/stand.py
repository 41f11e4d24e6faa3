"""One rehearsed shop, put together: state, web server, hooks, scene, and the controls of whoever directs it."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.clock import Clock
from hub.settings import Secret
from sources.vendure.rehearsal.faults import Fault, Faults, Trouble
from sources.vendure.rehearsal.hooks import Hooks, Listener
from sources.vendure.rehearsal.scene import Backdating, Scene
from sources.vendure.rehearsal.server import application
from sources.vendure.rehearsal.session import Door
from sources.vendure.rehearsal.shop import Shop

UNAUTHORIZED, UNPROCESSABLE = 401, 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A rehearsed shop and everything around it."""

    shop: Shop
    door: Door
    faults: Faults
    hooks: Hooks
    scene: Scene
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
        app=application(shop, door, faults),
    )


def controls(stand: Stand, token: Secret) -> Starlette:
    """The director's own server, on a port of its own: break, heal, expire, move, listen. Requests bear *token*."""

    async def act(request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), token.reveal().encode()):
            return JSONResponse({"error": "no"}, status_code=UNAUTHORIZED)
        body = await request.json() if await request.body() else {}
        try:
            return JSONResponse(_carry_out(stand, request.path_params["action"], body))
        except (KeyError, TypeError, ValueError) as wrong:
            return JSONResponse({"error": str(wrong)}, status_code=UNPROCESSABLE)

    return Starlette(routes=[Route("/{action}", act, methods=["POST"])])


def _carry_out(stand: Stand, action: str, body: dict[str, object]) -> dict[str, object]:
    match action:
        case "break":
            given = dict(body)
            trouble = Trouble(str(given.pop("trouble", Trouble.REFUSE.value)))
            stand.faults.add(Fault(trouble=trouble, **given))  # type: ignore[arg-type]  # a wrong type is a 422
        case "heal":
            stand.faults.heal()
        case "expire":
            stand.door.expire_all()
        case "move":
            group = body.get("group")
            return {"code": stand.scene.step_of(str(group)) if group else stand.scene.step()}
        case "listen":
            stand.hooks.listeners.append(Listener(url=str(body["url"]), secret=Secret(str(body["secret"]))))
        case "state":
            placed = [order for order in stand.shop.orders.values() if order.placed_at]
            return {"orders": len(placed), "dropped": stand.hooks.dropped, "logins": stand.door.logins}
        case _:
            message = f"there is no {action}"
            raise ValueError(message)
    return {"ok": True}
