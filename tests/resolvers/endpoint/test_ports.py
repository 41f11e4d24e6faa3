from __future__ import annotations

from hub.call import Call
from hub.clock import SystemClock
from resolvers.endpoint.ports import Limits, Ports
from tests.resolvers.endpoint.sample import SCHEMA, World, ports_of


def test_ports_that_wiring_leaves_out_let_everything_pass() -> None:
    full = ports_of(World())
    ports = Ports(schema=SCHEMA, authenticate=full.authenticate, context_for=full.context_for, clock=SystemClock())
    assert ports.still_admitted(Call(actor="rep", tenant="acme", correlation_id="c"))
    assert (ports.introspection_scope, ports.origins) == (None, frozenset())


def test_limits_are_those_of_the_threat_model() -> None:
    limits = Limits()
    assert (limits.tokens, limits.depth, limits.aliases, limits.selections) == (2_000, 10, 30, 1_000)
    assert (limits.directives, limits.root_fields, limits.mutations, limits.cost) == (50, 20, 5, 10_000)
    assert (limits.body, limits.json_nesting, limits.digits, limits.input_list) == (262_144, 32, 64, 250)
    assert (limits.execution, limits.response, limits.frame, limits.subscriptions) == (10, 8_388_608, 65_536, 20)
    assert (limits.init_wait, limits.ping, limits.queued_messages, limits.queued_bytes) == (3, 20, 256, 1_048_576)
