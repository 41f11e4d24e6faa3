"""The rehearsed warehouse as a web server: `POST /DB/`, and pages for people where something is wrong with the door."""

from __future__ import annotations

import json
from datetime import UTC
from email.utils import format_datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sources.kit.rehearsal.faults import Faults
from sources.tryton_wms.rehearsal.depot import Depot
from sources.tryton_wms.rehearsal.rpc import Asked, Forbidden, Models, decoded
from sources.tryton_wms.rehearsal.saying import Refused
from sources.tryton_wms.rehearsal.session import Door
from sources.tryton_wms.rehearsal.work import Work

WORDS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}
ASKS_MORE = "LoginException"
_FORM = {"id", "method", "params"}


class Rpc:
    """Tryton's JSON-RPC at one database."""

    def __init__(self, depot: Depot, work: Work, door: Door, database: str) -> None:
        """Answer at `/`*database*`/`."""
        self._models = Models(depot, work)
        self._door = door
        self._database = database

    async def answer(self, request: Request) -> Response:
        """The JSON answer with status 200, errors among them; a page where nobody is let in."""
        asked: dict[str, Any] = {}  # Any: JSON
        try:
            asked = await self._asked(request)
            said = {"result": self._result(request, asked)}
        except _Shut as shut:
            return _page(shut.status)
        except Forbidden:
            return _page(403)
        except Refused as refused:
            said = {"error": refused.told}
        return JSONResponse({"id": asked["id"], **said})

    async def _asked(self, request: Request) -> dict[str, Any]:  # Any: JSON
        if request.path_params["database"] != self._database:
            raise _Shut(404)
        try:
            asked = json.loads(await request.body(), object_hook=decoded)
        except (ValueError, RecursionError, KeyError, TypeError):
            raise _Shut(400) from None
        if not isinstance(asked, dict) or set(asked) != _FORM or not isinstance(asked["params"], list):
            raise _Shut(400)
        return asked

    def _result(self, request: Request, asked: dict[str, Any]) -> Any:  # Any: JSON
        method, params = str(asked["method"]), asked["params"]
        header = request.headers.get("authorization", "")
        if method == "common.db.login":
            return self._login(params)
        user = self._door.knows(header)
        if user is None:
            raise _Shut(401)
        if method == "common.db.logout":
            self._door.dismiss(header)
            return None
        kind, _, rest = method.partition(".")
        model, _, name = rest.rpartition(".")
        if kind != "model":
            raise Refused(repr(kind))
        if not params or not isinstance(params[-1], dict):
            message = "Missing context argument"
            raise Refused(message)
        return self._models.answer(Asked(model=model, method=name, params=params[:-1], context=params[-1], user=user))

    def _login(self, params: list[Any]) -> list[Any]:  # Any: JSON
        user, given, *_ = params
        if "password" not in given:
            raise Refused(ASKS_MORE, "password", f"Password for {user}", "password")
        session = self._door.admit(str(user), str(given["password"]))
        if session is None:
            raise _Shut(401)
        return list(session)


class _Shut(Exception):
    """Answered by a page, with a status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def application(depot: Depot, work: Work, door: Door, faults: Faults, *, database: str) -> Starlette:
    """The warehouse's web server; *faults* stand before it."""
    rpc = Rpc(depot, work, door, database)

    async def dated(request: Request) -> Response:
        response = await faults.around(request, rpc.answer)
        response.headers.setdefault("date", format_datetime(depot.clock.now().astimezone(UTC), usegmt=True))
        return response

    return Starlette(routes=[Route("/{database}/", dated, methods=["POST"])])


def _page(status: int) -> Response:
    words = WORDS[status]
    return HTMLResponse(f"<!doctype html>\n<title>{status} {words}</title>\n<h1>{words}</h1>\n", status_code=status)
