"""bootstrap-devops.sh where tests take secrets: pr.yml and no other pipeline may use their variable groups."""

from __future__ import annotations

import copy
from pathlib import Path

from tests.pipelines.platforms import POOLS
from tests.scripts.devops_summary import summary
from tests.scripts.harness import Azure
from tests.scripts.test_devops import _project, _run
from tests.scripts.test_devops_pools import _shop

TESTS = "  tests: [{name: a, command: ./a.sh, secrets: {A: shop tests/token, B: shop tests/key}}]\n"
PAGE = "https://dev.azure.com/contoso/{}/_library?itemType=VariableGroups"
GROUP = {"21": {"name": "Shop Tests", "holds": ["TOKEN", "key", "more"]}}


def _made(folder: Path, port: int) -> tuple[Azure, tuple[str, ...], str]:
    """A project in which all is made but the variable group."""
    azure, arguments = _shop(folder, port, POOLS, more=TESTS)
    first = _run(azure, *arguments)
    assert first.code == 0
    [id] = azure.state["devops"]["projects"]
    missing = f"there is no variable group shop tests: make it, with the secrets token, key, in {PAGE.format(id)}"
    assert f"warning: {missing}, then start this again" in first.stderr.splitlines()
    return azure, arguments, PAGE.format(id)


def test_the_pipeline_of_pull_requests_may_use_it_and_a_second_run_changes_nothing(tmp_path: Path, port: int) -> None:
    azure, arguments, _ = _made(tmp_path, port)
    _project(azure)["groups"] = copy.deepcopy(GROUP)
    for mode, code in (("--dry-run", 0), ("--audit", 1)):
        before = copy.deepcopy(azure.state)
        result = _run(azure, *arguments, mode)
        said = [line for line in result.stderr.splitlines() if "variable group" in line]
        assert (result.code, said) == (code, ["would let shop-pr use variable group shop tests"])
        assert azure.state == before
    assert _run(azure, *arguments).code == 0
    assert "variable group Shop Tests: for shop-pr\n" in summary(azure.state["devops"])
    assert _run(azure, *arguments).code == 0
    assert azure.changes == []


def test_a_group_that_every_pipeline_may_use_is_closed_to_the_others(tmp_path: Path, port: int) -> None:
    azure, arguments, _ = _made(tmp_path, port)
    project = _project(azure)
    project["groups"] = copy.deepcopy(GROUP)
    project["permissions"]["variablegroup/21"] = {"allPipelines": {"authorized": True}, "pipelines": []}
    assert _run(azure, *arguments).code == 0
    assert "variable group Shop Tests: for shop-pr\n" in summary(azure.state["devops"])


def test_a_variable_that_it_lacks_is_named(tmp_path: Path, port: int) -> None:
    azure, arguments, page = _made(tmp_path, port)
    _project(azure)["groups"] = {"21": {"name": "shop tests", "holds": ["more"]}}
    result = _run(azure, *arguments)
    assert f"warning: variable group shop tests has no token, key: add it as a secret, in {page}" in (
        result.stderr.splitlines()
    )
    assert _run(azure, *arguments, "--audit").code == 1
