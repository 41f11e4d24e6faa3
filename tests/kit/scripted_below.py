"""Scripted worlds of three sources: below the orders, shipments, requests, bills and returns that name each other by
the keys that systems share; beside them items and warehouses that each source describes."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hub.model.observation import Content, NaturalKey, SourceLine, line_key
from hub.model.shipment import Package, ShipmentMilestone
from hub.model.vocabulary import Kind
from tests.kit.merging import ERP, SHOP, WMS, key, line, own
from tests.kit.scripted import END, Drawing, Wish, World, add_thing, make_world
from tests.kit.trio import (
    credit_memo,
    erp_request,
    erp_return,
    erp_shipment,
    invoice,
    shop_parcel,
    warehouse,
    wms_request,
    wms_return,
    wms_shipment,
)

LATE = END - 8
"""Who names another object by its id is born after it."""
STEPS = (ShipmentMilestone.CREATED, ShipmentMilestone.PICKED, ShipmentMilestone.SHIPPED)


def make_trio(rnd: Random, wish: Wish) -> World:
    """A scripted world in which the three sources also tell of what lies below its orders."""
    world = make_world(rnd, wish)
    drawing = Drawing(rnd=rnd, world=world, wish=wish)
    count = len({thing.slot[2][1] for thing in world.things if thing.slot[:2] == (ERP, Kind.ORDER)})
    for i in range(count):
        if not wish.reuse:
            _fulfil(drawing, i, count)
        if rnd.random() < 0.5 and not wish.reuse:
            _bill(drawing, i)
        if rnd.random() < 0.4 and not wish.reuse:
            _take_back(drawing, i, count)
    for source in (SHOP, ERP, WMS):
        if not world.manifests[source].pushes_only or rnd.random() < 0.5:
            _describe(drawing, source)
    return world


def _fulfil(drawing: Drawing, i: int, count: int) -> None:
    """One shipment as the ERP plans it, the warehouse carries it out and the shop shows its parcels."""
    rnd, nobody = drawing.rnd, frozenset({f"order {i}"})
    names = _named(drawing, i, count)
    place = key("warehouse.code", rnd.choice(["W1", "W2"]))
    sale = own(ERP, Kind.ORDER, f"e{i}0")
    request, shipment = key("fulfilment.request", names[0]), key("fulfilment.shipment", names[0])
    lines = tuple(replace(_line(drawing, f"p{i}.{n}"), target=_of_sale(i, n)) for n in range(rnd.choice([1, 2])))
    planned = [
        erp_shipment(step, bears=(shipment,), refers=(sale, place), lines=lines) for step in _steps(rnd)
    ]  # fmt: skip
    add_thing(drawing, (ERP, Kind.SHIPMENT, f"p{i}"), [*planned], nobody, LATE)
    asked = [erp_request(status=word, bears=(request,), refers=(sale, place)) for word in _words(rnd)]
    add_thing(drawing, (ERP, Kind.FULFILLMENT_ORDER, f"p{i}"), [*asked], nobody, LATE)
    if rnd.random() < 0.8:
        parcels = [key("parcel", f"C{i}/T{n}") for n in range(rnd.choice([1, 2]))]
        _carry_out(drawing, (i, names, place), parcels)
        for n, parcel in enumerate(parcels):
            shown = [shop_parcel(step, bears=(parcel,), refers=(), packages=()) for step in _steps(rnd)]
            add_thing(drawing, (SHOP, Kind.SHIPMENT, f"f{i}{n}"), [*shown], nobody)


def _carry_out(drawing: Drawing, which: tuple[int, list[str], NaturalKey], parcels: list[NaturalKey]) -> None:
    """The warehouse's side; its reference may be typed over, its parcels come late."""
    rnd, (i, names, place) = drawing.rnd, which
    lines = tuple(_line(drawing, f"m{i}.{n}") for n in range(rnd.choice([1, 2])))
    packed = tuple(Package(id=f"{i}.{n}") for n, _ in enumerate(parcels))
    done: list[Content] = [
        wms_shipment(step, bears=(), refers=(key("fulfilment.shipment", name), place), lines=lines, packages=packed)
        for name, step in zip(reversed(names), _steps(rnd), strict=False)
    ]
    done[-1] = replace(done[-1], bears=tuple(parcels), refers=(key("fulfilment.shipment", names[0]), place))
    add_thing(drawing, (WMS, Kind.SHIPMENT, f"m{i}"), [*done], frozenset({f"order {i}"}))
    answer = key("fulfilment.request", names[0])
    said = [wms_request(status=word, refers=(answer, place)) for word in _words(rnd)]
    add_thing(drawing, (WMS, Kind.FULFILLMENT_ORDER, f"m{i}"), [*said], frozenset({f"order {i}"}))


