"""Adapters by name: a folder here, or an entry point of `opshub.sources`. Imported only when asked for."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import entry_points
from typing import Any, Protocol

import sources
from hub.clock import Clock
from hub.errors import Misconfigured
from hub.model.manifest import Manifest
from hub.ports import Adapter
from sources.kit.stage import Stage

GROUP = "opshub.sources"
_NOT_ADAPTERS = frozenset({"kit"})


class Connect(Protocol):
    """Makes an adapter for one source; opens nothing yet."""

    def __call__(
        self, settings: Any, *, url: str, source: str, clock: Clock
    ) -> Adapter:  # Any: the adapter's own class
        """An adapter with *settings* (an instance of the folder's settings class) for the system at *url*."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterFolder:
    """What a folder under `sources/` offers."""

    name: str
    package: str
    """Where it is imported from."""
    manifest: Manifest
    settings: type[Any]
    """Frozen dataclass; `hub.settings.convert` fills it from a source's options."""
    connect: Connect


def adapters() -> tuple[str, ...]:
    """Names of all adapters there are, sorted."""
    folders = {found.name for found in pkgutil.iter_modules(sources.__path__) if found.ispkg}
    return tuple(sorted((folders - _NOT_ADAPTERS) | _brought(tuple(sys.path)).keys()))


def load(name: str) -> AdapterFolder:
    """The adapter *name*. Raises Misconfigured, listing what there is, for an unknown one."""
    package = _package(name)
    try:
        manifest: Manifest = importlib.import_module(f"{package}.manifest").MANIFEST
        adapter_of = importlib.import_module(f"{package}.adapter")
        folder = AdapterFolder(
            name=name, package=package, manifest=manifest, settings=adapter_of.SETTINGS, connect=adapter_of.connect
        )
    except (ImportError, SyntaxError, AttributeError) as broken:
        message = f"the adapter {name} ({package}) cannot be loaded: {type(broken).__name__}: {broken}"
        raise Misconfigured(message) from broken
    if manifest.adapter != name:
        message = f"the adapter {name} calls itself {manifest.adapter}"
        raise Misconfigured(message)
    return folder


def has_rehearsal(name: str) -> bool:
    """Whether the adapter *name* brings a stage on which the contract suite can judge it."""
    package = _package(name)
    try:
        return importlib.util.find_spec(f"{package}.rehearsal.stage") is not None
    except ModuleNotFoundError:
        return False


def stage(name: str) -> AbstractAsyncContextManager[Stage]:
    """The stage around a rehearsed system of adapter *name*, to be entered. Raises Misconfigured where it has none."""
    module = f"{_package(name)}.rehearsal.stage"
    try:
        opened: AbstractAsyncContextManager[Stage] = importlib.import_module(module).stage()
    except ModuleNotFoundError as missing:
        if missing.name is None or not module.startswith(missing.name):
            raise
        message = f"the adapter {name} has no rehearsal"
        raise Misconfigured(message) from None
    return opened


def _package(name: str) -> str:
    folders = {found.name for found in pkgutil.iter_modules(sources.__path__) if found.ispkg} - _NOT_ADAPTERS
    if name in folders:
        return f"{sources.__name__}.{name}"
    brought = _brought(tuple(sys.path))
    if name in brought:
        return brought[name]
    message = f"there is no adapter {name!r}; there are: {', '.join(adapters())}"
    raise Misconfigured(message)


@lru_cache(maxsize=4)
def _brought(_: tuple[str, ...]) -> Mapping[str, str]:
    """Packages of adapters that other distributions bring, by name: reading what is installed on a path is slow."""
    return {point.name: point.value for point in entry_points(group=GROUP)}
