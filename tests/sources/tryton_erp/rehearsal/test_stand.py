"""The stand and its director."""

import httpx

from hub.settings import Secret
from sources.tryton_erp.rehearsal.stand import Stand, controls


async def test_the_director_breaks_heals_locks_sells_and_moves(stand: Stand, http: httpx.AsyncClient) -> None:
    transport = httpx.ASGITransport(controls(stand, Secret("token")))
    async with httpx.AsyncClient(transport=transport, base_url="http://director") as director:
        headers = {"authorization": "Bearer token"}

        async def act(action: str, body: dict[str, object] | None = None) -> httpx.Response:
            return await director.post(f"/{action}", json=body or {}, headers=headers)

        sold = await act("sell", {"code": "CODE", "lines": [["MUG", 2, "7.50"]]})
        assert sold.json() == {"id": 1, "number": "SO-10051"}
        assert (await act("move")).json() == {"number": "SO-10051"}
        assert (await act("state")).json() == {"orders": 1, "logins": 0}
        await act("break", {"trouble": "refuse", "holding": "sale.sale"})
        key = {"authorization": "Bearer key"}
        assert (await http.get("/erp/rest/model/sale.sale", headers=key)).status_code == 503
        assert (await http.get("/erp/rest/model/party.party", headers=key)).status_code == 200
        await act("heal")
        assert (await http.get("/erp/rest/model/sale.sale", headers=key)).status_code == 200
        assert (await act("lock", {"times": 2})).json() == {"ok": True}
        assert stand.server.locks == 2
        assert (await act("expire")).json() == {"ok": True}
        assert (await act("dance")).status_code == 422
    await stand.close()
