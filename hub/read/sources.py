"""How each source does, and what to do about it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from hub.codec import decode
from hub.flow.staleness import allowed
from hub.model.manifest import Delta, Landscape, Manifest, SourceBinding, WebhookTrust
from hub.model.vocabulary import Kind, SystemKind
from hub.read.age import clock_time, how_long, seconds
from hub.read.whole import Covered, SourceWords
from hub.store.source_states import TOLD_WITHIN

MOST_NAMED = 3
"""Kinds of which it is said how far they lag."""


class SourceState(StrEnum):
    """Whether a source can be relied on now."""

    UP = "UP"
    """It answers, and everything it changed was seen."""
    DEGRADED = "DEGRADED"
    """It answers, but the hub lags behind it or cannot read some of it, it no longer posts what changes, or work for it
    has failed."""
    DOWN = "DOWN"
    """It does not answer; what it said last is shown."""
    PAUSED = "PAUSED"
    """Nothing is sent until an operator acts."""
    NEVER_SYNCED = "NEVER_SYNCED"
    """Nothing was ever read from it in full."""


class BreakerState(StrEnum):
    """Whether calls are let through to a source."""

    CLOSED = "CLOSED"
    """They are."""
    HALF_OPEN = "HALF_OPEN"
    """One at a time, to see whether it answers again."""
    OPEN = "OPEN"
    """They are not: it has failed too often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepState:
    """How far the hub has seen one kind of object at a source."""

    kind: Kind
    """Kind of object."""
    lag_seconds: int | None = None
    """How long ago everything was last known to be seen; null while it never was."""
    last_run_at: datetime | None = None
    """When a sweep last made progress."""
    initial_load_percent: int | None = None
    """How much of the first load is done; null where the source does not say how much there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """Something an adapter can or cannot do."""

    name: str
    """Such as `read ORDER`, `order.cancel`, `webhook`."""
    supported: bool
    """Whether it can."""
    reason: str | None = None
    """Why not, or how well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A configured instance of a system, and how it does."""

    id: str
    """Stable, opaque."""
    source: str
    """Its name in the configuration."""
    system: SystemKind
    """The role it plays."""
    name: str
    """The product, for people."""
    state: SourceState
    """Whether it can be relied on now."""
    state_text: str
    """What is the matter and what to do, in one sentence."""
    breaker: BreakerState
    """Whether calls are let through."""
    lag_seconds: int | None = None
    """How far the hub lags behind it, by the kind that lags most."""
    last_success_at: datetime | None = None
    """When a call last succeeded."""
    last_error: str | None = None
    """Words of the last failure; null once a call succeeded after it."""
    pending_deliveries: int = 0
    """Effects on their way to it."""
    open_hints: int = 0
    """Objects of it that wait to be read again."""
    open_dead_letters: int = 0
    """Effects and messages that failed for good and wait for a person."""
    sweeps: tuple[SweepState, ...] = ()
    """How far each kind of object was seen."""
    capabilities: tuple[Capability, ...] = ()
    """What its adapter can do, and what it cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Swept:
    source: str
    kind: Kind
    sweep: str
    is_loaded: bool
    seen: int
    updated_at: datetime
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    source: str
    pending: int
    dead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hinted:
    source: str
    open: int
    unread: int = 0
    such: str | None = None
    """One that cannot be read, and why: `ORDER 17: $.total: not a number`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What the store knows of a tenant's sources."""

    now: datetime
    states: tuple[SourceWords, ...] = ()
    coverage: tuple[Covered, ...] = ()
    sweeps: tuple[_Swept, ...] = ()
    waiting: tuple[_Counted, ...] = ()
    posts: tuple[_Counted, ...] = ()
    """What sources posted and the hub could not take in."""
    hints: tuple[_Hinted, ...] = ()
    posted: Mapping[str, datetime | None] = field(default_factory=dict)
    """When each source last posted anything, of those that should have told something."""
    heard: tuple[str, ...] = ()
    """Sources of which at least one object is known."""


def health_of(said: str) -> Health:
    """What `hub.store.health` answered."""
    return decode(said, Health)


def sources_of(health: Health, landscape: Landscape) -> tuple[Source, ...]:
    """Every configured source, by name."""
    return tuple(_source(health, landscape.sources[name]) for name in sorted(landscape.sources))


