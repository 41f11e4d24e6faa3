"""Values remember who gave them; the environment lies over the file."""

from pathlib import Path

from hub.settings.given import Given, Tree, from_file, overlay, planted


def leaf(tree: Tree, *steps: str) -> Given:
    part: Tree | Given = tree
    for step in steps:
        assert isinstance(part, dict)
        part = part[step]
    assert isinstance(part, Given)
    return part


def test_a_value_is_named_after_its_path() -> None:
    assert leaf(planted({"a": {"b": 1}}, "x"), "a", "b") == Given(value=1, name="x.a.b", text=False)


def test_the_environment_wins_and_finds_names_with_hyphens() -> None:
    tree = planted({"erp-main": {"url": "old"}}, "sources")
    whole: Tree = {"sources": tree}
    overlay(whole, {"HUB__SOURCES__ERP_MAIN__URL": "new", "PATH": "/bin"}, [])
    assert leaf(whole, "sources", "erp-main", "url") == Given(
        value="new", name="HUB__SOURCES__ERP_MAIN__URL", text=True
    )
    assert list(whole) == ["sources"]


def test_a_name_only_in_the_environment_gets_hyphens() -> None:
    whole: Tree = {}
    overlay(whole, {"HUB__KEYS__NIGHT_SHIFT__TENANT": "acme"}, [])
    assert leaf(whole, "keys", "night-shift", "tenant").value == "acme"


def test_a_variable_without_a_key_is_a_mistake() -> None:
    mistakes: list[str] = []
    overlay({}, {"HUB__STORE": "x", "HUB__SOURCES__ERP": "x"}, mistakes)
    assert mistakes == [
        "HUB__SOURCES__ERP is not known: a variable is HUB__SECTION__KEY",
        "HUB__STORE is not known: a variable is HUB__SECTION__KEY",
    ]


def test_a_file_that_is_missing_or_malformed_is_a_mistake(tmp_path: Path) -> None:
    mistakes: list[str] = []
    broken = tmp_path / "opshub.toml"
    broken.write_text("[store\n")
    assert from_file(tmp_path / "none.toml", mistakes) == {}
    assert from_file(broken, mistakes) == {}
    assert [mistake.split(": ", 1)[1][:14] for mistake in mistakes] == ["cannot be read", "is not TOML (E"]
