"""The recorders of ERP and warehouse answer as their systems do, badly where they are told to."""

from collections.abc import AsyncIterator

import httpx
import pytest

from hub.model.vocabulary import Kind
from sources.kit.serve import serving
from tests.crash.history import History
from tests.crash.joint import make_joint
from tests.crash.journeys import Travels
from tests.crash.plan import ERP, Fault, Journey, Reach, SourceFault, Trouble, Typed, Verb
from tests.crash.shops import RecordedShop
from tests.crash.truth import truth_of

SKUS = ("MUG", "LAMP-DESK")
PATH = "/erp/rest/model/sale.sale?f=state"


def travels(*faults: Fault) -> Travels:
    shop = RecordedShop("acme", 1, lambda: 1.0, lambda _: 99)
    joint = make_joint("acme", SKUS, (lambda: 1.0, lambda _: 99))
    for one in joint.recorders.values():
        one.trouble(faults)
    return Travels(shop=shop, joint=joint, history=History(lambda: 1.0))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as one:
        yield one


@pytest.mark.parametrize(("trouble", "status"), [(Trouble.BUSY, 503), (Trouble.THROTTLED, 429), (Trouble.HTML, 200)])
async def test_the_request_that_was_meant_goes_wrong_and_is_written_down(
    client: httpx.AsyncClient, trouble: Trouble, status: int
) -> None:
    fault = SourceFault(tenant="acme", role=ERP, verb=Verb.READ, nth=1, trouble=trouble)
    recorder = travels(fault).joint.recorders[ERP]
    async with serving(recorder) as url:
        assert (await client.get(url + PATH)).status_code == status
        recorder.heal()
        assert (await client.get(url + PATH)).status_code == 401
    assert [(one.role, one.verb, one.pid) for one in recorder.called] == [("erp", "read", 99)] * 2


async def test_during_an_outage_nobody_is_answered(client: httpx.AsyncClient) -> None:
    recorder = travels().joint.recorders[ERP]
    recorder.is_out = True
    async with serving(recorder) as url:
        assert (await client.get(url + PATH)).status_code == 503


async def test_a_journey_leaves_one_order_one_request_and_one_shipment_in_three_systems() -> None:
    told = travels()
    way = Journey(
        number=1, at=0.0, lines=(("MUG", 2),), reach=Reach.LEFT, pace=0.0, misspelt=True, vanishes=True, billed=True
    )
    await told.live(way)
    await told.type_in(Typed(number=2, at=0.0, po="PO-1", lines=(("MUG", 1),)))
    code = told.ways[0].order.code
    assert [(paper.kind, paper.name, paper.members) for paper in told.papers()] == [
        ("ORDER", code, (("shop", "1"), ("erp", "1"))),
        ("FULFILLMENT_ORDER", f"{code}/1", (("erp", "1"), ("wms", "1"))),
        ("SHIPMENT", f"{code}/1", (("erp", "1"), ("wms", "1"), ("shop", "1"))),
        ("ORDER", "sale 2", (("erp", "2"),)),
    ]
    assert [(one.role, one.kind) for one in told.joint.written] == [
        ("erp", "ORDER"),
        ("erp", "SHIPMENT"),
        ("wms", "SHIPMENT"),
        ("erp", "ORDER"),
    ]


async def test_the_truth_is_asked_of_every_system() -> None:
    told = travels()
    await told.live(Journey(number=1, at=0.0, lines=(("MUG", 2),), reach=Reach.LEFT, pace=0.0))
    truth = await truth_of(told.shop, told.joint)
    assert {(one.role, one.kind) for one in truth.said if one.hash} >= {
        ("shop", Kind.ORDER.value),
        ("shop", Kind.SHIPMENT.value),
        ("erp", Kind.ORDER.value),
        ("erp", Kind.INVOICE.value),
        ("wms", Kind.FULFILLMENT_ORDER.value),
    }
    assert {(one.role, str(one.value)) for one in truth.there if (one.sku, one.name) == ("MUG", "ON_HAND")} == {
        ("erp", "998"),
        ("wms", "998"),
    }
