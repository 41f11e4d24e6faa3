"""Handing letters over: to a mail server in two steps, or into a folder (a mailbox to look at).

SMTP knows no repetition: what was handed over and not answered may have arrived. So everything that can be refused is
asked before (`begin`), the caller then notes that it hands over, and only then the letter goes (`Session.hand`).
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol, TypeVar

from hub.clock import Clock
from hub.errors import OutcomeUnknown, SourceBusy, SourceRefused
from hub.notices.templates import Letter
from hub.settings import SmtpSettings

T = TypeVar("T")
FINAL = 500  # replies from here on are for good


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A letter and whom it is for."""

    id: str
    """Of the notice: the same letter has the same `Message-ID` however often it goes."""
    to: str
    letter: Letter


class Session(Protocol):
    """A letter that may be handed over now."""

    async def hand(self) -> None:
        """Hand it over. Raises SourceBusy and SourceRefused where it was certainly not taken, OutcomeUnknown."""
        ...

    async def close(self) -> None:
        """End it, whatever became of it."""
        ...


class Mail(Protocol):
    """Where letters go."""

    async def begin(self, envelope: Envelope) -> Session:
        """Ask everything that can be refused. Raises SourceBusy, SourceRefused."""
        ...


def mail_of(settings: SmtpSettings, clock: Clock) -> Mail | None:
    """What the settings say; None where they say nothing."""
    if settings.folder is not None:
        return Mailbox(settings, clock, settings.folder)
    return None if settings.host is None else Smtp(settings, clock)


def message_of(envelope: Envelope, settings: SmtpSettings, clock: Clock) -> EmailMessage:
    """The letter as it travels."""
    message = EmailMessage()
    message["From"] = settings.sender
    message["To"] = envelope.to
    message["Subject"] = envelope.letter.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{envelope.id}@{settings.sender.rpartition('@')[2].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(envelope.letter.text)
    return message


class Mailbox:
    """A folder: one file per letter, which cannot be there twice."""

    def __init__(self, settings: SmtpSettings, clock: Clock, folder: Path) -> None:
        self._settings = settings
        self._clock = clock
        self._folder = folder

    async def begin(self, envelope: Envelope) -> Session:
        """Nothing can be refused."""
        return _File(self._folder / f"{envelope.id}.eml", bytes(message_of(envelope, self._settings, self._clock)))


class _File:
    def __init__(self, path: Path, content: bytes) -> None:
        self._path = path
        self._content = content

    async def hand(self) -> None:
        def write() -> None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_bytes(self._content)

        try:
            await asyncio.to_thread(write)
        except OSError as failed:
            message = f"the mailbox cannot be written: {failed.strerror}"
            raise SourceBusy(message) from failed

    async def close(self) -> None:
        return


class Smtp:
    """A mail server."""

    def __init__(self, settings: SmtpSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    async def begin(self, envelope: Envelope) -> Session:
        """Connect, log in, and name sender and recipient. Raises SourceBusy, SourceRefused."""
        message = message_of(envelope, self._settings, self._clock)
        client = await _answered(lambda: self._named(envelope.to))
        return _Delivery(client, bytes(message))

    def _named(self, to: str) -> smtplib.SMTP:
        settings, host = self._settings, self._settings.host or ""
        if settings.security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                host, settings.port, timeout=settings.timeout_seconds, context=ssl.create_default_context()
            )
        else:
            client = smtplib.SMTP(host, settings.port, timeout=settings.timeout_seconds)
        try:
            if settings.security == "starttls":
                client.starttls(context=ssl.create_default_context())
            client.ehlo_or_helo_if_needed()
            if settings.user is not None and settings.password is not None:
                client.login(settings.user, settings.password.reveal())
            _accepted(client.mail(settings.sender.rpartition("<")[2].rstrip(">")))
            _accepted(client.rcpt(to))
        except BaseException:
            client.close()
            raise
        return client


class _Delivery:
    def __init__(self, client: smtplib.SMTP, content: bytes) -> None:
        self._client = client
        self._content = content

    async def hand(self) -> None:
        try:
            await _answered(lambda: _accepted(self._client.data(self._content)))
        except SourceBusy as lost:
            if lost.facts.get("answered"):
                raise
            message = "the mail server did not answer: nobody knows whether it has the letter"
            raise OutcomeUnknown(message) from lost

    async def close(self) -> None:
        await asyncio.to_thread(self._client.close)


def _accepted(reply: tuple[int, bytes]) -> None:
    code, said = reply
    if code not in (250, 251):
        raise smtplib.SMTPResponseException(code, said)


async def _answered(ask: Callable[[], T]) -> T:
    """What a conversation in a thread gives, its errors as the hub's."""
    try:
        return await asyncio.to_thread(ask)
    except smtplib.SMTPResponseException as said:
        message = f"the mail server answered {said.smtp_code}"
        if said.smtp_code >= FINAL:
            raise SourceRefused(message) from said
        raise SourceBusy(message, answered=True) from said
    except (smtplib.SMTPException, OSError) as lost:
        message = f"the mail server cannot be spoken to: {type(lost).__name__}"
        raise SourceBusy(message) from lost
