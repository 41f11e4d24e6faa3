"""Items, places, figures and transfers in the hub's words."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from hub import codec
from hub.model.inventory import NamedQuantity, QuantityName
from hub.model.observation import Content, NaturalKey, Seen, SourceQuantities
from hub.model.place import FeedMode, Location, LocationType, WarehouseStatus, WarehouseType
from hub.model.product import ProductStatus, ProductType
from hub.model.transfer import TransferStatus
from hub.model.values import Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.tryton_wms.holdings import TRANSFERS, Figures, position_of, product_of, transfer_of, warehouse_of
from sources.tryton_wms.mapping import Reading
from sources.tryton_wms.wire import FigureRow, ProductRow, WarehouseRow
from tests.sources.tryton_wms.made import Json, leg, stamp, transfer

READING = Reading(source="wms")


def content(seen: Seen) -> Content:
    assert seen.content is not None
    assert codec.decode(codec.encode(seen.content), Content) == seen.content
    return seen.content


def warehouse(**changes: object) -> WarehouseRow:
    bins = [
        {"id": 14, "code": "BIN-A2", "name": "A2", "type": "storage"},
        {"id": 13, "code": None, "name": "A1", "type": "storage"},
    ]
    usual: Json = {
        "id": 5,
        "code": "WH",
        "name": "Main DC",
        "active": True,
        "input_location": 1,
        "output_location": 2,
        "storage_location": 3,
        "childs.": [
            {"id": 3, "code": "STO", "name": "Storage", "type": "storage", "childs.": bins},
            {"id": 1, "code": "IN", "name": "Input", "type": "storage", "childs.": []},
            {"id": 2, "code": "OUT", "name": "Output", "type": "storage", "childs.": []},
            {"id": 8, "code": "QC", "name": "Look", "type": "storage", "childs.": []},
        ],
    }
    return msgspec.convert({**usual, **changes}, type=WarehouseRow)


def figure(units: float, symbol: str = "u", digits: int = 0) -> FigureRow:
    row = {"id": 2, "code": "MUG", "quantity": units, "default_uom.": {"symbol": symbol, "digits": digits}}
    return msgspec.convert(row, type=FigureRow)


def test_an_item_bears_its_code_and_says_whether_it_is_still_handled() -> None:
    row = {"id": 2, "create_date": stamp(0), "write_date": None, "code": "MUG", "name": "Mug", "active": True,
           "default_uom.": {"symbol": "u", "digits": 0}}  # fmt: skip
    seen = product_of(msgspec.convert(row, type=ProductRow), READING)
    told = content(seen)
    assert (seen.kind, seen.source_id, told.number) == (Kind.PRODUCT, "2", "MUG")
    assert told.bears == (NaturalKey(scheme="product.sku", value="MUG"),)
    assert told.identifiers == (Identifier(scheme=IdentifierScheme.SKU, value="MUG", source="wms"),)
    assert told.product is not None
    item = told.product.item
    assert item is not None
    assert (item.name, item.status, item.type, item.base_unit) == (
        "Mug",
        ProductStatus.ACTIVE,
        ProductType.GOODS,
        "C62",
    )
    off = content(product_of(msgspec.convert({**row, "active": False}, type=ProductRow), READING)).product
    assert off is not None
    assert off.item is not None
    assert off.item.status is ProductStatus.DISCONTINUED


def test_a_warehouse_bears_its_code_and_lists_its_places() -> None:
    seen = warehouse_of(warehouse())
    told = content(seen)
    assert (seen.kind, seen.source_id, told.number) == (Kind.WAREHOUSE, "5", "WH")
    assert told.bears == (NaturalKey(scheme="warehouse.code", value="WH"),)
    assert told.warehouse is not None
    profile, feed = told.warehouse.profile, told.warehouse.feed
    assert profile is not None
    assert (profile.name, profile.type, profile.status) == ("Main DC", WarehouseType.DC, WarehouseStatus.ACTIVE)
    assert feed is not None
    assert feed.feed_mode is FeedMode.POLL
    assert [(place.id, place.code, place.zone, place.type, place.is_pickable) for place in told.locations] == [
        ("1", "IN", None, LocationType.DOCK, False),
        ("2", "OUT", None, LocationType.STAGING, False),
        ("3", "STO", None, LocationType.BULK, True),
        ("13", "A1", "STO", LocationType.PICK, True),
        ("14", "BIN-A2", "STO", LocationType.PICK, True),
        ("8", "QC", None, LocationType.OTHER, False),
    ]
    assert isinstance(told.locations[0], Location)
    closed = content(warehouse_of(warehouse(active=False))).warehouse
    assert closed is not None
    assert closed.profile is not None
    assert closed.profile.status is WarehouseStatus.CLOSED


def test_figures_are_what_lies_there_what_is_promised_what_is_staged_and_what_nobody_has_looked_at() -> None:
    figures = Figures(row=figure(100.0), free=Decimal("25.0"), staged=Decimal("3.0"), arrived=Decimal("2.0"))
    seen = position_of(figures, warehouse(), READING)
    told = content(seen)
    assert (seen.kind, seen.source_id) == (Kind.INVENTORY, "5/2")
    assert told.refers == (
        NaturalKey(scheme="product.sku", value="MUG"),
        NaturalKey(scheme="warehouse.code", value="WH"),
    )
    assert told.inventory is not None
    stock = told.inventory.figures
    assert stock is not None
    assert stock.unit == "C62"
    right = {"ON_HAND": 100, "ALLOCATED": 73, "PICKED": 3, "QUALITY_HOLD": 2}
    assert stock.told == tuple(
        NamedQuantity(name=QuantityName(name), value=Decimal(value), source="wms") for name, value in right.items()
    )


def test_figures_are_exact_in_their_unit() -> None:
    figures = Figures(
        row=figure(0.30000000000000004, "kg", 2), free=Decimal("0.1"), staged=Decimal(0), arrived=Decimal(0)
    )
    told = content(position_of(figures, warehouse(), READING)).inventory
    assert told is not None
    assert told.figures is not None
    assert [str(one.value) for one in told.figures.told] == ["0.30", "0.20", "0.00", "0.00"]
    assert told.figures.unit == "KGM"


@pytest.mark.parametrize(
    ("state", "right"),
    [
        ("request", "REQUESTED"),
        ("draft", "DRAFT"),
        ("waiting", "APPROVED"),
        ("assigned", "RELEASED"),
        ("shipped", "IN_TRANSIT"),
        ("done", "RECEIVED"),
        ("cancelled", "CANCELLED"),
        ("lost", "UNKNOWN"),
    ],
)
def test_every_state_of_a_transfer_is_mapped(state: str, right: str) -> None:
    told = content(transfer_of(transfer(state=state), READING))
    assert (told.status, told.raw_status) == (right, state)
    assert TransferStatus.UNKNOWN not in TRANSFERS.values()


def test_a_transfer_names_both_warehouses_and_what_is_asked_for() -> None:
    seen = transfer_of(transfer(), READING)
    told = content(seen)
    assert (seen.kind, seen.source_id, told.number) == (Kind.TRANSFER, "9", "3")
    assert told.refers == (
        NaturalKey(scheme="warehouse.code", value="WH"),
        NaturalKey(scheme="warehouse.code", value="WH-EAST"),
    )
    assert told.transfer is not None
    request = told.transfer.request
    assert request is not None
    assert (request.from_warehouse, request.to_warehouse) == ("WH", "WH-EAST")
    assert request.requested_at == datetime(2026, 11, 20, 9, 0, 0, 123456, tzinfo=UTC)
    assert [(line.id, line.sku, line.quantities) for line in told.lines] == [
        ("2", "MUG", SourceQuantities(ordered=Decimal(10), shipped=Decimal(0), delivered=Decimal(0)))
    ]
    assert [(one.scheme, one.value) for one in told.identifiers] == [(IdentifierScheme.OTHER, "3")]


def test_goods_on_the_road_have_left_and_not_arrived_whichever_bins_they_left() -> None:
    moves = [
        leg(300, 10.0, "draft", (4, 11)),
        leg(301, 9.0, "done", (13, 4), minute=5),
        leg(302, 1.0, "done", (14, 4), minute=6),
    ]
    told = content(transfer_of(transfer(**{"state": "shipped", "moves.": moves}), READING))
    assert told.lines[0].quantities == SourceQuantities(ordered=Decimal(10), shipped=Decimal(10), delivered=Decimal(0))
    assert told.transfer is not None
    execution = told.transfer.execution
    assert execution is not None
    left = datetime(2026, 11, 20, 9, 6, 0, 123456, tzinfo=UTC)
    assert (execution.shipped_at, execution.received_at) == (left, None)


def test_without_transit_the_same_goods_leave_and_arrive() -> None:
    moves = [leg(300, 9.0, "done", (13, 11), minute=5), leg(301, 1.0, "cancelled", (14, 11))]
    ends = {"transit_location": None, "from_location.": {"warehouse.": None}, "reference": "R1"}
    told = content(transfer_of(transfer(**{"state": "done", "moves.": moves, **ends}), READING))
    assert told.lines[0].quantities == SourceQuantities(ordered=Decimal(9), shipped=Decimal(9), delivered=Decimal(9))
    assert told.refers == (NaturalKey(scheme="warehouse.code", value="WH-EAST"),)
    assert [one.value for one in told.identifiers] == ["3", "R1"]
