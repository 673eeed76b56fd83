"""The scripts that pipelines alone need, run against stand-ins of the tools."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.installation import WHEEL
from tests.pipelines.platforms import BICEP as BICEP_PROGRAM
from tests.pipelines.platforms import output
from tests.scripts.infra_hash import infra_hash

BASH = shutil.which("bash") or "bash"
AZ = """\
#!/usr/bin/env bash
echo "az $*" >>"$CALLS"
case "$1 $2" in
  'version --query') case "$3" in *azure-cli*) echo "2.91.0 2.42.0" ;; *) echo "${ML:-2.42.0}" ;; esac ;;
  'group show')
    if [[ "${TAG-}" == absent ]]; then exit 3; fi
    printf '%s\n' "${TAG-}"
    ;;
esac
"""
PYTHON = """\
#!/usr/bin/env bash
echo "python3 ${*:1:3}" >>"$CALLS"
mkdir -p "$4/bin"
cat >"$4/bin/python" <<'PIP'
#!/usr/bin/env bash
test "${*:1:6}" = "-I -m pip --disable-pip-version-check --no-input --quiet"
printf "<%s>" "${@:7}" >>"$CALLS"
pwd | sed "s/^/ in /" >>"$CALLS"
case "${*: -1}" in */mlinfra.txt) cat "${@: -1}" >>"$CALLS" ;; esac
PIP
printf '#!/usr/bin/env bash\\necho mlinfra 0.1.0\\n' >"$4/bin/mlinfra"
chmod +x "$4/bin/"*
"""
CURL = """\
#!/usr/bin/env bash
page="${*: -1}"
case "$page" in
  https://api.github.com/repos/Azure/bicep/releases/tags/v0.49.2) exec cat "$RELEASE" ;;
  https://api.github.com/*) exit 22 ;;
esac
echo "curl $page" >>"$CALLS"
if [[ -z "${PROGRAM-}" ]]; then
  echo "curl: (22) The requested URL returned error: 404" >&2
  exit 22
