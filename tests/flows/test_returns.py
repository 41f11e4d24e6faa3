"""The surface's documents about returns as they stand, on the demo's three systems, to the last cent."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.demo import cast, pinned
from hub.store.cluster import Cluster
from tests.kit.caller import Json
from tests.kit.demo import SMALL, Playing, playing
from tests.kit.surface import document
from tests.kit.wait import until_so

DUE = "update cursor set updated_at = updated_at - interval '1 hour' where source = :source"
RETURN = """query R($by: LookupInput!) {return(by: $by) {number status physicalState financialState
  refunded {amount} suggestedRefund {amount} lines {received inspected credited}
  systems {system source rawStatus}
  order {facets {return} exceptionCases {code} operations {action state done} creditMemos {status total {amount}}}}}"""


@pytest.fixture(scope="module")
async def demo(cluster: Cluster) -> AsyncIterator[Playing]:
    """A small scene with all stories, loaded."""
    async with playing(cluster, SMALL) as found:
        yield found


async def shown(demo: Playing) -> Json:
    """The return of the story as it stands."""
    found: Json = (await demo.rep.data(RETURN, by={"identifier": pinned.RMA}))["return"]
    return found


async def test_three_allowed_two_came_one_credit_memo_one_refund_and_a_discrepancy_that_a_person_ends(
    demo: Playing,
) -> None:
    asked = (await demo.rep.data(document("RequestReturn")))["returnRequest"]
    assert (asked["userErrors"], asked["return"]["status"]) == ([], "AUTHORIZED")
    came = (await demo.rep.data(document("ReceiveReturn")))["returnReceive"]
    assert (came["userErrors"], came["return"]["physicalState"]) == ([], "PARTIAL")
    looked = (await demo.rep.data(document("InspectReturn")))["returnInspect"]
    assert (looked["userErrors"], looked["return"]["status"]) == ([], "INSPECTED")
    dry = (await demo.rep.data(document("RefundReturn")))["returnRefund"]
    assert (dry["userErrors"], dry["dryRun"]) == ([], True)
    paid = (await demo.rep.data(document("RefundReturn"), dryRun=False))["returnRefund"]
    assert (paid["userErrors"], paid["operation"]["done"]) == ([], False)

    async def is_refunded() -> bool:
        for source in cast.ROLES:
            await demo.do(DUE, source=source)
        return bool((await shown(demo))["financialState"] == "REFUNDED")

    await until_so(is_refunded, 1.0)
    found = await shown(demo)
    assert found["refunded"] == found["suggestedRefund"] == looked["return"]["suggestedRefund"]
    assert [one["code"] for one in found["order"]["exceptionCases"]] == ["RETURN_DISCREPANCY"]
