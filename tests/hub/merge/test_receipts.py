"""Who says what of a return has come."""

from __future__ import annotations

import pytest

from hub.flow.facts import HUB, KeptRecord
from hub.merge.ground import ground_of
from hub.merge.receipts import receipts_of
from hub.model.returns import ReturnStatus
from tests.kit.facts import ERP, WMS, facts
from tests.kit.returned import at_source

S = ReturnStatus


def word(source: str, *records: KeptRecord) -> ReturnStatus | None:
    """What a source says that has these papers."""
    head = next(one for one in records if one.source == source)
    return receipts_of(ground_of(facts(*records)), records).word(head)


def paper(source: str, status: str, number: int = 9) -> KeptRecord:
    return at_source(source, status, {"MUG": (1, 1)}, number=number)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("RECEIVED", "AUTHORIZED", S.PARTIALLY_RECEIVED),
        ("INSPECTED", "AUTHORIZED", S.PARTIALLY_RECEIVED),
        ("INSPECTED", "RECEIVED", S.RECEIVED),
        ("INSPECTED", "INSPECTED", S.INSPECTED),
        ("AUTHORIZED", "AUTHORIZED", S.AUTHORIZED),
        ("RECEIVED", "CANCELLED", S.RECEIVED),
    ],
)
def test_a_dock_with_several_parcels_is_as_far_as_the_last_of_them(first: str, second: str, said: ReturnStatus) -> None:
    assert word(WMS, paper(WMS, first), paper(WMS, second, 10)) is said


def test_of_two_returns_at_the_erp_one_speaks() -> None:
    assert word(ERP, paper(ERP, "RECEIVED"), paper(ERP, "AUTHORIZED", 10)) is S.RECEIVED


def test_a_dock_that_nobody_told_anything_is_believed_that_all_is_here() -> None:
    assert word(WMS, paper(WMS, "RECEIVED"), paper(HUB, "PARTIALLY_RECEIVED")) is S.RECEIVED
