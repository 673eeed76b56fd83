"""Rules of machines: which sizes there are, which of them endpoints take, how many nodes a job gets, and as whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

from mlinfra.azure.casing import snake
from mlinfra.azure.vm_size_names import may_exist
from mlinfra.azure.vm_sizes import RETIREMENTS, VM_SIZES, VmSize, successor, vm_size
from mlinfra.derive.serverless import is_serverless
from mlinfra.derive.workspace import has_system_identity, members, workspaces
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.diagnostics.meant_values import variable_meant
from mlinfra.diagnostics.suggest import closest_name, is_slip, question
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import SECTIONS
from mlinfra.languages.azureml.checks.walk import with_steps
from mlinfra.languages.azureml.compute_clusters import MAX_INSTANCES
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.databricks.clusters import node_types
from mlinfra.languages.databricks.row import PREFIX
from mlinfra.languages.databricks.sections import made
from mlinfra.rules.rule import over_graph
from mlinfra.source.tree import Path

RETIRED = Code(
    "MLI480",
    "error",
    "VM size that is retired",
    "A retired size can't be allocated any more, whatever the quota says",
    "Choose a size of a current series",
    RETIREMENTS,
)
RETIRES = Code(
    "MLI485",
    "warning",
    "VM size that will be retired",
    "On that day its machines are stopped, and no new ones start; with a release of mlinfra after it this is an error",
    "Choose a size of a current series",
    RETIREMENTS,
)
RESTRICTED = Code(
    "MLI481",
    "warning",
    "VM size that new subscriptions can't deploy",
    "The series is closed to growth: subscriptions that do not use it yet get no quota for it",
    "Choose a size of a current series",
    "https://learn.microsoft.com/azure/virtual-machines/sizes/overview",
)
UNKNOWN_SIZE = Code(
    "MLI482",
    "warning",
    "VM size that this release does not know",
    "mlinfra does not know its vCPUs, its memory or whether endpoints take it; a typo looks the same",
    "Compare with the list of sizes that Azure ML or Databricks takes, then ignore this with a reason",
    "https://learn.microsoft.com/azure/virtual-machines/sizes/overview",
)
MISSPELT_SIZE = Code(
    "MLI479",
    "error",
    "VM size that Azure does not have",
    "Azure rejects a compute, a deployment or a cluster of a size that it does not have. No series of Azure has this "
    "name, and it is close to one that exists, or is no name at all",
    "Write the size that the message names",
    "https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions",
)
NOT_FOR_ENDPOINTS = Code(
    "MLI483",
    "error",
    "VM size that managed endpoints do not take",
    "Managed online endpoints have a list of sizes of their own, and refuse the others when the deployment is created",
    "Choose a size of that list, such as Standard_D2as_v4",
    "https://learn.microsoft.com/azure/machine-learning/reference-managed-online-endpoints-vm-sku-list",
)
TOO_MANY_NODES = Code(
    "MLI484",
    "error",
    "More nodes than the cluster has",
    "The job waits for nodes that never come",
    "Lower instance_count, or raise max_instances of the cluster",
    "https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-command",
)
NO_ROLES = Code(
    "MLI585",
    "warning",
    "System-assigned identity of a compute instance",
    "Jobs pull images, mount data and write outputs as the identity of their compute. No template makes an instance, "
    "so none can give a role to the identity that comes with it, and where keys are off its first job fails",
    "Leave identity out: the instance gets one with the roles that its jobs need; or give the roles by hand, and say "
    "so: # mlinfra: ignore MLI585 because …",
    "https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication#compute-cluster",
)


def _sizes_are_not_retired(graph: Graph) -> Iterator[Diagnostic]:
    for entry, path, written in graph.once(sizes):
        size = vm_size(written)
        if size and size.retired:
            yield finding(RETIRED, f"{written} was retired on {size.retires}", at(entry, path), _instead_of(size))


def _sizes_will_not_be_retired(graph: Graph) -> Iterator[Diagnostic]:
    """Of those that are closed to growth, the day stands in that finding."""
    for entry, path, written in graph.once(sizes):
        size = vm_size(written)
        if size and size.retires and not size.retired and not size.restricted:
            message = f"{written} will be retired on {size.retires}"
            yield finding(RETIRES, message, at(entry, path), _instead_of(size))


def _sizes_can_be_had_by_all(graph: Graph) -> Iterator[Diagnostic]:
    for entry, path, written in graph.once(sizes):
        size = vm_size(written)
        if size and size.restricted and not size.retired:
            message = f"{written} is closed to subscriptions that do not use its series yet"
            message += f", and will be retired on {size.retires}" if size.retires else ""
            yield finding(RESTRICTED, message, at(entry, path), _instead_of(size))


def _instead_of(size: VmSize) -> str | None:
    following = successor(size)
    return f"take {following.name}" if following else None


def _sizes_are_known(graph: Graph) -> Iterator[Diagnostic]:
    for entry, path, written in graph.once(sizes):
        if vm_size(written) is None and not _is_misspelt(written):
            message = f'"{written}" is not a VM size that this release knows'
            yield finding(UNKNOWN_SIZE, message, at(entry, path), _known_by(entry, written))


def _sizes_exist(graph: Graph) -> Iterator[Diagnostic]:
    for entry, path, written in graph.once(sizes):
        if vm_size(written) is None and _is_misspelt(written):
            message = f'"{written}" is not a VM size of Azure'
            yield finding(MISSPELT_SIZE, message, at(entry, path), _meant(written) or _closest(written))


_BLANK = re.compile(r"[\s-]+")
_OF_OTHERS = re.compile(
    r"(?:ml\.)?[a-z][a-z0-9]*\.[0-9a-z-]+|[a-z][0-9][a-z]?-[a-z0-9]+(?:-[0-9]+)?"
)  # i3.xlarge, n2-highmem-4
_PART = re.compile(r"[a-z]+|[0-9]+")
_A_SIZE = "write one such as Standard_D4ds_v5"
_LISTS = {
    "azureml": "az ml compute list-sizes --location <region>",
    "databricks": "databricks clusters list-node-types",
}


def _known_by(entry: Entry, written: str) -> str:
    """The size that is near, and where all sizes are listed."""
    lists = _LISTS["databricks" if entry.section.startswith(PREFIX) else "azureml"]
    if _OF_OTHERS.fullmatch(written):
        return f"that is no machine of Azure: {_A_SIZE}: {lists} lists them"
    if not may_exist(written):
        return _closest(written) or f"{_A_SIZE}: {lists} lists them"
    near = _near(written)
    return question(near.name if near else None, f"if {lists} lists it, ignore this with that reason") or lists


@cache
def _is_misspelt(written: str) -> bool:
    """Whether it is certainly no size, and what was meant is known."""
    if may_exist(written):
        return False
    near = _near(written)
    return _meant(written) is not None or (near is not None and _is_slip_of(near, written))


def _meant(written: str) -> str | None:
    """What to write instead of a text that is no name of a size at all."""
    if written.startswith("var."):
        return f'write "${{{written}}}" for the value of a variable'
    if computed := variable_meant(written):
        return computed
    if "{{" in written or written.startswith(("$(", "%(")):
        return "nothing fills in that text here: declare a variable, and write ${var.<name>}"
    return question(_of_its_processor(written))


def _closest(written: str) -> str | None:
    """The size that is near: of one that is gone, what follows it."""
    size = _near(written)
    if size is None or (size.retired and not _is_slip_of(size, written)):
        return None
    if size.retired:
        return f"{size.name}, which is near, was retired on {size.retires}: {_instead_of(size)}"
    return question(size.name)


def _near(written: str) -> VmSize | None:
    if _OF_OTHERS.fullmatch(written):
        return None
    as_azure_does = f"standard_{_BLANK.sub('_', _series(written))}"  # D4ds v4
    of_same_letters = (size for size in VM_SIZES.values() if _parts(size.name) == _parts(as_azure_does))
    if size := vm_size(as_azure_does) or next(of_same_letters, None):
        return size
    name = closest_name(as_azure_does, (size.name for size in VM_SIZES.values()))
    return vm_size(name) if name else None


def _parts(name: str) -> list[str]:
    """A name in parts of letters and of digits, the letters of each in alphabetical order."""
    return ["".join(sorted(part)) if part.isalpha() else part for part in _PART.findall(name.lower())]


def _is_slip_of(size: VmSize, written: str) -> bool:
    """Whether it differs by a slip, lacks its version, or begins with another word than all sizes."""
    rest, name = _series(written), _series(size.name)
    begins = written.lower().startswith("standard_")
    return is_slip(rest, name) or name.startswith(f"{rest}_") or (not begins and is_slip(written, size.name))


def _of_its_processor(written: str) -> str | None:
    """The smallest size with the processor that is written in a size's place: A100, H100."""
    word = f"_{written.lower()}_"
    fitting = [size for size in VM_SIZES.values() if word in f"{size.name.lower()}_" and not size.retired]
    return min(fitting, key=lambda size: (size.vcpus, size.name)).name if fitting else None


