"""What is handed over to the owners of other resource groups: a page and a script beside the Bicep of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.emit.output_file import OutputFile
from mlinfra.formats.jinja import render
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.markdown import markdown_comment, markdown_fence, markdown_table
from mlinfra.formats.shell import shell_comment
from mlinfra.plan import Plan, Planned


def handover_files(plan: Plan, header: str) -> Iterator[OutputFile]:
    """README.md and run.sh of each hand-over of a target; `header` is the sentence of every generated file."""
    target, platform = plan.graph.target, plan.graph.header.platform
    for unit, (subscription, group) in plan.handovers().items():
        folder = f"{target.name}/{unit}"
        planned = [item for item in plan.resources if item.unit == unit]
        sources = tuple(sorted({item.resource.owner for item in planned}))
        page = {
            "notice": markdown_comment(header),
            "platform": platform,
            "target": target.name,
            "group": group,
            "place": code(group),
            "subscription": code(subscription),
            "own_group": code(target.resource_group.name),
            "own_subscription": code(target.subscription),
            "resources": markdown_table(("Address", "Type", "Because"), [_row(item) for item in planned]),
            "command": markdown_fence("bash run.sh\n", "console"),
        }
        yield OutputFile(f"{folder}/README.md", render("handover/README.md.j2", page), target.name, sources)
        script = render("handover/run.sh.j2", {"target": target.name, "subscription": subscription, "group": group})
        text = f"#!/usr/bin/env bash\n{shell_comment(header)}\n{script}"
        yield OutputFile(f"{folder}/run.sh", text, target.name, sources)


def handed_over(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    """Rows of target, resource group, its subscription, how many resources, and the folder of the hand-over."""
    for plan in plans:
        for unit, (subscription, group) in plan.handovers().items():
            count = sum(1 for item in plan.resources if item.unit == unit)
            name = plan.graph.target.name
            yield name, code(group), code(subscription), count, code(f"{name}/{unit}")


def _row(planned: Planned) -> tuple[object, ...]:
    resource = planned.resource
    return code(resource.address), code(resource.type), resource.because or "it is written in the spec"
