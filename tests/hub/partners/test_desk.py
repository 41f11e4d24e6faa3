"""Decisions about endpoints: bounded, idempotent, and of one's own account alone. The rest is proven by the graph."""

from __future__ import annotations

import pytest

from hub.call import Call
from hub.errors import Denied, KeyRequired, KeyReused
from hub.model.vocabulary import Kind
from hub.partners.addresses import Addresses
from hub.partners.desk import EndpointRemove, EndpointSet, Partners, SecretRotate
from hub.scopes import Scope
from hub.store.store import Store
from hub.write.desk import Asking
from tests.kit.partners import VAULT, rows

CALL = Call(actor="portal", tenant="acme", scopes=frozenset({Scope.WEBHOOKS}), correlation_id="correlation-1")
SET = EndpointSet(name="mine", url="https://hooks.example.com/", kinds=(Kind.ORDER,))


def partners(store: Store) -> Partners:
    return Partners(store, VAULT, Addresses())


async def test_a_key_is_needed_and_means_one_thing(store: Store) -> None:
    desk = partners(store)
    with pytest.raises(KeyRequired):
        await desk.set(CALL, SET, Asking(key=None))
    await desk.set(CALL, SET, Asking(key="k"))
    with pytest.raises(KeyReused):
        await desk.set(CALL, EndpointSet(name="mine", url="https://b.example/", kinds=(Kind.ORDER,)), Asking(key="k"))


async def test_it_takes_the_scope(store: Store) -> None:
    nobody = Call(actor="x", tenant="acme", correlation_id="correlation-1")
    for asked in (
        partners(store).set(nobody, SET, Asking(key="k")),
        partners(store).remove(nobody, EndpointRemove(endpoint="mine"), Asking(key="k")),
        partners(store).rotate(nobody, SecretRotate(endpoint="mine"), Asking(key="k")),
        partners(store).endpoints(nobody),
        partners(store).deliveries(nobody, "mine", None, (1, None)),
    ):
        with pytest.raises(Denied):
            await asked


async def test_a_former_secret_is_not_kept_for_ever(store: Store) -> None:
    made = await partners(store).rotate(CALL, SecretRotate(endpoint="mine", keep_hours=10_000), Asking(key="k"))
    assert [one.field for one in made.decided.effect.user_errors] == [("keepHours",)]
    assert made.secret is None


async def test_removing_forgets_what_waits(store: Store) -> None:
    desk = partners(store)
    made = await desk.set(CALL, SET, Asking(key="k"))
    assert made.secret is not None
    assert [one.name for one in await desk.endpoints(CALL)] == ["mine"]
    await desk.remove(CALL, EndpointRemove(endpoint="mine"), Asking(key="x"))
    assert await rows(store, "select 1 from webhook_endpoint") == []
