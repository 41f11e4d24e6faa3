"""Templates by tenant, language and milestone; every mistake named at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.errors import Misconfigured
from hub.model.notices import NoticeMilestone
from hub.notices.templates import WORDS, Templates

VALUES = dict.fromkeys(WORDS, "-") | {"order": "A1", "customer": "Ann"}
SHIPPED = NoticeMilestone.SHIPPED


def put(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("milestone", NoticeMilestone)
def test_every_milestone_has_an_english_letter(milestone: NoticeMilestone) -> None:
    letter = Templates().write("acme", "fr", milestone, VALUES)
    assert letter.subject
    assert "$" not in letter.subject + letter.text
    assert "Ann" in letter.text


def test_the_nearest_language_of_the_tenant_is_taken(tmp_path: Path) -> None:
    put(tmp_path, "acme/de/shipped.txt", "Unterwegs: $order\nGuten Tag $customer\n")
    put(tmp_path, "acme/de-at/shipped.txt", "Unterwegs: $order\nServus $customer\n")
    templates = Templates(tmp_path)
    assert templates.write("acme", "de-CH", SHIPPED, VALUES).text == "Guten Tag Ann\n"
    assert templates.write("acme", "de-AT", SHIPPED, VALUES).text == "Servus Ann\n"
    assert templates.write("acme", "de-AT", SHIPPED, VALUES).subject == "Unterwegs: A1"
    assert "has left" in templates.write("beta", "de", SHIPPED, VALUES).text


def test_what_a_customer_is_called_breaks_no_header() -> None:
    letter = Templates().write("acme", "en", SHIPPED, VALUES | {"order": "A1 \r\n Bcc: x@example.com"})
    assert "\n" not in letter.subject


def test_mistakes_are_named_all_at_once(tmp_path: Path) -> None:
    put(tmp_path, "acme/de/shipped.txt", "Hallo $stranger\n")
    put(tmp_path, "acme/de/delivered.txt", "kostet 5 $ \n")
    put(tmp_path, "acme/de/arrived.txt", "?")
    with pytest.raises(Misconfigured) as wrong:
        Templates(tmp_path)
    assert [line.partition("acme/de/")[2].partition(":")[0] for line in wrong.value.message.splitlines()] == [
        "arrived.txt",
        "delivered.txt",
        "shipped.txt",
    ]
    with pytest.raises(Misconfigured, match="no folder"):
        Templates(tmp_path / "none")
