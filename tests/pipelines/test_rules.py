"""The header's `pipelines`: what it takes, and what the rules say of it, at the place where it is wrong."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mlinfra.header.pipelines import Pipelines
from mlinfra.pipelines.versions import VERSIONS
from tests.installation import FROM_INDEX
from tests.pipelines.platforms import (
    ENDPOINT,
    PLATFORMS,
    SERVING,
    TRAIN,
    TRAINING,
    WEEKLY,
    compiled,
    found,
    pipelines,
    spec,
)

RIGHT = (
    """\
  pool: {vmImage: ubuntu-24.04}
  service_connections: {dev: {deploy: shop-dev, plan: shop-dev-read}}
"""
    + FROM_INDEX
)
ONE_POOL = """\
8:16 MLI572 pull requests run on "agents", the pool that deploys
  help: write pool: {pull_request: {vmImage: ubuntu-24.04}, deploy: {name: agents}}, or another pool of your own for \
the first
"""
# what is written under `pipelines:`, which is line 7, and what is said about it
CASES = {
    "no agents and no connections": (
        "  branch: main\n",
        """\
7:1 MLI213 pipelines lacks pool
  help: add pool: {vmImage: ubuntu-24.04}
7:1 MLI213 pipelines lacks service_connections
  help: add service_connections: {dev: shop-dev}
7:1 MLI213 pipelines lacks install
  help: add install: {source: tools/mlinfra, requirements: tools/mlinfra/requirements/run.txt}
""",
    ),
    "an unknown key": (
        RIGHT + "  trian: {jobs: []}\n",
        """\
11:3 MLI212 unknown key "trian" in pipelines
  help: did you mean "train"? Defined: branch, feeds, infra, install, pool, pull_request, score, service_connections, \
steps, tests, … and 2 more
""",
    ),
    "a pool and an image": (
        RIGHT.replace("{vmImage: ubuntu-24.04}", "{name: agents, vmImage: ubuntu-24.04}"),
        """\
8:9 MLI215 pool must be {name: …} for agents of your own, or {vmImage: …} for hosted ones, not a mapping
  help: write pool: {vmImage: ubuntu-24.04}
""",
    ),
    "demands of hosted agents": (
        RIGHT.replace("{vmImage: ubuntu-24.04}", "{vmImage: ubuntu-24.04, demands: [docker]}"),
        """\
8:9 MLI215 pool must be without demands, which hosted agents don't take, not a mapping
  help: write pool: {vmImage: ubuntu-24.04}
""",
    ),
    "an image without bash": (
        RIGHT.replace("{vmImage: ubuntu-24.04}", "{vmImage: windows-2025}"),
        """\
8:19 MLI215 vmImage must be a hosted image of Linux, such as ubuntu-24.04, not "windows-2025"
""",
    ),
    "an image that there was": (
        RIGHT.replace("{vmImage: ubuntu-24.04}", "{vmImage: ubuntu-18.04}"),
        """\
8:19 MLI898 hosted image "ubuntu-18.04" was removed on 2023-04-03
  help: take ubuntu-24.04
""",
    ),
    "images that there were, of both pools": (
        RIGHT.replace(
            "{vmImage: ubuntu-24.04}", "{pull_request: {vmImage: ubuntu-16.04}, deploy: {vmImage: ubuntu-20.04}}"
        ),
        """\
8:67 MLI898 hosted image "ubuntu-20.04" was removed on 2025-04-15
  help: take ubuntu-24.04
8:34 MLI898 hosted image "ubuntu-16.04" was removed on 2021-10-18
  help: take ubuntu-24.04
""",
    ),
    "an image that moves on": (RIGHT.replace("ubuntu-24.04", "ubuntu-latest"), ""),
    "a pool whose name is evaluated": (
        RIGHT.replace("{vmImage: ubuntu-24.04}", "{name: $(Build.Id)}"),
        """\
