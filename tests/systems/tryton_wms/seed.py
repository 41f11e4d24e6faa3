"""Fill a fresh Tryton 6.0 through its own API: a company, items, two warehouses, stock, customers and a user."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.systems.tryton_wms.rpc import Rpc, exact

USER, PASSWORD = "hub", "hub-secret-1!"
ITEMS = (
    ("TSHIRT-M", "T-shirt M", "u", "19.90"),
    ("MUG", "Mug", "u", "7.50"),
    ("LAPTOP", "Laptop", "u", "899.00"),
    ("FLOUR", "Flour", "kg", "1.2345"),
)
STOCK = {
    "BIN-A1": (("TSHIRT-M", 60.0), ("MUG", 500.0), ("LAPTOP", 3.0)),
    "BIN-A2": (("TSHIRT-M", 40.0), ("FLOUR", 250.5)),
    "E-STO": (("TSHIRT-M", 20.0), ("LAPTOP", 2.0)),
}
CUSTOMERS = (("ACME", "Acme NV"), ("BETA", "Beta SA"), ("WEB", "Web customers"))
GROUPS = [
    "Stock",
    "Stock Administration",
    "Stock Force Assignment",
    "Party Administration",
    "Product Administration",
    "Sales",
]
"""The last one because a move may stem from a sale: without it the server does not describe the field `origin`."""


def seed(url: str, password: str) -> None:
    """Fill the database at *url*, whose administrator has this password."""
    admin = Rpc(url, "admin", password)
    admin.login()
    company = _company(admin)
    units = {row["symbol"]: row["id"] for row in admin.rows("product.uom", [], "symbol")}
    items = {code: _item(admin, code, name, (units[unit], price)) for code, name, unit, price in ITEMS}
    places = _places(admin)
    for place, rows in STOCK.items():
        _count(admin, places[place], [(items[code], quantity) for code, quantity in rows])
    _people(admin)
    admin.create("stock.package.type", name="Box")
    _user(admin, company)


def _company(admin: Rpc) -> int:
    rates = [["create", [{"date": _day(date(2000, 1, 1)), "rate": exact("1")}]]]
    euro = {"name": "Euro", "symbol": "€", "code": "EUR", "digits": 2, "rounding": exact("0.01"), "rates": rates}
    currency = admin.create("currency.currency", **euro)
    party = admin.create("party.party", name="Hub Test Company", code="COMPANY")
    company = admin.create("company.company", party=party, currency=currency)
    me = admin.one("res.user", ["login", "=", "admin"])
    admin.call("res.user", "write", [me], {"companies": [["add", [company]]], "company": company})
    admin.login()
    return company


def _item(admin: Rpc, code: str, name: str, terms: tuple[int, str]) -> int:
    unit, price = terms
    values: dict[str, Any] = {
        "name": name,
        "code": code,
        "type": "goods",
        "default_uom": unit,
        "list_price": exact(price),
    }
    template = admin.create("product.template", products=[["create", [{}]]], **values)
    return admin.one("product.product", ["template", "=", template])


def _places(admin: Rpc) -> dict[str, int]:
    """The warehouse that Tryton brings, with bins, and a second one."""
    first = admin.one("stock.location", ["code", "=", "WH"])
    admin.call("stock.location", "write", [first], {"name": "Main DC"})
    storage = admin.one("stock.location", ["code", "=", "STO"])
    for code in ("BIN-A1", "BIN-A2"):
        admin.create("stock.location", name=code, code=code, type="storage", parent=storage)
    zones = [
        admin.create("stock.location", name=f"East {word}", code=code, type="storage")
        for word, code in (("Input", "E-IN"), ("Output", "E-OUT"), ("Storage", "E-STO"))
    ]
    lost = admin.one("stock.location", ["type", "=", "lost_found"])
    admin.create(
        "stock.location", name="East DC", code="WH-EAST", type="warehouse", input_location=zones[0],
        output_location=zones[1], storage_location=zones[2], lost_found_location=lost,
    )  # fmt: skip
    return {row["code"]: row["id"] for row in admin.rows("stock.location", [], "code")}


def _count(admin: Rpc, place: int, rows: list[tuple[int, float]]) -> None:
    lines = [{"product": item, "quantity": quantity, "expected_quantity": 0.0} for item, quantity in rows]
    made = admin.create("stock.inventory", location=place, lines=[["create", lines]])
    admin.call("stock.inventory", "confirm", [made])


def _people(admin: Rpc) -> None:
    country = admin.create("country.country", name="Belgium", code="BE", code3="BEL", code_numeric="056")
    for code, name in CUSTOMERS:
        address = {"street": "Rue de la Loi 16", "postal_code": "1000", "city": "Brussels", "country": country,
                   "delivery": True}  # fmt: skip
        admin.create("party.party", name=name, code=code, addresses=[["create", [address]]])


def _user(admin: Rpc, company: int) -> None:
    groups = [row["id"] for row in admin.rows("res.group", [["name", "in", GROUPS]], "name")]
    admin.create(
        "res.user", name="Hub integration", login=USER, password=PASSWORD, email="hub@example.com",
        groups=[["add", groups]], companies=[["add", [company]]], company=company,
    )  # fmt: skip


def _day(day: date) -> dict[str, object]:
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}
