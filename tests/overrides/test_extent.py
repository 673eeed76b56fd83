"""How many entries and targets one platform may have: what is more is an error before any of it is compiled."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.cli import run
from tests.spec import HEADER

TWO = HEADER + "  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: production}\n"
HELP = "split the platform into several specs"
DATA = "data:\n" + "".join(f"  d{number}: {{path: 'https://x.example/'}}\n" for number in range(6))
CONTAINERS = "storage_accounts:\n  s: {containers: {raw: {}, clean: {}, gold: {}, logs: {}, more: {}}}\n"
CASES = {
    "entries of one target": (HEADER, DATA, [], f"data:6 entries for 1 target:{HELP}"),
    "entries of several targets": (TWO, DATA, [], f"data:6 entries for 2 targets:{HELP}, or name some targets with -t"),
    "entries of a target that is named": (TWO, DATA, ["-t", "dev"], f"data:6 entries for 1 target:{HELP}"),
    "nested entries": (HEADER, CONTAINERS, [], f"storage_accounts:6 entries for 1 target:{HELP}"),
}


@pytest.mark.parametrize(("header", "sections", "options", "expected"), CASES.values(), ids=CASES)
def test_more_than_can_be_compiled_is_refused_before_it_is(
    header: str,
    sections: str,
    options: list[str],
    expected: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("mlinfra.overrides.extent.MAX_ENTRIES", 5)
    monkeypatch.setattr("mlinfra.compile.plan_target", None)
    (tmp_path / "ml-platform.yaml").write_text(header + sections)
    section, counted, help = expected.split(":")
    for verb in ("validate", "compile"):
        assert run([verb, *options]) == 1
        said = capsys.readouterr().err
        assert (
            f": error[MLI138]: {counted} are more than can be compiled at a time: entries times targets may be 5\n"
        ) in said
        assert f"| {section}:\n" in said
        assert f"   help: {help}\n1 error\n" in said


def test_as_many_as_can_be_compiled_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlinfra.overrides.extent.MAX_ENTRIES", 6)
    (tmp_path / "ml-platform.yaml").write_text(f"{HEADER}{CONTAINERS}")
    assert run(["validate", "-f", str(tmp_path)]) == 0
