"""Commands as they are typed: what they print, what they refuse, and with which exit code (0, 1 refused, 2 usage)."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.asking import found_by_cli
from hub.cli import main
from hub.settings import load
from hub.store.roles import RoleUrls
from resolvers.schema import sdl
from tests.kit.commands import Ended, Folder

Command = Callable[..., Ended]


@dataclass
class Typed:
    """Commands that end before they touch logs or databases, in this process."""

    capsys: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            main(words)
        said = self.capsys.readouterr()
        code = ended.value.code
        return Ended(code=code if isinstance(code, int) else 0, out=said.out, err=said.err)


@pytest.fixture
def opshub(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Types a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPSHUB_KEY", raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    return Typed(capsys)


def words(text: str) -> str:
    """Without frames and line breaks."""
    return " ".join("".join(" " if sign in "╭╮╰╯│─" else sign for sign in text).split())


def test_help_is_an_answer(opshub: Command) -> None:
    shown = opshub("--help")
    assert (shown.code, shown.err) == (0, "")
    known = "up serve work demo migrate schema search trace doctor sources keys cases replay endpoints"
    for command in known.split():
        assert f" {command} " in words(shown.out)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nonsense", "No such command 'nonsense'."),
        ("serve --nope", "No such option: --nope"),
        ("search", "Missing argument 'text'."),
        ("keys new rep", "Missing option '--tenant'."),
        ("demo smash", "is not one of 'break', 'heal'."),
        ("demo --orders 3", "Invalid value for '--orders'"),
    ],
)
def test_what_is_typed_wrongly_is_usage(opshub: Command, typed: str, said: str) -> None:
    ended = opshub(*typed.split())
    assert (ended.code, ended.out) == (2, "")
    assert said in words(ended.err)


def test_nothing_typed_is_usage_as_well(opshub: Command) -> None:
    assert opshub().code == 2


@pytest.mark.parametrize("typed", ["up", "serve", "work", "doctor", "migrate", "sources check vendure"])
def test_all_mistakes_of_all_sections_are_refused_at_once_whatever_the_command(
    opshub: Command, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    Path("opshub.toml").write_text('[http]\nprt = 1\nport = "x"\n[keys.rep]\nhash = "abc"\ntenant = "acme"\n')
    monkeypatch.setenv("HUB__STORE__POOL_SIZE", "0")
    ended = opshub(*typed.split())
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines() == [
        "HUB__STORE__POOL_SIZE: Expected `int` >= 1",
        "opshub.toml: http.prt is not known; did you mean port?",
        "opshub.toml: http.port: Expected `int`, got `str`",
        "opshub.toml: keys.rep.hash: Expected `str` matching regex '^[0-9a-f]{64}$'",
    ]
    assert not Path(".opshub").exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("up --config none.toml", "none.toml: cannot be read (No such file or directory)"),
        ("search 317", "no hub runs in this folder: start `opshub up` or say --url"),
        ("trace 317", "no hub runs in this folder: start `opshub up` or say --url"),
        ("cases", "no hub runs in this folder: start `opshub up` or say --url"),
        ("cases show x --key k", "no hub runs in this folder: start `opshub up` or say --url"),
        ("cases assign x --to kim", "no hub runs in this folder: start `opshub up` or say --url"),
        ("cases resolve x", "no hub runs in this folder: start `opshub up` or say --url"),
        ("replay --dry-run", "no hub runs in this folder: start `opshub up` or say --url"),
        ("sources", "no hub runs in this folder: start `opshub up` or say --url"),
        ("sources list", "no hub runs in this folder: start `opshub up` or say --url"),
        ("search 317 --url http://127.0.0.1:9 --key k", "no hub answers at http://127.0.0.1:9"),
        ("trace 317 --url http://127.0.0.1:9 --key k", "no hub answers at http://127.0.0.1:9"),
        ("demo break shop", "no demo runs in this folder: start it with `make demo`"),
    ],
)
def test_what_is_refused_is_said_in_words(opshub: Command, typed: str, said: str) -> None:
    assert opshub(*typed.split()) == Ended(code=1, out="", err=f"{said}\n")


def test_a_question_without_a_key_says_where_to_get_one(opshub: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with found_by_cli("http://127.0.0.1:9"):
        assert opshub("search", "317") == Ended(
            code=1, out="", err="say --key, or set OPSHUB_KEY; `opshub keys new` makes one\n"
        )
        monkeypatch.setenv("OPSHUB_KEY", "k")
        assert opshub("search", "317").err == "no hub answers at http://127.0.0.1:9\n"


def test_a_new_key_is_shown_once_and_its_lines_are_settings(opshub: Command) -> None:
    made = opshub("keys", "new", "my rep", "--tenant", 'a"cme', "--scope", "orders:read", "--scope", "orders:write")
    assert made.code == 0
    key = made.err.removeprefix("The key, shown once: ").strip()
    assert key.startswith("hub_")
    Path("opshub.toml").write_text(made.out)
    settings = load({}, Path("opshub.toml")).keys["my rep"]
    assert settings.hash == hashlib.sha256(key.encode()).hexdigest()
    assert (settings.tenant, settings.scopes) == ('a"cme', frozenset({"orders:read", "orders:write"}))
    assert key not in made.out


def test_a_key_may_read_orders_unless_more_is_said(opshub: Command) -> None:
    made = tomllib.loads(opshub("keys", "new", "rep", "--tenant", "acme").out)
    assert made["keys"]["rep"]["scopes"] == ["orders:read"]


def test_no_key_is_made_for_a_scope_that_nothing_asks_for(opshub: Command) -> None:
    made = opshub("keys", "new", "rep", "--tenant", "acme", "--scope", "ops:operate")
    assert (made.code, made.out) == (2, "")
    assert "'ops:operate' is not one of 'orders:read'" in made.err


def test_the_schema_is_printed_or_written(opshub: Command) -> None:
    assert opshub("schema") == Ended(code=0, out=sdl(), err="")
    assert opshub("schema", "--write") == Ended(code=0, out="", err="")
    assert Path("schema.graphql").read_text() == sdl()


def test_a_file_that_cannot_be_written_is_said_in_words(opshub: Command) -> None:
    Path("schema.graphql").mkdir()
    assert opshub("schema", "--write") == Ended(code=1, out="", err="schema.graphql: Is a directory\n")


def test_the_adapters_are_listed(opshub: Command) -> None:
    assert "vendure" in opshub("sources", "adapters").out.splitlines()


async def test_where_no_database_runs_every_command_says_what_to_do(tmp_path: Path) -> None:
    folder = Folder(path=tmp_path, environ={})
    said = "no database runs in .opshub: start `opshub up` first, or set HUB__STORE__URL (No such file or directory)\n"
    assert await folder.run("migrate") == Ended(code=1, out="", err=said)


async def test_doctor_and_migrate_find_the_database_that_runs(tmp_path: Path, database: RoleUrls) -> None:
    folder = Folder(path=tmp_path, environ={"HUB__KEYS__REP__HASH": "0" * 64, "HUB__KEYS__REP__TENANT": "acme"})
    folder.finds(database)
    assert await folder.run("migrate") == Ended(code=0, out="The tables are up to date.\n", err="")
    assert await folder.run("doctor") == Ended(
        code=0,
        out="well    settings: keys: 1, sources: 0\n"
        "well    database: every role connects, none may too much, the tables are up to date\n",
        err="",
    )


async def test_a_source_is_checked_by_name(tmp_path: Path) -> None:
    folder = Folder(path=tmp_path, environ={})
    checked = await folder.run("sources", "check", "vendure", "--only", "C13")
    assert (checked.code, checked.out.splitlines()[1:], checked.err) == (
        0, ["vendure: 1 of 1 checks passed on its rehearsal."], "",
    )  # fmt: skip


def test_a_new_adapter_is_written_and_says_what_comes_next(opshub: Command) -> None:
    made = opshub("sources", "new", "acme_wms")
    assert made.code == 0
    assert made.out.splitlines()[-2:] == [
        "pip install -e opshub-acme-wms   # then it is found by its entry point",
        "opshub sources check acme_wms   # says in words what is missing",
    ]
    assert all(Path(line).exists() for line in made.out.splitlines()[:-2])
    again = opshub("sources", "new", "acme_wms")
    assert (again.code, again.err) == (1, "opshub-acme-wms exists already\n")
