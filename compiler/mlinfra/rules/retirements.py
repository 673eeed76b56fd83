"""Rules of what Azure takes away: a warning until the day, an error from then on; the clock is the release's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mlinfra.azure.retirements import (
    AZURE_DEVOPS_ISSUER,
    CONTENT_TRUST,
    DATA_IMPORT,
    DATA_LAKE_GEN1,
    DATABRICKS_STANDARD,
    LOW_PRIORITY,
    PROMPT_FLOW,
    PROMPT_FLOW_IMAGES,
    Retirement,
)
from mlinfra.diagnostics import Code, Diagnostic, Where, finding
from mlinfra.graph import Entry, Graph, LocalPath
from mlinfra.graph.findings import at
from mlinfra.languages import HAS_A_SCHEMA
from mlinfra.languages.azureml.sections import BY_NAME
from mlinfra.languages.platform.databricks.databricks_workspaces import DATABRICKS_WORKSPACES, DatabricksWorkspace
from mlinfra.languages.platform.identity.identities import Identity
from mlinfra.languages.platform.storage.container_registries import ContainerRegistry
from mlinfra.languages.rule import Rule
from mlinfra.release import retired
from mlinfra.repository.files import Unreadable
from mlinfra.rules.agents import retiring_images
from mlinfra.rules.rule import owned
from mlinfra.schemas.flows import is_flow
from mlinfra.schemas.values import texts
from mlinfra.source.named_yaml import mapping_in
from mlinfra.source.tree import Path

OVERVIEW = "https://learn.microsoft.com/azure/advisor/advisor-how-to-plan-migration-workloads-service-retirement"
RETIRED = Code(
    "MLI487",
    "error",
    "What Azure has retired",
    "Azure refuses it, or it no longer does anything. The day is compared with that of this release of mlinfra",
    "Use what follows it, which the message says",
    OVERVIEW,
)
RETIRES = Code(
    "MLI489",
    "warning",
    "What Azure is about to retire",
    "It works until the day that the message says, and then no longer; with a release of mlinfra after that day this "
    "is an error",
    "Use what follows it, which the message says",
    OVERVIEW,
)


class Use(NamedTuple):
    entry: Entry
    path: Path
    of: Retirement
    on_key: bool = False


def _retired(graph: Graph) -> Iterator[Diagnostic]:
    for uses in USES:
        for use in uses(graph):
            yield _found(use.of, at(use.entry, use.path, use.on_key))
    written = graph.header.pipelines
    for image, where in retiring_images(graph.header, written) if written else ():
        if not retired(image.on):  # of one that is gone another rule speaks
            yield _found(image, where)


def _found(of: Retirement, where: Where) -> Diagnostic:
    gone = retired(of.on)
    message = f"Azure {'retired' if gone else 'retires'} {of.what} on {of.on}"
    return finding(RETIRED if gone else RETIRES, message, where, f"{of.successor} ({of.source})")


def _low_priority(graph: Graph) -> Iterator[Use]:
    for cluster in graph.section("compute_clusters"):
        tier = str(cluster.body.get("tier")).lower().replace("_", "").replace("-", "")
        if tier == "lowpriority" and not cluster.existing:
            yield Use(cluster, ("tier",), LOW_PRIORITY)


def _data_import(graph: Graph) -> Iterator[Use]:
    for schedule in graph.section("schedules"):
        if schedule.body.get("import_data"):
            yield Use(schedule, ("import_data",), DATA_IMPORT, on_key=True)


def _data_lake_gen1(graph: Graph) -> Iterator[Use]:
    for datastore in graph.section("datastores"):
        if str(datastore.body.get("type")).lower().replace("_", "") == "azuredatalakegen1":
            yield Use(datastore, ("type",), DATA_LAKE_GEN1)


def _azure_devops_issuer(graph: Graph) -> Iterator[Use]:
    """Tokens that Azure DevOps issues itself; it goes on issuing them for clouds other than the public one."""
    for entry, identity in owned(graph, "identities", Identity) if graph.header.cloud == "public" else ():
        for name, credential in identity.federated_credentials.items():
            if credential.issuer.lower().startswith("https://vstoken.dev.azure.com"):
                yield Use(entry, ("federated_credentials", name, "issuer"), AZURE_DEVOPS_ISSUER)


def _databricks_standard(graph: Graph) -> Iterator[Use]:
    """Only of the public cloud: the page speaks of no other."""
    workspaces = owned(graph, DATABRICKS_WORKSPACES.name, DatabricksWorkspace)
    for entry, workspace in workspaces if graph.header.cloud == "public" else ():
        if workspace.sku == "standard":
            yield Use(entry, ("sku",), DATABRICKS_STANDARD)


def _prompt_flows(graph: Graph) -> Iterator[Use]:
    """Flows that stand for components, and images in which they are served."""
    for address, places in graph.local_paths.items():
        for local in places:
            if local.place[-1] in _NAMES_A_FLOW and _is_flow(graph, local):
                yield Use(graph.entries[address], local.place, PROMPT_FLOW)
    for entry in graph.entries.values():
        if entry.section in HAS_A_SCHEMA and not entry.existing:
            for path, text in texts(entry.body, ()):
                if path[-1] == "image" and _IMAGE_OF_A_FLOW.search(text):
                    yield Use(entry, path, PROMPT_FLOW_IMAGES)


def _is_flow(graph: Graph, local: LocalPath) -> bool:
    try:
        return is_flow(mapping_in(graph.files, local.target) or {})
    except Unreadable:  # said where the file is named
        return False


def _content_trust(graph: Graph) -> Iterator[Use]:
    for entry, registry in owned(graph, "container_registries", ContainerRegistry):
        if registry.trust_policy:
            yield Use(entry, ("trust_policy",), CONTENT_TRUST)


_NAMES_A_FLOW = BY_NAME["components"].files_at
_IMAGE_OF_A_FLOW = re.compile(r"(?i:mcr\.microsoft\.com(?::443)?/azureml/promptflow/)")
USES = (
    _low_priority,
    _data_import,
    _data_lake_gen1,
    _azure_devops_issuer,
    _databricks_standard,
    _prompt_flows,
    _content_trust,
)
RULES = (Rule((RETIRED, RETIRES), "graph", _retired),)
