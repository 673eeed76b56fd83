"""Why something differs: the lines of the spec, the files, or that another release compiled it.

A change of an entry is caused by the lines in which its two bodies differ, or by its files; else by those of what it
uses; else by the lines of the header that differ. What is derived has the causes of what it was derived from.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from mlinfra.diagnostics import Span
from mlinfra.differ.code import changed_files, digests
from mlinfra.differ.model import TARGETS, Cause, Found, SideName
from mlinfra.differ.side import in_a_bundle
from mlinfra.differ.spec import Spec
from mlinfra.differ.spec_only import PIPELINES, SILENCED
from mlinfra.differ.wholes import is_of_network
from mlinfra.graph import Entry, Graph
from mlinfra.languages import FORMS, ROWS, keys_of_nested
from mlinfra.repository.files import Unreadable
from mlinfra.source import tree
from mlinfra.source.tree import Node
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

    now: Spec
    before: Spec | None
    _of_entries: dict[tuple[str, str], tuple[Cause, ...]] = field(default_factory=dict)

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
        if section == PIPELINES and self._of_variables:
            return tuple(dict.fromkeys(cause for _, cause in self._of_variables))[:MAX_CAUSES]
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
                yield from self._of_item(target, address, side) or (self._at(side, entry.key),)
            else:
                yield from self._left_out(target, address)
            return
        lines = dict.fromkeys(cause for _, cause in self._placed(old.tree, new.tree))
        nested = self._of_nested(target, address)
        yield from [each for each in lines if each not in nested] or lines
        yield from self._files(new, target)

    def _of_nested(self, target: str, address: str) -> set[Cause]:
        """The lines of the entries that stand within an entry, where those differ."""
        graphs = [side.graphs.get(target) if side else None for side in (self.before, self.now)]
        old, new = (graph.entries.get(address) if graph else None for graph in graphs)
        if old is None or new is None:
            return set()
        keys = [(key,) for key in keys_of_nested(new.section)]
        return {cause for path, cause in self._placed(old.tree, new.tree) if path[:1] in keys}

    def _of_item(self, target: str, address: str, side: Spec) -> tuple[Cause, ...]:
        """Of what a template made, where its item comes or goes; nothing where the template itself does."""
        other = self.before if side is self.now else self.now
        if other is None or target not in other.graphs:
            return ()
        instance = side.graphs[target].templates.instance_of(address)
        template = other.graphs[target].templates.by_address.get(instance.template) if instance else None
        if instance is None or template is None:
            return ()
        if side is self.now:
            return (self._at(side, instance.item),)
        of_variable = (cause for name, cause in self._of_variables if f"${{var.{name}}}" == instance.of)
        return (*of_variable, self._at(other, template.key))[:1]

    @cached_property
    def _of_variables(self) -> tuple[tuple[str, Cause], ...]:
        """The variables that differ by name, each with a line that says so."""
        named = ((path[path.index(VARIABLES) :], cause) for path, cause in self._in_headers if VARIABLES in path)
        return tuple((str(path[1]), cause) for path, cause in named if len(path) > 1)

    def _left_out(self, target: str, address: str) -> Iterator[Cause]:
        """Where it is written that something derived is left out, on the one side that says so."""
        for spec in (self.now, self.before):
            alteration = spec.graphs[target].alterations.get(address) if spec and target in spec.graphs else None
            if spec is not None and alteration is not None and alteration.left_out_because is not None:
                yield self._at(spec, alteration.key)

    def _placed(self, old: Node, new: Node) -> Iterator[tuple[tree.Path, Cause]]:
        for side, path, span in differing_lines(old, new):
            spec = self.now if side == "to" else self.before
            if spec is not None:
                yield path, self._at(spec, span)

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

    def _of_network(self, target: str) -> list[Cause]:
        """The lines of the header about the network of a target: what is closed by them opens by them."""
        of_target = ((path, cause) for path, cause in self._in_headers if path[0] != TARGETS or path[1] == target)
        return [cause for path, cause in of_target if NETWORK in path]

    @cached_property
    def _in_headers(self) -> tuple[tuple[tree.Path, Cause], ...]:
        if self.before is None:
            return ()
        return tuple(self._placed(self.before.header.written, self.now.header.written))

    def _at(self, spec: Spec, span: Span) -> Cause:
        return Cause("spec", "to" if spec is self.now else "from", spec.path(span.file), span.line)


def differing_lines(old: Node, new: Node, path: tree.Path = ()) -> Iterator[tuple[SideName, tree.Path, Span]]:
    """Where two trees differ: on the later side where it holds something, else on the earlier one."""
    if isinstance(old, tree.Mapping) and isinstance(new, tree.Mapping):
        for key in dict.fromkeys((*new.fields, *old.fields)):
            before, after = old.fields.get(key), new.fields.get(key)
            if before is not None and after is not None:
                yield from differing_lines(before.value, after.value, (*path, key))
            elif after is not None:
                yield "to", (*path, key), after.key
            elif before is not None:
                yield "from", (*path, key), before.key
    elif tree.plain(old) != tree.plain(new):
        yield "to", path, new.span


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
