"""Alert rules and dashboard make use of measures that there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hub.measures.catalogue import DASHBOARD, DECLARING, RULES, catalogue

ROOT = Path(__file__).parents[3]
SUFFIXES = re.compile(r"_(bucket|count|sum|total)$")


def measures() -> set[str]:
    return {line.split(" ")[0] for line in catalogue()}


@pytest.mark.parametrize("file", [RULES, DASHBOARD], ids=lambda file: file.name)
def test_a_file_uses_only_measures_that_there_are(file: Path) -> None:
    used = {SUFFIXES.sub("", name) for name in re.findall(r"opshub_\w+", file.read_text(encoding="utf-8"))}
    assert used - {SUFFIXES.sub("", name) for name in measures()} == set()
    assert len(used) > 5


def test_every_measure_of_the_store_is_watched_by_a_rule_or_shown() -> None:
    shown = RULES.read_text(encoding="utf-8") + DASHBOARD.read_text(encoding="utf-8")
    assert [name for name in sorted(measures()) if name not in shown] == ["opshub_source_paused"]


def test_every_module_that_declares_a_measure_is_in_the_catalogue() -> None:
    declares = re.compile(r"^[A-Z_]+ = (Counter|Gauge|Histogram|Summary)\(", re.MULTILINE)
    folders = ("hub", "resolvers", "sources", "subscriptions")
    files = (file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    found = {str(file) for file in files if declares.search(file.read_text(encoding="utf-8"))}
    assert found == {str(module.__file__) for module in DECLARING}


@pytest.mark.parametrize("what", ["degraded", "hits_dropped", "documents_written", "documents_set_aside"])
def test_what_searching_counts_is_told(what: str) -> None:
    assert f"opshub_search_{what} counter" in {line.split(":")[0] for line in catalogue()}


def test_searches_and_the_indexer_are_watched() -> None:
    rules = set(re.findall(r"- alert: (\w+)", RULES.read_text(encoding="utf-8")))
    wanted = {"OpshubSearchDegraded", "OpshubSearchSetAside", "OpshubSearchHitsDropped", "OpshubIndexerLags"}
    assert wanted - rules == set()


def test_every_alert_says_what_to_do() -> None:
    rules = RULES.read_text(encoding="utf-8").split("- alert: ")[1:]
    assert len(rules) > 10
    assert [rule.split("\n")[0] for rule in rules if "action: " not in rule or "summary: " not in rule] == []


def test_the_dashboard_is_what_grafana_imports() -> None:
    told = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    assert told["title"] == "opshub"
    assert all(panel["targets"] and panel["title"] for panel in told["panels"])
    assert len({panel["id"] for panel in told["panels"]}) == len(told["panels"])
