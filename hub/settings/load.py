"""The one place that reads the environment and `opshub.toml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from hub.errors import Misconfigured
from hub.scopes import Scope
from hub.settings.fill import fill
from hub.settings.given import from_file, overlay
from hub.settings.kafka import contradictions
from hub.settings.search import contradictions as search_contradictions
from hub.settings.sections import ChannelSettings, Settings


def load(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """The settings of *file* (which must exist if named) with every `HUB__SECTION__KEY` of *environ* over them.

    Raises Misconfigured naming every mistake of every section, one a line. Opens nothing else.
    """
    mistakes: list[str] = []
    tree = {} if file is None else from_file(file, mistakes)
    overlay(tree, environ, mistakes)
    settings = fill(Settings, tree, "", mistakes)
    if settings is not None:
        mistakes.extend(_contradictions(settings))
    if settings is None or mistakes:
        raise Misconfigured("\n".join(mistakes))
    return settings


def _contradictions(settings: Settings) -> Iterator[str]:
    for name, channel in settings.channels.items():
        yield from _in_channel(f"channels.{name}", channel, settings)
    for name, rule in settings.approvals.items():
        if (rule.above is None) != (rule.currency is None):
            yield f"approvals.{name}: above and currency are given together or not at all"
    for name, key in settings.keys.items():
        if key.expires is not None and key.expires.tzinfo is None:
            yield f"keys.{name}.expires has no time zone"
    yield from _idle_scopes(settings)
    yield from _shared("keys", "hash", {name: key.hash for name, key in settings.keys.items()})
    hooks = {name: source.hook.reveal() for name, source in settings.sources.items() if source.hook is not None}
    yield from _shared("sources", "hook", hooks)
    topics = {name: source.topic for name, source in settings.sources.items() if source.topic is not None}
    yield from contradictions(settings.kafka, topics)
    yield from search_contradictions(settings.search)
    yield from _shared("sources", "topic", topics)


def _idle_scopes(settings: Settings) -> Iterator[str]:
    """A scope that nothing asks for is a slip of the pen: its key would be refused later, with the caller waiting."""
    asked = {*Scope, *(rule.unless for rule in settings.approvals.values())}
    for name, key in settings.keys.items():
        for scope in sorted(key.scopes - asked):
            yield f"keys.{name}.scopes: nothing asks for {scope}; there are {', '.join(Scope)}"


def _in_channel(name: str, channel: ChannelSettings, settings: Settings) -> Iterator[str]:
    for source in filter(None, (channel.source, *channel.mirrors)):
        owner = settings.sources.get(source)
        if owner is None or owner.tenant != channel.tenant:
            yield f"{name}: {source} is not a source of tenant {channel.tenant}"
    if channel.capture == "hub" and channel.source is None:
        yield f"{name}.source is missing: capture = hub needs to know whose orders"
    if channel.capture == "hub" and channel.baseline_at is None:
        yield f"{name}.baseline_at is missing: capture = hub needs to know from when on"
    if channel.baseline_at is not None and channel.baseline_at.tzinfo is None:
        yield f"{name}.baseline_at has no time zone"


def _shared(section: str, field: str, values: Mapping[str, str]) -> Iterator[str]:
    first: dict[str, str] = {}
    for name, value in values.items():
        if value in first:
            yield f"{section}.{name}.{field} is the same as that of {section}.{first[value]}"
        first.setdefault(value, name)
