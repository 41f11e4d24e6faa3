"""What a request is made of, where the warehouse itself is in doubt."""

from collections.abc import AsyncIterator

import pytest

from hub.clock import SystemClock
from hub.errors import SourceRefused
from hub.model.effects import RequestFulfilment
from hub.settings import Secret
from sources.kit.http import Origin
from sources.tryton_wms.client import TrytonClient
from sources.tryton_wms.lookups import Lookups
from sources.tryton_wms.rehearsal.stand import DATABASE
from sources.tryton_wms.rehearsal.state import PARTY, Party
from tests.sources.tryton_wms.conftest import CALL, PASSWORD, USER, Own

NOBODY = RequestFulfilment(reference="C/1", warehouse="WH", lines=())


@pytest.fixture
async def client(own: Own) -> AsyncIterator[TrytonClient]:
    origin = Origin(own.stage.proxy.url, source="wms", clock=SystemClock())
    client = TrytonClient(origin, source="wms", database=DATABASE, credentials=(USER, Secret(PASSWORD)))
    await client.login(CALL)
    yield client
    await client.close()


@pytest.fixture
def lookups(client: TrytonClient) -> Lookups:
    return Lookups(client, source="wms", guest="WEB")


async def test_an_item_that_is_there_twice_is_no_answer(own: Own, lookups: Lookups) -> None:
    own.stand.scene.product("MUG", "Another mug")
    with pytest.raises(SourceRefused, match="more than one active item MUG"):
        await lookups.items(CALL, ["TSHIRT-M", "MUG", "MUG"])


async def test_items_are_found_by_their_codes_in_one_question(own: Own, lookups: Lookups) -> None:
    own.stage.proxy.forget()
    found = await lookups.items(CALL, ["MUG", "FLOUR", "MUG"])
    assert {code: (row.code, row.uom.symbol) for code, row in found.items()} == {
        "MUG": ("MUG", "u"), "FLOUR": ("FLOUR", "kg"),
    }  # fmt: skip
    assert len(own.stage.proxy.exchanges) == 1


async def test_an_operator_who_names_no_party_for_strangers_is_told(client: TrytonClient) -> None:
    with pytest.raises(SourceRefused, match="no active party SHOP"):
        await Lookups(client, source="wms", guest="SHOP").buyer(CALL, NOBODY.customer)


async def test_a_party_without_an_address_needs_one(own: Own, lookups: Lookups) -> None:
    buyer = await lookups.buyer(CALL, NOBODY.customer)
    party = own.stand.depot.get(PARTY, buyer.id, Party)
    (address,) = party.addresses
    own.stand.depot.tables.of("party.address").drop(address)
    with pytest.raises(SourceRefused, match="no address of the party"):
        await lookups.address(CALL, buyer, NOBODY)
