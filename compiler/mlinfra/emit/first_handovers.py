"""The rows of the first run in which owners of other groups run what is handed over to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.emit.elsewhere import hand_overs
from mlinfra.emit.handover import handover_contexts, lender_of, on_ours
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.pipelines.handover import HandOverContext
from mlinfra.plan import Plan


def lenders(plans: Sequence[Plan]) -> set[str]:
    """The targets in which something is made that others use, and hand-overs for these."""
    return {lender for plan in plans for each in handover_contexts(plan) if (lender := _lender(plan, each))}


def _lender(plan: Plan, each: HandOverContext) -> str:
    return lender_of(plan.graph.header.targets, (each.subscription, each.group))


def of_lender(plans: Sequence[Plan], lender: str, pipeline: str) -> Iterator[tuple[object, ...]]:
    """What its owner runs for the targets that use what is there, which a first run stops at."""
    for plan in plans:
        for each in handover_contexts(plan):
            if _lender(plan, each) == lender:
                runs = fragment(f"once the infrastructure of {lender} is there, runs ", f"{each.folder}/run.sh", "")
                yield _owner(each.group), _right_there(plan, each), runs
    after = f" again: it stopped behind {lender}, where these rights lacked"
    yield "who merges", "Queue builds", fragment("runs the failed jobs of the run of ", pipeline, after)


def handovers(plans: Sequence[Plan], *, late: bool) -> Iterator[tuple[object, ...]]:
    """What the owners of other groups run: before anything is deployed, or what is `late`, once it is."""
    for plan in plans:
        target = plan.graph.target
        for handed, each in zip(hand_overs(plan), handover_contexts(plan), strict=True):
            is_late = each.is_done_later
            if _lender(plan, each):
                continue
            if late and not each.is_done_at_once and not is_late:
                after = f", once the infrastructure of {target.name} is there, for what needs it"
                also = on_ours(plan, handed)
                rights = Fragment(f"the same, and {_on(also)}") if also else "the same"
                yield _owner(each.group), rights, fragment("runs again ", f"{each.folder}/run.sh", after)
            elif is_late == late:
                before = f"once the infrastructure of {target.name} is there, runs " if is_late else "runs "
                yield _owner(each.group), _right_there(plan, each), fragment(before, f"{each.folder}/run.sh", "")


def _on(ours: list[tuple[str, str]]) -> str:
    return " and ".join(f"{code(action)} on {code(to.rpartition('/')[2])}" for action, to in ours)


def _owner(group: str) -> Fragment:
    return Fragment(f"the owner of {code(group)}")


def _right_there(plan: Plan, each: HandOverContext) -> Fragment:
    """Whoever runs the script of a hand-over: there, and where the identities lie that get roles."""
    own = plan.graph.target.resource_group
    groups = [own.name] if each.identities else []
    groups += [own.of_connections] if each.given and plan.graph.header.pipelines else []
    reads = f"; Reader of {' and '.join(map(code, groups))}" if groups else ""
    return Fragment(f"Owner of {code(each.group)} in subscription {code(each.subscription)}{reads}")


def fragment(before: str, command: str, after: str) -> Fragment:
    return Fragment(f"{before}{code(command)}{after}")
