"""Other ways of answering the same questions from the same rows, in the same process: what is left to gain.

`/stock` is stock Strawberry, `/hand` JSON built by hand from documents, `/json_agg` one statement whose text is sent.
All read as role serve with row security on; none checks keys, scopes or limits, which flatters them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import orjson
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from bench.kit.rows import Doc, Rows
from bench.kit.stock import Stock
from hub.call import Call
from hub.store.store import Store

WHOLE, PAGE, LIST, TINY = "whole", "page", "list", "tiny"
Question = Mapping[str, str]
"""`ask`: one of the four; `id` or `status`."""

_MONEY = "json_build_object('amount', $m ->> 'amount', 'currencyCode', $m ->> 'currency_code')"
_BRIEF = "'number', e.number, 'status', e.status, 'placedAt', e.placed_at"
_NESTED = """'total', $total, 'lines', (
  select coalesce(json_agg(json_build_object(
    'lineNo', (l ->> 'line_no')::int, 'sku', l ->> 'sku', 'description', l ->> 'description', 'unitPrice', $price,
    'quantities', json_build_object('ordered', l #>> '{quantities,ordered}',
      'cancelled', l #>> '{quantities,cancelled}', 'shipped', l #>> '{quantities,shipped}'))), '[]')
  from jsonb_array_elements(e.doc -> 'lines') l
), 'shipments', (
  select coalesce(json_agg(json_build_object('number', s.number, 'status', s.status, 'packages', (
    select coalesce(json_agg(json_build_object('trackingNumber', p ->> 'tracking_number', 'status', p ->> 'status')),
      '[]')
    from jsonb_array_elements(s.doc -> 'packages') p))), '[]')
  from entity s
  where s.tenant = e.tenant and s.kind = 'SHIPMENT' and s.redirect_to is null and s.root_id = e.root_id
)""".replace("$total", _MONEY.replace("$m", "(e.doc #> '{groups,commercial,total}')")).replace(
    "$price", _MONEY.replace("$m", "(l -> 'unit_price')")
)
_CUSTOMER = """'customer', (
  select json_build_object('number', c.number, 'name', c.doc #>> '{groups,profile,name}')
  from entity c where c.tenant = e.tenant and c.kind = 'CUSTOMER' and c.id = e.customer_id)"""
_ORDERS = "select * from entity where tenant = :tenant and kind = 'ORDER' and redirect_to is null"
_NEWEST = "order by placed_at desc, id desc limit"
STATEMENTS = {
    WHOLE: f"select json_build_object({_BRIEF}, {_NESTED}, {_CUSTOMER})::text from ({_ORDERS} and id = :id) e",  # noqa: S608  constants of this file
    PAGE: f"select json_agg(json_build_object({_BRIEF}, {_NESTED}))::text from ({_ORDERS} {_NEWEST} 50) e",  # noqa: S608  constants of this file
    LIST: f"select json_agg(json_build_object({_BRIEF}))::text from ({_ORDERS} and status = :status {_NEWEST} 20) e",  # noqa: S608  constants of this file
    TINY: f"select json_build_object('status', e.status)::text from ({_ORDERS} and id = :id) e",  # noqa: S608  constants of this file
}


def routes(store: Store, call: Call) -> list[BaseRoute]:
    """Where the peers answer."""
    rows = Rows(store, call)

    async def by_hand(asked: Question) -> bytes:
        return orjson.dumps({"data": await HANDS[asked["ask"]](rows, asked)})

    async def by_statement(asked: Question) -> bytes:
        terms = {"tenant": call.tenant, **{name: asked[name] for name in ("id", "status") if name in asked}}
        async with store.glance(call) as tx:
            said: str = await tx.scalar(text(STATEMENTS[asked["ask"]]), terms)
        return b'{"data":' + said.encode() + b"}"

    return [Mount("/stock", Stock(rows)), _route("/hand", by_hand), _route("/json_agg", by_statement)]


def _route(path: str, answer: Callable[[Question], Awaitable[bytes]]) -> Route:
    async def endpoint(request: Request) -> Response:
        return Response(await answer(orjson.loads(await request.body())), media_type="application/json")

    return Route(path, endpoint, methods=["POST"])


async def _whole(rows: Rows, asked: Question) -> Doc:
    (order,) = await rows.order(asked["id"])
    (parcels,), (buyer,) = await rows.parcels([order["id"]]), await rows.buyers([order["customer_id"]])
    customer = None if buyer is None else {"number": buyer["number"], "name": buyer["groups"]["profile"]["name"]}
    return {**_brief(order), **_nested(order, parcels), "customer": customer}


async def _page(rows: Rows, _: Question) -> list[Doc]:
    orders = await rows.page(50)
    parcels = await rows.parcels([order["id"] for order in orders])
    return [{**_brief(order), **_nested(order, its)} for order, its in zip(orders, parcels, strict=True)]


async def _list(rows: Rows, asked: Question) -> list[Doc]:
    return [_brief(order) for order in await rows.in_status(asked["status"], 20)]


async def _tiny(rows: Rows, asked: Question) -> Doc:
    (order,) = await rows.order(asked["id"])
    return {"status": order["status"]}


HANDS: Mapping[str, Callable[[Rows, Question], Awaitable[Doc | list[Doc]]]] = {
    WHOLE: _whole,
    PAGE: _page,
    LIST: _list,
    TINY: _tiny,
}


def _brief(order: Doc) -> Doc:
    placed_at = order["groups"]["commercial"]["placed_at"]
    return {"number": order["number"], "status": order["status"], "placedAt": placed_at}


def _nested(order: Doc, parcels: list[Doc]) -> Doc:
    return {
        "total": _money(order["groups"]["commercial"]["total"]),
        "lines": [_line(one) for one in order["lines"]],
        "shipments": [_shipment(one) for one in parcels],
    }


def _line(line: Doc) -> Doc:
    told = line["quantities"]
    return {
        "lineNo": line["line_no"],
        "sku": line["sku"],
        "description": line["description"],
        "unitPrice": _money(line["unit_price"]),
        "quantities": {name: told[name] for name in ("ordered", "cancelled", "shipped")},
    }


def _shipment(shipment: Doc) -> Doc:
    packages = [{"trackingNumber": one["tracking_number"], "status": one["status"]} for one in shipment["packages"]]
    return {"number": shipment["number"], "status": shipment["status"], "packages": packages}


def _money(money: Doc | None) -> Doc | None:
    return None if money is None else {"amount": money["amount"], "currencyCode": money["currency_code"]}