8:16 MLI215 name must be the name of a pool (letters, digits, spaces, . _ and -: nothing else is safe in a pipeline), \
not "$(Build.Id)"
""",
    ),
    "a connection whose name is evaluated": (
        RIGHT.replace("deploy: shop-dev,", 'deploy: "${{ x }}",'),
        """\
9:39 MLI215 deploy must be the name of a service connection, not its id (letters, digits, spaces, . _ and -: nothing \
else is safe in a pipeline), not "${{ x }}"
""",
    ),
    "a connection by its id, which may be that of another": (
        RIGHT.replace("plan: shop-dev-read", "plan: 4F2A91C0-7b1e-4c3d-8e2f-0123456789ab"),
        """\
9:55 MLI215 plan must be the name of a service connection, not its id (letters, digits, spaces, . _ and -: nothing \
else is safe in a pipeline), not "4F2A91C0-7b1e-4c3d-8e2f-0123456789ab"
""",
    ),
    "a connection from a variable": (
        RIGHT.replace("deploy: shop-dev,", 'deploy: "${target.name}",'),
        """\
9:39 MLI215 deploy must be the name of a service connection, not its id (letters, digits, spaces, . _ and -: nothing \
else is safe in a pipeline), not "${target.name}"
""",
    ),
    "a demand that is a script": (
        RIGHT.replace("{vmImage: ubuntu-24.04}", '{name: agents, demands: ["a -equals $(x)"]}'),
        """\
8:34 MLI215 demands[0] must be a demand such as docker or "Agent.OS -equals Linux", not "a -equals $(x)"
"""
        + ONE_POOL,
    ),
    "a branch with dots": (
        RIGHT + "  branch: releases/../main\n",
        """\
11:11 MLI215 branch must be the name of a branch such as main or releases/v1, without refs/heads/, \
not "releases/../main"
""",
    ),
    "a version that is a word": (
        RIGHT + "  versions: {bicep: latest}\n",
        """\
11:21 MLI215 bicep must be a version such as 0.49.2, not "latest"
""",
    ),
    "a version that is a number": (
        RIGHT + "  versions: {ml: 2.42}\n",
        """\
11:18 MLI214 ml must be text, not 2.42
  help: quote it: "2.42"
""",
    ),
    "connections of a target that is not there": (
        RIGHT.replace("{dev: ", "{dve: {deploy: x}, dev: "),
        """\
9:25 MLI490 service_connections name the target "dve", which is not defined
  help: did you mean "dev"? Defined: dev
""",
    ),
    "a target without connections": (
        RIGHT.replace("{dev: {deploy: shop-dev, plan: shop-dev-read}}", "{}"),
        """\
9:3 MLI491 target dev has no service connection
  help: add dev: shop-dev, short for {deploy: shop-dev, plan: shop-dev-read, run: shop-dev-run}
""",
    ),
    "one connection for both": (
        RIGHT.replace("shop-dev-read", "Shop-Dev"),
        """\
9:55 MLI492 plan of target dev is "Shop-Dev", which is deploy of target dev too
  help: name a connection of its own, such as shop-dev-read
""",
    ),
    "one connection for two checks": (
        RIGHT.replace("{deploy: shop-dev, plan: shop-dev-read}", "{deploy: shop-dev, check: shop, score: shop}"),
        """\
9:69 MLI492 score of target dev is "shop", which is check of target dev too
  help: name a connection of its own, such as shop-dev-score
9:69 MLI576 nothing signs in with score of target dev: no smoke test of an online endpoint with aad_token is a command \
there
9:56 MLI576 nothing signs in with check of target dev: pull_request names no jobs that pull requests run
""",
    ),
    "connections that are no name": (
        RIGHT.replace("{deploy: shop-dev, plan: shop-dev-read}", "$(x)"),
        """\
9:30 MLI215 dev must be {deploy: …, plan: …, run: …}, or x for {deploy: x, plan: x-read, run: x-run} (letters, digits, \
spaces, . _ and -: nothing else is safe in a pipeline), not "$(x)"
""",
    ),
    "connections that are neither": (
        RIGHT.replace("{deploy: shop-dev, plan: shop-dev-read}", "{}"),
        """\
