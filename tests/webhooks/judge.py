"""What the proof found, and whether it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The figures of one run."""

    wanted: int
    taken: int
    """Ids that the partner took, repeats not counted."""
    repeats: int
    """How often it took one again; its `webhook-id` told."""
    misplaced: int
    """Ids that it first took after a later one of the same root."""
    strange: int
    """Ids that nobody sent."""
    wrong: int
    """Calls that followed a redirect, were not signed rightly, or lacked the document's answer."""
    undone: int
    """Deliveries that are not DONE."""

    @property
    def holds(self) -> bool:
        """Whether each was delivered, in order, and nothing else was."""
        return (self.wanted, 0, 0, 0, 0) == (self.taken, self.misplaced, self.strange, self.wrong, self.undone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The figures of the notices of one run."""

    wanted: int
    letters: int
    """That arrived."""
    doubles: int
    """Letters that arrived more than once."""
    sent: int
    unknown: int
    """Of which nobody knows; these may or may not have arrived."""
    lost: int
    """SENT, yet not arrived."""

    @property
    def holds(self) -> bool:
        """Whether none arrived twice, and each is SENT and there, or UNKNOWN."""
        return self.doubles == 0 and self.lost == 0 and self.sent + self.unknown == self.wanted


def judged(sent: Mapping[str, tuple[str, int]], taken: Sequence[str], *, wrong: int, undone: int) -> Found:
    """*sent*: root and place of each id; *taken*: ids in the order in which they came."""
    counts = Counter(taken)
    last: dict[str, int] = {}
    misplaced = 0
    for event_id in dict.fromkeys(taken):
        if event_id not in sent:
            continue
        root, place = sent[event_id]
        misplaced += place < last.get(root, 0)
        last[root] = max(place, last.get(root, 0))
    known = [one for one in counts if one in sent]
    return Found(
        wanted=len(sent),
        taken=len(known),
        repeats=sum(counts.values()) - len(counts),
        misplaced=misplaced,
        strange=len(counts) - len(known),
        wrong=wrong,
        undone=undone,
    )


def told(letters: Sequence[str], states: Mapping[str, str]) -> Told:
    """*letters*: ids of notices that arrived; *states*: of each notice."""
    counts = Counter(letters)
    return Told(
        wanted=len(states),
        letters=len(letters),
        doubles=sum(1 for count in counts.values() if count > 1),
        sent=sum(1 for state in states.values() if state == "SENT"),
        unknown=sum(1 for state in states.values() if state == "UNKNOWN"),
        lost=sum(1 for one, state in states.items() if state == "SENT" and one not in counts),
    )
