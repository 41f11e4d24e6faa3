"""How long a case may stand."""

from __future__ import annotations

from datetime import timedelta

from hub.model.cases import ExceptionCode, patience_of


def test_each_code_has_its_patience_and_others_the_usual_one() -> None:
    assert patience_of(ExceptionCode.ADAPTER_BREAKER_OPEN) == timedelta(minutes=15)
    assert patience_of(ExceptionCode.SKU_MAPPING_MISSING) == timedelta(hours=1)
    assert patience_of(ExceptionCode.STOCKOUT) == timedelta(hours=4)