9:25 MLI213 pipelines.service_connections.dev lacks deploy
  help: add deploy, the name of a service connection, not its id (letters, digits, spaces, . _ and -: nothing else is \
safe in a pipeline)
""",
    ),
    "one of two pools": (
        RIGHT.replace("{vmImage: ubuntu-24.04}", "{pull_request: {name: agents}}"),
        """\
8:9 MLI215 pool must be one pool, or {pull_request: {name: …}, deploy: {name: …}}, not a mapping
  help: write pool: {vmImage: ubuntu-24.04}
""",
    ),
    "a pool beside two": (
        RIGHT.replace("{vmImage: ubuntu-24.04}", "{name: a, pull_request: {name: b}, deploy: {name: c}}"),
        """\
8:9 MLI215 pool must be one pool, or {pull_request: {name: …}, deploy: {name: …}}, not a mapping
  help: write pool: {vmImage: ubuntu-24.04}
""",
    ),
    "a pool of two that is none": (
        RIGHT.replace("{vmImage: ubuntu-24.04}", "{pull_request: {}, deploy: {name: c}}"),
        """\
8:24 MLI215 pull_request must be {name: …} for agents of your own, or {vmImage: …} for hosted ones, not a mapping
  help: write pull_request: {vmImage: ubuntu-24.04}
""",
    ),
    "a pool of two that is misspelt": (
        RIGHT.replace("{vmImage: ubuntu-24.04}", "{pullrequest: {name: a}, deploy: {name: c}}"),
        """\
8:10 MLI212 unknown key "pullrequest" in pipelines.pool
  help: did you mean "pull_request"? Defined: demands, deploy, inside, name, pull_request, vmImage
""",
    ),
    "a job that is not there": (
        RIGHT.replace("{deploy: shop-dev, plan: shop-dev-read}", "shop-dev")
        + "  train: {jobs: [tune], wait: server}\n",
        """\
11:18 MLI493 jobs "tune" is not defined in dev, the first target
""",
    ),
}


@pytest.mark.parametrize(("body", "expected"), CASES.values(), ids=CASES.keys())
def test_what_is_wrong_with_pipelines(body: str, expected: str) -> None:
    assert found(spec(["dev"], "pipelines:\n" + body)) == expected


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_platform_that_is_right(name: str) -> None:
    """But for what each of these is there to show: the time of hosted agents, requirements without hashes."""
    said = found(PLATFORMS[name])
    without_hashes = name in ("tests", "steps", "steps of each", "checked")
    expected = ["MLI729"] * (name == "hosted agents") + ["MLI736"] * without_hashes
    assert [line.split(" ")[1] for line in said.splitlines() if " MLI" in line] == expected


@pytest.mark.parametrize("dev", ["{deploy: shop-dev, plan: shop-dev-read}", "shop-dev"])
def test_a_connection_of_two_targets(dev: str) -> None:
    text = spec(["dev", "test"], pipelines(["dev", "test"])).replace("plan: shop-test-read", "plan: shop-dev-read")
    assert (
        found(text.replace("{deploy: shop-dev, plan: shop-dev-read}", dev))
        == """\
12:37 MLI492 plan of target test is "shop-dev-read", which is plan of target dev too
  help: name a connection of its own, such as shop-test-read
"""
    )


def test_the_short_form_of_connections() -> None:
    long = {"deploy": "shop-dev", "plan": "shop-dev-read", "run": "shop-dev-run"}
    body = {"pool": {"name": "a"}, "install": {"source": ".", "requirements": "requirements.txt"}}
    of_short, of_long = (
        Pipelines.model_validate({**body, "service_connections": {"dev": each}}) for each in ("shop-dev", long)
    )
    assert of_short.service_connections == of_long.service_connections


@pytest.mark.parametrize(
    ("branch", "expected"),
    [
        ("main", ""),
        ("release/*", ""),
        (
            "release-*",
            """\
