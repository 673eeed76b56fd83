"""What is judged: an output folder as it lies on the disk, the spec that it should say, and the tools at hand."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from mlinfra.compile import Compiled
from mlinfra.emit.platform import Place
from mlinfra.explain.generated import of_bicep_line
from mlinfra.verify.bicep_cli import HOW_TO_GET_BICEP, BicepError, find_bicep, snapshot
from mlinfra.verify.verdict import Finding, NotInstalled
from mlinfra.write.written import Manifest, WrittenFile


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
    manifest: Manifest
    compiled: Compiled
    environ: Mapping[str, str]

    @property
    def outdir(self) -> Path:
        return self.place.outdir

    def files(self, *suffixes: str, below: str = "") -> list[str]:
        """The paths that the manifest lists with one of these suffixes, below a folder, sorted."""
        return sorted(path for path in self.manifest.files if path.endswith(suffixes) and path.startswith(below))

    def finding(self, file: str, line: int | None, message: str) -> Finding:
        """A finding in a file, with the entries of the spec that made the file or, in Bicep, the declaration there."""
        written = self.manifest.files.get(file)
        if written is None:
            return Finding(file, line, message)
        addresses = tuple(self._owners(written, line)) if line and file.endswith(".bicep") else ()
        return Finding(file, line, message, addresses or written.sources)

    def tool(self, name: str, variable: str | None = None) -> Path | None:
        """A program: what a variable of the environment names, else beside this Python, else on the PATH."""
        if variable and (named := self.environ.get(variable)):
            return _program(named, None)
        beside = str(Path(sys.executable).parent)
        return _program(name, beside) or _program(name, self.environ.get("PATH", ""))

    @cached_property
    def bicep(self) -> Path:
        found = find_bicep(self.environ)
        if found is None:
            raise NotInstalled(HOW_TO_GET_BICEP)
        return found

    @cached_property
    def predictions(self) -> tuple[Prediction, ...]:
        """One for each unit of each target. Raises NotInstalled."""
        bicep = self.bicep
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            return tuple(pool.map(lambda file: self._predict(bicep, file), self.files(".bicepparam")))

    def unpredictable(self) -> Iterator[Finding]:
        """A finding for each unit that can't be predicted."""
        for prediction in self.predictions:
            if prediction.error:
                yield self.finding(prediction.file, None, prediction.error)

    def _owners(self, file: WrittenFile, line: int) -> Iterator[str]:
        plan = next((plan for plan in self.compiled.plans if plan.graph.target.name == file.target), None)
        if plan is not None:
            text = (self.outdir / file.path).read_text(encoding="utf-8", errors="replace")
            yield from of_bicep_line(file, line, text, self.manifest, plan)

    def _predict(self, bicep: Path, file: str) -> Prediction:
        target = self.manifest.targets.get(str(self.manifest.files[file].target))
        if target is None:
            return Prediction("", file, (), "belongs to no target of the manifest")
        try:
            predicted = snapshot(bicep, self.outdir / file, target.subscription, target.resource_group, target.location)
        except (BicepError, OSError) as error:
            return Prediction(target.name, file, (), one_paragraph(str(error), self.outdir))
        return Prediction(target.name, file, tuple(predicted["predictedResources"]), None)


def one_paragraph(text: str, outdir: Path) -> str:
    """The words of a tool in one line, without the folder of this machine."""
    return " ".join(text.replace(f"{outdir}{os.sep}", "").split())


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, by file and line."""
    return tuple(sorted(set(findings), key=lambda item: (item.file or "", item.line or 0, *item[2:])))


def _program(name: str, path: str | None) -> Path | None:
    found = shutil.which(name, path=path)
    return Path(found).absolute() if found else None
