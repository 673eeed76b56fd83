"""What tools say in a pipeline is text: only the commands of the scripts themselves are obeyed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.pipelines.platforms import pipeline
from tests.pipelines.test_pipelines import steps
from tests.pipelines.test_tools import BASH, Machine
from tests.scripts.test_logs import CHATTER, commands

LOUD = f"""\
printf '%s\\n' {"$'" + CHATTER.encode("unicode_escape").decode().replace("'", "") + "'"}
printf '%s\\n' {"$'" + CHATTER.encode("unicode_escape").decode().replace("'", "") + "'"} >&2
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Its tools say commands on both streams before they do anything."""
    machine = Machine(tmp_path.resolve(), "no plan connection")
    for tool in (machine.folder / "bin").iterdir():
        shebang, rest = tool.read_text(encoding="utf-8").split("\n", 1)
        loud = LOUD if tool.name != "az" else f'case "$*" in version*) ;; *)\n{LOUD};; esac\n'
        rest = rest.replace("<<'PIP'\n#!/usr/bin/env bash\n", f"<<'PIP'\n#!/usr/bin/env bash\n{LOUD}")
        tool.write_text(f"{shebang}\n{loud}{rest}", encoding="utf-8")
    return machine


def test_what_is_installed_gives_no_order(machine: Machine) -> None:
    code, told, messages = machine.run("install-tools.sh", "--dir", f"{machine.folder}/t", "mlinfra", "bicep", "ml")
    assert (code, told) == (0, "##vso[task.prependpath]@/t/mlinfra/bin\n##vso[task.prependpath]@/t/azure/bin\n")
    assert commands(messages) == []
    assert "# # vso[task.setvariable variable=x]1\n" in messages


def test_what_the_linter_says_gives_no_order(machine: Machine) -> None:
    code, told, messages = machine.run("lint-bicep.sh", LINT="1")
    assert (code, told) == (1, "")
    assert {line.partition("]")[0] for line in commands(messages)} == {
        "##vso[task.logissue type=error",
        "##vso[task.logissue type=warning",
    }
    assert all(line.count("##") == 1 for line in commands(messages))


@pytest.mark.parametrize("code", [0, 3])
def test_what_mlinfra_says_of_a_branch_gives_no_order(machine: Machine, code: int) -> None:
    (step,) = (each for each in steps(pipeline("no plan connection", "pr")) if "mlinfra -f" in each.get("bash", ""))
    mlinfra = machine.folder / "bin" / "mlinfra"
    mlinfra.write_text(f"#!/usr/bin/env bash\n{LOUD}exit {code}\n", encoding="utf-8")
    mlinfra.chmod(0o755)
    environment = {**os.environ, **step["env"], "PATH": f"{mlinfra.parent}{os.pathsep}{os.environ['PATH']}"}
    ended = subprocess.run(
        [BASH, "-c", step["bash"]],
        cwd=machine.folder / "repository",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == (1 if code else 0)
    assert commands(ended.stdout + ended.stderr) == []
    assert ended.stdout.count("# # vso[task.setvariable variable=x]1\n") == 2