def _series(size: str) -> str:
    """What is left of a size's name without the word that all of them begin with."""
    return _BLANK.sub("_", size.lower()).removeprefix("standard_")


def _endpoints_take_their_sizes(graph: Graph) -> Iterator[Diagnostic]:
    for deployment in graph.section("online_deployments"):
        written = deployment.body.get("instance_type")
        size = vm_size(written) if isinstance(written, str) else None
        if size and size.online_endpoints is False and deployment.body.get("type") != "kubernetes":
            message = f"managed online endpoints do not take {written}"
            yield finding(NOT_FOR_ENDPOINTS, message, at(deployment, ("instance_type",)))


def sizes(graph: Graph) -> tuple[tuple[Entry, Path, str], ...]:
    """Each size that is written, with its place: of machines of the spec, and of serverless work."""
    return tuple(chain(_of_machines(graph), *map(_serverless_sizes, graph.section("jobs")), _of_databricks(graph)))


def _of_machines(graph: Graph) -> Iterator[tuple[Entry, Path, str]]:
    for row in SECTIONS:
        for entry in graph.section(row.name) if row.size_field else ():
            written = entry.body.get(row.size_field)
            if isinstance(written, str) and not entry.existing and entry.body.get("type") != "kubernetes":
                yield entry, (row.size_field,), written


