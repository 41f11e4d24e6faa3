"""Steps at the ERP: what needs more than the client is not taken by itself."""

import pytest

from hub.clock import SystemClock
from hub.errors import SourceRefused
from hub.settings import Secret
from sources.kit.http import Origin
from sources.tryton_erp.client import TrytonClient
from sources.tryton_erp.deed import Make, Press, Tried, perform
from sources.tryton_erp.rpc import TrytonRpc
from tests.sources.tryton_erp.conftest import CALL


async def test_a_new_record_is_made_by_the_deed_itself() -> None:
    secret = Secret("none")
    origin = Origin("http://127.0.0.1:1", source="erp", clock=SystemClock())
    rpc = TrytonRpc(origin, source="erp", database="erp", user="hub", password=secret)
    client = TrytonClient(origin, rpc, source="erp", database="erp", key=secret)
    with pytest.raises(SourceRefused, match="nothing to make here"):
        await perform(client, CALL, Make())
    await client.close()


def test_a_step_that_was_taken_is_known_by_what_it_does() -> None:
    tried = Tried([Press(model="m", one=1, button="post")])
    assert tried.has(Press(model="m", one=1, button="post"))
    assert not tried.has(Press(model="m", one=2, button="post"))
