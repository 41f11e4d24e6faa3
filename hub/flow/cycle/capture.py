"""Which orders the hub carries on though they were placed elsewhere (rule Flow-3). Pure."""

from __future__ import annotations

from datetime import datetime

from hub.model.manifest import SourceBinding
from hub.model.observation import Content

FLOW_VERSION = 1
"""The flow that an order is accepted with: pinned then, whatever comes later (Flow-4)."""
MANAGED, MIRRORED = "HUB", "EXTERNAL"


def is_captured(binding: SourceBinding | None, content: Content) -> bool:
    """Whether an order that a source tells for the first time is the hub's from now on.

    It must have been placed at `baseline_at` or later, both on the source's clock. An order without such an instant is
    only mirrored.
    """
    if binding is None or not binding.captures or binding.is_retired or binding.baseline_at is None:
        return False
    placed_at = placed(content)
    return placed_at is not None and placed_at >= binding.baseline_at


def placed(content: Content) -> datetime | None:
    """When a source says that its order was placed; None where it does not say."""
    head = content.order.commercial if content.order is not None else None
    return None if head is None else head.placed_at
