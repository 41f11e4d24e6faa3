"""An adapter that offers nothing says so, with the manifest's reasons."""

from __future__ import annotations

import pytest

from hub.errors import Denied, NotOffered
from hub.model.vocabulary import Kind
from hub.ports import Question, SourceCall, WebhookDelivery
from sources.kit.refusing import Refusing
from sources.tracking.manifest import MANIFEST

CALL = SourceCall(tenant="acme", source="carrier", correlation_id="c", patience=1.0)


async def test_every_verb_is_refused_in_the_manifests_words() -> None:
    adapter = Refusing(MANIFEST, "carrier")
    assert adapter.describe() is MANIFEST
    assert (await adapter.health(CALL)).version == MANIFEST.contract_version
    with pytest.raises(NotOffered, match="never called"):
        await adapter.read(CALL, Kind.ORDER, ["1"])
    with pytest.raises(NotOffered, match="never called"):
        adapter.changes(CALL, Kind.ORDER, "x", None)
    with pytest.raises(NotOffered, match="never called"):
        await adapter.ask(CALL, Question(name="weather", facts={}))
    with pytest.raises(Denied, match="takes no deliveries"):
        adapter.verify({}, b"")
    with pytest.raises(NotOffered, match="Tracking events does not offer webhook"):
        adapter.parse(WebhookDelivery(headers={}, body=b""))
    with pytest.raises(NotOffered):
        adapter.dedupe_key(WebhookDelivery(headers={}, body=b""))
    await adapter.login(CALL)
    await adapter.close()
