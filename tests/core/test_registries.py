"""Machine-learning registries: what is made, who reaches it, and how what lies there is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.emit.azureml import azureml_files
from mlinfra.emit.elsewhere import hand_overs
from mlinfra.emit.script_targets import script_target
from mlinfra.explain.model import document
from mlinfra.explain.models_file import ModelRecord
from mlinfra.languages.platform.network.private_endpoints import DerivedEndpoint
from mlinfra.plan import Plan
from tests.installation import FROM_INDEX, add_installation
from tests.spec import HEADER, compiled, said

PRIVATE = """\
network:
  {inbound: private, outbound: approved, virtual_network: spoke, endpoints_subnet: a, compute_subnet: t, dns: here}
virtual_networks:
  spoke:
    address_space: [10.60.0.0/18]
    subnets: {a: {address_prefix: 10.60.0.0/24}, t: {address_prefix: 10.60.4.0/23}}
"""
WORKSPACE = "workspaces: {main: {}}\ncompute_clusters: {cpu: {size: Standard_D4ds_v4}}\n"
REGISTRY = "registries: {shared: {azure_name: mlr-shared}}\n"
PREP = "{type: command, command: echo, environment: 'azureml://registries/azureml/environments/e/versions/1'}"
ASSETS = """\
components: {prep: {type: command, command: echo, environment: base, registry: shared}}
environments: {base: {image: a.example/b:1, registry: shared}}
"""
PIPE = "{type: pipeline, settings: {default_compute: cpu}, jobs: {one: {component: prep}}}"
JOBS = f"jobs: {{pipe: {PIPE}, run: {{type: command, command: echo, environment: base, compute: cpu}}}}\n"


def _plan(folder: Path, text: str, header: str = HEADER) -> Plan:
    result = compiled(folder, header + text)
    assert not [found for each in result.diagnostics.values() for found in each if found.severity == "error"]
    return result.plans[0]


def _files(plan: Plan) -> dict[str, str]:
    return {file.path: file.text for file in azureml_files(plan.graph, "h", Path("/out"))}


def _roles(plan: Plan, scope: str) -> dict[str, str]:
    found = (each.resource for each in plan.resources if each.resource.address.endswith(f"/{scope}"))
    return {each.address.removeprefix("role_assignments.").rpartition("/")[0]: str(each.because) for each in found}


def test_one_of_a_target_has_its_storage_and_images_where_it_is_itself(tmp_path: Path) -> None:
    plan = _plan(tmp_path, REGISTRY)
    (made,) = (each.resource for each in plan.resources if each.resource.owner == "registries.shared")
    images = [{"systemCreatedAcrAccount": {"acrAccountSku": "Premium"}}]
    account = {"storageAccountHnsEnabled": False, "storageAccountType": "standard_lrs", "allowBlobPublicAccess": False}
    details = {"acrDetails": images, "storageAccountDetails": [{"systemCreatedStorageAccount": account}]}
    assert made.body["identity"] == {"type": "SystemAssigned"}
    assert made.body["properties"] == {
        "publicNetworkAccess": "Enabled",
        "regionDetails": [{"location": "westeurope", **details}],
    }


def test_what_lies_there_is_named_by_its_uri_and_registered_there(tmp_path: Path) -> None:
    plan = _plan(tmp_path, REGISTRY + WORKSPACE + ASSETS + JOBS)
    files, place = _files(plan), "azureml://registries/mlr-shared"
    environment = f"{place}/environments/base/versions/{plan.graph.contents['environments.base'].version}"
    component = f"{place}/components/prep/versions/{plan.graph.contents['components.prep'].version}"
    assert f"environment: {environment}\n" in files["dev/azureml/components/prep.yml"]
    assert f"environment: {environment}\n" in files["dev/azureml/jobs/run.yml"]
    assert f"component: {component}\n" in files["dev/azureml/jobs/pipe.yml"]


def test_a_uri_of_it_means_the_entry_and_another_version_is_said(tmp_path: Path) -> None:
    run = "{type: command, command: echo, compute: cpu, environment: URI}"
    text = f"{REGISTRY}{WORKSPACE}{ASSETS}jobs: {{run: {run}}}\n"
    uri = "'azureml://registries/mlr-shared/environments/base/versions/{}'"
    version = _plan(tmp_path, REGISTRY + WORKSPACE + ASSETS).graph.contents["environments.base"].version
    plan = _plan(tmp_path, text.replace("URI", uri.format(version)))
    assert plan.graph.bound("jobs.run", "environment") == "environments.base"
    other = said(tmp_path, HEADER + text.replace("URI", uri.format("0123456789ab")), "MLI315")
    message = "the spec makes environments.base in a version that follows from its content, and"
    written = uri.format("0123456789ab").replace("'", '"')
    assert other == [f"11: {message} {written} is another one (write base for the version that the spec makes)"]


def test_who_runs_with_it_reads_it_and_people_get_what_their_work_takes(tmp_path: Path) -> None:
    people = "principals:\n" + "".join(
        f"  {role}: {{object_id: 3000000{number}-0000-0000-0000-000000000001, role: {role}{more}}}\n"
        for number, (role, more) in enumerate(
            [("data_scientist", ""), ("ml_engineer", ""), ("reader", ", registries: [shared]"), ("deployer", "")]
        )
    )
    other = REGISTRY.replace("}}", "}, other: {}}")
    plan = _plan(tmp_path, other + WORKSPACE + ASSETS + JOBS + people)
    both = "jobs.pipe takes from registries.shared; jobs.run takes from registries.shared"
    assert _roles(plan, "registries.shared") == {
        "identities.cpu-compute/Reader": both,
        "identities.main/Reader": both,
        "principals.data_scientist/Reader": "principals.data_scientist takes models and environments from "
        "registries.shared",
        "principals.reader/Reader": "principals.reader takes models and environments from registries.shared",
        "principals.ml_engineer/AzureML Registry User": "principals.ml_engineer puts models and environments into "
        "registries.shared",
        "principals.deployer/AzureML Registry User": "principals.deployer puts models and environments into "
        "registries.shared",
    }
    assert "principals.reader/Reader" not in _roles(plan, "registries.other")


def test_a_closed_one_is_reached_with_its_storage_and_images_which_its_owner_lets_in(tmp_path: Path) -> None:
    regions = "replication_locations: [{location: westeurope}, {location: northeurope}]"
    prep = f"components: {{prep: {PREP[:-1]}, registry: shared}}}}\njobs: {{pipe: {PIPE}}}\n"
    text = REGISTRY.replace("mlr-shared", f"mlr-shared, {regions}") + WORKSPACE + prep
    plan = _plan(tmp_path, PRIVATE + text)
    section = plan.graph.section("derived_private_endpoints")
    models = [each.model for each in section if each.address.startswith("registries.")]
    details = "properties.regionDetails[{}].{}.armResourceId.resourceId"
    account = "storageAccountDetails[0].systemCreatedStorageAccount"
    assert [
        (model.azure_name, model.group, model.id_at, model.request_message)
        for model in models
        if isinstance(model, DerivedEndpoint)
    ] == [
        ("pep-mlr-shared-amlregistry", "amlregistry", "id", None),
        ("pep-mlr-shared-storage", "blob", details.format(0, account), "churn: storage of registries.shared, in dev"),
        (
            "pep-mlr-shared-storage-northeurope",
            "blob",
            details.format(1, account),
            "churn: storage-northeurope of registries.shared, in dev",
        ),
        (
            "pep-mlr-shared-images",
            "registry",
            details.format(0, "acrDetails[0].systemCreatedAcrAccount"),
            "churn: images of registries.shared, in dev",
        ),
    ]
    rule = plan.by_address["workspaces.main.outbound_rules.shared-amlregistry"].resource
    assert rule.because == "jobs.pipe takes from registries.shared, which it reaches over a private endpoint"


TARGETS = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
  common: {subscription: 44444444-4444-4444-4444-444444444444, mode: development, shared: true}
"""


