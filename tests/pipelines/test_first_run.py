"""The checklist of the first run: its rows say all that a person has to do, in the order in which it can be done."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.compile import Compiled, compile_spec
from mlinfra.emit.readme import readme
from tests.pipelines.platforms import PLATFORMS, POOLS, compiled

ROOT = Path(__file__).parents[2]
NEEDS = "with bash, git, curl, Python with venv, Azure CLI 2.91.0, an index from which pip gets what {} names, "
NEEDS += r"ways to github.com, api.github.com and \*.githubusercontent.com (Bicep)"
POOL = r", and no access for all pipelines: https\://dev.azure.com/NAME/\_settings/agentpools"
AGENTS = f"{NEEDS} and the index of Azure CLI's extensions (ml){POOL}"
OF_CHURN = AGENTS.format("requirements/run.txt")
BOUGHT = (
    r"https\://dev.azure.com/NAME/\_settings/buildqueue: one is free, all pipelines of the organization share them, "
    "and more agents than these do nothing"
)
AUDIT = "scripts/bootstrap-devops.sh --organization https://dev.azure.com/NAME --project NAME"
ROLES = "sign in with az login --allow-no-subscriptions where Azure shows none"
FEEDS = (
    "where it may not read the feeds, runs `scripts/bootstrap-devops.sh` again and then its failed jobs, as the "
    "account of the builds comes with the first run"
)
AT = "`azureml://datastores/raw/paths/customers/`"


def _rows(platform: Compiled) -> list[str]:
    """The cells of each row after its number, in one text."""
    lines = readme(platform.plans, "made in a test").text.splitlines()
    start = lines.index("|  | Who | With which right | Does what |") + 2
    rows = lines[start : lines.index("", start)]
    return [row.split(" | ", 1)[1] for row in rows]


def _example() -> Compiled:
    return compile_spec(ROOT / "specs" / "churn" / "ml-platform.yaml", ROOT, {})


# what a row has to say; each is found in a row below that of the one before
OF_THE_EXAMPLE = (
    f"has an agent on Linux in the pool churn-checks, {OF_CHURN} |",
    f"has at least two agents on Linux in the pool churn-agents (one waits while a job runs), {OF_CHURN} |",
    f"has at least two parallel jobs on self-hosted agents, {BOUGHT} |",
    f"{ROLES}; User or Administrator of the organization's pools churn-checks, churn-agents |",
    (
        "pushes `main`, before policies hold pushes back; a run that this starts fails at the check of branches until "
        "the policies stand: go on |"
    ),
    "runs `churn-infra`, the first time by hand |",
    f"once the infrastructure of dev is there, puts what jobs read as customers at {AT} |",
    (
        "once the infrastructure of dev is there, runs `churn-train`, or the failed jobs of its run again; "
        "`churn-release` follows from it |"
    ),
    (
        "approve prod within 720 hours, on the pages of two runs: of `churn-infra`, then of `churn-release`, whose "
        "failed jobs are run again where it came before the infrastructure was there |"
    ),
    f"once the infrastructure of test is there, puts what jobs read as customers at {AT} |",
    f"once the infrastructure of prod is there, puts what jobs read as customers at {AT} |",
    (
        "runs `scripts/bootstrap-devops.sh` once more after the first run of a pipeline, with which the account of the "
        f"builds comes; then `{AUDIT} --target dev --target test --target prod --audit`: it ends with 0 where nothing "
        "is left |"
    ),
)


def test_each_step_of_the_example_stands_below_the_one_before() -> None:
    rows = _rows(_example())
    places = [[number for number, row in enumerate(rows) if text in row] for text in OF_THE_EXAMPLE]
    assert [len(found) for found in places] == [1] * len(OF_THE_EXAMPLE), [
        text for text, found in zip(OF_THE_EXAMPLE, places, strict=True) if len(found) != 1
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("name", "pool", "said", "unsaid"),
    [
        (
            "infrastructure alone",
            POOLS,
            f"has an agent on Linux in the pool shop agents, {NEEDS.format('tools/requirements.txt')}{POOL} |",
            "two agents",
        ),
        ("infrastructure alone", POOLS, f"{AUDIT} --target dev --target test --audit", "shop-train"),
        ("one target", POOLS, "; `shop-release` follows from it |", "puts what jobs read"),
        ("one target", "{name: both}", "has at least two agents on Linux in the pool both (one", "on hosted agents"),
        ("infrastructure alone", POOLS, f"has a parallel job on self-hosted agents, {BOUGHT} |", "two parallel jobs"),
        ("infrastructure alone", f"{POOLS}\n  feeds: [a/b]", f"the first time by hand; {FEEDS} |", "shop-train"),
        ("hosted agents", "", f"{ROLES} |", "User or Administrator"),
        ("hosted agents", "", "has a parallel job on hosted agents, ", "self-hosted"),
    ],
)
def test_a_step_is_there_where_something_needs_it(name: str, pool: str, said: str, unsaid: str) -> None:
    rows = "\n".join(_rows(compiled(PLATFORMS[name].replace(f"pool: {POOLS}", f"pool: {pool}"))))
    assert said in rows
    assert unsaid not in rows


SENSITIVE = """\
compute_clusters: {cpu: {size: Standard_D4ds_v5}}
"""


def test_scratch_disks_are_encrypted_where_no_cluster_came_before() -> None:
    text = PLATFORMS["infrastructure alone"] + SENSITIVE
    said = "makes sure, before anything is deployed, that the subscription has never had a compute cluster of Azure ML."
    assert not [row for row in _rows(compiled(text)) if said in row]
    asked = [row for row in _rows(compiled(text.replace("main: {}", "main: {hbi_workspace: true}"))) if said in row]
    assert [row.split(" | ")[:2] for row in asked] == [
        [
            "who may open support requests, for dev and test",
            "Support Request Contributor of subscription 11111111-1111-1111-1111-111111111111",
        ]
    ]


def test_a_free_hosted_agent_ends_a_job_after_an_hour() -> None:
    rows = "\n".join(_rows(compiled(PLATFORMS["hosted agents"])))
    assert "Azure DevOps ends a job on a free one after 60 minutes, on a paid one after 360;" in rows


def test_what_azure_makes_for_a_registry_is_approved_by_somebody_before_it_is_used() -> None:
    rows = _rows(compile_spec(ROOT / "specs" / "bank" / "ml-platform.yaml", ROOT, {}))
    (approved,) = (row for row in rows if "Pending connections" in row)
    registry = "mlr-bank-common-models-otfa"
    assert approved == (
        f"who may approve in `azureml-rg-{registry}_…`, for common | privateEndpointConnectionsApproval/action there, "
        "as Owner and Contributor of its subscription have | once the infrastructure of common is there, approves "
        f"`pep-{registry}-storage` and `pep-{registry}-images` in Private Link Center, Pending connections: until then "
        "nothing reaches what belongs to registries.models |"
    )
    before = next(number for number, row in enumerate(rows) if "approve common within" in row)
    assert rows[before + 1] == approved


def test_a_rollback_of_production_says_who_approves_it() -> None:
    waits = ". It waits until 1 of release\\@contoso.com approves it"
    page = readme(_example().plans, "made in a test").text
    assert f"what served before gets the traffic{waits}, other than the person who starts it |" in page


def test_infrastructure_is_approved_once() -> None:
    approval = "approval: {by: [release], hours: 5}"
    text = PLATFORMS["infrastructure alone"].replace("promote_from: dev", f"promote_from: dev, {approval}")
    text += "principals: {release: {role: approver, type: user, mail: r@c.example}}\n"
    rest = ", on the page of the run of `shop-infra` |"
    assert _rows(compiled(text))[-2].endswith(f"approve test within 5 hours{rest}")
    assert _rows(compiled(text.replace("hours: 5", "hours: 1")))[-2].endswith(f"approve test within 1 hour{rest}")


def test_who_signs_in_to_another_cloud_is_told_to_which() -> None:
    text = PLATFORMS["infrastructure alone"].replace("location: westeurope", "location: usgovvirginia\ncloud: usgov")
    rows = _rows(compiled(text))
    assert [row.endswith("| `scripts/bootstrap.sh --target dev` |") for row in rows if "AzureUSGovernment" in row] == [
        True,
        False,
    ]
    (administrator,) = [row for row in rows if "az cloud set --name AzureCloud" in row]
    assert f"{ROLES}, after az cloud set --name AzureCloud: Azure DevOps is of no other cloud; " in administrator
    assert "az cloud set" not in "\n".join(_rows(compiled(PLATFORMS["infrastructure alone"])))


MACHINES = """\
principals: {ada: {object_id: 66666666-6666-6666-6666-666666666666, type: user}}
compute_clusters: {cpu: {size: Standard_D4ds_v4, max_instances: 3}}
compute_instances: {nb: {size: Standard_D4ds_v4, create_on_behalf_of: ada}}
online_endpoints:
  shop:
    deployments:
      blue: {model: azureml:m:1, instance_type: Standard_D2as_v4, instance_count: 3}
