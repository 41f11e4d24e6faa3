"""Master data of the demo: the same goods, places and buyers in all three systems, each in its own words."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import product

from hub.demo.trio import Trio

WAREHOUSES = (
    ("WH", "Main DC"),
    ("WH-EAST", "East DC"),
    ("WH-NORTH", "North DC"),
    ("WH-SOUTH", "South DC"),
    ("WH-WEST", "West DC"),
)
CODES = tuple(code for code, _ in WAREHOUSES)
SPECIAL = (
    ("TSHIRT-M", "T-shirt M", 1990, (800, 400, 300, 300, 200)),
    ("MUG", "Mug", 750, (900, 300, 300, 200, 200)),
    ("LAPTOP", "Laptop", 89_900, (3, 2, 0, 0, 0)),
    ("CHAIR-OAK", "Oak chair", 12_900, (0, 0, 0, 0, 60)),
    ("LAMP-DESK", "Desk lamp", 3_450, (0, 0, 0, 40, 0)),
    ("CABLE-2M", "Cable 2 m", 495, (3000, 1500, 900, 900, 900)),
)
"""SKU, name, net price in cents, units in each warehouse; the shop has these from the start."""
SCARCE = ("CHAIR-OAK", "LAMP-DESK")
"""Nothing of them lies where orders are filled from."""
UNMAPPED = ("FLOUR-25KG", "Flour, bag of 25 kg", 2_890, (900, 0, 0, 0, 0))
"""Sold by the shop alone: nobody has said yet that it is FLOUR."""
FLOUR, FLOUR_KG = ("FLOUR", "Flour (bulk)", "1.2345"), "250.5"
GOODS = (
    ("BOLT", "Hex bolt", 35), ("NUT", "Hex nut", 20), ("SCREW", "Wood screw", 45), ("TAPE", "Packing tape", 320),
    ("GLOVE", "Work glove", 890), ("HELMET", "Safety helmet", 2_450), ("VEST", "Safety vest", 1_280),
    ("BULB", "LED bulb", 640), ("FUSE", "Fuse", 150), ("PAINT", "Wall paint", 3_890), ("BRUSH", "Paint brush", 720),
    ("HOSE", "Garden hose", 2_190), ("CRATE", "Storage crate", 1_540),
)  # fmt: skip
SIZES = ("4", "6", "8", "10", "12", "16", "20", "24", "30", "36", "42", "48", "54", "60", "64")
COMPANIES = (
    ("ACME", "Acme Industrial", "acme"), ("BETA", "Beta Retail", "beta"), ("GAMMA", "Gamma Hotels", "gamma"),
    ("DELTA", "Delta Schools", "delta"), ("317", "Hotel Metropole", "metropole"), ("501", "Brouwerij De Kat", "dekat"),
    ("502", "Garage Lambert", "lambert"), ("503", "Imprimerie Royale", "royale"), ("504", "Ziekenhuis Zuid", "zuid"),
    ("505", "Boekhandel Plato", "plato"), ("506", "Bouwbedrijf Maes", "maes"), ("507", "Cafe Central", "central"),
    ("508", "Drukkerij Noord", "noord"), ("509", "Electro Claes", "claes"), ("510", "Fietsen Wouters", "wouters"),
    ("511", "Glashandel Vitro", "vitro"), ("512", "Haven Logistics", "haven"), ("513", "IJssalon Dolce", "dolce"),
    ("514", "Juwelier Or", "or"), ("515", "Kantoor Plus", "kantoor"), ("516", "Labo Mertens", "labo"),
    ("517", "Meubel Jacobs", "meubel"), ("518", "Natuur Winkel", "natuur"), ("519", "Optiek Silva", "optiek"),
)  # fmt: skip
"""Number in ERP and warehouse, name, domain. Who has no name for a number has a bare number."""
FIRST = (
    "Jan", "Ana", "Piet", "Sofie", "Luc", "Emma", "Noor", "Tom", "Eva", "Bart", "Lies", "Koen", "Mia", "Wim", "Els",
    "Dirk", "Ines", "Rik", "Sara", "Jef",
)  # fmt: skip
LAST = (
    "Peeters", "Silva", "Janssens", "Maes", "Jacobs", "Mertens", "Claes", "Wouters", "Goossens", "Dubois", "Lambert",
    "Willems", "Leclercq", "Michiels", "Simon", "Laurent", "Hermans", "Renard", "Stevens", "Aerts",
)  # fmt: skip
STAFF = {"ACME": 8, "317": 0}
"""Buyers in the shop, where they are not five."""
WEB = "WEB"
"""The party that all private buyers become (systems.md 3.5)."""
OLD = timedelta(days=60)
"""How long ago the systems were set up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who orders: a person, for a company or for nobody."""

    email: str
    first_name: str
    last_name: str
    party: str = WEB
    """Number of the company; WEB for a private person."""
    company: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Masters:
    """What orders are made of."""

    skus: tuple[str, ...]
    """Goods that are there."""
    people: tuple[Buyer, ...]
    """Private buyers."""
    employees: tuple[Buyer, ...]
    """Buyers of companies."""

    def of(self, party: str) -> tuple[Buyer, ...]:
        """The employees of a company."""
        return tuple(one for one in self.employees if one.party == party)


def furnish(trio: Trio, *, customers: int, products: int, seed: int) -> Masters:
    """Goods, places and buyers: about so many *customers* and *products*, the same for the same *seed*."""
    chance = random.Random(seed)  # noqa: S311 - a scene, not a secret
    with trio.at(trio.clock.now() - OLD):
        _places(trio)
        skus = _goods(trio, products, chance)
        employees = _companies(trio, chance)
        people = _people(chance)[: max(10, customers - len(COMPANIES) - len(employees))]
        for buyer in (*employees, *people):
            _register(trio, buyer)
    return Masters(skus=skus, people=people, employees=employees)


def _places(trio: Trio) -> None:
    there = {place.description for place in trio.shop.shop.locations.values()}
    for code, name in WAREHOUSES:
        trio.erp.erp.warehouse(code, name)
        trio.wms.scene.warehouse(code, name)
        if code not in there:
            trio.shop.shop.open(name, code)


def _goods(trio: Trio, products: int, chance: random.Random) -> tuple[str, ...]:
    shop, erp, wms = trio.shop.shop, trio.erp.erp, trio.wms.scene
    made = [
        (f"{sku}-{size}", f"{name} {size}", price * (place + 2), tuple(chance.randint(3, 60) * 100 for _ in WAREHOUSES))
        for (place, size), (sku, name, price) in product(enumerate(SIZES), GOODS)
    ][: max(10, products - len(SPECIAL) - 2)]
    offered = {variant.sku: variant for variant in shop.variants.values()}
    for sku, name, price, units in (*SPECIAL, UNMAPPED, *made):
        variant = offered.get(sku) or shop.offer(sku, name, price, units)
        variant.on_hand, variant.elsewhere = units[0], dict(zip(list(shop.locations)[1:], units[1:], strict=True))
        if sku == UNMAPPED[0]:
            continue
        erp.product(sku, name, cents(price))
        wms.product(sku, name)
        _shelve(trio, sku, units)
    code, name, kilo = FLOUR
    erp.product(code, name, kilo, unit="kg")
    erp.product("SHIPPING", "Shipping", "5.00", type_="service")
    wms.product(code, name, unit="kg")
    _shelve(trio, code, (FLOUR_KG,))
    return ("TSHIRT-M", "MUG", "CABLE-2M", *(sku for sku, *_ in made))


def _shelve(trio: Trio, sku: str, units: Sequence[int | str]) -> None:
    for code, number in zip(CODES, units, strict=False):
        if Decimal(number):
            trio.erp.erp.stock(sku, code, float(number))
            trio.wms.scene.stock(code, sku, Decimal(number))


def _companies(trio: Trio, chance: random.Random) -> tuple[Buyer, ...]:
    found: list[Buyer] = []
    for code, name, domain in COMPANIES:
        trio.erp.erp.party(code, name, email=f"info@{domain}.example")
        trio.wms.scene.customer(code, name)
        people = chance.sample(list(product(FIRST[:8], LAST[:6])), k=STAFF.get(code, 5))
        found += [
            Buyer(
                email=f"{first}.{last}@{domain}.example".lower(),
                first_name=first,
                last_name=last,
                party=code,
                company=name,
            )
            for first, last in people
        ]
    trio.erp.erp.party(WEB, "Web customers")
    trio.wms.scene.customer(WEB, "Web customers")
    return tuple(found)


def _people(chance: random.Random) -> tuple[Buyer, ...]:
    names = list(product(FIRST, LAST))
    chance.shuffle(names)
    return tuple(
        Buyer(email=f"{first}.{last}@mail.example".lower(), first_name=first, last_name=last) for first, last in names
    )


def _register(trio: Trio, buyer: Buyer) -> None:
    shop = trio.shop.shop
    customer = shop.buyer(buyer.email, buyer.first_name, buyer.last_name)
    if buyer.company is not None:
        customer.group = buyer.party
        shop.groups.setdefault(buyer.party, len(shop.groups) + 1)


def cents(price: int) -> Decimal:
    """A price of the shop as the ERP writes it."""
    return Decimal(price) / 100