def test_one_that_another_target_makes_is_there_and_roles_on_it_are_handed_over(tmp_path: Path) -> None:
    lent = "registries: {shared: {made_in: common, replication_locations: [{location: westeurope}]}}\n"
    plan = _plan(tmp_path, lent + WORKSPACE + ASSETS + JOBS, TARGETS)
    name = plan.graph.entries["registries.shared"].azure_name
    assert name.startswith("mlr-churn-common-shared-")
    assert f"azureml://registries/{name}/" in _files(plan)["dev/azureml/jobs/run.yml"]
    handed = plan.by_address["role_assignments.identities.cpu-compute/Reader/registries.shared"]
    assert handed.unit == "handover/44444444-4444-4444-4444-444444444444-rg-churn-common"


CLOSED = "registries: {shared: {azure_name: mlr-shared, public_network_access: disabled}}\n"
TRAIN = "{type: command, command: echo, environment: e, compute: cpu, outputs: {m: {type: mlflow_model}}}"
MADE = "models: {m: {from_job: t, output: m, registry: shared}}\n"
STEP = "components: {p: {type: command, command: a, environment: e, registry: shared}}\n"
ENVIRONMENT = "environments: {e: {image: a.example/b:1}}\n"


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        (
            f"{REGISTRY}components: {{p: {{workspace: main, registry: shared, {PREP[1:]}}}\n",
            "MLI222",
            "9: components.p lies in a registry, and in no workspace (leave workspace out)",
        ),
        (
            f"{CLOSED}{ENVIRONMENT.replace(':1}', ':1, registry: shared}')}",
            "MLI368",
            (
                "9: registries.shared is closed, and environments.e can't be made there (leave registry out: each "
                "workspace makes it, with the same version where its content is the same)"
            ),
        ),
        (
            f"{REGISTRY}{ENVIRONMENT}{STEP}",
            "MLI368",
            (
                "10: components.p lies in registries.shared, from which environments.e is not found (write registry: "
                "shared there as well, or name what lies in a registry: azureml://registries/…)"
            ),
        ),
    ],
)
def test_what_a_registry_does_not_take_is_said(tmp_path: Path, text: str, code: str, found: str) -> None:
    assert said(tmp_path, HEADER + WORKSPACE + text, code) == [found]


