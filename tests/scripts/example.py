"""A platform as the emit phase describes it to the scripts, with what the tests of the scripts need of each kind."""

from __future__ import annotations

from dataclasses import replace

from mlinfra.azure.conditions import Assignable
from mlinfra.overrides.run_values import TextPart
from mlinfra.pipelines.assets import AssetContext, ComputeContext
from mlinfra.pipelines.endpoints import DeploymentContext, EndpointContext, InvokeContext
from mlinfra.pipelines.rights import Needs, connections
from mlinfra.pipelines.scheduled import ScheduleContext
from mlinfra.pipelines.scripts import (
    ScriptsContext,
    TargetContext,
)
from mlinfra.pipelines.smoke_test import SmokeRequest
from mlinfra.pipelines.trained import CheckedJob, DataContext, FillContext, Gate, JobContext, ModelContext
from mlinfra.pipelines.versions import ToolVersions

SCIENTISTS = "33333333-3333-3333-3333-333333333333"
USER = "44444444-4444-4444-4444-444444444444"
SCHEDULED = ("2026-01-05T05:00:00", "2027-01-04T05:00:00")  # from when to when the schedule runs
VERSIONS = ToolVersions(az="2.91.0", ml="2.42.0", bicep="0.49.2", databricks="")


def target(
    name: str, subscription: str, *, units: tuple[str, ...] = ("main", "connections", "serving")
) -> TargetContext:
    workspace = f"mlw-churn-{name}"
    return TargetContext(
        name=name,
        subscription=subscription,
        resource_group=f"rg-churn-{name}",
        location="westeurope",
        units=units,
        tags=(("costCenter", "47 'n' 11"), ("owner", '$(id) "x"')),
        computes=(ComputeContext("ci-churn", workspace, f"{name}/azureml/compute_instances/ci.yml", "c0ffee", USER),),
        assets=(
            AssetContext(
                "environment", "train", "3f2a91c07b1e", workspace, f"{name}/azureml/environments/train.yml", "e1"
            ),
            AssetContext("data", "customers", "a1b2c3d4e5f6", workspace, f"{name}/azureml/data/customers.yml", "d1"),
            AssetContext("component", "prep", "0a0b0c0d0e0f", workspace, f"{name}/azureml/components/prep.yml", "c1"),
            AssetContext("model", "vendor", "3", workspace, f"{name}/azureml/models/vendor.yml", "m1"),
        ),
        jobs=(
            JobContext(
                "train",
                workspace,
                f"{name}/azureml/jobs/train.yml",
                "3f2a91c07b1e77aa",
                "churn-train",
                is_pipeline=True,
                data=(DataContext("customers", "a1b2c3d4e5f6", "azureml://datastores/raw/paths/customers/"),),
            ),
        ),
        models=(
            ModelContext(
                "churn",
                "churn",
                "mlflow_model",
                workspace,
                "train",
                "model",
                metrics_output="report",
                metrics_file="metrics.json",
                gate=Gate(
                    at_least={"auc": 0.75 if name == "dev" else 0.8},
                    at_most={"error": 0.3},
                    not_worse_than_serving={"auc": 0.01},
                ),
            ),
        ),
        endpoints=(
            EndpointContext(
                "online",
                "churn",
                f"churn-{name}-x1y2",
                workspace,
                f"{name}/azureml/online_endpoints/churn.yml",
                "0e1",
                (
                    DeploymentContext(
                        "blue", f"{name}/azureml/online_endpoints/churn/blue.yml", "b1", "churn", "churn", share=100
                    ),
                    DeploymentContext(
                        "green", f"{name}/azureml/online_endpoints/churn/green.yml", "g1", model_version="3", mirror=10
                    ),
                ),
                (SmokeRequest("../../specs/churn/tests/request.json", 'it\'s "fine" $(now)'),),
            ),
            EndpointContext(
                "batch",
                "scores",
                f"scores-{name}-x1y2",
                workspace,
                f"{name}/azureml/batch_endpoints/scores.yml",
                "0b1",
                (
                    DeploymentContext(
                        "main", f"{name}/azureml/batch_endpoints/scores/main.yml", "s1", "churn", "churn", share=100
                    ),
                ),
                invoke=InvokeContext(
                    input=(TextPart("azureml://datastores/raw/paths/days/", "date"), TextPart("/")),
                    input_type="uri_folder",
                    output="azureml://datastores/results/paths/scores",
                    least_rows="3",
                    check="../../specs/churn/tests/rows.csv",
                ),
            ),
        ),
        schedules=(
            ScheduleContext(
                "weekly", workspace, f"{name}/azureml/schedules/weekly.yml", "5c1", name != "dev", *SCHEDULED
            ),
            ScheduleContext(
                "drift",
                workspace,
                f"{name}/azureml/monitors/drift.yml",
                "5c2",
                enabled=name != "dev",
                monitored_endpoint=f"churn-{name}-x1y2",
                monitored_deployment="blue",
            ),
        ),
        connections=connections(
            Needs(
                scope=f"/subscriptions/{subscription}/resourceGroups/rg-churn-{name}",
                own_roles=("7f951dda-4ed3-4680-a7ca-43fe172d538d", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"),
                named=(Assignable(("f6c7c914-8db3-469d-8ca1-694a8f32e121",), (SCIENTISTS,)),),
                accounts=(f"stchurn{name}",),
                uploads=True,
                has_locks=name == "prod",
                has_batch_endpoints=name == "prod",
                uses=("deploy", "plan", "run"),
            ),
            "churn",
            name,
            {"deploy": f"churn {name}", "plan": f"churn-{name}-read", "run": f"churn-{name}-run"},
        ),
        connections_group=f"rg-churn-{name}-connections",
        principals=(SCIENTISTS,),
        providers=("Microsoft.MachineLearningServices", "Microsoft.Storage"),
    )


PLATFORM = ScriptsContext(
    platform="churn",
    spec="../../../specs/churn/ml-platform.yaml",
    targets=(
        target("dev", "11111111-1111-1111-1111-111111111111"),
        target("prod", "22222222-2222-2222-2222-222222222222", units=("main",)),
    ),
    versions=VERSIONS,
)
CHECKED_FILE = "dev/azureml/jobs/train-in-pull-requests.yml"
_CHECKED = CheckedJob(
    "train",
    "train-in-pull-requests",
    "mlw-churn-dev",
    CHECKED_FILE,
    "churn-train",
    True,
    (("churn", "report", "metrics.json"),),
)
_TOLD = (
    FillContext("inputs.day", (TextPart("days/", "date"), TextPart("/"))),
    FillContext("tags.of", (TextPart("", "branch"), TextPart(" at ", "commit"), TextPart(", for a ", "reason"))),
    FillContext("tags.by", (TextPart("", "by"),)),
)
TOLD_IN_PULL_REQUESTS = replace(
    PLATFORM, targets=(replace(PLATFORM.targets[0], checked=(replace(_CHECKED, fills=_TOLD),)), *PLATFORM.targets[1:])
)
IN_PULL_REQUESTS = replace(PLATFORM, targets=(replace(PLATFORM.targets[0], checked=(_CHECKED,)), *PLATFORM.targets[1:]))
