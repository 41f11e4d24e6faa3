"""The director's own server, on a port of its own: whoever bears its token tells a rehearsed system what to do."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.settings import Secret
from sources.kit.rehearsal.faults import Fault, Faults, Trouble

UNAUTHORIZED, UNPROCESSABLE = 401, 422

Act = Callable[[str, dict[str, Any]], Mapping[str, Any]]  # Any: JSON
"""Carries out one action by name; raises KeyError, TypeError or ValueError for what it cannot."""


class Entrance(Protocol):
    """Where a rehearsed system is entered."""

    def expire_all(self) -> None:
        """End every session."""
        ...


class Rehearsed(Protocol):
    """A rehearsed system, as far as a director may trouble any of them."""

    @property
    def faults(self) -> Faults:
        """What goes wrong there."""
        ...

    @property
    def door(self) -> Entrance:
        """Where it is entered."""
        ...


def directed(act: Act, token: Secret) -> Starlette:
    """A server whose `POST /{action}` carries out *act* for requests that bear *token*."""

    async def answer(request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), token.reveal().encode()):
            return JSONResponse({"error": "no"}, status_code=UNAUTHORIZED)
        body = await request.json() if await request.body() else {}
        try:
            return JSONResponse(act(request.path_params["action"], body))
        except (KeyError, TypeError, ValueError) as wrong:
            return JSONResponse({"error": str(wrong)}, status_code=UNPROCESSABLE)

    return Starlette(routes=[Route("/{action}", answer, methods=["POST"])])


def troubled(stand: Rehearsed, action: str, body: Mapping[str, Any]) -> Mapping[str, Any]:  # Any: JSON
    """Carry out what any rehearsed system can be told: break, heal, expire. Raises ValueError for another action."""
    match action:
        case "break":
            break_with(stand.faults, body)
        case "heal":
            stand.faults.heal()
        case "expire":
            stand.door.expire_all()
        case _:
            message = f"there is no {action}"
            raise ValueError(message)
    return {"ok": True}


def break_with(faults: Faults, body: Mapping[str, Any]) -> None:  # Any: JSON
    """Let the trouble that *body* names happen from now on; without a name, refuse."""
    given = dict(body)
    trouble = Trouble(str(given.pop("trouble", Trouble.REFUSE.value)))
    faults.add(Fault(trouble=trouble, **given))
