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


FOR_EACH = "identities:\n  a: {for_each: [k1, k2, k3, k4, k5, k6]}\n"
FEWER = {
    "of someone else": FOR_EACH.replace("]}", "], existing: true}"),
    "in some targets": FOR_EACH.replace("]}", "], targets: [dev]}"),
    "overridden": f"    overrides: {{identities: {{a: {{for_each: [k1]}}}}}}\n{FOR_EACH}",
    "removed one by one": f"    overrides: {{identities: {{a-k1: null}}}}\n{FOR_EACH}",
}


def test_more_than_one_deployment_takes_is_refused_before_it_is_compiled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlinfra.overrides.extent.MAX_DEPLOYED", 5)
    monkeypatch.setattr("mlinfra.compile.check_target", None)
    (tmp_path / "ml-platform.yaml").write_text(HEADER + FOR_EACH)
    assert run(["validate", "-f", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    message = "6 entries of target dev become a resource each, and one deployment takes 800"
    assert f"error[MLI138]: {message}\n" in said
    assert said.endswith(f"   help: {HELP}\n1 error\n")


@pytest.mark.parametrize("sections", FEWER.values(), ids=FEWER)
def test_what_may_not_be_deployed_does_not_count(
    sections: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlinfra.overrides.extent.MAX_DEPLOYED", 5)
    header = HEADER.replace("{", "\n    ").replace(", mode", "\n    mode").replace("}", "")
    (tmp_path / "ml-platform.yaml").write_text(header + sections)
    run(["validate", "-f", str(tmp_path)])
    assert "MLI138" not in capsys.readouterr().err


def test_as_many_as_can_be_compiled_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlinfra.overrides.extent.MAX_ENTRIES", 6)
    (tmp_path / "ml-platform.yaml").write_text(f"{HEADER}{CONTAINERS}")
    assert run(["validate", "-f", str(tmp_path)]) == 0
