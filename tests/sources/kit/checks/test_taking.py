"""C8, C9 of effects that create: a sound adapter passes, and every planted fault is noticed."""

from __future__ import annotations

import pytest

from hub.model.manifest import Idempotency
from tests.sources.kit.checks import ledger
from tests.sources.kit.checks.ledger import LedgerAdapter, ledger_stage, verdict_on

NUMBERS = ("C8d", "C8e", "C8f", "C8g", "C9c", "C9d")


@pytest.mark.parametrize("declared", [Idempotency.LOOKUP, Idempotency.UNIQUE])
async def test_an_adapter_that_does_each_thing_once_passes(declared: Idempotency) -> None:
    async with ledger_stage(declared=declared, is_unique=declared is Idempotency.UNIQUE) as stage:
        assert {number: await verdict_on(stage, number) for number in NUMBERS} == dict.fromkeys(NUMBERS)


@pytest.mark.parametrize(
    ("number", "planted", "words"),
    [
        ("C8d", ledger.NeverLooks, "3 objects bear it"),
        ("C8d", ledger.ForgetsALine, "the lines are"),
        ("C8d", ledger.SaysNotWhatItMade, "it made L1, and says {None}"),
        ("C8e", ledger.NeverLooks, "acts before it looks"),
        ("C8f", ledger.RefusesWithoutWords, "a refusal without words"),
        ("C8g", ledger.TakesAnything, "order.cancel, which is not declared: an answer"),
        ("C9c", ledger.SendsTwice, "sent 2 times"),
        ("C9c", ledger.GivesUpHalfway, "SourceBusy"),
        ("C9c", ledger.TakesADraftForDone, "the truth is PARTIAL"),
        ("C9d", ledger.FailsWhenReadingBackFails, "SourceBusy"),
    ],
)
async def test_a_planted_fault_is_noticed(number: str, planted: type[LedgerAdapter], words: str) -> None:
    async with ledger_stage(planted) as stage:
        assert words in (await verdict_on(stage, number) or "")


async def test_a_class_that_the_source_does_not_keep_is_noticed() -> None:
    async with ledger_stage(declared=Idempotency.UNIQUE, is_unique=False) as stage:
        assert await verdict_on(stage, "C8e") == "order.create is not UNIQUE"


async def test_what_is_declared_needs_hands() -> None:
    async with ledger_stage(has_hands=False) as stage:
        assert await verdict_on(stage, "C8d") == "order.create is declared, and the stage has no `takings` for it"
