"""What may be done to a return, by whom."""

from __future__ import annotations

from dataclasses import replace

from hub.model.observation import Content
from hub.model.returns import ReturnGroups
from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.graph import REP, graph_over
from tests.kit.merging import ERP, SHOP, Looking, manifest, order, own, seen
from tests.kit.merging import landscape as sources

ASK = """{return(by: {identifier: "RMA-1"}) {allowedActions {action enabled reasonCode}}}"""


async def test_who_may_not_write_is_told_so_and_a_return_of_no_order_offers_nothing(
    store: Store, serving: Store, tailing: Store
) -> None:
    known = sources({SHOP: manifest(SHOP), ERP: manifest(ERP)})
    looking, graph = Looking(store, known), graph_over((store, serving, tailing), known)
    back = Content(return_=ReturnGroups(), number="RMA-1", status="REQUESTED")
    await looking.write(seen((ERP, Kind.RETURN, "1"), back))
    assert (await graph.data(ASK))["return"]["allowedActions"] == []
    await looking.write(
        seen((SHOP, Kind.ORDER, "1"), order("C0"), 10),
        seen((ERP, Kind.RETURN, "1"), replace(back, refers=(own(SHOP, Kind.ORDER, "1"),)), 10),
    )
    said = (await graph.data(ASK))["return"]["allowedActions"]
    assert [one["action"] for one in said if one["enabled"]] == [
        "returnAuthorize", "returnDecline", "returnCancel", "returnClose",
    ]  # fmt: skip
    reader = replace(REP, scopes=frozenset({"orders:read"}))
    said = (await graph.data(ASK, reader))["return"]["allowedActions"]
    assert {(one["enabled"], one["reasonCode"]) for one in said} == {(False, "FORBIDDEN")}
