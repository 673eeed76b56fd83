"""What is derived of a spec, as tests read it, and a lake that jobs of theirs read."""

from __future__ import annotations

from pathlib import Path

from mlinfra.graph import Graph
from mlinfra.plan import Plan
from tests.spec import HEADER, compiled

LAKE = """\
storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}, out: {}}, file_shares: {notes: {}}}}
datastores:
  raw: {type: azure_data_lake_gen2, account_name: lake, filesystem: raw}
  out: {type: azure_data_lake_gen2, account_name: lake, filesystem: out}
  notes: {type: azure_file, account_name: lake, file_share_name: notes}
data: {rows: {type: uri_folder, path: azureml://datastores/raw/paths/rows/}}
"""


def plan_of(folder: Path, text: str) -> Plan:
    """The plan of entries in the only target of a header."""
    (plan,) = compiled(folder, HEADER + text).plans
    return plan


def graph(folder: Path, text: str, files: dict[str, str] | None = None) -> Graph:
    (plan,) = compiled(folder, text, files).plans
    return plan.graph


def roles(graph: Graph, principal: str) -> dict[str, str]:
    """Derived roles of an assignee, given by its address, with their reasons."""
    prefix = f"{principal}/"
    found = graph.section("derived_role_assignments")
    return {entry.name.removeprefix(prefix): str(entry.because) for entry in found if entry.name.startswith(prefix)}


def job(name: str, **ports: str) -> str:
    text = f"  {name}: {{type: command, command: x, environment: azureml:e:1, compute: cpu"
    for kind, path in ports.items():
        command = f"x ${{{{{kind}.p}}}}"
        text = text.replace("command: x", f"command: '{command}'")
        text += f", {kind}: {{p: {{type: uri_folder, path: '{path}'}}}}"
    return f"{text}}}\n"


def derived(graph: Graph, section: str) -> dict[str, str]:
    return {entry.address: str(entry.because) for entry in graph.section(section)}
