"""What somebody who looks after partners reads and decides on a terminal, by a scripted graph."""

from __future__ import annotations

import pytest

from hub import partnerbook
from hub.errors import InvalidInput
from tests.hub.test_casebook import Json, printed

ENDPOINT: Json = {
    "name": "portal", "url": "https://hooks.example.com/a", "state": "ACTIVE", "kinds": ["ORDER"], "events": [],
    "account": None, "failingSince": None, "disabledBecause": None,
}  # fmt: skip


async def test_endpoints_are_one_line_each_with_what_is_the_matter() -> None:
    failing = {**ENDPOINT, "name": "slow", "events": ["order.shipped"], "failingSince": "noon"}
    off = {**ENDPOINT, "name": "off", "state": "DISABLED", "disabledBecause": "ops: it moves"}
    lines, _ = await printed(partnerbook.endpoints, {"webhookEndpoints": [ENDPOINT, failing, off]})
    assert lines[1:] == [
        "portal ACTIVE ORDER https://hooks.example.com/a",
        "slow ACTIVE order.shipped https://hooks.example.com/a takes nothing since noon",
        "off DISABLED ORDER https://hooks.example.com/a ops: it moves",
    ]
    nobody, _ = await printed(partnerbook.endpoints, {"webhookEndpoints": []})
    assert nobody == ["No partner wants to hear of anything."]


async def test_a_fresh_secret_is_printed_once() -> None:
    done = {"secret": "whsec_x", "userErrors": []}
    lines, (asked,) = await printed(lambda hub, out: partnerbook.rotate(hub, "portal", 2, out), {"done": done})
    assert lines == ["The secret of portal, shown once: whsec_x", "The former one signs too for 2 hours."]
    assert (asked["endpoint"], asked["hours"]) == ("portal", 2)


async def test_an_endpoint_is_switched_off_and_on() -> None:
    done = {"endpoint": {"state": "DISABLED"}, "userErrors": []}
    lines, (asked,) = await printed(lambda hub, out: partnerbook.disable(hub, "portal", "moves", out), {"done": done})
    assert lines == ["portal is called no more; what it asked for waits for it."]
    assert (asked["endpoint"], asked["reason"]) == ("portal", "moves")
    lines, _ = await printed(lambda hub, out: partnerbook.enable(hub, "portal", out), {"done": done})
    assert lines == ["portal is called again, beginning with what waits for it."]
    refused = {"done": {"endpoint": None, "userErrors": [{"message": "there is no such endpoint"}]}}
    with pytest.raises(InvalidInput, match="no such endpoint"):
        await printed(lambda hub, out: partnerbook.enable(hub, "nobody", out), refused)


async def test_what_has_ended_is_delivered_again() -> None:
    again = partnerbook.Again(dead=True, dry_run=True)
    done = {"scheduled": 3, "dryRun": True, "userErrors": []}
    lines, (asked,) = await printed(lambda hub, out: partnerbook.replay(hub, "portal", again, out), {"done": done})
    assert lines == ["3 would go out again."]
    assert (asked["dead"], asked["dry"], asked["since"], asked["ids"]) == (True, True, None, None)
