"""compile: the phases in order. Read this file first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from mlinfra.derive import derive
from mlinfra.diagnostics import Diagnostic, Problem, has_errors
from mlinfra.graph import Graph
from mlinfra.header import Header, Target, read_header
from mlinfra.imply import imply
from mlinfra.languages.azureml.sections import SECTIONS
from mlinfra.languages.platform import KINDS
from mlinfra.overrides import apply_target
from mlinfra.plan import Plan, plan
from mlinfra.repository.files import Files
from mlinfra.resolve import resolve
from mlinfra.resolve.local_paths import check_local_paths
from mlinfra.rules.check import check, check_bodies, check_targets
from mlinfra.source import Source, load
from mlinfra.validate import Spec, validate
from mlinfra.versions import contents

SECTION_NAMES = (*(kind.section for kind in KINDS), *(row.name for row in SECTIONS if not row.nested_in))
NESTED = {kind.section: tuple(kind.nested) for kind in KINDS if kind.nested} | {
    row.nested_in[0]: (row.nested_in[1],) for row in SECTIONS if row.nested_in
}

T = TypeVar("T")


@dataclass(frozen=True)
class Compiled:
    """A spec that is right, as far as the compiler can tell: a plan for each target, and what is worth knowing."""

    source: Source
    header: Header
    plans: tuple[Plan, ...]  # in promotion order
    diagnostics: Mapping[str, tuple[Diagnostic, ...]]  # by target


def compile_spec(spec: Path, root: Path, variables: Mapping[str, str], targets: Collection[str] = ()) -> Compiled:
    """Every phase for every target (or those named). Raises Problem with all that is wrong, target by target."""
    files = Files(root.resolve())
    source = load(spec, files)
    header = read_header(source, SECTION_NAMES, variables)
    chosen = [target for target in header.targets if not targets or target.name in targets]
    plans: list[Plan] = []
    diagnostics: dict[str, tuple[Diagnostic, ...]] = {}
    for target in chosen:
        found: list[Diagnostic] = []
        try:
            plans.append(plan_target(source, header, target, files, found))
        except Problem as problem:
            found += problem.diagnostics
        diagnostics[target.name] = tuple(found)
    together = check_targets([planned.graph for planned in plans])
    diagnostics = {name: (*found, *together) for name, found in diagnostics.items()}
    return Compiled(source, header, tuple(plans), diagnostics)


def plan_target(source: Source, header: Header, target: Target, files: Files, found: list[Diagnostic]) -> Plan:
    """One target, from its text to its plan; raises Problem where what goes into `found` has errors."""
    tree = apply_target(source, header, target, SECTION_NAMES, NESTED)
    spec = _checked(validate(header, tree), found)
    graph = _checked(_resolved(spec, files), found)
    graph = derive(graph)
    graph = _checked((graph, check(graph)), found)
    return _checked(plan(graph, _checked(contents(graph), found)), found)


def _resolved(spec: Spec, files: Files) -> tuple[Graph, tuple[Diagnostic, ...]]:
    """The graph, and all that can be said of its bodies even where a reference leads nowhere."""
    graph, unresolved = resolve(imply(spec), files)
    places = {diagnostic.span for diagnostic in unresolved}
    others = (*check_local_paths(graph), *check_bodies(graph))
    return graph, (*unresolved, *(diagnostic for diagnostic in others if diagnostic.span not in places))


def _checked(outcome: tuple[T, tuple[Diagnostic, ...]], found: list[Diagnostic]) -> T:
    """The result of a phase that collects its diagnostics; later phases do not run on errors."""
    result, diagnostics = outcome
    found += diagnostics
    if has_errors(diagnostics):
        raise Problem(())
    return result
