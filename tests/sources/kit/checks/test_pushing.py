"""C14p to C21p notice what is wrong with a source that only pushes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from hub.model.manifest import Manifest
from hub.model.observation import Seen
from hub.model.vocabulary import Kind
from hub.ports import Failed, Found, Missing, SourceCall, WebhookDelivery
from hub.settings import Secret
from sources.kit.contract import CHECKS, judge
from sources.tracking.adapter import TrackingAdapter, TrackingSettings
from sources.tracking.rehearsal.stage import TrackingStage, stage


class Believes(TrackingAdapter):
    """Takes every word it does not know for a delivery."""

    def parse(self, delivery: WebhookDelivery) -> Sequence[Seen]:
        return tuple(
            replace(one, content=replace(one.content, status="DELIVERED"))
            for one in super().parse(delivery)
            if one.content
        )


class Forgets(TrackingAdapter):
    """Numbers nothing."""

    def parse(self, delivery: WebhookDelivery) -> Sequence[Seen]:
        return tuple(replace(one, version=None) for one in super().parse(delivery))


class Shrugs(TrackingAdapter):
    """Answers nothing where it should complain."""

    def parse(self, delivery: WebhookDelivery) -> Sequence[Seen]:
        return super().parse(delivery) if delivery.body else ()


class Pretends(TrackingAdapter):
    """Says that it read nothing, instead of that it cannot read."""

    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Mapping[str, Found | Missing | Failed]:
        return {one: Missing() for one in ids}


class Silent(TrackingAdapter):
    """Gives no reason."""

    def describe(self) -> Manifest:
        told = super().describe()
        return replace(told, absent={**told.absent, "writes": " "})


class _Stage(TrackingStage):
    planted: type[TrackingAdapter] = TrackingAdapter

    def connect(self, *, page: int | None = None, secrets: Sequence[str] = (), skew: float = 0) -> TrackingAdapter:
        return self.planted(TrackingSettings(secret=Secret((*secrets, "x")[0])), self.source)


@pytest.mark.parametrize(
    ("number", "planted"),
    [("C14p", Believes), ("C15p", Forgets), ("C16p", Shrugs), ("C21p", Pretends), ("C21p", Silent)],
)
async def test_a_planted_fault_is_noticed(number: str, planted: type[TrackingAdapter]) -> None:
    check = next(check for check in CHECKS if check.number == number)
    async with stage() as made:
        twisted = _Stage(proxy=made.proxy)
        assert (await judge(twisted, check)).failure is None
        twisted.planted = planted
        assert (await judge(twisted, check)).failure is not None