def unread_of(health: Health, source: str) -> str | None:
    """What of a source cannot be read, in words; None: everything can."""
    hinted = next((one for one in health.hints if one.source == source and one.unread), None)
    if hinted is None:
        return None
    others = f" and {hinted.unread - 1} more" if hinted.unread > 1 else ""
    return f"{hinted.such}{others}"


def is_read(landscape: Landscape, source: str) -> bool:
    """Whether objects of a source can be asked for: it is configured, not retired, and answers at all."""
    binding = landscape.sources.get(source)
    return binding is not None and not binding.is_retired and not binding.manifest.pushes_only


def is_behind(source: Source) -> bool:
    """Whether something newer than what the hub shows may stand in this source: a gap of every search."""
    return source.state is not SourceState.UP


def _source(health: Health, binding: SourceBinding) -> Source:
    name = binding.source
    words = next((one for one in health.states if one.source == name), SourceWords(source=name))
    sweeps = tuple(_sweeps(health, binding))
    lags = [one.lag_seconds for one in sweeps if one.lag_seconds is not None]
    counted = [one for one in (*health.waiting, *health.posts) if one.source == name]
    dead = sum(one.dead for one in counted)
    never = _never(health, binding, sweeps)
    lag = max(lags, default=None)
    late = _late(health, binding)
    unread = unread_of(health, name) is not None
    behind = bool(late) or unread or dead > 0 or _silent_since(health, binding, words) is not None
    state = _state(binding, words, never=never, is_behind=behind)
    return Source(
        id=name,
        source=name,
        system=binding.system,
        name=binding.name or binding.manifest.title,
        state=state,
        state_text=_text(health, binding, words, state, _progress(sweeps)),
        breaker=BreakerState(words.breaker),
        lag_seconds=lag,
        last_success_at=words.last_success_at,
        last_error=words.last_error,
        pending_deliveries=sum(one.pending for one in counted),
        open_hints=sum(one.open for one in health.hints if one.source == name),
        open_dead_letters=dead,
        sweeps=sweeps,
        capabilities=tuple(capabilities(binding.manifest)),
    )


def _sweeps(health: Health, binding: SourceBinding) -> Iterator[SweepState]:
    through = {one.kind: one.through for one in health.coverage if one.source == binding.source}
    for kind, sweeps in binding.manifest.sweeps.items():
        runs = [one for one in health.sweeps if one.source == binding.source and one.kind is kind]
        yield SweepState(
            kind=kind,
            lag_seconds=seconds(through[kind], health.now) if kind in through else None,
            last_run_at=max((one.updated_at for one in runs), default=None),
            initial_load_percent=_percent(runs, [one.name for one in sweeps if one.strategy is not Delta.HINT]),
        )


