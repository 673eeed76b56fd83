"""Why something differs: the lines of the spec, the files, or that another release compiled it.

A change of an entry is caused by the lines in which its two bodies differ, or by its files; else by those of what it
uses; else by the lines of the header that differ. What is derived has the causes of what it was derived from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from mlinfra.diagnostics import Span
from mlinfra.differ.code import changed_files, digests
from mlinfra.differ.differing_lines import differing_lines, with_item
from mlinfra.differ.file_lines import FileLines
from mlinfra.differ.model import TARGETS, Cause, Found, SideName
from mlinfra.differ.side import in_a_bundle
from mlinfra.differ.spec import Spec
from mlinfra.differ.spec_only import PIPELINES, SILENCED
from mlinfra.differ.wholes import is_of_network
from mlinfra.graph import Entry, Graph
from mlinfra.languages import FORMS, ROWS, keys_of_nested
from mlinfra.overrides.made_of import variables_in
from mlinfra.overrides.templates import FOR_EACH
from mlinfra.repository.files import Unreadable
from mlinfra.source import tree
from mlinfra.versions import counted

MAX_CAUSES = 5  # of one change
MAX_STEPS = 6  # of what an entry uses, until one is found that differs itself
OF_ENTRIES = frozenset({"derived", *ROWS})  # keys of the spec that hold entries; the others are about all of them
LATER = (PIPELINES, "moved", "apiVersion", "owner")  # that change no resource
OVERRIDES, VARIABLES, NETWORK = "overrides", "variables", "network"
OF_OVERRIDES = 3  # steps to a key in the overrides of a target


@dataclass
class Causes:
    """The causes of changes between two specs that both compile; of one alone, where each thing is written."""

    lines: FileLines
    _of_entries: dict[tuple[str, str], tuple[Cause, ...]] = field(default_factory=dict)

    @property
    def now(self) -> Spec:
        return self.lines.now

    @property
    def before(self) -> Spec | None:
        return self.lines.before

    def of(self, found: Found) -> tuple[Cause, ...]:
        """Why it differs, by lines and files; the worst that is not known is where it is written."""
        target = found.target or ""
        if of_target := self._of_whole_target(target):
            return of_target
        side = self.before if found.action == "deleted" else self.now
        entry = side.entry(target, found.address) if side else None
        if side is None or entry is None:
            return self._of_section(found)
        causes = self._near(target, entry.address, side)
        if any(is_of_network(each.path) for each in found.properties) and (network := self._of_network(target)):
            nested = self._of_nested(target, entry.address)
            causes = tuple(dict.fromkeys((*network, *(each for each in causes if each not in nested))))[:MAX_CAUSES]
        if not causes and found.action in ("created", "deleted"):
            causes = (self._at(side, entry.key),)
        return causes or self._of_header(target) or (self._at(side, entry.key),)

    def _of_whole_target(self, target: str) -> tuple[Cause, ...]:
        """The line of a target that comes or goes, with all that is in it; nothing of one that stays."""
        sides = [side for side in (self.before, self.now) if side and target in side.graphs]
        if self.before is None or len(sides) != 1:
            return ()
        (side,) = sides
        return (self._at(side, side.header.target(target).span),)

    def _of_section(self, found: Found) -> tuple[Cause, ...]:
        """Of what is gone and whose spec is not known: where its section stands now."""
        if found.type == SILENCED:
            sides = (side for side in (self.now, self.before) if side and found.name in side.header.silenced)
            return tuple(self._at(side, side.header.silenced[found.name][-1]) for side in sides)[:1]
        section, *below = found.address.split(".")[:2]
        if own := [cause for path, cause in self._in_headers if [*path[:2]] == [section, *below]]:
            return tuple(dict.fromkeys(own))[:MAX_CAUSES]
        if section == PIPELINES and (of_variables := tuple(dict.fromkeys(cause for _, cause in self._of_variables()))):
            return of_variables[:MAX_CAUSES]
        key = self.now.header.keys.get(section)
        return (self._at(self.now, key),) if key else self._of_header(found.target or "")

    def near(self, found: Found) -> tuple[Cause, ...]:
        """Its own causes, or those of the nearest that it uses; none where no line of an entry says so."""
        side = self.now if found.action != "deleted" else self.before
        entry = side.entry(found.target or "", found.address) if side else None
        return self._near(found.target or "", entry.address, side) if side and entry else ()

    def is_own(self, found: Found) -> bool:
        """Whether it differs by lines of its own or of the header, and does not only follow from others."""
        if found.through:
            return False
        if self.before is None or found.action != "changed":
            return True
        entry = self.now.entry(found.target or "", found.address)
        if entry is None or self._own(found.target or "", entry.address):
            return True
        return not self._near(found.target or "", entry.address, self.now)

    def _near(self, target: str, address: str, side: Spec) -> tuple[Cause, ...]:
        """The causes of an entry: its own, else those of the nearest that it uses."""
        graph, seen, level = side.graphs[target], {address}, [address]
        for _ in range(MAX_STEPS):
            causes = [cause for each in level for cause in self._own(target, each)]
            if causes:
                return tuple(dict.fromkeys(causes))[:MAX_CAUSES]
            level = [each for each in dict.fromkeys(_next(graph, level)) if each not in seen and each in graph.entries]
            seen.update(level)
        return ()

    def _own(self, target: str, address: str) -> tuple[Cause, ...]:
        place = (target, address)
        if place not in self._of_entries:
            self._of_entries[place] = tuple(self._found(target, address))
        return self._of_entries[place]

    def _found(self, target: str, address: str) -> Iterator[Cause]:
        if self.before is None:
            return
        old = self.before.graphs[target].entries.get(address) if target in self.before.graphs else None
        new = self.now.graphs[target].entries.get(address) if target in self.now.graphs else None
        if old is None or new is None:
            side, entry = (self.now, new) if new else (self.before, old)
            if entry is not None and entry.because is None:
                yield from self._coming_or_going(target, entry, side)
            else:
                yield from self._left_out(target, address)
            return
        lines = dict.fromkeys(cause for _, cause in self._in_entry(target, old, new))
        nested = self._of_nested(target, address)
        yield from [each for each in lines if each not in nested] or lines
        if not lines and tree.plain(old.tree) != tree.plain(new.tree):  # it follows from what a target or the spec says
            yield from self._of_header(target)
        yield from self._files(new, target)

    def _of_nested(self, target: str, address: str) -> set[Cause]:
        """The lines of the entries that stand within an entry, where those differ."""
        graphs = [side.graphs.get(target) if side else None for side in (self.before, self.now)]
        old, new = (graph.entries.get(address) if graph else None for graph in graphs)
        if old is None or new is None:
            return set()
        keys = [(key,) for key in keys_of_nested(new.section)]
        return {cause for path, cause in self._in_entry(target, old, new) if path[:1] in keys}

    def _coming_or_going(self, target: str, entry: Entry, side: Spec) -> tuple[Cause, ...]:
        """Of an entry that only one side has: its own line, its item's, or the line that says where it is."""
        name: SideName = "to" if side is self.now else "from"
        if self.lines.are_one or self.lines.changed_in(name, entry.key):
            return (self._at(side, entry.key),)
        instance = side.graphs[target].templates.instance_of(entry.address)
        if instance is not None and self.lines.changed_in(name, instance.item) and side is self.now:
            return (self._at(side, instance.item),)
        written = (instance.template if instance else entry.address).split(".")
        of_place = [cause for path, cause in self._in_headers if _is_about(path, target, written)]
        if instance is not None:
            of_place += [cause for name, cause in self._of_variables(target) if f"${{var.{name}}}" == instance.of]
        return tuple(dict.fromkeys(of_place))[:1] or (self._at(side, instance.item if instance else entry.key),)

    def _of_variables(self, target: str | None = None) -> Iterator[tuple[str, Cause]]:
        """The variables that differ by name, each with a line that says so: of all targets, or of one."""
        for path, cause in self._in_headers:
            *place, key = path[:3] if path[0] == TARGETS else path[:1]
            name = path[len(place) + 1 : len(place) + 2]
            if key == VARIABLES and name and (target is None or not place or place[1] == target):
                yield str(name[0]), cause

    def _left_out(self, target: str, address: str) -> Iterator[Cause]:
        """Where it is written that something derived is left out, on the one side that says so."""
        for spec in (self.now, self.before):
            alteration = spec.graphs[target].alterations.get(address) if spec and target in spec.graphs else None
            if spec is not None and alteration is not None and alteration.left_out_because is not None:
                yield self._at(spec, alteration.key)

    def _in_entry(self, target: str, old: Entry, new: Entry) -> Iterator[tuple[tree.Path, Cause]]:
        """The lines by which an entry differs, each with the path of what differs."""
        assert self.before is not None  # whoever asks has both
        items = [side.graphs[target].templates.instance_of(new.address) for side in (self.before, self.now)]
        for each in differing_lines(old.tree, new.tree):
            found = with_item(each, *items)
            for side, span in found.elsewhere() if self.lines.are_one else found.changed(self.lines):
                yield each.path, self._at(self.now if side == "to" else self.before, span)

    def _files(self, new: Entry, target: str) -> Iterator[Cause]:
        """The files of an entry that are others than before, each with the first line that differs."""
        assert self.before is not None  # whoever asks has both
        graph = self.now.graphs[target]
        if in_a_bundle(new.section):
            for path, _ in changed_files(new, target, self.before, self.now):
                yield from _of_files(path, self.now, self.before, target)
            return
        for local in graph.local_paths_of(new.address):
            if local.is_inside_another:
                continue
            with suppress(Unreadable):
                for path in sorted(counted(graph.files, local)):
                    yield from _of_files(path.relative_to(self.now.root), self.now, self.before, target)

    def _of_header(self, target: str) -> tuple[Cause, ...]:
        """The lines of the header that differ and are about a target; those of variables where no others are."""
        lines: list[Cause] = []
        variables: list[Cause] = []
        for path, cause in self._in_headers:
            *of_target, key = path[:3] if path[0] == TARGETS else path[:1]
            if of_target and of_target[1:] != [target]:
                continue
            if key == OVERRIDES:
                key = path[OF_OVERRIDES] if len(path) > OF_OVERRIDES else key
            if key == VARIABLES:
                variables.append(cause)
            elif key not in OF_ENTRIES and key not in LATER:
                lines.append(cause)
        return tuple(dict.fromkeys(lines or variables))[:MAX_CAUSES]

    @cached_property
    def _variables_of_network(self) -> frozenset[str]:
        """The variables that the networks of the header name, and those of which these are made."""
        written = self.now.header.written.fields.get(NETWORK)
        overrides = [target.overrides.fields.get(NETWORK) for target in self.now.header.targets if target.overrides]
        named = {name for field in (written, *overrides) if field for name in variables_in(field.value)}
        ahead = list(named)
        while ahead:
            variable = self.now.header.variables.get(ahead.pop())
            more = set(variables_in(variable.default)) - named if variable and variable.default else set()
            named |= more
            ahead += more
        return frozenset(named)

    def _of_network(self, target: str) -> list[Cause]:
        """The lines of the header about the network of a target: what is closed by them opens by them."""
        of_target = ((path, cause) for path, cause in self._in_headers if path[0] != TARGETS or path[1] == target)
        lines = [cause for path, cause in of_target if NETWORK in path]
        return lines or [cause for name, cause in self._of_variables(target) if name in self._variables_of_network]

    @cached_property
    def _in_headers(self) -> tuple[tuple[tree.Path, Cause], ...]:
        if self.before is None:
            return ()
        found = differing_lines(self.before.header.written, self.now.header.written)
        places = ((each.path, place) for each in found for place in each.changed(self.lines))
        return tuple((path, self._at(self.now if side == "to" else self.before, span)) for path, (side, span) in places)

    def _at(self, spec: Spec, span: Span) -> Cause:
        return Cause("spec", "to" if spec is self.now else "from", spec.path(span.file), span.line)


