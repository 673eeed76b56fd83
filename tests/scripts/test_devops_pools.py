"""bootstrap-devops.sh where pools differ from those of the example: one for all, hosted ones, one that nobody made."""

from __future__ import annotations

from pathlib import Path

from tests.emulator.devops import fresh_state
from tests.emulator.devops_projects import TENANT
from tests.pipelines.platforms import PLATFORMS, POOLS, compiled_in, files_of, output, repository
from tests.scripts.devops_summary import summary
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure
from tests.scripts.test_devops import MAKE, PLACE, _azure, _id, _number, _project, _queue, _run

AGENTS = "{name: shop agents}"


def test_a_pool_that_pull_requests_run_in_too_is_open_to_their_branches(tmp_path: Path, port: int) -> None:
    """A check of branches on it would stop every pull request; who owns it may open it to all pipelines."""
    azure, arguments = _shop(tmp_path, port, AGENTS)
    assert _run(azure, *arguments).code == 0
    assert "pool shop agents: for shop-pr, shop-infra\n" in summary(azure.state["devops"])
    project = _project(azure)
    queue = _queue(project, "shop agents")
    project["permissions"][f"queue/{queue}"] = {"allPipelines": {"authorized": True}, "pipelines": []}
    assert _run(azure, *arguments).code == 0
    assert "pool shop agents: for all pipelines\n" in summary(azure.state["devops"])


def test_hosted_agents_are_for_all_and_those_that_deploy_are_not(tmp_path: Path, port: int) -> None:
    azure, arguments = _shop(tmp_path, port, POOLS)
    assert _run(azure, *arguments).code == 0
    made = summary(azure.state["devops"])
    assert "pipeline shop-pr: generated/shop/pipelines/pr.yml of refs/heads/main, in pool Azure Pipelines\n" in made
    assert "pool Azure Pipelines: for all pipelines\n" in made
    assert "pool shop agents: only refs/heads/main; for shop-infra\n" in made


def test_agents_that_deploy_take_the_branches_of_all_targets(tmp_path: Path, port: int) -> None:
    azure, arguments = _shop(tmp_path, port, POOLS, "two branches")
    assert _run(azure, *arguments).code == 0
    users = "shop-infra, shop-train, shop-release, shop-back"
    line = f"pool shop agents: only refs/heads/main,refs/heads/release/*; for {users}\n"
    assert line in summary(azure.state["devops"])


def test_a_pattern_of_branches_stands_on_policies_environments_and_connections_too(tmp_path: Path, port: int) -> None:
    azure, arguments = _shop(tmp_path, port, POOLS, "two branches", target="test")
    assert _run(azure, *arguments).code == 0
    made = summary(azure.state["devops"]).splitlines()
    only = "only refs/heads/release/*"
    assert [line for line in made if line.startswith(("policy", "environment", "connection"))] == [
        "policy of refs/heads/release/: shop-pr",
        f"connection shop-test as 0001 to 1111: {only}; for shop-infra, shop-release, shop-back",
        "connection shop-test-read as 0001 to 1111: for shop-pr, shop-infra, shop-release",
        f"environment shop-test: lock; {only}; for shop-infra, shop-release",
        f"environment shop-test-back: {only}; for shop-back",
    ]


FOLDER = "let no Contributor of project ML platform create branches below refs/heads/release/"


def test_no_contributor_creates_a_branch_that_is_deployed(tmp_path: Path, port: int) -> None:
    """Its first push would ask nobody: policies hold back what comes to a branch that is there."""
    azure, arguments = _shop(tmp_path, port, POOLS, "two branches", target="test")
    assert FOLDER in _run(azure, *arguments).stderr.splitlines()
    line = "Contributors on branches below release: allowed 0, denied 16\n"
    assert line in summary(azure.state["devops"])
    (key,) = (key for key in azure.state["devops"]["aces"] if key.startswith("repoV2/") and "/refs" in key)
    for changed in ({"allow": 16, "deny": 4}, {"allow": 0, "deny": 0}, None):
        azure.state["devops"]["aces"].pop(key)
        if changed:
            azure.state["devops"]["aces"][key] = changed
        assert f"would {FOLDER}" in _run(azure, *arguments, "--audit").stderr.splitlines()
        assert _run(azure, *arguments).stderr.splitlines()[0] == FOLDER
        assert azure.changes == ["rest"]
        assert azure.state["devops"]["aces"][key]["deny"] == (changed or {"deny": 0})["deny"] | 16
    azure.state["devops"]["hidden groups"] = ["Contributors"]
    place = f"https://dev.azure.com/contoso/{_id()}/_git/{key.split('/')[2]}/branches, Branch security"
    assert (
        "warning: the project has no group Contributors that you may see: deny who may commit to create branches below "
        f"refs/heads/release/, which are deployed: {place}"
    ) in _run(azure, *arguments, "--audit").stderr.splitlines()


def test_a_folder_of_branches_is_known_by_each_name_on_its_way(tmp_path: Path, port: int) -> None:
    platform = PLATFORMS["two branches"].replace("release/*", "Teams/ml-1/*")
    azure, arguments = _shop(tmp_path, port, POOLS, platform, target="test")
    assert _run(azure, *arguments).code == 0
    assert "Contributors on branches below Teams/ml-1: " in summary(azure.state["devops"])
    assert "keep_folder" not in output("infrastructure alone")["scripts/bootstrap-devops.sh"]


def test_a_pool_that_nobody_made_is_said_and_the_rest_is_done(tmp_path: Path, port: int) -> None:
    azure = _azure(tmp_path, port)
    del azure.state["devops"]["pools"]["8"]
    result = _run(azure, *MAKE)
    assert result.code == 0
    assert (
        'warning: the organization has no pool "churn-checks": add it and its agents in '
        "https://dev.azure.com/contoso/_settings/agentpools"
    ) in result.stderr.splitlines()
    assert "environment churn-prod: 1 of release@contoso.com" in summary(azure.state["devops"])


def test_killed_after_each_change_it_ends_where_an_undisturbed_run_ends(tmp_path: Path, port: int) -> None:
    """Each run is killed after its first change, until one has nothing left to do."""
    (clean, arguments), (killed, _) = (_shop(tmp_path / name, port, POOLS) for name in ("clean", "killed"))
    assert _run(clean, *arguments).code == 0
    changes = len(clean.changes)
    for _ in range(changes):
        assert killed.run("bootstrap-devops.sh", *arguments, kill_after=1).code == -9
    assert _run(killed, *arguments).code == 0
    assert killed.changes == []
    assert killed.state == clean.state


def _shop(
    folder: Path, port: int, pool: str, platform: str = "infrastructure alone", more: str = "", target: str = "dev"
) -> tuple[Azure, tuple[str, ...]]:
    """A platform of the table, or a spec, with this pool, and more of `pipelines`.

    And the arguments that make what a target needs.
    """
    made = folder / "output"
    text = PLATFORMS.get(platform, platform).replace(f"pool: {POOLS}", f"pool: {pool}") + more
    with repository() as root:
        files = files_of(compiled_in(root, text), root, root / "generated" / "shop")
    for path, script in files.items():
        if path.startswith("scripts/"):
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_text(script)
    azure = Azure(folder / "azure", port, made, PLATFORM)
    azure.state["devops"] = fresh_state() | {"ran": True, "pools": {"1": "Azure Pipelines", "9": "shop agents"}}
    names = [f"shop-{target}{use}" for use in ("", "-read", "-run")]
    identities = [word for name in names for word in ("--identity", f"{name}={_number(1)}")]
    return azure, (*PLACE, "--target", target, "--tenant", TENANT, *identities, "--federations", "f")
