"""A target as the scripts know it, from a spec that has something of every kind."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from mlinfra.compile import compile_spec
from mlinfra.emit.azureml import azureml_files
from mlinfra.emit.script_targets import script_target
from mlinfra.pipelines.assets import AssetContext, ComputeContext
from mlinfra.pipelines.endpoints import DeploymentContext, EndpointContext
from mlinfra.pipelines.scheduled import ScheduleContext
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.smoke_test import SmokeRequest
from mlinfra.pipelines.trained import JobContext, ModelContext
from mlinfra.plan import Plan

SPEC = """\
apiVersion: mlinfra/v1
platform: shop
location: westeurope
tags: {team: growth}
targets:
  prod:
    subscription: 11111111-1111-1111-1111-111111111111
    mode: production
    resource_group: {name: rg-shop, tags: {cost: "4711"}}
network: {inbound: public, outbound: internet, allowed_ips: [203.0.113.0/24]}
storage_accounts: {lake: {}}
workspaces: {main: {}}
compute_clusters: {cpu: {size: Standard_D4ds_v4, max_instances: 1}}
principals: {lead: {object_id: 44444444-4444-4444-4444-444444444444, type: user, role: data_scientist}}
compute_instances: {nb: {size: Standard_D4ds_v4, create_on_behalf_of: lead}}
environments:
  late: {image: "mcr.microsoft.com/azureml/openmpi5.0-ubuntu24.04:20260901.v1"}
components:
  early: {type: command, command: echo, environment: late, version: 7}
jobs:
  train:
    type: command
    command: echo ${{outputs.best}}
    outputs: {best: {type: mlflow_model}}
    environment: late
    compute: cpu
models:
  trained: {from_job: train, output: best, azure_name: best-model}
  vendor: {type: custom_model, path: azureml://datastores/workspaceblobstore/paths/vendor/, version: 3}
online_endpoints:
  shop:
    auth_mode: aad_token
    smoke_test: {request: tests/request.json, contains: score}
    deployments:
      blue:
        model: vendor
        environment: late
        code_configuration: {code: src, scoring_script: score.py}
        instance_type: Standard_D4as_v4
        instance_count: 3
        data_collector: {collections: {model_inputs: {enabled: "True"}, model_outputs: {enabled: "True"}}}
      green: {model: trained, instance_type: Standard_D4as_v4, instance_count: 3}
    traffic: {blue: 100}
    mirror_traffic: {green: 10}
monitors:
  drift:
    trigger: {type: recurrence, frequency: day, interval: 1}
    create_monitor:
      compute: {instance_type: standard_e4s_v3, runtime_version: "3.4"}
      monitoring_target: {ml_task: classification, endpoint_deployment_id: "azureml:shop:blue"}
      alert_notification: {emails: [ml@contoso.com]}
"""


def planned(root: Path) -> Plan:
    folder = root / "specs" / "shop"
    (folder / "src").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "src" / "score.py").write_text("def init(): ...\ndef run(data): ...\n", encoding="utf-8")
    (folder / "tests" / "request.json").write_text("{}\n", encoding="utf-8")
    (folder / "ml-platform.yaml").write_text(SPEC, encoding="utf-8")
    compiled = compile_spec(folder / "ml-platform.yaml", root, {})
    wrong = [each for found in compiled.diagnostics.values() for each in found if each.severity == "error"]
    assert not wrong, wrong
    return compiled.plans[0]


def test_a_target_is_told_whole() -> None:
    with TemporaryDirectory() as name:
        root = Path(name).resolve()
        plan = planned(root)
        target = script_target(plan, root / "generated" / "shop")
    hashes = {address: content.hash for address, content in plan.graph.contents.items()}
    names = {address: entry.azure_name for address, entry in plan.graph.entries.items()}
    workspace, files = names["workspaces.main"], "prod/azureml"
    blue, green = (f"online_endpoints.shop.deployments.{slot}" for slot in ("blue", "green"))
    assert target == TargetContext(
        name="prod",
        subscription="11111111-1111-1111-1111-111111111111",
        resource_group="rg-shop",
        location="westeurope",
        units=("main", "serving"),
        is_production=True,
        tags=(("cost", "4711"), ("team", "growth")),
        principals=("44444444-4444-4444-4444-444444444444",),
        computes=(
            ComputeContext(
                names["compute_instances.nb"],
                workspace,
                f"{files}/compute_instances/nb.yml",
                hashes["compute_instances.nb"],
                "44444444-4444-4444-4444-444444444444",
            ),
        ),
        assets=(
            AssetContext(
                "environment",
                "late",
                hashes["environments.late"],
                workspace,
                f"{files}/environments/late.yml",
                hashes["environments.late"],
            ),
            AssetContext("model", "vendor", "3", workspace, f"{files}/models/vendor.yml", hashes["models.vendor"]),
            AssetContext(
                "component", "early", "7", workspace, f"{files}/components/early.yml", hashes["components.early"]
            ),
        ),
        jobs=(JobContext("train", workspace, f"{files}/jobs/train.yml", hashes["jobs.train"], "train"),),
        models=(ModelContext("trained", "best-model", "mlflow_model", workspace, "train", "best"),),
        endpoints=(
            EndpointContext(
                "online",
                "shop",
                names["online_endpoints.shop"],
                workspace,
                f"{files}/online_endpoints/shop.yml",
                hashes["online_endpoints.shop"],
                (
                    DeploymentContext(
                        "blue",
                        f"{files}/online_endpoints/shop/blue.yml",
                        hashes[blue],
                        model_version="3",
                        share=100,
                        instances="3",
                        size="Standard_D4as_v4",
                    ),
                    DeploymentContext(
                        "green",
                        f"{files}/online_endpoints/shop/green.yml",
                        hashes[green],
                        model="trained",
                        model_name="best-model",
                        mirror=10,
                        instances="3",
                        size="Standard_D4as_v4",
                    ),
                ),
                (SmokeRequest("../../specs/shop/tests/request.json", "score"),),
                address=f"https://{names['online_endpoints.shop']}.westeurope.inference.ml.azure.com/score",
                is_extended=True,
            ),
        ),
        schedules=(
            ScheduleContext(
                "drift",
                workspace,
                f"{files}/monitors/drift.yml",
                hashes["monitors.drift"],
                enabled=True,
                monitored_endpoint=names["online_endpoints.shop"],
                monitored_deployment="blue",
            ),
        ),
        connections=target.connections,  # tests/pipelines/test_bootstrap.py
        providers=target.providers,
    )


def test_an_endpoints_file_holds_no_shares_of_traffic_which_would_undo_a_release(tmp_path: Path) -> None:
    files = azureml_files(planned(tmp_path).graph, "", tmp_path / "generated" / "shop")
    written = next(file.text for file in files if file.path.endswith("online_endpoints/shop.yml"))
    assert "auth_mode: aad_token" in written
    assert "traffic" not in written