"""
QUOTA = (
    "who may raise quotas, for test | Quota Request Operator of subscription 11111111-1111-1111-1111-111111111111 | "
    "has a quota of Azure ML in westeurope for as many vCPUs as the first table of the README says, beside what others "
    "use%s; "
    r"https\://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas says where |"
)
RESERVE = " (of online deployments those of a release beside it, and 20 % for upgrades)"


@pytest.mark.parametrize(
    ("more", "said", "cores"),
    [
        ("", None, ""),
        ("compute_clusters: {cpu: {size: Standard_D4ds_v4}}\n", QUOTA % "", "`standardDDSv4Family` 16"),
        (MACHINES, QUOTA % RESERVE, "`standardDASv4Family` 16, `standardDDSv4Family` 16"),
        (
            MACHINES.replace("    deployments", "    rollout: in_place\n    deployments"),
            QUOTA % RESERVE,
            "`standardDASv4Family` 8, `standardDDSv4Family` 16",
        ),
    ],
    ids=["no machines", "a cluster", "all kinds", "in place"],
)
def test_the_cores_that_run_at_most_are_asked_for_once_their_provider_is_registered(
    more: str, said: str | None, cores: str
) -> None:
    page = compiled(f"{PLATFORMS['infrastructure alone']}{more}")
    rows = _rows(page)
    quotas = [number for number, row in enumerate(rows) if "quotas, for test" in row]
    assert [rows[number] for number in quotas] == ([said] if said else [])
    (registers,) = (number for number, row in enumerate(rows) if row.endswith("`scripts/bootstrap.sh --target test` |"))
    (deploys,) = (number for number, row in enumerate(rows) if "runs `shop-infra`" in row)
    assert all(registers < number < deploys for number in quotas)
    told = [line for line in readme(page.plans, "made in a test").text.splitlines() if line.startswith("| vCPUs of")]
    assert [cores in line for line in told] == ([True] if cores else [])


SPARK = """\
jobs:
  clean:
    type: spark
    code: src
    entry: {file: clean.py}
    resources: {instance_type: standard_e4s_v3, runtime_version: "3.4"}
    conf: {spark.driver.cores: 1, spark.driver.memory: 2g, spark.executor.cores: 2, spark.executor.memory: 2g,
      spark.executor.instances: 2}
    targets: [test]
