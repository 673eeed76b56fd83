"""What scripts know of endpoints, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mlinfra.overrides.run_values import TextPart
from mlinfra.pipelines.smoke_test import SmokeCommand, SmokeRequest
from mlinfra.pipelines.traffic import AT_ONCE, Rollout

HANDED_ON = (
    "mlinfra.model.{entry}"  # a variable that the scripts set: that a model is there to be published, or to serve
)
InputType: TypeAlias = Literal["uri_file", "uri_folder"]


@dataclass(frozen=True)
class DeploymentContext:
    """A slot of an endpoint.

    `model` is the entry of the model that comes from a job, with its Azure name; `model_version` that of a declared
    one, or the hash of its content where Azure gives it its version: then there is a `model_name` as well; all empty
    where the body holds the model itself, or none. `share` and `mirror` are per cent of the traffic; of a batch
    endpoint's deployments, the default has the share 100 and the others 0. `instances` is how many an online one has,
    empty where something else says that.
    """

    entry: str
    file: str
    content_hash: str
    model: str = ""
    model_name: str = ""
    model_version: str = ""
    share: int = 0
    mirror: int = 0
    instances: str = ""
    size: str = ""  # of its machines


@dataclass(frozen=True)
class InvokeContext:
    """How a batch endpoint is called: what it scores, and where the results go, each to a folder of its own.

    `least_rows` is empty where rows can't be counted; `lets_fail`: files may fail in a job that is Completed. `check`
    is a local file or folder, counted from the output folder, that a new deployment scores first.
    """

    input: tuple[TextPart, ...]
    input_type: InputType
    output: str
    least_rows: str = "1"
    lets_fail: bool = False
    check: str = ""
    check_type: InputType = "uri_file"


@dataclass(frozen=True)
class EndpointContext:
    """An endpoint; `entry` is its name in the spec, `name` the Azure name; no address where that isn't known."""

    kind: Literal["online", "batch"]
    entry: str
    name: str
    workspace: str
    file: str
    content_hash: str
    deployments: tuple[DeploymentContext, ...]
    smoke_requests: tuple[SmokeRequest, ...] = ()
    smoke_command: SmokeCommand | None = None
    rollout: Rollout = AT_ONCE
    invoke: InvokeContext | None = None
    address: str = ""
    is_extended: bool = False  # the unit serving holds something of it: roles of who calls it, its logs
