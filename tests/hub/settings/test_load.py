"""Settings come from one file with the environment over it; all mistakes are reported at once."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Misconfigured
from hub.settings import Secret, Settings, load

HASH = "0" * 64
FILE = f"""
[http]
port = 0
[keys.rep]
hash = "{HASH}"
tenant = "acme"
scopes = ["orders:read", "orders:write"]
[sources.erp-main]
tenant = "acme"
adapter = "tryton_erp"
system = "ERP"
url = "http://127.0.0.1:8069"
database = "erp"
[channels.web]
tenant = "acme"
source = "erp-main"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "opshub.toml"
    file.write_text(text)
    return file


def mistakes(environ: dict[str, str], file: Path | None = None) -> list[str]:
    with pytest.raises(Misconfigured) as refused:
        load(environ, file)
    return [line.split("opshub.toml: ")[-1] for line in refused.value.message.splitlines()]


def test_nothing_given_is_a_complete_setting() -> None:
    assert load({"PATH": "/bin", "HOME": "/"}) == Settings()


def test_the_file_is_read_and_unknown_keys_of_a_source_are_its_options(tmp_path: Path) -> None:
    settings = load({}, written(tmp_path, FILE))
    assert settings.http.port == 0
    assert settings.keys["rep"].scopes == {"orders:read", "orders:write"}
    assert settings.sources["erp-main"].options == {"database": "erp"}
    assert settings.channels["web"].capture == "mirror"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    environ = {
        "HUB__HTTP__PORT": "9000",
        "HUB__STORE__URL": "postgresql://hub:hunter2@db/hub",
        "HUB__STORE__POOLED": "true",
        "HUB__SOURCES__ERP_MAIN__DATABASE": "other",
        "HUB__KEYS__REP__SCOPES": "traces:read, orders:read",
    }
    settings = load(environ, written(tmp_path, FILE))
    assert settings.http.port == 9000
    assert settings.store.url == Secret("postgresql://hub:hunter2@db/hub")
    assert settings.store.pooled is True
    assert settings.sources["erp-main"].options == {"database": "other"}
    assert settings.keys["rep"].scopes == {"traces:read", "orders:read"}
    assert "hunter2" not in repr(settings)


def test_all_mistakes_of_all_sections_come_at_once_by_name(tmp_path: Path) -> None:
    text = '[store]\nurll = "x"\npooled = "yes"\n[http]\nport = 70000\n[keys.rep]\nhash = "12"\n'
    text += "[other]\n[log]\nlevel = 5\n"
    assert mistakes(
        {"HUB__HTTP__DEADLINE": "soon", "HUB__FOO": "1", "HUB__LOG__FORM": "xml"}, written(tmp_path, text)
    ) == [
        "HUB__FOO is not known: a variable is HUB__SECTION__KEY",
        "other is not known",
        "store.urll is not known; did you mean url?",
        "store.pooled: Expected `bool`, got `str`",
        "http.port: Expected `int` <= 65535",
        "HUB__HTTP__DEADLINE: Invalid ISO8601 duration",
        "log.level: Expected `str`, got `int`",
        "HUB__LOG__FORM: Invalid enum value 'xml'",
        "keys.rep.hash: Expected `str` matching regex '^[0-9a-f]{64}$'",
        "keys.rep.tenant is missing (HUB__KEYS__REP__TENANT)",
    ]


def test_contradictions_between_sections_are_mistakes(tmp_path: Path) -> None:
    text = FILE + 'capture = "hub"\nmirrors = ["wms"]\n'
    text += f'[keys.twin]\nhash = "{HASH}"\ntenant = "acme"\nexpires = 2030-01-01T00:00:00\n'
    assert mistakes({}, written(tmp_path, text)) == [
        "channels.web: wms is not a source of tenant acme",
        "channels.web.baseline_at is missing: capture = hub needs to know from when on",
        "keys.twin.expires has no time zone",
        "keys.twin.hash is the same as that of keys.rep",
    ]


