"""Everything that operators decide, behind one door: what the graph and the command line share."""

from __future__ import annotations

from hub.call import Call
from hub.errors import HubFault
from hub.merge.writer import Writer
from hub.model.manifest import Landscape
from hub.store.store import Store
from hub.write.approving import Decision, decide_operation
from hub.write.casework import CaseCommand, move_cases
from hub.write.console import Decided
from hub.write.desk import Asking
from hub.write.holding import HoldPlace, HoldRelease, NoteAdd, add_note, hold
from hub.write.letters import LetterCommand, settle_letters
from hub.write.mapping import SkuMappingSet, set_sku_mapping


class Operators:
    """Takes operators' decisions. `store` is of role WORK, as the writer's is."""

    def __init__(self, store: Store, writer: Writer) -> None:
        self._store = store
        self._writer = writer

    async def map_sku(self, call: Call, command: SkuMappingSet, asking: Asking) -> Decided:
        """Say what a source's item code means."""
        return await set_sku_mapping(self._store, call, self._landscape(call), command, asking)

    async def settle_letters(self, call: Call, command: LetterCommand, asking: Asking) -> Decided:
        """Send dead letters again, say that they are done, or give them up."""
        self._landscape(call)
        return await settle_letters(self._store, self._writer, call, command, asking)

    async def move_cases(self, call: Call, command: CaseCommand, asking: Asking) -> Decided:
        """Give exception cases to somebody, or say that they are settled."""
        self._landscape(call)
        return await move_cases(self._store, self._writer, call, command, asking)

    async def hold(self, call: Call, command: HoldPlace | HoldRelease, asking: Asking) -> Decided:
        """Hold an order by hand, or let it go."""
        return await hold(self._writer, call, command, asking)

    async def add_note(self, call: Call, command: NoteAdd, asking: Asking) -> Decided:
        """Leave a note on an order."""
        return await add_note(self._store, call, command, asking)

    async def decide_operation(self, call: Call, command: Decision, asking: Asking) -> Decided:
        """Approve or refuse what somebody else has asked for."""
        self._landscape(call)
        return await decide_operation(self._store, self._writer, call, command, asking)

    def _landscape(self, call: Call) -> Landscape:
        landscape = self._writer.landscapes.get(call.tenant)
        if landscape is None:
            message = "no such tenant is configured"
            raise HubFault(message, tenant=call.tenant)
        return landscape