5:88 MLI337 dev is deployed from release-*, and whoever may commit may create such a branch
  help: write release/*, and create the branches in that folder, which bootstrap-devops.sh closes
""",
        ),
        *(
            (
                wrong,
                f"""\
5:88 MLI205 branch must be the name of a branch such as main, or release/* for all that start so, without \
refs/heads/, not "{wrong}"
""",
            )
            for wrong in ("*", "release/*/x", "**", "a b", "x/**", "refs/heads/main", "refs/heads/release/*")
        ),
    ],
)
def test_the_branch_of_a_target(branch: str, expected: str) -> None:
    text = spec(["dev"], pipelines(["dev"])).replace("mode: development}", f'mode: development, branch: "{branch}"}}')
    assert found(text) == expected


def test_branches_that_differ_in_case_only() -> None:
    text = spec(["dev", "test"], pipelines(["dev", "test"]))
    for target, branch in (("dev", "release/*"), ("test", "Release/*")):
        text = text.replace(f"  {target}: {{", f'  {target}: {{branch: "{branch}", ', 1)
    assert (
        found(text)
        == """\
6:18 MLI849 test is deployed from Release/*, and another target from release/*
  help: write release/*, if it is the same branch
"""
    )


def test_a_model_that_no_pipeline_trains() -> None:
    text = spec(["dev", "test"], pipelines(["dev", "test"]), TRAINING)
    assert (
        found(text)
        == """\
25:28 MLI494 models.best-sellers comes from jobs.train, which pipelines.train does not run
  help: add train to pipelines.train.jobs
"""
    )


def test_a_model_of_a_target_that_follows_no_other() -> None:
    text = spec(
        ["dev", "test"],
        TRAINING.replace("  best-sellers: {", "  best-sellers: {targets: [test], "),
        pipelines(["dev", "test"], more="  train: {jobs: [train]}\n"),
    ).replace(", promote_from: dev", "")
    assert found(text) == (
        "19:3 MLI494 models.best-sellers exists in test, and not in dev\n"
        "  help: let it exist in dev too: test trains anew where the run in dev did\n"
    )


def test_a_training_job_of_a_later_target() -> None:
    text = PLATFORMS["two targets"].replace("{jobs: [train]}", "{jobs: [train, weekly]}")
    text = text.replace("  weekly:\n    type: pipeline\n", "  weekly:\n    targets: [test]\n    type: pipeline\n")
    text = text.replace("    create_job: weekly\n", "    create_job: weekly\n    targets: [test]\n")
    line = text.count("\n")
    assert (
        found(text)
        == f"""\
{line}:25 MLI493 jobs "weekly" is not defined in dev, the first target
  help: Defined: train
"""
    )


def test_a_workspace_that_the_scripts_do_not_reach() -> None:
    existing = "{existing: true, azure_name: mlw-old, resource_group: rg-old}"
    text = spec(["dev"], TRAINING).replace("workspaces: {main: {}}", f"workspaces: {{main: {existing}}}")
    assert (
        found(text)
        == """\
6:31 MLI499 workspaces.main lies in resource group "rg-old" of subscription 11111111-1111-1111-1111-111111111111
  help: scripts create environments.train, and work only in "rg-shop-dev" of 11111111-1111-1111-1111-111111111111: \
leave it out, or move the target there: targets.dev: resource_group: {name: rg-old}
"""
    )
    far = text.replace("rg-old", "rg-old, subscription: 99999999-9999-9999-9999-999999999999")
    there = "targets.dev: subscription: 99999999-9999-9999-9999-999999999999 and resource_group: {name: rg-old}\n"
    assert found(far).endswith(there)
    assert found(text.replace("rg-old", "RG-shop-dev")) == ""
    assert found(text.replace(TRAINING, "")) == ""


def test_no_pipelines_are_no_finding() -> None:
    assert found(spec(["dev"], TRAINING.replace("models:\n", WEEKLY + "models:\n"), ENDPOINT)) == ""


@pytest.mark.parametrize(
    ("pool", "expected"),
    [
        ("{name: agents}", ONE_POOL),
        ("{name: agents, demands: [docker]}", ONE_POOL),
        ("{pull_request: {name: Agents}, deploy: {name: agents}}", ONE_POOL.replace("8:16", "8:31")),
        ("{pull_request: {name: checks}, deploy: {name: agents}}", ""),
        ("{pull_request: {vmImage: ubuntu-24.04}, deploy: {name: agents}}", ""),
        ("{pull_request: {name: agents}, deploy: {vmImage: ubuntu-24.04}}", ""),
        ("{vmImage: ubuntu-24.04}", ""),
    ],
)
def test_pull_requests_on_the_agents_that_deploy(pool: str, expected: str) -> None:
    assert found(spec(["dev"], pipelines(["dev"], pool))) == expected


def test_pull_requests_on_agents_inside_a_private_network() -> None:
    text = spec(["dev"], "network: {inbound: private}\n", pipelines(["dev"], "{name: agents}"))
    inside = """\
9:16 MLI573 pull requests run on "agents", the pool that deploys into the private network of dev
"""
    assert found(text) == inside + ONE_POOL.partition("\n")[2]
    assert found(text.replace("{name: agents}", "{vmImage: ubuntu-24.04}")) == ""


SHORT = ", or write dev: a, short for {deploy: a, plan: a-read, run: a-run}"
READER = "no connection that reads\n  help: add plan: a-read"
RUNNER = "which has no connection for it\n  help: add run: a-run"
ASSET = "environments: {e: {image: 'contoso.example/e:1'}}\n"
ONLINE = "online_endpoints: {empty: {auth_mode: aad_token}}\n"


@pytest.mark.parametrize(
    ("sections", "connections", "expected"),
    [
        ("", "{deploy: a}", ""),
        ("compute_instances: {nb: {size: Standard_D4ds_v4}}\n", "{deploy: a}", ""),
        (
            ASSET,
            "{deploy: a}",
            [f"MLI570 target dev has environments.e, and {READER}{SHORT}\n", f"MLI571 {RUNNER}{SHORT}\n"],
        ),
        (ASSET, "{deploy: a, plan: b}", [f"MLI571 {RUNNER}\n"]),
        (ASSET, "{deploy: a, plan: a-read}", [f"MLI571 {RUNNER}{SHORT}\n"]),
        (ASSET, "{deploy: a, run: b}", [f"MLI570 target dev has environments.e, and {READER}\n"]),
        (ASSET, "a", ""),
        (ONLINE, "{deploy: a}", [f"MLI570 target dev has online_endpoints.empty, and {READER}{SHORT}\n"]),
        (ONLINE, "{deploy: a, plan: b}", ""),
    ],
)
def test_the_connections_that_a_target_needs(sections: str, connections: str, expected: list[str]) -> None:
    said = found(spec(["dev"], sections, pipelines(["dev"], form=connections.replace("{", "{{").replace("}", "}}"))))
    wanted = "".join(expected)
    assert re.sub(r"(?m)^\d+:\d+ ", "", said) == wanted.replace(
        "MLI571 which", "MLI571 train.yml registers environments.e in dev, which"
    )


def test_a_later_target_trains_nothing() -> None:
    """Its assets are registered by its release, after approval."""
    text = spec(["dev", "test"], ASSET, pipelines(["dev", "test"]))
    assert found(text.replace(", run: shop-test-run", "")) == ""


def test_what_another_branch_takes_serves_where_it_comes_from() -> None:
    text = spec(["dev", "test"], SERVING, pipelines(["dev", "test"], more=TRAIN))
    other = text.replace("promote_from: dev", 'promote_from: dev, branch: "release/*"')
    assert found(other) == ""
    assert (
        found(other.replace("  best-sellers:\n    auth_mode", "  best-sellers:\n    targets: [test]\n    auth_mode"))
        == """\
6:108 MLI574 test is deployed from release/*, so it takes the version of models.best-sellers that serves in dev, where \
no endpoint serves it
  help: let an endpoint of dev serve it, or write no branch for test: what keeps a change out of it until it is due is \
its approval, on main as well
"""
    )
    own = PLATFORMS["a branch of each, on its own data"]
    assert (
        found(own.replace("  best-sellers:\n    auth_mode", "  best-sellers:\n    targets: [test]\n    auth_mode"))
        == ""
    )


@pytest.mark.parametrize(
    ("name", "identity", "said"),
    [
        ("one target", "user_identity", True),
        ("each on its own data", "UserIdentity", True),  # said once for both
        ("one target", "managed_identity", False),
        ("infrastructure alone", "user_identity", False),  # who submits is a person
    ],
)
def test_a_job_of_a_pipeline_does_not_work_as_who_submits_it(name: str, identity: str, said: bool) -> None:
    identity = f"identity: {{type: {identity}}}"
    job = f"{{type: command, command: 'true', environment: 'azureml:e:1', compute: 'azureml:c', {identity}}}"
    text = PLATFORMS[name] if "jobs:\n" in PLATFORMS[name] else f"{PLATFORMS[name]}jobs: {{train: {job}}}\n"
    text = text.replace("    command: ", f"    {identity}\n    command: ", 1)
    where = next(number for number, line in enumerate(text.splitlines(), 1) if identity in line)
    warnings = [line for line in found(text).splitlines() if "MLI558" in line]
    about = "MLI558 pipelines submit jobs.train as an application, not as a user"
    assert [line.partition(":")[0] for line in warnings] == ([str(where)] if said else [])
    assert all(line.endswith(about) for line in warnings)


def test_a_model_of_each_target_exists_in_the_first_one_too() -> None:
    text = PLATFORMS["each on its own data"].replace("  best-sellers: {from", "  best-sellers: {targets: [test], from")
    said = found(text.replace(ENDPOINT, ""))
    assert said.startswith("24:3 MLI494 models.best-sellers exists in test, and not in dev\n"), said


UNCHECKED = """\
11:21 MLI575 no hash of the spec checks what pipelines install as Bicep 0.50.1
  help: write bicep: {version: 0.50.1, sha256: …}, as its release on GitHub shows it
"""
SHA256 = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("bicep", "expected"),
    [
        ("0.49.2", UNCHECKED.replace("0.50.1", "0.49.2")),
        ("0.50.1", UNCHECKED),
        ("{version: 0.50.1}", UNCHECKED),
        (f"{{version: 0.50.1, sha256: {SHA256}}}", ""),
        (f"{{version: 0.50.1, sha256: [{SHA256}]}}", ""),
        (
            "{version: 0.50.1, sha256: abc}",
            '11:47 MLI215 sha256 must be a SHA-256: 64 digits and letters a to f, not "abc"\n',
        ),
        (
            f"{{sha256: {SHA256}}}",
            "11:14 MLI213 pipelines.versions.bicep lacks version\n  help: add version, a version such as 0.49.2\n",
        ),
    ],
)
def test_bicep_of_another_version_needs_a_hash(bicep: str, expected: str) -> None:
    said = found(spec(["dev"], "pipelines:\n" + RIGHT + f"  versions: {{bicep: {bicep}}}\n"))
    assert said == expected


@pytest.mark.parametrize(
    ("databricks", "expected"),
    [
        ("1.9.0", ""),
        (
            "1.13.0",
            (
                "11:26 MLI877 pipelines stop where they install Databricks CLI 1.13.0: nothing says which hash it has\n"
                "  help: write databricks: {version: 1.13.0, sha256: …}, as its release on GitHub shows it, or 1.9.0, "
                "whose hash is known\n"
            ),
        ),
        (f"{{version: 1.13.0, sha256: {SHA256}}}", ""),
    ],
)
def test_databricks_of_another_version_needs_a_hash(databricks: str, expected: str) -> None:
    said = found(spec(["dev"], "pipelines:\n" + RIGHT + f"  versions: {{databricks: {databricks}}}\n"))
    assert said == expected


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        (
            "az: 2.0.0",
            (
                "11:18 MLI855 az 2.0.0 is older than 2.76.0, the first that has what-if with --validation-level, which "
                "asks with the rights of a reader\n  help: write az: 2.76.0 or a later one, or delete it for 2.91.0; "
                "see https://learn.microsoft.com/cli/azure/release-notes-azure-cli\n"
            ),
        ),
        (
            "ml: 2.37.1",
            (
                "11:18 MLI855 ml 2.37.1 is older than 2.37.2, the first that has what lets it start in az 2.75 and "
                "later\n  help: write ml: 2.37.2 or a later one, or delete it for 2.42.0; see "
                "https://github.com/Azure/azure-cli/issues/31744\n"
            ),
        ),
        (
            f"bicep: {{version: 0.33.93, sha256: {SHA256}}}",
            (
                "11:21 MLI855 bicep 0.33.93 is older than 0.34.1, the first that has modules without a name, as the "
                "output has them\n  help: write bicep: 0.34.1 or a later one, or delete it for 0.49.2; see "
                "https://github.com/Azure/bicep/releases/tag/v0.34.1\n"
            ),
        ),
        ("az: 2.76.0", ""),
        ("az: '2.76'", ""),
        ("az: 2.100.0, ml: 2.38.0", ""),
        ("az: 3.0.0", ""),
        ("ml: 2.37.2b1", ""),
        (f"az: 2.{'9' * 900}.0", ""),
        (f"bicep: {{version: 0.34.1, sha256: {SHA256}}}", ""),
        (f"bicep: {{version: 1.0.0, sha256: {SHA256}}}", ""),
    ],
)
def test_no_tool_is_older_than_what_the_output_uses(versions: str, expected: str) -> None:
    assert found(spec(["dev"], "pipelines:\n" + RIGHT + f"  versions: {{{versions}}}\n")) == expected


@pytest.mark.parametrize(
    ("version", "is_too_old"),
    [
        ("1.8.9", True),
        ("'1.9'", False),
        ("1.9.0", False),
        (f"1.{'9' * 5000}.0", False),  # more digits than Python makes a number of
    ],
)
def test_the_databricks_cli_knows_what_bundles_hold(version: str, is_too_old: bool) -> None:
    pool = "databricks_workspaces: {main: {}}\ndatabricks_instance_pools: {p: {node_type_id: Standard_D4ds_v5}}\n"
    pin = f"  versions: {{databricks: {{version: {version}, sha256: {SHA256}}}}}\n"
    said = compiled(spec(["dev"], "pipelines:\n" + RIGHT + pin, pool)).diagnostics["dev"]
    message = "databricks_instance_pools.p needs Databricks CLI 1.9.0, and pipelines install 1.8.9"
    assert [each.message for each in said if each.code.id == "MLI879"] == ([message] if is_too_old else [])


def test_versions_that_are_written_win() -> None:
    install = {"source": ".", "requirements": "requirements.txt"}
    body = {"pool": {"name": "a"}, "service_connections": {}, "install": install}
    for versions, expected in (
        ({}, VERSIONS),
        ({"az": "2.92.0"}, replace(VERSIONS, az="2.92.0")),
        ({"bicep": VERSIONS.bicep}, VERSIONS),
        ({"bicep": "0.50.1"}, replace(VERSIONS, bicep="0.50.1", bicep_hashes={})),
        (
            {"bicep": {"version": VERSIONS.bicep, "sha256": SHA256}},
            replace(VERSIONS, bicep_hashes={"*": (SHA256,)}),
        ),
        ({"databricks": VERSIONS.databricks}, VERSIONS),
        ({"databricks": "1.13.0"}, replace(VERSIONS, databricks="1.13.0", databricks_hashes={})),
        (
            {"databricks": {"version": "1.13.0", "sha256": [SHA256, SHA256]}},
            replace(VERSIONS, databricks="1.13.0", databricks_hashes={"*": (SHA256, SHA256)}),
        ),
    ):
        assert VERSIONS.with_written(Pipelines.model_validate({**body, "versions": versions})) == expected
    assert VERSIONS.with_written(None) == VERSIONS
