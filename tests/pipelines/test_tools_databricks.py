"""How the Databricks CLI is installed: nothing of what was downloaded runs before its hash was looked at."""

from __future__ import annotations

import hashlib
import io
import zipfile
from functools import cache
from pathlib import Path

import pytest

from mlinfra.pipelines.versions import VERSIONS
from tests.pipelines.platforms import BUNDLES, compiled_in, files_of, output, pipelines, repository, spec
from tests.pipelines.test_tools import Machine, told

PROGRAM = '#!/usr/bin/env bash\necho "ran" >>"$CALLS"\necho "Databricks CLI v1.9.0"\n'
CURL = """\
#!/usr/bin/env bash
echo "curl $*" >>"$CALLS"
while [[ "$1" != --output ]]; do shift; done
cp "$ARCHIVE" "$2"
"""
PAGE = "https://github.com/databricks/cli/releases/download"


@cache  # it holds the time
def _archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("databricks", PROGRAM)
        archive.writestr("LICENSE", "theirs")
    return packed.getvalue()


@cache
def _of_another_version(pin: str) -> dict[str, str]:
    text = spec(["dev", "test"], BUNDLES, pipelines(["dev", "test"]), f"  versions: {{databricks: {pin}}}\n")
    with repository() as root:
        return files_of(compiled_in(root, text), root, root / "generated" / "shop")


def _machine(folder: Path, platform: str | dict[str, str] = "bundles") -> tuple[Machine, str]:
    """A machine whose downloads are an archive of ours, and the hash of that."""
    machine = Machine(folder.resolve(), output(platform) if isinstance(platform, str) else platform)
    (machine.folder / "bin" / "python3").unlink()
    machine.has("curl", CURL)
    archive = _archive()
    (machine.folder / "archive.zip").write_bytes(archive)
    return machine, hashlib.sha256(archive).hexdigest()


def _install(machine: Machine, *more: str) -> tuple[int, str, str]:
    archive = str(machine.folder / "archive.zip")
    return machine.run("install-tools.sh", "--dir", f"{machine.folder}/t", *more, "databricks", ARCHIVE=archive)


def test_an_archive_of_the_hash_that_is_given_is_unpacked_and_offered_to_later_steps(tmp_path: Path) -> None:
    machine, digest = _machine(tmp_path)
    code, said, messages = _install(machine, "--databricks-sha256", digest)
    assert (code, said, messages) == (0, "##vso[task.prependpath]@/t/databricks\n", "Databricks CLI v1.9.0\n")
    curl, ran = machine.calls()
    assert curl.endswith(f" {PAGE}/v1.9.0/databricks_cli_1.9.0_linux_amd64.zip")
    assert "--proto =https" in curl
    assert ran == "ran"


def test_an_archive_of_another_hash_than_the_table_has_is_not_unpacked(tmp_path: Path) -> None:
    machine, digest = _machine(tmp_path)
    code, said, messages = _install(machine)
    assert (code, said, len(machine.calls())) == (1, "", 1)
    [known] = VERSIONS.databricks_hashes["linux_amd64"]
    assert messages.splitlines()[-2] == (
        f"error: what was downloaded as Databricks CLI 1.9.0 for linux_amd64 has the SHA-256 {digest}, which is not "
        f"one of: {known}. Nothing of it was run"
    )
    assert not (tmp_path / "t" / "databricks" / "databricks").exists()


def test_a_version_whose_hash_nobody_wrote_is_not_downloaded(tmp_path: Path) -> None:
    machine, _ = _machine(tmp_path, _of_another_version("1.13.0"))
    code, said, messages = _install(machine)
    assert (code, said, (machine.folder / "calls").exists()) == (1, "", False)
    assert messages.splitlines()[-2] == (
        "error: nothing says which SHA-256 Databricks CLI 1.13.0 for linux_amd64 has, so it is not installed: write it "
        "in the spec as pipelines: {versions: {databricks: {version: 1.13.0, sha256: …}}}, as "
        "databricks_cli_1.13.0_SHA256SUMS of its release on GitHub shows it, or give --databricks-sha256"
    )


def test_the_hash_of_the_spec_is_the_one_that_counts(tmp_path: Path) -> None:
    digest = hashlib.sha256(_archive()).hexdigest()
    machine, _ = _machine(tmp_path, _of_another_version(f"{{version: 1.13.0, sha256: {digest}}}"))
    assert _install(machine)[0] == 0


@pytest.mark.parametrize("given", ["", "x", "A" * 64])
def test_a_hash_is_one(tmp_path: Path, given: str) -> None:
    machine, _ = _machine(tmp_path)
    assert _install(machine, "--databricks-sha256", given)[0] == 2


def test_a_release_waits_for_the_bundles_of_its_revision_too(tmp_path: Path) -> None:
    machine, _ = _machine(tmp_path)
    bundle = machine.scripts.parent / "dev" / "databricks" / "main" / "platform" / "resources" / "jobs"
    bundle.mkdir(parents=True)
    (bundle / "a.yml").write_bytes(b"resources: 1\r\n")
    digest = hashlib.sha256(b"resources: 1\n").hexdigest()
    listing = f"{digest}  dev/databricks/main/platform/resources/jobs/a.yml\n"
    wanted = hashlib.sha256(listing.encode()).hexdigest()
    az = (machine.folder / "bin" / "az").read_text(encoding="utf-8")
    tag = '"$([[ "$*" == *-bundles* ]] && echo "${BUNDLES_TAG-}" || echo "${TAG-}")"'
    (machine.folder / "bin" / "az").write_text(az.replace('"${TAG-}"\n', f"{tag}\n"), encoding="utf-8")
    infra = hashlib.sha256(b"").hexdigest()
    look = ("infra-ready.sh", "--target", "dev")
    assert machine.run(*look, TAG=infra, BUNDLES_TAG=wanted) == (0, told("true"), "")
    code, said, messages = machine.run(*look, TAG=infra)
    assert (code, said.splitlines()[0]) == (0, "false")
    assert messages == f"dev has other bundles (none) than this revision ({wanted})\n"
