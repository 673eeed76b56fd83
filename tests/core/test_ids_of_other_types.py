"""An id says of what type its resource is, and each place that takes one takes some types only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from mlinfra.languages import ROWS
from mlinfra.languages.azureml.schema import SCHEMA
from mlinfra.languages.mentions import is_id_of_another_type
from tests.spec import HEADER, found

IN = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers"
ACCOUNT, VAULT = f"{IN}/Microsoft.Storage/storageAccounts/stx", f"{IN}/Microsoft.KeyVault/vaults/kvx"
NETWORK, MACHINE = f"{IN}/Microsoft.Network/virtualNetworks/v", f"{IN}/Microsoft.Compute/virtualMachines/m"
ML, LOGS = f"{IN}/Microsoft.MachineLearningServices/workspaces/w", f"{IN}/Microsoft.OperationalInsights/workspaces/l"
DATA, ENVIRONMENT = f"{ML}/data/d/versions/1", f"{ML}/environments/e/versions/1"
IS_ACCOUNT, IS_VAULT = "Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults"
IS_MACHINE = "Microsoft.Compute/virtualMachines"
IS_DATA, IS_ENVIRONMENT = (
    f"Microsoft.MachineLearningServices/workspaces/{each}/versions" for each in ("data", "environments")
)
COMPUTES = "Microsoft.MachineLearningServices/workspaces/computes"
GROUND = "compute_clusters: {cpu: {size: Standard_D4ds_v5, workspace: main}}\nenvironments: {train: {image: a/b:1}}\n"
MAIN = "workspaces: {main: {}}\n"


class Case(NamedTuple):
    what: str
    spec: str
    said: tuple[str, ...]


def other(field: str, type_: str, *taken: str) -> tuple[str, ...]:
    takes = f"it takes {'one of ' if len(taken) > 1 else ''}{', '.join(taken)}"
    return (f"MLI329 {field} is given the id of a resource of the type {type_} | {takes}",)


def malformed(code: str, start: str, shown: str) -> tuple[str, ...]:
    cut = 60 if code == "MLI220" else 57
    return (f'{code} {start} {shown}, not "{NETWORK[:cut]}…" | None',)


def of_assets(name: str) -> tuple[str, str]:
    return (
        f"Microsoft.MachineLearningServices/workspaces/{name}",
        f"Microsoft.MachineLearningServices/registries/{name}",
    )


def job(**fields: str) -> str:
    body = {"type": "command", "command": "x", "environment": "train", "compute": "cpu"} | fields
    return MAIN + GROUND + f"jobs: {{j: {json.dumps(body)}}}\n"


def workspace(**fields: object) -> str:
    return f"workspaces: {{main: {json.dumps(fields)}}}\n"


CODE = of_assets("codes/versions")
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
CASES = (
    Case(
        "a registry of a workspace",
        workspace(container_registry=ACCOUNT),
        other("container_registry", IS_ACCOUNT, "Microsoft.ContainerRegistry/registries"),
    ),
    Case(
        "an account of a workspace",
        workspace(storage_account=f"{ACCOUNT}/blobServices/default/containers/c"),
        other("storage_account", f"{IS_ACCOUNT}/blobServices/containers", IS_ACCOUNT),
    ),
    Case("code that is an environment", job(code=f"azureml:{ENVIRONMENT}"), other("code", IS_ENVIRONMENT, *CODE)),
    Case("code that is an account", job(code=ACCOUNT), other("code", IS_ACCOUNT, *CODE)),
    Case(
        "code that is a component of a registry",
        job(code="azureml://registries/r/components/c/versions/1"),
        other("code", "components", *CODE),
    ),
    Case("code of a workspace", job(code=f"azureml:{ML}/codes/c/versions/1"), ()),
    Case("code of a registry", job(code="azureml://registries/r/codes/c/versions/1"), ()),
    Case("a vault of a workspace", workspace(key_vault=ACCOUNT), other("key_vault", IS_ACCOUNT, IS_VAULT)),
    Case(
        "insights of a workspace",
        workspace(application_insights=LOGS),
        other("application_insights", "Microsoft.OperationalInsights/workspaces", "Microsoft.Insights/components"),
    ),
    Case(
        "a key of a workspace",
        workspace(customer_managed_key={"key_vault": ACCOUNT, "key_uri": "https://x.vault.azure.net/keys/k/1"}),
        other("key_vault", IS_ACCOUNT, IS_VAULT),
    ),
    Case(
        "a store of a workspace's own",
        workspace(
            customer_managed_key={
                "key_vault": VAULT,
                "key_uri": "https://x.vault.azure.net/keys/k/1",
                "search_id": NETWORK,
            }
        ),
        malformed(
            "MLI220",
            "search_id must be the id of a search service",
            "/subscriptions/…/Microsoft.Search/searchServices/…",
        ),
    ),
    Case(
        "identities of a workspace, which are keys",
        workspace(identity={"type": "user_assigned", "user_assigned_identities": {VAULT: {}}}),
        (
            *other("user_assigned_identities", IS_VAULT, IDENTITY),
            "MLI462 workspaces.main has user-assigned identities, and none of them is the primary one | None",
        ),
    ),
    Case(
        "a compute that builds images",
        workspace(image_build_compute=MACHINE),
        other("image_build_compute", IS_MACHINE, COMPUTES),
    ),
    Case(
        "the subnet of serverless computes",
        workspace(serverless_compute={"custom_subnet": NETWORK}),
        malformed("MLI220", "custom_subnet must be the id of a subnet", "/subscriptions/…/virtualNetworks/…/subnets/…"),
    ),
    Case(
        "what a rule of a managed network leads to may be of any type",
        workspace(
            managed_network={
                "isolation_mode": "allow_internet_outbound",
                "outbound_rules": [
                    {
                        "name": "sql",
                        "type": "private_endpoint",
                        "destination": {
                            "service_resource_id": f"{IN}/Microsoft.Sql/servers/s",
                            "subresource_target": "sqlServer",
                            "spark_enabled": False,
                        },
                    }
                ],
            }
        ),
        (),
    ),
    Case(
        "the environment of a job",
        job(environment=f"azureml:{DATA}"),
        other("environment", IS_DATA, *of_assets("environments")),
    ),
    Case("the compute of a job", job(compute=f"azureml:{MACHINE}"), other("compute", IS_MACHINE, COMPUTES)),
    Case(
        "the compute of a job in any case",
        job(compute=f"azureml:{ML}/COMPUTES/x".replace("/prov", "/Prov")),
        (),
    ),
    Case(
        "an input of a job",
        job(command="x ${{inputs.a}}").replace(
            '"compute"', f'"inputs": {{"a": {{"type": "uri_folder", "path": "azureml:{ENVIRONMENT}"}}}}, "compute"'
        ),
        other("path", IS_ENVIRONMENT, *of_assets("data")),
    ),
    Case(
        "a datastore's account",
        MAIN + f"datastores: {{d: {{type: azure_blob, account_name: {VAULT}, container_name: c}}}}\n",
        other("account_name", IS_VAULT, IS_ACCOUNT),
    ),
    Case(
        "an identity of a cluster",
        MAIN
        + "compute_clusters: {cpu: {size: Standard_D4ds_v5, identity: {type: user_assigned, "
        + f"user_assigned_identities: [{{resource_id: {VAULT}}}]}}}}}}\n",
        other("resource_id", IS_VAULT, IDENTITY),
    ),
    Case(
        "the subnet of a cluster",
        MAIN + f"compute_clusters: {{cpu: {{size: Standard_D4ds_v5, network_settings: {{subnet: {NETWORK}}}}}}}\n",
        malformed(
            "MLI220",
            "subnet must be the name of a subnet or its id",
            "/subscriptions/…/virtualNetworks/…/subnets/…",
        ),
    ),
    Case(
        "the model of a deployment",
        MAIN
        + "online_endpoints: {e: {auth_mode: aad_token, deployments: {b: {instance_type: Standard_D4as_v4, "
        + f"instance_count: 1, model: 'azureml:{ENVIRONMENT}'}}}}}}}}\n",
        other("model", IS_ENVIRONMENT, *of_assets("models")),
    ),
    Case(
        "the deployment of a monitor",
        MAIN
        + "monitors: {m: {trigger: {type: recurrence, frequency: day, interval: 1}, create_monitor: {compute: "
        + "{instance_type: standard_e4s_v3, runtime_version: '3.5'}, monitoring_target: {ml_task: classification, "
        + f"endpoint_deployment_id: 'azureml:{DATA}'}}}}}}}}\n",
        other(
            "endpoint_deployment_id",
            IS_DATA,
            "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments",
        ),
    ),
    Case(
        "the workspace of insights",
        f"application_insights: {{a: {{log_analytics: {VAULT}}}}}\n",
        other("log_analytics", IS_VAULT, "Microsoft.OperationalInsights/workspaces"),
    ),
    Case(
        "identities of an account",
        f"storage_accounts: {{lake: {{identities: [{VAULT}]}}}}\n",
        other("identities", IS_VAULT, IDENTITY),
    ),
    Case(
        "a group of a subnet",
        "virtual_networks: {v: {address_space: [10.0.0.0/16], subnets: {s: {address_prefix: 10.0.0.0/24, "
        f"network_security_group: {VAULT}}}}}}}}}\n",
        other("network_security_group", IS_VAULT, "Microsoft.Network/networkSecurityGroups"),
    ),
    Case(
        "a plan of a network",
        f"virtual_networks: {{v: {{address_space: [10.0.0.0/16], ddos_plan: {NETWORK}}}}}\n",
        malformed(
            "MLI215", "ddos_plan must be the id of a plan against DDoS:", "/subscriptions/…/ddosProtectionPlans/…"
        ),
    ),
    Case(
        "where logs go",
        MAIN + f"derived: {{workspaces.main.diagnostics: {{storage_account: {VAULT}}}}}\n",
        other("storage_account", IS_VAULT, IS_ACCOUNT),
    ),
    Case(
        "a vault that exists, in the case in which Azure gave its id",
        f"key_vaults: {{v: {{existing: true, id: {VAULT.lower().replace('kvx', 'kv-x')}}}}}\n",
        (),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_an_id_is_of_a_type_that_its_place_takes(case: Case, tmp_path: Path) -> None:
    errors = (each for each in found(tmp_path, HEADER + case.spec) if each.severity == "error")
    assert tuple(dict.fromkeys(f"{each.code.id} {each.message} | {each.help}" for each in errors)) == case.said


def test_of_every_section_that_is_named_in_azure_ml_the_types_of_ids_are_known() -> None:
    """Where they were not, nothing could be said of an id at any place that takes such an entry."""
    references = {json.dumps(each, sort_keys=True) for each in _references(SCHEMA.read())}
    named = {section for each in map(json.loads, references) for section in each["sections"]}
    assert {section for section in named if not ROWS[section].types_in_ids} == {"principals"}


def test_ids_of_resources_below_others_are_told_from_those() -> None:
    sections = ("storage_accounts",)
    assert not is_id_of_another_type(ACCOUNT, sections)
    assert not is_id_of_another_type(ACCOUNT.upper(), sections)
    assert is_id_of_another_type(f"{ACCOUNT}/queueServices/default", sections)
    assert not is_id_of_another_type("/subscriptions/${var.x}", sections)
    assert not is_id_of_another_type(ACCOUNT, ("principals", "storage_accounts"))


def _references(node: object) -> list[dict[str, object]]:
    if isinstance(node, dict):
        own = [node["x-reference"]] if "x-reference" in node else []
        return own + [each for value in node.values() for each in _references(value)]
    return [each for value in node for each in _references(value)] if isinstance(node, list) else []
