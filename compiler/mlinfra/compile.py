"""compile: the phases in order. Read this file first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mlinfra.derive import derive
from mlinfra.diagnostics import Diagnostic, Problem
from mlinfra.diagnostics.outcome import Outcome, T
from mlinfra.emit.written_twice import written_twice
from mlinfra.graph import Graph
from mlinfra.header import Header, read_header
from mlinfra.imply import imply
from mlinfra.languages import WRITTEN, keys_of_nested, meant_expression, nested_in, passes
from mlinfra.overrides import View, apply_target
from mlinfra.overrides.extent import beyond_deployment, beyond_extent
from mlinfra.overrides.items import naming_items
from mlinfra.overrides.meant_for_each import reading_for_each
from mlinfra.overrides.named_in_header import with_instances_named
from mlinfra.overrides.pull_requests import without_echoes
from mlinfra.plan import Plan, plan
from mlinfra.repository.files import Files
from mlinfra.resolve import resolve
from mlinfra.rules.check import check, check_targets, check_whole
from mlinfra.rules.derived import meant_in_derived
from mlinfra.source import Given, Source, Vocabulary, load
from mlinfra.source.secret_places import Places
from mlinfra.validate import validate
from mlinfra.validate.alterations import ALSO_WRITTEN
from mlinfra.validate.misplaced import with_places
from mlinfra.validate.named_templates import with_instances
from mlinfra.versions import versions

SECTION_NAMES = tuple(row.name for row in WRITTEN)
_ON_OTHERS = ("diagnostic_settings", "locks", "role_assignments")  # which may stand in deployments of their own
DEPLOYED = tuple(row.name for row in WRITTEN if row.compiled_to == "bicep" and row.name not in _ON_OTHERS)
NESTED = {row.name: keys for row in WRITTEN if (keys := keys_of_nested(row.name))}
SECRETS = Places(
    fields={row.name: tuple(secret.path for secret in row.secrets) for row in WRITTEN if row.secrets},
    at_run_time=frozenset(row.name for row in WRITTEN if row.compiled_to in ("yaml", "bundle", "step")),
)
CALLED_AFTER = {
    name: {row.nested_in[1]: row.called_after for row in nested_in(name) if row.called_after and row.nested_in}
    for name in NESTED
}
VOCABULARY = Vocabulary(SECTION_NAMES, NESTED, SECRETS, CALLED_AFTER, meant_expression, passes)


@dataclass(frozen=True)
class Compiled:
    """A spec that is right, as far as the compiler can tell: a plan for each target, and what is worth knowing."""

    source: Source
    header: Header
    plans: tuple[Plan, ...]  # in promotion order
    of_spec: tuple[Diagnostic, ...]  # what was found whatever the target
    diagnostics: Mapping[str, tuple[Diagnostic, ...]]  # by target


def compile_spec(spec: Path, root: Path, variables: Mapping[str, str], targets: Collection[str] = ()) -> Compiled:
    """Every phase for every target (or those named). Raises Problem with all that is wrong, target by target."""
    source = load(Given(spec, Files(root.resolve()), VOCABULARY, variables))
    header = _read_header(source)
    named = with_instances_named(source.value, header.value)
    if named is not source.value:
        source = Outcome(named, source.findings)
        header = _read_header(source)
    if header.value is None:
        raise Problem(with_places(header.findings, {}, source.value.tree)[0], source.value.texts)
    is_any = not targets or not header.value.knows_targets
    chosen = [target for target in header.value.targets if is_any or target.name in targets]
    if too_many := beyond_extent(source.value, chosen) or beyond_deployment(source.value, chosen, DEPLOYED):
        raise Problem((*header.findings, *too_many), source.value.texts)
    views = {target.name: View(source.value, header.value, target) for target in chosen}
    checked, together = _checked(source, views)
    planned: dict[str, Outcome[Plan | None]] = {name: Outcome(None, graph.findings) for name, graph in checked.items()}
    if not header.failed:
        planned = {name: plan_target(graph) for name, graph in checked.items()}
    plans = tuple(outcome.value for outcome in planned.values() if outcome.value is not None)
    if not header.failed and not any(each.severity == "error" for each in together):
        together = (*together, *written_twice(plans))
    found = {name: (*outcome.findings, *together) for name, outcome in planned.items()}
    of_spec, found = with_places(header.findings, found, source.value.tree)
    diagnostics = naming_items(found, {name: graph.value.templates for name, graph in checked.items()})
    return Compiled(source.value, header.value, plans, of_spec, diagnostics)


def _read_header(source: Outcome[Source]) -> Outcome[Header | None]:
    """The header, and what was found so far."""
    header = source.then(lambda read: _of_what_is_read(source, read_header(read)))
    return header.then(lambda read: reading_for_each(read, VOCABULARY))


def _checked(
    source: Outcome[Source], views: Mapping[str, View]
) -> tuple[dict[str, Outcome[Graph]], tuple[Diagnostic, ...]]:
    """Each target checked by itself, and what is found in all of them together.

    Where an address in `derived` is a slip, which only all targets know, they are checked once more as it is meant.
    """
    checked = {name: _of_what_is_read(source, check_target(view)) for name, view in views.items()}
    graphs = [graph.value for graph in checked.values()]
    together = check_targets(graphs).findings
    if meant := meant_in_derived(graphs):
        slips = [found for found in together if found.code is ALSO_WRITTEN]
        views = {name: replace(view, meant_in_derived=meant) for name, view in views.items()}
        checked = {name: _of_what_is_read(source, check_target(view)) for name, view in views.items()}
        again = check_targets([graph.value for graph in checked.values()]).findings
        together = (*slips, *(found for found in again if found not in slips))
    return checked, together


def _of_what_is_read(source: Outcome[Source], outcome: Outcome[T]) -> Outcome[T]:
    """The outcome without what is said of places that could not be read: nobody knows what stands there."""
    unread = {found.span for found in source.findings if found.severity == "error"}
    if not unread:
        return outcome
    return Outcome(outcome.value, tuple(found for found in outcome.findings if found.span not in unread))


def check_target(view: View) -> Outcome[Graph]:
    """One target, from its text to its graph: all that is whole of it, and all that is wrong."""
    outcome = apply_target(view).then(with_instances).then(validate).then(imply).then(resolve).then(derive).then(check)
    return Outcome(outcome.value, without_echoes(outcome.findings))


def plan_target(graph: Outcome[Graph]) -> Outcome[Plan | None]:
    """The plan of a target; None where something is wrong, as what is not whole is not deployed."""
    return Outcome(None, graph.findings) if graph.failed else graph.then(check_whole).then(versions).then(plan)