def test_a_scope_that_nothing_asks_for_is_a_mistake(tmp_path: Path) -> None:
    text = FILE + '[approvals.big]\ntenant = "acme"\naction = "orderCancel"\nunless = "seniors"\n'
    text += f'[keys.lead]\nhash = "{"cd" * 32}"\ntenant = "acme"\nscopes = ["ops:operate", "orders:read", "seniors"]\n'
    assert mistakes({}, written(tmp_path, text)) == [
        "keys.lead.scopes: nothing asks for ops:operate; there are orders:read, orders:write, orders:approve,"
        " traces:read, sources:read, hub:operate, webhooks:manage"
    ]


def test_rules_of_approval_are_told_by_name(tmp_path: Path) -> None:
    text = FILE + '[approvals.big]\ntenant = "acme"\naction = "orderCancel"\nabove = 500\ncurrency = "EUR"\n'
    (rule,) = load({"HUB__APPROVALS__BIG__UNLESS": "orders:approve"}, written(tmp_path, text)).approvals.values()
    assert (rule.above, rule.currency, rule.ruling, rule.unless, rule.hours) == (
        500, "EUR", "approve", "orders:approve", 72,
    )  # fmt: skip
    text = text.replace('currency = "EUR"', "hours = 0").replace('"orderCancel"', '"orderFold"')
    assert [one.split(": ")[0].split("/")[-1] for one in mistakes({}, written(tmp_path, text))] == [
        "approvals.big.action", "approvals.big.hours",
    ]  # fmt: skip
    text = FILE + '[approvals.big]\ntenant = "acme"\naction = "orderCancel"\nabove = 500\n'
    assert mistakes({}, written(tmp_path, text)) == [
        "approvals.big: above and currency are given together or not at all"
    ]


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    assert mistakes({}, tmp_path / "opshub.toml") == ["cannot be read (No such file or directory)"]


@given(
    st.dictionaries(
        st.from_regex(r"HUB__(STORE|HTTP|LOG|KEYS|SOURCES|CHANNELS|X)(__[A-Z_]{1,6}){0,3}", fullmatch=True),
        st.text(max_size=10),
        max_size=5,
    )
)
def test_any_environment_gives_settings_or_named_mistakes(environ: dict[str, str]) -> None:
    try:
        load(environ)
    except Misconfigured as refused:
        assert refused.message  # noqa: PT017  # either way is right


def test_how_long_a_failing_source_is_left_alone_is_the_operators_choice() -> None:
    assert load({}).work.cooldown_seconds == 120
    assert load({"HUB__WORK__COOLDOWN_SECONDS": "10"}).work.cooldown_seconds == 10
    assert mistakes({"HUB__WORK__COOLDOWN_SECONDS": "0"})


def test_targets_of_staleness_are_told_by_group_in_the_file_or_by_a_variable(tmp_path: Path) -> None:
    text = FILE.replace("[channels.web]", '[sources.erp-main.staleness]\nlifecycle = "PT2M"\n[channels.web]')
    file = written(tmp_path, text)
    settings = load({"HUB__SOURCES__ERP_MAIN__STALENESS__TRACKING": "PT1H"}, file).sources["erp-main"]
    assert settings.staleness == {"lifecycle": timedelta(minutes=2), "tracking": timedelta(hours=1)}
    assert settings.options == {"database": "erp"}
    wrong = written(tmp_path, text.replace("lifecycle", "lifecycel"))
    assert mistakes({}, wrong) == ["sources.erp-main.staleness.lifecycel is not known; did you mean lifecycle?"]


def test_a_channel_whose_orders_only_come_through_the_hub_has_no_source(tmp_path: Path) -> None:
    alone = FILE.replace('source = "erp-main"\n', "")
    assert load({}, written(tmp_path, alone)).channels["web"].source is None
    assert mistakes({}, written(tmp_path, alone + 'capture = "hub"\n')) == [
        "channels.web.source is missing: capture = hub needs to know whose orders",
        "channels.web.baseline_at is missing: capture = hub needs to know from when on",
    ]
