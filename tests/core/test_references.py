"""What follows from a reference: content that changes with it, roles, what is said of one that nobody has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from mlinfra.emit.azureml import azureml_files
from mlinfra.graph import Edge
from mlinfra.plan import Plan
from tests.core.cases import CLUSTER, WORKSPACE
from tests.spec import HEADER, PRODUCTION, compiled, found, said

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-churn-dev"
ENVIRONMENT = "environments: {train: {image: a/b:1, conda_file: train.yml}}\n"
CONDA = "dependencies: [python=3.%d]\n"


def _plan(folder: Path, text: str, files: dict[str, str] | None = None) -> Plan:
    (plan,) = compiled(folder, text, files).plans
    return plan


# ---- content ----


def _train(reference: str) -> str:
    job = f"jobs: {{t: {{type: command, command: x, environment: '{reference}', compute: cpu}}}}\n"
    return f"{HEADER}{WORKSPACE}{CLUSTER}{ENVIRONMENT}{job}"


def _hash(folder: Path, reference: str, minor: int = 11) -> str:
    return _plan(folder, _train(reference), {"train.yml": CONDA % minor}).graph.contents["jobs.t"].hash


@pytest.mark.parametrize("reference", ["azureml:train", "azureml:train@latest"])
def test_a_job_has_the_content_of_the_environment_that_it_names(reference: str, tmp_path: Path) -> None:
    assert _hash(tmp_path, reference) == _hash(tmp_path, "train")
    assert _hash(tmp_path, reference, 12) == _hash(tmp_path, "train", 12) != _hash(tmp_path, "train")


def test_a_version_by_content_is_the_entry_as_long_as_it_is_that_content(tmp_path: Path) -> None:
    version = _plan(tmp_path, _train("train"), {"train.yml": CONDA % 11}).graph.contents["environments.train"].version
    reference = f"azureml:train:{version}"
    assert _hash(tmp_path, reference) == _hash(tmp_path, "train")
    assert said(tmp_path, _train(reference), "MLI315") == []
    assert _hash(tmp_path, reference, 12) == _hash(tmp_path, reference, 13)
    assert said(tmp_path, _train(reference), "MLI315") == [
        (
            f'9: the spec makes environments.train in a version that follows from its content, and "{reference}" is '
            "another one (write train for the version that the spec makes)"
        )
    ]
    (job,) = (
        each for each in azureml_files(_plan(tmp_path, _train(reference)).graph, "", tmp_path) if "jobs" in each.path
    )
    assert yaml.safe_load(job.text)["environment"] == reference


# ---- names ----

MODEL = "models: {m: {path: model, type: mlflow_model, version: 1}}\n"
COLLECTS = "data_collector: {collections: {model_inputs: {enabled: 'true'}, model_outputs: {enabled: 'true'}}}"
SLOT = f"{{model: m, instance_type: Standard_D4as_v4, instance_count: 1, {COLLECTS}}}"
MONITORS = f"""\
{HEADER}{WORKSPACE}{MODEL}\
online_endpoints:
  demand: {{auth_mode: aad_token, deployments: {{blue: {SLOT}, main: {SLOT}}}, traffic: {{blue: 100}}}}
  credit: {{auth_mode: aad_token, azure_name: credit-risk, deployments: {{main: {SLOT}}}}}
monitors:
  m:
    trigger: {{type: recurrence, frequency: day, interval: 1}}
    create_monitor:
      compute: {{instance_type: standard_e4s_v3, runtime_version: '3.5'}}
      monitoring_target: {{ml_task: classification, endpoint_deployment_id: '%s'}}
