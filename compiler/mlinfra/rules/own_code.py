"""Rules of the team's own code in pipelines: its files are there, it runs, and it gets no right that isn't its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mlinfra.diagnostics import Code, Diagnostic, Related, Where, finding
from mlinfra.diagnostics.suggest import did_you_mean
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.graph.near import target_near
from mlinfra.header.own_code import variable_of
from mlinfra.header.pipelines import Pipelines
from mlinfra.languages import ROWS
from mlinfra.languages.rule import Rule
from mlinfra.pipelines.requirements import has_hashes, not_hashed, not_pinned
from mlinfra.rules.of_pipelines import key_at, trains_itself, value_at, wrong_file
from mlinfra.rules.rule import over_targets
from mlinfra.versions import is_from_job

NOT_HASHED = Code(
    "MLI736",
    "warning",
    "Packages that are another thing tomorrow",
    "Without a version, the same commit is judged by other packages from one day to the next. Without hashes, whatever "
    "an index answers on that day is run, and beside a secret it can send that anywhere",
    "Lock the requirements with their hashes, as `pip-compile --generate-hashes` or `uv pip compile --generate-hashes` "
    "do",
    "https://pip.pypa.io/en/stable/topics/secure-installs/",
)


OURS = Code(
    "MLI146",
    "error",
    "Step of a team's own with a connection of ours",
    "Our connections have the rights that our scripts need, and checks that hold these scripts: a step could do with "
    "them whatever it likes",
    "Name a service connection of your own, with the rights that the step needs, or none",
    "docs/language.md#steps-of-your-own",
)
NEVER_RUNS = Code(
    "MLI147",
    "error",
    "Step that would never run",
    "It stands before or after something that no pipeline does in the target",
    "Correct its place or its targets, or leave it out",
    "docs/language.md#steps-of-your-own",
)
ONE_VARIABLE = Code(
    "MLI148",
    "error",
    "Two endpoints with one environment variable",
    "A step gets the name and the address of each endpoint as environment variables, in capitals and with _ for -",
    "Call one of the endpoints otherwise",
    "docs/language.md#steps-of-your-own",
)


def _what_is_installed_is_known(graphs: Sequence[Graph], written: Pipelines) -> Iterator[Diagnostic]:
    """The files are there as well: what they hold is known at compile time only."""
    for place, name, secret in _requirements(written):
        header, files = graphs[0].header, graphs[0].files
        if problem := wrong_file(header, files, place, name):
            yield problem
        elif why := _why_not_held(files.text_or_none(files.root / name) or "", name, secret):
            yield finding(NOT_HASHED, why, Where(value_at(header, *place), "pipelines"))


def _why_not_held(text: str, name: str, secret: str) -> str:
    """pip asks for the hash of everything where one thing has one, else for no hash at all."""
    if has_hashes(text):
        bare = not_hashed(text)
        return f'"{name}" has hashes, and none of {bare}: pip refuses it' if bare else ""
    if secret:
        return f'{secret}, and "{name}" has no hashes'
    loose = not_pinned(text)
    return f'"{name}" names no version of {loose} by ==' if loose else f'"{name}" has no hashes' if text.strip() else ""


def _requirements(written: Pipelines) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Each file with its place, and what those who wrote its packages could reach; empty where that is nothing."""
    for number, test in enumerate(written.tests):
        if test.requirements:
            secret = f"test {test.name} gets secrets" if test.secrets else ""
            yield ("tests", number, "requirements"), test.requirements, secret
    for name, step in written.steps.items():
        if step.requirements:
            secret = f"step {name} signs in by {step.connection}" if step.connection else ""
            yield ("steps", name, "requirements"), step.requirements, secret


def _steps_sign_in_by_their_own(graphs: Sequence[Graph], written: Pipelines) -> Iterator[Diagnostic]:
    header = graphs[0].header
    ours = {
        name.lower(): (target, purpose)
        for target, connections in written.service_connections.items()
        for purpose, name in connections
        if name
    }
    for name, step in written.steps.items():
        if step.connection and (found := ours.get(step.connection.lower())):
            message = f'step {name} signs in by "{step.connection}", which is {found[1]} of target {found[0]}'
            related = (Related("it is named here", value_at(header, "service_connections", *found)),)
            where = Where(value_at(header, "steps", name, "connection"), "pipelines")
            yield finding(OURS, message, where, "name a connection of your own, or none", related)


