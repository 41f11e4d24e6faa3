"""Words and habits that are kept out (house rules; ruff sees to the rest)."""

import ast
import re
from pathlib import Path

from tests.house.tree import ROOT, code_files, parsed, proof_files, spot, tracked

NAMES = {"service", "services", "utils", "util", "helpers", "helper", "manager", "common", "base", "core", "misc"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError|NotImplemented)\b")
SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore)\b(?P<rest>.*)")
WITH_CODE_AND_REASON = re.compile(r"(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|\[[a-z-]+(,\s*[a-z-]+)*\])\W+\w+")
BROAD = {"Exception", "BaseException"}
EDGES = ("resolvers/endpoint/", "hub/intake/door.py", "hub/work.py", "subscriptions/feed.py")
HERE = Path(__file__)


def occurrences(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files
        if path != HERE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_or_folder_has_a_name_that_means_nothing() -> None:
    vague = [
        str(path) for path in (*code_files(), *proof_files()) if NAMES & {path.stem, *path.relative_to(ROOT).parts[:-1]}
    ]
    assert not vague, vague


def test_nothing_is_left_unfinished() -> None:
    assert occurrences(UNFINISHED, [*code_files(), *proof_files()]) == []


def test_every_suppression_has_a_code_and_a_reason() -> None:
    bare = [
        line
        for line in occurrences(SUPPRESSION, [*code_files(), *proof_files()])
        if (found := SUPPRESSION.search(line)) and not WITH_CODE_AND_REASON.match(found["rest"])
    ]
    assert not bare, "\n".join(bare)


def test_the_type_checker_is_silenced_at_most_once_per_thousand_lines() -> None:
    files = code_files()
    silenced = occurrences(re.compile(r"#\s*type:\s*ignore"), files)
    total = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)
    assert len(silenced) <= 1 + total // 1000, "\n".join(silenced)


def test_a_broad_except_stands_at_an_edge_or_raises_again() -> None:
    broad = [
        spot(path, node)
        for path in code_files()
        if not str(path.relative_to(ROOT)).startswith(EDGES)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler) and is_broad(node) and not isinstance(node.body[-1], ast.Raise)
    ]
    assert not broad, broad


def is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(name is None or (isinstance(name, ast.Name) and name.id in BROAD) for name in names)


def test_no_test_is_skipped_and_none_replaces_our_functions() -> None:
    forbidden = re.compile(r"pytest\.(skip|importorskip)\b|mark\.(skip|skipif|xfail)\b|monkeypatch\.setattr\(")
    assert occurrences(forbidden, proof_files()) == []


def test_no_file_names_a_registry_or_a_path_of_some_machine() -> None:
    hosts = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "proxy.golang" + ".org", "crates" + ".io"]
    hosts += ["repo1.maven" + ".org", "repo.maven" + ".apache", "deb.debian" + ".org"]
    places = ["/work" + "/", "/opt" + "/wheels", "/root" + "/", "." + "library/"]
    pattern = re.compile("|".join(map(re.escape, [*hosts, *places])))
    texts = [path for path in tracked() if b"\0" not in path.read_bytes()[:1024]]
    assert occurrences(pattern, texts) == []
