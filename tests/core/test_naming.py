"""Azure names: what they are made of, what breaks a rule, and what collides."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.graph import Entry
from tests.core.cases import CLUSTER, WORKSPACE, Wrong, told
from tests.spec import HEADER, compiled

ALL = (
    WORKSPACE
    + CLUSTER
    + """\
storage_accounts: {lake_1: {containers: {raw: {}}, file_shares: {notes: {}}}}
key_vaults: {extra: {}}
container_registries: {main: {azure_name: crtheirs}}
datastores: {raw: {type: azure_blob, account_name: lake_1, container_name: raw}}
environments: {e: {image: a/b:1, azure_name: e-two}}
online_endpoints: {score: {auth_mode: aad_token}}
principals: {lead: {object_id: 44444444-4444-4444-4444-444444444444, type: user, role: data_scientist}}
compute_instances: {dev: {size: Standard_D4ds_v5, create_on_behalf_of: lead, idle_time_before_shutdown_minutes: 60}}
"""
)
NAMES = {
    "workspaces.main": "mlw-churn-dev",
    "compute_clusters.cpu": "cpu",
    "compute_instances.dev": "dev-yf3g",
    "storage_accounts.main": "stchurndevyf3g",
    "storage_accounts.lake_1": "stchurndevlake1yf3g",
    "storage_accounts.lake_1.containers.raw": "raw",
    "storage_accounts.lake_1.file_shares.notes": "notes",
    "key_vaults.main": "kv-churn-dev-yf3g",
    "key_vaults.extra": "kv-churn-dev-extra-yf3g",
    "container_registries.main": "crtheirs",
    "identities.cpu-compute": "id-churn-dev-cpu-compute",
    "datastores.raw": "raw",
    "environments.e": "e-two",
    "online_endpoints.score": "score-dev-yf3g",
}


def entries(folder: Path, text: str) -> dict[str, Entry]:
    (plan,) = compiled(folder, text).plans
    return dict(plan.graph.entries)


def test_names_follow_the_table_of_the_language(tmp_path: Path) -> None:
    found = entries(tmp_path, HEADER + ALL)
    assert {address: found[address].azure_name for address in NAMES} == NAMES


PATTERNS = (
    ("naming: {generation: 2}", "kv-churn-dev-u5w7", "mlw-churn-dev"),
    ("naming: {pattern: '{abbr}-{region}-{platform}-{target}-{name}'}", "kv-we-churn-dev-yf3g", "mlw-we-churn-dev"),
    (
        "naming: {pattern: '{platform}{target}{name}{abbr}', region_codes: {westeurope: eu}}",
        "churndevkv-yf3g",
        "churndevmlw",
    ),
    ("naming: {pattern: '{salt}-{abbr}-{target}-{name}'}", "yf3g-kv-dev", "yf3g-mlw-dev"),
    ("short: ch", "kv-ch-dev-yf3g", "mlw-churn-dev"),
)


@pytest.mark.parametrize(("header", "vault", "workspace"), PATTERNS)
def test_a_header_may_name_otherwise(header: str, vault: str, workspace: str, tmp_path: Path) -> None:
    found = entries(tmp_path, f"{HEADER}{header}\n{WORKSPACE}")
    assert (found["key_vaults.main"].azure_name, found["workspaces.main"].azure_name) == (vault, workspace)


SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
IDS = (
    ("storage_accounts: {lake: {existing: true, azure_name: stold}}", "rg-churn-dev", SUBSCRIPTION),
    ("storage_accounts: {lake: {existing: true, azure_name: stold, resource_group: rg-old}}", "rg-old", SUBSCRIPTION),
    (
        (
            "storage_accounts: {lake: {existing: true, azure_name: stold, resource_group: rg-old, "
            "subscription: 33333333-3333-3333-3333-333333333333}}"
        ),
        "rg-old",
        "/subscriptions/33333333-3333-3333-3333-333333333333",
    ),
    (
        (
            "storage_accounts: {lake: {existing: true, id: /subscriptions/33333333-3333-3333-3333-333333333333/"
            "resourceGroups/rg-old/providers/Microsoft.Storage/storageAccounts/stold}}"
        ),
        "rg-old",
        "/subscriptions/33333333-3333-3333-3333-333333333333",
    ),
)


@pytest.mark.parametrize(("text", "group", "subscription"), IDS)
def test_what_exists_already_has_the_id_that_it_has(text: str, group: str, subscription: str, tmp_path: Path) -> None:
    lake = entries(tmp_path, f"{HEADER}{text}\n")["storage_accounts.lake"]
    above = f"{subscription}/resourceGroups/{group}"
    assert lake.id == f"{above}/providers/Microsoft.Storage/storageAccounts/stold"


LONG = "a" * 50

WRONG = (
    Wrong(
        "a name that is too long",
        "key_vaults: {averyveryverylongname: {}}\n",
        '6:14 MLI310 key_vaults.averyveryverylongname is named "kv-churn-dev-averyveryverylongname-yf3g" on Azure, '
        "which is 39 characters long, 15 more than the 24 that a key vault may have\n"
        "  help: name the entry with at most 6 characters, or write azure_name: in it",
    ),
    Wrong(
        "a name that short: makes short enough",
        "key_vaults: {secrets: {}}\n",
        '6:14 MLI310 key_vaults.secrets is named "kv-churn-dev-secrets-yf3g" on Azure, which is 25 characters long, '
        "1 more than the 24 that a key vault may have\n  help: name the entry with at most 6 characters, or write "
        "short: in the header, with 4 characters, or write azure_name: in it",
    ),
    Wrong(
        "names of what is made for a hub, called after it",
        "hubs: {laboratory: {storage_account: own}}\nstorage_accounts: {own: {}}\n",
        '6:8 MLI310 key_vaults.hub-laboratory is named "kv-churn-dev-hub-laboratory-yf3g" on Azure, which is 32 '
        "characters long, 8 more than the 24 that a key vault may have\n"
        "  help: name hubs.laboratory with at most 2 characters",
    ),
    Wrong(
        "a name of what is made for a workspace, as it is called itself",
        "workspaces: {laboratory: {storage_account: own}}\nstorage_accounts: {own: {}}\n",
        '6:14 MLI310 key_vaults.laboratory is named "kv-churn-dev-laboratory-yf3g" on Azure, which is 28 characters '
        "long, 4 more than the 24 that a key vault may have\n"
        "  help: name workspaces.laboratory with at most 6 characters",
    ),
    Wrong(
        "a name that is too short",
        "storage_accounts: {x: {azure_name: a}}\n",
        '6:36 MLI310 storage_accounts.x is named "a" on Azure, which is 1 character long, 2 fewer than the 3 that a '
        "storage account must have\n"
        "  help: write another azure_name:",
    ),
    Wrong(
        "characters that are not allowed",
        "storage_accounts: {x: {azure_name: A_bc}}\n",
        '6:36 MLI310 storage_accounts.x is named "A_bc" on Azure, which holds "A", "_", while a storage account takes '
        "lower-case letters and digits\n"
        "  help: write another azure_name:",
    ),
    Wrong(
        "a name of the entry itself",
        WORKSPACE + CLUSTER.replace("cpu", "averyveryverylongcluster1"),
        '7:20 MLI310 compute_clusters.averyveryverylongcluster1 is named "averyveryverylongcluster1" on Azure, which '
        "is 25 characters long, 1 more than the 24 that a compute cluster may have\n"
        "  help: name the entry with at most 24 characters, or write azure_name: in it",
    ),
    Wrong(
        "a name that no short: makes shorter",
        f"log_analytics: {{{LONG}: {{}}}}\n",
        f'6:17 MLI310 log_analytics.{LONG} is named "log-churn-dev-{LONG}" on Azure, which is 64 characters '
        "long, 1 more than the 63 that a Log Analytics workspace may have\n"
        "  help: name the entry with at most 49 characters, or write azure_name: in it",
    ),
    Wrong(
        "a slot of an endpoint, which takes no azure_name",
        WORKSPACE
        + "models: {m: {path: azureml://jobs/m/outputs/m, version: 1, type: mlflow_model}}\n"
        + "online_endpoints: {e: {auth_mode: aad_token, deployments: "
        + f"{{{LONG}: {{model: m, instance_type: Standard_D4as_v4}}}}}}}}\n",
        f'8:60 MLI310 online_endpoints.e.deployments.{LONG} is named "{LONG}" on Azure, which is 50 characters long, '
        "25 more than the 25 that a deployment may have: mlinfra leaves as much of Azure's 32, because a release adds "
        "a hash\n  help: name the entry with at most 25 characters",
    ),
    Wrong(
        "names that are equal once squeezed",
        "storage_accounts: {a_b: {}, ab: {}}\n",
        '6:29 MLI311 storage_accounts.ab and storage_accounts.a_b are both named "stchurndevabyf3g" on Azure\n'
        "  help: names are compared without regard to case; give one of them another azure_name:\n"
        "  6:20 storage_accounts.a_b is written here",
    ),
    Wrong(
        "an endpoint whose name no short: makes shorter",
        WORKSPACE + f"online_endpoints: {{{LONG}: {{auth_mode: aad_token}}}}\n",
        f'7:20 MLI310 online_endpoints.{LONG} is named "{LONG}-dev-yf3g" on Azure, which is 59 characters long, 27 '
        "more than the 32 that an online endpoint may have\n"
        "  help: name the entry with at most 23 characters, or write azure_name: in it",
    ),
    Wrong(
        "an online and a batch endpoint of one name",
        WORKSPACE + "online_endpoints: {e: {auth_mode: aad_token}}\nbatch_endpoints: {e: {}}\n",
        '8:19 MLI311 batch_endpoints.e and online_endpoints.e are both named "e-dev-yf3g" on Azure\n'
        "  help: names are compared without regard to case; give one of them another azure_name:\n"
        "  7:20 online_endpoints.e is written here",
    ),
    Wrong(
        "two instances of one name in one region, in two workspaces",
        "workspaces: {a: {}, b: {}}\n"
        "principals: {lead: {object_id: 44444444-4444-4444-4444-444444444444, type: user, role: data_scientist}}\n"
        "compute_instances:\n"
        "  x: {azure_name: lab, workspace: a, size: Standard_D4ds_v5, create_on_behalf_of: lead, "
        "idle_time_before_shutdown_minutes: 60}\n"
        "  y: {azure_name: Lab, workspace: b, size: Standard_D4ds_v5, create_on_behalf_of: lead, "
        "idle_time_before_shutdown_minutes: 60}\n",
        '10:19 MLI311 compute_instances.y and compute_instances.x are both named "Lab" on Azure\n'
        "  help: names are compared without regard to case; give one of them another azure_name:\n"
        "  9:3 compute_instances.x is written here",
    ),
    Wrong(
        "names that differ only in case",
        WORKSPACE + "environments: {e: {image: a/b:1, azure_name: E2}, e2: {image: a/b:1}}\n",
        '7:51 MLI311 environments.e2 and environments.e are both named "e2" on Azure\n'
        "  help: names are compared without regard to case; give one of them another azure_name:\n"
        "  7:16 environments.e is written here",
    ),
    Wrong(
        "a workspace that exists, under no name",
        "workspaces: {main: {existing: true}}\n",
        "6:21 MLI455 workspaces.main exists already, under a name that is not written\n  help: write azure_name or id",
    ),
    Wrong(
        "a workspace that is created, elsewhere",
        "workspaces: {main: {resource_group: rg-old}}\n",
        "6:21 MLI454 resource_group is for what exists already, and workspaces.main is created\n"
        "  help: write existing: true, or leave it out",
    ),
    Wrong(
        "a component by a name that is none of Python's",
        WORKSPACE + "components: {My-Comp: {type: command, command: echo, environment: azureml:e:1}}\n",
        '7:14 MLI310 components.My-Comp is named "My-Comp" on Azure, which holds "-", "C", "M", while a component '
        "takes lower-case letters, digits and underscores\n"
        "  help: write azure_name: my_comp in it, or name it my_comp there and wherever it is named",
    ),
    Wrong(
        "a component whose name is written, and none of Python's",
        WORKSPACE + "components: {c: {type: command, command: echo, environment: azureml:e:1, azure_name: _c}}\n",
        '7:86 MLI310 components.c is named "_c" on Azure, which is not a name for a component: 1 to 255 lower-case '
        "letters, digits and underscores: a letter first\n"
        "  help: write another azure_name:",
    ),
    Wrong(
        "a name of someone else's that leads out of a folder",
        "storage_accounts: {x: {existing: true, azure_name: ../../x}}\n",
        '6:52 MLI310 storage_accounts.x is named "../../x" on Azure, which holds ".", "/", while a storage account '
        "takes lower-case letters and digits\n"
        "  help: write another azure_name:",
    ),
    Wrong(
        "an empty name",
        "storage_accounts: {x: {azure_name: ''}}\n",
        '6:36 MLI310 storage_accounts.x is named "" on Azure, which is 0 characters long, 3 fewer than the 3 that a '
        "storage account must have\n"
        "  help: write another azure_name:",
    ),
    Wrong(
        "a resource group that leads out of a folder",
        "storage_accounts: {x: {existing: true, azure_name: stx, resource_group: x/../../../infra/network}}\n",
        '6:73 MLI310 the resource group of storage_accounts.x is named "x/../../../infra/network", which holds "/", '
        "while a resource group takes letters, digits, hyphens, underscores, periods and parentheses\n"
        "  help: write only the name of the group; what lies elsewhere has a subscription: beside it, or an id:",
    ),
    Wrong(
        "group and subscription of someone else's workspace",
        "workspaces: {main: {existing: true, azure_name: mlw, resource_group: .., subscription: ../x}}\n",
        '6:70 MLI310 the resource group of workspaces.main is named "..", which is not a name for a resource group: '
        "1 to 90 letters, digits, hyphens, underscores, periods and parentheses: no period last\n"
        "  help: write only the name of the group; what lies elsewhere has a subscription: beside it, or an id:\n"
        '6:88 MLI310 subscription "../x" of workspaces.main is not the id of one\n'
        "  help: write a GUID such as 11111111-1111-1111-1111-111111111111: az account list",
    ),
    Wrong(
        "an id with a group that leads out of a folder",
        "workspaces: {main: {existing: true, id: /subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/"
        "../providers/Microsoft.MachineLearningServices/workspaces/mlw}}\n",
        "6:41 MLI312 id is not the id of a resource\n  help: write /subscriptions/…/resourceGroups/…/providers/…",
    ),
    Wrong(
        "an id with a name that its kind can't have",
        f"workspaces: {{main: {{existing: true, id: {SUBSCRIPTION}/resourceGroups/rg/"
        "providers/Microsoft.MachineLearningServices/workspaces/a b}}\n",
        '6:41 MLI310 workspaces.main is named "a b" on Azure, which holds " ", while a workspace takes letters, '
        "digits, hyphens and underscores\n"
        "  help: copy the whole id: az resource show --query id",
    ),
    Wrong(
        "two entries for one account of someone else's",
        "storage_accounts: {x: {existing: true, azure_name: stx}, y: {existing: true, azure_name: stx, "
        "resource_group: RG-churn-dev}}\n",
        '6:90 MLI311 storage_accounts.y and storage_accounts.x are both named "stx" on Azure\n'
        "  help: names are compared without regard to case; give one of them another azure_name:\n"
        "  6:20 storage_accounts.x is written here",
    ),
    Wrong(
        "a text that starts like an id, where an entry is named",
        "storage_accounts: {x: {identities: [/subscriptions/../x]}}\n",
        '6:37 MLI312 "/subscriptions/../x" is not the id of a resource\n'
        "  help: write the name of an entry, or /subscriptions/…/resourceGroups/…/providers/…",
    ),
    Wrong(
        "regions that would be one symbol",
        "workspaces: {a: {location: west-europe}, b: {location: West Europe}}\n",
        '6:28 MLI314 location "west-europe" of workspaces.a is not the name of a region\n'
        "  help: write it in lower case without spaces, such as westeurope\n"
        '6:56 MLI314 location "West Europe" of workspaces.b is not the name of a region\n'
        "  help: write it in lower case without spaces, such as westeurope",
    ),
    Wrong(
        "names that depend on names",
        WORKSPACE
        + "storage_accounts: {a: {azure_name: '${workspaces.main.name}'},"
        + " b: {existing: true, id: '${workspaces.main.id}'}}\n",
        "7:36 MLI313 azure_name can't be made of the name of another entry\n"
        "  help: write the name itself, or make it of ${var.…}, ${target.name} and ${platform}\n"
        "7:88 MLI313 id can't be made of the name of another entry\n"
        "  help: write the name itself, or make it of ${var.…}, ${target.name} and ${platform}",
    ),
    Wrong(
        "a pattern with a placeholder that nobody knows",
        WORKSPACE + "naming: {pattern: '{kind}-{name}'}\n",
        '7:19 MLI205 pattern "{kind}-{name}" holds the placeholder "{kind}"; known are {abbr}, {platform}, '
        "{short}, {target}, {region}, {name}, {salt}\n"
        "  help: write for example {abbr}-{platform}-{target}-{name}",
    ),
    Wrong(
        "a pattern that names two things alike",
        WORKSPACE + "naming: {pattern: '{abbr}-{target}'}\n",
        '7:19 MLI205 pattern "{abbr}-{target}" lacks {name}, without which different things would have one '
        "name\n"
        "  help: write for example {abbr}-{platform}-{target}-{name}",
    ),
)


@pytest.mark.parametrize("case", WRONG, ids=[case.what for case in WRONG])
def test_a_name_that_azure_does_not_take(case: Wrong, tmp_path: Path) -> None:
    assert told(tmp_path, case.header + case.text, case.files) == case.said
