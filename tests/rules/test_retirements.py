"""What Azure takes away: an error once its day has come, by the release's clock, and a warning before."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from mlinfra.azure import retirements
from mlinfra.azure.retirements import Retirement
from mlinfra.release import RELEASED, retired
from mlinfra.rules import retirements as rules
from tests.spec import HEADER, found, said
from tests.test_catalogue import HOSTS

WORKSPACE = "workspaces: {main: {}}\n"
ROWS = {name: value for name, value in vars(retirements).items() if isinstance(value, Retirement)}


class Case(NamedTuple):
    code: str
    wrong: str
    message: str
    right: str


def _cluster(tier: str) -> str:
    return f"{HEADER}{WORKSPACE}compute_clusters:\n  cpu: {{size: Standard_D4ds_v4, tier: {tier}}}\n"


def _datastore(body: str) -> str:
    return f"{HEADER}{WORKSPACE}datastores:\n  old: {{{body}}}\n"


def _schedule(work: str) -> str:
    step = "{type: command, command: a, environment: azureml:e:1, compute: serverless}"
    job = f"jobs:\n  train:\n    type: pipeline\n    jobs: {{a: {step}}}\n"
    trigger = "{type: cron, expression: '30 4 * * *'}"
    return f"{HEADER}{WORKSPACE}schedules:\n  crm:\n    trigger: {trigger}\n    {work}\n{job}"


def _serverless(compute: str, size: str) -> str:
    step = f"{{type: command, command: a, environment: azureml:e:1, resources: {{instance_type: {size}}}}}"
    settings = f"settings: {{default_compute: {compute}}}"
    return f"{HEADER}{WORKSPACE}jobs:\n  train:\n    type: pipeline\n    {settings}\n    jobs:\n      a: {step}\n"


def _alone(size: str) -> str:
    job = f"{{command: a, environment: azureml:e:1, resources: {{instance_type: {size}}}}}"
    return f"{HEADER}{WORKSPACE}jobs:\n  train: {job}\n"


def _issuer(issuer: str, cloud: str = "public") -> str:
    credential = f"{{issuer: '{issuer}', subject: 'sc://contoso/ml/churn'}}"
    header = HEADER.replace("westeurope", "usgovvirginia") if cloud == "usgov" else HEADER
    return f"{header}cloud: {cloud}\nidentities:\n  ci: {{federated_credentials: {{build: {credential}}}}}\n"


IMPORT = (
    "import_data: {type: mltable, name: crm, path: 'azureml://datastores/workspaceblobstore/paths/crm', "
    "source: {type: database, query: select 1, connection: 'azureml:crm'}}"
)
LAKE = "storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}}}}\n"
DEVOPS = "https://vstoken.dev.azure.com/33333333-3333-3333-3333-333333333333"
ENTRA = "https://login.microsoftonline.com/33333333-3333-3333-3333-333333333333/v2.0"


def _environment(image: str) -> str:
    return f"{HEADER}workspaces: {{main: {{}}}}\nenvironments: {{e: {{image: '{image}'}}}}\n"


def _hosted(image: str) -> str:
    install = "install: {source: tools, requirements: tools/run.txt}"
    return f"{HEADER}pipelines: {{pool: {{vmImage: {image}}}, service_connections: {{dev: churn-dev}}, {install}}}\n"


RETIREMENT_CASES = (
    Case(
        "MLI480",
        _serverless("serverless", "Standard_NC6"),
        "12: Standard_NC6 was retired on 2023-09-06 (take Standard_NC4as_T4_v3)",
        _serverless("serverless", "Standard_NC4as_T4_v3"),
    ),
    Case(
        "MLI485",
        _alone("Standard_HC44rs"),
        "8: Standard_HC44rs will be retired on 2027-05-31 (take Standard_HB120rs_v3)",
        _alone("Standard_D4ds_v4"),
    ),
    Case(
        "MLI479",
        _serverless("azureml:serverless", "Standard_D4ds_v44"),
        '12: "Standard_D4ds_v44" is not a VM size of Azure (did you mean "Standard_D4ds_v4"?)',
        _serverless("azureml:big-cluster", "our-big-ones"),  # of Kubernetes: a name of its own
    ),
    Case(
        "MLI487",
        _cluster("low_priority"),
        "8: Azure retired low-priority nodes of Azure ML on 2026-03-31 "
        "(use tier: dedicated (https://azure.microsoft.com/updates?id=501658))",
        _cluster("dedicated"),
    ),
    Case(
        "MLI487",
        _cluster("LowPriority"),
        "8: Azure retired low-priority nodes of Azure ML on 2026-03-31 "
        "(use tier: dedicated (https://azure.microsoft.com/updates?id=501658))",
        _cluster("Dedicated"),
    ),
    Case(
        "MLI487",
        _schedule(IMPORT),
        "10: Azure retired data imports of Azure ML and their schedules on 2026-09-30 (bring the data into a "
        "datastore by a pipeline of Fabric or Data Factory, and read it from there "
        "(https://learn.microsoft.com/azure/machine-learning/how-to-import-data-assets))",
        _schedule("create_job: train"),
    ),
    Case(
        "MLI487",
        _datastore("type: azure_data_lake_gen1, store_name: old"),
        "8: Azure retired Azure Data Lake Storage Gen1 on 2024-02-29 (move the data to a storage account with a "
        "hierarchical namespace, and use type: azure_data_lake_gen2 "
        "(https://learn.microsoft.com/azure/storage/blobs/data-lake-storage-migrate-gen1-to-gen2))",
        _datastore("type: azure_data_lake_gen2, account_name: lake, filesystem: raw") + LAKE,
    ),
    Case(
        "MLI487",
        f"{HEADER}databricks_workspaces: {{main: {{sku: standard}}}}\n",
        "6: Azure retired the tier standard of Databricks workspaces on 2026-10-01 (write sku: premium, or leave sku "
        "out (https://learn.microsoft.com/azure/databricks/admin/account-settings/account))",
        f"{HEADER}databricks_workspaces: {{main: {{sku: premium}}}}\n",
    ),
    Case(
        "MLI489",
        _environment("mcr.microsoft.com/azureml/promptflow/promptflow-runtime:20240619.v2"),
        "7: Azure retires images of prompt flow, which get no updates, on 2027-04-20 (move the flow to Microsoft Agent "
        "Framework, and build its image from a base image of Azure ML (https://learn.microsoft.com/azure/"
        "foundry-classic/how-to/how-to-migrate-prompt-flow-to-agent-framework))",
        _environment("mcr.microsoft.com/azureml/openmpi5.0-ubuntu24.04:20261101.v1"),
    ),
    Case(
        "MLI489",
        f"{HEADER}container_registries: {{r: {{sku: premium, trust_policy: true}}}}\n",
        "6: Azure retires Docker Content Trust of container registries on 2028-03-31 (leave trust_policy out, and sign "
        "images with Notation of the Notary Project (https://learn.microsoft.com/cli/azure/acr/config/content-trust))",
        f"{HEADER}container_registries: {{r: {{sku: premium}}}}\n",
    ),
    Case(
        "MLI489",
        _issuer(DEVOPS),
        "8: Azure retires tokens of service connections that vstoken.dev.azure.com issues on 2027-07-01 (convert the "
        "service connection, and write the issuer and subject that it shows then "
        "(https://learn.microsoft.com/azure/devops/pipelines/release/convert-service-connections))",
        _issuer(ENTRA),
    ),
    Case(
        "MLI489",
        _issuer(DEVOPS),
        "8: Azure retires tokens of service connections that vstoken.dev.azure.com issues on 2027-07-01 (convert the "
        "service connection, and write the issuer and subject that it shows then "
        "(https://learn.microsoft.com/azure/devops/pipelines/release/convert-service-connections))",
        _issuer(DEVOPS, "usgov"),  # out of scope, the page says
    ),
)


@pytest.mark.parametrize("case", RETIREMENT_CASES, ids=range(len(RETIREMENT_CASES)))
def test_what_is_gone_is_an_error_and_what_goes_a_warning(case: Case, tmp_path: Path) -> None:
    assert said(tmp_path, case.wrong, case.code) == [case.message]
    assert [item.message for item in found(tmp_path, case.right) if item.code.severity == "error"] == []
    assert said(tmp_path, case.right, case.code) == []


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2026, 11, 24), "MLI487"),
        (RELEASED, "MLI487"),
        (date(2026, 11, 26), "MLI489"),
        (date(2099, 1, 1), "MLI489"),
    ],
)
def test_the_day_decides_whether_it_is_an_error(
    on: date, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LOW_PRIORITY", retirements.LOW_PRIORITY._replace(on=on))
    severity = {"MLI487": "error", "MLI489": "warning"}[code]
    (item,) = [
        item for item in found(tmp_path, _cluster("low_priority")) if item.code in (rules.RETIRED, rules.RETIRES)
    ]
    assert (item.code.id, item.severity) == (code, severity)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_row_says_what_follows_and_on_which_page(row: Retirement) -> None:
    assert urlsplit(row.source).hostname in (*HOSTS, "azure.microsoft.com")
    for text in (row.what, row.successor):
        assert text == text.strip(" .") != ""
    assert retired(row.on, at=row.on)


def test_a_flow_that_stands_for_a_component_retires_with_prompt_flow(tmp_path: Path) -> None:
    flow = (
        "$schema: https://azuremlschemas.azureedge.net/promptflow/latest/Flow.schema.json\n"
        "inputs: {a: {type: string}}\n"
        "nodes: [{name: n, type: python, source: {type: code, path: n.py}}]\n"
    )
    files = {"flow/flow.dag.yaml": flow, "flow/n.py": "", "flow/.promptflow/flow.tools.json": "{}"}
    step = "settings: {default_compute: serverless}, jobs: {a: {type: parallel, component: flow/flow.dag.yaml}}"
    text = f"{HEADER}workspaces: {{main: {{}}}}\njobs: {{p: {{type: pipeline, {step}}}}}\n"
    (warned,) = said(tmp_path, text, "MLI489", files)
    assert "Azure retires prompt flow of Azure ML on 2027-04-20 (move the flow to Microsoft Agent Framework" in warned


def test_an_image_of_prompt_flow_is_not_told_to_take_a_newer_tag(tmp_path: Path) -> None:
    text = _environment("mcr.microsoft.com/azureml/promptflow/promptflow-runtime-stable:20240619.v2")
    assert said(tmp_path, text, "MLI582") == []


def test_a_hosted_image_retires_before_it_is_gone(tmp_path: Path) -> None:
    assert said(tmp_path, _hosted("ubuntu-22.04"), "MLI489") == [
        (
            '6: Azure retires hosted image "ubuntu-22.04" of Azure Pipelines on 2027-04-17 '
            "(take ubuntu-24.04 (https://github.com/actions/runner-images/issues/14254))"
        )
    ]
    assert said(tmp_path, _hosted("ubuntu-24.04"), "MLI489") == []
    assert said(tmp_path, _hosted("ubuntu-20.04"), "MLI489") == []
    assert said(tmp_path, _hosted("ubuntu-20.04"), "MLI898") == [
        '6: hosted image "ubuntu-20.04" was removed on 2025-04-15 (take ubuntu-24.04)'
    ]