"""
FILES = {"model/MLmodel": ""}
MONITORED = (  # what is written: the deployment that it means, or what is said
    ("blue", "online_endpoints.demand.deployments.blue"),
    ("online_endpoints.credit.deployments.main", "online_endpoints.credit.deployments.main"),
    ("azureml:demand:blue", "online_endpoints.demand.deployments.blue"),
    ("azureml:credit-risk:main", "online_endpoints.credit.deployments.main"),
    ("credit:main", "online_endpoints.credit.deployments.main"),
    (
        "main",
        (
            'error: 2 entries are called "main" (write one of online_endpoints.demand.deployments.main, '
            "online_endpoints.credit.deployments.main)"
        ),
    ),
    (
        "bleu",
        (
            'error: online_deployments "bleu" is not defined (did you mean "online_endpoints.demand.deployments.blue"? '
            "Defined: online_endpoints.demand.deployments.blue, online_endpoints.demand.deployments.main, "
            "online_endpoints.credit.deployments.main)"
        ),
    ),
    (
        "online_endpoints.demand.deployments.bleu",
        'error: online_endpoints.demand.deployments "bleu" is not defined (did you mean "blue"? Defined: blue, main)',
    ),
    (
        "azureml:demand:bleu",
        'warning: online_endpoints.demand.deployments "bleu" is not defined (did you mean "blue"? Defined: blue, main)',
    ),
    (
        "azureml:credit-risk:mian",
        'warning: online_endpoints.credit.deployments "mian" is not defined (did you mean "main"? Defined: main)',
    ),
    (
        "azureml:deman:blue",
        (
            'warning: no entry of online_endpoints is called "deman" on Azure (did you mean "demand"? '
            "Defined: credit, demand)"
        ),
    ),
)


@pytest.mark.parametrize(("written", "meant"), MONITORED)
def test_a_monitor_names_a_deployment(written: str, meant: str, tmp_path: Path) -> None:
    text = MONITORS % written
    findings = [each for each in found(tmp_path, text, FILES) if each.address == "monitors.m"]
    assert [f"{each.severity}: {each.message} ({each.help})" for each in findings] == [meant] * (": " in meant)
    if not any(each.severity == "error" for each in findings):
        bound = _plan(tmp_path, text).graph.bound(
            "monitors.m", "create_monitor", "monitoring_target", "endpoint_deployment_id"
        )
        assert bound == (None if ": " in meant else meant)


NOBODY_HAS = (
    (
        "compute: azureml:cpuu, environment: azureml:train",
        (
            '9: no entry of compute_clusters is called "cpuu" on Azure (did you mean "cpu"? Declare what someone '
            "else made: compute_clusters: {cpuu: {existing: true, azure_name: cpuu}})"
        ),
    ),
    (
        "compute: cpu, environment: 'azureml:trainn@latest'",
        (
            '9: no entry of environments is called "trainn" on Azure (did you mean "train"? Declare what someone '
            "else made: environments: {trainn: {existing: true, azure_name: trainn}})"
        ),
    ),
    (
        "compute: cpu, environment: 'azureml:other.env:2'",
        (
            '9: no entry of environments is called "other.env" on Azure (declare what someone else made: '
            "environments: {theirs: {existing: true, azure_name: other.env}})"
        ),
    ),
    (
        "compute: cpu, environment: train, inputs: {a: {type: uri_folder, path: 'azureml://datastores/raw/paths/a/'}}",
        (
            '9: no entry of datastores is called "raw" on Azure (declare what someone else made: '
            "datastores: {raw: {existing: true, azure_name: raw}})"
        ),
    ),
)


@pytest.mark.parametrize(("fields", "message"), NOBODY_HAS)
def test_a_name_that_no_entry_has_is_a_warning(fields: str, message: str, tmp_path: Path) -> None:
    text = f"{HEADER}{WORKSPACE}{CLUSTER}{ENVIRONMENT}jobs: {{t: {{type: command, command: x, {fields}}}}}\n"
    (tmp_path / "train.yml").write_text(CONDA % 11)
    assert said(tmp_path, text, "MLI317") == [message]
    assert [each for each in found(tmp_path, text) if each.severity == "error"] == []


def test_an_address_means_its_entry(tmp_path: Path) -> None:
    (tmp_path / "train.yml").write_text(CONDA % 11)
    text = _train("train").replace("compute: cpu", "compute: compute_clusters.cp%s")
    assert _plan(tmp_path, text % "u").graph.bound("jobs.t", "compute") == "compute_clusters.cpu"
    assert said(tmp_path, text % "y", "MLI301") == [
        '9: compute_clusters "cpy" is not defined (did you mean "cpu"? Defined: cpu)'
    ]


def test_an_entry_of_another_name_on_azure_is_said(tmp_path: Path) -> None:
    text = _train("azureml:train").replace("image", "azure_name: sklearn, image")
    (tmp_path / "train.yml").write_text(CONDA % 11)
    assert said(tmp_path, text, "MLI317") == [
        (
            '9: no entry of environments is called "train" on Azure '
            '(write train for environments.train, which is called "sklearn" there)'
        )
    ]
    assert said(tmp_path, text.replace("azureml:train", "azureml:sklearn"), "MLI317") == []


def test_names_on_azure_are_those_of_one_workspace(tmp_path: Path) -> None:
    text = (
        f"{HEADER}workspaces: {{a: {{}}, b: {{}}}}\n"
        "compute_clusters: {cpu: {size: Standard_D4ds_v5, workspace: a}}\n"
        "environments: {e: {image: a/b:1, workspace: %s}}\n"
        "jobs: {t: {type: command, command: x, workspace: b, environment: azureml:e, compute: serverless}}\n"
    )
    assert said(tmp_path, text % "b", "MLI317") == []
    assert said(tmp_path, text % "a", "MLI317") == [
        '9: no entry of environments is called "e" on Azure (environments.e lies in another workspace: a)'
    ]


def test_a_name_of_an_entry_that_this_target_has_not_is_the_error_that_its_entry_would_be(tmp_path: Path) -> None:
    header = HEADER + "  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: development}\n"
    gpu = "compute_clusters: {gpu: {size: Standard_D4ds_v5, targets: [prod]}}\n"
    job = "jobs: {t: {type: command, command: x, environment: 'azureml://registries/r/environments/e/versions/1', "
    assert said(tmp_path, header + WORKSPACE + gpu + job + "compute: azureml:gpu}}\n", "MLI303") == [
        "9: compute_clusters.gpu is not in target dev"
    ]


BUILT_IN = ("azureml:serverless", "azureml:local", "local")


@pytest.mark.parametrize("compute", BUILT_IN)
def test_what_azure_knows_needs_no_entry(compute: str, tmp_path: Path) -> None:
    (tmp_path / "train.yml").write_text(CONDA % 11)
    text = _train("azureml:AzureML-sklearn-1.5:3").replace("compute: cpu", f"compute: {compute}")
    assert said(tmp_path, text, "MLI317") == []


def test_a_curated_environment_is_named_with_its_prefix_as_the_client_asks(tmp_path: Path) -> None:
    text = "jobs: {t: {type: command, command: x, compute: serverless, environment: %s}}\n"
    help = "write azureml:AzureML-Minimal@latest"
    for written, code in (("AzureML-Minimal", "MLI301"), ("AzureML-Minimal@latest", "MLI220")):
        errors = found(tmp_path, HEADER + WORKSPACE + text % written)
        assert [(each.code.id, each.help) for each in errors] == [(code, help)]


BY_ADDRESS = (
    HEADER
    + """\
