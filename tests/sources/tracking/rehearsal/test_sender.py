"""The rehearsed sender signs what it posts."""

import json

from sources.kit.signature import check
from sources.tracking.adapter import SIGNATURE_HEADER
from sources.tracking.rehearsal.sender import letter


def test_a_letter_is_signed_over_its_very_bytes() -> None:
    made = letter("secret", trackingNumber="1Z1", location="Köln")
    check(made.body, made.headers[SIGNATURE_HEADER], ["secret"], prefix="sha256=")
    assert json.loads(made.body) == {"trackingNumber": "1Z1", "location": "Köln"}
    assert "Köln".encode() in made.body
