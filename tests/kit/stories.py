"""One order's story, asked for by whatever name somebody holds: it is always the same, and drawn as it stands."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from hub.waterfall import TRACE, show
from tests.kit.caller import Caller
from tests.kit.wait import until_so

Json = dict[str, Any]  # Any: JSON
WIDTH = 150
STORY = (
    TRACE.replace("($id: String!)", "($by: LookupInput!)")
    .replace("{identifier: $id}", "$by")
    .replace("hops { ", "hops { id correlationId ")
)
NUMBERS = """query Numbers($code: String!) { order(by: {identifier: $code}) {
  number systems { system number } shipments { packages { trackingNumber } } invoices { number } } }"""
SCHEMES = {"COMMERCE": "ORDER_NUMBER", "ERP": "ERP_ORDER", "WMS": "WMS_SHIPMENT"}


def names_of(order: Json) -> list[Json]:
    """What each system calls it, its parcels and its bills."""
    found = [(SCHEMES[one["system"]], one["number"]) for one in order["systems"] if one["system"] in SCHEMES]
    found += [("TRACKING", part["trackingNumber"]) for one in order["shipments"] for part in one["packages"]]
    found += [("INVOICE", one["number"]) for one in order["invoices"]]
    return [{"scheme": scheme, "value": value} for scheme, value in dict.fromkeys(found) if value]


async def one_story(rep: Caller, code: str) -> tuple[set[str], list[str]]:
    """By which sorts of name the same whole story was found, and its waterfall, line by line.

    Waits until nothing of it is under way, every name leads to the same crossings, and none is missing; a correlation
    id is among the names where one brought this order alone.
    """
    order: Json = (await rep.data(NUMBERS, code=code))["order"]
    told: list[Json] = []
    names: list[Json] = []

    async def asked(by: Json) -> Json:
        return dict((await rep.data(STORY, by=by))["trace"] or {})

    async def is_one() -> bool:
        first = await asked({"identifier": code})
        if not first or first["missing"] or first["state"] != "DONE":
            return False
        names[:] = names_of(order)
        told[:] = [first, *[await asked({"exact": name}) for name in names]]
        return all(one.get("hops") == first["hops"] for one in told)

    await until_so(is_one)
    entered = [hop["correlationId"] for hop in told[0]["hops"] if hop["kind"] in ("API_IN", "WEBHOOK_IN")]
    for correlation in dict.fromkeys(entered):  # one that brought several orders tells of all of them
        by = {"scheme": "CORRELATION_ID", "value": correlation}
        if (await asked({"exact": by})).get("hops") == told[0]["hops"]:
            names.append(by)
            break
    paper = Console(file=io.StringIO(), width=WIDTH, no_color=True)
    show(told[0], paper)
    assert isinstance(paper.file, io.StringIO)
    named = ", ".join(f"{one['scheme']} {one['value']}" for one in names)
    drawn = [f"    | {line.rstrip()}" for line in paper.file.getvalue().splitlines()]
    return {one["scheme"] for one in names}, [f"    the same story by {named}", *drawn]
