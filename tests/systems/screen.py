"""One order as a person reads it: one screen of text out of the answer to Order360."""

from __future__ import annotations

from collections.abc import Iterator

from tests.systems.order360 import Json


def screen_of(order: Json) -> list[str]:
    """The screen, line by line."""
    return [f"    | {line}" for line in _lines(order)]


def _lines(order: Json) -> Iterator[str]:
    yield f"{order['number']}  {order['status']}  {order['statusText']}"
    facets = (f"{name} {state}" for name, state in order["facets"].items() if state != "NONE")
    yield f"{', '.join(facets)}; total {order['total']['amount']} {order['total']['currencyCode']}"
    for one in order["systems"]:
        number, status = one["number"] or "-", one["rawStatus"] or "-"
        yield f"{one['system']:9} {one['source']:6} {one['state']:9} {number:18} {status}"
    for line in order["lines"]:
        told = ", ".join(f"{name} {units}" for name, units in line["quantities"].items() if units != "0")
        yield f"line {line['lineNo']} {line['sku']:9} {told}"
    yield from _goods(order)
    if order["returns"]:
        yield from _came_back(order)
    for one in order["exceptionCases"]:
        yield f"case     {one['code']}  {one['severity']}  {one['title']}"
    for one in order["timeline"]["nodes"]:
        yield f"{one['occurredAt'][11:19]}  {one['system']:9} {one['event']}"


def _goods(order: Json) -> Iterator[str]:
    for one in order["fulfillmentOrders"]:
        yield f"request  {one['number']}  {one['requestStatus']}  in {(one['warehouse'] or {}).get('code')}"
    for one in order["shipments"]:
        numbers = ", ".join(package["trackingNumber"] or "-" for package in one["packages"])
        yield f"shipment {one['number']}  {one['status']}  {numbers}"
    for one in order["invoices"]:
        yield f"invoice  {one['number']}  {one['status']}  {one['total']['amount']}"


def _came_back(order: Json) -> Iterator[str]:
    for one in order["returns"]:
        yield f"return   {one['number']}  {one['status']}  {one['physicalState']}, {one['financialState']}"
        for line in one["lines"]:
            yield "; ".join(f"{name} {line[name]}" for name in ("sku", "authorized", "received", "credited"))
    for one in order["creditMemos"]:
        yield f"credit   {one['number']}  {one['status']}  {one['total']['amount']}"
    for one in order["totalsBySystem"]:
        apart = "  differs" if one["differs"] else ""
        yield f"costs    {one['source']:6} {one['net']['amount']} net, {one['gross']['amount']} gross{apart}"
