"""What is sent, and what each way of failing means."""

import json
from collections.abc import Callable

import pytest

from hub.clock import SystemClock
from hub.errors import HubError, OutcomeUnknown, SourceBusy, SourceGarbled, SourceMisset, SourceRefused
from hub.model.vocabulary import Kind
from hub.settings import Secret
from sources.kit.chaos import Order, Trouble
from sources.kit.http import Origin
from sources.kit.stage import Stage
from sources.tryton_wms.asks import by_ids
from sources.tryton_wms.client import TrytonClient
from sources.tryton_wms.rehearsal.stage import TrytonWmsStage
from tests.sources.tryton_wms.conftest import CALL

SEARCH = by_ids(Kind.SHIPMENT, [1])


def client_of(wms: Stage, *, password: str | None = None, database: str | None = None) -> TrytonClient:
    assert isinstance(wms, TrytonWmsStage)
    return TrytonClient(
        Origin(wms.proxy.url, source="wms", clock=SystemClock()),
        source="wms",
        database=database or wms.database,
        credentials=(wms.user, wms.password if password is None else Secret(password)),
    )


def saying(wms: Stage, holding: bytes, said: object) -> None:
    wms.proxy.heal()
    wms.proxy.order(Order(trouble=Trouble.SPOIL, holding=holding, change=lambda _: json.dumps(said).encode()))


def error(*words: object) -> dict[str, object]:
    return {"id": 1, "error": list(words)}


@pytest.mark.parametrize(
    ("said", "right"),
    [
        (error("UserError", ["You are not allowed.", "", None]), SourceRefused),
        (error("UserWarning", ["name", "Are you sure?", ""]), SourceRefused),
        (error("ConcurrencyException", "This record was modified"), SourceBusy),
        (error('could not obtain lock on row in relation "stock_move"', ""), SourceBusy),
        (error("LoginException", ["sms_code", "SMS code", "char"]), SourceMisset),
        (error("'nope'", ""), SourceGarbled),
        (error("UserError"), SourceGarbled),
        (error(), SourceGarbled),
        ({"id": 1}, SourceGarbled),
        ({"id": 1, "result": {"rows": []}}, SourceGarbled),
        ({"id": 1, "result": None}, SourceGarbled),
    ],
)
async def test_errors_of_a_read_have_their_class(wms: Stage, said: object, right: type[HubError]) -> None:
    client = client_of(wms)
    await client.login(CALL)
    saying(wms, wms.reading, said)
    with pytest.raises(right):
        await client.search(CALL, SEARCH)
    wms.proxy.heal()
    await client.close()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (error("UserError", ["To delete you must cancel.", "", None]), "To delete you must cancel."),
        (error("UserWarning", ["name", "Are you sure?", ""]), "Are you sure?"),
    ],
)
async def test_a_refusal_keeps_the_words_for_people(wms: Stage, said: object, words: str) -> None:
    client = client_of(wms)
    await client.login(CALL)
    saying(wms, wms.reading, said)
    with pytest.raises(SourceRefused) as refused:
        await client.search(CALL, SEARCH)
    assert refused.value.message == words
    wms.proxy.heal()
    await client.close()


@pytest.mark.parametrize("wrong", [{"password": "guessed"}, {"database": "another"}])
async def test_a_page_at_the_door_is_a_misset_source_that_no_login_helps(wms: Stage, wrong: dict[str, str]) -> None:
    client = client_of(wms, **wrong)
    with pytest.raises(SourceMisset) as refused:
        await client.login(CALL)
    assert "expired" not in refused.value.facts
    await client.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"<html>who are you?</html>",
        lambda _: b'{"id":1,"result":null}',
        lambda _: b'{"id":1,"result":[7]}',
        lambda _: b"",
    ],
)
async def test_whatever_else_a_login_answers_is_misset_too(wms: Stage, change: Callable[[bytes], bytes]) -> None:
    client = client_of(wms)
    wms.proxy.order(Order(trouble=Trouble.SPOIL, holding=wms.login, change=change))
    with pytest.raises(SourceMisset):
        await client.login(CALL)
    wms.proxy.heal()
    await client.close()


