"""Rules of serverless compute of Databricks, which lies in no network of ours."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive.closed_lakes import closed_lakes, on_serverless
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.row import WORKSPACES
from mlinfra.languages.rule import Rule
from mlinfra.rules.rule import over_graph

NO_WAY_TO_THE_LAKE = Code(
    "MLI878",
    "error",
    "Serverless compute that reaches no lake",
    "Model serving, monitors, serverless warehouses, pipelines and jobs run in a network of Databricks, which reaches "
    "a closed storage account only by private endpoints that an administrator of the account makes, and its owner "
    "approves",
    "Write databricks: {account_id: …, account_admins: …}: scripts/databricks-account.sh makes the endpoints; or let "
    "it run on clusters",
    "https://learn.microsoft.com/azure/databricks/security/network/serverless-network-security/serverless-private-link",
)


def _has_a_way_to_its_lakes(graph: Graph) -> Iterator[Diagnostic]:
    if graph.header.databricks is not None:
        return
    for workspace in graph.section(WORKSPACES):
        lakes = ", ".join(lake.address for lake in closed_lakes(graph, workspace))
        for entry in on_serverless(graph, workspace) if lakes else ():
            message = f"{entry.address} runs on serverless compute, which does not reach {lakes}: that is closed"
            yield finding(NO_WAY_TO_THE_LAKE, message, at(entry))


SERVERLESS_RULES: tuple[Rule, ...] = (over_graph(NO_WAY_TO_THE_LAKE, _has_a_way_to_its_lakes),)
