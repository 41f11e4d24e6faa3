"""A shipment divided: part of what was to leave one warehouse leaves another."""

from __future__ import annotations

from collections.abc import Collection

from sources.tryton_erp.rehearsal.erp import Erp
from sources.tryton_erp.rehearsal.records import Move, Sale, ShipmentOut
from sources.tryton_erp.rehearsal.refusal import Refusal


def split_off(erp: Erp, sale: Sale, shipment: ShipmentOut, skus: Collection[str], warehouse: str) -> ShipmentOut:
    """A waiting shipment gives up what it has of *skus*: a new one of the same sale, from *warehouse*, takes it."""
    place, books = erp.warehouses[warehouse], erp.books
    if shipment.state != "waiting" or place.output_location is None:
        message = f'You can not split the shipment "{shipment.number}" in state {shipment.state}.'
        raise Refusal(message)
    made = books.add(
        ShipmentOut,
        warehouse=place,
        customer=shipment.customer,
        delivery_address=shipment.delivery_address,
        carrier=shipment.carrier,
        planned_date=shipment.planned_date,
    )
    for move in [one for one in shipment.outgoing_moves if one.product.code in skus]:
        _forget_picking(erp, shipment, move)
        shipment.moves.remove(move)
        made.moves.append(move)
        move.shipment, move.from_location = made, place.output_location
        books.wrote(move)
    sale.shipments.append(made)
    books.note(shipment, sale)
    erp.goods.wait(made)
    return made


def _forget_picking(erp: Erp, shipment: ShipmentOut, move: Move) -> None:
    for picking in [one for one in shipment.inventory_moves if one.origin is move]:
        shipment.moves.remove(picking)
        del erp.books.tables[Move.model][picking.id]
