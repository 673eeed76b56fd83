"""A secret in a comment that the compiler reads is an error, and is printed nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.cli import run
from tests.source.secret_texts import SECRETS

SPEC = """\
apiVersion: mlinfra/v1
platform: tiny
location: westeurope
targets:
  dev: {{subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
workspaces:
  main: {{}}
{more}"""
TOKEN = f"ghp_{'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}"
WRITTEN = {
    "the reason of a suppression": f"  # mlinfra: ignore MLI325 because token {TOKEN}\n  other: {{}}\n",
    "behind a value": f"  other: {{}}  # mlinfra: ignore MLI325 because {TOKEN} opens it\n",
    "of one that silences nothing": f"# mlinfra: ignore MLI999 because {TOKEN}\n",
    "of two codes": f"  # mlinfra: ignore MLI325, MLI219 because {TOKEN}\n  other: {{}}\n",
    "by its name": "  # mlinfra: ignore MLI325 because password=hunter2hunter2X9\n  other: {}\n",
    "an address with a password": "  # mlinfra: ignore MLI325 because https://me:hunter2hunter2@a.com\n  other: {}\n",
}
VERBS = (
    ["validate"],
    ["validate", "-o", "json"],
    ["compile"],
    ["diff"],
    ["diff", "-o", "markdown"],
    ["report"],
    ["graph"],
)


@pytest.mark.parametrize("more", WRITTEN.values(), ids=WRITTEN)
def test_it_is_an_error_and_is_not_shown(
    more: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ml-platform.yaml").write_text(SPEC.format(more=more))
    monkeypatch.chdir(tmp_path)
    for verb in VERBS:
        assert run(verb) == 1
        said = "".join(capsys.readouterr())
        assert "MLI219" in said
        assert "in the reason of a comment" in said
        assert TOKEN not in said
        assert "hunter2hunter2" not in said
    assert not (tmp_path / "generated").exists()


def test_one_in_an_included_file_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ml-platform.yaml").write_text(SPEC.format(more="include: [more.yaml]\n"))
    (tmp_path / "more.yaml").write_text(f"compute_clusters: {{}}  # mlinfra: ignore MLI325 because {TOKEN}\n")
    monkeypatch.chdir(tmp_path)
    assert run(["validate"]) == 1
    said = capsys.readouterr()
    assert "more.yaml:1:23: error[MLI219]" in said.out + said.err
    assert TOKEN not in said.out + said.err


@pytest.mark.parametrize("secret", [text for _, text in SECRETS if "\n" not in text])
def test_each_kind_of_secret_is_found_in_a_reason(
    secret: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ml-platform.yaml").write_text(
        SPEC.format(more=f"# mlinfra: ignore MLI325 because {secret}\n"), encoding="utf-8"
    )
    assert run(["validate", "-f", str(tmp_path)]) == 1
    said = "".join(capsys.readouterr())
    assert "error[MLI219]" in said
    assert secret not in said


@pytest.mark.parametrize(
    "reason",
    [
        "the password is kept in the vault, and rotated by the team",
        "https://dev.azure.com/contoso/_wiki/wikis/security/12 says so; keys are off",
        "sha256:0f343b0931126a20f133d67c2b018a3b5e0f8b9d5a7bca4e23c4b2a1a9c0d1e2 was looked at",
        "accepted by security, ticket SEC-1234 of 2026-11-05",
    ],
)
def test_a_reason_in_words_is_one(reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ml-platform.yaml").write_text(SPEC.format(more=f"# mlinfra: ignore MLI325 because {reason}\n"))
    assert run(["validate", "-f", str(tmp_path)]) == 0
    assert "MLI219" not in "".join(capsys.readouterr())


def test_what_no_one_reads_is_not_shown_either(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line is shown for another error on it."""
    (tmp_path / "ml-platform.yaml").write_text(SPEC.format(more=f"  other: {{}}\nnothing: 1  # {TOKEN} opens it\n"))
    assert run(["validate", "-f", str(tmp_path)]) == 1
    said = "".join(capsys.readouterr())
    assert "nothing: 1  # ****" in said
    assert TOKEN not in said
