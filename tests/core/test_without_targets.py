"""Where nobody can read the targets, one stands in for them: all else is checked, whatever they are called."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlinfra.cli import run
from mlinfra.compile import compile_spec
from tests.differ.edits import ROOT, copied
from tests.spec import found

EXAMPLES = sorted(path.parent.name for path in (ROOT / "specs").glob("*/ml-platform.yaml"))
_TARGETS = re.compile(r"^targets:\n(?:[ #].*\n|\n)+", re.MULTILINE)
_HEADER = "apiVersion: mlinfra/v1\nplatform: churn\nlocation: westeurope\n"
_BODY = "subscription: 11111111-1111-1111-1111-111111111111, mode: development"
_WORKSPACE = "workspaces: {main: {descriptio: ours}}\n"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("repository"), *EXAMPLES, folders=("specs",))


@pytest.mark.parametrize(
    ("targets", "code"),
    [("", "MLI202"), ("targets: dev\n", "MLI204"), ("targets: {}\n", "MLI205"), ("targets: {prod: [1]}\n", "MLI204")],
)
@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_else_is_wrong_with_an_example(name: str, targets: str, code: str, repository: Path) -> None:
    spec = repository / "specs" / name / "ml-platform.yaml"
    text, number = _TARGETS.subn(targets, spec.read_text(encoding="utf-8"))
    assert number == 1
    other = spec.with_name("other.yaml")
    other.write_text(text, encoding="utf-8")
    compiled = compile_spec(other, repository, {})
    of_targets = (item for items in compiled.diagnostics.values() for item in items)
    errors = [item.code.id for item in (*compiled.of_spec, *of_targets) if item.severity == "error"]
    assert errors == [code]
    assert compiled.plans == ()


# A spec's targets, and what is said beside the slip that stands in its workspace.
OTHERWISE = {
    "none": ("", ["the header lacks targets"]),
    "a list of bodies": (
        f"targets: [{{name: dev, {_BODY}}}]\n",
        ["targets must be a mapping, not a list: write targets: {dev: {subscription: …, mode: …}}"],
    ),
    "a list of names": (
        "targets: [dev]\n",
        [
            "targets must be a mapping, not a list: write targets: {dev: {}}",
            "targets.dev lacks mode: add mode, one of development, production",
        ],
    ),
    "stages": (f"stages: {{dev: {{{_BODY}}}}}\n", ['unknown section or header key "stages"']),
    "environments": (
        f"environments: {{dev: {{{_BODY}}}, prod: {{{_BODY}}}}}\n",
        ["environments takes no subscriptions: what is deployed to them are targets: write targets: {dev: …}"],
    ),
}


@pytest.mark.parametrize("case", OTHERWISE)
def test_what_is_wrong_elsewhere_is_found_at_once(case: str, tmp_path: Path) -> None:
    targets, expected = OTHERWISE[case]
    lines = [f"{item.message}: {item.help}" for item in found(tmp_path, _HEADER + targets + _WORKSPACE)]
    said = [next(line for line in lines if line.startswith(each)) for each in expected]
    assert any(line.startswith("descriptio is not a field of workspaces") for line in lines)
    assert len(lines) == len(said) + 1 + (case == "a list of names")  # which lacks a subscription, too


def test_bodies_by_name_that_are_listed_are_read_so(tmp_path: Path) -> None:
    written = """\
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
workspaces: {main: {}}
storage_accounts:
  lake:
    lifecycle: [{name: old, prefixes: [a/], delete_after_days: 1.5}]
    immutability: [{days: 7}, {state: unlocked}]
"""
    lines = [f"{item.span.line}: {item.message}: {item.help}" for item in found(tmp_path, _HEADER + written)]
    assert lines == [
        "8: lifecycle must be a mapping, not a list: write lifecycle: {old: {prefixes: …, delete_after_days: …}}",
        "8: delete_after_days must be an integer, not 1.5: None",
        "9: immutability must be a mapping, not a list: write immutability: {days: …, state: …}",
    ]


@pytest.mark.parametrize(("beside", "code"), [("", "MLI133"), ("colour: red\n", "MLI203")])
def test_a_comment_that_silences_nothing_may_do_so_once_the_errors_are_mended(
    beside: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    comment = "workspaces: {main: {}} # mlinfra: ignore MLI424 because it is meant\n"
    spec = tmp_path / "ml-platform.yaml"
    spec.write_text(f"{_HEADER}targets: {{dev: {{{_BODY}}}}}\n{beside}{comment}", encoding="utf-8")
    run(["validate", "-f", str(spec)])
    assert re.findall(r"MLI\d{3}(?=])", capsys.readouterr().err) == [code]
