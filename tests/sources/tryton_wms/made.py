"""Tryton's words, made up."""

from typing import Any

import msgspec

from sources.tryton_wms.wire import OutRow, ReturnRow, TransferRow

Json = dict[str, Any]  # Any: the vendor's JSON


def stamp(minute: int, hour: int = 9) -> Json:
    """An instant of 20 November 2026, naive."""
    parts = {"year": 2026, "month": 11, "day": 20, "hour": hour, "minute": minute, "second": 0, "microsecond": 123456}
    return {"__class__": "datetime", **parts}


def move(number: int, units: float, state: str, **changes: object) -> Json:
    """An outgoing move; `to="storage"` and `origin` make it one that picks."""
    usual: Json = {
        "id": number,
        "create_date": stamp(0),
        "write_date": None,
        "quantity": units,
        "state": state,
        "origin": None,
        "product.": {"id": 2, "code": "MUG", "name": "Mug"},
        "uom.": {"id": 1, "symbol": "u", "digits": 0},
        "to_location.": {"id": 7, "code": "CUS", "type": "customer"},
    }
    return {**usual, **changes}


def picking(number: int, units: float, state: str, origin: int, **changes: object) -> Json:
    """A move that picks for an outgoing one."""
    there = {"id": 2, "code": "OUT", "type": "storage"}
    return move(number, units, state, **{"origin": f"stock.move,{origin}", "to_location.": there, **changes})


def package(number: int, tracking: str | None) -> Json:
    """A parcel."""
    return {"id": number, "code": str(number), "shipping_reference": tracking}


def out_json(**changes: object) -> Json:
    """A customer shipment as Tryton tells it."""
    usual: Json = {
        "id": 41,
        "create_date": stamp(0),
        "write_date": stamp(5),
        "number": "12",
        "reference": "T4D7/317",
        "state": "waiting",
        "warehouse.": {"id": 5, "code": "WH"},
        "moves.": [move(100, 3.0, "draft"), picking(101, 3.0, "draft", 100)],
        "customer.": {"id": 5, "code": "WEB", "name": "Web customers"},
        "delivery_address.": {
            "id": 5,
            "party_name": None,
            "street": "Rue de la Loi 16\nBox 3",
            "postal_code": "1000",
            "city": "Brussels",
            "country.": {"id": 1, "code": "BE"},
        },
        "carrier.": None,
        "packages.": [],
    }
    return {**usual, **changes}


def out(**changes: object) -> OutRow:
    """A customer shipment."""
    return msgspec.convert(out_json(**changes), type=OutRow)


def back(**changes: object) -> ReturnRow:
    """A customer return: one move that comes in."""
    usual = {name: value for name, value in out_json().items() if name in ("id", "create_date", "number", "warehouse.")}
    came = move(200, 2.0, "draft", **{"to_location.": {"id": 1, "code": "IN", "type": "storage"}})
    head = {"write_date": stamp(7), "reference": "T4D7-R1", "state": "draft", "moves.": [came]}
    return msgspec.convert({**usual, **head, **changes}, type=ReturnRow)


def leg(number: int, units: float, state: str, way: tuple[int, int], minute: int = 0) -> Json:
    """A move of a transfer."""
    usual = move(number, units, state, write_date=stamp(minute))
    kept = {name: usual[name] for name in ("id", "create_date", "write_date", "quantity", "state", "product.", "uom.")}
    return {**kept, "from_location": way[0], "to_location": way[1]}


def transfer(**changes: object) -> TransferRow:
    """An internal shipment through the transit location 4."""
    usual: Json = {
        "id": 9,
        "create_date": stamp(0),
        "write_date": stamp(9),
        "number": "3",
        "reference": None,
        "state": "waiting",
        "transit_location": 4,
        "from_location.": {"id": 3, "warehouse.": {"id": 5, "code": "WH"}},
        "to_location.": {"id": 11, "warehouse.": {"id": 12, "code": "WH-EAST"}},
        "moves.": [leg(300, 10.0, "draft", (4, 11)), leg(301, 10.0, "draft", (3, 4))],
    }
    return msgspec.convert({**usual, **changes}, type=TransferRow)