workspaces: {main: {image_build_compute: compute_clusters.cpu, storage_account: storage_accounts.lake}}
compute_clusters: {cpu: {size: Standard_D4ds_v5}}
storage_accounts: {lake: {containers: {raw: {}}}}
datastores: {raw: {type: azure_blob, account_name: storage_accounts.lake, container_name: raw}}
environments: {train: {image: a/b:1}}
data: {rows: {type: uri_folder, path: azureml://datastores/raw/paths/x/}}
components: {prep: {type: command, command: x, environment: environments.train}}
models: {m: {type: custom_model, version: 1, path: azureml://datastores/raw/paths/m}}
jobs:
  p:
    type: pipeline
    settings: {default_compute: compute_clusters.cpu, default_datastore: datastores.raw}
    inputs: {a: {type: uri_folder, path: data.rows}}
    jobs: {s: {type: command, component: components.prep}}
batch_endpoints:
  b:
    defaults: {deployment_name: d}
    deployments:
      d: {type: pipeline, component: components.prep, settings: {default_compute: azureml:cpu}}
schedules: {s: {trigger: {type: cron, expression: "0 5 * * 1"}, create_job: jobs.p}}
"""
)


def test_wherever_a_name_works_its_address_works_as_well(tmp_path: Path) -> None:
    graph = _plan(tmp_path, BY_ADDRESS).graph
    named = {(edge.source, edge.target) for address in graph.entries for edge in graph.edges_from(address)}
    assert {
        ("workspaces.main", "compute_clusters.cpu"),
        ("workspaces.main", "storage_accounts.lake"),
        ("datastores.raw", "storage_accounts.lake"),
        ("components.prep", "environments.train"),
        ("jobs.p", "compute_clusters.cpu"),
        ("jobs.p", "datastores.raw"),
        ("jobs.p", "data.rows"),
        ("jobs.p", "components.prep"),
        ("batch_endpoints.b.deployments.d", "components.prep"),
        ("batch_endpoints.b.deployments.d", "compute_clusters.cpu"),
        ("schedules.s", "jobs.p"),
    } <= named
    bare = re.sub(r"(?<![/:])\b[a-z_]+\.(?=(cpu|lake|raw|rows|prep|train|p)\b)", "", BY_ADDRESS)
    assert "compute_clusters." not in bare
    by_name = _plan(tmp_path, bare.replace("azureml:cpu", "cpu")).graph
    assert [*azureml_files(by_name, "", tmp_path)] == [*azureml_files(graph, "", tmp_path)]


@pytest.mark.parametrize("place", ["image_build_compute: %s", "storage_account: %s", "key_vault: %s"])
@pytest.mark.parametrize("word", ["computes.cpu", "storage_account.lake"])
def test_a_word_with_a_dot_is_no_name_of_anything(place: str, word: str, tmp_path: Path) -> None:
    text = BY_ADDRESS.replace("image_build_compute: compute_clusters.cpu", place % word, 1)
    text = text.replace(", storage_account: storage_accounts.lake", "")
    assert [each.code.id for each in found(tmp_path, text) if each.severity == "error"] == ["MLI301"]


# ---- what someone else made ----

THEIRS = (
    HEADER
    + WORKSPACE
    + "compute_clusters: {theirs: {existing: true, azure_name: their-cluster}}\n"
    + "environments: {base: {existing: true, azure_name: their-base}}\n"
    + "models: {scorer: {existing: true}}\n"
    + "components: {prep: {existing: true}}\n"
    + "data: {rows: {existing: true}}\n"
    + "jobs: {t: {type: command, command: 'x ${{inputs.a}}', compute: azureml:their-cluster, environment: '%s', "
    + "inputs: {a: {type: %s, path: '%s'}}}}\n"
)


def test_what_is_declared_as_someone_elses_is_no_warning(tmp_path: Path) -> None:
    for kind, path in (("uri_folder", "azureml:rows:7"), ("uri_folder", "rows"), ("mlflow_model", "azureml:scorer:2")):
        assert found(tmp_path, THEIRS % ("azureml:their-base:4", kind, path)) == []


def test_whoever_names_it_names_a_version_but_of_data(tmp_path: Path) -> None:
    for reference in ("base", "azureml:their-base"):
        assert said(tmp_path, THEIRS % (reference, "uri_folder", "rows"), "MLI319") == [
            (
                "12: someone else versions environments.base, and nobody says in which version it is meant "
                "(write azureml:their-base:<version>)"
            )
        ]
    assert found(tmp_path, THEIRS % ("azureml:their-base@latest", "uri_folder", "rows")) == []


# ---- production ----

IN_PRODUCTION = (
    PRODUCTION
    + "network: {inbound: public, allowed_ips: [203.0.113.0/24]}\n"
    + "workspaces: {main: {}}\n"
    + "environments: {train: {image: 'mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1', version: 3}}\n"
    + "compute_clusters: {cpu: {size: Standard_D4ds_v5, max_instances: 1}}\n"
    + "jobs: {t: {type: command, command: x, environment: '%s', compute: cpu}}\n"
)


def test_latest_of_an_entry_is_its_version_and_allowed_in_production(tmp_path: Path) -> None:
    assert said(tmp_path, IN_PRODUCTION % "azureml:train@latest", "MLI671") == []
    assert said(tmp_path, IN_PRODUCTION % "azureml:trainn@latest", "MLI671") == [
        (
            '10: "azureml:trainn@latest" is not fixed in production (write the bare name of an entry, which is fixed '
            "to its version, or name a version)"
        )
    ]


# ---- whole ids ----

ROLE = (
    HEADER
    + WORKSPACE
    + "principals: {p: {type: group, role: reader, object_id: 11111111-1111-1111-1111-111111111111}}\n"
    + "storage_accounts: {lake: {azure_name: stlake1}}\n"
    + "log_analytics: {central: {}, other: {}}\n"
    + "application_insights: {main: {log_analytics: '%s'}}\n"
    + "role_assignments: {r: {principal: p, role: Storage Blob Data Reader, scope: '%s'}}\n"
)
LOGS = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/log-churn-dev-central"
LAKE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stlake1"


def test_an_id_in_a_body_of_ours_means_the_entry_that_has_it(tmp_path: Path) -> None:
    by_name, by_id = (_plan(tmp_path, ROLE % words) for words in (("central", "storage_accounts.lake"), (LOGS, LAKE)))
    assert by_id.graph.edges == by_name.graph.edges
    assert by_id.resources == by_name.resources
    assert _plan(tmp_path, ROLE % (LOGS.upper().replace("/SUB", "/sub"), LAKE.lower())).resources == by_name.resources


IDENTITY = (
    HEADER
    + "workspaces: {main: {}}\n"
    + "identities: {reader: {}}\n"
    + "compute_clusters: {cpu: {size: Standard_D4ds_v5, identity: {type: user_assigned, user_assigned_identities: "
    + "[{resource_id: '%s'}]}}}\n"
)


def test_an_id_in_a_body_of_azure_ml_means_the_entry_that_has_it_so_its_roles_are_derived(tmp_path: Path) -> None:
    identity = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-churn-dev-reader"
    by_name, by_id = (_plan(tmp_path, IDENTITY % word) for word in ("reader", identity))
    assert by_id.resources == by_name.resources
    path = ("identity", "user_assigned_identities", 0, "resource_id")
    assert Edge("compute_clusters.cpu", "identities.reader", "needs", path, "id") in by_id.graph.edges
    roles = [
        planned.resource.address for planned in by_id.resources if "identities.reader/" in planned.resource.address
    ]
    assert len(roles) > 0


# ---- a word that may be two things ----


def test_a_component_and_a_file_of_that_name_are_told_apart_by_a_dot(tmp_path: Path) -> None:
    text = (
        f"{HEADER}{WORKSPACE}{CLUSTER}{ENVIRONMENT}"
        "components: {prep: {type: command, command: x, environment: train}}\n"
        "jobs: {t: {type: pipeline, settings: {default_compute: cpu}, jobs: {s: {type: command, component: %s}}}}\n"
    )
    files = {"train.yml": CONDA % 11, "prep": "type: command\nname: p\ncommand: x\nenvironment: azureml:e:1\n"}
    assert said(tmp_path, text % "prep", "MLI333", files) == [
        '10: "prep" is both the entry components.prep and a path (write ./prep for the path, or rename one of the two)'
    ]
    assert [said(tmp_path, text % word, "MLI333") for word in ("./prep", "azureml:prep")] == [[], []]


def test_what_a_component_takes_is_checked_however_it_is_named(tmp_path: Path) -> None:
    text = (
        f"{HEADER}{WORKSPACE}{CLUSTER}{ENVIRONMENT}"
        "components: {prep: {type: command, command: 'x ${{inputs.a}}', inputs: {a: {type: number}}, "
        "environment: train}}\n"
        "jobs: {t: {type: pipeline, settings: {default_compute: cpu}, jobs: {s: {type: command, component: '%s'}}}}\n"
    )
    (tmp_path / "train.yml").write_text(CONDA % 11)
    by_name, by_azure = (
        [
            (each.code.id, each.message.replace("azureml:prep@latest", "prep"))
            for each in found(tmp_path, text % word)
            if each.severity == "error"
        ]
        for word in ("prep", "azureml:prep@latest")
    )
    assert by_name == by_azure != []


# ---- derived ----


def test_a_null_entry_that_is_derived_anyway_is_a_warning(tmp_path: Path) -> None:
    text = HEADER + WORKSPACE + "container_registries:\n  main:\nkey_vaults:\n  main: {}\nstorage_accounts:\n  lake:\n"
    assert said(tmp_path, text, "MLI322") == [
        "8: container_registries.main is null, which is an empty body, and workspaces.main has one anyway"
    ]


def test_the_only_log_analytics_of_a_spec_is_used(tmp_path: Path) -> None:
    def logs(text: str) -> tuple[list[str], set[str]]:
        graph = _plan(tmp_path, HEADER + "workspaces: {main: {}, other: {}}\n" + text).graph
        used = {edge.target for edge in graph.edges if edge.source.startswith("application_insights.")}
        return [entry.name for entry in graph.section("log_analytics")], used & {
            entry.address for entry in graph.section("log_analytics")
        }

    assert logs("log_analytics: {central: {}}\n") == (["central"], {"log_analytics.central"})
    assert logs("") == (["main", "other"], {"log_analytics.main", "log_analytics.other"})
    assert logs("log_analytics: {a: {}, main: {}}\n") == (
        ["a", "main", "other"],
        {"log_analytics.main", "log_analytics.other"},
    )
