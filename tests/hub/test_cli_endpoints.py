"""`opshub endpoints` as it is typed: each command asks the hub that runs here, or says that none does."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.cli import main


@pytest.mark.parametrize(
    "typed",
    [
        "endpoints",
        "endpoints rotate x --keep-hours 1",
        "endpoints disable x --reason y",
        "endpoints enable x",
        "endpoints replay x --dead --dry-run",
    ],
)
def test_where_no_hub_runs_that_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, typed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(typed.split())
    assert ended.value.code == 1
    assert capsys.readouterr().err == "no hub runs in this folder: start `opshub up` or say --url\n"


def test_why_it_is_disabled_must_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["endpoints", "disable", "x"])
    assert ended.value.code == 2
    assert "--reason" in capsys.readouterr().err
