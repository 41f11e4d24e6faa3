"""What may be said of OpenSearch."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.errors import Misconfigured
from hub.settings import load


def test_without_a_url_there_is_none_and_the_environment_names_one() -> None:
    assert load({}).search.url is None
    environ = {"HUB__SEARCH__URL": "https://search:9200", "HUB__SEARCH__USER": "hub", "HUB__SEARCH__PASSWORD": "canary"}
    search = load(environ).search
    assert (search.url, search.prefix, search.retention_days) == ("https://search:9200", "hub-", 90)
    assert search.password is not None
    assert search.password.reveal() == "canary"
    assert "canary" not in repr(search)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"USER": "hub"}, "search.password is missing (HUB__SEARCH__PASSWORD)"),
        ({"PASSWORD": "x"}, "search.user is missing (HUB__SEARCH__USER)"),
        ({"AUTHORITIES": "/nowhere"}, "search.authorities needs a search.url that begins with https://"),
        (
            {"URL": "http://one:9200", "AUTHORITIES": "/x"},
            "search.authorities needs a search.url that begins with https",
        ),
        ({"URL": "https://one:9200", "AUTHORITIES": "/nowhere"}, "search.authorities: /nowhere is not a file"),
    ],
)
def test_what_cannot_be_is_said(environ: dict[str, str], said: str) -> None:
    with pytest.raises(Misconfigured, match="search") as refused:
        load({f"HUB__SEARCH__{name}": value for name, value in environ.items()})
    assert refused.value.message.startswith(said)


def test_a_url_with_a_password_and_a_prefix_that_could_be_anybodys_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "opshub.toml"
    file.write_text('[search]\nurl = "http://hub:canary@one:9200"\nprefix = "hub"')
    with pytest.raises(Misconfigured) as refused:
        load({}, file)
    assert "canary" not in refused.value.message
    assert [line.split(": ")[1].split(" ")[0] for line in refused.value.message.splitlines()] == [
        "search.url", "search.prefix",
    ]  # fmt: skip
