"""Online deployments: instances, probes and requests."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.casing import snake
from mlinfra.azure.ids import REGISTRIES
from mlinfra.diagnostics import Code
from mlinfra.languages.azureml.checks.walk import whole, word
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.problems import BodyProblem
from mlinfra.schemas.values import value_at

REQUEST_TIMEOUT = Code(
    id="MLI651",
    severity="error",
    title="Request timeout beyond what the endpoint waits",
    why="The service refuses a timeout above 180000 ms, on Kubernetes above 300000 ms",
    fix="Lower request_timeout_ms, or score such requests with a batch endpoint",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas",
)
WORKERS = Code(
    id="MLI652",
    severity="warning",
    title="More requests at a time than workers",
    why="The scoring server starts one worker unless WORKER_COUNT says otherwise; further requests wait, then get 429",
    fix="Set environment_variables: {WORKER_COUNT: …} to the same number",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-managed-online",
)
PROBE = Code(
    id="MLI653",
    severity="error",
    title="Probe that the service refuses",
    why="Times and thresholds of probes are at least 1, and a liveness probe succeeds at the first answer",
    fix="Use values of at least 1, and success_threshold: 1 for liveness",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-managed-online",
)
FEW_INSTANCES = Code(
    id="MLI654",
    severity="warning",
    title="Production deployment with fewer than three instances",
    why="Azure replaces instances without notice; with fewer than three the endpoint may be away for that time",
    fix="Use at least 3 instances",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas",
)
MANY_INSTANCES = Code(
    id="MLI655",
    severity="error",
    title="More instances than a deployment holds",
    why="A managed deployment has at most 50 instances",
    fix="Use larger or fewer instances, or several deployments",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas",
)
SCALE_SETTINGS = Code(
    id="MLI656",
    severity="error",
    title="Target utilization on a managed deployment",
    why="Managed deployments scale by Azure Monitor's autoscale; the Azure ML client refuses target_utilization",
    fix="Leave scale_settings out and use autoscale",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-autoscale-endpoints",
)
SMALL_SIZE = Code(
    id="MLI657",
    severity="warning",
    title="Instance type too small for most models",
    why="On DS1_v2 and F2s_v2 the server and its sidecars leave little memory; real models run out of it",
    fix="Use a size with at least 8 GiB",
    source="https://learn.microsoft.com/azure/machine-learning/reference-managed-online-endpoints-vm-sku-list",
)

OF_A_REGISTRY = Code(
    id="MLI658",
    severity="error",
    title="Asset of a registry in a Kubernetes deployment",
    why="The Azure ML client refuses it before anything is sent: such a deployment takes assets of its workspace only",
    fix="Declare the asset in the workspace, or use a managed deployment",
    source="https://github.com/Azure/azure-sdk-for-python/tree/main/sdk/ml/azure-ai-ml/azure/ai/ml/_schema/_utils",
)
SCALE_BOUNDS = Code(
    id="MLI538",
    severity="error",
    title="Scaling whose bounds contradict each other",
    why="The service refuses a deployment that has more instances at least than at most, or more than all of one busy",
    fix="Set min_instances to at most max_instances, and target_utilization_percentage from 1 to 100",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-kubernetes-online",
)

MAX_TIMEOUT_MS = {"managed": 180_000, "kubernetes": 300_000}  # how-to-manage-quotas, online endpoints
MIN_PRODUCTION_INSTANCES = 3  # how-to-manage-quotas, availability
MAX_INSTANCES = 50  # how-to-manage-quotas, instances per deployment
ASSETS = (("model",), ("environment",), ("code_configuration", "code"))  # azure-ai-ml: exit_if_registry_assets
SMALL_SIZES = ("standard_ds1_v2", "standard_f2s_v2")
PROBE_KEYS = ("period", "initial_delay", "timeout", "success_threshold", "failure_threshold")


def check_request_settings(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    settings = mapping(body.get("request_settings"))
    timeout, limit = whole(settings.get("request_timeout_ms")), MAX_TIMEOUT_MS[_kind(body)]
    if timeout is not None and timeout > limit:
        message = f"a {_kind(body)} deployment waits at most {limit} ms, not {timeout}"
        yield BodyProblem(REQUEST_TIMEOUT, ("request_settings", "request_timeout_ms"), message)
    concurrent = whole(settings.get("max_concurrent_requests_per_instance"))
    has_script = bool(mapping(body.get("code_configuration")))
    if concurrent is not None and concurrent > 1 and has_script and not _sets_workers(body):
        message = f"{concurrent} requests at a time meet one worker"
        path = ("request_settings", "max_concurrent_requests_per_instance")
        yield BodyProblem(WORKERS, path, message, f"set environment_variables: {{WORKER_COUNT: {concurrent}}}")


def check_probes(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    for probe in ("liveness_probe", "readiness_probe"):
        for key in PROBE_KEYS:
            value = whole(mapping(body.get(probe)).get(key))
            if value is not None and value < 1:
                yield BodyProblem(PROBE, (probe, key), f"{key} is {value}, and must be at least 1")
            elif value is not None and value != 1 and (probe, key) == ("liveness_probe", "success_threshold"):
                message = f"success_threshold of a liveness probe is {value}, and must be 1"
                yield BodyProblem(PROBE, (probe, key), message)


def check_instances(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    count, path = whole(body.get("instance_count")), ("instance_count",)
    if count is None:
        return
    if context.target_mode == "production" and count < MIN_PRODUCTION_INSTANCES:
        message = f"a production deployment wants {MIN_PRODUCTION_INSTANCES} instances, not {count}"
        yield BodyProblem(FEW_INSTANCES, path, message)
    if _kind(body) == "managed" and count > MAX_INSTANCES:
        yield BodyProblem(MANY_INSTANCES, path, f"a deployment has at most {MAX_INSTANCES} instances, not {count}")


def check_scale_settings(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    kind = snake(mapping(body.get("scale_settings")).get("type"))
    if kind == "target_utilization" and _kind(body) == "managed":
        message = "a managed deployment can't scale by target_utilization"
        yield BodyProblem(SCALE_SETTINGS, ("scale_settings", "type"), message, "leave scale_settings out")


def check_scale_bounds(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    settings = mapping(body.get("scale_settings"))
    least, most = whole(settings.get("min_instances")), whole(settings.get("max_instances"))
    if least is not None and most is not None and least > most:
        message = f"min_instances is {least}, and must be from 0 to max_instances, {most}"
        yield BodyProblem(SCALE_BOUNDS, ("scale_settings", "min_instances"), message)
    percentage = whole(settings.get("target_utilization_percentage"))
    if percentage is not None and percentage > 100:
        message = f"target_utilization_percentage is {percentage}, and must be from 1 to 100"
        yield BodyProblem(SCALE_BOUNDS, ("scale_settings", "target_utilization_percentage"), message)


def check_size(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    if _kind(body) == "managed" and word(body.get("instance_type")) in SMALL_SIZES:
        message = f"{body['instance_type']} is too small for most models"
        yield BodyProblem(SMALL_SIZE, ("instance_type",), message, "use a size with at least 8 GiB of memory")


def check_assets(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    for path in ASSETS if _kind(body) == "kubernetes" else ():
        written, key = value_at(body, path), path[-1]
        if isinstance(written, str) and written.lower().startswith(REGISTRIES):
            message = f"a kubernetes deployment takes no {key} of a registry"
            declared = f"declare the {key} in the workspace, and name that"
            help = "write a folder of the repository" if key == "code" else declared
            yield BodyProblem(OF_A_REGISTRY, path, message, help)


RULES: tuple[Rule, ...] = (
    over_body(OF_A_REGISTRY, check_assets),
    over_body((REQUEST_TIMEOUT, WORKERS), check_request_settings),
    over_body(PROBE, check_probes),
    over_body((FEW_INSTANCES, MANY_INSTANCES), check_instances),
    over_body(SCALE_SETTINGS, check_scale_settings),
    over_body(SCALE_BOUNDS, check_scale_bounds),
    over_body(SMALL_SIZE, check_size),
)


def _kind(body: Body) -> str:
    return "kubernetes" if word(body.get("type")) == "kubernetes" else "managed"


def _sets_workers(body: Body) -> bool:
    return "WORKER_COUNT" in mapping(body.get("environment_variables"))
