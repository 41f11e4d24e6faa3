"""What the quiet systems promise: to be the owner of everything, and never to be asked."""

from __future__ import annotations

from hub.model.manifest import Manifest, Tells
from hub.model.vocabulary import FieldGroup, Kind

MANIFEST = Manifest(
    adapter="quiet",
    title="Quiet",
    contract_version="1",
    tells=Tells.STATE,
    reads={},
    groups={
        Kind.ORDER: (FieldGroup.COMMERCIAL, FieldGroup.LIFECYCLE),
        Kind.SHIPMENT: (FieldGroup.FULFILLMENT,),
    },
)
