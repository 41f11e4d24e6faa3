"""All measures by name, and the files that make use of them."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import REGISTRY

from hub.measures import crossings
from hub.measures.snapshot import NOTHING, families
from hub.resources import PACKAGE
from hub.search import bulk, opensearch

RULES = PACKAGE / "measures" / "rules.yaml"
"""Alert rules for Prometheus."""
DASHBOARD = PACKAGE / "measures" / "dashboard.json"
"""A dashboard for Grafana to import."""
DECLARING = (crossings, bulk, opensearch)
"""Modules that declare measures: once they are loaded the process's registry knows them."""
OURS = "opshub_"


def catalogue() -> Sequence[str]:
    """`name type: meaning` of every measure of the hub's own, sorted."""
    known = [*(one for one in REGISTRY.collect() if one.name.startswith(OURS)), *families(NOTHING)]
    return sorted(f"{one.name} {one.type}: {one.documentation}" for one in known)
