"""Orders that move while somebody watches: one at a time, each by one step; the pinned ones stand still."""

from __future__ import annotations

import random
from collections import deque

from hub.demo.director import Director, Play
from hub.demo.plot import LADDER, RUNGS, Cue, Plot

NEW = 0.25
"""Share of the moves that are new orders."""
MOST = 300
"""Orders that are under way at once; the oldest are forgotten."""


class Traffic:
    """Moves the orders of one tenant."""

    def __init__(self, director: Director, plot: Plot, cues: list[Cue], *, seed: int) -> None:
        self._director, self._plot = director, plot
        self._chance = random.Random(seed)  # noqa: S311 - a scene, not a secret
        self._on_its_way: deque[tuple[Play, str]] = deque(maxlen=MOST)
        for cue in cues:
            if cue.stage.is_moving:
                self._on_its_way.append((cue.play, cue.stage.steps[-1]))

    def step(self) -> str:
        """Move any order, or begin one; what it is called."""
        if not self._on_its_way or self._chance.random() < NEW:
            return self._begin(self._plot.fresh())
        return self._move(self._chance.randrange(len(self._on_its_way)))

    def step_of(self, party: str) -> str:
        """Move an order of one company; begin one where none is under way."""
        places = [place for place, (play, _) in enumerate(self._on_its_way) if play.buyer.party == party]
        return self._move(self._chance.choice(places)) if places else self._begin(self._plot.fresh(party))

    def _begin(self, play: Play) -> str:
        self._do(play, RUNGS[0])
        return play.reference

    def _move(self, place: int) -> str:
        play, reached = self._on_its_way[place]
        del self._on_its_way[place]
        self._do(play, RUNGS[RUNGS.index(reached) + 1])
        return play.reference

    def _do(self, play: Play, rung: str) -> None:
        LADDER[rung](self._director, play)
        if rung != RUNGS[-1]:
            self._on_its_way.append((play, rung))
