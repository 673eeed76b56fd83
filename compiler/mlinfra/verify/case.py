"""What is judged: the output that the compiler makes of a spec now, and the tools at hand.

A branch may hold anything in its output folder. Judges get the compiled texts, in a folder of their own that holds
nothing else, and no variable of the environment that a repository could speak through.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from mlinfra.compile import Compiled
from mlinfra.emit.platform import Place
from mlinfra.formats.bicep_printer import Lines, declared_at
from mlinfra.output.manifest import MANIFEST, ListedTarget, Manifest, read_manifest
from mlinfra.plan import Group
from mlinfra.repository.programs import environment, find_program, named_program, program_in
from mlinfra.source.tree import scalars
from mlinfra.verify.bicep_cli import HOW_TO_GET_BICEP, BicepError, find_bicep, snapshot
from mlinfra.verify.bicep_server import BicepServer
from mlinfra.verify.verdict import Finding, NotInstalled

HOMES = ("HOME", "USERPROFILE")


class Prediction(NamedTuple):
    """What deploying one unit of one target would make, or why that can't be predicted."""

    target: str
    file: str  # the .bicepparam, from the output folder
    resources: tuple[Mapping[str, Any], ...]
    error: str | None


@dataclass(frozen=True)
class Case:
    """Judges read this and nothing else; what several of them need is found out once."""

    place: Place
    written: Manifest  # what lies in the output folder
    compiled: Compiled
    texts: Mapping[str, str]  # of the output as it is compiled, by path
    environ: Mapping[str, str]
    lines: Mapping[str, tuple[Lines, ...]] = field(default_factory=dict)  # of each Bicep file: what made which

    @cached_property
    def manifest(self) -> Manifest:
        return read_manifest(self.texts[MANIFEST])

    @contextmanager
    def laid_out(self, files: Iterable[str]) -> Iterator[Path]:
        """A fresh folder that holds these files of the output and nothing else; it is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="mlinfra-") as scratch:
            folder = Path(scratch).resolve()
            for file in files:
                path = folder / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.texts[file].encode())
            yield folder

    @cached_property
    def texts_of_the_spec(self) -> frozenset[str]:
        """The texts in the bodies of entries, as the spec writes them."""
        entries = (entry for plan in self.compiled.plans for entry in plan.graph.entries.values())
        values = (scalar.value for entry in entries for _, scalar in scalars(entry.tree))
        return frozenset(value for value in values if isinstance(value, str))

    def files(self, *suffixes: str, below: str = "") -> list[str]:
        """The paths that the manifest lists with one of these suffixes, below a folder, sorted."""
        return sorted(path for path in self.manifest.files if path.endswith(suffixes) and path.startswith(below))

    def finding(self, file: str, line: int | None, message: str) -> Finding:
        """A finding in a file, with the entries of the spec that made the file or, in Bicep, the declaration there."""
        written = self.manifest.files.get(file)
        if written is None:
            return Finding(file, line, message)
        declaration = declared_at(self.lines.get(file, ()), line) if line else None
        return Finding(file, line, message, (declaration and declaration.made_by) or written.sources)

    def tool(self, name: str, variable: str | None = None) -> Path | None:
        """A program: what a variable of the environment names, else beside this Python, else on the PATH."""
        if variable and (named := self.environ.get(variable)):
            return named_program(named, self.environ)
        beside = program_in(Path(sys.executable).parent, name, self.environ)
        return beside or find_program(name, self.environ)

    def seen(self, **more: str) -> dict[str, str]:
        """What a judge gets to see of the environment, and what it is told besides."""
        return environment(self._of_the_user(), **more)

    def _of_the_user(self) -> Mapping[str, str]:
        """The environment without a home that is the branch: what tools keep there would be the branch's."""
        homes = {name: Path(self.environ[name]).resolve() for name in HOMES if self.environ.get(name)}
        inside = {name for name, home in homes.items() if home.is_relative_to(self.place.root)}
        return {name: value for name, value in self.environ.items() if name not in inside}

    @cached_property
    def bicep(self) -> Path:
        found = find_bicep(self._of_the_user())
        if found is None:
            raise NotInstalled(HOW_TO_GET_BICEP)
        return found

    @cached_property
    def predictions(self) -> tuple[Prediction, ...]:
        """One for each unit of each target. Raises NotInstalled."""
        bicep = self.bicep
        files = self.files(".bicep", ".bicepparam")
        with self.laid_out(files) as folder, BicepServer(bicep) as server:
            return tuple(self._predict(bicep, server, folder, file) for file in self.files(".bicepparam"))

    def unpredictable(self) -> Iterator[Finding]:
        """A finding for each unit that can't be predicted."""
        for prediction in self.predictions:
            if prediction.error:
                yield self.finding(prediction.file, None, prediction.error)

    def _predict(self, bicep: Path, server: BicepServer, folder: Path, file: str) -> Prediction:
        target = self.manifest.targets.get(str(self.manifest.files[file].target))
        if target is None:
            return Prediction("", file, (), "belongs to no target of the manifest")
        group = self.group_of(target, file)
        try:
            predicted = snapshot(bicep, folder / file, *group, target.location, server)
        except (BicepError, OSError) as error:
            return Prediction(target.name, file, (), one_paragraph(str(error), folder))
        return Prediction(target.name, file, tuple(predicted["predictedResources"]), None)

    def group_of(self, target: ListedTarget, file: str) -> Group:
        """The subscription and group to which a unit is deployed: those of the target, or somebody else's."""
        for plan in self.compiled.plans:
            for unit, group in plan.handovers().items():
                if plan.graph.target.name == target.name and file.startswith(f"{target.name}/{unit}/"):
                    return group
        return target.subscription, target.resource_group


def one_paragraph(text: str, folder: Path) -> str:
    """The words of a tool in one line, without the folder in which it was asked."""
    return " ".join(text.replace(f"{folder}{os.sep}", "").split())


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, by file and line."""
    return tuple(sorted(set(findings), key=lambda item: (item.file or "", item.line or 0, *item[2:])))
