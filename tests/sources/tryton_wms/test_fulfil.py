"""Requests: one waiting shipment per reference, on good days and on bad ones."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hub.errors import OutcomeCause, OutcomeUnknown, SourceBusy, SourceMisset
from hub.model.effects import REQUEST_FULFILMENT, GoodsLine, RequestFulfilment
from hub.model.intents import IntentOf, Outcome, OutcomeState
from hub.model.shipment import FulfillmentRequestStatus
from hub.model.values import Address
from hub.model.vocabulary import Kind
from hub.ports import Found
from sources.kit.chaos import Order, Trouble
from sources.kit.checks.bench import Bench
from sources.tryton_wms.fulfil import standing
from sources.tryton_wms.rehearsal.state import (
    ADDRESS,
    LOCATION,
    OUT,
    PARTY,
    PRODUCT,
    Location,
    Party,
    Product,
    Shipment,
)
from sources.tryton_wms.rehearsal.state import Address as Kept
from sources.tryton_wms.wire import TwinRow
from tests.sources.tryton_wms.conftest import CALL, Own

CREATE, WAIT = f"model.{OUT}.create".encode(), f"model.{OUT}.wait".encode()
THERE = Address(name="An Peeters", lines=("Kaai 5", "Bus 2"), postcode="2000", city="Antwerpen", country="BE")


def goods(*lines: tuple[str, str, str]) -> tuple[GoodsLine, ...]:
    return tuple(
        GoodsLine(line_no=number, sku=sku, quantity=Decimal(units), unit=unit)
        for number, (sku, units, unit) in enumerate(lines, start=1)
    )


REQUEST = RequestFulfilment(
    reference="T4D7/317", warehouse="WH", lines=goods(("TSHIRT-M", "2", "C62"), ("FLOUR", "0.25", "KGM")), ship_to=THERE
)


def intent(content: RequestFulfilment = REQUEST) -> IntentOf[RequestFulfilment]:
    return IntentOf(
        source="wms", kind=Kind.SHIPMENT, source_id=None, action=REQUEST_FULFILMENT, key="wms/fulfil:317",
        content=content,
    )  # fmt: skip


def twin(one: int, state: str) -> TwinRow:
    return TwinRow(id=one, number=str(one + 10), state=state)


@pytest.mark.parametrize(
    ("found", "right"),
    [
        ([], (OutcomeState.ABSENT, None)),
        ([twin(1, "draft")], (OutcomeState.PARTIAL, "1")),
        ([twin(1, "waiting")], (OutcomeState.DONE, "1")),
        ([twin(1, "done")], (OutcomeState.DONE, "1")),
        ([twin(1, "cancelled")], (OutcomeState.DONE, "1")),
        ([twin(1, "waiting"), twin(2, "assigned")], (OutcomeState.DONE, "1")),
        ([twin(1, "draft"), twin(2, "assigned")], (OutcomeState.DONE, "2")),
        ([twin(1, "cancelled"), twin(2, "waiting")], (OutcomeState.DONE, "2")),
        ([twin(1, "cancelled"), twin(2, "draft")], (OutcomeState.PARTIAL, "2")),
    ],
)
def test_the_oldest_that_is_worked_on_stands_for_all(
    found: list[TwinRow], right: tuple[OutcomeState, str | None]
) -> None:
    told = standing(found, "T4D7/317")
    assert (told.state, told.source_id) == right


def test_more_than_one_of_a_reference_are_named() -> None:
    told = standing([twin(1, "waiting"), twin(2, "waiting")], "T4D7/317")
    assert told.words == "2 shipments bear the reference T4D7/317: 11, 12"
    assert standing([twin(1, "waiting")], "T4D7/317").words is None


async def test_a_request_waits_in_the_warehouse_as_it_was_asked_for(own: Own) -> None:
    content = replace(REQUEST, ship_by=datetime(2026, 11, 25, 15, 0, tzinfo=UTC))
    async with Bench(own.stage).adapter() as adapter:
        told = await adapter.execute(CALL, intent(content))
        found = (await adapter.read(CALL, Kind.FULFILLMENT_ORDER, ["1"]))["1"]
    assert told == Outcome(state=OutcomeState.DONE, reference="1", source_id="1")
    (one,) = own.stand.scene.bearing("T4D7/317")
    depot = own.stand.depot
    assert (one.state, one.planned_date) == ("waiting", date(2026, 11, 25))
    assert depot.get(LOCATION, one.warehouse or 0, Location).code == "WH"
    assert depot.get(PARTY, one.customer or 0, Party).code == "WEB"
    moves = [(depot.get(PRODUCT, move.product, Product).code, move.quantity) for move in own.stand.work.outgoing(one)]
    assert moves == [("TSHIRT-M", Decimal(2)), ("FLOUR", Decimal("0.25"))]
    assert len(own.stand.work.inventory(one)) == 2
    kept = depot.get(ADDRESS, one.delivery_address or 0, Kept)
    assert (kept.party_name, kept.street, kept.postal_code, kept.city) == (
        "An Peeters", "Kaai 5\nBus 2", "2000", "Antwerpen",
    )  # fmt: skip
    assert isinstance(found, Found)
    assert found.seen[0].content is not None
    assert found.seen[0].content.status == FulfillmentRequestStatus.ACCEPTED.value


async def test_an_equal_address_is_used_again_and_the_partys_own_where_none_is_told(own: Own) -> None:
    home = Address(name="Web customers", lines=("Rue de la Loi 16",), postcode="1000", city="Brussels", country="BE")
    places = (THERE, THERE, replace(THERE, region="Antwerpen"), home, None)
    async with Bench(own.stage).adapter() as adapter:
        for number, place in enumerate(places):
            await adapter.execute(CALL, intent(replace(REQUEST, reference=f"C/{number}", ship_to=place)))
    used = [own.stand.scene.find(f"C/{number}").delivery_address for number in range(len(places))]
    web = own.stand.depot.get(PARTY, own.stand.depot.by_code(PARTY, "WEB"), Party)
    own_address, first, second = web.addresses
    assert used == [first, first, second, own_address, own_address]


async def test_a_customer_who_is_known_gets_it_under_his_own_name(own: Own) -> None:
    acme = own.stand.depot.by_code(PARTY, "ACME")
    async with Bench(own.stage).adapter() as adapter:
        told = await adapter.execute(CALL, intent(replace(REQUEST, customer=str(acme))))
    assert own.stand.depot.get(OUT, int(told.source_id or 0), Shipment).customer == acme


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (replace(REQUEST, warehouse="NOPE"), "the warehouse system has no active warehouse NOPE"),
        (replace(REQUEST, warehouse="STO"), "the warehouse system has no active warehouse STO"),
        (replace(REQUEST, lines=goods(("NOPE", "1", "C62"))), "the warehouse system has no active item NOPE"),
        (replace(REQUEST, lines=goods(("LAPTOP", "1", "C62"))), "the warehouse system has no active item LAPTOP"),
        (replace(REQUEST, customer="424242"), "the warehouse system has no active party 424242"),
        (replace(REQUEST, customer="x"), "the warehouse system has no active party x"),
        (replace(REQUEST, ship_to=replace(THERE, country="XX")), "the warehouse system has no country XX"),
        (replace(REQUEST, lines=()), "a request needs lines, and each of them units"),
        (replace(REQUEST, lines=goods(("MUG", "0", "C62"))), "a request needs lines, and each of them units"),
        (replace(REQUEST, lines=goods(("MUG", "-1", "C62"))), "a request needs lines, and each of them units"),
        (replace(REQUEST, lines=goods(("MUG", "1", "KGM"))), "the warehouse counts MUG in C62, not in KGM"),
        (
            replace(REQUEST, lines=goods(("MUG", "1.5", "C62"))),
            'The number of digits in the value "1.5" for field "Quantity" in "Stock Move" exceeds the limit of "0".',
        ),
    ],
)
async def test_what_cannot_be_is_refused_in_words_and_leaves_nothing(
    own: Own, content: RequestFulfilment, words: str
) -> None:
    depot = own.stand.depot
    depot.get(PRODUCT, depot.by_code(PRODUCT, "LAPTOP"), Product).active = False
    async with Bench(own.stage).adapter() as adapter:
        told = await adapter.execute(CALL, intent(content))
        looked = await adapter.resolve(CALL, intent(content))
    assert (told.state, told.words) == (OutcomeState.REFUSED, words)
    assert looked.state is OutcomeState.ABSENT
    assert own.stand.scene.counts()[OUT] == 0


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (replace(REQUEST, lines=goods(("NOPE", "1", "C62"))), OutcomeCause.SKU),
        (replace(REQUEST, lines=goods(("MUG", "1", "KGM"))), OutcomeCause.SKU),
        (replace(REQUEST, ship_to=replace(THERE, country="XX")), OutcomeCause.ADDRESS),
        (replace(REQUEST, customer="424242"), None),
    ],
)
async def test_a_refusal_says_what_it_is_about(
    own: Own, content: RequestFulfilment, cause: OutcomeCause | None
) -> None:
    async with Bench(own.stage).adapter() as adapter:
        told = await adapter.execute(CALL, intent(content))
    assert (told.state, told.cause) == (OutcomeState.REFUSED, cause)


async def test_an_answer_lost_after_it_was_made_is_found_and_gone_on_with(own: Own) -> None:
    own.stage.proxy.order(Order(trouble=Trouble.LOSE, holding=CREATE))
    async with Bench(own.stage).adapter() as adapter:
        own.stage.proxy.order(Order(trouble=Trouble.LOSE, holding=CREATE))
        with pytest.raises(OutcomeUnknown):
            await adapter.execute(CALL, intent())
        looked = await adapter.resolve(CALL, intent())
        done = await adapter.execute(CALL, intent())
    assert (looked.state, looked.source_id) == (OutcomeState.PARTIAL, "1")
    assert (done.state, done.source_id) == (OutcomeState.DONE, "1")
    assert [one.state for one in own.stand.scene.bearing("T4D7/317")] == ["waiting"]


async def test_who_is_stopped_before_it_waits_has_begun(own: Own) -> None:
    async with Bench(own.stage).adapter() as adapter:
        own.stage.proxy.order(Order(trouble=Trouble.FAIL, holding=WAIT, status=429))
        begun = await adapter.execute(CALL, intent())
        own.stage.proxy.heal()
        assert (begun.state, begun.source_id) == (OutcomeState.PARTIAL, "1")
        assert (await adapter.resolve(CALL, intent())).state is OutcomeState.PARTIAL
        assert (await adapter.execute(CALL, intent())).state is OutcomeState.DONE
    assert [one.state for one in own.stand.scene.bearing("T4D7/317")] == ["waiting"]


async def test_a_session_that_ends_before_it_waits_is_begun_anew_and_goes_on(own: Own) -> None:
    async with Bench(own.stage).adapter() as adapter:
        own.stage.proxy.order(Order(trouble=Trouble.FAIL, holding=WAIT, status=401))
        with pytest.raises(SourceMisset) as ended:
            await adapter.execute(CALL, intent())
        assert ended.value.facts["expired"]
        own.stage.proxy.heal()
        await adapter.login(CALL)
        assert (await adapter.execute(CALL, intent())).state is OutcomeState.DONE
    assert len(own.stand.scene.bearing("T4D7/317")) == 1


async def test_a_draft_that_may_not_wait_is_refused_and_named(own: Own) -> None:
    said = b'{"id":1,"error":["UserError",["The period is closed.","",null]]}'
    async with Bench(own.stage).adapter() as adapter:
        own.stage.proxy.order(Order(trouble=Trouble.SPOIL, holding=WAIT, change=lambda _: said))
        told = await adapter.execute(CALL, intent())
    assert (told.state, told.words, told.source_id) == (OutcomeState.REFUSED, "The period is closed.", "1")


async def test_before_anything_was_sent_a_source_that_is_down_is_busy(own: Own) -> None:
    async with Bench(own.stage).adapter() as adapter:
        own.stage.proxy.order(Order(trouble=Trouble.FAIL, holding=b"model.product.product.search_read", status=503))
        with pytest.raises(SourceBusy):
            await adapter.execute(CALL, intent())
    assert own.stand.scene.counts()[OUT] == 0


async def test_who_finds_two_of_a_reference_makes_no_third_and_says_so(own: Own) -> None:
    for _ in range(2):
        own.stand.scene.take_in("T4D7/317", [("TSHIRT-M", 2)])
    async with Bench(own.stage).adapter() as adapter:
        told = await adapter.execute(CALL, intent())
    assert (told.state, told.source_id) == (OutcomeState.DONE, "1")
    assert told.words == "2 shipments bear the reference T4D7/317: 1, 2"
    assert len(own.stand.scene.bearing("T4D7/317")) == 2
