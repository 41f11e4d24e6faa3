"""The rehearsed ERP as a web server: REST and JSON-RPC in Tryton's manners (systems.md 3.1, 5.10)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from email.utils import format_datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sources.kit.rehearsal.faults import Faults
from sources.tryton_erp.rehearsal import spelling
from sources.tryton_erp.rehearsal.desk import Desk
from sources.tryton_erp.rehearsal.door import Door
from sources.tryton_erp.rehearsal.erp import Erp
from sources.tryton_erp.rehearsal.query import Query, Unknown
from sources.tryton_erp.rehearsal.refusal import Refusal
from sources.tryton_erp.rehearsal.rpc import VERSION, Rpc

OK, NO_CONTENT, BAD, UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 200, 204, 400, 401, 403, 404
RANGE, THROTTLED, FAILED, LOCKED = 416, 429, 500, 503
COUNTED = 10
"""A count stops at so many times what was asked for: then it reads `*`."""
Handler = Callable[[Request], Awaitable[Response]]


class Server:
    """One database behind one address."""

    def __init__(self, erp: Erp, door: Door, faults: Faults, database: str) -> None:
        self._erp, self._door, self._faults, self._database = erp, door, faults, database
        self._desk = Desk(erp)
        self._rpc = Rpc(erp, door, self._desk)
        self.locks = 0
        """Row locks that the next actions run into: each is answered 503 and rolled back."""

    def application(self) -> Starlette:
        """The web server."""
        model = "/{database}/rest/model/{model}"
        return Starlette(
            routes=[
                Route(model, self._guarded(self._search), methods=["GET"]),
                Route(model, self._guarded(self._create), methods=["POST"]),
                Route(model + "/{id:int}", self._guarded(self._get), methods=["GET"]),
                Route(model + "/{id:int}", self._guarded(self._update), methods=["PUT"]),
                Route(model + "/{id:int}/{action}", self._guarded(self._act), methods=["POST"]),
                Route("/rpc/", self._guarded(self._version), methods=["POST"]),
                Route("/{database}/rpc/", self._guarded(self._call), methods=["POST"]),
            ]
        )

    def _guarded(self, handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            response = await self._faults.around(request, lambda asked: self._answer(asked, handler))
            response.headers["date"] = format_datetime(self._erp.books.moment(), usegmt=True)
            return response

        return answer

    async def _answer(self, request: Request, handler: Handler) -> Response:
        if request.path_params.get("database", self._database) != self._database:
            return page(NOT_FOUND, "Not Found")
        is_rpc = request.url.path.endswith("/rpc/")
        if not is_rpc and not self._door.admits_key(request.headers.get("authorization", "")):
            return page(UNAUTHORIZED, "Unauthorized")
        try:
            return await handler(request)
        except Refusal as refused:
            return json(BAD, {"status": BAD, "message": str(refused), "description": ""})
        except (Unknown, ValueError, KeyError, TypeError, AttributeError, binascii.Error) as wrong:
            return page(FAILED, f"Internal Server Error {wrong}")

    # ------------------------------------------------------------------ REST

    async def _search(self, request: Request) -> Response:
        asked = request.query_params
        given = request.headers.get("range", "").removeprefix("records=").split("-")
        offset = int(given[0]) if len(given) > 1 else int(asked.get("p", "0"))
        limit = int(given[1]) - offset if len(given) > 1 and given[1] else _whole(asked.get("s"))
        query = self._query(request)
        domain, order = _decoded(asked.get("d")) or [], _decoded(asked.get("o"))
        most = None if limit is None else offset + limit
        found = query.search(request.path_params["model"], domain, order, most)[offset:]
        headers = {}
        if len(given) > 1:
            if offset and not found:
                return page(RANGE, "Requested Range Not Satisfiable")
            headers["content-range"] = f"records {offset}-{offset + len(found)}/{self._count(request, domain, most)}"
        names = asked.getlist("f") or ["rec_name"]
        return json(OK, query.shown(request.path_params["model"], found, names), headers)

    def _count(self, request: Request, domain: list[Any], most: int | None) -> str:  # Any: JSON
        count = len(self._query(request).search(request.path_params["model"], domain))
        return "*" if most is not None and count >= COUNTED * most else str(count)

    async def _get(self, request: Request) -> Response:
        query, one = self._query(request), request.path_params["id"]
        found = query.search(request.path_params["model"], [["id", "in", [one]]])
        if not found:
            return page(NOT_FOUND, "Not Found")
        return json(OK, query.read(found[0], request.query_params.getlist("f") or ["rec_name"]))

    async def _create(self, request: Request) -> Response:
        made = self._desk.create(request.path_params["model"], _body(await request.body()))
        return json(OK, self._query(request).read(made, request.query_params.getlist("f") or ["rec_name"]))

    async def _update(self, request: Request) -> Response:
        model, one = request.path_params["model"], request.path_params["id"]
        if one not in self._erp.books.tables[model]:
            return page(NOT_FOUND, "Not Found")
        self._desk.write(model, one, _body(await request.body()))
        record = self._erp.books.tables[model][one]
        return json(OK, self._query(request).read(record, request.query_params.getlist("f") or ["rec_name"]))

    async def _act(self, request: Request) -> Response:
        data = _body(await request.body())
        if not isinstance(data, dict):
            message = "an action needs an object"
            raise Refusal(message)
        model, one, action = (request.path_params[name] for name in ("model", "id", "action"))
        if not self._desk.offers(model, action):
            return page(FORBIDDEN, "Forbidden")
        if self.locks:
            self.locks -= 1
            return page(LOCKED, "could not obtain lock on row in relation")
        if one not in self._erp.books.tables[model]:
            return page(NOT_FOUND, "Not Found")
        context = _decoded(request.headers.get("x-tryton-context")) or {}
        self._desk.act(model, action, one, is_sure=bool(context.get("_skip_warnings")))
        record = self._erp.books.tables[model][one]
        return json(OK, self._query(request).read(record, request.query_params.getlist("f") or ["rec_name"]))

    def _query(self, request: Request) -> Query:
        given = request.headers.get("x-tryton-context")
        context: Mapping[str, Any] = _decoded(given) or {}
        return Query(self._erp.books, self._erp.goods, context)

    # ------------------------------------------------------------------ JSON-RPC

    async def _version(self, request: Request) -> Response:
        asked = _body(await request.body())
        if not isinstance(asked, dict) or asked.get("method") != "common.server.version":
            return page(NOT_FOUND, "Not Found")
        return json(OK, {"id": asked.get("id"), "result": VERSION})

    async def _call(self, request: Request) -> Response:
        asked = _body(await request.body())
        if not isinstance(asked, dict) or set(asked) != {"id", "method", "params"}:
            return page(BAD, "Bad Request")
        if asked["method"] == "common.db.login":
            return self._login(asked)
        header = request.headers.get("authorization", "")
        if not self._door.admits_session(header):
            return page(UNAUTHORIZED, "Unauthorized")
        if asked["method"] == "common.db.logout":
            self._door.end(header)
            return json(OK, {"id": asked["id"], "result": None})
        return self._asked(asked)

    def _asked(self, asked: Mapping[str, Any]) -> Response:  # Any: JSON
        try:
            result = self._rpc.call(asked["method"], list(asked["params"]))
        except Refusal as refused:
            return json(OK, {"id": asked["id"], "error": ["UserError", [str(refused), "", None]]})
        except (Unknown, KeyError, TypeError, ValueError, AttributeError, IndexError) as wrong:
            return json(OK, {"id": asked["id"], "error": [str(wrong), ""]})
        return json(OK, {"id": asked["id"], "result": result})

    def _login(self, asked: Mapping[str, Any]) -> Response:  # Any: JSON
        user, parameters = asked["params"][0], asked["params"][1]
        try:
            token = self._door.login(user, str(parameters.get("password", "")))
        except PermissionError:
            return page(THROTTLED, "Too Many Requests")
        if token is None:
            return page(UNAUTHORIZED, "Unauthorized")
        return json(OK, {"id": asked["id"], "result": [self._door.uid, token, None]})


def json(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Response:  # Any: JSON
    """An answer for programs."""
    return Response(spelling.written(value), status, media_type="application/json", headers=dict(headers or {}))


def page(status: int, words: str) -> Response:
    """An answer for people, where programs hoped for JSON (trap 10)."""
    return Response(f"<!doctype html>\n<title>{status}</title>\n<h1>{words}</h1>\n", status, media_type="text/html")


def _decoded(text: str | None) -> Any:  # Any: JSON
    return None if text is None else spelling.read(base64.urlsafe_b64decode(text))


def _body(body: bytes) -> Any:  # Any: JSON
    try:
        return spelling.read(body)
    except ValueError as wrong:  # an empty body is no JSON either
        message = "the body is not JSON"
        raise Refusal(message) from wrong


def _whole(text: str | None) -> int | None:
    return None if text is None else int(text)
