"""Signatures are those of Standard Webhooks: a known answer of its own, and one per valid secret."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from hub.partners.signing import PREFIX, headers_of, new_secret, signature
from hub.settings import Secret

SECRET = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
EVENT = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = 1614265330
BODY = b'{"test": 2432232314}'
KNOWN = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_signature_is_the_one_that_the_specification_gives() -> None:
    assert signature(SECRET, EVENT, AT, BODY) == KNOWN


def test_two_valid_secrets_give_two_signatures() -> None:
    other = new_secret()
    headers = headers_of([SECRET, other], EVENT, datetime.fromtimestamp(AT, UTC), BODY)
    assert headers == {
        "content-type": "application/json",
        "webhook-id": EVENT,
        "webhook-timestamp": str(AT),
        "webhook-signature": f"{KNOWN} {signature(other, EVENT, AT, BODY)}",
    }


def test_a_fresh_secret_has_256_random_bits() -> None:
    secret = new_secret()
    assert secret != new_secret()
    assert len(base64.b64decode(secret.reveal().removeprefix(PREFIX))) == 32
