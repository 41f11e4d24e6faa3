"""Whether sending a dead letter again can do harm (design D7). Pure."""

from __future__ import annotations

from hub.model.intents import DeliveryState
from hub.model.letters import ReplayPolicy
from hub.model.manifest import Idempotency, Landscape


def replay_policy(landscape: Landscape | None, source: str, operation: str, state: str) -> ReplayPolicy:
    """DEAD is entered only after an answer that nothing happened; in REVIEW it hangs on what the source can tell."""
    if state != DeliveryState.REVIEW:
        return ReplayPolicy.SAFE
    binding = None if landscape is None else landscape.sources.get(source)
    offered = None if binding is None else binding.manifest.writes.get(operation)
    blind = offered is None or offered.idempotency is Idempotency.NONE
    return ReplayPolicy.FORBIDDEN if blind else ReplayPolicy.NEEDS_REVIEW
