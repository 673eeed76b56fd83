"""How the Bicep CLI is installed: from its release on GitHub, and nothing runs it before its hash was looked at."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.pipelines.platforms import BICEP_SHA256, compiled_in, files_of, pipelines, repository, spec
from tests.pipelines.test_tools import RELEASES, Machine

OTHER_PROGRAM = '#!/usr/bin/env bash\necho ran >>"$CALLS"\necho 0.50.1\n'


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path.resolve(), "two targets")


def install_bicep(machine: Machine, **variables: str) -> tuple[int, str, str]:
    return machine.run("install-tools.sh", "--dir", f"{machine.folder}/t", "bicep", **variables)


def test_bicep_of_a_known_hash_is_installed_once(tmp_path: Path) -> None:
    """From its release on GitHub, where the hash is read, too: no other host says that it holds the same bytes."""
    machine = Machine(tmp_path.resolve(), "other tools")
    for _ in range(2):
        told = "##vso[task.prependpath]@/t/bicep\n"
        assert install_bicep(machine) == (0, told, "Bicep CLI version 0.50.1 (abc)\n")
    assert machine.calls() == [f"curl {RELEASES}/v0.50.1/bicep-linux-x64"]


def test_bicep_of_another_hash_is_never_run(tmp_path: Path) -> None:
    machine = Machine(tmp_path.resolve(), "other tools")
    other = hashlib.sha256(OTHER_PROGRAM.encode()).hexdigest()
    for _ in range(2):
        code, told, messages = install_bicep(machine, PROGRAM=OTHER_PROGRAM)
        assert (code, told) == (1, "")
        said = (
            f" has the SHA-256 {other}, which is not one of: {BICEP_SHA256} {'a' * 64}. Nothing of it was run. Compare"
        )
        assert said in messages
    assert machine.calls() == [f"curl {RELEASES}/v0.50.1/bicep-linux-x64"] * 2
    assert not (tmp_path / "t" / "bicep").exists()


def test_bicep_that_lies_there_with_another_hash_is_replaced(tmp_path: Path) -> None:
    machine = Machine(tmp_path.resolve(), "other tools")
    program = tmp_path.resolve() / "t" / "bicep" / "bicep"
    program.parent.mkdir(parents=True)
    program.write_text(OTHER_PROGRAM, encoding="utf-8")
    program.chmod(0o755)
    assert install_bicep(machine)[0] == 0
    assert machine.calls() == [f"curl {RELEASES}/v0.50.1/bicep-linux-x64"]


@pytest.mark.parametrize("platform", ["two targets", "other tools"])  # without and with a hash in the spec
def test_bicep_that_can_not_be_had_ends_the_step(tmp_path: Path, platform: str) -> None:
    version = {"two targets": "0.49.2", "other tools": "0.50.1"}[platform]
    code, told, messages = install_bicep(Machine(tmp_path.resolve(), platform), PROGRAM="")
    said, _, error, *_ = messages.splitlines()
    assert (code, told, said) == (1, "", "curl: (22) The requested URL returned error: 404")
    assert error == f"error: {RELEASES}/v{version}/bicep-linux-x64 could not be downloaded"
    assert "nothing checked" not in messages


@pytest.mark.parametrize("system", ["Linux riscv64", "MINGW64_NT-10.0 x86_64"])
def test_a_machine_for_which_bicep_has_no_program_is_named(machine: Machine, system: str) -> None:
    machine.is_a(system)
    code, told, messages = install_bicep(machine)
    assert (code, told) == (1, "")
    assert (
        f"error: Bicep 0.49.2 has no program for {system}: its release has those of Linux and macOS, x64 and arm64\n"
        in messages
    )
    assert not (machine.folder / "calls").exists()


MACHINES = {
    "Linux x86_64": "linux-x64",
    "Linux aarch64": "linux-arm64",
    "Darwin arm64": "osx-arm64",
    "Darwin x86_64": "osx-x64",
}


@pytest.mark.parametrize("system", MACHINES)
def test_a_hash_that_nobody_wrote_is_said(machine: Machine, system: str) -> None:
    machine.is_a(system)
    code, told, messages = install_bicep(machine)
    assert (code, told) == (0, "##vso[task.prependpath]@/t/bicep\n")
    said = f"warning: nothing checked Bicep 0.49.2 for {MACHINES[system]}, whose SHA-256 is {BICEP_SHA256}: api"
    assert said in messages
    assert machine.calls() == [f"curl {RELEASES}/v0.49.2/bicep-{MACHINES[system]}"]


def _release(machine: Machine, digest: str | None, *, indent: int | None) -> str:
    """What GitHub tells of a release; the text of it may hold what looks like an asset."""
    assets = [
        {"name": name, "label": "", "uploader": {"login": "x"}, "digest": each, "size": 1}
        for name, each in (
            ("bicep-linux-x64.sig", "sha256:" + "b" * 64),
            ("bicep-linux-x64", digest),
            ("LICENSE", None),
        )
    ]
    body = '{"name": "bicep-linux-x64", "digest": "sha256:' + "c" * 64 + '"}'
    path = machine.folder / "release.json"
    path.write_text(json.dumps({"name": "v0.49.2", "assets": assets, "body": body}, indent=indent), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    ("digest", "code", "told"),
    [
        (f"sha256:{BICEP_SHA256}", 0, "Bicep CLI version 0.50.1 (abc)\n"),
        ("sha256:" + "a" * 64, 1, f"which is not one of: {'a' * 64}. Nothing of it was run."),
        (None, 0, "api.github.com did not tell that of its release"),
        ("sha512:" + "a" * 64, 0, "api.github.com did not tell that of its release"),
    ],
)
def test_a_hash_that_nobody_wrote_is_that_of_the_release(
    machine: Machine, digest: str | None, code: int, told: str, indent: int | None
) -> None:
    ended, _, messages = install_bicep(machine, RELEASE=_release(machine, digest, indent=indent))
    assert ended == code
    assert told in messages
    assert ("warning: " in messages) == ("did not tell" in told)


def test_a_version_without_a_hash_is_installed_with_a_warning(tmp_path: Path) -> None:
    text = spec(["dev"], pipelines(["dev"]), "  versions: {bicep: 0.50.1}\n")
    with repository() as root:
        files = files_of(compiled_in(root, text), root, root / "generated" / "shop")
    machine = Machine(tmp_path.resolve(), files)
    code, _, messages = install_bicep(machine, PROGRAM=OTHER_PROGRAM)
    assert code == 0
    assert "warning: nothing checked Bicep 0.50.1 for " in messages
