"""The scene of one tenant: three systems full of orders in every stage, the pinned stories first, ready to move."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from hub.clock import Clock
from hub.demo.cast import Part
from hub.demo.director import Director
from hub.demo.hands import Hands
from hub.demo.masters import furnish
from hub.demo.pinned import BLOCKED, STORIES, make_room, pin
from hub.demo.plot import STAGES, Cue, Plot, Stage, carry
from hub.demo.traffic import Traffic
from hub.demo.trio import Trio, make_trio


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What one tenant's systems hold."""

    part: Part
    trio: Trio
    cues: tuple[Cue, ...]
    """Every order there is, the pinned stories first."""
    traffic: Traffic
    hands: Hands


def make_scene(part: Part, clock: Clock, stages: Sequence[Stage] = STAGES) -> Scene:
    """The same scene at each start, its times relative to now; its crowd over these *stages*."""
    trio = make_trio(clock, part.seed)
    masters = furnish(trio, customers=part.customers, products=part.products, seed=part.seed)
    director = Director(trio)
    plot = Plot(masters, random.Random(part.seed), clock.now())  # noqa: S311 - a scene, not a secret
    if part.is_busy:
        make_room(director)
    crowd = plot.crowd(part.orders - (STORIES + BLOCKED if part.is_busy else 0), stages)
    for cue in crowd:
        carry(director, cue)
    pinned = pin(director, masters, plot) if part.is_busy else []
    return Scene(
        part=part,
        trio=trio,
        cues=(*pinned, *crowd),
        traffic=Traffic(director, plot, crowd, seed=part.seed),
        hands=Hands(director),
    )
