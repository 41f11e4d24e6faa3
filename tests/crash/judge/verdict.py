"""All rules, by the number that reliability.md 3.1 gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.crash.judge import answers, entering, joint, reserving, returning, streams, writes
from tests.crash.judge.evidence import Evidence

Rule = Callable[[Evidence], Iterator[str]]


def _all(*rules: Rule) -> Rule:
    def rule(seen: Evidence) -> Iterator[str]:
        for one in rules:
            yield from one(seen)

    return rule


INVARIANTS: Mapping[str, Rule] = {
    "I1": _all(writes.no_lost_accept, entering.no_lost_order, returning.no_lost_click),
    "I2": _all(writes.no_duplicate_write, entering.no_second_document),
    "I3": _all(writes.faithful, entering.faithful_orders),
    "I4": _all(writes.idempotent, entering.one_order_a_key, returning.one_deed_a_key),
    "I5": reserving.no_oversell,
    "I6": streams.delivered,
    "I7": streams.resumed,
    "I8": answers.traceable,
    "I10": _all(writes.no_ghost, entering.no_ghost_order, returning.no_ghost_deed),
    "I11": answers.converged,
    "I12": answers.bounded,
    "I13": streams.scoped,
    "I14": answers.honest,
    "R1": returning.credited_once,
    "R2": returning.paid_once,
    "R3": returning.credited_before_paid,
    "R4": returning.back_everywhere,
    "R5": returning.ended,
    "ID": joint.one_entity,
    "AS": joint.as_said,
    "ST": joint.counted,
    "CO": joint.covered,
}
"""Those that this path can break, and what the design asks of several sources: identity (Id-1 to Id-5), assembly
(Obs-2, D2), stock, coverage (D3); and that returns are credited once, paid once, credited before they are paid, equal
everywhere, and ended (issue 7). I9 comes with the audit chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule that does not hold, and how."""

    invariant: str
    words: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.words}"


def judged(seen: Evidence, rules: Mapping[str, Rule] = INVARIANTS) -> tuple[Violation, ...]:
    """Everything that does not hold by *rules*."""
    return tuple(Violation(invariant=name, words=words) for name, rule in rules.items() for words in rule(seen))
