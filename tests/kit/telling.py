"""A teller over a store, with whatever it tells by."""

from __future__ import annotations

from typing import Any

from hub.clock import SystemClock
from hub.model.ids import mint
from hub.notices.mail import Mail, Smtp
from hub.notices.teller import Teller, TellingMeans
from hub.notices.templates import WORDS, Templates
from hub.notices.words import Subject
from hub.partners.addresses import Addresses
from hub.partners.posting import Poster
from hub.settings import NoticeSettings, SmtpSettings
from hub.store.notices import Claimed, ToTell, put_notices
from hub.store.store import Store
from tests.kit.recorder import ListRecorder

USUAL = NoticeSettings(tenant="acme", retry_seconds=(0.01, 0.01))
SUBJECT = Subject(order_id="o1", address="ann@example.com", customer_id="c1", words=dict.fromkeys(WORDS, "x"))


async def ann(notice: Claimed) -> Subject | None:
    """Everything is for Ann."""
    return SUBJECT if notice.entity_id != "nobody's" else None


def smtp(port: int) -> Smtp:
    """A mail server of this machine."""
    settings = SmtpSettings(host="127.0.0.1", port=port, security="none", sender="shop@example.com")
    return Smtp(settings, SystemClock())


def teller(
    store: Store, mail: Mail | None, settings: NoticeSettings = USUAL, recorder: ListRecorder | None = None
) -> Teller:
    """A teller of tenant `acme`."""
    means = TellingMeans(
        store=store,
        subject=ann,
        clock=SystemClock(),
        recorder=recorder or ListRecorder(),
        mail=mail,
        poster=Poster(Addresses(("127.0.0.0/8",), plain=True), 30.0),
        templates={"acme": Templates()},
        tenants={"acme": settings},
        seconds=30.0,
    )
    return Teller(means)


def to_tell(entity_id: str = "o1", **said: Any) -> ToTell:  # Any: any field
    """A milestone of an order."""
    usual: dict[str, Any] = {
        "id": mint(), "milestone": "ORDER_ACCEPTED", "kind": "ORDER", "entity_id": entity_id, "root_id": "o1",
        "channel": "EMAIL", "customer_id": "c1", "correlation_id": "correlation-1",
    }  # fmt: skip
    return ToTell(**(usual | said))


async def to_be_told(store: Store, *rows: ToTell) -> None:
    """Queue them."""
    async with store.across() as tx:
        await put_notices(tx, "acme", rows)