async def test_a_server_that_is_down_while_we_log_in_is_busy(wms: Stage) -> None:
    client = client_of(wms)
    wms.proxy.order(Order(trouble=Trouble.FAIL, holding=wms.login, status=503))
    with pytest.raises(SourceBusy):
        await client.login(CALL)
    wms.proxy.heal()
    await client.close()


async def test_without_a_session_nothing_is_sent(wms: Stage) -> None:
    client = client_of(wms)
    wms.proxy.forget()
    with pytest.raises(SourceMisset) as ended:
        await client.search(CALL, SEARCH)
    assert ended.value.facts["expired"]
    assert wms.proxy.exchanges == []
    await client.close()


async def test_a_call_repeats_who_we_are_and_what_caused_it(wms: Stage) -> None:
    client = client_of(wms)
    await client.login(CALL)
    wms.proxy.forget()
    assert await client.count(CALL, "stock.location", [["type", "=", "warehouse"]], {"active_test": False}) == 2
    await client.close()
    (sent,) = wms.proxy.exchanges
    body = json.loads(sent.body)
    assert body["method"] == "model.stock.location.search_count"
    assert body["params"] == [
        [["type", "=", "warehouse"]],
        {"company": 1, "language": "en", "active_test": False},
    ]
    assert sent.headers["authorization"].startswith("Session ")
    assert sent.headers["x-correlation-id"] == "test-correlation"


@pytest.mark.parametrize(
    ("said", "right"),
    [
        (error("UserError", ["You cannot.", "", None]), SourceRefused),
        (error("UserWarning", ["name"]), SourceRefused),
        (error("ConcurrencyException", "Records were modified in the meanwhile"), SourceBusy),
        (error("could not serialize access due to concurrent update", ""), SourceBusy),
        (error("'nope'", ""), SourceGarbled),
        ({"id": 1}, OutcomeUnknown),
        ({"id": 1, "result": [7]}, OutcomeUnknown),
        ("{", OutcomeUnknown),
    ],
)
async def test_what_an_effect_answers_is_a_clean_no_or_unknown(wms: Stage, said: object, right: type[HubError]) -> None:
    client = client_of(wms)
    await client.login(CALL)
    saying(wms, wms.effect, said)
    with pytest.raises(right) as told:
        await client.act(CALL, "model.stock.shipment.out.cancel", [[]], type(None))
    assert type(told.value) is right
    wms.proxy.heal()
    await client.close()


async def test_each_doubt_is_answered_with_a_yes_by_its_name(wms: Stage) -> None:
    assert isinstance(wms, TrytonWmsStage)
    client = client_of(wms)
    await client.login(CALL)
    one = await wms.place(1)
    await wms.hands.pick(one)
    wms.proxy.forget()
    await client.act(CALL, "model.stock.shipment.out.pack", [[int(one)]], type(None))
    assert (await wms.truth(one)).status == "packed"
    asked = [json.loads(exchange.body)["method"].rpartition(".")[2] for exchange in wms.proxy.exchanges]
    assert asked == ["pack", "create", "pack", "create", "pack"]
    await client.close()


async def test_a_source_that_never_stops_doubting_is_refused(wms: Stage) -> None:
    client = client_of(wms)
    await client.login(CALL)
    said = json.dumps(error("UserWarning", ["name", "Are you sure?", ""])).encode()
    wms.proxy.order(Order(trouble=Trouble.SPOIL, holding=wms.effect, times=5, change=lambda _: said))
    with pytest.raises(SourceRefused, match="more doubts"):
        await client.act(CALL, "model.stock.shipment.out.cancel", [[]], type(None))
    wms.proxy.heal()
    await client.close()
