"""Names and bodies: what is the hub's is told from what is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.search.layout import Layout, generation_at, layout_of
from hub.settings import SearchSettings

LAYOUT = Layout(prefix="hub-")
NAME = generation_at(datetime(2026, 11, 22, 3, 4, 5, 678, tzinfo=UTC))


def test_a_generation_is_named_by_its_time() -> None:
    assert NAME == "20261122t030405000678"
    assert LAYOUT.generation_of(LAYOUT.entity_index(NAME)) == NAME
    assert LAYOUT.generation_of(LAYOUT.hop_index("2026.11", NAME)) == NAME
    assert (LAYOUT.month_of(LAYOUT.hop_index("2026.11", NAME)), LAYOUT.month_of(LAYOUT.entity_index(NAME))) == (
        "2026.11", None,
    )  # fmt: skip


@pytest.mark.parametrize("index", ["hub-place", "hub-entity", f"hub-x-entity-{NAME}", "other", "hub-hop-2026.11"])
def test_other_indices_are_none_of_its_own(index: str) -> None:
    assert LAYOUT.generation_of(index) is None


def test_a_swap_takes_aliases_from_what_is_old_and_gives_them_to_what_is_new_in_one_step() -> None:
    old, new = LAYOUT.entity_index("20250101t000000000000"), LAYOUT.hop_index("2026.11", NAME)
    assert LAYOUT.swap([old], [new]) == {
        "actions": [
            {"remove": {"index": old, "alias": "hub-entity"}},
            {"add": {"index": new, "alias": "hub-hop"}},
            {"add": {"index": new, "alias": "hub-hop-2026.11"}},
        ]
    }


def test_months_that_ended_before_are_expired_and_entities_never() -> None:
    indices = [LAYOUT.entity_index(NAME), *(LAYOUT.hop_index(month, NAME) for month in ("2026.07", "2026.08"))]
    assert LAYOUT.expired(indices, datetime(2026, 8, 24, tzinfo=UTC)) == [indices[1]]


def test_templates_are_strict_and_as_the_operator_wants_them() -> None:
    layout = layout_of(SearchSettings(prefix="x-", shards=3, replicas=2))
    templates = layout.templates()
    assert list(templates) == ["x-entity", "x-hop", "x-place"]
    for body in templates.values():
        assert body["template"]["mappings"]["dynamic"] == "strict"
        assert body["template"]["settings"]["index"]["number_of_shards"] == 3
        assert body["template"]["settings"]["index"]["number_of_replicas"] == 2