def _is_about(path: tree.Path, target: str, written: Sequence[str]) -> bool:
    """Whether what stands at a path of the spec says where an entry is made, or of what."""
    if path[:1] == (TARGETS,):
        return path[1:3] == (target, OVERRIDES) and path[OF_OVERRIDES : OF_OVERRIDES + 2] == tuple(written[:2])
    return path[: len(written)] == tuple(written) and path[len(written) : len(written) + 1] in ((TARGETS,), (FOR_EACH,))


def _next(graph: Graph, level: list[str]) -> Iterator[str]:
    """What these entries use, and what they lie in: of what is a file, what counts for its content alone."""
    for address in level:
        entry = graph.entries[address]
        is_file = ROWS[entry.section].compiled_to == "yaml"
        for edge in graph.edges_from(address):
            if not is_file or (FORMS[edge.form].counts and edge.target in graph.contents):
                yield edge.target
        if entry.parent and not is_file:
            yield entry.parent


def _of_files(relative: Path, now: Spec, before: Spec, target: str) -> Iterator[Cause]:
    """The files at a path, of a folder all that count, whose contents are others, each with its first such line."""
    sides = (now, before)
    new, old = (dict(digests(side.graphs[target].files, side.root / relative)) for side in sides)
    for name in sorted(path for path in {*new, *old} if new.get(path) != old.get(path)):
        path = relative / name if (now.root / relative).name != name else relative
        texts = [side.graphs[target].files.text_or_none(side.root / path) or "" for side in sides]
        side: SideName = "to" if name in new else "from"
        yield Cause("file", side, path.as_posix(), _first_line(*(text.splitlines() for text in reversed(texts))))


def _first_line(old: list[str], new: list[str]) -> int:
    number = 0
    for number, (before, after) in enumerate(zip(old, new, strict=False), start=1):
        if before != after:
            return number
    return min(number + 1, max(len(new), 1))