def _percent(runs: Sequence[_Swept], sweeps: Sequence[str]) -> int | None:
    """Of the sweep that is furthest behind; null where only sweeps are left that do not say how much there is."""
    by_name = {run.sweep: run for run in runs}
    left = [name for name in sweeps if name not in by_name or not by_name[name].is_loaded]
    if not left:
        return 100
    known = [min(99, 100 * run.seen // run.total) for name in left if (run := by_name.get(name)) and run.total]
    return min(known, default=None)


def _never(health: Health, binding: SourceBinding, sweeps: Sequence[SweepState]) -> bool:
    """Whether something of it was never read in full; of one that only pushes, whether nothing ever came."""
    if binding.manifest.pushes_only:
        return binding.source not in health.heard
    if not sweeps:
        return not any(one.source == binding.source and one.last_success_at for one in health.states)
    return any(one.lag_seconds is None for one in sweeps)


def _state(binding: SourceBinding, words: SourceWords, *, never: bool, is_behind: bool) -> SourceState:
    if binding.is_retired or words.is_paused:
        return SourceState.PAUSED
    if words.breaker == BreakerState.OPEN:
        return SourceState.DOWN
    if never:
        return SourceState.NEVER_SYNCED
    return SourceState.DEGRADED if is_behind or words.breaker == BreakerState.HALF_OPEN else SourceState.UP


def _silent_since(health: Health, binding: SourceBinding, words: SourceWords) -> datetime | None:
    """Since when changes go by untold at a source that should post them; None where it posts, or need not."""
    if not binding.listens or not binding.manifest.pushes or words.untold_at is None:
        return None
    last = health.posted.get(binding.source)
    if health.now - words.untold_at < TOLD_WITHIN or (last is not None and last >= words.untold_at - TOLD_WITHIN):
        return None
    return words.untold_at


def _late(health: Health, binding: SourceBinding) -> list[tuple[Kind, timedelta, timedelta]]:
    """Kinds that lag behind by more than they may, the worst first: how long, and how long at most."""
    told = [
        (one.kind, health.now - one.through, allowed(binding, one.kind))
        for one in health.coverage
        if one.source == binding.source
    ]
    return sorted((one for one in told if one[1] > one[2]), key=lambda one: (one[2] - one[1], one[0]))


def _progress(sweeps: Sequence[SweepState]) -> str:
    known = [one for one in sweeps if one.initial_load_percent is not None and one.initial_load_percent < 100]
    return ", ".join(f"{one.kind.value.lower()} {one.initial_load_percent} %" for one in known)


def _text(health: Health, binding: SourceBinding, words: SourceWords, state: SourceState, progress: str) -> str:
    since = words.last_success_at or words.breaker_since
    when = f" since {clock_time(since, health.now)}" if since else ""
    why = f" ({words.last_error})" if words.last_error else ""
    texts: Mapping[SourceState, str] = {
        SourceState.UP: "Up to date.",
        SourceState.DOWN: f"No answer{when}{why}. What it said last is shown as stale; calls resume by themselves."
        " Check that it runs and can be reached.",
        SourceState.NEVER_SYNCED: "Nothing has come from it yet: let it post to its address under /hooks."
        if binding.manifest.pushes_only
        else "The first load is under way" + (f": {progress}." if progress else ".")
        + (f" Last error: {words.last_error}." if words.last_error else " Wait, or see that `opshub work` runs."),
        SourceState.PAUSED: "Retired: it is neither read nor called."
        if binding.is_retired
        else f"Paused{why}: correct its settings or credentials, then restart `opshub work`.",
    }  # fmt: skip
    return texts.get(state) or _degraded(health, binding, words)


def _degraded(health: Health, binding: SourceBinding, words: SourceWords) -> str:
    parts = [f"being tried again after failures: {words.last_error or 'no words given'}"] * (words.breaker != "CLOSED")
    for kind, lag, most in _late(health, binding)[:MOST_NAMED]:
        name = f"{kind.value.lower().replace('_', ' ')} " if len(binding.manifest.sweeps) > 1 else ""
        parts.append(f"{name}{how_long(lag)} behind, at most {how_long(most)} is expected")
    silent = _silent_since(health, binding, words)
    if silent is not None:
        parts.append(
            f"it has posted nothing though it changes since {clock_time(silent, health.now)}: see that its webhook"
            " points to its address under /hooks and signs with the secret that is set; until then sweeps find what"
            " changed"
        )
    unread = unread_of(health, binding.source)
    if unread is not None:
        parts.append(
            f"cannot be read: {unread}: correct it there, or the adapter; until then it is asked for again by itself"
        )
    dead = sum(one.dead for one in (*health.waiting, *health.posts) if one.source == binding.source)
    if dead:
        parts.append(f"{dead} failed for good: see exceptionCases, correct the cause, then replay")
    said = "; ".join(parts) or "behind"
    return said[:1].upper() + said[1:] + "."


def capabilities(manifest: Manifest) -> Iterator[Capability]:
    """What an adapter promises, then what it lacks and why."""
    for kind in manifest.reads:
        yield Capability(name=f"read {kind.value}", supported=True)
    for action, write in manifest.writes.items():
        yield Capability(name=action, supported=True, reason=f"resolved by {write.idempotency.value}")
    for question in manifest.questions:
        yield Capability(name=f"ask {question}", supported=True)
    if manifest.webhook is not WebhookTrust.NONE:
        yield Capability(name="webhook", supported=True, reason=f"taken as {manifest.webhook.value.lower()}")
    for name, reason in manifest.absent.items():
        yield Capability(name=name, supported=False, reason=reason)
