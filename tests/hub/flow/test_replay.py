"""Whether sending again can do harm."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.flow.replay import replay_policy
from hub.model.letters import ReplayPolicy
from hub.model.manifest import Idempotency, Landscape, Write
from tests.kit.merging import SHOP, landscape, manifest


def offering(idempotency: Idempotency) -> Landscape:
    write = Write(idempotency=idempotency, longest_call=timedelta(seconds=1))
    return landscape({SHOP: replace(manifest(SHOP), writes={"order.cancel": write})})


@pytest.mark.parametrize(
    ("idempotency", "state", "policy"),
    [
        (Idempotency.NONE, "DEAD", ReplayPolicy.SAFE),
        (Idempotency.LOOKUP, "DEAD", ReplayPolicy.SAFE),
        (Idempotency.KEY, "REVIEW", ReplayPolicy.NEEDS_REVIEW),
        (Idempotency.LOOKUP, "REVIEW", ReplayPolicy.NEEDS_REVIEW),
        (Idempotency.NONE, "REVIEW", ReplayPolicy.FORBIDDEN),
    ],
)
def test_what_is_known_not_to_have_happened_is_safe(idempotency: Idempotency, state: str, policy: ReplayPolicy) -> None:
    assert replay_policy(offering(idempotency), SHOP, "order.cancel", state) is policy


def test_what_no_source_offers_any_more_is_forbidden() -> None:
    assert replay_policy(None, "gone", "order.cancel", "REVIEW") is ReplayPolicy.FORBIDDEN
