"""One rehearsed warehouse, put together: rows, work, web server, scene, and the controls of whoever directs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.applications import Starlette

from hub.clock import Clock
from hub.settings import Secret
from sources.kit.rehearsal.controls import directed, troubled
from sources.kit.rehearsal.faults import Faults
from sources.tryton_wms.rehearsal.depot import Depot
from sources.tryton_wms.rehearsal.scene import Scene
from sources.tryton_wms.rehearsal.server import application
from sources.tryton_wms.rehearsal.session import Door
from sources.tryton_wms.rehearsal.work import Work

DATABASE = "tryton_wms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A rehearsed warehouse and everything around it."""

    depot: Depot
    work: Work
    door: Door
    faults: Faults
    scene: Scene
    app: Starlette
    """What the vendor's server answers."""


def make_stand(clock: Clock, *, user: str, password: Secret, database: str = DATABASE) -> Stand:
    """An empty warehouse that admits *user*; `scene.seed` gives it items, places, customers and stock."""
    depot = Depot(clock)
    work, door, faults = Work(depot), Door(user, password), Faults()
    return Stand(
        depot=depot,
        work=work,
        door=door,
        faults=faults,
        scene=Scene(depot, work),
        app=application(depot, work, door, faults, database=database),
    )


def controls(stand: Stand, token: Secret) -> Starlette:
    """The director's own server: break, heal, expire, take_in, carry, state. Requests bear *token*."""
    return directed(partial(_carry_out, stand), token)


def _carry_out(stand: Stand, action: str, body: dict[str, Any]) -> Mapping[str, Any]:  # Any: JSON
    match action:
        case "take_in":
            reference, lines = str(body.pop("reference")), [(code, int(units)) for code, units in body.pop("lines")]
            return {"number": stand.scene.take_in(reference, lines, **body).number}
        case "carry":
            shipment = stand.scene.find(str(body.pop("reference")))
            return {"state": stand.scene.carry(shipment, **body).state}
        case "state":
            return {**stand.scene.counts(), "logins": stand.door.logins}
        case _:
            return troubled(stand, action, body)
