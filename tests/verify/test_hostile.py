"""A branch that holds whatever a tool could take for its configuration or its code: nothing of it runs or counts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import mlinfra
from mlinfra.output.foreign import CONFIGURATIONS
from mlinfra.verify.judges import JUDGES
from mlinfra.verify.report import as_end, as_json, as_text
from mlinfra.verify.verdict import Finding, Verdict
from tests import tools
from tests.repository.repositories import committed, git
from tests.verify.platforms import written

pytestmark = pytest.mark.skipif(os.name == "nt", reason="what is planted are shell scripts")

PLACES = (
    ".",
    "specs",
    "specs/plain",
    "specs/plain/src",
    "generated",
    "generated/plain",
    "generated/plain/prod/infra",
    "generated/plain/prod/azureml",
    "generated/plain/prod/azureml/jobs",
    "generated/plain/pipelines",
    "generated/plain/scripts",
)
MODULES = (
    "sitecustomize",
    "usercustomize",
    "click",
    "yaml",
    "pydantic",
    "azure",
    "check_jsonschema",
    "checkov",
)
PROGRAMS = ("git", "bicep", "bin/git", "bin/bicep", ".azure/bin/bicep", "shellcheck", "checkov")
PLANTED = {  # by name; TRAP is a program that leaves a mark, CHECKS a folder with Python that does
    ".checkov.yaml": "external-checks-dir: [CHECKS]\nskip-check: [CKV2_AZURE_49, CKV_AZURE_166]\n",
    ".checkov.yml": "external-checks-dir: [CHECKS]\nframework: [terraform]\n",
    ".shellcheckrc": "enable=no-such-check\nshell=ksh\n",
    "shellcheckrc": "enable=no-such-check\nshell=ksh\n",
    "bicepconfig.json": '{"formatting": {"indentSize": 8}, "analyzers": ',
    "pyproject.toml": "[tool.checkov]\nthis is no TOML\n",
    "setup.cfg": "[checkov]\n",
    ".env": "CKV_SKIP_CHECK=CKV2_AZURE_49\nPYTHONPATH=.\n",
    ".azure/config": "[bicep]\nuse_binary_from_path = false\n[extension]\nuse_dynamic_install = yes_without_prompt\n",
    ".azureml/config.json": "{",
    ".amlconfig": "{",
    ".gitattributes": "* filter=trap diff=trap merge=trap\n",
    **{f"{module}.py": "import pathlib\npathlib.Path(MARK).touch()\n" for module in MODULES},
}
VARIABLES = {  # of a user who stands in the branch, and of the branch's own tools
    "SHELLCHECK_OPTS": "--no-such-option",
    "CKV_SKIP_CHECK": "CKV2_AZURE_49",
    "CKV_FRAMEWORK": "terraform",
    "GIT_EXTERNAL_DIFF": "TRAP",
    "GIT_SSH_COMMAND": "TRAP",
    "GIT_PAGER": "TRAP",
    "PYTHONSTARTUP": "click.py",
    "LD_LIBRARY_PATH": ":bin",
}
SETTINGS = (
    *(
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "core.editor",
        "core.askPass",
        "core.gitProxy",
        "diff.external",
    ),
    *("diff.trap.textconv", "diff.trap.command", "filter.trap.smudge", "filter.trap.clean"),
    *("filter.trap.process", "merge.trap.driver", "gpg.program", "credential.helper", "remote.origin.uploadpack"),
    *("pager.cat-file", "pager.rev-parse", "pager.ls-tree"),
)
ALIASES = ("cat-file", "rev-parse", "ls-tree", "show", "status")
HOOKS = (
    "post-checkout",
    "post-index-change",
    "reference-transaction",
    "pre-auto-gc",
    "post-merge",
    "fsmonitor-watchman",
)
# The arguments, and the exit code: among generated files, what is planted is a difference and an error.
VERBS: dict[str, tuple[tuple[str, ...], int]] = {
    "validate": (("validate",), 0),
    "compile": (("compile",), 1),
    "compile elsewhere": (("compile", "--outdir", "elsewhere"), 0),
    "check": (("compile", "--check", "--against", "HEAD~1"), 2),
    "explain": (("explain", "workspaces.main"), 0),
    "explain a file": (("explain", "generated/plain/prod/infra/storage.bicep:10"), 0),
    "graph": (("graph",), 0),
    "schema": (("schema",), 0),
}
# What is planted that tools obey among generated files; at the root of the folder, two of the names are generated.
OBEYED = sorted(
    f"{place}/{name}"
    for place in PLACES
    if place.startswith("generated/plain")
    for name in PLANTED
    if (name in CONFIGURATIONS or name.endswith(".py"))
    and (place != "generated/plain" or name in (".checkov.yaml", ".checkov.yml", ".shellcheckrc", "shellcheckrc"))
)


class Branch(NamedTuple):
    root: Path
    marks: Path  # a folder with a file for each thing that ran
    environ: dict[str, str]


def _planted(root: Path, outside: Path) -> Branch:
    """The repository of the platform `plain`, and in each of its folders each file that some tool might look for."""
    marks = outside / "marks"
    marks.mkdir()
    trap = _program(root / "trap", marks / "trap")
    checks = root / "checks"
    checks.mkdir()
    for name in ("__init__", "check"):
        (checks / f"{name}.py").write_text(f"import pathlib\npathlib.Path({str(marks / 'external-check')!r}).touch()\n")
    for place in PLACES:
        if place == "generated":  # what is planted above is part of the code that jobs take along
            assert _run(root, {}, "compile", "-q").returncode == 0
        for name, text in PLANTED.items():
            file = root / place / name
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                mark = repr(str(marks / f"{place}-{name}".replace("/", "-")))
                file.write_text(text.replace("CHECKS", str(checks)).replace("TRAP", str(trap)).replace("MARK", mark))
    for name in PROGRAMS:
        _program(root / name, marks / name.replace("/", "-"))
    committed(root, "one")
    committed(root, "two")
    hooks = root / ".githooks"
    for name in SETTINGS:
        git(root, "config", name, str(_program(root / ".git" / "traps" / name, marks / name)))
    for name in ALIASES:
        git(root, "config", f"alias.{name}", f"!{trap}")
    for folder in (hooks, root / ".git" / "hooks"):
        for name in HOOKS:
            _program(folder / name, marks / name)
    git(root, "config", "core.hooksPath", str(hooks))
    for left in marks.iterdir():  # git itself ran what it should, for the last settings and the aliases
        left.unlink()
    variables = {name: value.replace("TRAP", str(trap)) for name, value in VARIABLES.items()}
    return Branch(root, marks, {**variables, "HOME": str(root), "PATH": f":bin:.:{os.environ['PATH']}"})


def _program(file: Path, mark: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n: > '{mark}'\n")
    file.chmod(0o755)
    return file


def _run(root: Path, environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    package = str(Path(mlinfra.__file__).parent.parent)
    return subprocess.run(
        [sys.executable, "-m", "mlinfra", "-f", str(root / "specs" / "plain"), *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": package, **environ},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Branch:
    root = tmp_path_factory.mktemp("branch")
    written("plain", root)
    return _planted(root, tmp_path_factory.mktemp("outside"))


@pytest.fixture(autouse=True)
def nothing_ran(branch: Branch) -> Iterator[None]:
    yield
    assert sorted(mark.name for mark in branch.marks.iterdir()) == []


@pytest.mark.parametrize(("arguments", "code"), VERBS.values(), ids=VERBS)
def test_a_verb_runs_nothing_of_the_branch(arguments: tuple[str, ...], code: int, branch: Branch) -> None:
    done = _run(branch.root, branch.environ, *arguments)
    assert done.returncode == code, done.stderr


ACCEPTED = ("CKV2_AZURE_49", "CKV_AZURE_139", "CKV_AZURE_166", "CKV_AZURE_206", "CKV_AZURE_243", "CKV_AZURE_59")


@pytest.mark.slow
def test_the_judges_run_nothing_of_the_branch_and_find_what_they_find_without_it(branch: Branch) -> None:
    for judge in JUDGES:
        tools.need_for(judge.name)
    done = _run(branch.root, branch.environ, "verify", "-o", "json")
    verdicts = json.loads(done.stdout or "{}").get("judges", done.stderr)
    found = {item["judge"]: [finding["file"] for finding in item["findings"]] for item in verdicts}
    assert found == {judge.name: [] for judge in JUDGES} | {"compile --check": OBEYED}
    assert tuple(note.partition(" ")[0] for note in verdicts[-1]["notes"]) == ACCEPTED


def test_no_word_of_a_judge_repeats_a_secret(tmp_path: Path) -> None:
    words = "{'DB_PASSWORD': 'hunter2 3', 'x': 1} is wrong, AccountKey=abcdefghijkl0123456789=="
    said = (Verdict("sdk", "failed", "1", (Finding("a.yml", 2, words),), (words,)),)
    assert "hunter2" not in as_end(said, tmp_path, tmp_path)
    for report in (as_text(said[0], 3, tmp_path, tmp_path), as_json(said, tmp_path, tmp_path)):
        assert report.count("'x': 1} is wrong") == 2
        assert "hunter2" not in report
        assert "abcdefghijkl" not in report