fi
while [[ "$1" != --output ]]; do shift; done
printf '%s' "$PROGRAM" >"$2"
"""
UNAME = '#!/usr/bin/env bash\nset -- "$1" {}\ncase "$1" in -s) echo "$2" ;; *) echo "$3" ;; esac\n'
RELEASES = "https://github.com/Azure/bicep/releases/download"
BICEP = """\
#!/usr/bin/env bash
echo "bicep $1 ${2##*/generated/shop/}" >>"$CALLS"
case "$2" in
  */shop/dev/*)
    echo "$2(9,1) : Info use-x: Perhaps another word." >&2
    echo "$2(1,7) : Warning no-unused-params: Parameter \\"x\\" is ##vso[declared] but never used." >&2
    ;;
  *)
    echo "$2(9,1) : Info use-x: Perhaps another word." >&2
    echo "$2(3,1) : Error BCP018: Expected the \\"=\\" character at this location." >&2
    exit "$LINT"
    ;;
esac
"""


class Machine:
    """A repository with the output of a platform, and a PATH that starts with the stand-ins."""

    def __init__(self, folder: Path, platform: str | Mapping[str, str]) -> None:
        self.folder = folder
        self.scripts = folder / "repository" / "generated" / "shop" / "scripts"
        self.scripts.mkdir(parents=True)
        for path, text in (output(platform) if isinstance(platform, str) else platform).items():
            if path.startswith("scripts/"):
                (self.scripts / Path(path).name).write_text(text, encoding="utf-8")
        (folder / "bin").mkdir()
        for name, text in (("az", AZ), ("python3", PYTHON), ("bicep", BICEP), ("curl", CURL)):
            self.has(name, text)
        self.is_a("Linux x86_64")

    def is_a(self, system: str) -> None:
        """What uname says of it: its system and its processor."""
        self.has("uname", UNAME.format(system))

    def has(self, name: str, text: str) -> None:
        (self.folder / "bin" / name).write_text(text, encoding="utf-8")
        (self.folder / "bin" / name).chmod(0o755)

    def run(self, script: str, *arguments: str, **variables: str) -> tuple[int, str, str]:
        """Exit code, what Azure Pipelines obeys, and messages; the folder of the test is written as `@`."""
        environment = {
            **os.environ,
            "TF_BUILD": "True",
            "CALLS": str(self.folder / "calls"),
            "PROGRAM": BICEP_PROGRAM,
            "RELEASE": "/nowhere",
            **variables,
        }
        environment["PATH"] = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        ended = subprocess.run(
            [BASH, self.scripts / script, *arguments], env=environment, capture_output=True, text=True, check=False
        )
        return ended.returncode, self._short(ended.stdout), self._short(ended.stderr)

    def calls(self) -> list[str]:
        return self._short((self.folder / "calls").read_text(encoding="utf-8")).splitlines()

    def _short(self, text: str) -> str:
        return text.replace(str(self.folder), "@")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path.resolve(), "two targets")


def test_tools_are_installed_at_their_pinned_versions_and_offered_to_later_steps(machine: Machine) -> None:
    code, told, messages = machine.run("install-tools.sh", "--dir", f"{machine.folder}/t", "mlinfra", "ml")
    assert (code, told) == (0, "##vso[task.prependpath]@/t/mlinfra/bin\n")
    assert messages == "mlinfra 0.1.0\n"
    assert machine.calls() == [
        "python3 -I -m venv",
        (
            "<install><--index-url><https://packages.contoso.example/feed/simple><--require-hashes><--only-binary><:all:>"
            "<--requirement><./tools/requirements.txt> in @/repository"
        ),
        "az extension add --name ml --version 2.42.0 --upgrade --yes",
        "az version --query extensions.ml || 'none' --output tsv",
    ]


NEEDED = "<install><--require-hashes><--only-binary><:all:><--requirement><./tools/requirements.txt> in @/repository"


def test_a_wheel_is_installed_by_the_hash_that_it_had_when_the_spec_was_compiled(tmp_path: Path) -> None:
    machine = Machine(tmp_path.resolve(), "other tools")
    code, _, _ = machine.run("install-tools.sh", "--dir", f"{machine.folder}/t", "mlinfra", TMPDIR=str(tmp_path))
    *calls, wheel, listed = machine.calls()
    assert (code, calls) == (0, ["python3 -I -m venv", NEEDED])
    assert re.fullmatch(
        r"<install><--no-index><--no-deps><--require-hashes><--requirement><@/[^/]+/mlinfra\.txt> in @/repository",
        wheel,
    )
    assert listed == f"./{WHEEL} --hash=sha256:{hashlib.sha256(b'a wheel').hexdigest()}"


def test_a_source_is_built_with_nothing_that_the_requirements_do_not_hold(tmp_path: Path) -> None:
    machine = Machine(tmp_path.resolve(), "hosted agents")
    code, _, _ = machine.run("install-tools.sh", "--dir", f"{machine.folder}/t", "mlinfra")
    assert (code, machine.calls()) == (
        0,
        [
            "python3 -I -m venv",
            NEEDED,
            "<install><--no-index><--no-deps><--no-build-isolation><./tools/mlinfra> in @/repository",
        ],
    )


def test_an_extension_of_another_version_is_an_error(machine: Machine) -> None:
    code, told, messages = machine.run("install-tools.sh", "--dir", f"{machine.folder}/t", "ml", ML="2.30.0")
    assert (code, told) == (1, "")
    assert "error: ml extension: 2.30.0 is installed, 2.42.0 is needed\n" in messages


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "error: --dir is missing"),
        (("--dir",), "error: --dir needs a value"),
        (("--dir", "t"), "error: nothing to install: mlinfra, bicep, ml"),
        (("--dir", "t", "helm"), 'error: unknown argument "helm"'),
    ],
)
def test_wrong_usage_of_install_tools(machine: Machine, arguments: tuple[str, ...], message: str) -> None:
    code, _, messages = machine.run("install-tools.sh", *arguments)
    assert (code, messages.splitlines()[0]) == (2, message)
    assert messages.splitlines()[1] == "usage: install-tools.sh --dir DIR [mlinfra] [bicep] [ml]"


def test_warnings_of_the_linter_are_shown_and_errors_fail(machine: Machine) -> None:
    code, _, messages = machine.run("lint-bicep.sh", LINT="1")
    warning = '@/repository/generated/shop/dev/infra/main.bicep(1,7) : Warning no-unused-params: Parameter "x"'
    assert code == 1
    assert f"##vso[task.logissue type=warning]{warning} is # # vso[declared] but never used.\n" in messages
    assert "main.bicep(3,1) : Error BCP018: " in messages
    assert messages.count(" : Info use-x: ") == 4
    assert not [line for line in messages.splitlines() if " : Info " in line and ("error" in line or "warning" in line)]
    assert "dev/infra/main.bicep is linted\n" in messages
    assert machine.calls() == [
        f"bicep lint {target}/infra/{unit}.bicep" for target in ("dev", "test") for unit in ("main", "serving")
    ]


@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("--fix", 2)])
def test_lint_bicep_takes_no_arguments(machine: Machine, argument: str, code: int) -> None:
    assert machine.run("lint-bicep.sh", argument)[0] == code


@pytest.fixture
def deployed(machine: Machine) -> str:
    """The tag that a deployment of the files of dev sets."""
    files = {"main.bicep": b"param a string\r\n", "main.bicepparam": b"param a = 'b'\n"}
    folder = machine.scripts.parent / "dev" / "infra"
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return infra_hash(files)


def told(ready: str) -> str:
    return f"{ready}\n##vso[task.setvariable variable=ready;isOutput=true]{ready}\n"


def test_infrastructure_of_the_revision_is_there(machine: Machine, deployed: str) -> None:
    assert machine.run("infra-ready.sh", "--target", "dev", TAG=deployed) == (0, told("true"), "")
    assert machine.run("infra-ready.sh", "--target", "dev", "--last", "30", TAG=deployed) == (0, told("true"), "")
    assert machine.run("infra-ready.sh", "--target", "dev", TAG=deployed, TF_BUILD="") == (0, "true\n", "")
    assert machine.calls()[-1] == (
        "az group show --subscription 11111111-1111-1111-1111-111111111111 --name rg-shop-dev "
        """--query tags."mlinfra-shop" || '' --output tsv"""
    )


@pytest.mark.parametrize(("tag", "shown"), [("", "none"), ("0123", "0123")])
def test_infrastructure_of_another_revision_is_waited_for(
    machine: Machine, deployed: str, tag: str, shown: str
) -> None:
    other = f"dev has other infrastructure ({shown}) than this revision ({deployed})"
    assert machine.run("infra-ready.sh", "--target", "dev", TAG=tag) == (0, told("false"), f"{other}\n")


WHY = "why: mlinfra -f specs/shop/ml-platform.yaml explain --error FILE -t dev, where FILE holds what was printed"


def test_the_last_look_says_which_run_to_approve(machine: Machine, deployed: str) -> None:
    code, said, messages = machine.run("infra-ready.sh", "--target", "dev", "--last", "30", TAG="0123")
    assert (code, said) == (1, told("false"))
    why, error, *_ = messages.splitlines()
    assert why == WHY
    assert error == (
        f"error: after 30 minutes dev has other infrastructure (0123) than this revision ({deployed}): approve stage "
        "dev of the run of shop-infra for the same commit, or see why it failed; then run the failed jobs of this run "
        "again"
    )


def test_a_group_that_is_not_there_is_not_waited_for(machine: Machine, deployed: str) -> None:
    code, said, messages = machine.run("infra-ready.sh", "--target", "dev", TAG="absent")
    assert (code, said) == (1, "")
    assert messages.startswith(f"{WHY}\nerror: resource group rg-shop-dev does not exist: run bootstrap.sh first\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--help",), 0),
        ((), 2),
        (("--target", "prod"), 2),
        (("--target", "dev", "--last", "$(id)"), 2),
        (("--target", "dev", "--last"), 2),
        (("now",), 2),
    ],
)
def test_how_infra_ready_is_used(machine: Machine, arguments: tuple[str, ...], code: int) -> None:
    assert machine.run("infra-ready.sh", *arguments)[0] == code
