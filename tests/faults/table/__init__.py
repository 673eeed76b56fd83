"""Every fault that is planted, by the phase that finds it."""

from tests.faults.fault import Fault
from tests.faults.table.bodies import AZURE_ML, PLATFORM
from tests.faults.table.header import HEADER, OVERRIDES
from tests.faults.table.links import BINDINGS, NAMES, PATHS, REFERENCES
from tests.faults.table.rules import BODY_RULES, GRAPH_RULES, PIPELINE_RULES, TARGET_RULES
from tests.faults.table.slips import SLIPS
from tests.faults.table.templates import TEMPLATES
from tests.faults.table.work import RELEASING, TRAINING

BY_PHASE: dict[str, tuple[Fault, ...]] = {
    "header": HEADER,
    "overrides": OVERRIDES,
    "templates": TEMPLATES,
    "bodies of the platform": PLATFORM,
    "bodies of Azure ML": AZURE_ML,
    "slips in keys": SLIPS,
    "names": NAMES,
    "references": REFERENCES,
    "local paths": PATHS,
    "bindings": BINDINGS,
    "rules over a body": BODY_RULES,
    "rules over the graph": GRAPH_RULES,
    "rules over the network, pipelines and all targets": (*PIPELINE_RULES, *TARGET_RULES),
    "what trains, and on what": TRAINING,
    "what is released, serves, and is deployed": RELEASING,
}
FAULTS = tuple(fault for faults in BY_PHASE.values() for fault in faults)
