"""Units at the edge: inside the hub a line is counted in the hub's units, each source is told its own (design D13)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hub.model.intents import Intent, Outcome

ONE = Decimal(1)


def in_packs(intent: Intent) -> Intent:
    """The intent as its source counts."""
    lines = intent.content.lines
    if all(target.factor == ONE for target in lines):
        return intent
    told = tuple(replace(target, cancelled=target.cancelled / target.factor) for target in lines)
    return replace(intent, content=replace(intent.content, lines=told))


def in_units(answer: Outcome, intent: Intent) -> Outcome:
    """The answer as the hub counts."""
    factors = {target.line_no: target.factor for target in intent.content.lines}
    if all(factor == ONE for factor in factors.values()):
        return answer
    told = tuple(replace(one, cancelled=one.cancelled * factors.get(one.line_no, ONE)) for one in answer.grants)
    return replace(answer, grants=told)
