"""A spec with one of two targets in the mode of the other: what then no longer differs follows from the mode alone."""

from __future__ import annotations

from dataclasses import replace

from mlinfra.compile import Compiled, check_target, plan_target
from mlinfra.overrides import View


def in_one_mode(result: Compiled, first: str, second: str) -> Compiled | None:
    """The same, with both targets in development; None where that is so already, or does not compile."""
    development = [name for name in (first, second) if result.header.target(name).mode == "development"]
    other = [name for name in (first, second) if name not in development]
    if not development or not other:
        return None
    targets = tuple(
        replace(each, mode="development") if each.name == other[0] else each for each in result.header.targets
    )
    header = replace(result.header, targets=targets)
    plan = plan_target(check_target(View(result.source, header, header.target(other[0])))).value
    if plan is None:
        return None
    plans = tuple(plan if each.graph.target.name == other[0] else each for each in result.plans)
    return replace(result, header=header, plans=plans)
