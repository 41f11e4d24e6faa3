"""From settings to what tells customers: follower and teller, where any tenant's customers are told anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from hub.changes.follow import Following
from hub.clock import Clock
from hub.errors import Misconfigured
from hub.notices.mail import mail_of
from hub.notices.teller import Teller, TellingMeans
from hub.notices.templates import Templates
from hub.notices.watch import NoticeWatch
from hub.notices.words import subject_of
from hub.partners.addresses import Addresses
from hub.partners.posting import Poster
from hub.ports import Recorder
from hub.read.reader import Reader
from hub.settings import NoticeSettings, Settings
from hub.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Outward:
    """What telling customers stands on. `store` is of role WORK."""

    store: Store
    reader: Reader
    clock: Clock
    recorder: Recorder
    addresses: Addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The two loops of it."""

    watch: NoticeWatch
    teller: Teller


def telling(settings: Settings, outward: Outward, following: Following) -> Telling | None:
    """The loops; None where nobody's customers are told anything. Raises Misconfigured."""
    tenants = _by_tenant(settings)
    if not tenants:
        return None
    means = TellingMeans(
        store=outward.store,
        subject=partial(subject_of, outward.reader),
        clock=outward.clock,
        recorder=outward.recorder,
        mail=mail_of(settings.smtp, outward.clock),
        poster=Poster(outward.addresses, settings.webhooks.timeout_seconds),
        templates={tenant: Templates(one.templates) for tenant, one in tenants.items()},
        tenants=tenants,
        seconds=max(settings.smtp.timeout_seconds, settings.webhooks.timeout_seconds),
    )
    return Telling(watch=NoticeWatch(following, outward.reader, tenants), teller=Teller(means))


def _by_tenant(settings: Settings) -> Mapping[str, NoticeSettings]:
    found: dict[str, NoticeSettings] = {}
    for name, one in settings.notices.items():
        if one.tenant in found:
            message = f"notices.{name}: tenant {one.tenant} has another section of notices already"
            raise Misconfigured(message)
        found[one.tenant] = one
    return found
