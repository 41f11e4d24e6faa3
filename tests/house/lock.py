"""The locks of `requirements/`: what is pinned, and by which hashes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.tree import ROOT

PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)(?P<rest>.*(?:\n    .*)*)", re.MULTILINE)


def pins(name: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Each pin of a lock, by the package's canonical name."""
    text = (ROOT / "requirements" / name).read_text()
    return ((canonicalize_name(pin["name"]), pin) for pin in PIN.finditer(text))


def locked(name: str) -> dict[str, Version]:
    """Versions by name."""
    return {package: Version(pin["version"]) for package, pin in pins(name)}


def hashed(name: str) -> dict[str, frozenset[str]]:
    """Hashes of what may be installed, by name."""
    return {package: frozenset(re.findall(r"sha256:[0-9a-f]+", pin["rest"])) for package, pin in pins(name)}
