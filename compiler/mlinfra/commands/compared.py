"""What `diff` compares, for it and for those whom a selector such as state:modified asks for the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

import click

from mlinfra.commands.options import Settings
from mlinfra.commands.session import Compilation, Request, place_of, say
from mlinfra.compile import Compiled
from mlinfra.diagnostics import Diagnostic, Problem
from mlinfra.diagnostics.characters import one_line
from mlinfra.diagnostics.formats.display import shown_path
from mlinfra.differ.accepting import accepted
from mlinfra.differ.build import difference
from mlinfra.differ.code import has_other_code
from mlinfra.differ.model import Difference, Found
from mlinfra.differ.not_read import NotRead, as_not_read
from mlinfra.differ.selecting import Selector, selected
from mlinfra.differ.side import Side
from mlinfra.differ.sources import Base, based_on, listed_in, of_another_name, of_folder, of_output, of_revision
from mlinfra.differ.spec import Spec
from mlinfra.emit.platform import Place
from mlinfra.output import manifest_of
from mlinfra.output.disk import Nothing
from mlinfra.output.lock import reading
from mlinfra.output.manifest import NotAManifest
from mlinfra.output.output import Output, output
from mlinfra.repository.git import GitProblem
from mlinfra.repository.revision import Revision

MAX_COMMIT = 7  # digits of a commit, as git shows it


@dataclass(frozen=True)
class Run:
    request: Request
    compiled: Compiled
    place: Place
    against: str | None
    settings: Settings
    made: Output | None = None  # what the spec is compiled to, where that is known already


@dataclass(frozen=True)
class Compared:
    """A difference, and what was compared."""

    difference: Difference
    run: Run
    before: Side
    written: frozenset[str]  # addresses that are written on one of the sides
    commit: str | None
    said: tuple[Diagnostic, ...]  # of lines that accept nothing
    now: Spec
    earlier: Spec | None  # None: there is none, or it does not compile
    was_found: frozenset[tuple[str, str]] | None  # codes and messages of the earlier spec, where it compiles

    def said_with_new(self, outcome: Compilation) -> Compilation:
        """What to say of the spec: lines that accept nothing, and the warnings that it did not have before."""
        return Compilation(outcome.compiled, (*self.said, *self.new_warnings(outcome)), outcome.texts)

    def new_warnings(self, outcome: Compilation) -> list[Diagnostic]:
        known = self.was_found
        return [item for item in outcome.diagnostics if known is not None and _is_new(item, known)]


def _is_new(item: Diagnostic, known: frozenset[tuple[str, str]]) -> bool:
    return item.severity == "warning" and (item.code.id, item.message) not in known


def compared(run: Run) -> Compared:
    """The difference of a spec to its output, or to a revision; raises Problem and click.UsageError."""
    try:
        return _compared(run)
    except (GitProblem, NotAManifest, NotRead) as problem:
        name = "" if run.against is None else f"--against {run.against}: "
        raise click.UsageError(f"{name}{one_line(str(problem))}") from problem


def chosen_changes(
    request: Request,
    outcome: Compilation,
    chosen: Selector,
    against: str | None,
    settings: Settings,
    made: Output | None = None,
) -> tuple[Found, ...]:
    """What of the difference a selector chooses, for who selects by it; raises click.UsageError where there is none.

    `made` is the output, where it is made already.
    """
    assert outcome.compiled is not None  # whoever selects has compiled
    try:
        place = place_of(request, outcome.compiled, None)
        found = compared(Run(request, outcome.compiled, place, against, settings, made)).difference
        return selected(found, chosen).changes
    except Problem as problem:
        raise click.UsageError(f"--select: {one_line(problem.diagnostics[0].message)}") from problem


def _compared(run: Run) -> Compared:
    result, place = run.compiled, run.place
    after = of_output(run.made) if run.made else now_of(result, place)
    revision = Revision.of(run.against, place.root) if run.against is not None else None
    notes: tuple[str, ...] = ()
    before = of_revision(revision, place) if revision is not None else _committed(run)
    if not before.manifest.files:
        notes = (f"{run.against or 'the output folder'} has no output of this spec: everything is made",)
    now = Spec.of(result, place.root)
    of_base = revision or _head(place, before)
    if of_base and before.texts == after.texts and not has_other_code(now, of_base):
        of_base = None  # nothing differs, so nothing is compiled for it
    with based_on(of_base, place, result, run.request.variables) as base:
        earlier = base.spec if isinstance(base, Base) else None
        was = frozenset((each.code.id, each.message) for each in base.found) if isinstance(base, Base) else None
        if isinstance(base, str) and base:
            notes = (*notes, base)
        same_spec = base.output if isinstance(base, Base) else None
        is_as_it_was_made = before in (after, same_spec)
        try:
            with nullcontext() if is_as_it_was_made else as_not_read():
                found = difference(before, after, now, earlier, same_spec, notes)
        except NotRead as problem:
            if same_spec is None:
                raise
            instead = f"{problem}: what this release makes of the earlier spec is compared, and not what was committed"
            found = difference(same_spec, after, now, earlier, None, (*notes, instead))
        written = frozenset(_written(now, earlier))
        found, said = accepted(found, now)
    return Compared(found, run, before, written, revision.commit if revision else None, said, now, earlier, was)


def now_of(result: Compiled, place: Place) -> Side:
    """What the spec is compiled to now; raises Problem."""
    return of_output(output(result.header, result.plans, place))


def _committed(run: Run) -> Side:
    shown = shown_path(run.place.outdir.as_posix(), Path.cwd())
    with reading(run.place.outdir, lambda message: say(f"{shown}: {message}", run.settings)) as folder:
        manifest = manifest_of(folder, run.place)
        if manifest is not None:
            return of_folder(folder, manifest)
    return of_another_name(run.place) or of_folder(Nothing(), None)


def _head(place: Place, before: Side) -> Revision | None:
    """The newest commit, where what lies in the folder is what it holds: then its spec is the one before the change."""
    with suppress(GitProblem, NotAManifest):
        head = Revision.of("HEAD", place.root)
        _, manifest = listed_in(head, place)
        if manifest == before.manifest:
            return head
    return None


def _written(*specs: Spec | None) -> Iterator[str]:
    for spec in specs:
        for graph in spec.graphs.values() if spec else ():
            yield from (entry.address for entry in graph.entries.values() if entry.because is None)
            yield from (each.address for each in graph.alterations.values() if each.left_out_because is not None)
