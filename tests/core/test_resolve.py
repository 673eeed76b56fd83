"""What a reference is bound to, and what is said of one that leads nowhere."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from mlinfra import resolve
from mlinfra.graph import Edge
from mlinfra.resolve import nowhere
from tests.core.cases import CLUSTER, WORKSPACE, Wrong, overridden, told
from tests.spec import HEADER, compiled
from tests.steps import steps_in

TO_NOWHERE = "command: x, environment: azureml:e:1, compute: cpu%d"
ENVIRONMENT = "environments: {train: {image: a/b:1}}\n"
LAKE = "storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}}}}\n"


def job(fields: str) -> str:
    return f"jobs: {{t: {{type: command, command: x, {fields}}}}}\n"


INPUT = "environment: azureml:e:1, compute: serverless, inputs: {a: {type: uri_folder, path: %s}}"
DATA = "data: {src: {type: uri_folder, path: azureml://datastores/workspaceblobstore/paths/}}\n"
ENDPOINT = (
    "online_endpoints: {e: {auth_mode: aad_token, traffic: {blu: 100}, "
    "deployments: {blue: {model: azureml:m:1, instance_type: Standard_D4as_v4, instance_count: 1}}}}\n"
)
TWO_DEPLOYMENTS = """\
online_endpoints: {e: {auth_mode: aad_token, traffic: {blue: 90, green: 10}, deployments: {
  green: {model: azureml:m:1, targets: [prod], instance_type: Standard_D4as_v4, instance_count: 1},
  blue: {model: azureml:m:1, instance_type: Standard_D4as_v4, instance_count: 1}}}}
"""
BATCH_ENDPOINT = """\
batch_endpoints: {e: {defaults: {deployment_name: nihgtly}, deployments: {
  nightly: {type: model, model: azureml:m:1, compute: cpu, settings: {mini_batch_size: 1}}}}}
