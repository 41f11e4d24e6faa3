"""What a sale points at."""

from dataclasses import replace

import pytest

from hub.ports import Adapter
from sources.kit.stage import Stage
from sources.tryton_erp.adapter import TrytonErpSettings, connect
from sources.tryton_erp.masters import LINE, in_lines
from sources.tryton_erp.rehearsal.stage import TrytonErpStage
from tests.sources.tryton_erp.conftest import CALL
from tests.sources.tryton_erp.written import intent, order


def test_codes_are_asked_for_in_portions_that_fit_into_a_line() -> None:
    codes = [f"SKU-{number:04}" for number in range(450)]
    portions = list(in_lines(codes))
    assert [code for portion in portions for code in portion] == codes
    assert max(sum(len(code) + 4 for code in portion) for portion in portions) <= LINE
    assert list(in_lines([])) == []
    assert list(in_lines(["X" * 2 * LINE])) == [["X" * 2 * LINE]]


@pytest.mark.parametrize(
    ("setting", "words"),
    [({"guest_party": "NOBODY"}, "the ERP has no party NOBODY for unknown buyers"),
     ({"carrier": "SNAIL"}, "the ERP has no carrier SNAIL")],
)  # fmt: skip
async def test_what_the_settings_name_must_be_there(erp: Stage, setting: dict[str, str], words: str) -> None:
    assert isinstance(erp, TrytonErpStage)
    entry = erp.entry
    plain = TrytonErpSettings(database=entry.database, user=entry.user, password=entry.password, key=entry.key)
    settings = replace(plain, **setting)  # type: ignore[arg-type]  # fields of the settings
    adapter: Adapter = connect(settings, url=erp.proxy.url, source="erp", clock=erp.clock)
    try:
        await adapter.login(CALL)
        outcome = await adapter.execute(CALL, intent(order()))
        assert outcome.words == words
    finally:
        await adapter.close()
