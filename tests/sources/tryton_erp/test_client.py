"""Calls of REST."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hub.clock import SystemClock
from hub.errors import OutcomeUnknown, SourceBusy, SourceGarbled, SourceMisset, SourceRefused
from hub.settings import Secret
from sources.kit.chaos import Order, Trouble
from sources.kit.http import Origin
from sources.kit.stage import Stage
from sources.tryton_erp.client import Ask, TrytonClient, coded
from sources.tryton_erp.rehearsal.stand import DATABASE
from sources.tryton_erp.rpc import TrytonRpc
from tests.sources.tryton_erp.conftest import CALL

HTML = {"content-type": "text/html"}


@asynccontextmanager
async def client(erp: Stage, key: str = "rehearsal-only-key") -> AsyncIterator[TrytonClient]:
    origin = Origin(erp.proxy.url, source="erp", clock=SystemClock())
    rpc = TrytonRpc(origin, source="erp", database=DATABASE, user="hub", password=Secret("rehearsal-only-1!"))
    one = TrytonClient(origin, rpc, source="erp", database=DATABASE, key=Secret(key))
    try:
        yield one
    finally:
        await one.close()
        erp.proxy.heal()


def test_a_question_is_a_path_with_domain_and_order_coded() -> None:
    ask = Ask(model="sale.sale", fields=("state", "lines.id"), domain=[["id", "in", [1]]], most=2)
    assert coded([["id", "in", [1]]]) == "W1siaWQiLCJpbiIsWzFdXV0="
    assert ask.path("my db") == (
        "/my%20db/rest/model/sale.sale?d=W1siaWQiLCJpbiIsWzFdXV0%3D&o=W1siaWQiLCJBU0MiXV0%3D&s=2&f=state&f=lines.id"
    )


async def test_before_a_login_everything_is_misset_and_expired(erp: Stage) -> None:
    async with client(erp) as one:
        with pytest.raises(SourceMisset) as ended:
            await one.rows(CALL, Ask(model="sale.sale", fields=("state",)))
        assert ended.value.facts.get("expired")


async def test_a_login_teaches_the_company_and_limits_are_read_in_it(erp: Stage) -> None:
    async with client(erp) as one:
        await one.login(CALL)
        assert dict(one.company.context) == {"company": 1, "companies": [1], "employee": 1}
        assert (one.company.currency, one.company.zone.key) == ("EUR", "Europe/Brussels")
        ask = Ask(model="party.party", fields=("credit_limit_amount",), domain=[["code", "=", "ACME"]])
        inside = (await one.rows(CALL, ask)).items
        outside = await one.rows(
            CALL, Ask(model=ask.model, fields=ask.fields, domain=ask.domain, context={"company": None})
        )
        assert b"1000.00" in bytes(inside[0])
        assert b'"credit_limit_amount": null' in bytes(outside.items[0])
        assert await one.count(CALL, "party.party", [["code", "=", "ACME"]]) == 1


async def test_a_wrong_key_is_misset(erp: Stage) -> None:
    async with client(erp, key="another") as one:
        await one.login(CALL)
        with pytest.raises(SourceMisset, match="credentials"):
            await one.rows(CALL, Ask(model="sale.sale", fields=("state",)))


async def test_what_the_erp_does_not_know_is_busy_by_its_500_and_garbled_by_its_400(erp: Stage) -> None:
    async with client(erp) as one:
        await one.login(CALL)
        with pytest.raises(SourceBusy):
            await one.rows(CALL, Ask(model="sale.sale", fields=("nope",)))
        erp.proxy.order(Order(trouble=Trouble.FAIL, holding=b"rest/model/sale.sale", status=400))
        with pytest.raises(SourceGarbled, match="refuses a question"):
            await one.rows(CALL, Ask(model="sale.sale", fields=("state",)))


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ((400, {}, b'{"status": 400, "message": "No.", "description": "Never."}'), SourceRefused, "No. Never."),
        ((400, HTML, b"<h1>no</h1>"), SourceRefused, "without words"),
        ((503, HTML, b"could not obtain lock on row"), SourceBusy, "did nothing"),
        ((503, HTML, b"the gateway is tired"), OutcomeUnknown, "after it had the request"),
        ((200, {"content-type": "application/json"}, b"[]"), OutcomeUnknown, "cannot be read"),
    ],
)  # fmt: skip
async def test_each_way_of_failing_to_press_has_its_class(
    erp: Stage, answer: tuple[int, dict[str, str], bytes], error: type[Exception], words: str
) -> None:
    async with client(erp) as one:
        await one.login(CALL)
        status, headers, body = answer
        erp.proxy.order(
            Order(trouble=Trouble.FAIL, holding=b"/cancel", status=status, headers=headers, change=lambda _: body)
        )
        with pytest.raises(error, match=words):
            await one.press(CALL, "sale.sale", 1, "cancel")
