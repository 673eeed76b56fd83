"""Prompt flows as components: the file of a flow read as the parallel component that the Azure ML client makes of it.

azure-ai-ml, `entities/_component/flow.py`: it goes by `$schema` alone, uploads the folder of the flow, and gives
it the inputs `data` and `flow_outputs`, any others (columns, and `connections.<node>.<field>`), and two outputs. What
else the file says is for the flow's runtime. The file of a run names the flow, from whose folder all counts then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

FLOW_SCHEMA: Final = "https://azuremlschemas.azureedge.net/promptflow/latest/Flow.schema.json"
RUN_SCHEMA: Final = "https://azuremlschemas.azureedge.net/promptflow/latest/Run.schema.json"
FLOW_FILE: Final = "flow.dag.yaml"  # in a folder that a run names
TOOLS: Final = ".promptflow/flow.tools.json"  # without which the client uploads no flow
CONNECTIONS: Final = "connections"
OF_COMPONENTS: Final = ("code", "command", "task", "type")  # fields that no flow has, and the client would pass over
OF_THE_SERVICE: Final = {"image": "runtime"}  # it has one of its own for a flow that names no environment


class OpenInputs(dict[str, Any]):
    """Inputs beside which there may be any others."""


def is_flow(body: Mapping[str, Any]) -> bool:
    return body.get("$schema") in (FLOW_SCHEMA, RUN_SCHEMA)


def has_the_shape_of_a_flow(body: Mapping[str, Any]) -> bool:
    """Whether a file without that `$schema` is a flow, as its nodes say."""
    return isinstance(body.get("nodes"), list) and not any(field in body for field in OF_COMPONENTS)


def flow_of_run(body: Mapping[str, Any]) -> str | None:
    """The flow that the file of a run names; None of any other file."""
    named = body.get("flow") if body.get("$schema") == RUN_SCHEMA else None
    return named if isinstance(named, str) else None


def as_component(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the client makes of a flow's file; any other body as it is."""
    if not is_flow(body):
        return body
    folder = {"type": "uri_folder"}
    inputs = OpenInputs(data=folder, flow_outputs={**folder, "optional": True})
    return {"type": "parallel", "inputs": inputs, "outputs": {"flow_outputs": folder, "debug_info": folder}}


def as_code(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """A component that names what a flow names: the folder with its file, what is to lie in it, its environment."""
    own, included = body.get("azureml"), body.get("additional_includes")
    environment = own.get("environment") if isinstance(own, Mapping) else None
    more = {} if included is None else {"additional_includes": included}
    return {"type": "command", "command": "flow", "code": ".", "environment": environment or OF_THE_SERVICE, **more}


def is_wrong_connection(name: str) -> bool:
    """Whether an input is meant to replace a connection of a node, and does not say of which."""
    return name.startswith(f"{CONNECTIONS}.") and name.count(".") != 2
