"""Rules of the clusters that bundles describe: their runtimes, who may use them, how many machines they have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.azure.databricks_runtimes import KEYS, LIFECYCLE, SOURCE, Runtime, meant, newest, runtime
from mlinfra.azure.vm_sizes import vm_size
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.clusters import Cluster, clusters, spark_versions
from mlinfra.languages.databricks.principals import runs_as
from mlinfra.languages.databricks.sections import BY_NAME, made
from mlinfra.languages.rule import Rule
from mlinfra.rules.rule import over_graph
from mlinfra.schemas.values import value_at

NO_SUPPORT = Code(
    "MLI871",
    "error",
    "Databricks runtime without support",
    "Holes in it are no longer closed, and once Databricks removes it nothing starts on it any more. The day is "
    "compared with that of this release of mlinfra",
    "Write a runtime with long-term support, which the message names",
    LIFECYCLE,
)
SHORT_SUPPORT = Code(
    "MLI872",
    "warning",
    "Databricks runtime that is not supported for long",
    "A runtime without long-term support is supported for half a year, and with a release of mlinfra after that an "
    "error; of a version that this release does not know nothing can be said",
    "Write a runtime with long-term support, or ignore this with a reason",
    SOURCE,
)
ACCESS_MODE = Code(
    "MLI873",
    "error",
    "Cluster with an access mode that does not fit",
    "Unity Catalog knows two modes: dedicated to one user or group, and standard, in which users are kept apart. In "
    "any other one nothing of a catalog is reached, and standard takes neither the runtime for ML nor GPUs",
    "Write data_security_mode: SINGLE_USER for work that needs the machine to itself, USER_ISOLATION for the rest",
    "https://learn.microsoft.com/azure/databricks/compute/standard-limitations",
)
NO_KEY = Code(
    "MLI851",
    "error",
    "Version of a Databricks Runtime that is no key of one",
    "The API takes the whole key, with .x and the version of Scala, and refuses a bare version",
    "Write a key such as 17.3.x-scala2.13, or 17.3.x-cpu-ml-scala2.13",
    KEYS,
)
NO_WORKERS = Code(
    "MLI874",
    "error",
    "Cluster without workers that is no single node",
    "Spark waits for workers that never come; and bundle validate --strict, which pipelines run, refuses it",
    "Write is_single_node: true with kind: CLASSIC_PREVIEW, or num_workers or autoscale",
    "https://learn.microsoft.com/azure/databricks/compute/configure",
)
_STANDARD = ("USER_ISOLATION", "DATA_SECURITY_MODE_STANDARD")
_NONE = ("NONE", "LEGACY_TABLE_ACL", "LEGACY_PASSTHROUGH", "LEGACY_SINGLE_USER", "LEGACY_SINGLE_USER_STANDARD")
_SINGLE_NODE = {"spark.databricks.cluster.profile": "singleNode", "spark.master": "local"}
_SINGLE_NODE_HELP = (
    "write is_single_node: true and kind: CLASSIC_PREVIEW; or spark_conf: {spark.databricks.cluster.profile: "
    'singleNode, spark.master: "local[*]"} and custom_tags: {ResourceClass: SingleNode}'
)


def _runtimes(graph: Graph) -> Iterator[Diagnostic]:
    for row, entry in made(graph):
        for path, key in spark_versions(row, entry):
            if right := meant(key):
                yield finding(NO_KEY, f'"{key}" is no key of a runtime', at(entry, path), f"write {right}")
                continue
            known = runtime(key)
            if known and (said := _said_of(known, graph.target.mode == "production")):
                code, message = said
                yield finding(code, message, at(entry, path), f"take {newest(known.variant)}")


def _said_of(known: Runtime, in_production: bool) -> tuple[Code, str] | None:
    name = f"Databricks Runtime {known.name}"
    if known.has_no_support:
        return (
            NO_SUPPORT,
            f"support of {name} ended {f'on {known.ends}' if known.ends else 'half a year after it came'}",
        )
    if known.ends_soon:
        return SHORT_SUPPORT, f"support of {name} ends on {known.ends}"
    if not known.is_known:
        return SHORT_SUPPORT, f"{name} is not a runtime that this release knows"
    if not known.has_long_term_support and in_production:
        return SHORT_SUPPORT, f"{name} has no long-term support"
    return None


def _access_modes(graph: Graph) -> Iterator[Diagnostic]:
    for cluster in _described(graph):
        mode = cluster.body.get("data_security_mode")
        where = at(cluster.entry, (*cluster.path, "data_security_mode"))
        if mode in _NONE:
            message = f"with data_security_mode: {mode}, {_of(cluster)} reaches nothing of Unity Catalog"
            yield finding(ACCESS_MODE, message, where, "write SINGLE_USER, or USER_ISOLATION")
        elif mode in _STANDARD and (what := _not_in_standard(graph, cluster)):
            message = f"{_of(cluster)} has {what}, which data_security_mode: {mode} does not take"
            yield finding(ACCESS_MODE, message, where, "write data_security_mode: SINGLE_USER")
        yield from _belongs_to_another(graph, cluster)


def _not_in_standard(graph: Graph, cluster: Cluster) -> str | None:
    """What of a cluster the standard mode does not have, as a sentence names it."""
    version = cluster.body.get("spark_version")
    known = runtime(version) if isinstance(version, str) else None
    if known and known.is_for_ml:
        return "the runtime for ML"
    size = vm_size(str(cluster.body.get("node_type_id")))
    if size and size.gpu:
        return f"GPUs ({size.name})"
    brings_it = value_at(cluster.entry.body, cluster.path[:-1]) if cluster.path else None
    return "a spark_submit_task" if isinstance(brings_it, dict) and "spark_submit_task" in brings_it else None


def _belongs_to_another(graph: Graph, cluster: Cluster) -> Iterator[Diagnostic]:
    """A dedicated cluster of a job whose user is not the one as whom the job runs."""
    user = cluster.body.get("single_user_name")
    if not isinstance(user, str):
        return
    names = list((runs_as(graph, cluster.entry) or {}).values())
    if names and user not in names:
        message = f"{_of(cluster)} belongs to {user}, and the job runs as {names[0]}, who can't use it"
        where = at(cluster.entry, (*cluster.path, "single_user_name"))
        yield finding(ACCESS_MODE, message, where, "leave single_user_name out: it is then who the job runs as")


def _workers(graph: Graph) -> Iterator[Diagnostic]:
    for cluster in _described(graph):
        body = cluster.body
        has_more = body.get("autoscale") is not None or body.get("policy_id") is not None
        count = body.get("num_workers", 0 if BY_NAME[cluster.entry.section].needs_workers else None)
        if count != 0 or isinstance(count, bool) or has_more or body.get("is_single_node") is True or _is_single(body):
            continue
        written = "num_workers" in body
        message = f"{_of(cluster)} has {'num_workers: 0' if written else 'neither num_workers nor autoscale'}"
        path = (*cluster.path, "num_workers") if written else cluster.path
        help = _SINGLE_NODE_HELP if written else "write num_workers, or autoscale: {min_workers: …, max_workers: …}"
        yield finding(NO_WORKERS, message, at(cluster.entry, path), help)


def _is_single(body: Mapping[str, Any]) -> bool:
    """Whether a cluster has what makes one machine the whole of it, written out."""
    conf, tags = body.get("spark_conf"), body.get("custom_tags")
    if not isinstance(conf, dict) or not isinstance(tags, dict):
        return False
    has_conf = all(str(conf.get(key)).startswith(value) for key, value in _SINGLE_NODE.items())
    return has_conf and tags.get("ResourceClass") == "SingleNode"


def _described(graph: Graph) -> Iterator[Cluster]:
    for row, entry in made(graph):
        yield from clusters(row, entry)


def _of(cluster: Cluster) -> str:
    return "the cluster of " + cluster.entry.address if cluster.path else cluster.entry.address


BUNDLE_CLUSTER_RULES: tuple[Rule, ...] = (
    Rule((NO_KEY, NO_SUPPORT, SHORT_SUPPORT), "graph", _runtimes),
    over_graph(ACCESS_MODE, _access_modes),
    over_graph(NO_WORKERS, _workers),
)