ON_REGISTRIES = "Microsoft.MachineLearningServices/registries"
SERVED = "online_endpoints: {s: {deployments: {d: {model: m, instance_type: Standard_DS3_v2, instance_count: 1}}}}\n"
LATER = "  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: development, promote_from: dev}\n"
BY_VERSION = "batch_endpoints: {b: {deployments: {d: {model: 'azureml:m:3', compute: cpu}}}}\n"
LENT = "registries: {shared: {made_in: common}}\n"
OF_A_RUN = f"{LENT}{WORKSPACE}{ENVIRONMENT}jobs: {{t: {TRAIN}}}\n{MADE}{SERVED}"


ITS_OWN = "13: prod trains models.m itself, under versions that registries.shared has of others (leave registry out)"
NOT_HERE = (
    "15: batch_endpoints.b.deployments.d looks for models.m in its workspace, and it lies in registries.shared (write "
    "azureml://registries/${registries.shared.name}/models/m/versions/…)"
)


def test_what_a_run_makes_is_released_from_a_registry(tmp_path: Path) -> None:
    """Who serves it reads it there, and whoever puts it there, or compares with it, is let in by its owner."""
    add_installation(tmp_path)
    train = "  pool: {name: a}\n  service_connections: {dev: dev, common: common}\n  train: {jobs: [t]}\n"
    plan = _plan(tmp_path, f"{OF_A_RUN}pipelines:\n{train}{FROM_INDEX}", TARGETS)
    (model,) = script_target(plan, tmp_path).models
    assert (model.workspace, model.registry) == ("mlw-churn-dev", plan.graph.entries["registries.shared"].azure_name)
    assert "role_assignments.identities.s-online/Reader/registries.shared" in plan.by_address
    told = document(
        plan.graph.entries["models.m"], ModelRecord("7", "job", "", "", "", {}, (), {}), [plan], "s", tmp_path
    )
    assert told["names"] == [{"target": "dev", "name": "m", "registry": model.registry}]
    (hand_over,) = hand_overs(plan)
    rights = {use: set(right.actions) for use, _, right in hand_over.grants()}
    assert f"{ON_REGISTRIES}/assets/write" in rights["deploy"]
    assert rights["plan"] >= {f"{ON_REGISTRIES}/read", f"{ON_REGISTRIES}/assets/read"}
    assert f"{ON_REGISTRIES}/assets/write" not in rights["plan"]


@pytest.mark.parametrize(
    ("text", "writers"),
    [
        (f"{LENT}{WORKSPACE}", set()),
        (f"{LENT}{WORKSPACE}{ASSETS}{JOBS}", {"deploy", "run"}),
        (OF_A_RUN, {"deploy"}),
    ],
    ids=["nothing is put there", "assets of the spec", "models of runs"],
)
def test_who_puts_nothing_into_a_registry_of_others_reads_there(tmp_path: Path, text: str, writers: set[str]) -> None:
    add_installation(tmp_path)
    rest = "  pool: {name: a}\n  service_connections: {dev: dev, common: common}\n"
    train = "  train: {jobs: [t]}\n" if text == OF_A_RUN else ""
    (hand_over,) = hand_overs(_plan(tmp_path, f"{text}pipelines:\n{rest}{train}{FROM_INDEX}", TARGETS))
    of_registry = [each for each in hand_over.needed if each.scope.partition("/registries/")[2]]
    assert {each.use for each in of_registry if f"{ON_REGISTRIES}/assets/write" in each.actions} == writers
    readers = {each.use for each in of_registry if f"{ON_REGISTRIES}/assets/read" in each.actions}
    assert readers >= ({"deploy", "run"} if writers else {"deploy"})  # where nothing trains, there is no `run`


@pytest.mark.parametrize(
    ("later", "more", "found"),
    [
        (LATER, "", {}),
        (
            LATER.replace(", promote_from: dev", ""),
            "pipelines: {pool: {name: a}, service_connections: {dev: d, prod: p, common: c}, train: {jobs: [t]}}\n",
            {"MLI859": ITS_OWN},
        ),
        (LATER, BY_VERSION, {"MLI883": NOT_HERE}),
        (LATER, BY_VERSION.replace("m:3", "m@latest"), {}),  # the entry, as in any deployment
    ],
)
def test_a_registry_has_one_model_for_each_version(
    tmp_path: Path, later: str, more: str, found: dict[str, str]
) -> None:
    text = TARGETS.replace("  common:", f"{later}  common:") + OF_A_RUN + more
    for code in ("MLI859", "MLI883", "MLI368"):
        assert said(tmp_path, text, code) == ([found[code]] if code in found else [])
