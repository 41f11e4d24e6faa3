"""A landscape finds sources by the role they play."""

from hub.model.manifest import Landscape, Manifest, SourceBinding, Tells
from hub.model.vocabulary import SystemKind

SHOP = Manifest(adapter="shop", title="Shop", contract_version="1", tells=Tells.STATE, reads={})


def bound(name: str, system: SystemKind) -> SourceBinding:
    return SourceBinding(source=name, tenant="acme", system=system, manifest=SHOP)


def test_sources_of_a_role_come_by_name() -> None:
    bindings = [bound("web-b", SystemKind.COMMERCE), bound("erp", SystemKind.ERP), bound("web-a", SystemKind.COMMERCE)]
    landscape = Landscape(tenant="acme", sources={binding.source: binding for binding in bindings})
    assert [found.source for found in landscape.of(SystemKind.COMMERCE)] == ["web-a", "web-b"]
    assert landscape.of(SystemKind.WMS) == ()
