"""What tools say in a pipeline is text: only the commands of the scripts themselves are obeyed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.pipelines.platforms import pipeline
from tests.pipelines.reading import steps
from tests.pipelines.test_tools import BASH, Machine
from tests.scripts.test_logs import CHATTER, commands

LOUD = f"""\
printf '%s\\n' {"$'" + CHATTER.encode("unicode_escape").decode().replace("'", "") + "'"}
printf '%s\\n' {"$'" + CHATTER.encode("unicode_escape").decode().replace("'", "") + "'"} >&2
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return loud(tmp_path, "two targets")


def loud(folder: Path, platform: str) -> Machine:
    """Its tools say commands on both streams before they do anything; uname is the machine's own."""
    machine = Machine(folder.resolve(), platform)
    for tool in (tool for tool in (machine.folder / "bin").iterdir() if tool.name != "uname"):
        shebang, rest = tool.read_text(encoding="utf-8").split("\n", 1)
        loud = LOUD if tool.name != "az" else f'case "$*" in version*) ;; *)\n{LOUD};; esac\n'
        rest = rest.replace("<<'PIP'\n#!/usr/bin/env bash\n", f"<<'PIP'\n#!/usr/bin/env bash\n{LOUD}")
        tool.write_text(f"{shebang}\n{loud}{rest}", encoding="utf-8")
    return machine


def test_what_is_installed_gives_no_order(tmp_path: Path) -> None:
    machine, tools = loud(tmp_path, "other tools"), ("mlinfra", "bicep", "ml")
    code, told, messages = machine.run("install-tools.sh", "--dir", f"{machine.folder}/t", *tools, ML="2.43.0")
    assert (code, told) == (0, "##vso[task.prependpath]@/t/mlinfra/bin\n##vso[task.prependpath]@/t/bicep\n")
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


OUTCOMES = {
    0: [],
    1: ["the spec has errors; see the log"],
    2: ["generated/shop is not what the spec says: run mlinfra compile and commit"],
    3: ["mlinfra exited with 3; see the log"],
    70: ["mlinfra exited with 70; see the log"],
}


@pytest.mark.parametrize("code", OUTCOMES)
def test_the_page_of_the_run_tells_what_mlinfra_found_and_nothing_in_what_it_says_is_an_order(
    machine: Machine, code: int
) -> None:
    _mlinfra(machine, f"{LOUD}exit {code}\n")
    ended = judged(machine)
    assert ended.returncode == code
    told = [f"##vso[task.logissue type=error]{text}" for text in OUTCOMES[code]]
    assert commands(ended.stdout + ended.stderr) == told
    assert ended.stdout.count("# # vso[task.setvariable variable=x]1\n") == 2


def test_no_script_of_a_branch_judges_it(machine: Machine) -> None:
    """Where mlinfra finds a difference, such as this one, the job fails whatever the scripts say."""
    _mlinfra(machine, "echo differs\nexit 2\n")
    for script in (machine.folder / "repository").rglob("*.sh"):
        script.write_text("mlinfra() { echo nothing differs; }\nplain() { :; }\nset +e\n", encoding="utf-8")
    ended = judged(machine)
    assert (ended.returncode, ended.stdout.splitlines()[0]) == (2, "differs")


def _mlinfra(machine: Machine, script: str) -> None:
    """A mlinfra that does this."""
    mlinfra = machine.folder / "bin" / "mlinfra"
    mlinfra.write_text(f"#!/usr/bin/env bash\n{script}", encoding="utf-8")
    mlinfra.chmod(0o755)


def judged(machine: Machine) -> subprocess.CompletedProcess[str]:
    """The step that judges a branch, in its work tree."""
    (step,) = (each for each in steps(pipeline("two targets", "pr")) if " compile --check " in each.get("bash", ""))
    path = f"{machine.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [BASH, "-c", step["bash"]],
        cwd=machine.folder / "repository",
        env={**os.environ, **step["env"], "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
