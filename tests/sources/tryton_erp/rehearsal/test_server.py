"""The web server's manners."""

import base64
from typing import Any

import httpx
import pytest

from sources.tryton_erp.rehearsal import spelling
from sources.tryton_erp.rehearsal.hands import coded
from sources.tryton_erp.rehearsal.stand import Stand

KEY = {"authorization": "Bearer key", "x-tryton-context": coded({"company": 1})}


async def get(http: httpx.AsyncClient, path: str, **asked: Any) -> httpx.Response:  # Any: query
    headers = {**KEY, **asked.pop("headers", {})}
    return await http.get(f"/erp/rest/model/{path}", params=asked, headers=headers)


async def call(http: httpx.AsyncClient, method: str, *params: object, session: str = "") -> httpx.Response:
    body = spelling.written({"id": 7, "method": method, "params": list(params)})
    return await http.post("/erp/rpc/", content=body, headers={"authorization": session} if session else {})


async def test_a_range_counts_no_further_than_ten_times_what_was_asked(http: httpx.AsyncClient, stand: Stand) -> None:
    for number in range(12):
        stand.erp.sell(str(number), [("MUG", 1, "1")])
    answers = [await get(http, "sale.sale", f="state", headers={"range": f"records={wanted}"})
               for wanted in ("0-5", "10-20", "0-1", "3-")]  # fmt: skip
    assert [answer.headers["content-range"] for answer in answers] == [
        "records 0-5/12", "records 10-12/12", "records 0-1/*", "records 3-12/12",
    ]  # fmt: skip
    assert (await get(http, "sale.sale", f="state", headers={"range": "records=50-60"})).status_code == 416
    assert len((await get(http, "sale.sale", s="2", p="11")).json()) == 1


async def test_errors_are_pages_for_people_but_for_refusals(http: httpx.AsyncClient, stand: Stand) -> None:
    stand.erp.sell("A", [])
    html = {
        401: await http.get("/erp/rest/model/sale.sale"),
        403: await http.post("/erp/rest/model/sale.sale/1/annul", headers=KEY, content=b"{}"),
        404: await http.get("/other/rest/model/sale.sale", headers=KEY),
        500: await get(http, "sale.sale", f="nope"),
    }
    for status, answer in html.items():
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (status, "text/html")
    refused = await http.post("/erp/rest/model/sale.sale/1/quote", headers=KEY, content=b"{}")
    assert (refused.status_code, refused.json()["message"]) == (400, 'The sale "1" has no lines.')
    assert (await http.post("/erp/rest/model/sale.sale/1/quote", headers=KEY)).status_code == 400
    assert (await http.post("/erp/rest/model/sale.sale/1/quote", headers=KEY, content=b"[]")).status_code == 400
    assert (await get(http, "sale.sale/9")).status_code == 404
    assert (await http.post("/erp/rest/model/sale.sale/9/quote", headers=KEY, content=b"{}")).status_code == 404


async def test_a_locked_row_is_said_once_and_rolled_back(http: httpx.AsyncClient, stand: Stand) -> None:
    sale = stand.erp.sell("A", [("MUG", 1, "1")])
    stand.server.locks = 1
    answers = [await http.post("/erp/rest/model/sale.sale/1/quote", headers=KEY, content=b"{}") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [503, 200]
    assert "could not obtain lock on row" in answers[0].text
    assert sale.state == "quotation"


async def test_an_action_says_the_record_or_its_own_answer(http: httpx.AsyncClient, stand: Stand) -> None:
    stand.scene.take_over("A", [("MUG", 1, "1")])
    pressed = await http.post("/erp/rest/model/stock.shipment.out/1/assign_try?f=state", headers=KEY, content=b"{}")
    shown = await get(http, "stock.shipment.out/1", f="state")
    assert (pressed.json()["state"], shown.json()["state"]) == ("assigned", "assigned")
    assert "date" in shown.headers


async def test_rpc_answers_200_even_where_it_fails(http: httpx.AsyncClient, stand: Stand) -> None:
    assert (await call(http, "model.sale.sale.search_count", [], {})).status_code == 401
    assert (await call(http, "common.db.login", "hub", {"password": "no"})).status_code == 401
    uid, token, _ = (await call(http, "common.db.login", "hub", {"password": "pw"})).json()["result"]
    session = "Session " + coded(None)
    assert (await call(http, "model.sale.sale.search_count", [], {}, session=session)).status_code == 401
    session = "Session " + base64.b64encode(f"hub:{uid}:{token}".encode()).decode()
    stand.erp.sell("A", [])
    refused = await call(http, "model.sale.sale.quote", [1], {}, session=session)
    assert (refused.status_code, refused.json()["error"][0]) == (200, "UserError")
    strange = await call(http, "model.sale.sale.teleport", [1], {}, session=session)
    assert (strange.status_code, strange.json()["error"][0]) == (200, "teleport")
    assert (await call(http, "common.db.logout", session=session)).json()["result"] is None
    assert (await call(http, "model.sale.sale.search_count", [], {}, session=session)).status_code == 401


async def test_the_series_is_told_to_everybody(http: httpx.AsyncClient) -> None:
    asked = spelling.written({"id": 1, "method": "common.server.version", "params": []})
    assert (await http.post("/rpc/", content=asked)).json() == {"id": 1, "result": "8.2"}
    assert (await http.post("/rpc/", content=b"{}")).status_code == 404
    assert (await http.post("/erp/rpc/", content=b"{}")).status_code == 400


async def test_a_sale_is_made_by_rest(http: httpx.AsyncClient) -> None:
    assert (await http.post("/erp/rest/model/sale.sale", headers=KEY, content=b"{}")).status_code == 400


@pytest.mark.parametrize("path", ["sale.order", "sale.sale?d=nonsense", "sale.sale?s=many"])
async def test_nonsense_is_a_500(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(f"/erp/rest/model/{path}", headers=KEY)).status_code == 500


async def test_too_many_wrong_passwords_are_429(http: httpx.AsyncClient) -> None:
    statuses = [(await call(http, "common.db.login", "hub", {"password": "no"})).status_code for _ in range(7)]
    assert statuses == [401] * 6 + [429]