"""
PROVISIONS = (
    "once the infrastructure of test is there, and before Spark runs in it: `az ml workspace provision-network "
    "--subscription 11111111-1111-1111-1111-111111111111 --resource-group rg-shop-test --name mlw-shop-test "
    "--include-spark`, which takes up to half an hour |"
)


def _with_code(root: Path) -> None:
    code = root / "specs" / "shop" / "src"
    code.mkdir(parents=True)
    (code / "clean.py").write_text("", encoding="utf-8")


@pytest.mark.parametrize(("outbound", "times"), [("internet", 1), ("open", 0)])
def test_somebody_provisions_a_managed_network_for_spark(outbound: str, times: int) -> None:
    text = f"{PLATFORMS['infrastructure alone']}network: {{outbound: {outbound}}}\n{SPARK}"
    rows = _rows(compiled(text, _with_code))
    assert [row.endswith(PROVISIONS) for row in rows if "--include-spark" in row] == [True] * times


BY_HAND = """\
principals:
  ada: {object_id: 22222222-2222-2222-2222-222222222222, type: user, role: data_scientist}
compute_instances:
  ada: {size: Standard_D4ds_v5, create_on_behalf_of: ada}
environments: {train: {image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04}}
jobs:
  train: {type: command, command: echo 1, environment: train, compute: serverless}
online_endpoints: {serve: {auth_mode: aad_token}}
"""


def test_what_pipelines_would_do_is_a_step_where_there_are_none() -> None:
    """Each script is there, and each that somebody starts has a row behind the infrastructure."""
    text, pipelines, _ = PLATFORMS["infrastructure alone"].partition("pipelines:")
    assert pipelines
    rows = _rows(compiled(text + BY_HAND))
    runs = [
        *(f"`scripts/deploy-infra.sh --target {name}` |" for name in ("dev", "test")),
        "runs `scripts/create-computes.sh --target dev` |",
        "runs `scripts/register-assets.sh --target dev` |",
        "runs `scripts/run-job.sh --target dev --job train --out models`, which registers the models that it makes |",
        "runs `scripts/release-endpoint.sh --target dev --endpoint serve --kind online`, ",
        "runs `scripts/create-computes.sh --target test` |",
        "runs `scripts/register-assets.sh --target test` |",
        "runs `scripts/release-endpoint.sh --target test --endpoint serve --kind online`, ",
    ]
    places = [[number for number, row in enumerate(rows) if text in row] for text in runs]
    assert [len(found) for found in places] == [1] * len(runs), rows
    assert places == sorted(places)
    assert "Storage Blob Data Contributor" in rows[places[3][0]]
