"""A letter is refused before it goes, or taken, or nobody knows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hub.clock import SystemClock
from hub.errors import OutcomeUnknown, SourceBusy, SourceRefused
from hub.notices.mail import Envelope, Mailbox, Session, Smtp, mail_of, message_of
from hub.notices.templates import Letter
from hub.settings import SmtpSettings
from tests.kit.mailing import Postbox, delivering

ENVELOPE = Envelope(id="n1", to="ann@example.com", letter=Letter(subject="Grüße", text="Hello\n"))
SENDER = "Shop <shop@example.com>"


@asynccontextmanager
async def begun(postbox: Postbox) -> AsyncIterator[Session]:
    async with delivering(postbox) as port:
        settings = SmtpSettings(host="127.0.0.1", port=port, security="none", sender=SENDER)
        session = await Smtp(settings, SystemClock()).begin(ENVELOPE)
        try:
            yield session
        finally:
            await session.close()


async def test_a_letter_arrives_with_an_id_of_its_own() -> None:
    postbox = Postbox()
    async with begun(postbox) as session:
        assert postbox.letters == []
        await session.hand()
    (letter,) = postbox.letters
    assert (letter["To"], letter["From"], letter["Message-ID"]) == ("ann@example.com", SENDER, "<n1@example.com>")


async def test_a_recipient_that_is_refused_for_good_is_no_recipient() -> None:
    postbox = Postbox()
    postbox.recipient = b"550 nobody"
    with pytest.raises(SourceRefused, match="550"):
        async with begun(postbox):
            pass
    assert postbox.letters == []


async def test_a_server_that_wants_it_later_has_not_taken_it() -> None:
    postbox = Postbox()
    postbox.verdict = b"451 later"
    async with begun(postbox) as session:
        with pytest.raises(SourceBusy, match="451"):
            await session.hand()
    assert postbox.letters == []


async def test_a_server_that_falls_silent_leaves_it_unknown() -> None:
    postbox = Postbox()
    postbox.verdict = None
    async with begun(postbox) as session:
        with pytest.raises(OutcomeUnknown):
            await session.hand()
    assert len(postbox.letters) == 1


async def test_nobody_listening_is_to_be_tried_later() -> None:
    with pytest.raises(SourceBusy, match="cannot be spoken to"):
        await Smtp(SmtpSettings(host="127.0.0.1", port=1, security="none"), SystemClock()).begin(ENVELOPE)


async def test_a_folder_has_one_file_per_letter(tmp_path: Path) -> None:
    settings = SmtpSettings(folder=tmp_path / "box")
    mail = mail_of(settings, SystemClock())
    assert isinstance(mail, Mailbox)
    for _ in range(2):
        session = await mail.begin(ENVELOPE)
        await session.hand()
        await session.close()
    assert [path.name for path in (tmp_path / "box").iterdir()] == ["n1.eml"]
    assert mail_of(SmtpSettings(), SystemClock()) is None
    assert isinstance(mail_of(SmtpSettings(host="mail.example.com"), SystemClock()), Smtp)
    assert message_of(ENVELOPE, settings, SystemClock())["Auto-Submitted"] == "auto-generated"
