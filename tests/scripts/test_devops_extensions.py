"""bootstrap-devops.sh where train.yml waits with a task of the marketplace: its extension is installed."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from tests.scripts.harness import Azure
from tests.scripts.test_devops import _run
from tests.scripts.test_devops_pools import _shop

NAME = "ms-air-aiagility.azureml-v2"
PAGE = "https://dev.azure.com/contoso/_settings/extensions"
WHAT = f"extension {NAME}, which train.yml waits with"
INSTALL = f"install the {WHAT}"


def _made(folder: Path, port: int) -> tuple[Azure, tuple[str, ...]]:
    return _shop(folder, port, "{vmImage: ubuntu-24.04}", "waits without an agent")


def _said(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if "azureml-v2" in line]


def test_it_is_installed_once(tmp_path: Path, port: int) -> None:
    azure, arguments = _made(tmp_path, port)
    for mode, code in (("--dry-run", 0), ("--audit", 1)):
        before = copy.deepcopy(azure.state)
        result = _run(azure, *arguments, mode)
        assert (result.code, _said(result.stderr), azure.state) == (code, [f"would {INSTALL}"], before)
    assert _said(_run(azure, *arguments).stderr) == [INSTALL]
    assert azure.state["devops"]["extensions"] == {NAME: "none"}
    assert _said(_run(azure, *arguments).stderr) == []


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"MS-Air-AIAgility.azureml-v2": "trusted"}, []),
        (
            {NAME: "disabled, trusted"},
            [f"warning: the {WHAT}, is disabled: who manages extensions enables it, {PAGE}"],
        ),
    ],
)
def test_what_is_installed_stays(tmp_path: Path, port: int, known: dict[str, str], said: list[str]) -> None:
    azure, arguments = _made(tmp_path, port)
    azure.state["devops"]["extensions"] = dict(known)
    result = _run(azure, *arguments)
    assert (result.code, _said(result.stderr)) == (0, said)
    assert azure.state["devops"]["extensions"] == known


def test_who_may_not_install_it_says_who_does(tmp_path: Path, port: int) -> None:
    azure, arguments = _made(tmp_path, port)
    azure.state["devops"]["others manage extensions"] = True
    result = _run(azure, *arguments)
    assert result.code == 0, result.stderr
    assert _said(result.stderr)[-1] == (
        f"warning: who manages extensions of the organization installs {NAME} before shop-train runs: {PAGE}, or "
        f"https://marketplace.visualstudio.com/items?itemName={NAME}"
    )
