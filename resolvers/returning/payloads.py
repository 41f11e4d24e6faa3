"""What mutations of returns answer."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.returns import Return
from resolvers.writes import MutationPayload


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPayload(MutationPayload):
    """What became of a command about a return."""

    return_: Return | None = None
    """The return as it stands now; null on a dry run that would begin one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRequestPayload(ReturnPayload):
    """What became of asking for a return."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAuthorizePayload(ReturnPayload):
    """What became of allowing it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnDeclinePayload(ReturnPayload):
    """What became of refusing it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCancelPayload(ReturnPayload):
    """What became of calling it off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReceivePayload(ReturnPayload):
    """What became of telling what came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnInspectPayload(ReturnPayload):
    """What became of telling what becomes of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRefundPayload(ReturnPayload):
    """What became of giving money back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnClosePayload(ReturnPayload):
    """What became of ending it."""


PAYLOADS = (
    ReturnRequestPayload,
    ReturnAuthorizePayload,
    ReturnDeclinePayload,
    ReturnCancelPayload,
    ReturnReceivePayload,
    ReturnInspectPayload,
    ReturnRefundPayload,
    ReturnClosePayload,
)
"""All of them."""
