"""What each pipeline does, for the README."""

from __future__ import annotations

from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.markdown import markdown_table
from mlinfra.header.train import STARTS
from mlinfra.pipelines.branches import begins
from mlinfra.pipelines.built import names
from mlinfra.pipelines.bundled import Bundle
from mlinfra.pipelines.bundles import has, is_planned_in_pull_requests
from mlinfra.pipelines.choose import is_offered
from mlinfra.pipelines.context import PipelinesContext, trains_itself
from mlinfra.pipelines.trained import Training


def deploying(context: PipelinesContext | None) -> Fragment:
    if context is None:
        return Fragment("The scripts in `scripts/` deploy; with `pipelines:` in the spec, Azure Pipelines call them.")
    own = [each.name for each in context.targets if trains_itself(context, each) and not begins(context, each)]
    whose = "its" if len(own) == 1 else "their"
    trains = f"trains in {' and '.join(own)}, on {whose} own data; " if own else ""
    more = {
        "pr": _beside(context),
        "infra": _bundles(context, "platform"),
        "train": _on_branches(context),
        "release": _bundles(context, "serving") + _gate(context),
    }
    rows = [
        (
            code(f"{context.platform}-{name}"),
            code(f"pipelines/{name}.yml"),
            (trains if name == "release" else "") + _does(name, context) + more.get(name, ""),
        )
        for name in names(context)
    ]
    return markdown_table(("Pipeline", "File", "What it does"), rows)


def _bundles(context: PipelinesContext, bundle: Bundle) -> str:
    """What it deploys to Databricks behind that, where anything."""
    there = any(has(target, bundle) for target in context.targets)
    return f"; then the bundles of {bundle} to Databricks" if there else ""


def _beside(context: PipelinesContext) -> str:
    """What a pull request runs beside what judges it."""
    tests = "; before that it runs the tests of the spec" if context.settings.tests else ""
    return _planned(context) + tests + ("; after it, jobs on small data" if context.first.checked else "")


def _planned(context: PipelinesContext) -> str:
    """Whether it shows what would change in Databricks, too, or why another pipeline does that."""
    held = [target for target in context.targets if target.bundles and context.plan(target)]
    if not held:
        return ""
    told = [target.name for target in held if is_planned_in_pull_requests(context, target)]
    if len(told) == len(held):
        return ", in Databricks too"
    reasons = "its agents don't reach a workspace that is closed, and build nothing where a connection is signed in"
    return f"; what would change in Databricks, {context.platform}-infra shows before it deploys: {reasons}"


def _on_branches(context: PipelinesContext) -> str:
    """What a run of another branch than the first target's does, where models come to targets of it."""
    found = [target for target in context.targets if begins(context, target)]
    trains = [target.name for target in found if trains_itself(context, target)]
    takes = [
        f"to {target.name} that of {context.promoted_from[target.name]}"
        for target in found
        if target.name not in trains
    ]
    parts = [
        *([f"it trains in {' and '.join(trains)}"] if trains else ()),
        *([f"it hands on what serves: {', '.join(takes)}"] if takes else ()),
    ]
    return f"; on another branch {', and '.join(parts)}" if parts else ""


def _does(name: str, context: PipelinesContext) -> str:
    train = context.settings.train
    if name != "train" or not train.jobs or train.starts is None:
        return _PIPELINES[name]
    starts = Training(tuple(start for start in STARTS if train.is_started_by(start)))
    if starts.on_change:
        who = " or ".join(("a change", *((starts.who,) if starts.who else ())))
        return f"registers assets; trains in the first target when {who} starts it, and nothing else does"
    return (
        f"registers assets; trains in the first target when {starts.who} starts it. After a change it hands on the "
        "versions that serve, and code goes out with them"
    )


def _gate(context: PipelinesContext) -> str:
    """What keeps models of a run from serving, where any come."""
    gated = [target for target in context.targets if target.models]
    if not gated:
        return ""
    scored = ", by numbers that a job measures on its data" if any(target.evaluates for target in gated) else ""
    chosen = f", or a version that {context.first.name if is_offered(context) else 'the run that trained'} has"
    return (
        f"; before each a gate says which models may serve there{scored}. A version that was taken back, or whose "
        "canary failed, comes again only where the person who starts it chooses it. That person may also release "
        f"code with the models that serve{chosen} (models)"
    )


_PIPELINES = {
    "pr": "checks a pull request: compiles, lints, shows what would change",
    "infra": "deploys the resources, target by target",
    "train": "registers assets and trains, in the first target",
    "release": "releases endpoints and schedules, target by target",
    "back": "gives the traffic of an endpoint back to what served before, when a person starts it: to what was there "
    "before the last release, or to another deployment that was released as a whole",
    "score": "has batch endpoints score, by schedule or when a person starts it, and checks what they wrote",
}
