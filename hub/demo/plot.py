"""How far orders have come: each stage is a list of steps, lived through in the past, the last one just before now."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.demo.director import Director, Play
from hub.demo.masters import CODES, SCARCE, UNMAPPED, Buyer, Masters

Step = Callable[[Director, Play], None]

LADDER: Mapping[str, Step] = {
    "place": lambda director, play: director.place(play),
    "enter": lambda director, play: director.enter(play),
    "release": lambda director, play: director.release(play),
    "allocate": lambda director, play: director.work(play, "assigned"),
    "pick": lambda director, play: director.work(play, "picked"),
    "pack": lambda director, play: director.work(play, "packed"),
    "leave": lambda director, play: director.leave(play),
    "bill": lambda director, play: director.bill(play),
    "arrive": lambda director, play: director.arrive(play),
    "pay": lambda director, play: director.pay(play),
}
"""What happens to an order, in this order."""
RUNGS = tuple(LADDER)
BESIDES: Mapping[str, Step] = {
    "authorize": lambda director, play: director.place(play, settled=False),
    "cart": lambda director, play: _fill(director, play),
    "quote": lambda director, play: director.quote(play),
    "call off": lambda director, play: director.call_off(play),
    "short": lambda director, play: director.give_up_short(play),
    "allow": lambda director, play: director.allow_return(play, f"{play.reference}-R1", back_of(play)),
    "take back": lambda director, play: director.take_back(play, back_of(play)),
}
"""What happens to some."""


def back_of(play: Play) -> Sequence[tuple[str, int]]:
    """What comes back of an order, where something does: one piece of its first line."""
    return ((play.lines[0][0], 1),)


def _fill(director: Director, play: Play) -> None:
    director.fill_cart(play)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where some of the orders stand."""

    name: str
    share: int
    """Of a thousand."""
    steps: tuple[str, ...]
    hours: tuple[float, float]
    """How long ago the first step was, from and to."""
    is_moving: bool = False
    """Whether traffic takes it further."""


def _upto(rung: str) -> tuple[str, ...]:
    return RUNGS[: RUNGS.index(rung) + 1]


_SHORT = (*_upto("release"), "short", "pack", "leave", "release", "allocate")
STAGES = (
    Stage(name="authorized", share=30, steps=("authorize", "quote"), hours=(0.5, 20)),
    Stage(name="entered", share=60, steps=_upto("enter"), hours=(0.2, 6), is_moving=True),
    Stage(name="released", share=90, steps=_upto("release"), hours=(1, 20), is_moving=True),
    Stage(name="allocated", share=70, steps=_upto("allocate"), hours=(2, 24), is_moving=True),
    Stage(name="picked", share=50, steps=_upto("pick"), hours=(3, 24), is_moving=True),
    Stage(name="packed", share=60, steps=_upto("pack"), hours=(4, 30), is_moving=True),
    Stage(name="shipped", share=120, steps=_upto("leave"), hours=(10, 72), is_moving=True),
    Stage(name="invoiced", share=110, steps=_upto("bill"), hours=(20, 120), is_moving=True),
    Stage(name="delivered", share=120, steps=_upto("arrive"), hours=(48, 300), is_moving=True),
    Stage(name="closed", share=150, steps=RUNGS, hours=(72, 700)),
    Stage(name="short", share=40, steps=_SHORT, hours=(10, 100)),
    Stage(name="cancelled", share=20, steps=("place", "call off"), hours=(5, 500)),
    Stage(name="called off", share=20, steps=(*_upto("enter"), "call off"), hours=(10, 500)),
    Stage(name="coming back", share=20, steps=(*RUNGS, "allow"), hours=(100, 600)),
    Stage(name="returned", share=40, steps=(*RUNGS, "allow", "take back"), hours=(150, 700)),
)
"""What the crowd of orders is made of; the pinned stories come on top."""
CART = Stage(name="cart", share=0, steps=("cart",), hours=(0.1, 48))
BLOCKED = Stage(name="blocked", share=0, steps=("place",), hours=(3, 40))
"""Orders that nobody could carry further: the ERP knows no such goods."""
TYPED = 0.06
"""Share of the orders that were typed into the ERP; the shop never sees those."""
CORPORATE = 0.4
"""Share of the orders that companies place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """An order to be carried: when it begins and how far it goes."""

    at: datetime
    stage: Stage
    play: Play


class Plot:
    """Invents orders."""

    def __init__(self, masters: Masters, chance: random.Random, now: datetime) -> None:
        self._masters, self._chance, self._now = masters, chance, now
        self._typed = 0

    def crowd(self, orders: int, of: Sequence[Stage] = STAGES) -> list[Cue]:
        """So many orders, some in every stage, oldest first; and a few carts."""
        stages = [stage for stage in of for _ in range(stage.share)]
        chosen = [stages[place * len(stages) // orders % len(stages)] for place in range(orders)]
        cues = [self._cue(stage) for stage in (*chosen, *[CART] * (orders // 50))]
        return sorted(cues, key=lambda cue: cue.at)

    def blocked(self, orders: int) -> list[Cue]:
        """Orders of what only the shop knows."""
        cues = []
        for _ in range(orders):
            lines = ((UNMAPPED[0], self._chance.randint(1, 4)), *self._lines(1))
            cues.append(self._cue(BLOCKED, Play(buyer=self._buyer(), lines=lines)))
        return sorted(cues, key=lambda cue: cue.at)

    def fresh(self, party: str | None = None) -> Play:
        """An order that begins now."""
        buyer = self._buyer() if party is None else self._chance.choice(self._masters.of(party))
        return Play(buyer=buyer, lines=self._lines(self._chance.randint(1, 3)), warehouse=self._warehouse())

    def _cue(self, stage: Stage, play: Play | None = None) -> Cue:
        made = play or self._play(stage)
        return Cue(at=self._now - timedelta(hours=self._chance.uniform(*stage.hours)), stage=stage, play=made)

    def _play(self, stage: Stage) -> Play:
        if stage.name == "short":
            lines = (*self._lines(2), (self._chance.choice(SCARCE), self._chance.randint(1, 4)))
            return Play(buyer=self._buyer(), lines=lines, warehouse=CODES[0])
        play = self.fresh()
        if stage.is_moving and "enter" in stage.steps and self._chance.random() < TYPED:
            self._typed += 1
            play.buyer, play.po = self._chance.choice(self._masters.employees), f"PO-{4000 + self._typed}"
        return play

    def _buyer(self) -> Buyer:
        masters = self._masters
        return self._chance.choice(masters.employees if self._chance.random() < CORPORATE else masters.people)

    def _warehouse(self) -> str:
        return self._chance.choices(CODES, weights=(5, 3, 1, 1, 1))[0]

    def _lines(self, number: int) -> tuple[tuple[str, int], ...]:
        return tuple((sku, self._chance.randint(1, 12)) for sku in self._chance.sample(self._masters.skus, k=number))


def carry(director: Director, cue: Cue) -> None:
    """Live through the steps of an order, evenly from its beginning to the recent past."""
    steps = [step for step in cue.stage.steps if step != "place" or cue.play.po is None]
    recent = director.trio.clock.now() - timedelta(minutes=2)
    length = min(recent - cue.at, timedelta(hours=6 * len(steps)))
    for place, step in enumerate(steps):
        with director.trio.at(cue.at + length * place / len(steps)):
            (LADDER.get(step) or BESIDES[step])(director, cue.play)