def _of_databricks(graph: Graph) -> Iterator[tuple[Entry, Path, str]]:
    for row, entry in made(graph):
        for path, written in node_types(row, entry):
            yield entry, path, written


def _serverless_sizes(job: Entry) -> Iterator[tuple[Entry, Path, str]]:
    """What a job and its steps name. Elsewhere than on serverless compute, it is a name of Kubernetes.

    Spark takes a list of its own.
    """
    default = mapping(job.body.get("settings")).get("default_compute")
    for path, run, kind in with_steps(job.body, ()):
        written = mapping(run.get("resources")).get("instance_type")
        takes_sizes = kind not in ("pipeline", "spark") and is_serverless(run, default)
        if takes_sizes and isinstance(written, str) and "${{" not in written:
            yield job, (*path, "resources", "instance_type"), written


def _jobs_get_their_nodes(graph: Graph) -> Iterator[Diagnostic]:
    for row in SECTIONS:
        for entry in graph.section(row.name) if row.is_work else ():
            yield from _nodes(graph, entry)


def _nodes(graph: Graph, entry: Entry) -> Iterator[Diagnostic]:
    default = graph.bound(entry.address, "settings", "default_compute")
    steps = entry.body.get("jobs") if isinstance(entry.body.get("jobs"), dict) else {}
    places: list[tuple[Path, str | None]] = [((), graph.bound(entry.address, "compute") or default)]
    places += ((("jobs", name), graph.bound(entry.address, "jobs", name, "compute") or default) for name in steps or {})
    for path, cluster in places:
        body = entry.body if not path else (steps or {})[path[1]]
        count = (body.get("resources") or {}).get("instance_count") if isinstance(body, dict) else None
        most = graph.entries[cluster].body.get("max_instances", MAX_INSTANCES) if cluster else None
        if isinstance(count, int) and isinstance(most, int) and count > most >= 1 and cluster:
            message = f"{count} nodes are asked for, and {cluster} has at most {most}"
            related = (Related(f"{cluster} is written here", graph.entries[cluster].key),)
            place = (*path, "resources", "instance_count")
            yield finding(TOO_MANY_NODES, message, at(entry, place), related=related)


def _computes_have_roles(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in workspaces(graph):
        for compute in members(graph, workspace, "compute_clusters", "compute_instances"):
            identity = compute.body.get("identity") or {}
            if snake(str(identity.get("type"))) == "system_assigned" and not has_system_identity(compute):
                message = f"{compute.address} works as an identity of its own, for which no role is derived"
                help = "leave identity out: it gets an identity with the roles that it needs"
                yield finding(NO_ROLES, message, at(compute, ("identity",)), help)


RULES = (
    over_graph(RETIRED, _sizes_are_not_retired),
    over_graph(RETIRES, _sizes_will_not_be_retired),
    over_graph(RESTRICTED, _sizes_can_be_had_by_all),
    over_graph(UNKNOWN_SIZE, _sizes_are_known),
    over_graph(MISSPELT_SIZE, _sizes_exist),
    over_graph(NOT_FOR_ENDPOINTS, _endpoints_take_their_sizes),
    over_graph(TOO_MANY_NODES, _jobs_get_their_nodes),
    over_graph(NO_ROLES, _computes_have_roles),
)
