"""Retries are at most a fifth of first calls (F32)."""

import random

from hub.gate.budget import FLOOR, RetryBudget


def test_a_quiet_source_bears_a_few_retries() -> None:
    budget, made = RetryBudget(), 0
    while budget.may_retry(0.0):
        budget.count(0.0, is_retry=True)
        made += 1
    assert made == FLOOR


def test_a_source_that_fails_half_its_calls_gets_at_most_a_fifth_more() -> None:
    chance, budget = random.Random(7), RetryBudget()
    first = again = waiting = 0
    for tick in range(60 * 20):
        now = tick / 20
        budget.count(now, is_retry=False)
        first += 1
        waiting += chance.random() < 0.5
        if waiting and budget.may_retry(now):
            budget.count(now, is_retry=True)
            again += 1
            waiting -= chance.random() < 0.5
    assert first == 1200
    assert again <= 0.2 * first + 1
    assert again >= 0.15 * first
