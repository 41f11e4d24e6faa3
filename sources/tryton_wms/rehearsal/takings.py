"""Hands for the checks of what the warehouse is asked to do: one pair for each action."""

from __future__ import annotations

from collections.abc import Mapping

from hub.model.effects import CREATE_RETURN, INSPECT_RETURN, RECEIVE_RETURN, REQUEST_FULFILMENT
from sources.kit.taking import Taking
from sources.tryton_wms.rehearsal.hands import Hands
from sources.tryton_wms.rehearsal.requests import Requests
from sources.tryton_wms.rehearsal.returns import Expecting, Inspecting, Receiving


def takings_for(hands: Hands, source: str) -> Mapping[str, Taking]:
    """A pair of hands for each action that the adapter declares, but cancelling."""
    return {
        REQUEST_FULFILMENT: Requests(hands=hands, source=source),
        CREATE_RETURN: Expecting(hands=hands, source=source),
        RECEIVE_RETURN: Receiving(hands=hands, source=source),
        INSPECT_RETURN: Inspecting(hands=hands, source=source),
    }
