"""`pipelines.tests`: how they are written, what pr.yml runs before anything else, and who gets a secret."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mlinfra.emit.readme import readme
from mlinfra.pipelines.requirements import has_hashes
from tests.installation import FROM_SOURCE, HASHED
from tests.pipelines.platforms import (
    PLATFORMS,
    compiled,
    compiled_in,
    files_of,
    found,
    pipeline,
    pipelines,
    repository,
    spec,
)
from tests.pipelines.reading import jobs, scalars, steps_of
from tests.reading_yaml import read_yaml
from tests.spec import said

EXPECTED = Path(__file__).with_name("own_tests.yml")


def test_each_test_is_a_job_before_anything_else() -> None:
    first, second, *_ = pipeline("tests", "pr")["stages"]
    assert (first["stage"], first["dependsOn"], first["jobs"]) == (
        "tests",
        [],
        read_yaml(EXPECTED.read_text(encoding="utf-8")),
    )
    assert (second["stage"], second["dependsOn"], second.get("condition")) == ("check", ["tests"], None)


def test_no_test_signs_in_and_no_other_job_gets_a_group() -> None:
    data = pipeline("tests", "pr")
    for stage in data["stages"]:
        for job in stage["jobs"]:
            keys = {key for key, _ in scalars(job)}
            assert not ("azureSubscription" in keys and stage["stage"] == "tests")
            assert ("group" in keys) is (job["job"] == "test_2")
    mapped = [step for job in jobs(data) for step in steps_of(job) if "$(token)" in str(step)]
    assert [step["displayName"] for step in mapped] == ["Run it"]


def test_where_a_fork_is_tested_by_nothing_the_rest_goes_on() -> None:
    only = "  tests: [{name: a, command: ./a, secrets: {A: g/a}}]\n"
    stages = _pr(only)["stages"]
    passed = "in(dependencies.tests.result, 'Succeeded', 'SucceededWithIssues', 'Skipped')"
    assert stages[1]["condition"] == f"and(not(canceled()), {passed})"
    assert "condition" not in _pr(only.replace("}}]", "}}, {name: b, command: ./b}]"))["stages"][1]


def _pr(tests: str) -> Any:
    with repository() as root:
        made = compiled_in(root, spec(["dev"], pipelines(["dev"], more=tests)))
        return read_yaml(files_of(made, root, root / "generated" / "shop")["pipelines/pr.yml"])


SECRETS = {
    "there": ("s3cret", 0, "ran with s3cret\n"),
    "empty": ("", 1, "##vso[task.logissue type=error]variable group g has no a, which is to be A\n"),
    "as it is written": ("$(a)", 1, "##vso[task.logissue type=error]variable group g has no a, which is to be A\n"),
}


@pytest.mark.parametrize(("value", "code", "told"), SECRETS.values(), ids=SECRETS)
def test_a_secret_that_its_group_lacks_is_no_value(value: str, code: int, told: str) -> None:
    data = _pr("""  tests: [{name: a, command: 'echo "ran with $A"', secrets: {A: g/a}}]\n""")
    step = steps_of(data["stages"][0]["jobs"][0])[-1]
    ended = subprocess.run(
        ["bash", "-c", step["bash"]], env={**os.environ, "A": value}, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, told, "")


INSTALLS = {"a package": ("0", 0), "what pip refuses": ("1", 1)}


@pytest.mark.parametrize(("exits", "code"), INSTALLS.values(), ids=INSTALLS)
def test_requirements_go_into_an_environment_of_their_own(tmp_path: Path, exits: str, code: int) -> None:
    """Python is called as pip's documentation says; what fails to install ends the job."""
    python = tmp_path / "bin" / "python3"
    python.parent.mkdir()
    pip = f'#!/usr/bin/env bash\necho "python $*" >>"{tmp_path}/calls"\nexit {exits}\n'
    python.write_text(
        f'#!/usr/bin/env bash\necho "python3 $*" >>"{tmp_path}/calls"\nmkdir -p "$4/bin"\n'
        f'cat >"$4/bin/python" <<\'END\'\n{pip}END\nchmod +x "$4/bin/python"\n'
    )
    python.chmod(0o755)
    step = steps_of(pipeline("tests", "pr")["stages"][0]["jobs"][0])[2]
    env = {"PATH": f"{python.parent}:{os.environ['PATH']}", "FOLDER": f"{tmp_path}/v"}
    env["REQUIREMENTS"] = "./tools/plain.txt"
    ended = subprocess.run(["bash", "-c", step["bash"]], env=env, capture_output=True, text=True, check=False)
    options = "--disable-pip-version-check --no-input --quiet install --requirement ./tools/plain.txt"
    assert (tmp_path / "calls").read_text() == f"python3 -I -m venv {tmp_path}/v\npython -I -m pip {options}\n"
    told = [f"##vso[task.setvariable variable={name}]" for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL")]
    told.append(f"##vso[task.prependpath]{tmp_path}/v/bin")
    assert (ended.returncode, ended.stdout.splitlines()) == (code, [] if code else told)


COMMAND = (
    "must be a command in one line of ASCII such as python -m pytest tests, without $(, ${ and ##, which Azure "
    "Pipelines reads otherwise: put more into a script, not "
)
GROUPED = (
    "must be a variable of a variable group as <group>/<variable>, such as shop-tests/token (letters, digits, . _ and "
    "-, in the name of the group also spaces), not "
)
# what is written in `tests`, in line 12, and what is said about it
WRONG = {
    "without a command": (
        "[{name: a}]",
        "12:11 MLI213 pipelines.tests.0 lacks command\n  help: add command: python -m pytest tests\n",
    ),
    "$(…)": ("[{name: a, command: echo $(id)}]", f'12:30 MLI215 command {COMMAND}"echo $(id)"\n'),
    "${…}": ("[{name: a, command: 'echo ${HOME}'}]", f'12:30 MLI215 command {COMMAND}"echo ${{HOME}}"\n'),
    "an open quote": (
        """[{name: a, command: "pytest -k 'slow"}]""",
        (
            "12:30 MLI215 command is a command that bash can't parse: a ' that nothing closes\n"
            "  help: correct it, or put it into a script\n"
        ),
    ),
    "a here-document": (
        "[{name: a, command: cat <<END}]",
        (
            "12:30 MLI215 command is a command that bash can't parse: a here-document that nothing ends belongs into a "
            "script\n"
            "  help: correct it, or put it into a script\n"
        ),
    ),
    "a command of the log": ("[{name: a, command: 'echo ##vso'}]", f'12:30 MLI215 command {COMMAND}"echo ##vso"\n'),
    "two of a name": (
        "[{name: a, command: b}, {name: A, command: b}]",
        "12:10 MLI215 tests has two tests of the name A\n",
    ),
    "no group": ("[{name: a, command: b, secrets: {A: token}}]", f'12:46 MLI215 A {GROUPED}"token"\n'),
    "a variable of two groups": (
        "[{name: a, command: b, secrets: {A: g/t, B: h/T}}]",
        (
            "12:11 MLI215 tests[0] takes T of two groups, g and h\n"
            "  help: Azure Pipelines knows a variable by its own name: call one of them otherwise\n"
        ),
    ),
    "two variables that differ in case": (
        "[{name: a, command: b, secrets: {TOKEN: g/t, token: g/u}}]",
        "12:11 MLI215 tests[0] has two secrets of the name token\n",
    ),
    "what bash obeys": (
        "[{name: a, command: b, secrets: {bash_env: g/t}}]",
        '12:43 MLI215 "bash_env" is a variable that the agent, bash or Python reads\n  help: write another name\n',
    ),
    "no such file": (
        "[{name: a, command: b, requirements: none.txt}]",
        (
            '12:47 MLI330 "none.txt" does not exist\n'
            "  help: paths of pipelines.tests count from the root of the repository\n"
        ),
    ),
    "a folder": (
        "[{name: a, command: b, requirements: tools}]",
        '12:47 MLI331 "tools" is a folder, and a file is due here\n',
    ),
    "another's secrets": (
        "[{name: a, command: b, secrets: {A: g/a}, requirements: tools/plain.txt}]",
        '12:66 MLI736 test a gets secrets, and "tools/plain.txt" has no hashes\n',
    ),
    "of no one version": (
        "[{name: a, command: b, requirements: tools/loose.txt}]",
        '12:47 MLI736 "tools/loose.txt" names no version of pytest>=8 by ==\n',
    ),
    "without hashes": (
        "[{name: a, command: b, requirements: tools/plain.txt}]",
        '12:47 MLI736 "tools/plain.txt" has no hashes\n',
    ),
    "with hashes of some": (
        "[{name: a, command: b, requirements: tools/some.txt}]",
        '12:47 MLI736 "tools/some.txt" has hashes, and none of pytest==9.2.0: pip refuses it\n',
    ),
    "held by hashes": ("[{name: a, command: b, secrets: {A: g/a}, requirements: tools/requirements.txt}]", ""),
}


@pytest.mark.parametrize(("tests", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_written_otherwise_is_told_how(tests: str, expected: str) -> None:
    text = spec(["dev"], pipelines(["dev"], install=FROM_SOURCE, more=f"  tests: {tests}\n"))
    assert found(text) == expected


def test_the_page_says_what_a_pull_request_could_do_with_a_secret() -> None:
    page = readme(compiled(PLATFORMS["tests"]).plans, "made in a test").text
    assert "| with-the_shop | `./ask.sh` | SHOP_TOKEN from shop tests, KEY from shared |" in page
    assert (
        "Whoever may open a pull request of this repository decides what a test does, and so can read the secrets that "
        "it gets"
    ) in " ".join(page.split())
    rows = [line for line in page.splitlines() if "variable group" in line and line.startswith("|")]
    who, how = "whoever may open a pull request", "by a person, in Azure DevOps"
    assert rows[:2] == [
        f"| `token` | variable group `shop tests` | {who} | {how} | – |",
        f"| `api-key` | variable group `shared` | {who} | {how} | – |",
    ]
    assert [row.split("|")[2:] for row in rows[2:]] == [
        [
            " who knows the secrets of tests ",
            " Creator of variable groups, in the project's library ",
            " makes the variable group shop tests with the secrets token, which pull requests get ",
            "",
        ],
        [
            " who knows the secrets of tests ",
            " Creator of variable groups, in the project's library ",
            " makes the variable group shared with the secrets api-key, which pull requests get ",
            "",
        ],
    ]
    assert "variable group" not in readme(compiled(PLATFORMS["one target"]).plans, "made in a test").text


def test_hashes_are_seen_as_pip_sees_them() -> None:
    assert has_hashes(HASHED)
    assert has_hashes("--require-hashes\na==1\n")
    assert not has_hashes("a==1 # --hash=sha256:00\n# --hash=x\nb==1\n")


def test_the_secrets_of_a_test_are_named_whatever_they_are_called(tmp_path: Path) -> None:
    """A name of a variable in a group is no secret, and neither is what is called as one."""
    names = "{DB_PASSWORD: team/db-password, API_KEY: team/api-key, TOKEN: team/token}"
    tests = f"  tests: [{{name: unit, command: ./t.sh, secrets: {names}}}]\n"
    assert said(tmp_path, spec(["dev"], pipelines(["dev"], more=tests)), "MLI219") == []
    plain = tests.replace("command: ./t.sh", "command: ./t.sh --password hunter2hunter2")
    assert said(tmp_path, spec(["dev"], pipelines(["dev"], more=plain)), "MLI219") != []
