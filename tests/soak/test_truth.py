"""The independent filter: how things stand after a change, or before it; never of another tenant or account."""

from __future__ import annotations

from typing import Any

import pytest

from tests.soak.truth import Line, sees
from tests.soak.wishes import Sought

TRAITS = {"account": "acme/a1", "status": "PICKED", "customer_id": "c1", "sku": None}


def line(*, was: dict[str, Any] | None = None, tenant: str = "acme", **said: Any) -> Line:  # Any: JSON
    made = {"kind": "ORDER", "origin": "LIVE", "entity_id": "o1", "version": 2, "change": "UPDATED"}
    whole = {**made, **TRAITS, "was": None if was is None else {**TRAITS, **was}, **said}
    return Line(position=7, at=0.0, tenant=tenant, account=whole["account"], said=whole)


SOUGHT = Sought(tenant="acme", kind="ORDER", account="acme/a1", statuses=frozenset({"PICKED"}))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (line(), "UPDATED"),
        (line(change="CREATED"), "CREATED"),
        (line(account="acme/a1/below"), "UPDATED"),
        (line(account="acme/a10"), None),
        (line(account=None), None),
        (line(account="acme/a2", was={}), "DELETED"),
        (line(status="SHIPPED", was={}), "DELETED"),
        (line(status="SHIPPED", was={"account": "acme/a2"}), None),
        (line(was={"status": "SHIPPED"}), "UPDATED"),
        (line(tenant="beta"), None),
        (line(kind="SHIPMENT"), None),
        (line(origin="BASELINE"), None),
    ],
)
def test_a_change_is_heard_where_it_fits_now_or_did_before(change: Line, kind: str | None) -> None:
    assert sees(SOUGHT, change) == kind


def test_ids_customers_and_items_narrow_what_is_heard() -> None:
    for narrow, fits in (
        (Sought(tenant="acme", kind="ORDER", ids=frozenset({"o1"})), True),
        (Sought(tenant="acme", kind="ORDER", ids=frozenset({"o2"})), False),
        (Sought(tenant="acme", kind="ORDER", customer="c1"), True),
        (Sought(tenant="acme", kind="ORDER", customer="c2"), False),
        (Sought(tenant="acme", kind="ORDER", skus=frozenset({"MUG"})), False),
    ):
        assert (sees(narrow, line()) is not None) is fits
