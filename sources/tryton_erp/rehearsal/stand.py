"""One rehearsed ERP, put together: company, web server, scene, and the controls of whoever directs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.applications import Starlette

from hub.clock import Clock
from hub.settings import Secret
from sources.kit.rehearsal.backdating import Backdating
from sources.kit.rehearsal.controls import directed, troubled
from sources.kit.rehearsal.faults import Faults
from sources.tryton_erp.rehearsal.books import Sequences
from sources.tryton_erp.rehearsal.door import Door
from sources.tryton_erp.rehearsal.erp import Erp
from sources.tryton_erp.rehearsal.scene import Scene
from sources.tryton_erp.rehearsal.server import Server

DATABASE = "erp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A rehearsed ERP and everything around it."""

    erp: Erp
    """The company: one verb for each thing that people do there."""
    door: Door
    faults: Faults
    scene: Scene
    """Fills the company, in the past too."""
    clock: Backdating
    """What the company takes for the present: whoever lives through the past sets it."""
    server: Server
    app: Starlette
    """What the vendor's server answers; its paths begin with the database's name."""

    async def close(self) -> None:
        """Nothing is left behind."""


def make_stand(clock: Clock, *, door: Door, database: str = DATABASE, sequences: Sequences | None = None) -> Stand:
    """An empty company; `scene.seed_masters` gives it goods and customers, `scene.carry` orders."""
    dated = Backdating(clock)
    erp, faults = Erp(dated, sequences), Faults()
    server = Server(erp, door, faults, database)
    return Stand(
        erp=erp,
        door=door,
        faults=faults,
        scene=Scene(erp, dated),
        clock=dated,
        server=server,
        app=server.application(),
    )


def controls(stand: Stand, token: Secret) -> Starlette:
    """The director's own server: break, heal, expire, lock, sell, move, state. Requests bear *token*."""
    return directed(partial(_carry_out, stand), token)


def _carry_out(stand: Stand, action: str, body: dict[str, Any]) -> Mapping[str, Any]:  # Any: JSON
    match action:
        case "lock":
            stand.server.locks += int(body.get("times", 1))
            return {"ok": True}
        case "sell":
            sale = stand.scene.take_over(str(body["code"]), [tuple(line) for line in body["lines"]])
            return {"id": sale.id, "number": sale.number}
        case "move":
            return {"number": stand.scene.step()}
        case "state":
            return {"orders": len(stand.erp.books.tables["sale.sale"]), "logins": stand.door.logins}
        case _:
            return troubled(stand, action, body)