def _bill(drawing: Drawing, i: int) -> None:
    sale, nobody = own(ERP, Kind.ORDER, f"e{i}0"), frozenset({f"order {i}"})
    lines = (replace(_line(drawing, f"b{i}"), target=_of_sale(i, 0)),)
    bills = [invoice(word, refers=(sale,), lines=lines) for word in ("DRAFT", "POSTED")]
    add_thing(drawing, (ERP, Kind.INVOICE, f"b{i}"), [*bills], nobody, LATE)
    turned = credit_memo(refers=(own(ERP, Kind.INVOICE, f"b{i}"), own(ERP, Kind.RETURN, f"k{i}")), lines=lines)
    add_thing(drawing, (ERP, Kind.CREDIT_MEMO, f"c{i}"), [turned], nobody, END - 1)


def _take_back(drawing: Drawing, i: int, count: int) -> None:
    """A return that the ERP allows and the warehouse receives, perhaps under a name typed wrong at first."""
    rnd, nobody = drawing.rnd, frozenset({f"order {i}"})
    name, lines = f"C{i}-R1", (_line(drawing, f"k{i}"),)
    allowed = erp_return(
        bears=(key("return.code", name),), refers=(own(ERP, Kind.ORDER, f"e{i}0"),), number=name, lines=lines
    )
    add_thing(drawing, (ERP, Kind.RETURN, f"k{i}"), [allowed], nobody, LATE)
    wrong = [f"C{(i + 1) % count}-R1"] if drawing.wish.edits and rnd.random() < 0.4 else []
    came = tuple(replace(one, id=f"d{i}", quantities=replace(one.quantities, returned=one.quantities.ordered))
                 for one in lines)  # fmt: skip
    states = [wms_return(refers=(key("return.code", one),), lines=came) for one in (*wrong, name)]
    add_thing(drawing, (WMS, Kind.RETURN, f"d{i}"), [*states], nobody)


def _describe(drawing: Drawing, source: str) -> None:
    """Two warehouses as a source describes them; sometimes one bears the other's code for a while."""
    rnd = drawing.rnd
    for code, other in (("W1", "W2"), ("W2", "W1")):
        codes = [code, other, code] if drawing.wish.edits and rnd.random() < 0.3 else [code]
        states = [replace(warehouse(source), number=one, bears=(key("warehouse.code", one),)) for one in codes]
        add_thing(drawing, (source, Kind.WAREHOUSE, code), [*states], frozenset({code}))


def _named(drawing: Drawing, i: int, count: int) -> list[str]:
    """What the warehouse calls the ERP's shipment by, the right name first, and what it may have been mistaken for."""
    right = f"C{i}/{i}"
    if not drawing.wish.edits or drawing.rnd.random() < 0.5:
        return [right, right, right]
    return [right, drawing.rnd.choice([f"C{(i + 1) % count}/{(i + 1) % count}", "PO7/1"]), right]


def _steps(rnd: Random) -> list[ShipmentMilestone]:
    return [rnd.choice(STEPS) for _ in range(rnd.choice([1, 2, 3]))]


def _words(rnd: Random) -> list[str]:
    return [rnd.choice(["SUBMITTED", "ACCEPTED", "CLOSED", "REJECTED"]) for _ in range(rnd.choice([1, 2]))]


def _line(drawing: Drawing, name: str) -> SourceLine:
    return line(name, drawing.rnd.choice([1, 2]), drawing.rnd.choice("AAB"))


def _of_sale(i: int, n: int) -> NaturalKey:
    return line_key(ERP, Kind.ORDER, f"e{i}0.{n}")
