"""Shipments, requests and returns in the hub's words: every state, every key, every value."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hub import codec
from hub.model.observation import Content, MilestoneClaim, NaturalKey, SourceQuantities
from hub.model.returns import ReturnStatus
from hub.model.shipment import FulfillmentRequestStatus, Package, ShipmentDirection, ShipmentMilestone
from hub.model.values import Address, Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.tryton_wms.manifest import MANIFEST, OPEN_STATES, STATES
from sources.tryton_wms.mapping import REQUESTS, RETURNS, Named, Reading, named, return_of, seen_of
from sources.tryton_wms.wire import OutRow, ReturnRow
from tests.sources.tryton_wms.made import back, move, out, package, picking, stamp

READING = Reading(source="wms")
SHIPMENT, REQUEST = Kind.SHIPMENT, Kind.FULFILLMENT_ORDER


def at(minute: int) -> datetime:
    return datetime(2026, 11, 20, 9, minute, 0, 123456, tzinfo=UTC)


def told(row: OutRow, kind: Kind = SHIPMENT) -> Content:
    content = seen_of(row, READING, kind)[0].content
    assert content is not None
    return content


def came(row: ReturnRow) -> Content:
    content = return_of(row, READING).content
    assert content is not None
    return content


def key(scheme: str, value: str) -> NaturalKey:
    return NaturalKey(scheme=scheme, value=value)


def test_one_shipment_is_what_was_asked_for_and_what_leaves_whichever_leads() -> None:
    for first, second in ((SHIPMENT, REQUEST), (REQUEST, SHIPMENT)):
        seen = seen_of(out(), READING, first)
        assert [(one.kind, one.source_id) for one in seen] == [(first, "41"), (second, "41")]
    assert seen_of(out(), READING, SHIPMENT)[1] == seen_of(out(), READING, REQUEST)[0]


@pytest.mark.parametrize(
    ("state", "milestone", "request_status"),
    [
        ("draft", "CREATED", "SUBMITTED"),
        ("waiting", "CREATED", "ACCEPTED"),
        ("assigned", "CREATED", "ACCEPTED"),
        ("picked", "PICKED", "ACCEPTED"),
        ("packed", "PACKED", "ACCEPTED"),
        ("done", "SHIPPED", "CLOSED"),
        ("cancelled", "CANCELLED", "CANCEL_ACCEPTED"),
        ("shipped", "UNKNOWN", "UNKNOWN"),
    ],
)
def test_every_state_has_a_milestone_and_an_answer(state: str, milestone: str, request_status: str) -> None:
    shipment, request = told(out(state=state)), told(out(state=state), REQUEST)
    assert (shipment.status, shipment.raw_status) == (milestone, state)
    assert (request.status, request.raw_status) == (request_status, state)
    groups = request.fulfillment_order
    assert groups is not None
    assert groups.handshake is not None
    assert groups.handshake.request_status.value == request_status


def test_the_lists_of_states_agree() -> None:
    assert set(STATES) == set(REQUESTS) == set(MANIFEST.statuses)
    assert set(OPEN_STATES) == set(STATES) - {"done", "cancelled"}
    assert FulfillmentRequestStatus.UNKNOWN not in REQUESTS.values()
    assert ShipmentMilestone.UNKNOWN not in STATES.values()


@pytest.mark.parametrize(
    ("reference", "right"),
    [
        ("T4D7/317", ("T4D7/317", "T4D7", "317")),
        (" T4D7/317 ", ("T4D7/317", "T4D7", "317")),
        ("A/B/317", ("A/B/317", "A/B", "317")),
        ("T4D7", ("T4D7", "T4D7", None)),
        ("T4D7/", ("T4D7/", "T4D7", None)),
        ("/317", ("/317", None, "317")),
        ("", (None, None, None)),
        ("  ", (None, None, None)),
        (None, (None, None, None)),
    ],
)
def test_a_reference_is_taken_apart_at_its_last_slash(
    reference: str | None, right: tuple[str | None, str | None, str | None]
) -> None:
    assert named(reference) == Named(whole=right[0], code=right[1], number=right[2])


def test_a_reference_to_the_erp_names_its_documents_and_nothing_else() -> None:
    row = out()
    assert told(row).refers == (key("fulfilment.shipment", "T4D7/317"), key("warehouse.code", "WH"))
    assert told(row, REQUEST).refers == (key("fulfilment.request", "T4D7/317"), key("warehouse.code", "WH"))
    assert told(row).bears == told(row, REQUEST).bears == ()


def test_a_reference_without_a_slash_names_the_channels_order() -> None:
    for kind in (SHIPMENT, REQUEST):
        content = told(out(reference="T4D7"), kind)
        assert content.refers == (key("order.code", "T4D7"), key("warehouse.code", "WH"))
        assert [(one.scheme, one.value) for one in content.identifiers] == [
            (IdentifierScheme.WMS_SHIPMENT, "12"),
            (IdentifierScheme.CHANNEL_ORDER, "T4D7"),
        ]


def test_no_reference_refers_to_no_order() -> None:
    assert told(out(reference=None)).refers == (key("warehouse.code", "WH"),)
    assert told(out(**{"reference": None, "warehouse.": {"code": None}})).refers == ()


def test_everything_a_caller_may_read_out_finds_it() -> None:
    row = out(**{"packages.": [package(8, "TRK2"), package(7, None)]})
    right = [
        (IdentifierScheme.WMS_SHIPMENT, "12"),
        (IdentifierScheme.CHANNEL_ORDER, "T4D7"),
        (IdentifierScheme.ERP_SHIPMENT, "317"),
        (IdentifierScheme.OTHER, "T4D7/317"),
        (IdentifierScheme.PACKAGE, "7"),
        (IdentifierScheme.PACKAGE, "8"),
        (IdentifierScheme.TRACKING, "TRK2"),
    ]
    for kind in (SHIPMENT, REQUEST):
        found = told(row, kind).identifiers
        assert found == tuple(Identifier(scheme=scheme, value=value, source="wms") for scheme, value in right)


def test_a_parcel_bears_the_channels_order_and_its_tracking_number() -> None:
    parcels = [package(7, "TRK1"), package(8, ""), package(9, "TRK2")]
    done = told(out(**{"state": "done", "packages.": parcels}))
    assert done.bears == (key("parcel", "T4D7/TRK1"), key("parcel", "T4D7/TRK2"))
    assert done.packages == (
        Package(id="7", tracking_number="TRK1", status=ShipmentMilestone.SHIPPED),
        Package(id="8", status=ShipmentMilestone.SHIPPED),
        Package(id="9", tracking_number="TRK2", status=ShipmentMilestone.SHIPPED),
    )
    assert told(out(**{"reference": None, "packages.": parcels})).bears == ()


def quantities(row: OutRow, kind: Kind = SHIPMENT) -> list[SourceQuantities]:
    return [line.quantities for line in told(row, kind).lines]


def test_a_partial_assignment_says_what_is_found_in_which_bin_and_what_is_short() -> None:
    moves = [
        picking(105, 10.0, "assigned", 101),
        move(101, 70.0, "draft"),
        picking(104, 2.0, "draft", 100),
        picking(103, 60.0, "assigned", 101),
        move(100, 5.0, "draft"),
        picking(102, 3.0, "assigned", 100),
    ]
    assert quantities(out(**{"moves.": moves})) == [
        SourceQuantities(ordered=Decimal(5), allocated=Decimal(3), backordered=Decimal(2)),
        SourceQuantities(ordered=Decimal(70), allocated=Decimal(70), backordered=Decimal(0)),
    ]
    assert [line.id for line in told(out(**{"moves.": moves})).lines] == ["100", "101"]


def test_what_nobody_has_tried_to_assign_is_not_short() -> None:
    assert quantities(out()) == [SourceQuantities(ordered=Decimal(3), allocated=Decimal(0))]


@pytest.mark.parametrize(
    ("state", "right"),
    [
        ("assigned", {"allocated": 3}),
        ("picked", {"allocated": 3, "picked": 3}),
        ("packed", {"allocated": 3, "picked": 3, "packed": 3}),
        ("done", {"allocated": 3, "picked": 3, "packed": 3, "shipped": 3}),
    ],
)
def test_units_go_with_the_state(state: str, right: dict[str, int]) -> None:
    inner = "assigned" if state == "assigned" else "done"
    row = out(**{"state": state, "moves.": [move(100, 3.0, "draft"), picking(101, 3.0, inner, 100)]})
    counted = {name: Decimal(value) for name, value in right.items()}
    assert quantities(row) == [SourceQuantities(ordered=Decimal(3), **counted)]


def test_a_warehouse_that_plans_no_picking_says_nothing_of_allocation() -> None:
    assert quantities(out(**{"state": "packed", "moves.": [move(100, 3.0, "assigned")]})) == [
        SourceQuantities(ordered=Decimal(3), picked=Decimal(3), packed=Decimal(3))
    ]


@pytest.mark.parametrize(
    ("state", "right"),
    [
        ("draft", {"released": 0}),
        ("waiting", {"released": 3}),
        ("packed", {"released": 3}),
        ("done", {"released": 3, "shipped": 3}),
        ("cancelled", {"released": 0, "cancelled": 3}),
    ],
)
def test_a_request_says_what_was_accepted_and_what_left(state: str, right: dict[str, int]) -> None:
    counted = {name: Decimal(value) for name, value in right.items()}
    assert quantities(out(state=state), REQUEST) == [SourceQuantities(ordered=Decimal(3), **counted)]


def test_a_line_has_its_item_its_unit_and_exact_units() -> None:
    flour = {"product.": {"id": 4, "code": "FLOUR", "name": "Flour"}, "uom.": {"symbol": "kg", "digits": 2}}
    (line,) = told(out(**{"moves.": [move(100, 0.30000000000000004, "draft", **flour)]})).lines
    assert (line.id, line.sku, line.description, line.unit) == ("100", "FLOUR", "Flour", "KGM")
    assert str(line.quantities.ordered) == "0.30"


def test_the_head_has_carrier_and_address_and_the_instant_it_left() -> None:
    moves = [move(100, 3.0, "done", write_date=stamp(4)), picking(101, 3.0, "done", 100, write_date=stamp(2))]
    carrier = {"party.": {"code": "DHL", "name": "DHL Parcel"}}
    row = out(**{"state": "done", "moves.": moves, "carrier.": carrier, "write_date": stamp(30)})
    groups = told(row).shipment
    assert groups is not None
    assert groups.execution is not None
    assert (groups.execution.carrier, groups.execution.shipped_at) == ("DHL Parcel", at(4))
    assert groups.execution.direction is ShipmentDirection.OUTBOUND
    assert groups.execution.ship_to == Address(
        name="Web customers", lines=("Rue de la Loi 16", "Box 3"), city="Brussels", postcode="1000", country="BE"
    )
    assert groups.tracking is None


def test_an_address_may_say_little() -> None:
    bare = {"party_name": "Canary", "street": None, "postal_code": None, "city": None, "country.": None}
    groups = told(out(**{"delivery_address.": bare})).shipment
    assert groups is not None
    assert groups.execution is not None
    assert groups.execution.ship_to == Address(name="Canary")


def test_milestones_are_what_the_dates_still_tell() -> None:
    moves = [move(100, 3.0, "done", write_date=stamp(9)), picking(101, 3.0, "done", 100, write_date=stamp(6))]
    created = MilestoneClaim(milestone=ShipmentMilestone.CREATED, occurred_at=at(0))
    picked = MilestoneClaim(milestone=ShipmentMilestone.PICKED, occurred_at=at(6))
    for state, last in (("packed", ShipmentMilestone.PACKED), ("done", ShipmentMilestone.SHIPPED)):
        row = out(**{"state": state, "moves.": moves, "write_date": stamp(9)})
        assert told(row).milestones == (created, picked, MilestoneClaim(milestone=last, occurred_at=at(9)))
    assert told(out(**{"state": "picked", "moves.": moves})).milestones == (created, picked)
    assert told(out(state="waiting")).milestones == (created,)
    given_up = MilestoneClaim(milestone=ShipmentMilestone.CANCELLED, occurred_at=at(5))
    assert told(out(state="cancelled")).milestones == (created, given_up)


def test_what_was_never_written_dates_from_when_it_was_made() -> None:
    assert told(out(state="cancelled", write_date=None)).milestones[-1].occurred_at == at(0)


@pytest.mark.parametrize(
    ("state", "right"),
    [
        ("draft", "AUTHORIZED"),
        ("received", "RECEIVED"),
        ("done", "INSPECTED"),
        ("cancelled", "CANCELLED"),
        ("x", "UNKNOWN"),
    ],
)
def test_every_state_of_a_return_is_mapped(state: str, right: str) -> None:
    content = came(back(state=state))
    assert (content.status, content.raw_status) == (right, state)
    assert ReturnStatus.UNKNOWN not in RETURNS.values()


def test_a_return_names_its_authorisation_and_what_came() -> None:
    inside = {"to_location.": {"code": "IN", "type": "storage"}}
    moves = [
        move(201, 2.0, "draft", origin="stock.move,200", **inside),
        move(200, 2.0, "done", write_date=stamp(3), origin="sale.line,9", **inside),
    ]
    content = came(back(**{"state": "received", "moves.": moves}))
    assert content.refers == (key("return.code", "T4D7-R1"), key("warehouse.code", "WH"))
    assert content.bears == ()
    assert [(one.scheme, one.value) for one in content.identifiers] == [
        (IdentifierScheme.RMA, "T4D7-R1"),
        (IdentifierScheme.WMS_SHIPMENT, "12"),
    ]
    assert [(line.id, line.sku, line.quantities) for line in content.lines] == [
        ("200", "MUG", SourceQuantities(return_requested=Decimal(2), returned=Decimal(2)))
    ]
    assert content.return_ is not None
    assert content.return_.receipt is not None
    assert (content.return_.receipt.received_at, content.return_.receipt.inspected_at) == (at(3), None)


def test_a_return_that_is_put_away_has_been_looked_at_and_one_that_has_not_come_has_no_date() -> None:
    moves = [
        move(200, 2.0, "done", write_date=stamp(3)),
        move(201, 2.0, "done", write_date=stamp(6), origin="stock.move,200"),
    ]
    content = came(back(**{"state": "done", "moves.": moves}))
    assert content.return_ is not None
    assert content.return_.receipt is not None
    assert (content.return_.receipt.received_at, content.return_.receipt.inspected_at) == (at(3), at(6))
    expected = came(back())
    assert expected.return_ is not None
    assert expected.return_.receipt is not None
    assert (expected.return_.receipt.received_at, expected.return_.receipt.inspected_at) == (None, None)
    assert expected.lines[0].quantities == SourceQuantities(return_requested=Decimal(2), returned=Decimal(0))


def test_contents_survive_the_codec_and_mapping_is_pure() -> None:
    for state in (*STATES, "strange"):
        for seen in seen_of(out(**{"state": state, "packages.": [package(7, "T")]}), READING, SHIPMENT):
            assert codec.decode(codec.encode(seen.content), Content) == seen.content
        assert seen_of(out(state=state), READING, SHIPMENT) == seen_of(out(state=state), READING, SHIPMENT)