compute_clusters: {cpu: {size: Standard_D4ds_v4, min_instances: 0, max_instances: 1}}
"""
WRONG = (
    Wrong(
        "the name of an entry of another kind, as an expression",
        WORKSPACE + LAKE + job("environment: '${storage_accounts.lake.containers.raw.name}', compute: serverless"),
        '8:52 MLI301 environments "raw" is not defined',
    ),
    Wrong(
        "an asset nobody declared",
        WORKSPACE + ENVIRONMENT + job("environment: trian, compute: serverless"),
        '8:52 MLI301 environments "trian" is not defined\n'
        '  help: did you mean "train"? Defined: train\n'
        "  7:16 nothing names environments.train",
    ),
    Wrong(
        "a compute: only sections that have entries are named",
        WORKSPACE + CLUSTER + job("environment: azureml:e:1, compute: cpuu"),
        '8:74 MLI301 compute_clusters "cpuu" is not defined\n'
        '  help: did you mean "cpu"? Defined: cpu\n'
        "  7:20 nothing names compute_clusters.cpu",
    ),
    Wrong(
        "a compute where there is none at all",
        WORKSPACE + job("environment: azureml:e:1, compute: cpu"),
        '7:74 MLI301 compute_clusters "cpu" is not defined',
    ),
    Wrong(
        "an entry of another kind",
        WORKSPACE + CLUSTER + job("environment: cpu, compute: cpu"),
        '8:52 MLI302 "cpu" is defined in compute_clusters, and environment takes an entry of environments',
    ),
    Wrong(
        "an entry that `targets:` keeps out of the target",
        WORKSPACE + "environments: {train: {image: a/b:1, targets: [prod]}}\n" + job("environment: train"),
        "9:52 MLI303 environments.train is not in target dev\n  8:38 only in prod",
        HEADER + "  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: development}\n",
    ),
    Wrong(
        "an entry that an override removes",
        WORKSPACE + CLUSTER + job("environment: azureml:e:1, compute: cpu"),
        '8:74 MLI303 compute_clusters.cpu is not in target dev\n  5:111 removed in target "dev"',
        overridden("{compute_clusters: {cpu: null}}"),
    ),
    Wrong(
        "a workspace that an override removes",
        WORKSPACE + "compute_clusters: {cpu: {size: Standard_D4ds_v5, workspace: main}}\n",
        '7:61 MLI222 workspaces.main is not in this target\n  5:105 removed in target "dev"',
        overridden("{workspaces: {main: null}}"),
    ),
    Wrong(
        "a workspace nobody declared",
        WORKSPACE + "compute_clusters: {cpu: {size: Standard_D4ds_v5, workspace: mian}}\n",
        '7:61 MLI222 workspaces "mian" is not defined\n  help: did you mean "main"? Defined: main\n'
        "  6:14 workspaces.main is written here",
    ),
    Wrong(
        "no workspace where there are two",
        "workspaces: {a: {}, b: {}}\n" + CLUSTER,
        "7:20 MLI222 compute_clusters.cpu does not say which workspace it belongs to\n"
        "  help: add workspace: a, or in place of that b",
    ),
    Wrong(
        "no workspace at all",
        CLUSTER,
        "6:20 MLI222 compute_clusters.cpu needs a workspace, and the spec has none\n"
        "  help: add one: workspaces: {main: {}}",
    ),
    Wrong(
        "a container that the account does not have",
        WORKSPACE + LAKE + "datastores: {d: {type: azure_data_lake_gen2, account_name: lake, filesystem: rwa}}\n",
        '8:78 MLI301 storage_accounts.lake.containers "rwa" is not defined\n  help: did you mean "raw"? Defined: raw\n'
        "  7:70 nothing names storage_accounts.lake.containers.raw",
    ),
    Wrong(
        "a deployment in traffic, at the key",
        WORKSPACE + ENDPOINT,
        '7:56 MLI632 deployment "blu" is not defined\n  help: did you mean "blue"? Defined: blue\n'
        "  7:81 deployments.blue is written here",
    ),
    Wrong(
        "a deployment in traffic that this target does not have",
        WORKSPACE + TWO_DEPLOYMENTS,
        "8:66 MLI303 online_endpoints.e.deployments.green is not in target dev\n  9:31 only in prod",
        HEADER + "  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: development}\n",
    ),
    Wrong(
        "the default deployment of a batch endpoint",
        WORKSPACE + BATCH_ENDPOINT,
        '7:51 MLI662 deployment "nihgtly" is not defined\n  help: did you mean "nightly"? Defined: nightly\n'
        "  8:3 deployments.nightly is written here",
    ),
    Wrong(
        "the job of a model",
        WORKSPACE + "models: {m: {from_job: trian, output: model}}\n" + job("environment: azureml:e:1"),
        '7:24 MLI301 jobs "trian" is not defined\n  help: Defined: t',
    ),
    Wrong(
        "a section of a later release",
        WORKSPACE + "data: {d: {type: uri_file, path: azureml://datastores/workspaceblobstore/paths/a, registry: r}}\n",
        '7:93 MLI301 registries "r" is not defined',
    ),
    Wrong(
        "a word that is an entry and a path",
        WORKSPACE + DATA + job(INPUT % "src"),
        '8:123 MLI333 "src" is both the entry data.src and a path\n'
        "  help: write ./src for the path, or rename one of the two",
        files={"src/a.csv": "1"},
    ),
    Wrong(
        "the address of an expression",
        WORKSPACE + "environments: {e: {image: a/b:1, description: '${storage_accounts.man.id}'}}\n",
        "7:47 MLI305 storage_accounts.man is not defined\n"
        '  help: did you mean "storage_accounts.main"? Defined: application_insights.main, '
        "container_registries.main, environments.e, identities.main, key_vaults.main, log_analytics.main, "
        "storage_accounts.main, workspaces.main",
    ),
    Wrong(
        "the id of what has none before it is deployed",
        WORKSPACE + "environments: {e: {image: a/b:1}, f: {image: a/b:1, description: '${environments.e.id}'}}\n",
        "7:66 MLI305 environments.e has no id that is known before it is deployed\n"
        "  help: write its name where Azure ML takes a reference",
    ),
    Wrong(
        "the address of an expression that the target does not have",
        WORKSPACE + CLUSTER + "environments: {e: {image: a/b:1, description: '${compute_clusters.cpu.id}'}}\n",
        '8:47 MLI305 compute_clusters.cpu is not in this target\n  5:111 removed in target "dev"',
        overridden("{compute_clusters: {cpu: null}}"),
    ),
    Wrong(
        "a cycle through expressions names every member",
        "identities:\n"
        "  a: {tags: {x: '${identities.b.id}'}}\n"
        "  b: {tags: {x: '${identities.c.name}'}}\n"
        "  c: {tags: {x: '${identities.a.id}'}}\n",
        "7:3 MLI304 these entries need one another: identities.a → identities.b → identities.c → identities.a\n"
        "  8:3 identities.b is written here\n"
        "  9:3 identities.c is written here",
    ),
    Wrong(
        "a model that is trained from itself",
        WORKSPACE
        + job(
            "environment: azureml:e:1, compute: serverless, inputs: {m: {type: mlflow_model, path: m}}, "
            "outputs: {o: {type: mlflow_model}}"
        )
        + "models: {m: {from_job: t, output: o}}\n",
        "7:8 MLI304 these entries need one another: jobs.t → models.m → jobs.t\n  8:10 models.m is written here",
    ),
    Wrong(
        "an entry that needs itself",
        "identities: {a: {tags: {x: '${identities.a.id}'}}}\n",
        "6:28 MLI304 identities.a needs itself",
    ),
    Wrong(
        "an expression that fills in what its place does not take",
        WORKSPACE + "principals: {a: {type: group, role: reader, object_id: '${workspaces.main.name}'}}\n",
        "7:56 MLI215 object_id must be a GUID such as 11111111-1111-1111-1111-111111111111, "
        'not "${workspaces.main.name}"',
    ),
    Wrong(
        "a reference that an override writes",
        WORKSPACE + ENVIRONMENT + job("environment: train, compute: serverless"),
        '5:116 MLI301 environments "tran" is not defined\n'
        '  help: did you mean "train"? Defined: train\n'
        "  8:39 used here\n"
        "  7:16 nothing names environments.train",
        overridden("{jobs: {t: {environment: tran}}}"),
    ),
    Wrong(
        "a reference that a variable holds",
        "variables: {env: {type: string, default: tran}}\n"
        + WORKSPACE
        + ENVIRONMENT
        + job("environment: '${var.env}', compute: serverless"),
        '6:42 MLI301 environments "tran" is not defined\n'
        '  help: did you mean "train"? Defined: train\n'
        "  9:52 used here\n"
        "  8:16 nothing names environments.train",
    ),
    Wrong(
        "a reference of which a variable holds a part",
        "variables: {env: {type: string, default: tra}}\n"
        + WORKSPACE
        + ENVIRONMENT
        + job("environment: '${var.env}nn', compute: serverless"),
        '9:52 MLI301 environments "trann" is not defined\n'
        '  help: did you mean "train"? Defined: train\n'
        "  6:42 var.env is written here\n"
        "  8:16 nothing names environments.train",
    ),
    Wrong(
        "a text of ours of which a variable holds a part",
        "variables: {net: {type: string, default: '10.60'}}\n"
        "virtual_networks: {spoke: {address_space: ['${var.net}.300.0/18']}}\n",
        "7:44 MLI215 address_space[0] must be a range of IPv4 addresses such as 10.60.0.0/18, "
        'not "10.60.300.0/18"\n'
        "  6:42 var.net is written here",
    ),
)


@pytest.mark.parametrize("case", WRONG, ids=[case.what for case in WRONG])
def test_a_reference_that_leads_nowhere(case: Wrong, tmp_path: Path) -> None:
    assert told(tmp_path, case.header + case.text, case.files) == case.said


BOUND = (
    ("an asset", ENVIRONMENT + job("environment: train"), ("environment",), "environments.train", "asset"),
    ("a compute", CLUSTER + job("environment: a/b:1, compute: cpu"), ("compute",), "compute_clusters.cpu", "compute"),
    (
        "a compute by azureml:",
        CLUSTER + job("environment: azureml:e:1, compute: azureml:cpu"),
        ("compute",),
        "compute_clusters.cpu",
        "compute",
    ),
    (
        "a compute by its name on Azure, as an expression",
        CLUSTER + job("environment: a/b:1, compute: '${compute_clusters.cpu.name}'"),
        ("compute",),
        "compute_clusters.cpu",
        "compute",
    ),
    ("data", DATA + job(INPUT % "src"), ("inputs", "a", "path"), "data.src", "data_path"),
    (
        "a datastore",
        LAKE
        + "datastores: {raw: {type: azure_data_lake_gen2, account_name: lake, filesystem: raw}}\n"
        + job(INPUT % "'azureml://datastores/raw/paths/x/'"),
        ("inputs", "a", "path"),
        "datastores.raw",
        "datastore_uri",
    ),
)


@pytest.mark.parametrize("case", BOUND, ids=[case[0] for case in BOUND])
def test_a_bare_name_is_bound_to_the_entry(case: tuple[str, str, tuple[str, ...], str, str], tmp_path: Path) -> None:
    _, text, path, target, form = case
    (plan,) = compiled(tmp_path, HEADER + WORKSPACE + text.replace("a/b:1, compute", "azureml:e:1, compute")).plans
    edges = [edge for edge in plan.graph.edges_from("jobs.t") if edge.path == path]
    assert edges == [Edge("jobs.t", target, "needs", path, form)]


OUTSIDE = (
    job("environment: azureml:e:1, compute: serverless"),
    job("environment: azureml:e:1, compute: local"),
    job("environment: azureml:e@latest, compute: azureml:theirs"),
    job("environment: azureml:e:1, compute: /subscriptions/s/resourceGroups/g/providers/x/y/z"),
    job("environment: 'azureml://registries/r/environments/e/versions/1'"),
    job(INPUT % "'azureml:theirs:3'"),
    job(INPUT % "'azureml://datastores/workspaceblobstore/paths/x'"),
    job(INPUT % "'https://example.com/a/'"),
)


@pytest.mark.parametrize("text", OUTSIDE)
def test_what_lies_outside_the_spec_passes_through(text: str, tmp_path: Path) -> None:
    (plan,) = compiled(tmp_path, HEADER + WORKSPACE + text).plans
    assert [edge.form for edge in plan.graph.edges_from("jobs.t")] == ["workspace"]


def test_an_image_build_cluster_and_traffic_order_nothing(tmp_path: Path) -> None:
    text = HEADER + "workspaces: {main: {image_build_compute: cpu}}\n" + CLUSTER + ENDPOINT.replace("blu:", "blue:")
    (plan,) = compiled(tmp_path, text).plans
    named = {(edge.source, edge.target) for edge in plan.graph.edges if edge.kind == "names"}
    assert named == {
        ("workspaces.main", "compute_clusters.cpu"),
        ("online_endpoints.e", "online_endpoints.e.deployments.blue"),
    }


def test_expressions_are_filled_in(tmp_path: Path) -> None:
    text = (
        HEADER
        + WORKSPACE
        + "environments: {e: {image: a/b:1, description: "
        + "'${key_vaults.main.name} in ${workspaces.main.location}, $${kept} and $${{kept}}'}}\n"
        + "key_vaults: {main: {location: northeurope, tags: {storage: '${storage_accounts.main.id}'}}}\n"
    )
    (plan,) = compiled(tmp_path, text).plans
    vault, environment = plan.graph.entries["key_vaults.main"], plan.graph.entries["environments.e"]
    assert environment.body["description"] == f"{vault.azure_name} in westeurope, ${{kept}} and ${{{{kept}}}}"
    assert vault.body["tags"] == {"storage": plan.graph.entries["storage_accounts.main"].id}
    assert Edge("environments.e", "key_vaults.main", "needs", ("description",), "expression") in plan.graph.edges_from(
        "environments.e"
    )


def test_names_that_are_filled_in_are_bound_in_as_many_steps_as_there_are(tmp_path: Path) -> None:
    cluster = "command: x, environment: azureml:e:1, compute: '${compute_clusters.cpu.name}'"

    def run(count: int) -> object:
        jobs = "".join(f"  j{place}: {{type: command, {cluster}}}\n" for place in range(count))
        return compiled(tmp_path, f"{HEADER}{WORKSPACE}{CLUSTER}jobs:\n{jobs}")

    few, many = (steps_in(resolve, partial(run, count)) for count in (40, 160))
    assert many < 5 * few


def test_entries_are_put_in_order_once_for_all_references_that_lead_nowhere(tmp_path: Path) -> None:
    def run(count: int) -> object:
        jobs = "".join(f"  j{place}: {{type: command, {TO_NOWHERE % place}}}\n" for place in range(count))
        return told(tmp_path, f"{HEADER}{WORKSPACE}{CLUSTER}jobs:\n{jobs}", {})

    few, many = (steps_in(nowhere, partial(run, count)) for count in (40, 160))
    assert many < 5 * few
