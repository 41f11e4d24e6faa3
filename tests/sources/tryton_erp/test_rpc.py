"""JSON-RPC."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hub.clock import SystemClock
from hub.errors import SourceBusy, SourceGarbled, SourceMisset
from hub.settings import Secret
from sources.kit.chaos import Order, Trouble
from sources.kit.http import Origin
from sources.kit.stage import Stage
from sources.tryton_erp.rehearsal.stand import DATABASE
from sources.tryton_erp.rpc import TrytonRpc
from tests.sources.tryton_erp.conftest import CALL


@asynccontextmanager
async def rpc(erp: Stage, word: str = "rehearsal-only-1!", database: str = DATABASE) -> AsyncIterator[TrytonRpc]:
    origin = Origin(erp.proxy.url, source="erp", clock=SystemClock())
    try:
        yield TrytonRpc(origin, source="erp", database=database, user="hub", password=Secret(word))
    finally:
        await origin.close()
        erp.proxy.heal()


async def test_a_login_learns_company_currency_zone_and_modules(erp: Stage) -> None:
    async with rpc(erp) as one:
        company = await one.login(CALL)
    assert (company.currency, company.zone.key) == ("EUR", "Europe/Brussels")
    assert dict(company.lacking) == dict.fromkeys(("stock.shipment.out", "party.party", "sale.sale"), frozenset())


async def test_a_module_that_is_not_there_brings_no_fields(erp: Stage) -> None:
    erp.proxy.order(
        Order(trouble=Trouble.SPOIL, holding=b"stock.shipment.out.fields_get",
              change=lambda body: body.replace(b'"packages"', b'"parcels"'))
    )  # fmt: skip
    async with rpc(erp) as one:
        company = await one.login(CALL)
    assert company.lacking["stock.shipment.out"] == {"packages"}


async def test_a_wrong_password_and_a_wrong_database_are_misset(erp: Stage) -> None:
    async with rpc(erp, word="wrong") as stranger, rpc(erp, database="another") as elsewhere:
        for one in (stranger, elsewhere):
            with pytest.raises(SourceMisset):
                await one.login(CALL)


@pytest.mark.parametrize(
    ("spoilt", "instead", "words"),
    [
        (b'"company": 1', b'"company": null', "no company"),
        (b'"code": "EUR"', b'"code": null', "no currency"),
        (b"Europe/Brussels", b"Europe/Nowhere", "time zone"),
    ],
)
async def test_a_company_that_cannot_be_worked_in_is_misset(
    erp: Stage, spoilt: bytes, instead: bytes, words: str
) -> None:
    erp.proxy.order(
        Order(trouble=Trouble.SPOIL, times=9, holding=b"model.", change=lambda body: body.replace(spoilt, instead))
    )
    async with rpc(erp) as one:
        with pytest.raises(SourceMisset, match=words):
            await one.login(CALL)


async def test_without_a_session_a_question_is_misset_and_expired(erp: Stage) -> None:
    async with rpc(erp) as one:
        with pytest.raises(SourceMisset) as ended:
            await one.ask(CALL, "model.sale.sale.search_count", [[], {}], int)
    assert ended.value.facts.get("expired")


async def test_an_error_that_comes_with_200_is_garbled_and_its_words_are_kept_to_ourselves(erp: Stage) -> None:
    async with rpc(erp) as one:
        await one.login(CALL)
        with pytest.raises(SourceGarbled) as wrong:
            await one.ask(CALL, "model.sale.sale.teleport", [[], {}], int)
    assert "teleport" not in str(wrong.value)


async def test_an_answer_without_a_result_is_garbled_and_down_is_busy(erp: Stage) -> None:
    async with rpc(erp) as one:
        erp.proxy.order(Order(trouble=Trouble.SPOIL, holding=b"server.version", change=lambda _: b'{"id": 1}'))
        with pytest.raises(SourceGarbled, match="no result"):
            await one.version(CALL)
        erp.proxy.order(Order(trouble=Trouble.FAIL, holding=b"server.version", status=502))
        with pytest.raises(SourceBusy):
            await one.version(CALL)
        assert (await one.version(CALL))[0] == "8.2"
