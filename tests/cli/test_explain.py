"""Whatever `explain` and `graph` name can be given to `explain`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mlinfra.cli import run
from mlinfra.commands import explain, session
from mlinfra.commands.options import Settings
from mlinfra.explain import address

ROOT = Path(__file__).parents[2]
CHURN = ROOT / "specs" / "churn"
OUTPUT = ROOT / "generated" / "churn"


@pytest.fixture
def in_churn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of the spec, which is compiled once for many questions."""
    monkeypatch.chdir(CHURN)
    once = cache(lambda: session.compiled(session.Request.of(Settings(None, False, 0))))
    monkeypatch.setattr(explain, "compiled", lambda request: once())


@pytest.mark.usefixtures("in_churn")
def test_every_file_of_the_output_is_explained_by_the_name_that_explain_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for file in sorted(path for path in OUTPUT.rglob("*") if path.is_file()):
        printed = file.relative_to(OUTPUT).as_posix()
        assert run(["explain", printed]) == 0, printed
        assert capsys.readouterr().out.splitlines()[0] == printed


@pytest.mark.usefixtures("in_churn")
def test_every_address_of_every_target_is_explained_with_the_addresses_and_files_that_it_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plans = session.compiled(session.Request.of(Settings(None, False, 0))).compiled
    assert plans is not None
    asked: set[str] = set()
    waiting = {*address.addresses(plans.plans), *json_of_manifest()}
    while waiting:
        word = waiting.pop()
        asked.add(word)
        assert run(["explain", word, "-o", "json"]) == 0, word
        said = json.loads(capsys.readouterr().out)
        waiting |= _named_in(said) - asked
    assert {"pipelines", "workspaces.main", "dev/infra/workspace.bicep"} <= asked


def json_of_manifest() -> set[str]:
    """What the manifest says of what made each file."""
    files = json.loads((OUTPUT / "manifest.json").read_text(encoding="utf-8"))["files"]
    return {address for file in files for address in file["from"]}


def _named_in(said: dict[str, Any]) -> set[str]:
    addresses = {use["address"] for key in ("uses", "used_by", "from") for use in said.get(key, ())}
    return addresses | {target["file"] for target in said.get("targets", ()) if target["file"]}


def test_a_target_of_a_long_name_is_parted_from_the_name_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ml-platform.yaml").write_text(
        "apiVersion: mlinfra/v1\nplatform: tiny\nowner: a@b.example\nlocation: westeurope\ntargets:\n"
        "  staging: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}\nworkspaces: {main: {}}\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    assert run(["explain", "workspaces.main"]) == 0
    assert "\n  in staging mlw-tiny-staging\n" in capsys.readouterr().out
