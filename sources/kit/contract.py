"""The contract suite: what every adapter must do, judged on a stage (connectors.md 8.4).

The checks are plain functions that raise AssertionError with words an author understands. They know no vendor, and
cannot tell a rehearsal from the real thing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from hub.model.manifest import WebhookTrust
from sources.kit.checks import failing, hooks, promises, pushing, reading, requests, sweeping, taking, writing
from sources.kit.checks.bench import ACTION, Bench
from sources.kit.stage import Stage
from sources.kit.taking import TAKEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of the suite."""

    number: str
    """As in connectors.md 8.4; a letter where one number needs several checks."""
    run: Callable[[Bench], Awaitable[None]]
    needs: str | None = None
    """The capability it is about: an action that is written, `take` (any that creates or moves things), `webhook`,
    `read` or `push`. None: all must pass it.
    """

    @property
    def title(self) -> str:
        """What it demands, in one sentence."""
        return (self.run.__doc__ or "").strip().splitlines()[0]

    @property
    def name(self) -> str:
        """Number and function, for test ids."""
        return f"{self.number}-{self.run.__name__}"


READ, PUSH, WEBHOOK, SESSION, TAKE = "read", "push", "webhook", "session", "take"
"""Capabilities: it can be read; it only pushes; it sends webhooks; its credentials end and are renewed by a login;
it creates or moves things.
"""

CHECKS: tuple[Check, ...] = (
    Check(number="C4", run=sweeping.no_change_is_lost, needs=READ),
    Check(number="C5", run=sweeping.a_killed_sweep_resumes, needs=READ),
    Check(number="C6", run=sweeping.a_strange_cursor_expires, needs=READ),
    Check(number="C7", run=sweeping.deletes_are_declared, needs=READ),
    Check(number="C1", run=requests.every_request_is_valid, needs=READ),
    Check(number="C2", run=requests.the_judge_is_awake, needs=READ),
    Check(number="C3a", run=reading.a_batch_is_many_single_reads, needs=READ),
    Check(number="C3b", run=reading.one_broken_object_fails_alone, needs=READ),
    Check(number="C8a", run=writing.twice_is_once, needs=ACTION),
    Check(number="C8b", run=writing.what_has_left_stays, needs=ACTION),
    Check(number="C8c", run=writing.somebody_was_quicker, needs=ACTION),
    Check(number="C8d", run=taking.done_once_is_one, needs=TAKE),
    Check(number="C8e", run=taking.the_declared_class_is_true, needs=TAKE),
    Check(number="C8f", run=taking.a_refusal_leaves_nothing_that_doubles, needs=TAKE),
    Check(number="C8g", run=taking.what_is_not_declared_is_not_offered),
    Check(number="C9a", run=writing.a_lost_answer_is_settled_by_looking, needs=ACTION),
    Check(number="C9b", run=writing.trouble_around_the_effect, needs=ACTION),
    Check(number="C9c", run=taking.a_lost_answer_doubles_nothing, needs=TAKE),
    Check(number="C9d", run=taking.trouble_around_what_is_made, needs=TAKE),
    Check(number="C10", run=failing.throttling_is_understood, needs=READ),
    Check(number="C11", run=failing.one_login_for_all, needs=SESSION),
    Check(number="C12", run=failing.broken_answers_have_a_class, needs=READ),
    Check(number="C13", run=hooks.deliveries_are_verified, needs=WEBHOOK),
    Check(number="C14p", run=pushing.every_pushed_word_is_mapped, needs=PUSH),
    Check(number="C15p", run=pushing.pushed_values_are_exact, needs=PUSH),
    Check(number="C16p", run=pushing.hostile_bodies_are_bounded, needs=PUSH),
    Check(number="C21p", run=pushing.only_pushing_is_promised, needs=PUSH),
    Check(number="C14", run=reading.every_status_is_mapped, needs=READ),
    Check(number="C15", run=reading.values_are_exact, needs=READ),
    Check(number="C16", run=failing.hostile_answers_are_bounded, needs=READ),
    Check(number="C17", run=failing.nothing_secret_is_told, needs=READ),
    Check(number="C21", run=promises.promises_are_kept, needs=READ),
)
"""Sweeps first, while the source holds few orders."""

_NOT_ASKED = {PUSH: "It can be read, so that is judged.", TAKE: "It creates and moves nothing."}
"""What needs no reason of the manifest's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one check."""

    check: Check
    failure: str | None
    """In words; None where it passed."""
    seconds: float
    absent: str | None = None
    """Why the adapter does not offer what the check is about, in its manifest's words."""

    @property
    def passed(self) -> bool:
        """Whether the adapter does what the check demands."""
        return self.failure is None


async def judge(stage: Stage, check: Check) -> Verdict:
    """One check on *stage*. An adapter that raises what it should not has failed, like one that answers wrongly.

    What an adapter does not offer is not checked, if its manifest says why.
    """
    lack = await _lack(stage, check) if check.needs else None
    if lack is not None:
        return lack
    began = time.monotonic()
    (wrong,) = await asyncio.gather(check.run(Bench(stage)), return_exceptions=True)
    stage.proxy.heal()
    seconds = time.monotonic() - began
    if wrong is None:
        return Verdict(check=check, failure=None, seconds=seconds)
    words = str(wrong) if isinstance(wrong, AssertionError) else f"{type(wrong).__name__}: {wrong}"
    return Verdict(check=check, failure=words, seconds=seconds)


async def _lack(stage: Stage, check: Check) -> Verdict | None:
    """The verdict on a check of what the adapter does not offer; None where it offers it."""
    adapter = stage.connect()
    manifest, need = adapter.describe(), check.needs or ""
    await adapter.close()
    offered = {
        WEBHOOK: manifest.webhook is not WebhookTrust.NONE,
        READ: not manifest.pushes_only,
        PUSH: manifest.pushes_only,
        SESSION: not manifest.pushes_only and SESSION not in manifest.absent,
        TAKE: any(action in manifest.writes for action in TAKEN),
    }
    if offered.get(need, need in manifest.writes):
        return None
    absent = _NOT_ASKED.get(need, manifest.absent.get(need, manifest.absent.get(READ)))
    failure = None if absent else f"{need} is not offered, and `absent` does not say why"
    return Verdict(check=check, failure=failure, seconds=0.0, absent=absent)


async def run(
    stage: Stage, *, checks: Sequence[Check] = CHECKS, tell: Callable[[Verdict], None] | None = None
) -> tuple[Verdict, ...]:
    """The verdicts of all *checks* on *stage*, in order; *tell* hears each as it falls."""
    verdicts = []
    for check in checks:
        verdict = await judge(stage, check)
        verdicts.append(verdict)
        if tell is not None:
            tell(verdict)
    return tuple(verdicts)
