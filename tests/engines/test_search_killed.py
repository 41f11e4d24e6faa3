"""OpenSearch is killed under load: searches say that they are less, and nothing is missing afterwards.

The proof of issue 8 in small; `python -m tests.engines.search_killed` is the same with figures worth reading.
"""

from __future__ import annotations

import pytest

from tests.engines.opensearch.start import Engine
from tests.engines.search_killed import lose, report

SECONDS, PER_SECOND = 5.0, 5


async def test_searches_say_that_they_are_less_and_nothing_is_missing(
    opensearch: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await lose(opensearch, SECONDS, PER_SECOND)
    with capsys.disabled():
        print("\n".join(report(found)))
    assert [one for one in found.searched if not one.degraded and not one.hits] == []
    assert {one.degraded for one in found.searched if one.phase == "dead"} == {True}
    assert "OpenSearch" in found.said
    assert (found.comparison.stored, found.comparison.differing) == (found.comparison.indexed, [])
    assert found.comparison.is_equal
