"""One query for a whole order, and a picture of its answer that a test can tell beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]  # Any: JSON
ORDER360 = """query Order360($by: LookupInput!, $max: Int) {
  order(by: $by, maxStalenessSeconds: $max) {
    number status statusText placedAt isPartial
    facets { allocation release pick pack ship delivery invoice return payment }
    systems { system source state number rawStatus lastSeenAt ageSeconds freshness message url }
    provenance { group system source observedAt ageSeconds freshness inConflict }
    conflicts { path group chosen values { source value } }
    identifiers { scheme value source }
    customer { number name email }
    total { amount currencyCode } paid { amount } refunded { amount }
    totalsBySystem { system source net { amount } gross { amount } differs }
    holds { type reason }
    allowedActions { action enabled reasonText }
    lines { lineNo sku unit unitPrice { amount } status warehouse { code } quantities {
      ordered cancelled rejected allocated backordered released picked shortPicked packed shipped delivered invoiced
      returnRequested returned credited } }
    fulfillmentOrders { number requestStatus warehouse { code } provenance { ...Told } }
    shipments {
      number status packages { trackingNumber status } lines { sku quantity }
      systems { source state freshness } provenance { ...Told } }
    invoices { number status total { amount } outstanding { amount } provenance { ...Told } }
    creditMemos { number status total { amount } provenance { ...Told } }
    returns {
      number status physicalState financialState lines { sku authorized received credited } provenance { ...Told } }
    exceptionCases { code severity title }
    timeline(first: 50) { nodes { occurredAt system event text isInferred isLate } } } }
fragment Told on FieldProvenance { group system source ageSeconds freshness }"""
BELOW = ("fulfillmentOrders", "shipments", "invoices", "creditMemos", "returns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What of an order a person looks at first."""

    status: str
    facets: dict[str, str]
    """Those that are not NONE."""
    systems: dict[str, tuple[str, str | None, str | None]]
    """By source: presence, number and raw status."""
    totals: dict[str, tuple[str, str, bool]]
    """By source: net, gross, and whether it differs."""
    lines: dict[str, dict[str, int]]
    """By sku: the quantities that are not zero."""
    requests: tuple[tuple[str, str], ...] = ()
    shipments: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """Number, status and tracking numbers."""
    invoices: tuple[tuple[str | None, str, str], ...] = ()
    credits: tuple[tuple[str | None, str, str], ...] = ()
    returns: tuple[tuple[str, str, str, str], ...] = ()
    refunded: str = "0.00"
    cases: tuple[str, ...] = ()


def picture_of(order: Json) -> Picture:
    """The picture that an answer shows."""
    return Picture(
        status=order["status"],
        facets={name: state for name, state in order["facets"].items() if state != "NONE"},
        systems={one["source"]: (one["state"], one["number"], one["rawStatus"]) for one in order["systems"]},
        totals={
            one["source"]: (one["net"]["amount"], one["gross"]["amount"], one["differs"])
            for one in order["totalsBySystem"]
        },
        lines={
            line["sku"]: {name: int(value) for name, value in line["quantities"].items() if value != "0"}
            for line in order["lines"]
        },
        requests=tuple((one["number"], one["requestStatus"]) for one in order["fulfillmentOrders"]),
        shipments=tuple(
            (one["number"], one["status"], tuple(package["trackingNumber"] for package in one["packages"]))
            for one in order["shipments"]
        ),
        invoices=_billed(order["invoices"]),
        credits=_billed(order["creditMemos"]),
        returns=tuple(
            (one["number"], one["status"], one["physicalState"], one["financialState"]) for one in order["returns"]
        ),
        refunded=order["refunded"]["amount"],
        cases=tuple(one["code"] for one in order["exceptionCases"]),
    )


def told_by(order: Json) -> list[Json]:
    """Every row that says how fresh something is, of the order and of all below it."""
    below = [one for name in BELOW for one in order[name]]
    return [row for one in (order, *below) for row in one["provenance"]]


def _billed(found: list[Json]) -> tuple[tuple[str | None, str, str], ...]:
    return tuple((one["number"], one["status"], one["total"]["amount"]) for one in found)
