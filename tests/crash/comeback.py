"""From the final database to what the hub holds of goods that come back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hub.flow.facts import HUB
from hub.model.schemes import RETURN_CODE
from tests.crash.judge.evidence import ENDED
from tests.crash.judge.returned import ClickRow, Deed, ReturnLineRow, ReturnRow

Row = Mapping[str, Any]  # Any: column values
Tables = Mapping[str, Sequence[Row]]

DEEDS = frozenset(Deed)
STOPPED = ("DEAD", "REVIEW")


def click_rows(tables: Tables) -> tuple[ClickRow, ...]:
    """Every command about a return."""
    skus = {
        (row["tenant"], row["id"], line["line_no"]): line["sku"]
        for row in tables["entity"]
        if row["kind"] == "RETURN"
        for line in json.loads(row["doc"]).get("lines", ())
    }
    return tuple(_click(row, skus) for row in tables["command"] if row["operation"] in DEEDS)


def return_rows(tables: Tables) -> tuple[ReturnRow, ...]:
    """Every return that the hub knows."""
    numbers = {(row["tenant"], row["id"]): str(row["number"]) for row in tables["entity"] if row["kind"] == "ORDER"}
    return tuple(
        _return(row, numbers, tables) for row in tables["entity"] if row["kind"] == "RETURN" and not row["redirect_to"]
    )


def _click(row: Row, skus: Mapping[tuple[str, str, int], str]) -> ClickRow:
    given = json.loads(row["input"])
    lines = [
        (skus.get((row["tenant"], given["return_id"], line["line_no"]), ""), line) for line in given.get("lines") or ()
    ]
    return ClickRow(
        tenant=row["tenant"],
        id=row["id"],
        client=row["client"],
        key=row["key"],
        deed=Deed(row["operation"]),
        note=str(given.get("note")),
        return_id=given["return_id"],
        units=tuple(sorted((sku, _whole(line["quantity"])) for sku, line in lines)),
        judged=tuple(
            sorted(
                (sku, line["disposition_taken"], _whole(line["quantity"]))
                for sku, line in lines
                if "disposition_taken" in line
            )
        ),
    )


def _return(row: Row, numbers: Mapping[tuple[str, str], str], tables: Tables) -> ReturnRow:
    doc = json.loads(row["doc"])
    reference = _reference(row, tables["record"])
    suggested = ((doc["groups"].get("money") or {}).get("suggested_refund") or {}).get("amount")
    cases = (
        one["code"]
        for one in tables["exception_case"]
        if one["tenant"] == row["tenant"] and one["closed_at"] is None
        if row["id"] in one["dedup_key"].split("|") or reference in one["dedup_key"]
    )
    rows = [one for one in tables["delivery"] if one["tenant"] == row["tenant"] and reference in one["content"]]
    return ReturnRow(
        tenant=row["tenant"],
        id=row["id"],
        code=next((numbers.get((row["tenant"], one), "") for one in doc.get("order_ids", ())), ""),
        reference=reference,
        status=doc["status"],
        lines=tuple(_line(line) for line in doc["lines"]),
        suggested=None if suggested is None else Decimal(suggested),
        cases=tuple(sorted(cases)),
        waiting=tuple(sorted(one["key"] for one in rows if one["state"] not in ENDED)),
        stopped=tuple(sorted(one["key"] for one in rows if one["state"] in STOPPED)),
    )


def _reference(row: Row, records: Sequence[Row]) -> str:
    """What the hub says that systems should call it."""
    own = (
        json.loads(one["content"])
        for one in records
        if (one["tenant"], one["entity_id"], one["source"]) == (row["tenant"], row["id"], HUB)
    )
    keys = (key for content in own for key in (*content.get("bears", ()), *content.get("refers", ())))
    return next((str(key["value"]) for key in keys if key["scheme"] == RETURN_CODE), "")


def _line(line: Row) -> ReturnLineRow:
    names = ("authorized", "received", "restocked", "quarantined", "scrapped")
    return ReturnLineRow(sku=line["sku"], **{name: _whole(line.get(name, 0)) for name in names})


def _whole(quantity: Any) -> int:  # Any: a number or its text
    return int(float(quantity))
