"""Who works in the warehouse: what the hub asks for there is picked, packed and sent, step by step."""

from __future__ import annotations

from hub.demo.director import Director
from sources.tryton_wms.rehearsal.scene import STAGES
from sources.tryton_wms.rehearsal.state import OUT, Shipment

ASKED = STAGES[STAGES.index("waiting") : STAGES.index("done")]
"""What is still to be worked on."""


class Hands:
    """Takes every shipment on that nobody asked for by hand: the stories and the traffic are the director's."""

    def __init__(self, director: Director) -> None:
        self._director = director

    def step(self) -> tuple[str, ...]:
        """Take each of them one stage further; the references of those that moved. What is short waits."""
        return tuple(one.reference or "" for one in self._asked() if self._takes_on(one))

    def _asked(self) -> list[Shipment]:
        rows = self._director.trio.wms.depot.tables.rows(OUT)
        found = [one for one in rows if isinstance(one, Shipment) and one.id not in self._director.released]
        return [one for one in found if one.state in ASKED]

    def _takes_on(self, one: Shipment) -> bool:
        was = one.state
        following = STAGES[STAGES.index(was) + 1]
        tracking = f"3SHUB{one.id:010d}" if following == "packed" else ()
        self._director.trio.wms.scene.carry(one, following, tracking=tracking)
        return one.state != was
