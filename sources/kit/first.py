"""The first checks of a new adapter, before it has a rehearsal: what its samples say, and what it refuses."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import partial
from importlib.resources import files
from typing import Any

from hub import codec
from hub.clock import SystemClock
from hub.errors import HubError, NotOffered
from hub.model.manifest import Manifest
from hub.model.observation import Content, Seen
from hub.model.vocabulary import Kind
from hub.ports import Adapter, Question, SourceCall
from hub.settings import convert
from sources.kit.checks.bench import expect, raised, refused
from sources.kit.checks.reading import inexact

NOWHERE = "http://127.0.0.1:9"
SOURCE = "first-look"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newborn:
    """An adapter folder, as far as it is there."""

    name: str
    package: str
    manifest: Manifest
    settings: type[Any]
    connect: Callable[..., Adapter]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What became of one check."""

    number: str
    title: str
    """What it demands."""
    failure: str | None
    """What is missing, in words; None where nothing is."""


async def look(new: Newborn) -> tuple[Finding, ...]:
    """Every first check, in order; one that fails keeps no other from being made."""
    found = []
    for number, check in enumerate(CHECKS, start=1):
        failure = None
        try:
            await check(new)
        except AssertionError as wrong:
            failure = str(wrong)
        except (HubError, ImportError, AttributeError) as broken:
            failure = f"{type(broken).__name__}: {broken}"
        title = (check.__doc__ or "").strip().splitlines()[0]
        found.append(Finding(number=f"F{number}", title=title, failure=failure))
    return tuple(found)


async def the_manifest_is_whole(new: Newborn) -> None:
    """The manifest says what the adapter can do, and why it cannot do the rest."""
    manifest = new.manifest
    expect(manifest.title and manifest.contract_version, "manifest.py: a title and a contract_version are needed")
    expect(manifest.reads or manifest.pushes_only, "manifest.py: it neither reads anything nor says pushes_only")
    for kind, sweeps in manifest.sweeps.items():
        expect(kind in manifest.reads, f"manifest.py: {kind.value} is swept and cannot be read again by id")
        deletes = f"{kind.value.lower()}.deletes"
        noticed = any(sweep.detects_deletes for sweep in sweeps) or manifest.absent.get(deletes)
        expect(noticed, f"manifest.py: no sweep of {kind.value} notices deletes: say why in absent[{deletes!r}]")
    for lack in () if manifest.writes else ("writes",):
        expect(manifest.absent.get(lack), f"manifest.py: it has no {lack}: say why in absent[{lack!r}]")


async def samples_are_read(new: Newborn) -> None:
    """Every file in samples/ is read through the wire types."""
    expect(dict(_samples(new)), "samples/: put at least one answer of the real system there, without personal data")


async def samples_say_what_matters(new: Newborn) -> None:
    """Every sample has a number, a key of its own, lines with quantities, and an instant it was placed."""
    for where, seen in _contents(new):
        name, content = f"{where}: {seen.kind.value} {seen.source_id}", _content(seen)
        expect(content.number, f"{name} has no number: set Content.number in mapping.py")
        expect(content.identifiers, f"{name} cannot be found by anything: set Content.identifiers in mapping.py")
        if seen.kind is Kind.ORDER:
            head = content.order.commercial if content.order else None
            expect(content.bears, f"{name} bears no key: set Content.bears, or it never meets its mirrors")
            expect(head and head.placed_at, f"{name} has no placed_at: set it in OrderCommercial")
            expect(content.lines, f"{name} has no lines: set Content.lines")
        silent = [line.id for line in content.lines if line.quantities.ordered is None]
        expect(not silent, f"{name}: line {', '.join(silent)} does not say how many units were ordered")


async def statuses_are_mapped(new: Newborn) -> None:
    """Every status in the samples is declared and means something."""
    for where, seen in _contents(new):
        content = _content(seen)
        word = content.raw_status
        expect(
            content.status != "UNKNOWN",
            f"{where}: {seen.kind.value} {seen.source_id} has the status {word!r}, which STATUSES in manifest.py does"
            f' not map: add a line such as "{word}": OrderStatus.CANCELLED,',
        )
        expect(
            word is None or word in new.manifest.statuses,
            f"{where}: {word!r} is mapped and not declared in Manifest.statuses",
        )


async def values_are_exact(new: Newborn) -> None:
    """The mapping is pure; no float, no instant without zone; what it makes survives the codec."""
    twice = [dict(_samples(new)), dict(_samples(new))]
    expect(twice[0] == twice[1], "mapping.py: the same sample reads differently the second time")
    for where, seen in _contents(new):
        content = _content(seen)
        wrong = inexact(content, "content")
        expect(not wrong, f"{where}: inexact values at {', '.join(wrong)}")
        expect(
            codec.decode(codec.encode(content), Content) == content, f"{where}: the content does not survive the codec"
        )


async def the_rest_is_refused(new: Newborn) -> None:
    """What is not declared raises NotOffered, before anything is called."""
    adapter = _connected(new)
    call = SourceCall(tenant="check", source=SOURCE, correlation_id="first-look", patience=1.0)
    try:
        for kind in set(Kind) - set(new.manifest.reads):
            await raised(adapter.read(call, kind, ["1"]), NotOffered, f"adapter.py: reading {kind.value}, undeclared")
        for kind in Kind:
            words = f"adapter.py: sweeping {kind.value} by a sweep that is not declared"
            refused(partial(adapter.changes, call, kind, "no-such-sweep", None), NotOffered, words)
        question = Question(name="weather", facts={})
        await raised(adapter.ask(call, question), NotOffered, "adapter.py: an undeclared question")
    finally:
        await adapter.close()


CHECKS: Sequence[Callable[[Newborn], Awaitable[None]]] = (
    the_manifest_is_whole,
    samples_are_read,
    samples_say_what_matters,
    statuses_are_mapped,
    values_are_exact,
    the_rest_is_refused,
)


def _samples(new: Newborn) -> Iterator[tuple[str, tuple[Seen, ...]]]:
    """What each sample says, by its name; read through `mapping.sampled(body, source)`."""
    mapping = importlib.import_module(f"{new.package}.mapping")
    expect(hasattr(mapping, "sampled"), "mapping.py: sampled(body, source) is needed, which reads a sample")
    folder = files(new.package).joinpath("samples")
    names = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
    for name in names:
        yield f"samples/{name}", mapping.sampled(folder.joinpath(name).read_bytes(), SOURCE)


def _contents(new: Newborn) -> Iterator[tuple[str, Seen]]:
    return ((where, seen) for where, found in _samples(new) for seen in found if seen.content is not None)


def _content(seen: Seen) -> Content:
    return seen.content or Content()


def _connected(new: Newborn) -> Adapter:
    """An adapter of a system that is not there; a setting that must be given is given anything."""
    needed = [one for one in fields(new.settings) if one.default is MISSING and one.default_factory is MISSING]
    given: Mapping[str, object] = {one.name: "1" for one in needed}
    settings = convert(new.settings, given, f"sources.{SOURCE}")
    return new.connect(settings, url=NOWHERE, source=SOURCE, clock=SystemClock())