def _steps_run(graphs: Sequence[Graph], written: Pipelines) -> Iterator[Diagnostic]:
    header = graphs[0].header
    if len(graphs) < len(header.targets):
        return  # of those that are left out nothing is known
    by_name = {graph.target.name: graph for graph in graphs}
    for name, step in written.steps.items():
        reached = [target for target, graph in by_name.items() if _does(graph, written, step.place)]
        for index, target in enumerate(step.targets or ()):
            where = Where(value_at(header, "steps", name, "targets", index), "pipelines")
            if target not in by_name:
                if target not in header.target_names:
                    help, near = did_you_mean(target, header.target_names), target_near(header, target)
                    yield finding(NEVER_RUNS, f'target "{target}" of step {name} is not defined', where, help, near)
            elif target not in reached:
                help = f"{', '.join(reached)} would run it" if reached else None
                message = f"step {name} runs {step.place}, which no pipeline does in {target}"
                yield finding(NEVER_RUNS, message, where, help)
        if step.targets is None and not reached:
            where = Where(key_at(header, "steps", name), "pipelines")
            yield finding(NEVER_RUNS, f"step {name} runs {step.place}, which no pipeline does in any target", where)


def _does(graph: Graph, written: Pipelines, place: str) -> bool:
    """Whether a pipeline has that place in a target, as the pipelines have it."""
    is_first = graph.target.name == graph.header.targets[0].name
    from_jobs = any(is_from_job(model) for model in graph.section("models"))
    what = place.partition(" ")[2]
    if what == "train":
        registers = any(map(_is_asset, graph.entries.values()))
        return bool(written.train.jobs or registers) if is_first else trains_itself(graph) and from_jobs
    if what == "gate":
        return from_jobs
    if what == "score":
        named = written.score.endpoints if written.score else ()
        return any(graph.entries.get(f"batch_endpoints.{each}") for each in named)
    later = not is_first and (from_jobs or any(map(_is_asset, graph.entries.values())))
    return later or any(map(_is_released, graph.entries.values()))


def _is_asset(entry: Entry) -> bool:
    row = ROWS[entry.section]
    return row.versioned and row.compiled_to == "yaml" and not entry.existing and not is_from_job(entry)


def _is_released(entry: Entry) -> bool:
    """Endpoints, schedules and monitors: what scripts make that is neither an asset, a job nor a compute."""
    row = ROWS[entry.section]
    is_made = row.compiled_to == "yaml" and row.layer != "compute" and not entry.existing
    return is_made and not (row.versioned or row.is_work)


def _variables_differ(graphs: Sequence[Graph], written: Pipelines) -> Iterator[Diagnostic]:
    found = (
        finding(
            ONE_VARIABLE,
            f"{entry.address} and {other.address} are both {variable_of(kind, entry.name)} to a step",
            at(entry),
            "call one of them otherwise",
            (Related(f"{other.address} is written here", other.key),),
        )
        for graph in (graphs if written.steps else ())
        for kind in ("online", "batch")
        for other, entry in _alike(graph, kind)
    )
    yield from dict.fromkeys(found)


def _alike(graph: Graph, kind: str) -> Iterator[tuple[Entry, Entry]]:
    known: dict[str, Entry] = {}
    for entry in graph.section(f"{kind}_endpoints"):
        other = known.setdefault(variable_of(kind, entry.name), entry)
        if other is not entry and other.name.lower() != entry.name.lower():
            yield other, entry


def _rule(code: Code, check: Callable[[Sequence[Graph], Pipelines], Iterator[Diagnostic]]) -> Rule:
    def run(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
        written = graphs[0].header.pipelines if graphs else None
        if written:
            yield from check(graphs, written)

    return over_targets(code, run)


OWN_CODE_RULES = (
    _rule(NOT_HASHED, _what_is_installed_is_known),
    _rule(OURS, _steps_sign_in_by_their_own),
    _rule(NEVER_RUNS, _steps_run),
    _rule(ONE_VARIABLE, _variables_differ),
)
