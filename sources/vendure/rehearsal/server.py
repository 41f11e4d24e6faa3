"""The rehearsed shop as a web server: Admin API, Shop API and health, in Vendure's manners (systems.md 5.10, 5.11)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from importlib.resources import files
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute,
    parse,
    validate,
)
from graphql.language import StringValueNode, ValueNode
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sources.kit.rehearsal.faults import Faults
from sources.vendure.rehearsal.admin import AdminRoot
from sources.vendure.rehearsal.drafting import DraftDesk
from sources.vendure.rehearsal.session import Door, Fields, Visit
from sources.vendure.rehearsal.shop import Shop, stamp
from sources.vendure.rehearsal.stockroom import Stockroom
from sources.vendure.rehearsal.storefront import ShopRoot

TOKEN_HEADER = "vendure-auth-token"  # noqa: S105 - the name of a header
BAD_REQUEST = 400
_CACHE_LIMIT = 256


class Api:
    """One GraphQL endpoint."""

    def __init__(self, file: str, fields: Fields, shop: Shop) -> None:
        """Serve the schema in *file* with *fields* at its root."""
        self.schema = schema_of(file)
        self._fields = fields
        self._shop = shop
        self._documents: dict[str, DocumentNode] = {}

    async def answer(self, request: Request) -> Response:
        """The GraphQL answer: 200 for nearly everything, 400 where the document itself is wrong."""
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError):
            return self._not_json(request)
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            message = "POST body missing, invalid Content-Type, or JSON object has no keys."
            return _refused(GraphQLError(message, extensions={"code": "BAD_REQUEST"}))
        document = self._document(body["query"])
        if isinstance(document, Response):
            return document
        visit = Visit(token=_bearer(request))
        result = execute(
            self.schema,
            document,
            root_value=self._fields,
            context_value=visit,
            variable_values=body.get("variables"),
            field_resolver=_resolve,
        )
        done = await result if isinstance(result, Awaitable) else result
        headers = {TOKEN_HEADER: visit.handed_out} if visit.handed_out else {}
        return JSONResponse(_said(done), headers=headers)

    def _document(self, text: str) -> DocumentNode | Response:
        known = self._documents.get(text)
        if known is not None:
            return known
        try:
            document = parse(text, max_tokens=15_000)
        except (GraphQLError, RecursionError) as wrong:
            error = wrong if isinstance(wrong, GraphQLError) else GraphQLError("document too deep")
            return _refused(error, code="GRAPHQL_PARSE_FAILED")
        errors = validate(self.schema, document)
        if errors:
            return _refused(*errors, code="GRAPHQL_VALIDATION_FAILED")
        if len(self._documents) >= _CACHE_LIMIT:
            self._documents.clear()
        self._documents[text] = document
        return document

    def _not_json(self, request: Request) -> Response:
        facts = {
            "statusCode": BAD_REQUEST,
            "message": "Expected property name or '}' in JSON at position 1",
            "timestamp": stamp(self._shop.now()),
            "path": request.url.path,
        }
        return JSONResponse(facts, status_code=BAD_REQUEST)


def application(shop: Shop, door: Door, faults: Faults) -> Starlette:
    """The shop's web server; *faults* stand before both APIs."""
    desks = (AdminRoot(shop, door), DraftDesk(shop, door), Stockroom(shop, door))
    admin = Api("admin.graphql", {name: field for desk in desks for name, field in desk.fields().items()}, shop)
    storefront = Api("shop.graphql", ShopRoot(shop, door).fields(), shop)

    async def admin_api(request: Request) -> Response:
        return await faults.around(request, admin.answer)

    async def shop_api(request: Request) -> Response:
        return await faults.around(request, storefront.answer)

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "info": {}, "error": {}, "details": {}})

    async def dated(request: Request, response: Response) -> Response:
        response.headers.setdefault("date", format_datetime(datetime.fromisoformat(stamp(shop.now())), usegmt=True))
        return response

    async def admin_dated(request: Request) -> Response:
        return await dated(request, await admin_api(request))

    return Starlette(
        routes=[
            Route("/admin-api", admin_dated, methods=["POST"]),
            Route("/shop-api", shop_api, methods=["POST"]),
            Route("/health", health),
        ]
    )


@cache
def schema_of(file: str) -> GraphQLSchema:
    """The schema written in *file* beside this module, its scalars made exact."""
    text = files("sources.vendure.rehearsal").joinpath(file).read_text(encoding="utf-8")
    schema = build_schema(text)
    moment = schema.type_map["DateTime"]
    vars(moment).update(coerce_output_value=_written, coerce_input_value=_read, coerce_input_literal=_read_literal)
    return schema


def _resolve(
    source: Mapping[str, Any], info: GraphQLResolveInfo[Any], **args: Any
) -> Any:  # Any: GraphQL input and answer
    found = source.get(info.field_name)
    return found(info.context, args) if callable(found) else found


def _written(value: Any) -> str:  # Any: what a resolver gave
    return stamp(value)


def _read(value: Any) -> datetime:  # Any: what a client sent
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as wrong:
        message = f"DateTime cannot represent an invalid date-time-string {value}."
        raise GraphQLError(message) from wrong
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_literal(node: ValueNode, _variables: object = None) -> datetime:
    return _read(node.value if isinstance(node, StringValueNode) else None)


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" and token else None


def _said(result: ExecutionResult) -> dict[str, Any]:  # Any: JSON
    if not result.errors:
        return {"data": result.data}
    errors = []
    for error in result.errors:
        shown = dict(error.formatted)
        if error.path is None:  # variables that do not fit
            shown["extensions"] = {"code": "BAD_USER_INPUT"}
        errors.append(shown)
    return {"errors": errors, "data": result.data}


def _refused(*errors: GraphQLError, code: str | None = None) -> Response:
    shown = []
    for error in errors:
        form = dict(error.formatted)
        if code:
            form["extensions"] = {"http": {"status": BAD_REQUEST, "headers": {}}, "code": code}
        shown.append(form)
    return JSONResponse({"errors": shown}, status_code=BAD_REQUEST)
