"""The rows of the first run for Spark in a managed network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.derive.outbound_rules import runs_spark
from mlinfra.derive.spark import needing_a_rule_to_itself
from mlinfra.derive.workspace import isolation_mode, workspaces
from mlinfra.emit.first_handovers import fragment
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.plan import Plan


def of_spark(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    """What a deployment leaves out of a managed network (docs, "Workspace managed virtual network isolation")."""
    for plan in plans:
        target = plan.graph.target
        group = target.resource_group.name
        for workspace in workspaces(plan.graph):
            if isolation_mode(workspace) != "disabled" and runs_spark(plan.graph, workspace):
                place = f"--subscription {target.subscription} --resource-group {group} --name {workspace.azure_name}"
                yield (
                    f"who may in Azure, for {target.name}",
                    Fragment(f"Contributor of {code(group)}, with the extension ml of Azure CLI"),
                    fragment(
                        f"once the infrastructure of {target.name} is there, and before Spark runs in it: ",
                        f"az ml workspace provision-network {place} --include-spark",
                        ", which takes up to half an hour",
                    ),
                )
        for workspace in needing_a_rule_to_itself(plan.graph):
            place = f"--subscription {target.subscription} --resource-group {group} --workspace-name"
            rule = "--rule own-workspace --type private_endpoint --subresource-target amlworkspace --spark-enabled true"
            there = f"{workspace.azure_name} {rule} --service-resource-id {workspace.id}"
            yield (
                f"who may in Azure, for {target.name}",
                "the same",
                fragment(
                    "then, where no rule leads to the workspace yet, ",
                    f"az ml workspace outbound-rule set {place} {there}",
                    f": {workspace.azure_name} answers the internet, so Azure ML may not have made it",
                ),
            )
